/** The engines that the conformance suite runs on, each made from the same rows. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { encodeWkb } from '../../../../src/formats/geoparquet/index.js';
import {
  catalogOf,
  memoryCatalog,
  openCatalog,
  type CatalogRow,
  type GeoCatalog,
} from '../../../../src/catalog/index.js';
import { RowsTable } from '../../../../src/catalog/engines/memory/rows-table.js';
import type { CatalogFacts, RowSource, ScanFilter } from '../../../../src/catalog/table.js';
import { tableSource } from '../../../../src/catalog/engines/memory/memory-source.js';
import { isNadirError, type Crs } from '../../../../src/core/index.js';

export interface Engine {
  readonly name: string;
  /** A catalog of rows; `folder` is a fresh place for files. */
  make(rows: readonly CatalogRow[], crs: Crs, folder: string): Promise<GeoCatalog>;
}

const factsOf = (crs: Crs): CatalogFacts => ({ backend: 'raster', crs, targetResolution: null, config: {} });

const BATCH_ROWS = 7;

/** A source that is read in small batches, judges boxes and times loosely, and counts its scans. */
export function scannedSource(rows: readonly CatalogRow[], crs: Crs, scans: ScanFilter[] = []): RowSource {
  const whole = tableSource(new RowsTable(rows), factsOf(crs));
  const keeps = (row: CatalogRow, { boxes, interval }: ScanFilter): boolean =>
    (!boxes ||
      boxes.some((b) => row.bbox[0] <= b[2] && row.bbox[2] >= b[0] && row.bbox[1] <= b[3] && row.bbox[3] >= b[1])) &&
    (!interval || !row.interval || (row.interval.start <= interval.end && row.interval.end >= interval.start));
  return {
    engine: 'duckdb',
    facts: whole.facts,
    columnNames: whole.columnNames,
    table: null,
    async *scan(filter) {
      scans.push(filter);
      const found = rows.filter((row) => keeps(row, filter));
      for (let k = 0; k < found.length; k += BATCH_ROWS)
        yield await Promise.resolve(new RowsTable(found.slice(k, k + BATCH_ROWS), whole.columnNames));
    },
    summary: (o) => whole.summary(o),
    describe: (filter) => `SELECT ${JSON.stringify(filter)}`,
    close: () => Promise.resolve(),
  };
}

async function written(rows: readonly CatalogRow[], crs: Crs, file: string): Promise<string> {
  mkdirSync(path.dirname(file), { recursive: true });
  await memoryCatalog(rows, factsOf(crs)).toGeoParquet(file, { sort: 'none' });
  return file;
}

/** Rows in folders by year and month of their starts, static ones in the default partition. */
async function hive(rows: readonly CatalogRow[], crs: Crs, folder: string): Promise<string> {
  const groups = new Map<string, CatalogRow[]>();
  for (const row of rows) {
    const date = row.interval && new Date(row.interval.start / 1000);
    const place = date
      ? `year=${date.getUTCFullYear()}/month=${date.getUTCMonth() + 1}`
      : 'year=__HIVE_DEFAULT_PARTITION__/month=__HIVE_DEFAULT_PARTITION__';
    groups.set(place, [...(groups.get(place) ?? []), row]);
  }
  const dir = path.join(folder, 'hive');
  let n = 0;
  for (const [place, group] of groups) await written(group, crs, path.join(dir, place, `part-${n++}.parquet`));
  return dir;
}

export const ENGINES: readonly Engine[] = [
  { name: 'memory from rows', make: (rows, crs) => Promise.resolve(memoryCatalog(rows, factsOf(crs))) },
  {
    name: 'memory from a GeoParquet file',
    make: async (rows, crs, folder) =>
      openCatalog(await written(rows, crs, path.join(folder, 'memory.parquet')), { engine: 'memory' }),
  },
  { name: 'a source read in batches', make: (rows, crs) => Promise.resolve(catalogOf(scannedSource(rows, crs))) },
  {
    name: 'DuckDB from a GeoParquet file',
    make: async (rows, crs, folder) =>
      openCatalog(await written(rows, crs, path.join(folder, 'duckdb.parquet')), { engine: 'duckdb' }),
  },
  {
    name: 'DuckDB from a Hive folder',
    make: async (rows, crs, folder) => openCatalog(await hive(rows, crs, folder), { engine: 'duckdb' }),
  },
];

/** Why an engine cannot run here, or false. */
export async function engineSkip(
  engine: Engine,
  rows: readonly CatalogRow[],
  crs: Crs,
  folder: string,
): Promise<string | false> {
  try {
    await (await engine.make(rows, crs, folder)).dispose();
    return false;
  } catch (error) {
    if (isNadirError(error) && ['not-yet', 'missing-package'].includes(error.code)) return error.message;
    throw error;
  }
}

/** A row as plain values, so that rows of all engines compare. */
export function plainRow(row: CatalogRow): Record<string, unknown> {
  return {
    id: row.id,
    filepath: row.filepath,
    wkb: Buffer.from(encodeWkb(row.geometry)).toString('hex'),
    bbox: [...row.bbox],
    interval: row.interval && { start: row.interval.start, end: row.interval.end },
    static: row.static,
    crs: row.crs.canonical,
    native: row.native,
    columns: { ...row.columns },
  };
}

export async function plainRows(catalog: GeoCatalog): Promise<Record<string, unknown>[]> {
  return (await catalog.toArray()).map(plainRow);
}
