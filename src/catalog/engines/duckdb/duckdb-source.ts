/** Catalogs in GeoParquet files that DuckDB reads: rows stay on disk and come in batches (`catalog.md` §8). */
import { access } from 'node:fs/promises';
import type { DuckDBDataChunk } from '@duckdb/node-api';
import {
  isNadirError,
  startTask,
  type Crs,
  type CrsInput,
  type LongTask,
  type RunningTask,
} from '../../../core/index.js';
import { fileError } from '../../../io/index.js';
import type { Aggregate, SqlExtras, SqlParams, SqlRow } from '../../sql.js';
import { asRowsSpellIt, readTable, warnOfColumns } from '../../stored/opened-rows.js';
import { SCHEMA_VERSION } from '../../stored/schema.js';
import { arrowRows } from '../../stored/stored-arrow.js';
import { openCatalogFiles, type CatalogFiles } from '../../stored/stored-files.js';
import { storedTable, userColumns, type StoredColumn, type StoredRows } from '../../stored/stored-table.js';
import type { CatalogFacts, CatalogTable, RowSource, ScanFilter } from '../../table.js';
import { localPath, partsOf, type Part } from './parts.js';
import { DuckdbSession } from './session.js';
import { aggregateSql, selectSql } from './sql-extras.js';
import { FILE_INDEX, ROW_NUMBER, scanStatements, type Statement } from './statements.js';
import { storedChunks, storedType } from './stored-chunks.js';
import { summarise, type Summary } from './summary.js';

export interface DuckdbOptions {
  /** CRS of the footprints, where the files say that it is unknown. */
  readonly crs?: CrsInput;
  /** Fail, rather than assume `raster`, when the files do not say what they index. */
  readonly strict?: boolean;
}

/** Rows of one batch: large enough that its cost does not count, small enough to hold several. */
const BATCH_ROWS = 16_384;
/** Rows that a statement may give, which DuckDB gathers before it hands them out: some 70 MB. */
const ROOM = 65_536;
/** Rows that a statement may look through, at first and ever, when few of them are expected. */
const FIRST_ROOM = 4 * ROOM;
const MAX_ROOM = 8 * ROOM;
const EVERYTHING: ScanFilter = { boxes: null, interval: null, where: [] };

/** A source of rows that DuckDB reads, with the extras of that engine. */
export class DuckdbSource implements RowSource, SqlExtras {
  readonly engine = 'duckdb';
  readonly facts: CatalogFacts;
  readonly columnNames: readonly string[];
  /** Files without schema version are held whole: their ids and static rows follow from all rows together. */
  readonly table: CatalogTable | null;
  readonly #session: DuckdbSession;
  readonly #parts: readonly Part[];
  #summary: Summary | undefined;

  private constructor(
    session: DuckdbSession,
    parts: readonly Part[],
    facts: CatalogFacts,
    columnNames: readonly string[],
    table: CatalogTable | null,
  ) {
    this.#session = session;
    this.#parts = parts;
    this.facts = facts;
    this.columnNames = columnNames;
    this.table = table;
  }

  /** @see duckdbSource */
  static async open(place: string, stored: CatalogFiles, task: RunningTask): Promise<DuckdbSource> {
    const { signal } = task;
    const session = await DuckdbSession.open(stored.files.map(({ file }) => localPath(file)));
    try {
      const parts = await partsOf(session, stored.files, signal);
      const { table, crs } =
        stored.version > 0
          ? { table: null, crs: await spelling(stored, signal) }
          : await readTable(place, stored, task);
      if (!table) warnOfColumns(place, describedRows(parts, stored.rows), stored.geometryColumn);
      const { backend, targetResolution } = stored;
      return new DuckdbSource(
        session,
        parts,
        { backend, crs, targetResolution, config: Object.freeze({ opened: place }) },
        table?.columnNames ?? userColumns(describedRows(parts, stored.rows), stored.geometryColumn).scalar,
        table,
      );
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  async *scan(filter: ScanFilter, o: LongTask): AsyncGenerator<CatalogTable, void, undefined> {
    const { signal } = startTask('Reading catalog', o);
    if (this.table) {
      yield this.table;
      return;
    }
    // Time alone is mostly judged by footers, and leaves nearly all rows.
    let room = filter.boxes !== null || filter.where.length > 0 ? FIRST_ROOM : ROOM;
    for (const statement of this.#statements(filter, () => room)) {
      let found = 0;
      for await (const table of this.#run(statement, signal)) {
        found += table.length;
        yield table;
      }
      // Few finds let the next statement look further.
      room = Math.min(MAX_ROOM, Math.max(ROOM, Math.floor((ROOM * statement.rows) / Math.max(1, found))));
    }
  }

  describe(filter: ScanFilter): string | null {
    if (this.table) return null;
    const statements = Array.from(this.#statements(filter), ({ sql }) => sql);
    return statements.length > 0 ? statements.join(';\n') : 'no statement: the footers rule out every row';
  }

  async summary(o: LongTask): Promise<Summary> {
    const { signal } = startTask('Counting rows', o);
    // Kept only when it succeeded: another caller's signal must not fail this one.
    this.#summary ??= await summarise(this.#session, this.#parts, this.table, () => this.scan(EVERYTHING, o), signal);
    return this.#summary;
  }

  sql(body: string, params: SqlParams = {}, o: LongTask = {}): Promise<readonly SqlRow[]> {
    return selectSql(this.#session, this.#parts, body, params, startTask('SQL', o).signal);
  }

  aggregate(spec: Aggregate, o: LongTask = {}): Promise<readonly SqlRow[]> {
    return aggregateSql(this.#session, this.#parts, this.columnNames, spec, startTask('Aggregating', o).signal);
  }

  get extras(): SqlExtras {
    return this;
  }

  close(): Promise<void> {
    return this.#session.close();
  }

  #statements(filter: ScanFilter, room?: () => number): Iterable<Statement> {
    return scanStatements(this.#session.api, this.#parts, this.columnNames, filter, room);
  }

  async *#run(statement: Statement, signal: AbortSignal | undefined): AsyncGenerator<CatalogTable, void, undefined> {
    let held: DuckDBDataChunk[] = [];
    let rows = 0;
    const batch = (): CatalogTable => {
      const stored = storedChunks(this.#session.api, held, statement.columns);
      held = [];
      rows = 0;
      return this.#table(stored, statement.parts);
    };
    for await (const chunk of this.#chunks(statement, signal)) {
      // Results end a chunk early where they please; a batch is never larger than asked for.
      if (rows > 0 && rows + chunk.rowCount > BATCH_ROWS) yield batch();
      held.push(chunk);
      rows += chunk.rowCount;
    }
    if (rows > 0) yield batch();
  }

  async *#chunks(
    { sql, params, parts }: Statement,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<DuckDBDataChunk, void, undefined> {
    try {
      yield* (await this.#session.query(sql, params, signal)).chunks;
    } catch (error) {
      if (isNadirError(error)) await checkThere(parts);
      throw error;
    }
  }

  #table(rows: StoredRows, parts: readonly Part[]): CatalogTable {
    const [index, number] = [rows.column(FILE_INDEX), rows.column(ROW_NUMBER)];
    // SAFETY: a statement reads at least one part.
    const first = parts[0] as Part;
    return storedTable(rows, {
      crs: this.facts.crs,
      geometryColumn: first.geometryColumn,
      version: SCHEMA_VERSION,
      columnNames: this.columnNames,
      where: (i) => ({ file: (parts[Number(index?.get(i))] ?? first).file, row: Number(number?.get(i)) }),
    });
  }
}

/** DuckDB says many things of a file that is gone; what it is follows from the file. */
async function checkThere(parts: readonly Part[]): Promise<void> {
  for (const part of parts)
    await access(part.path).catch((error: unknown) => {
      throw fileError(part.file, error);
    });
}

/** The columns of all parts, without rows: what is user's and what rows can hold follows from names and types. */
function describedRows(parts: readonly Part[], length: number): StoredRows {
  const types = new Map<string, StoredColumn['type']>();
  const nested = (name: string): boolean => ['nested', 'bytes'].includes(types.get(name) ?? '');
  for (const schema of new Set(parts.map((part) => part.schema)))
    for (const { name, type } of schema.columns) if (!nested(name)) types.set(name, storedType(type));
  return {
    length,
    names: [...types.keys()],
    column: (name) => {
      const type = types.get(name);
      return type && { type, get: () => null };
    },
  };
}

/** The CRS as the rows spell it; only one without authority code needs a look at them. */
async function spelling(stored: CatalogFiles, signal: AbortSignal | undefined): Promise<Crs> {
  let { crs } = stored;
  for (const { parquet } of stored.files) {
    if (crs !== stored.crs || /^[A-Za-z]+:\w+$/.test(crs.canonical)) break;
    if (!parquet.names.includes('crs')) continue;
    crs = asRowsSpellIt(crs, arrowRows(await parquet.readAll({ columns: ['crs'] }, { signal })));
  }
  return crs;
}

/** The files of a catalog, opened, as a source that DuckDB reads. The files may be closed then. */
export function duckdbSource(place: string, stored: CatalogFiles, task: RunningTask): Promise<DuckdbSource> {
  return DuckdbSource.open(place, stored, task);
}

/**
 * Opens a GeoParquet file, or a folder of them, as a source that DuckDB reads. Only footers are read now, and rows that
 * are bad are found when they are pulled. Files without schema version are held in memory: their ids and static rows
 * follow from all rows together.
 *
 * @throws what opening in memory throws for files and footers; {@link CatalogError} `no-duckdb`, `duckdb-unusable`;
 * {@link UnsupportedDataError} `remote`, `column-name`; the signal's reason when cancelled.
 */
export async function openDuckdbSource(
  place: string,
  o: DuckdbOptions = {},
  task: LongTask = {},
): Promise<DuckdbSource> {
  const running = startTask('Opening catalog', task);
  try {
    const stored = await openCatalogFiles(place, o, { signal: running.signal });
    try {
      return await duckdbSource(place, stored, running);
    } finally {
      await stored.close();
    }
  } finally {
    running.end();
  }
}
