import path from 'node:path';
import { createRandom, openCatalog } from '../../dist/index.js';
import { randomPlace, writeTiles } from './lib/catalog-file.mjs';
import { writeJson } from './lib/images.mjs';
import { readFileSync } from 'node:fs';

const QUERIES = 1000;
/** Queries that the peer, which is slower, runs too; the answers to these are compared. */
const COMPARED = 50;

export function prepare({ dir, n }) {
  writeTiles(path.join(dir, 'tiles.parquet'), n, 1);
  const random = createRandom(3, 'queries');
  const queries = Array.from({ length: QUERIES }, () => randomPlace(random, n, 0.2, 10));
  writeJson(dir, 'queries.json', { queries, compared: COMPARED });
}

export async function load({ dir }) {
  const { queries } = JSON.parse(readFileSync(path.join(dir, 'queries.json'), 'utf8'));
  return { queries, catalog: await openCatalog(path.join(dir, 'tiles.parquet'), { engine: 'memory' }) };
}

/** Rows found by the compared queries; the index is built by the first. */
export async function run({ input: { queries, catalog } }) {
  const times = [];
  let found = 0;
  for (const [k, { bounds, time }] of queries.entries()) {
    const startedAt = performance.now();
    const count = await catalog.query({ bounds, time }).count();
    times.push(performance.now() - startedAt);
    if (k < COMPARED) found += count;
  }
  times.sort((a, b) => a - b);
  return { check: [found], operations: QUERIES, p50: times[QUERIES / 2] };
}
