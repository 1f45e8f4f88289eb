/** Filling polygons by rows of pixel centres, with GDAL's rule of borders. */
import type { PixelShapes } from './pixel-shapes.js';
import { isClockwise } from './ring-direction.js';

/** What is burned into. */
export interface Canvas {
  values: Uint8Array | Int32Array;
  readonly width: number;
  readonly height: number;
}

/** Above this many crossings of a row the built-in sort is faster than insertion. */
const INSERTION_LIMIT = 24;

/** First row whose centre is at or below y. */
const rowFrom = (y: number, height: number): number => Math.min(height, Math.max(0, Math.ceil(y - 0.5)));

/** First column whose centre is right of x; inside the canvas or its right border. */
const columnFrom = (x: number, width: number): number => Math.min(width, Math.max(0, Math.floor(x + 0.5)));

/** Scanline fill of one polygon after another; its arrays are reused. */
export class PolygonFiller {
  /** Where the crossings of each row begin. */
  #starts = new Int32Array(256);
  #next = new Int32Array(256);
  #columns = new Int32Array(1024);

  /**
   * Burns the rings between two parts of a geometry: a pixel whose centre an odd number of sides separates from the
   * left. Spans are open at the left end and closed at the right; sides are closed at the top and open at the bottom,
   * and horizontal sides that run left in a ring brought to clockwise order (on the map) are burned by themselves.
   *
   * All crossings of all sides are gathered by row first, so the cost is that of rows crossed, not of rows × vertices.
   *
   * Source of the rule: GDALdllImageFilledPolygon (GDAL 3.10).
   */
  fill(canvas: Canvas, shapes: PixelShapes, firstPart: number, endPart: number, value: number): void {
    const { y, partEnds } = shapes;
    const { height } = canvas;
    const from = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0);
    const to = partEnds[endPart - 1] ?? 0;
    let ymin = Infinity;
    let ymax = -Infinity;
    for (let i = from; i < to; i++) {
      const v = y[i] ?? 0;
      if (v < ymin) ymin = v;
      if (v > ymax) ymax = v;
    }
    const top = rowFrom(ymin, height);
    // One row more: the lowest horizontal side may lie exactly on its centres.
    const bottom = Math.min(height, rowFrom(ymax, height) + 1);
    if (bottom <= top) return;
    const rows = bottom - top;
    if (this.#starts.length < rows + 2) {
      this.#starts = new Int32Array(2 * rows + 2);
      this.#next = new Int32Array(2 * rows + 2);
    }
    const starts = this.#starts;
    starts.fill(0, 0, rows + 2);
    let hasHorizontal = false;
    for (let part = firstPart, start = from; part < endPart; part++) {
      const end = partEnds[part] ?? start;
      for (let i = start + 1; i < end; i++) {
        const y1 = y[i - 1] ?? 0;
        const y2 = y[i] ?? 0;
        if (y1 === y2) {
          if (y1 - 0.5 === Math.floor(y1 - 0.5)) hasHorizontal = true;
          continue;
        }
        const first = rowFrom(y1 < y2 ? y1 : y2, height);
        const last = rowFrom(y1 < y2 ? y2 : y1, height);
        if (last <= first) continue;
        // Differences: their running sum is the number of sides that cross a row.
        starts[first - top + 1] = (starts[first - top + 1] ?? 0) + 1;
        starts[last - top + 1] = (starts[last - top + 1] ?? 0) - 1;
      }
      start = end;
    }
    const next = this.#next;
    let crossings = 0;
    let total = 0;
    next[0] = 0;
    for (let r = 0; r < rows; r++) {
      crossings += starts[r + 1] ?? 0;
      starts[r] = total;
      next[r] = total;
      total += crossings;
    }
    starts[rows] = total;
    if (this.#columns.length < total) this.#columns = new Int32Array(2 * total);
    this.#cross(shapes, canvas, firstPart, endPart, top);
    this.#burn(canvas, top, rows, value);
    if (hasHorizontal) burnHorizontals(canvas, shapes, firstPart, endPart, value);
  }

  /** Gathers the columns at which sides cross the rows of centres. */
  #cross(shapes: PixelShapes, { width, height }: Canvas, firstPart: number, endPart: number, top: number): void {
    const { x, y, partEnds } = shapes;
    const next = this.#next;
    const columns = this.#columns;
    let start = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0);
    for (let part = firstPart; part < endPart; part++) {
      const end = partEnds[part] ?? start;
      for (let i = start + 1; i < end; i++) {
        let [y1, y2] = [y[i - 1] ?? 0, y[i] ?? 0];
        if (y1 === y2) continue;
        let [x1, x2] = [x[i - 1] ?? 0, x[i] ?? 0];
        if (y1 > y2) {
          [y1, y2] = [y2, y1];
          [x1, x2] = [x2, x1];
        }
        const last = rowFrom(y2, height);
        for (let row = rowFrom(y1, height); row < last; row++) {
          // This order of operations decides on which side of a centre a crossing rounds.
          const cross = ((row + 0.5 - y1) * (x2 - x1)) / (y2 - y1) + x1;
          const at = next[row - top] ?? 0;
          columns[at] = columnFrom(cross, width);
          next[row - top] = at + 1;
        }
      }
      start = end;
    }
  }

  #burn({ values, width }: Canvas, top: number, rows: number, value: number): void {
    const starts = this.#starts;
    const columns = this.#columns;
    for (let r = 0; r < rows; r++) {
      const start = starts[r] ?? 0;
      const end = starts[r + 1] ?? 0;
      if (end - start > INSERTION_LIMIT) columns.subarray(start, end).sort();
      else
        for (let i = start + 1; i < end; i++) {
          const v = columns[i] ?? 0;
          let j = i - 1;
          for (; j >= start && (columns[j] ?? 0) > v; j--) columns[j + 1] = columns[j] ?? 0;
          columns[j + 1] = v;
        }
      const line = (top + r) * width;
      for (let i = start; i + 1 < end; i += 2) {
        const stop = line + (columns[i + 1] ?? 0);
        for (let at = line + (columns[i] ?? 0); at < stop; at++) values[at] = value;
      }
    }
  }
}

/** Sides exactly on a row of centres that run left in a clockwise ring. */
function burnHorizontals(
  { values, width, height }: Canvas,
  { x, y, mapX, mapY, partEnds }: PixelShapes,
  firstPart: number,
  endPart: number,
  value: number,
): void {
  let start = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0);
  for (let part = firstPart; part < endPart; part++) {
    const end = partEnds[part] ?? start;
    let isTurned: boolean | undefined;
    for (let i = start + 1; i < end; i++) {
      const row = (y[i] ?? 0) - 0.5;
      if (y[i - 1] !== y[i] || row !== Math.floor(row) || row < 0 || row >= height) continue;
      isTurned ??= !isClockwise(mapX, mapY, start, end);
      const right = (isTurned ? x[i] : x[i - 1]) ?? 0;
      const left = (isTurned ? x[i - 1] : x[i]) ?? 0;
      if (right > left)
        values.fill(value, row * width + columnFrom(left, width), row * width + columnFrom(right, width));
    }
    start = end;
  }
}
