/** Catalogs of both engines over the same files. */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import {
  memoryCatalog,
  openCatalog,
  type CatalogRow,
  type GeoCatalog,
  type Scalar,
} from '../../../../../src/catalog/index.js';
import {
  createRandom,
  Crs,
  isNadirError,
  MICROS_PER_DAY,
  parseTime,
  type Bounds,
} from '../../../../../src/core/index.js';
import { makeRow } from '../../../../support/rows.js';

export const UTM = Crs.from('EPSG:32631');
const FACTS = { backend: 'raster', crs: UTM, targetResolution: null, config: {} } as const;

/** Writes rows in their order. */
export async function write(
  rows: readonly CatalogRow[],
  file: string,
  sort: 'none' | 'space-time' = 'none',
): Promise<string> {
  mkdirSync(path.dirname(file), { recursive: true });
  await memoryCatalog(rows, FACTS).toGeoParquet(file, { sort });
  return file;
}

const TEXTS = ['x', 'y', '', "it's", 'é', '😀', 'Z'] as const;

/** Days and instants over 60 days, one row in eight static; columns with nulls, NaN and odd texts. */
export function randomRows(
  n: number,
  seed: number,
  names: readonly string[] = ['cloud', 'level', 'site', 'good'],
): CatalogRow[] {
  const random = createRandom(seed, 'duckdb');
  const some = <T extends Scalar>(value: T): T | null => (random.uniform() < 0.2 ? null : value);
  return Array.from({ length: n }, (_, i) => {
    const [x, y] = [random.int(1000), random.int(1000)];
    const box: Bounds = [x, y, x + 1 + random.int(20), y + 1 + random.int(20)];
    const start = parseTime('2024-01-01') + random.int(60) * MICROS_PER_DAY + random.int(3);
    const cloud = some(random.uniform() < 0.1 ? NaN : random.int(10) / 2);
    const all: Readonly<Record<string, Scalar>> = {
      cloud,
      level: some(random.int(4)),
      site: some(TEXTS[random.int(TEXTS.length)] ?? ''),
      good: some(random.uniform() < 0.5),
    };
    return makeRow(
      {
        id: `r${i}`,
        box,
        ...(random.int(8) > 0 && { interval: { start, end: start + random.int(2) * (MICROS_PER_DAY - 1) } }),
        columns: Object.fromEntries(names.map((name) => [name, all[name] ?? null])),
      },
      i,
      UTM,
    );
  });
}

export interface Both {
  readonly memory: GeoCatalog;
  readonly duckdb: GeoCatalog;
}

/** Opens a place with both engines, and disposes of them afterwards. */
export async function withBoth(place: string, fn: (both: Both) => Promise<void>): Promise<void> {
  const both = {
    memory: await openCatalog(place, { engine: 'memory' }),
    duckdb: await openCatalog(place, { engine: 'duckdb' }),
  };
  try {
    await fn(both);
  } finally {
    await both.duckdb.dispose();
    await both.memory.dispose();
  }
}

/** Rows as plain data, everything in them; an error as its code. */
export async function outcome(make: () => GeoCatalog): Promise<unknown> {
  try {
    return (await make().toArray()).map((row) => ({ ...row, crs: row.crs.canonical, columns: { ...row.columns } }));
  } catch (error) {
    if (isNadirError(error)) return { code: error.code, message: error.message };
    throw error;
  }
}
