/** Header facts of rasters and other grids, from stored columns. */
import { isDType, type Affine } from '../../core/index.js';
import type { StoredRows } from './stored-table.js';
import type { NativeGrid } from '../types.js';

const isNumber = (v: unknown): v is number => typeof v === 'number';

/** The grid of a row, null unless its columns have all that makes one up. */
export function nativeReader(rows: StoredRows): (i: number) => NativeGrid | null {
  const column = (name: string): ((i: number) => unknown) => {
    const found = rows.column(name);
    return found ? (i) => found.get(i) : () => null;
  };
  const [transform, width, height, count, dtype] = ['native_transform', 'width', 'height', 'n_bands', 'dtype'].map(
    column,
  );
  const [nodata, bandNames, overviews] = ['nodata', 'band_names', 'overviews'].map(column);
  return (i) => {
    // Catalogs of vector files have none, which is then told by one look.
    const t = transform?.(i);
    if (!Array.isArray(t) || t.length !== 6 || !t.every(isNumber)) return null;
    const [w, h, n, d] = [width?.(i), height?.(i), count?.(i), dtype?.(i)];
    // A forged number of bands must not make an array of that length.
    if (!isNumber(w) || !isNumber(h) || !isNumber(n) || !(n >= 0 && n <= 65_535)) return null;
    if (d !== null && d !== undefined && !isDType(d)) return null;
    const flat = overviews?.(i);
    const pairs = Array.isArray(flat) ? flat.filter(isNumber) : [];
    const stored = bandNames?.(i);
    const names: readonly unknown[] = Array.isArray(stored) ? stored : [];
    const none = nodata?.(i);
    return Object.freeze({
      // SAFETY: six numbers, checked above.
      transform: t as unknown as Affine,
      width: w,
      height: h,
      count: n,
      dtype: d ?? null,
      nodata: isNumber(none) ? none : null,
      bandNames: Array.from({ length: n }, (_, k) => {
        const name = names[k];
        return typeof name === 'string' ? name : null;
      }),
      overviews: Array.from(
        { length: Math.floor(pairs.length / 2) },
        (_, k) => [pairs[2 * k] ?? 0, pairs[2 * k + 1] ?? 0] as const,
      ),
    });
  };
}
