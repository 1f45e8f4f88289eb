/**
 * How many footprints lie over each cell of a grid: what a map shows when boxes are too many or too small to be seen.
 * Shared by the kernel (whole catalogs) and views (what they have loaded), so that both count alike.
 *
 * Cells are even in longitude and in Mercator y, so that they are even on the map.
 */
import type { LonLatBox } from './payload.js';
import { base64, number, numbers, object, oneOf, whole } from './read.js';

/** Counts as they travel: `values` is base64 of little-endian u16 or u32, rows north to south. */
export interface DensityGrid {
  /** West, south, east, north in degrees; east passes 180 across the antimeridian. */
  readonly box: LonLatBox;
  readonly width: number;
  readonly height: number;
  readonly type: 'u16' | 'u32';
  readonly values: string;
}

/** Latitude where Mercator maps end. */
export const MERCATOR_LIMIT = 85.051129;
/** Most cells a side. */
const MAX_SIDE = 4096;

/** Mercator y of a latitude: 0 at 85.05° north, 1 at 85.05° south. */
export function mercatorY(lat: number): number {
  const clamped = Math.max(-MERCATOR_LIMIT, Math.min(MERCATOR_LIMIT, lat));
  return 0.5 - Math.log(Math.tan(Math.PI / 4 + (clamped * Math.PI) / 360)) / (2 * Math.PI);
}

/** Latitude of a Mercator y. */
export function mercatorLatitude(y: number): number {
  return (Math.atan(Math.sinh(Math.PI * (1 - 2 * y))) * 180) / Math.PI;
}

/**
 * Counts boxes per cell. A box counts in every cell that it touches; each costs four additions, whatever its size
 * (two-dimensional difference array, summed once at the end).
 */
export class Coverage {
  readonly box: LonLatBox;
  readonly width: number;
  readonly height: number;
  readonly #steps: Int32Array;
  readonly #north: number;
  readonly #perX: number;
  readonly #perY: number;

  constructor(box: LonLatBox, width: number, height: number) {
    this.box = box;
    this.width = width;
    this.height = height;
    this.#steps = new Int32Array((width + 1) * (height + 1));
    this.#north = mercatorY(box[3]);
    this.#perX = width / Math.max(1e-9, box[2] - box[0]);
    this.#perY = height / Math.max(1e-12, mercatorY(box[1]) - this.#north);
  }

  /** Adds one box: degrees of longitude, Mercator y of its north and south edge. NaN adds nothing. */
  add(west: number, east: number, yNorth: number, ySouth: number): void {
    this.#addOnce(west, east, yNorth, ySouth);
    // The same place one turn of the globe away, where the grid or the box passes ±180.
    if (east - 360 >= this.box[0]) this.#addOnce(west - 360, east - 360, yNorth, ySouth);
    if (west + 360 <= this.box[2]) this.#addOnce(west + 360, east + 360, yNorth, ySouth);
  }

  #addOnce(west: number, east: number, yNorth: number, ySouth: number): void {
    const { width, height } = this;
    const x0 = Math.max(0, Math.floor((west - this.box[0]) * this.#perX));
    const x1 = Math.min(width - 1, Math.floor((east - this.box[0]) * this.#perX));
    const y0 = Math.max(0, Math.floor((yNorth - this.#north) * this.#perY));
    const y1 = Math.min(height - 1, Math.floor((ySouth - this.#north) * this.#perY));
    // False for NaN as well.
    if (!(x0 <= x1 && y0 <= y1)) return;
    const steps = this.#steps;
    const stride = width + 1;
    const [top, bottom] = [y0 * stride, (y1 + 1) * stride];
    steps[top + x0] = (steps[top + x0] ?? 0) + 1;
    steps[top + x1 + 1] = (steps[top + x1 + 1] ?? 0) - 1;
    steps[bottom + x0] = (steps[bottom + x0] ?? 0) - 1;
    steps[bottom + x1 + 1] = (steps[bottom + x1 + 1] ?? 0) + 1;
  }

  /** Boxes over each cell, rows north to south. */
  counts(): Uint32Array {
    const { width, height } = this;
    const out = new Uint32Array(width * height);
    const above = new Int32Array(width + 1);
    for (let y = 0; y < height; y++) {
      let run = 0;
      for (let x = 0; x < width; x++) {
        run += this.#steps[y * (width + 1) + x] ?? 0;
        const total = run + (above[x] ?? 0);
        above[x] = total;
        out[y * width + x] = total;
      }
    }
    return out;
  }
}

/** Width and height of a grid over a box with about `cells` square cells on the map. */
export function gridShape(box: LonLatBox, cells: number): { readonly width: number; readonly height: number } {
  const across = Math.max(1e-6, (box[2] - box[0]) / 360);
  const down = Math.max(1e-6, mercatorY(box[1]) - mercatorY(box[3]));
  const width = Math.round(Math.sqrt((cells * across) / down));
  const limited = Math.max(1, Math.min(1024, cells, width));
  return {
    width: limited,
    height: Math.max(1, Math.min(1024, Math.floor(cells / limited), Math.round((limited * down) / across))),
  };
}

/** A checked grid. */
export function readDensity(value: unknown, at: string): DensityGrid {
  const o = object(value, at);
  const side = whole(1, MAX_SIDE);
  const [width, height] = [side(o['width'], `${at}.width`), side(o['height'], `${at}.height`)];
  const type = oneOf(['u16', 'u32'])(o['type'], `${at}.type`);
  const [w, s, e, n] = numbers(o['box'], `${at}.box`, 4).map((v) => Math.max(-540, Math.min(540, number(v, at))));
  return {
    box: [w ?? 0, Math.max(-90, s ?? 0), e ?? 0, Math.min(90, n ?? 0)],
    width,
    height,
    type,
    values: base64(o['values'], `${at}.values`, width * height * (type === 'u16' ? 2 : 4)),
  };
}
