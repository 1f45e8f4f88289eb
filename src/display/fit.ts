/** Making rows fit an output: extra columns go first, then outlines, then rows (`renderers.md` §2). */
import { createRandom } from '../core/index.js';
import type { FootprintRow } from './wire/payload.js';
import { grouped } from './words.js';

/** Columns that stay when others have to go. */
const ESSENTIAL = ['file'];

/** Rows that fit, and what was left out. */
export interface Fitted {
  readonly rows: readonly FootprintRow[];
  readonly truncated: string | null;
}

/** Bytes of rows as JSON. */
export function rowBytes(rows: readonly FootprintRow[]): number {
  return rows.reduce((sum, row) => sum + Buffer.byteLength(JSON.stringify(row)) + 1, 0);
}

function essentials(row: FootprintRow): FootprintRow {
  const kept = Object.entries(row.properties).filter(([name]) => ESSENTIAL.includes(name));
  return { ...row, properties: Object.fromEntries(kept) };
}

/**
 * Rows within `budget` bytes. A sample is drawn by the seed of `fingerprint`, keeps the rows' order, and is the same for
 * the same content.
 */
export function fitRows(all: readonly FootprintRow[], budget: number, fingerprint: string): Fitted {
  const said: string[] = [];
  let rows = all;
  let bytes = rowBytes(rows);
  if (bytes > budget) {
    rows = rows.map(essentials);
    said.push('columns left out');
    bytes = rowBytes(rows);
  }
  if (bytes > budget) {
    rows = rows.map((row) => ({ ...row, outline: [] }));
    said.push('boxes instead of outlines');
    bytes = rowBytes(rows);
  }
  if (bytes > budget) rows = sample(rows, Math.max(1, Math.floor((rows.length * budget) / bytes)), fingerprint);
  if (rows.length < all.length) said.unshift(`showing ${grouped(rows.length)} of ${grouped(all.length)} rows`);
  return { rows, truncated: said.length === 0 ? null : said.join('; ') };
}

function sample(rows: readonly FootprintRow[], count: number, seed: string): FootprintRow[] {
  const picked = createRandom(seed, 'display').sample(
    rows.map((_, i) => i),
    count,
  );
  return picked.sort((a, b) => a - b).flatMap((i) => rows[i] ?? []);
}
