/** Adding rows to a folder of shards without touching the files that are there (`catalog.md` §7). */
import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import {
  ArgumentError,
  CatalogError,
  checkOptionNames,
  Crs,
  startTask,
  type CrsInput,
  type LongTask,
  type Resolution,
  type RunningTask,
} from '../../core/index.js';
import { listFiles } from '../../io/index.js';
import { checkLayout, checkPartitionBy, partitionOf, type PartitionKey } from './append-layout.js';
import { withAppendLock } from './append-lock.js';
import { removeLeftovers, Shards } from './append-shards.js';
import { RowsTable } from '../engines/memory/rows-table.js';
import { spaceTimeOrder } from './row-order.js';
import { catalogBatches } from '../rows-now.js';
import { SCHEMA_VERSION } from './schema.js';
import { userTypes, type UserType } from './stored-user-columns.js';
import { openCatalogFiles, type CatalogFiles } from './stored-files.js';
import { viewIndex, viewLength } from '../table-view.js';
import type { TableView } from '../table.js';
import type { CatalogBackend, CatalogRow, GeoCatalog } from '../types.js';
import { catalogPieces, joinPieces, picksOf, type FileFacts } from './write-catalog.js';

export interface AppendOptions extends LongTask {
  /** `['year']`, `['year', 'month']` (default) or `['year', 'month', 'day']`: the UTC date of the start. */
  readonly partitionBy?: readonly PartitionKey[];
  /** CRS of row objects that belong to no catalog; default that of the folder. */
  readonly crs?: CrsInput;
  /** Backend of such rows; default that of the folder, else `raster`. */
  readonly backend?: CatalogBackend;
}

export interface AppendReport {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  /** The new shards. */
  readonly files: readonly string[];
}

/** Rows held at a time. What comes after goes into further shards of the same partitions. */
const WINDOW_ROWS = 500_000;
/** Rows of one table of row objects. */
const TABLE_ROWS = 16_384;
function isCatalog(rows: unknown): rows is GeoCatalog {
  return typeof rows === 'object' && rows !== null && 'toGeoParquet' in rows;
}

/** Row objects as views of some rows each. */
function* viewsOf(rows: Iterable<CatalogRow>): Generator<TableView> {
  let waiting: CatalogRow[] = [];
  for (const row of rows) {
    waiting.push(row);
    if (waiting.length < TABLE_ROWS) continue;
    yield { table: new RowsTable(waiting), indices: null };
    waiting = [];
  }
  if (waiting.length > 0) yield { table: new RowsTable(waiting), indices: null };
}

/** The folder as it is: null when there is nothing in it. */
async function existing(dir: string, keys: readonly PartitionKey[], signal?: AbortSignal): Promise<FolderFacts | null> {
  if ((await listFiles(dir, ['.parquet', '.geoparquet'], { signal })).length === 0) return null;
  const stored = await openCatalogFiles(dir, {}, { signal });
  try {
    checkLayout(dir, stored.files, keys);
    if (stored.rows > 0 && stored.version !== SCHEMA_VERSION)
      throw new CatalogError(
        'mixed-version',
        `${dir} has schema version ${stored.version}; rows of version ${SCHEMA_VERSION} cannot be added to it.`,
        { hint: 'Run nadir catalog migrate on the folder first.', details: { dir } },
      );
    const { crs, backend, targetResolution } = stored;
    return { crs, backend, targetResolution, types: typesIn(stored), shards: shardsIn(dir, stored) };
  } finally {
    await stored.close();
  }
}

interface FolderFacts extends FileFacts {
  readonly types: ReadonlyMap<string, UserType>;
  /** Number of the next shard by partition. */
  readonly shards: ReadonlyMap<string, number>;
}

const TYPES: Readonly<Record<number, UserType>> = { 0: 'bool', 5: 'double', 6: 'string' };

/** Types of top columns, by the physical types of footers. */
function typesIn({ files }: CatalogFiles): Map<string, UserType> {
  const types = new Map<string, UserType>();
  for (const { parquet } of files) {
    for (const { path: column, type } of parquet.footer.groups[0]?.columns ?? []) {
      const known = TYPES[type];
      if (known) types.set(column, known);
    }
  }
  return types;
}

/** The number of the next shard of each partition: after all that are there, removed ones included where they show. */
function shardsIn(dir: string, { files }: CatalogFiles): Map<string, number> {
  const next = new Map<string, number>();
  for (const { file } of files) {
    const partition = path.relative(dir, path.dirname(file)).split(path.sep).join('/');
    const number = Number(/^part-(\d+)/.exec(path.basename(file))?.[1] ?? next.get(partition) ?? 0);
    next.set(partition, Math.max(next.get(partition) ?? 0, number + 1));
  }
  return next;
}

/** What the new rows say of themselves must be what the folder says. */
function factsFor(
  dir: string,
  folder: FolderFacts | null,
  given: {
    readonly crs: Crs | null;
    readonly backend: CatalogBackend | null;
    readonly targetResolution: Resolution | null;
  },
): FileFacts {
  const { crs, backend } = given;
  if (folder && crs && !crs.equals(folder.crs))
    throw new CatalogError('mixed-crs', `${dir} is in ${folder.crs.canonical}, the new rows in ${crs.canonical}.`, {
      hint: 'Unite the rows with a catalog in that CRS first: union projects them.',
      details: { dir },
    });
  if (folder && backend && backend !== folder.backend)
    throw new CatalogError('mixed-backend', `${dir} indexes ${folder.backend} files, the new rows ${backend} ones.`, {
      hint: 'Keep one catalog to a folder.',
      details: { dir },
    });
  if (folder) return folder;
  if (!crs)
    throw new ArgumentError('no-crs', `${dir} is empty, so the CRS of the rows must be given.`, {
      hint: "appendFiles(dir, rows, { crs: 'EPSG:4326' }), or append a catalog.",
    });
  return { crs, backend: backend ?? 'raster', targetResolution: given.targetResolution };
}

/** Rows of views by partition, each in the order in which it came. */
function byPartition(
  views: readonly TableView[],
  keys: readonly PartitionKey[],
): ReadonlyMap<string, readonly TableView[]> {
  const found = new Map<string, TableView[]>();
  for (const view of views) {
    const here = new Map<string, number[]>();
    const length = viewLength(view);
    for (let k = 0; k < length; k++) {
      const i = viewIndex(view, k);
      const partition = partitionOf(view.table, i, keys);
      const rows = here.get(partition);
      if (rows) rows.push(i);
      else here.set(partition, [i]);
    }
    for (const [partition, rows] of here) {
      const list = found.get(partition) ?? [];
      list.push({ table: view.table, indices: Uint32Array.from(rows) });
      found.set(partition, list);
    }
  }
  return found;
}

/** Types of user columns known so far, joined by those of some rows. */
function joinTypes(dir: string, known: Map<string, UserType>, views: readonly TableView[]): void {
  for (const [name, type] of userTypes(picksOf(views))) {
    const before = known.get(name);
    if (before && type && before !== type)
      throw new CatalogError('mixed-column', `Column ${name} holds ${before} in ${dir} and ${type} in the new rows.`, {
        hint: 'Convert it first: withColumn(name, (row) => …).',
        details: { dir, column: name },
      });
    if (type) known.set(name, type);
  }
}

async function append(
  dir: string,
  views: AsyncIterable<TableView> | Iterable<TableView>,
  init: { readonly facts: FileFacts; readonly folder: FolderFacts | null; readonly keys: readonly PartitionKey[] },
  task: RunningTask,
): Promise<AppendReport> {
  const shards = new Shards(dir, init.folder?.shards ?? new Map());
  const types = new Map(init.folder?.types ?? []);
  let waiting: TableView[] = [];
  let [held, done] = [0, 0];
  const flush = async (): Promise<void> => {
    joinTypes(dir, types, waiting);
    const partitions = [...byPartition(waiting, init.keys)].sort(([a], [b]) => (a < b ? -1 : 1));
    for (const [partition, rows] of partitions) {
      task.throwIfAborted();
      const picks = spaceTimeOrder(picksOf(rows));
      await shards.add(partition, joinPieces(catalogPieces(picks, init.facts, task, types)), task.signal);
      done += picks.rows.length;
    }
    task.report({ done, unit: 'rows', bytes: shards.bytes });
    [waiting, held] = [[], 0];
  };
  try {
    for await (const view of views) {
      task.throwIfAborted();
      waiting.push(view);
      held += viewLength(view);
      if (held >= WINDOW_ROWS) await flush();
    }
    if (held > 0) await flush();
    task.throwIfAborted();
    return { path: dir, rows: done, bytes: shards.bytes, files: await shards.commit() };
  } finally {
    await shards.discard();
  }
}

/**
 * Adds rows to a folder of GeoParquet shards by date, `year=2022/month=3/part-00000-1f3a….parquet`, and never touches the
 * files that are there. Static rows go to `__HIVE_DEFAULT_PARTITION__`. A shard is numbered after those of its partition
 * and named by its content, so that names follow the order of appending and the same rows added to the same folder get
 * the same names. All shards appear together at the end; a failure adds none.
 *
 * Ids are not compared with those of the folder.
 *
 * @throws {@link CatalogError} `locked`, `stale-lock`, `mixed-layout`, `mixed-crs`, `mixed-backend`, `mixed-version`,
 * `mixed-column`; {@link ArgumentError} `bad-partition`, `no-crs`; {@link SourceError}; the signal's reason when cancelled.
 */
export async function appendFiles(
  dir: string,
  rows: GeoCatalog | Iterable<CatalogRow>,
  o: AppendOptions = {},
): Promise<AppendReport> {
  checkOptionNames('appendFiles', o, ['partitionBy', 'crs', 'backend', 'signal', 'onProgress']);
  const given: unknown = dir;
  if (typeof given !== 'string' || given === '')
    throw new ArgumentError('bad-path', `The folder to append to is given by its path; got ${JSON.stringify(dir)}.`);
  const keys = o.partitionBy ?? ['year', 'month'];
  checkPartitionBy(keys);
  const task = startTask('Appending rows', o);
  try {
    task.throwIfAborted();
    await mkdir(dir, { recursive: true });
    return await withAppendLock(dir, async () => {
      await removeLeftovers(dir);
      const folder = await existing(dir, keys, task.signal);
      const from = isCatalog(rows)
        ? { crs: rows.crs, backend: rows.backend, targetResolution: rows.targetResolution }
        : { crs: o.crs === undefined ? null : Crs.from(o.crs), backend: o.backend ?? null, targetResolution: null };
      const facts = factsFor(dir, folder, from);
      const views = isCatalog(rows) ? catalogBatches(rows, task.signal ? { signal: task.signal } : {}) : viewsOf(rows);
      return append(dir, views, { facts, folder, keys }, task);
    });
  } finally {
    task.end();
  }
}
