/** The part files of a catalog as statements need them: columns, covering, row groups. */
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { DuckDBValue } from '@duckdb/node-api';
import { UnsupportedDataError } from '../../../core/index.js';
import { isRemote } from '../../../io/index.js';
import type { CatalogFile } from '../../stored/stored-files.js';
import { RowGroups } from './row-groups.js';
import { NO_PARAMS, type DuckdbSession } from './session.js';
import { identifier, pathList } from './sql-text.js';

/** A column of a part, as stored and as DuckDB calls and types it. */
export interface PartColumn {
  readonly name: string;
  /** Quoted for SQL. */
  readonly sql: string;
  readonly type: string;
}

/** Columns of parts that have the same. */
export interface PartSchema {
  readonly columns: readonly PartColumn[];
  column(name: string): PartColumn | undefined;
  /** Whether starts and ends are stored in microseconds, so that the statistics of footers are; DuckDB's type does not tell. */
  readonly micros: boolean;
}

/** The covering in SQL: xmin, ymin, xmax, ymax. */
export interface BoxColumns {
  readonly sql: readonly [string, string, string, string];
  /** Whether the sides are doubles, hence not rounded. */
  readonly exact: boolean;
}

export interface Part {
  /** As the user wrote it, for messages and for what is relative to it. */
  readonly file: string;
  /** As DuckDB is told. */
  readonly path: string;
  readonly schema: PartSchema;
  readonly geometryColumn: string;
  /**
   * The struct that the file itself says covers its footprints, by which rows can be skipped; a column that is only
   * called bbox may hold anything.
   */
  readonly box: BoxColumns | null;
  readonly covering: string | null;
  readonly groups: RowGroups;
}

/** @throws {@link UnsupportedDataError} `remote`. */
export function localPath(file: string): string {
  if (isRemote(file))
    throw new UnsupportedDataError('remote', `${file} is an address; the DuckDB engine reads local files.`, {
      hint: "Open it with engine 'memory', or download it first.",
    });
  return path.resolve(file.startsWith('file://') ? fileURLToPath(file) : file);
}

const text = (value: DuckDBValue | undefined): string => (typeof value === 'string' ? value : '');

/** Columns by position: DuckDB renames those whose names differ in letter case only. */
async function describe(
  session: DuckdbSession,
  { file, parquet }: CatalogFile,
  signal: AbortSignal | undefined,
): Promise<PartSchema> {
  const list = pathList([localPath(file)]);
  const read = `DESCRIBE SELECT * FROM read_parquet(${list}, hive_partitioning = false)`;
  const described = await session.all(read, NO_PARAMS, signal);
  const [times] = await session.all(
    `SELECT count(*) >= 2 AND bool_and(converted_type = 'TIMESTAMP_MICROS') AS micros
     FROM parquet_schema(${list}) WHERE name IN ('start_time', 'end_time')`,
    NO_PARAMS,
    signal,
  );
  const columns = described.map(({ column_name, column_type }, i): PartColumn => {
    const sql = text(column_name);
    return { name: parquet.names[i] ?? sql, sql: identifier(sql), type: text(column_type) };
  });
  const taken = columns.find(({ name }) => ['file_row_number', 'file_index'].includes(name.toLowerCase()));
  if (taken)
    throw new UnsupportedDataError('column-name', `${file}: DuckDB keeps the column name ${taken.name} for itself.`, {
      hint: "Open the catalog with engine 'memory'.",
      details: { file, column: taken.name },
    });
  const byName = new Map(columns.map((c) => [c.name, c]));
  return { columns, column: (name) => byName.get(name), micros: times?.['micros'] === true };
}

function boxColumns({ parquet, geo }: CatalogFile, schema: PartSchema): BoxColumns | null {
  const struct = geo.covering === null ? undefined : schema.column(geo.covering);
  if (!struct?.type.startsWith('STRUCT(')) return null;
  const side = (name: string): string => `${struct.sql}.${identifier(name)}`;
  const types = [...struct.type.matchAll(/"?(xmin|ymin|xmax|ymax)"? (DOUBLE|FLOAT)\b/g)];
  if (new Set(types.map(([, name]) => name)).size !== 4) return null;
  return {
    sql: [side('xmin'), side('ymin'), side('xmax'), side('ymax')],
    exact: parquet.rows === 0 || types.every(([, , type]) => type === 'DOUBLE'),
  };
}

/**
 * The parts of a catalog in row order.
 *
 * @throws {@link UnsupportedDataError} `remote`, `column-name`; {@link FormatError} `bad-parquet`.
 */
export async function partsOf(
  session: DuckdbSession,
  files: readonly CatalogFile[],
  signal: AbortSignal | undefined,
): Promise<readonly Part[]> {
  const schemas = new Map<string, PartSchema>();
  const parts: Part[] = [];
  for (const one of files) {
    const signature = one.parquet.footer.schema.map(({ raw }) => Buffer.from(raw).toString('latin1')).join('\n');
    let schema = schemas.get(signature);
    if (!schema) schemas.set(signature, (schema = await describe(session, one, signal)));
    const box = boxColumns(one, schema);
    parts.push({
      file: one.file,
      path: localPath(one.file),
      schema,
      geometryColumn: one.geo.name,
      box,
      covering: one.geo.covering,
      groups: new RowGroups(one.parquet.footer, box === null ? null : one.geo.covering),
    });
  }
  return parts;
}
