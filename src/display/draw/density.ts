/** How many footprints lie where: the more, the fuller the colour, by the logarithm of the count. */
import { mercatorLatitude, mercatorY } from '../wire/density.js';
import type { LonLatBox } from '../wire/payload.js';
import { grouped } from '../words.js';
import { type Box, type Canvas, SCALE } from './canvas.js';
import { drawText, textWidth } from './lettering.js';
import { ACCENT, INK, PAPER } from './theme.js';
import type { MapView } from './view.js';

/** Counts over a box, cells even in longitude and Mercator y, rows north to south. */
export interface DrawnDensity {
  readonly box: LonLatBox;
  readonly width: number;
  readonly height: number;
  readonly counts: Uint32Array;
}

/** Opacity of one footprint and of the densest cell. */
const [FAINTEST, FULLEST] = [0.16, 0.92];

/** Opacity of a cell with `count` footprints when the densest has `most`. */
export function densityAlpha(count: number, most: number): number {
  if (count <= 0) return 0;
  return most <= 1 ? 0.4 : FAINTEST + (FULLEST - FAINTEST) * (Math.log(count) / Math.log(most));
}

/** Draws the grid, and what its colours mean. */
export function drawDensity(canvas: Canvas, view: MapView, density: DrawnDensity): void {
  const { box, width, height, counts } = density;
  const most = counts.reduce((a, b) => Math.max(a, b), 0);
  const [west, south, east, north] = box;
  const [yNorth, ySouth] = [mercatorY(north), mercatorY(south)];
  // Whole device pixels: soft edges of neighbours would show as a lattice.
  const snap = (v: number): number => Math.round(v * SCALE);
  const xs = Array.from({ length: width + 1 }, (_, i) => snap(view.toPixel(west + ((east - west) * i) / width, 0)[0]));
  const ys = Array.from({ length: height + 1 }, (_, j) =>
    snap(view.toPixel(0, mercatorLatitude(yNorth + ((ySouth - yNorth) * j) / height))[1]),
  );
  const clip = view.box;
  const [left, right] = [snap(clip.x), snap(clip.x + clip.width)];
  const [top, bottom] = [snap(clip.y), snap(clip.y + clip.height)];
  for (let j = 0; j < height; j++) {
    for (let i = 0; i < width; i++) {
      const alpha = densityAlpha(counts[j * width + i] ?? 0, most);
      if (alpha === 0) continue;
      // A cell is at least a pixel, or a lonely footprint would not be seen.
      const [x0, y0] = [xs[i] ?? 0, ys[j] ?? 0];
      const [x1, y1] = [Math.max(x0 + 1, xs[i + 1] ?? 0), Math.max(y0 + 1, ys[j + 1] ?? 0)];
      for (let y = Math.max(top, y0); y < Math.min(bottom, y1); y++)
        for (let x = Math.max(left, x0); x < Math.min(right, x1); x++) canvas.mix(x, y, ACCENT, alpha);
    }
  }
  drawLegend(canvas, clip, most);
}

function drawLegend(canvas: Canvas, clip: Box, most: number): void {
  if (most <= 1) return;
  const words = `${grouped(most)} footprints per cell`;
  const box: Box = { x: clip.x + 8, y: clip.y + 8, width: 15 + 68 + textWidth(words, 9) + 12, height: 20 };
  canvas.fillRoundBox(box, 4, PAPER, 0.88);
  drawText(canvas, '1', [box.x + 7, box.y + 13.5], { colour: INK, size: 9 });
  for (let i = 0; i < 64; i++) {
    const alpha = FAINTEST + (FULLEST - FAINTEST) * (i / 63);
    canvas.fillBox({ x: box.x + 15 + i, y: box.y + 7, width: 1, height: 6 }, ACCENT, alpha);
  }
  drawText(canvas, words, [box.x + 85, box.y + 13.5], { colour: INK, size: 9 });
}
