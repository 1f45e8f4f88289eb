/** The order of rows in files: static first, then by time, then along a Hilbert curve, so that row groups are compact (`catalog.md` §7). */
import { envelope } from '../core/index.js';
import { hilbertIndex } from './hilbert.js';
import type { CatalogRow } from './types.js';

const CELLS = 65_535;

/** Rows by (static first, start, Hilbert index of the box centre over the total bounds); equal keys keep their order. */
export function spaceTimeOrder(rows: readonly CatalogRow[]): readonly CatalogRow[] {
  const [xmin, ymin, xmax, ymax] = envelope(
    rows.flatMap(({ bbox }): [number, number][] => [
      [bbox[0], bbox[1]],
      [bbox[2], bbox[3]],
    ]),
  );
  const cell = (value: number, low: number, high: number): number =>
    high > low ? Math.floor(((value - low) / (high - low)) * CELLS) : 0;
  const keyed = rows.map((row) => ({
    row,
    start: row.interval?.start ?? -Infinity,
    curve: hilbertIndex(
      cell((row.bbox[0] + row.bbox[2]) / 2, xmin, xmax),
      cell((row.bbox[1] + row.bbox[3]) / 2, ymin, ymax),
    ),
  }));
  return keyed.sort((a, b) => (a.start === b.start ? a.curve - b.curve : a.start < b.start ? -1 : 1)).map((k) => k.row);
}
