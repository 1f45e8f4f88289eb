/** The rows that a payload itself holds: all of them with as many columns as fit, or a seeded sample of boxes and times. */
import { createRandom } from '../../core/index.js';
import type { CatalogTable } from '../../catalog/table.js';
import type { ColumnsData, WireColumn } from '../wire/columns.js';
import type { Cell } from '../wire/payload.js';
import { footprintFacts } from '../footprint.js';
import { withoutSecrets } from '../bundle.js';
import { grouped } from '../words.js';
import { visitRows, type Batches } from './batches.js';
import { cellColumn, columnBytes, nullableColumn, plainColumn } from './encode.js';
import type { Places } from './gather.js';

/** Sizes of samples are round, so that they are read at a glance. */
const ROUND = 1000;

/** Bytes of the names and types around the columns of boxes and times. */
const COLUMN_FRAMES = 1000;

/** Inline rows and what was left out. */
export interface InlineRows {
  readonly columns: ColumnsData;
  /** Kept rows that are inline, ascending; null for all. */
  readonly sample: Uint32Array | null;
  readonly truncated: string | null;
}

/** `count` of `length` positions by the seed, ascending. */
export function samplePositions(length: number, count: number, seed: string): Uint32Array {
  const random = createRandom(seed, 'display');
  const pool = Uint32Array.from({ length }, (_, i) => i);
  for (let t = 0; t < count; t++) {
    const j = t + random.int(length - t);
    const held = pool[t] ?? 0;
    pool[t] = pool[j] ?? 0;
    pool[j] = held;
  }
  return pool.slice(0, count).sort();
}

/** Length of a row's time in seconds; 0 for moments, open ends and rows without a date. */
function spanOf(places: Places, i: number): number {
  return Math.max(0, Math.fround(((places.ends[i] ?? NaN) - (places.starts[i] ?? NaN)) / 1e6)) || 0;
}

/** The length that the times of all dated rows have, in seconds; null when they differ. */
export function commonSpan(places: Places): number | null {
  let common: number | null = null;
  for (let i = 0; i < places.length; i++) {
    if (Number.isNaN(places.starts[i])) continue;
    const span = spanOf(places, i);
    common ??= span;
    if (span !== common) return null;
  }
  return common ?? 0;
}

/** Boxes and times of chosen rows; lengths of times only where they differ (`isVaried`). */
export function placeColumns(places: Places, chosen: Uint32Array, isVaried: boolean): Record<string, WireColumn> {
  const side = (k: number): Float32Array =>
    Float32Array.from(chosen, (i) => {
      const v = places.boxes[i * 4 + k] ?? NaN;
      // Rows without a place keep an empty box in payloads: these hold no NaN.
      return Number.isNaN(v) ? 0 : v;
    });
  const columns: Record<string, WireColumn> = {};
  ['xmin', 'ymin', 'xmax', 'ymax'].forEach((name, k) => (columns[name] = plainColumn('f32', side(k))));
  if (places.dated === 0) return columns;
  columns['startMicros'] = nullableColumn(Float64Array.from(chosen, (i) => places.starts[i] ?? NaN));
  // Single precision: exact to a second up to half a year.
  if (isVaried)
    columns['spanSeconds'] = plainColumn(
      'f32',
      Float32Array.from(chosen, (i) => spanOf(places, i)),
    );
  return columns;
}

/** The inline rows within `budget` bytes. */
export async function inlineRows(places: Places, batches: Batches, budget: number, seed: string): Promise<InlineRows> {
  const isVaried = commonSpan(places) === null;
  // Encoding a million rows only to measure them would cost more than all the rest.
  const bytes = places.length * rowBytes(places, isVaried) + COLUMN_FRAMES;
  if (bytes > budget || places.rowOf !== null) {
    const fitting = Math.floor((budget - COLUMN_FRAMES) / rowBytes(places, isVaried));
    const count = Math.min(places.length, Math.max(1, fitting > ROUND ? Math.floor(fitting / ROUND) * ROUND : fitting));
    const sample = samplePositions(places.length, count, seed);
    return {
      columns: { length: count, columns: placeColumns(places, sample, isVaried) },
      sample,
      truncated: `showing ${grouped(count)} of ${grouped(places.total)} rows`,
    };
  }
  const all = Uint32Array.from({ length: places.length }, (_, i) => i);
  const columns = placeColumns(places, all, isVaried);
  const left = await addFacts(columns, places, batches, budget - bytes);
  return {
    columns: { length: places.length, columns },
    sample: null,
    truncated: left ? 'boxes instead of outlines; columns left out' : 'boxes instead of outlines',
  };
}

/** Base64 characters that box and time of a row take: four floats, a double with its bit, a float. */
function rowBytes(places: Places, isVaried: boolean): number {
  const time = places.dated === 0 ? 0 : 8 + 1 / 8 + (isVaried ? 4 : 0);
  return ((16 + time) * 4) / 3;
}

/** Adds columns of facts while they fit into `room` bytes; true when one had to stay out. */
async function addFacts(
  columns: Record<string, WireColumn>,
  places: Places,
  batches: Batches,
  room: number,
): Promise<boolean> {
  const cells = new Map<string, Cell[]>();
  const put = (name: string, k: number, value: Cell): void => {
    let list = cells.get(name);
    if (!list) cells.set(name, (list = new Array<Cell>(places.length).fill(null)));
    list[k] = value;
  };
  const positions = Uint32Array.from({ length: places.length }, (_, i) => i);
  await visitRows(batches, positions, (table: CatalogTable, i, k) => {
    put('id', k, withoutSecrets(table.id(i)));
    for (const [name, value] of Object.entries(footprintFacts(table, i))) if (name !== 'path') put(name, k, value);
  });
  let [free, isShort] = [room, false];
  // Texts of paths repeat what ids and files say; what is asked for by hand comes from the kernel.
  for (const [name, list] of cells) {
    if (Object.hasOwn(columns, name)) continue;
    const column = cellColumn(list);
    const bytes = columnBytes(column) + Buffer.byteLength(JSON.stringify(name));
    if (bytes > free) {
      isShort = true;
      continue;
    }
    columns[name] = column;
    free -= bytes;
  }
  return isShort;
}
