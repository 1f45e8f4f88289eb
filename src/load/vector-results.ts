/** What loadVector resolves to, and how these results show themselves. */
import { DISPLAY_METHOD, displayObject, KIND, type Bounds } from '../core/index.js';
import type { GeoTensor } from '../pixels/index.js';

/** An array with its shape, C-ordered. */
export interface ShapedArray<A extends Float32Array | Int32Array = Float32Array | Int32Array> {
  readonly values: A;
  readonly shape: readonly number[];
}

/** One object of an instance segmentation. */
export interface Instance {
  /** Value in the id raster, or 1 + its place in the stack: 1 … N. */
  readonly id: number;
  readonly label: number;
  /** Box of the feature clipped to the window, `[x0, y0, x1, y1]` in pixels from the upper left corner, y down. */
  readonly bbox: Bounds;
  /** The feature's own id; null where the file gives none. */
  readonly featureId: string | number | null;
}

export interface InstanceResult {
  /** (1, height, width) Int32 of ids, 0 is background; with `layout: 'stack'` (N, height, width) Uint8 of 0 and 1. */
  readonly tensor: GeoTensor<Int32Array | Uint8Array>;
  readonly instances: readonly Instance[];
}

export interface DetectionResult {
  /** (N, 4): `[x0, y0, x1, y1]` in pixels from the upper left corner of the window, y down, clipped to it. */
  readonly boxes: ShapedArray<Float32Array>;
  /** (N). */
  readonly labels: ShapedArray<Int32Array>;
}

/** Rows of tables in displays at most. */
const MOST_ROWS = 200;

/** A result that shows itself as a table of boxes. */
export function asBoxReport<T extends object>(
  body: T,
  title: string,
  rows: readonly (readonly [id: number | string | null, label: number, box: Bounds])[],
): T {
  const labels = new Set(rows.map(([, label]) => label));
  const places = (v: number): number => Math.round(v * 100) / 100;
  const report = {
    title,
    facts: [
      { label: 'objects', value: rows.length },
      { label: 'classes', value: labels.size },
    ],
    tables: [
      {
        title: rows.length > MOST_ROWS ? `Boxes in pixels, the first ${MOST_ROWS}` : 'Boxes in pixels',
        columns: ['id', 'label', 'x0', 'y0', 'x1', 'y1'],
        rows: rows.slice(0, MOST_ROWS).map(([id, label, box]) => [id, label, ...box.map(places)]),
      },
    ],
    warnings: [],
    errors: [],
  };
  const shown = Object.defineProperty({ ...report }, KIND, { value: 'report' });
  Object.defineProperty(body, KIND, { value: 'report' });
  Object.defineProperty(body, DISPLAY_METHOD, { value: () => displayObject(shown) });
  return Object.freeze(body);
}
