/** Reads only the row groups of a stored catalog that may hold rows of a box and a time (`catalog.md` §7). */
import type { Bounds, CrsInput, Interval } from '../core/index.js';
import type { ReadOptions } from '../io/index.js';
import { loadStoredPart, openCatalogFiles, type CatalogFile, type CatalogFiles } from './stored-files.js';
import { joinRows, whereIn, type StoredPart } from './stored-rows.js';
import { storedTable } from './stored-table.js';
import { filterView } from './table-view.js';
import type { TableView } from './table.js';

/** Physical types, as footers number them. */
const INT64 = 2;
const DOUBLE = 5;

/** What to look for: rows whose box touches the bounds and whose interval touches the time; static rows always match. */
export interface BoxFilter {
  /** In the catalog's CRS. */
  readonly bounds?: Bounds;
  readonly time?: Interval;
}

interface Range {
  readonly min: number;
  readonly max: number;
}

/** Least and greatest value of a column in a row group, null where the footer does not tell or some rows have none. */
function rangeOf({ parquet }: CatalogFile, group: number, path: string, type: number): Range | null {
  const chunk = parquet.chunk(group, path);
  const { min, max } = chunk ?? {};
  if (chunk?.type !== type || chunk.nulls !== 0 || min?.length !== 8 || max?.length !== 8) return null;
  const read = (bytes: Uint8Array): number => {
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, 8);
    return type === DOUBLE ? buffer.readDoubleLE() : Number(buffer.readBigInt64LE());
  };
  const range = { min: read(min), max: read(max) };
  return range.min <= range.max ? range : null;
}

/** Row groups that may hold rows of a filter: all whose statistics do not rule it out. */
export function groupsOf(one: CatalogFile, { bounds, time }: BoxFilter): readonly number[] {
  const { parquet, geo } = one;
  const { covering } = geo;
  // Only our own files are known to count in microseconds and without zone.
  const timed = time && parquet.footer.createdBy === 'nadir';
  return [...parquet.footer.groups.keys()].filter((g) => {
    if (bounds && covering !== null) {
      const [x0, y0, x1, y1] = ['xmin', 'ymin', 'xmax', 'ymax'].map((axis) =>
        rangeOf(one, g, `${covering}.${axis}`, DOUBLE),
      );
      const [xmin, ymin, xmax, ymax] = bounds;
      if ((x0 && x0.min > xmax) || (y0 && y0.min > ymax) || (x1 && x1.max < xmin) || (y1 && y1.max < ymin))
        return false;
    }
    if (!timed) return true;
    const start = rangeOf(one, g, 'start_time', INT64);
    const end = rangeOf(one, g, 'end_time', INT64);
    return !((start && start.min > time.end) || (end && end.max < time.start));
  });
}

/** Envelopes by axis as tables have them, four numbers a row. */
function joinAxes(parts: readonly (readonly Float64Array[] | null)[], length: number): Float64Array | undefined {
  const boxes = new Float64Array(4 * length);
  let at = 0;
  for (const axes of parts) {
    const [xmin, ymin, xmax, ymax] = axes ?? [];
    if (!xmin || !ymin || !xmax || !ymax) return undefined;
    for (let i = 0; i < xmin.length; i++, at += 4) {
      boxes[at] = xmin[i] ?? NaN;
      boxes[at + 1] = ymin[i] ?? NaN;
      boxes[at + 2] = xmax[i] ?? NaN;
      boxes[at + 3] = ymax[i] ?? NaN;
    }
  }
  return boxes;
}

/** Rows of opened files whose box and time pass a filter, in stored order; other row groups are not read. */
export async function readBox(stored: CatalogFiles, filter: BoxFilter, o: ReadOptions = {}): Promise<TableView> {
  const parts: StoredPart[] = [];
  const axes: (readonly Float64Array[] | null)[] = [];
  for (const one of stored.files) {
    const groups = groupsOf(one, filter);
    // Runs of neighbouring groups keep the numbers of their rows.
    for (let from = 0; from < groups.length;) {
      let to = from + 1;
      while (to < groups.length && groups[to] === (groups[from] ?? 0) + to - from) to++;
      const run = groups.slice(from, to);
      const firstRow = one.parquet.footer.groups.slice(0, run[0]).reduce((n, g) => n + g.rows, 0);
      const { rows, boxes } = await loadStoredPart(one, { ...o, groups: run, boxes: true });
      parts.push({ file: one.file, rows, firstRow });
      axes.push(boxes);
      from = to;
    }
  }
  const { crs, geometryColumn, version } = stored;
  const rows = joinRows(parts);
  const known = joinAxes(axes, rows.length);
  const table = storedTable(rows, {
    crs,
    geometryColumn,
    version,
    where: whereIn(parts),
    ...(known && { boxes: known }),
  });
  const { boxes, starts, ends } = table;
  const { bounds, time } = filter;
  return filterView({ table, indices: null }, (i) => {
    if (time && !((starts[i] ?? NaN) <= time.end && (ends[i] ?? NaN) >= time.start)) return false;
    if (!bounds) return true;
    return (
      (boxes[4 * i] ?? NaN) <= bounds[2] &&
      (boxes[4 * i + 1] ?? NaN) <= bounds[3] &&
      (boxes[4 * i + 2] ?? NaN) >= bounds[0] &&
      (boxes[4 * i + 3] ?? NaN) >= bounds[1]
    );
  });
}

/**
 * The rows of a stored catalog whose boxes touch bounds (in its CRS) and whose times touch an interval, read without the
 * row groups that cannot hold any. Exact tests of footprints are left to `query`.
 *
 * @throws as {@link openCatalogFiles} and {@link storedTable} do.
 */
export async function readCatalogBox(
  place: string,
  filter: BoxFilter,
  options: { readonly crs?: CrsInput; readonly strict?: boolean } = {},
  o: ReadOptions = {},
): Promise<TableView> {
  const stored = await openCatalogFiles(place, options, o);
  try {
    return await readBox(stored, filter, o);
  } finally {
    await stored.close();
  }
}
