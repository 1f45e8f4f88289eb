/** How much ground rows cover, measured on a grid of cells: a constant effort per row, however large it is. */
import type { Bounds, Crs } from '../core/index.js';

/** Cells along the longer side. */
const CELLS = 1024;
/** Radius of the sphere with the area of the WGS 84 ellipsoid, in km (authalic radius, EPSG guidance note 7-2). */
const RADIUS_KM = 6371.0072;
const RADIANS = Math.PI / 180;

export interface CoverageFacts {
  /** Area of the boxes of all rows together, in km² where the CRS is in degrees or metres, else in squares of its unit. */
  readonly area: number;
  readonly unit: string;
  /** Share of the catalog's bounds that is covered. */
  readonly share: number;
  /** Rows over a covered place, on average and at most. */
  readonly meanRows: number;
  readonly mostRows: number;
  /** Size of a cell, in units of the CRS: what is smaller is measured roughly. */
  readonly cell: readonly [number, number];
}

/** Counts rows over cells: each row marks the corners of its box, and sums at the end give the numbers. */
export class Coverage {
  readonly #bounds: Bounds;
  readonly #crs: Crs;
  readonly #columns: number;
  readonly #rows: number;
  readonly #corners: Float64Array;

  constructor(bounds: Bounds, crs: Crs) {
    this.#bounds = bounds;
    this.#crs = crs;
    const [width, height] = [bounds[2] - bounds[0], bounds[3] - bounds[1]];
    const longest = Math.max(width, height);
    this.#columns = Math.max(1, Math.round((CELLS * width) / longest) || 1);
    this.#rows = Math.max(1, Math.round((CELLS * height) / longest) || 1);
    this.#corners = new Float64Array((this.#columns + 1) * (this.#rows + 1));
  }

  /** Adds the box whose four numbers start at an index. A box covers the cells whose centres it holds, at least one. */
  add(boxes: Float64Array, at: number): void {
    const [xmin, ymin, xmax, ymax] = this.#bounds;
    const span = (low: number, high: number, from: number, to: number, cells: number): readonly [number, number] => {
      const scale = to > from ? cells / (to - from) : 0;
      const first = Math.min(cells - 1, Math.max(0, Math.round((low - from) * scale)));
      return [first, Math.min(cells, Math.max(first + 1, Math.round((high - from) * scale)))];
    };
    const [c0, c1] = span(boxes[at] ?? NaN, boxes[at + 2] ?? NaN, xmin, xmax, this.#columns);
    const [r0, r1] = span(boxes[at + 1] ?? NaN, boxes[at + 3] ?? NaN, ymin, ymax, this.#rows);
    const mark = (r: number, c: number, by: number): void => {
      const k = r * (this.#columns + 1) + c;
      this.#corners[k] = (this.#corners[k] ?? 0) + by;
    };
    mark(r0, c0, 1);
    mark(r0, c1, -1);
    mark(r1, c0, -1);
    mark(r1, c1, 1);
  }

  /** Area of a cell of a row of cells. */
  #cellArea(row: number): number {
    const [xmin, ymin, xmax, ymax] = this.#bounds;
    const [dx, dy] = [(xmax - xmin) / this.#columns, (ymax - ymin) / this.#rows];
    if (!this.#crs.isGeographic) return this.#crs.unit === 'metre' ? (dx * dy) / 1e6 : dx * dy;
    const sine = (lat: number): number => Math.sin(Math.max(-90, Math.min(90, lat)) * RADIANS);
    return RADIUS_KM ** 2 * dx * RADIANS * (sine(ymin + (row + 1) * dy) - sine(ymin + row * dy));
  }

  facts(): CoverageFacts {
    const [columns, rows] = [this.#columns, this.#rows];
    const above = new Float64Array(columns + 1);
    let [area, total, weighted, most] = [0, 0, 0, 0];
    for (let r = 0; r < rows; r++) {
      const cell = this.#cellArea(r);
      let along = 0;
      for (let c = 0; c < columns; c++) {
        along += this.#corners[r * (columns + 1) + c] ?? 0;
        // SAFETY of the sum: `above` holds the counts of the row before in this column.
        const count = along + (above[c] ?? 0);
        above[c] = count;
        total += cell;
        if (count <= 0) continue;
        area += cell;
        weighted += cell * count;
        most = Math.max(most, count);
      }
    }
    const [xmin, ymin, xmax, ymax] = this.#bounds;
    return {
      area,
      unit: this.#crs.isGeographic || this.#crs.unit === 'metre' ? 'km²' : `square ${this.#crs.unit}`,
      share: total > 0 ? area / total : 0,
      meanRows: area > 0 ? weighted / area : 0,
      mostRows: most,
      cell: [(xmax - xmin) / columns, (ymax - ymin) / rows],
    };
  }
}
