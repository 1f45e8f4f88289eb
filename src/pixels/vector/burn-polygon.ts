/** Filling polygons by rows of pixel centres, with GDAL's rule of borders. */
import type { PixelShapes } from './pixel-shapes.js';
import { isClockwise } from './ring-direction.js';

/** What is burned into. */
export interface Canvas {
  values: Uint8Array | Int32Array;
  /** The same memory in words of four pixels, where pixels are bytes. */
  words: Int32Array | null;
  readonly width: number;
  readonly height: number;
}

/** Crossings of a row that have a place from the start; most polygons need two. */
const USUAL_CROSSINGS = 8;
/** Pixels from which the built-in fill is faster than a loop. */
const LONG_SPAN = 400;
/** Above this many crossings of a row the built-in sort is faster than insertion. */
const INSERTION_LIMIT = 24;

/** First row whose centre is at or below y, within the canvas; a small integer for the compiler too. */
function rowFrom(y: number, height: number): number {
  const at = y - 0.5;
  return at <= 0 ? 0 : at >= height ? height : Math.ceil(at) | 0;
}

/** First column whose centre is right of x, within the canvas or its right border; a fraction, to be cut off. */
function columnFrom(x: number, width: number): number {
  const at = x + 0.5;
  return at <= 0 ? 0 : at >= width ? width : at;
}

/** Scanline fill of one polygon after another; its arrays are reused. */
export class PolygonFiller {
  /** Where the crossings of each row begin. */
  #starts = new Int32Array(256);
  /** One past the last crossing of each row. */
  #ends = new Int32Array(256);
  #columns = new Int32Array(256 * USUAL_CROSSINGS);
  #hasHorizontal = false;

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
    const to = partEnds[endPart - 1] ?? 0;
    let ymin = Infinity;
    let ymax = -Infinity;
    for (let i = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0); i < to; i++) {
      const v = y[i] ?? 0;
      if (v < ymin) ymin = v;
      if (v > ymax) ymax = v;
    }
    const top = rowFrom(ymin, height);
    // One row more: the lowest horizontal side may lie exactly on its centres.
    const rows = Math.min(height, rowFrom(ymax, height) + 1) - top;
    if (rows <= 0) return;
    if (this.#starts.length <= rows) {
      this.#starts = new Int32Array(2 * rows);
      this.#ends = new Int32Array(2 * rows);
      this.#columns = new Int32Array(2 * rows * USUAL_CROSSINGS);
    }
    const starts = this.#starts;
    for (let r = 0; r <= rows; r++) starts[r] = r * USUAL_CROSSINGS;
    this.#cross(shapes, canvas, firstPart, endPart, top, rows);
    if (this.#makeRoom(rows)) this.#cross(shapes, canvas, firstPart, endPart, top, rows);
    this.#burn(canvas, top, rows, value);
    if (this.#hasHorizontal) burnHorizontals(canvas, shapes, firstPart, endPart, value);
  }

  /** Gives each row the place that its crossings need, where a row has more than usual. */
  #makeRoom(rows: number): boolean {
    const starts = this.#starts;
    const ends = this.#ends;
    let isEnough = true;
    for (let r = 0; r < rows; r++) if ((ends[r] ?? 0) > (starts[r + 1] ?? 0)) isEnough = false;
    if (isEnough) return false;
    let total = 0;
    for (let r = 0; r < rows; r++) {
      const crossings = (ends[r] ?? 0) - (starts[r] ?? 0);
      // The start of the next row is still needed for its own count.
      ends[r] = total;
      total += crossings;
    }
    starts.set(ends.subarray(0, rows));
    starts[rows] = total;
    if (this.#columns.length < total) this.#columns = new Int32Array(2 * total);
    return true;
  }

  /** Gathers the columns at which sides cross the rows of centres; counts those for which a row has no place. */
  #cross(shapes: PixelShapes, canvas: Canvas, firstPart: number, endPart: number, top: number, rows: number): void {
    const { x, y, partEnds } = shapes;
    const { width, height } = canvas;
    const starts = this.#starts;
    const ends = this.#ends;
    const columns = this.#columns;
    for (let r = 0; r < rows; r++) ends[r] = starts[r] ?? 0;
    let hasHorizontal = false;
    let start = firstPart === 0 ? 0 : (partEnds[firstPart - 1] ?? 0);
    for (let part = firstPart; part < endPart; part++) {
      const end = partEnds[part] ?? start;
      let xb = x[start] ?? 0;
      let yb = y[start] ?? 0;
      let rowB = rowFrom(yb, height) - top;
      for (let i = start + 1; i < end; i++) {
        const xa = xb;
        const ya = yb;
        const rowA = rowB;
        xb = x[i] ?? 0;
        yb = y[i] ?? 0;
        rowB = rowFrom(yb, height) - top;
        if (ya === yb) {
          if (ya - 0.5 === Math.floor(ya - 0.5)) hasHorizontal = true;
          continue;
        }
        // From the upper to the lower end: the order decides how crossings round.
        const isDown = ya < yb;
        const x1 = isDown ? xa : xb;
        const y1 = isDown ? ya : yb;
        const dx = (isDown ? xb : xa) - x1;
        const y2 = isDown ? yb : ya;
        const dy = y2 - y1;
        const last = isDown ? rowB : rowA;
        for (let r = isDown ? rowA : rowB; r < last; r++) {
          const at = ends[r] ?? 0;
          if (at < (starts[r + 1] ?? 0)) columns[at] = columnFrom(((top + r + 0.5 - y1) * dx) / dy + x1, width);
          ends[r] = at + 1;
        }
      }
      start = end;
    }
    this.#hasHorizontal = hasHorizontal;
  }

  #burn({ values, words, width }: Canvas, top: number, rows: number, value: number): void {
    const starts = this.#starts;
    const ends = this.#ends;
    const columns = this.#columns;
    const word = Math.imul(value, 0x01010101);
    for (let r = 0; r < rows; r++) {
      const start = starts[r] ?? 0;
      const end = ends[r] ?? 0;
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
        const from = line + (columns[i] ?? 0);
        const stop = line + (columns[i + 1] ?? 0);
        if (stop - from > LONG_SPAN) values.fill(value, from, stop);
        else if (words !== null && stop - from >= 8) {
          const firstWord = (from + 3) >> 2;
          const endWord = stop >> 2;
          for (let at = from; at < firstWord << 2; at++) values[at] = value;
          for (let at = firstWord; at < endWord; at++) words[at] = word;
          for (let at = endWord << 2; at < stop; at++) values[at] = value;
        } else for (let at = from; at < stop; at++) values[at] = value;
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
        values.fill(
          value,
          row * width + Math.floor(columnFrom(left, width)),
          row * width + Math.floor(columnFrom(right, width)),
        );
    }
    start = end;
  }
}
