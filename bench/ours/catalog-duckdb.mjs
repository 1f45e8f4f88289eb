import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, openCatalog } from '../../dist/index.js';
import { writeHiveCatalog, YEARS } from './lib/hive-catalog.mjs';
import { writeJson } from './lib/images.mjs';

const QUERIES = 50;
const SPAN = [5, 4];

/** Random boxes of 5° × 4°, each over a random month: about 100 rows of 10 million. */
export async function prepare({ dir, n }) {
  await writeHiveCatalog(path.join(dir, 'catalog'), n);
  const random = createRandom(4, 'bench');
  const queries = Array.from({ length: QUERIES }, () => {
    const [x, y] = [random.uniform() * (360 - SPAN[0]) - 180, random.uniform() * (160 - SPAN[1]) - 80];
    const [year, month] = [YEARS[random.int(YEARS.length)], random.int(12)];
    const time = { start: Date.UTC(year, month, 1) * 1000, end: Date.UTC(year, month + 1, 1) * 1000 - 1 };
    return { bounds: [x, y, x + SPAN[0], y + SPAN[1]], time };
  });
  writeJson(dir, 'queries.json', queries);
}

/** The first query, outside the clock: files and footers are cold to the process. */
export async function load({ dir }) {
  const queries = JSON.parse(readFileSync(path.join(dir, 'queries.json'), 'utf8'));
  const catalog = await openCatalog(path.join(dir, 'catalog'), { engine: 'duckdb' });
  const startedAt = performance.now();
  await catalog.query({ bounds: [0, 0, 5, 4], time: ['2020-01-01', '2020-01-31'] }).toArray();
  return { queries, catalog, cold: performance.now() - startedAt };
}

/** Rows as objects, with all their columns. */
export async function run({ input: { queries, catalog, cold } }) {
  const times = [];
  let [found, clouds] = [0, 0];
  for (const query of queries) {
    const startedAt = performance.now();
    const rows = await catalog.query(query).toArray();
    times.push(performance.now() - startedAt);
    found += rows.length;
    for (const row of rows) clouds += row.columns['eo:cloud_cover'];
  }
  await catalog.dispose();
  times.sort((a, b) => a - b);
  return { check: [found, clouds], operations: QUERIES, p50: times[QUERIES / 2], worst: times[QUERIES - 1], cold };
}
