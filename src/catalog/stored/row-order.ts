/** The order of rows in files: static first, then by time, then along a Hilbert curve, so that row groups are compact (`catalog.md` §7). */
import { hilbertIndex } from './hilbert.js';
import type { CatalogTable } from '../table.js';

const CELLS = 65_535;
/** Digits of 11 bits: their counters stay in the fastest memory. */
const DIGIT_BITS = 11;
const RADIX = 1 << DIGIT_BITS;
/** Below this many rows the counters of a radix sort cost more than they save. */
const FEW_ROWS = 20_000;

/** Rows of some tables: the k-th is row `rows[k]` of `tables[tableOf[k]]`; without `tableOf`, of the first table. */
export interface RowPicks {
  readonly tables: readonly CatalogTable[];
  readonly tableOf: Uint16Array | null;
  readonly rows: Uint32Array;
}

/** Starts and positions on the curve of all rows, the curve over their total bounds. */
function keysOf({ tables, tableOf, rows }: RowPicks): { readonly starts: Float64Array; readonly curve: Uint32Array } {
  const starts = new Float64Array(rows.length);
  const xs = new Float64Array(rows.length);
  const ys = new Float64Array(rows.length);
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  // Tables may make these arrays when they are asked for.
  const columns = tables.map((t) => ({ starts: t.starts, boxes: t.boxes }));
  const only = tableOf ? undefined : columns[0];
  for (let k = 0; k < rows.length; k++) {
    const table = only ?? columns[tableOf?.[k] ?? 0];
    const i = rows[k] ?? 0;
    if (!table) continue;
    starts[k] = table.starts[i] ?? NaN;
    const x0 = table.boxes[4 * i] ?? NaN;
    const y0 = table.boxes[4 * i + 1] ?? NaN;
    const x1 = table.boxes[4 * i + 2] ?? NaN;
    const y1 = table.boxes[4 * i + 3] ?? NaN;
    if (x0 < xmin) xmin = x0;
    if (y0 < ymin) ymin = y0;
    if (x1 > xmax) xmax = x1;
    if (y1 > ymax) ymax = y1;
    xs[k] = (x0 + x1) / 2;
    ys[k] = (y0 + y1) / 2;
  }
  const [width, height] = [xmax - xmin, ymax - ymin];
  const curve = new Uint32Array(rows.length);
  for (let k = 0; k < rows.length; k++) {
    const x = width > 0 ? Math.floor((((xs[k] ?? 0) - xmin) / width) * CELLS) : 0;
    const y = height > 0 ? Math.floor((((ys[k] ?? 0) - ymin) / height) * CELLS) : 0;
    curve[k] = hilbertIndex(x, y);
  }
  return { starts, curve };
}

/** Words of doubles such that comparing them as unsigned integers, high word first, compares the doubles. */
function sortableWords(values: Float64Array): { readonly low: Uint32Array; readonly high: Uint32Array } {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.length * 2);
  const low = new Uint32Array(values.length);
  const high = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const top = words[2 * i + 1] ?? 0;
    const bottom = words[2 * i] ?? 0;
    const negative = top >>> 31 === 1;
    high[i] = negative ? ~top : top | 0x80000000;
    low[i] = negative ? ~bottom : bottom;
  }
  return { low, high };
}

/** One stable pass of a radix sort by a digit of the keys; the same order when all are equal there. */
function pass(order: Uint32Array, keys: Uint32Array, shift: number): Uint32Array {
  const mask = RADIX - 1;
  const counts = new Uint32Array(RADIX);
  for (let i = 0; i < keys.length; i++) {
    const digit = ((keys[i] ?? 0) >>> shift) & mask;
    counts[digit] = (counts[digit] ?? 0) + 1;
  }
  if (counts[((keys[0] ?? 0) >>> shift) & mask] === keys.length) return order;
  let at = 0;
  for (let digit = 0; digit < RADIX; digit++) {
    const count = counts[digit] ?? 0;
    counts[digit] = at;
    at += count;
  }
  const sorted = new Uint32Array(order.length);
  for (let k = 0; k < order.length; k++) {
    const i = order[k] ?? 0;
    const digit = ((keys[i] ?? 0) >>> shift) & mask;
    const place = counts[digit] ?? 0;
    counts[digit] = place + 1;
    sorted[place] = i;
  }
  return sorted;
}

function sortByWord(order: Uint32Array, keys: Uint32Array): Uint32Array {
  let sorted = order;
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) sorted = pass(sorted, keys, shift);
  return sorted;
}

/** Starts as small integers of the same order, where they are whole multiples of one step, as those of days are. */
function smallKeys(starts: Float64Array): Uint32Array | null {
  let min = Infinity;
  for (const start of starts) if (start > -Infinity && start < min) min = start;
  let step = 0;
  let max = 0;
  for (const start of starts) {
    let [a, b] = [step, start > -Infinity ? start - min : 0];
    if (b > max) max = b;
    if (a !== 0 && b % a === 0) continue;
    while (b > 0) [a, b] = [b, a % b];
    step = a;
  }
  if (!(max / Math.max(step, 1) < 2 ** 32 - 2)) return null;
  const keys = new Uint32Array(starts.length);
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] ?? 0;
    keys[i] = start === -Infinity ? 0 : (start - min) / Math.max(step, 1) + 1;
  }
  return keys;
}

/** Positions 0 … n − 1 by start, then curve; equal ones keep their order. */
function sortedPositions(starts: Float64Array, curve: Uint32Array): Uint32Array {
  const order = new Uint32Array(starts.length);
  for (let i = 0; i < order.length; i++) order[i] = i;
  if (order.length < FEW_ROWS) {
    return order.sort((a, b) => {
      const [s, t] = [starts[a] ?? 0, starts[b] ?? 0];
      return s === t ? (curve[a] ?? 0) - (curve[b] ?? 0) || a - b : s < t ? -1 : 1;
    });
  }
  const small = smallKeys(starts);
  if (small) return sortByWord(sortByWord(order, curve), small);
  const { low, high } = sortableWords(starts);
  return [curve, low, high].reduce(sortByWord, order);
}

/** Whether rows are in order already, as those of opened files mostly are. */
function isSorted(starts: Float64Array, curve: Uint32Array): boolean {
  for (let i = 1; i < starts.length; i++) {
    const before = starts[i - 1] ?? 0;
    const start = starts[i] ?? 0;
    if (before > start || (before === start && (curve[i - 1] ?? 0) > (curve[i] ?? 0))) return false;
  }
  return true;
}

/** Rows by (static first, start, Hilbert index of the box centre over the total bounds); equal keys keep their order. */
export function spaceTimeOrder(picks: RowPicks): RowPicks {
  const { starts, curve } = keysOf(picks);
  if (isSorted(starts, curve)) return picks;
  const order = sortedPositions(starts, curve);
  const { tables, tableOf, rows } = picks;
  return {
    tables,
    tableOf: tableOf && Uint16Array.from(order, (k) => tableOf[k] ?? 0),
    rows: order.map((k) => rows[k] ?? 0),
  };
}
