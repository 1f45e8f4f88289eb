/** One DuckDB in memory that reads some files and nothing else. */
import { availableParallelism, tmpdir } from 'node:os';
import path from 'node:path';
import type {
  DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  DuckDBResult,
  DuckDBType,
  DuckDBValue,
} from '@duckdb/node-api';
import { CatalogError, FormatError, messageOf, type NadirError } from '../../../core/index.js';
import { unlessAborted } from '../../turns.js';
import { loadDuckdb, type Duckdb } from './driver.js';
import { identifier, literal, plainPath } from './sql-text.js';

/** Room for DuckDB's own buffers; what is larger goes to a temporary folder. */
const MEMORY_LIMIT = '512MiB';
const MAX_THREADS = 4;
/** An interrupt that comes before a statement has begun is lost, so it is repeated. */
const INTERRUPT_EVERY_MS = 20;

/** Values by parameter name, and the types to bind them as where these do not follow. */
export interface Params {
  readonly values: Readonly<Record<string, DuckDBValue>>;
  readonly types?: Readonly<Record<string, DuckDBType | undefined>>;
}
export const NO_PARAMS: Params = { values: {} };
/** Chunks of a result, with the names and types of its columns. */
export interface Answer {
  readonly result: DuckDBResult;
  readonly chunks: AsyncIterable<DuckDBDataChunk>;
}

/** What DuckDB says, as an error of this library. The file is in the message wherever DuckDB names one. */
function typed(error: unknown): NadirError {
  const message = messageOf(error).split('\n\n')[0]?.replace(/\.$/, '') ?? '';
  const init = { cause: error };
  if (/^Out of Memory/i.test(message))
    return new CatalogError('duckdb-memory', `DuckDB needs more than ${MEMORY_LIMIT}: ${message}.`, init);
  if (/^(Permission|Binder|Parser|Catalog|Conversion|Not implemented|Out of Range)/i.test(message))
    return new CatalogError('duckdb-statement', `DuckDB refused a statement: ${message}.`, init);
  return new FormatError('bad-parquet', `DuckDB cannot read the catalog: ${message}.`, init);
}

/**
 * A DuckDB without network, extensions, and files other than the given ones. Native calls run one at a time; each
 * statement has a connection of its own, so that an interrupt ends no other.
 */
export class DuckdbSession {
  readonly api: Duckdb;
  readonly #instance: DuckDBInstance;
  readonly #idle: DuckDBConnection[] = [];
  readonly #busy = new Set<DuckDBConnection>();
  #turn: Promise<unknown> = Promise.resolve();
  readonly #views = new Set<string>();
  #closed = false;

  private constructor(api: Duckdb, instance: DuckDBInstance) {
    this.api = api;
    this.#instance = instance;
  }

  /** @throws {@link CatalogError} `no-duckdb`, `duckdb-unusable`. */
  static async open(files: readonly string[]): Promise<DuckdbSession> {
    const api = loadDuckdb();
    const instance = await api.DuckDBInstance.create(':memory:', {
      threads: String(Math.min(MAX_THREADS, availableParallelism())),
      memory_limit: MEMORY_LIMIT,
      autoinstall_known_extensions: 'false',
      autoload_known_extensions: 'false',
    });
    const connection = await instance.connect();
    const allowed = [...new Set(files.flatMap((file) => [file, plainPath(file)]))];
    for (const setting of [
      // Footprints stay the bytes that they are.
      'enable_geoparquet_conversion = false',
      'parquet_metadata_cache = true',
      "TimeZone = 'UTC'",
      `temp_directory = ${literal(path.join(tmpdir(), `nadir-duckdb-${process.pid}`))}`,
      `allowed_paths = [${allowed.map(literal).join(', ')}]`,
      'enable_external_access = false',
      'lock_configuration = true',
    ])
      await connection.run(`SET GLOBAL ${setting}`);
    const session = new DuckdbSession(api, instance);
    session.#idle.push(connection);
    return session;
  }

  /** All rows of a statement, as column arrays by name. */
  async all(
    sql: string,
    params: Params,
    signal: AbortSignal | undefined,
  ): Promise<readonly Readonly<Record<string, DuckDBValue>>[]> {
    const { result, chunks } = await this.query(sql, params, signal);
    const names = result.deduplicatedColumnNames();
    const rows: Readonly<Record<string, DuckDBValue>>[] = [];
    for await (const chunk of chunks) rows.push(...chunk.getRowObjects(names));
    return rows;
  }

  /** Runs a statement; its chunks come in order while they are asked for. Results are gathered, so ask for some rows at a time. */
  async query(sql: string, params: Params, signal: AbortSignal | undefined): Promise<Answer> {
    const connection = await this.#connect();
    try {
      const result = await this.#call(connection, signal, () =>
        connection.run(sql, { ...params.values }, { ...params.types }),
      );
      return { result, chunks: this.#chunks(connection, result, signal) };
    } finally {
      this.#release(connection);
    }
  }

  /** Makes a view, once. */
  async relate(name: string, select: string): Promise<void> {
    if (this.#views.has(name)) return;
    await this.all(`CREATE OR REPLACE VIEW ${identifier(name)} AS ${select}`, NO_PARAMS, undefined);
    this.#views.add(name);
  }

  /** The kind of the one statement in a text, without running it; null for none or several. */
  async kind(sql: string): Promise<string | null> {
    const connection = await this.#connect();
    try {
      return await this.#call(connection, undefined, async () => {
        const found = await connection.extractStatements(sql).catch((error: unknown) => {
          // What it says of text without any statement.
          if (/native callback/.test(messageOf(error))) return null;
          throw error;
        });
        if (found?.count !== 1) return null;
        const statement = await found.prepare(0);
        const kind = this.api.StatementType[statement.statementType];
        statement.destroySync();
        return kind;
      });
    } finally {
      this.#release(connection);
    }
  }

  /** Interrupts what runs and closes. Streams that are still read fail with `closed`. */
  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const connection of this.#busy) connection.interrupt();
    await this.#turn;
    for (const connection of [...this.#busy, ...this.#idle]) connection.disconnectSync();
    this.#busy.clear();
    this.#instance.closeSync();
  }

  async *#chunks(
    connection: DuckDBConnection,
    result: DuckDBResult,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<DuckDBDataChunk, void, undefined> {
    for (;;) {
      const chunk = await this.#call(connection, signal, () => result.fetchChunk());
      if (!chunk || chunk.rowCount === 0) return;
      yield chunk;
    }
  }

  async #connect(): Promise<DuckDBConnection> {
    this.#checkOpen();
    const connection = this.#idle.pop() ?? (await this.#instance.connect());
    this.#busy.add(connection);
    return connection;
  }

  #release(connection: DuckDBConnection): void {
    if (this.#busy.delete(connection)) this.#idle.push(connection);
  }

  #checkOpen(): void {
    if (this.#closed)
      throw new CatalogError('closed', 'This catalog was disposed of; its files are no longer read.', {
        hint: 'Open it again. Derived catalogs end with the catalog that was opened.',
      });
  }

  /** Runs a native call when those before it are done; aborting interrupts it. */
  async #call<T>(connection: DuckDBConnection, signal: AbortSignal | undefined, fn: () => Promise<T>): Promise<T> {
    const before = this.#turn;
    const mine = (async () => {
      await unlessAborted(before, signal);
      signal?.throwIfAborted();
      this.#checkOpen();
      let timer: NodeJS.Timeout | undefined;
      const interrupt = (): void => {
        connection.interrupt();
        timer ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY_MS);
      };
      signal?.addEventListener('abort', interrupt, { once: true });
      try {
        return await fn();
      } catch (error) {
        signal?.throwIfAborted();
        this.#checkOpen();
        throw typed(error);
      } finally {
        signal?.removeEventListener('abort', interrupt);
        clearInterval(timer);
      }
    })();
    // Without their values: each would hold those before it for good.
    this.#turn = Promise.allSettled([before, mine]).then(() => undefined);
    return mine;
  }
}
