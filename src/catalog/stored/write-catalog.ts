/** Catalogs to GeoParquet files (`catalog.md` §2 on disk, §7). */
import {
  ArgumentError,
  startTask,
  type Bounds,
  type Crs,
  type Resolution,
  type RunningTask,
} from '../../core/index.js';
import { geoMetadata, ParquetWriter, ROW_GROUP_ROWS } from '../../formats/geoparquet/index.js';
import { writeFileAtomic } from '../../io/index.js';
import { RowsTable } from '../engines/memory/rows-table.js';
import { spaceTimeOrder, type RowPicks } from './row-order.js';
import { fileColumns, type GeometryTypes, type StoredPaths } from './stored-columns.js';
import type { UserType } from './stored-user-columns.js';
import { viewBounds } from '../table-view.js';
import type { TableView } from '../table.js';
import type { CatalogBackend, CatalogRow, WriteOptions, WriteReport } from '../types.js';

/** A file is not made of more batches than this numbers. */
const MAX_TABLES = 65_535;

/** What a file says of its rows. */
export interface FileFacts {
  readonly backend: CatalogBackend;
  readonly crs: Crs;
  readonly targetResolution: Resolution | null;
  /** How file paths are stored; default `absolute`. */
  readonly paths?: StoredPaths;
}

/** Indices of a view's rows. */
function indicesOf({ table, indices }: TableView): Uint32Array {
  if (indices) return indices;
  const all = new Uint32Array(table.length);
  for (let i = 0; i < all.length; i++) all[i] = i;
  return all;
}

/** Rows of views, in their order. */
export function picksOf(views: readonly TableView[]): RowPicks {
  const filled = views.filter((v) => (v.indices ?? v.table).length > 0);
  const [first] = filled;
  if (filled.length <= 1)
    return { tables: first ? [first.table] : [], tableOf: null, rows: first ? indicesOf(first) : new Uint32Array(0) };
  if (filled.length > MAX_TABLES) throw new RangeError(`a file is made of ${MAX_TABLES} batches of rows at most`);
  const all = filled.map(indicesOf);
  const length = all.reduce((n, rows) => n + rows.length, 0);
  const rows = new Uint32Array(length);
  const tableOf = new Uint16Array(length);
  let at = 0;
  all.forEach((indices, t) => {
    rows.set(indices, at);
    tableOf.fill(t, at, at + indices.length);
    at += indices.length;
  });
  return { tables: filled.map((v) => v.table), tableOf, rows };
}

function totalBounds({ tables, tableOf, rows }: RowPicks): Bounds | null {
  if (rows.length === 0) return null;
  const boxes = tables.map((table, t) =>
    viewBounds({ table, indices: tableOf ? rows.filter((_, k) => tableOf[k] === t) : rows }),
  );
  return [
    Math.min(...boxes.map((b) => b[0])),
    Math.min(...boxes.map((b) => b[1])),
    Math.max(...boxes.map((b) => b[2])),
    Math.max(...boxes.map((b) => b[3])),
  ];
}

/**
 * The bytes of the file of some rows in the order given, a row group at a time, each to be used before the next; the
 * same rows give the same bytes.
 * `known`: see {@link fileColumns}.
 */
export function* catalogPieces(
  picks: RowPicks,
  facts: FileFacts,
  task?: RunningTask,
  known?: ReadonlyMap<string, UserType>,
): Generator<Uint8Array> {
  const types: GeometryTypes = new Set();
  const columns = fileColumns(picks, facts.backend, types, known, facts.paths);
  const writer = new ParquetWriter(columns);
  const { tables, tableOf, rows } = picks;
  yield writer.begin();
  for (let from = 0; from < rows.length; from += ROW_GROUP_ROWS) {
    task?.throwIfAborted();
    const to = Math.min(rows.length, from + ROW_GROUP_ROWS);
    const batch = { tables, tableOf: tableOf && tableOf.subarray(from, to), rows: rows.subarray(from, to) };
    yield writer.add(
      columns.map((c) => c.make(batch)),
      to - from,
    );
    task?.report({ done: to, total: rows.length, unit: 'rows' });
  }
  const value = geoMetadata({
    geometry: 'geometry',
    bbox: 'bbox',
    crs: facts.crs,
    types,
    bounds: totalBounds(picks),
    extra: { target_resolution: facts.targetResolution },
  });
  yield writer.end({ key: 'geo', value });
}

/** The pieces of a file as one. */
export function joinPieces(pieces: Iterable<Uint8Array>): Uint8Array {
  const kept: Uint8Array[] = [];
  for (const piece of pieces) kept.push(piece.slice());
  return Buffer.concat(kept);
}

/** Bytes of the GeoParquet file of a catalog's rows, in the order given; relative file paths stay as they are. */
export function encodeCatalog(rows: readonly CatalogRow[], facts: FileFacts): Uint8Array {
  const picks = picksOf([{ table: new RowsTable(rows), indices: null }]);
  return joinPieces(catalogPieces(picks, { ...facts, paths: 'given' }));
}

/**
 * Writes the rows of views as one GeoParquet file, atomically: a failure leaves what was there before. Rows are pulled
 * from `views` first, since their order needs them all; the file is then made a batch at a time.
 *
 * @throws {@link CatalogError} `mixed-column`; {@link ArgumentError} `bad-sort`; {@link SourceError} when the place
 * cannot be written; the signal's reason when cancelled.
 */
export async function writeViews(
  path: string,
  views: AsyncIterable<TableView> | Iterable<TableView>,
  facts: FileFacts,
  o: WriteOptions = {},
): Promise<WriteReport> {
  const sort = o.sort ?? 'space-time';
  if (!['space-time', 'none'].includes(sort))
    throw new ArgumentError('bad-sort', `sort is 'space-time' or 'none'; got ${JSON.stringify(sort)}.`);
  const task = startTask('Writing GeoParquet', o);
  try {
    task.throwIfAborted();
    const collected: TableView[] = [];
    for await (const view of views) collected.push(view);
    const picks = picksOf(collected);
    const ordered = sort === 'none' ? picks : spaceTimeOrder(picks);
    const { bytes } = await writeFileAtomic(path, catalogPieces(ordered, facts, task), { signal: task.signal });
    return { path, rows: picks.rows.length, bytes };
  } finally {
    task.end();
  }
}

/** Writes row objects as one GeoParquet file; see {@link writeViews}. */
export function writeCatalog(
  path: string,
  rows: readonly CatalogRow[],
  facts: FileFacts,
  o: WriteOptions = {},
): Promise<WriteReport> {
  return writeViews(path, [{ table: new RowsTable(rows), indices: null }], facts, o);
}
