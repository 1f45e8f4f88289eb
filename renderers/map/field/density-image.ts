/** Counts per cell as an image for the map: the more footprints, the fuller the colour, by the logarithm of the count. */
import { bytesOf } from '../../../src/display/wire/columns.js';
import type { DensityGrid } from '../../../src/display/wire/density.js';
import type { LonLatBox } from '../../../src/display/wire/payload.js';

/** Counts over a box: cells even in longitude and Mercator y, rows north to south. */
export interface Density {
  readonly box: LonLatBox;
  readonly width: number;
  readonly height: number;
  readonly counts: Uint32Array;
  readonly most: number;
}

/** Opacity of one footprint and of the densest cell. */
const [FAINTEST, FULLEST] = [0.18, 0.9];

/** A density with its highest count. */
export function densityOf(box: LonLatBox, width: number, height: number, counts: Uint32Array): Density {
  return { box, width, height, counts, most: counts.reduce((a, b) => Math.max(a, b), 0) };
}

/** Decodes a checked grid. */
export function decodeDensity({ box, width, height, type, values }: DensityGrid): Density {
  const { buffer } = bytesOf(values);
  return densityOf(
    box,
    width,
    height,
    Uint32Array.from(type === 'u16' ? new Uint16Array(buffer) : new Uint32Array(buffer)),
  );
}

/** Opacity of a cell, 0–1. */
export function cellOpacity(count: number, most: number): number {
  if (count <= 0) return 0;
  return most <= 1 ? 0.4 : FAINTEST + (FULLEST - FAINTEST) * (Math.log(count) / Math.log(most));
}

/** One byte of opacity a cell. */
export function opacities({ counts, most }: Density): Uint8Array {
  const out = new Uint8Array(counts.length);
  for (let i = 0; i < counts.length; i++) out[i] = Math.round(cellOpacity(counts[i] ?? 0, most) * 255);
  return out;
}
