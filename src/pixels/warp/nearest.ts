/** Nearest neighbour: the value of the source pixel that contains each centre (loading.md §2.1, rule 3). */
import { containingPixels, OUTSIDE, type BandTarget, type BandWindow } from './bands.js';
import type { Coordinates } from './coordinates.js';
import { integers } from './scratch.js';

const rowPixels = integers();

/** Bands of one window, each to its target. */
export function resampleNearest(
  sources: readonly BandWindow[],
  points: Coordinates,
  targets: readonly BandTarget[],
): void {
  const { u, v, width, height } = points;
  const pixels = rowPixels(width);
  const [window] = sources;
  if (!window) return;
  for (let r = 0; r < height; r++) {
    containingPixels(window, u, v, r * width, width, pixels);
    for (let b = 0; b < sources.length; b++) {
      // SAFETY: there is a target for each source.
      gatherRow(sources[b] as BandWindow, pixels, width, targets[b] as BandTarget, r);
    }
  }
}

function gatherRow(source: BandWindow, pixels: Int32Array, width: number, target: BandTarget, row: number): void {
  const { values, valid } = source;
  const out = target.values;
  const start = target.start + row * target.stride;
  if (target.valid === null) {
    // SAFETY: no pixel can be invalid, so none is outside.
    for (let c = 0; c < width; c++) out[start + c] = values[pixels[c] as number] as number;
    return;
  }
  const validStart = target.validStart + row * target.validStride;
  for (let c = 0; c < width; c++) {
    const k = pixels[c] as number;
    if (k === OUTSIDE || (valid !== null && valid[k] === 0)) target.valid[validStart + c] = 0;
    else out[start + c] = values[k] as number;
  }
}
