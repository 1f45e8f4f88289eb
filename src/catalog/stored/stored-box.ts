/** Reads only the row groups of a stored catalog that may hold rows of a box and a time (`catalog.md` §7). */
import { mapConcurrent, type Bounds, type CrsInput, type Interval } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import { pickedRows } from '../picked-rows.js';
import { loadFacts, openCatalogFiles, readStoredRows, type CatalogFile, type CatalogFiles } from './stored-files.js';
import { joinRows, whereIn, type StoredPart } from './stored-rows.js';
import { storedTable } from './stored-table.js';
import { filterView } from '../table-view.js';
import type { TableView } from '../table.js';

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

/** Rows of a row group that pass a filter by what stands beside the footprints. */
interface Hits {
  readonly picks: Uint32Array;
  /** Envelopes of those rows, four numbers a row. */
  readonly boxes: Float64Array;
}

/** The hits of a row group of ours, from its boxes and times alone; null where they are stored in another way. */
async function hitsOf(one: CatalogFile, group: number, filter: BoxFilter, o: ReadOptions): Promise<Hits | null> {
  const found = await loadFacts(one, { ...o, group, times: filter.time !== undefined });
  if (!found) return null;
  const { axes, starts, ends } = found;
  const [xmins, ymins, xmaxs, ymaxs] = axes;
  const { time } = filter;
  const [xmin, ymin, xmax, ymax] = filter.bounds ?? [-Infinity, -Infinity, Infinity, Infinity];
  const length = xmins.length;
  const picks = new Uint32Array(length);
  let n = 0;
  for (let i = 0; i < length; i++) {
    const touches =
      (xmins[i] ?? NaN) <= xmax && (ymins[i] ?? NaN) <= ymax && (xmaxs[i] ?? NaN) >= xmin && (ymaxs[i] ?? NaN) >= ymin;
    // A static row has no times.
    if (touches && !(time && ((starts?.[i] ?? NaN) > time.end || (ends?.[i] ?? NaN) < time.start))) picks[n++] = i;
  }
  const boxes = new Float64Array(4 * n);
  for (let k = 0; k < n; k++) {
    const i = picks[k] ?? 0;
    boxes[4 * k] = xmins[i] ?? NaN;
    boxes[4 * k + 1] = ymins[i] ?? NaN;
    boxes[4 * k + 2] = xmaxs[i] ?? NaN;
    boxes[4 * k + 3] = ymaxs[i] ?? NaN;
  }
  return { picks: picks.slice(0, n), boxes };
}

/** Row groups that are read at the same time. */
const CONCURRENCY = 4;

/** Rows of one file: those of the hits, or, in files of others, of all groups that may have some. */
async function partsOf(
  one: CatalogFile,
  filter: BoxFilter,
  o: ReadOptions,
): Promise<readonly (StoredPart & { readonly boxes: Float64Array | null })[]> {
  let firstRow = 0;
  const starts = one.parquet.footer.groups.map(({ rows }) => (firstRow += rows) - rows);
  const parts = await mapConcurrent(
    groupsOf(one, filter),
    CONCURRENCY,
    async (group) => {
      const start = starts[group] ?? 0;
      const hits = await hitsOf(one, group, filter, o);
      if (hits?.picks.length === 0) return null;
      const rows = await readStoredRows(one, { ...o, groups: [group] });
      const part = { file: one.file, rows, rowOf: (i: number) => start + i, boxes: null };
      if (!hits) return part;
      const { picks, boxes } = hits;
      return { ...part, rows: pickedRows(rows, picks), rowOf: (k: number) => start + (picks[k] ?? 0), boxes };
    },
    o.signal,
  );
  return parts.filter((part) => part !== null);
}

/** Rows of opened files whose box and time pass a filter, in stored order; what else can be is not read. */
export async function readBox(stored: CatalogFiles, filter: BoxFilter, o: ReadOptions = {}): Promise<TableView> {
  const parts = [];
  for (const one of stored.files) parts.push(...(await partsOf(one, filter, o)));
  const { crs, geometryColumn, version } = stored;
  const rows = joinRows(parts);
  let known: Float64Array | undefined = new Float64Array(4 * rows.length);
  let at = 0;
  for (const part of parts) {
    if (part.boxes) known?.set(part.boxes, at);
    else known = undefined;
    at += 4 * part.rows.length;
  }
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
