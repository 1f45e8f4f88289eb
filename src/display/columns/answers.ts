/** What the kernel answers while a view of a large catalog lives: what the map shows, pages of the table, single rows. */
import type { ViewHandler } from '../../core/index.js';
import type { GeoCatalog } from '../../catalog/types.js';
import { answers, wholeArg } from '../bundle.js';
import { footprintFacts, footprintRow } from '../footprint.js';
import { Coverage, gridShape, mercatorY } from '../wire/density.js';
import type { ColumnsResult, DetailResult, RowsResult, TimeFilter } from '../wire/message.js';
import type { Cell, FootprintRow, LonLatBox } from '../wire/payload.js';
import { batchesOf, visitRows, type Batches } from './batches.js';
import { plainColumn } from './encode.js';
import { gatherPlaces, MOST_KEPT, wireDensity, type Places } from './gather.js';
import { commonSpan, placeColumns } from './inline.js';

/** Rows of one answer: at 33 base64 bytes a row under 512 kB. */
const MOST_COLUMN_ROWS = 15_000;
const MOST_TABLE_ROWS = 1000;
const MOST_CELLS = 60_000;
/** Rows up to which texts are sorted; numbers of time always are. */
const MOST_SORTED = 300_000;

/** The handler over gathered places. `sample` holds the kept rows that are inline, null for all. */
export function catalogAnswers(
  catalog: GeoCatalog,
  batches: Batches,
  places: Places,
  sample: Uint32Array | null,
): ViewHandler {
  const rowAt = (position: number): number => places.rowOf?.[position] ?? position;
  const order = orderOf(batches, places);
  const isVaried = commonSpan(places) === null;
  const rowsAt = async (positions: readonly number[]): Promise<FootprintRow[]> => {
    const ascending = positions.map((position, at) => ({ row: rowAt(position), at })).sort((a, b) => a.row - b.row);
    const out: FootprintRow[] = [];
    await visitRows(
      batches,
      ascending.map((p) => p.row),
      (table, i, k) => (out[ascending[k]?.at ?? 0] = footprintRow(table.row(i), catalog.crs)),
    );
    return out;
  };
  return answers({
    columns: (args): ColumnsResult | Promise<ColumnsResult> => {
      const box = boxArg(args['box']);
      if (!box) return columnRange(places, isVaried, args);
      const wanted = { box, time: timeArg(args['time']), ...sizesArg(args) };
      return places.rowOf ? askEngine(catalog, isVaried, wanted) : viewport(places, isVaried, wanted);
    },
    rows: async (args): Promise<RowsResult> => {
      const sorted = await order(timeArg(args['time']), args['sort']);
      const from = wholeArg(args['from'], 0, 0, sorted.length);
      const to = wholeArg(args['to'], from + MOST_TABLE_ROWS, from, Math.min(sorted.length, from + MOST_TABLE_ROWS));
      const positions = [...sorted.subarray(from, to)];
      return { rows: await rowsAt(positions), indices: positions.map(rowAt), total: sorted.length };
    },
    detail: async (args): Promise<DetailResult> => {
      const at = typeof args['sample'] === 'number' && sample ? sample[args['sample']] : args['row'];
      if (typeof at !== 'number' || !Number.isInteger(at) || at < 0 || at >= places.length) return { row: null };
      return { row: (await rowsAt([at]))[0] ?? null };
    },
  });
}

/** A longitude–latitude box of a request, or null. */
function boxArg(value: unknown): LonLatBox | null {
  if (!Array.isArray(value) || value.length !== 4 || !value.every((v) => Number.isFinite(v))) return null;
  const [w = 0, s = 0, e = 0, n = 0] = value.map(Number);
  return w < e && s < n ? [w, Math.max(-90, s), Math.min(e, w + 720), Math.min(90, n)] : null;
}

function timeArg(value: unknown): TimeFilter | null {
  return Array.isArray(value) && value.length === 2 && value.every((v) => Number.isFinite(v))
    ? [Number(value[0]), Number(value[1])]
    : null;
}

function sizesArg(args: Readonly<Record<string, unknown>>): { readonly most: number; readonly cells: number } {
  return {
    most: wholeArg(args['most'], MOST_COLUMN_ROWS, 0, MOST_COLUMN_ROWS),
    cells: wholeArg(args['cells'], 0, 0, MOST_CELLS),
  };
}

interface Wanted {
  readonly box: LonLatBox;
  readonly time: TimeFilter | null;
  readonly most: number;
  readonly cells: number;
}

function columnRange(places: Places, isVaried: boolean, args: Readonly<Record<string, unknown>>): ColumnsResult {
  const from = wholeArg(args['from'], 0, 0, places.length);
  const to = wholeArg(args['to'], from + MOST_COLUMN_ROWS, from, Math.min(places.length, from + MOST_COLUMN_ROWS));
  const chosen = Uint32Array.from({ length: to - from }, (_, k) => from + k);
  return {
    columns: { length: chosen.length, columns: placeColumns(places, chosen, isVaried) },
    matched: places.length,
    density: null,
  };
}

/** True when a row's time touches a span, or when it has none. */
function passes(places: Places, i: number, time: TimeFilter | null): boolean {
  if (!time) return true;
  const [start, end] = [places.starts[i] ?? NaN, places.ends[i] ?? NaN];
  // NaN compares false: static rows and open ends pass.
  return !(start > time[1]) && !(end < time[0]);
}

/** Rows that a map shows: one pass over flat numbers. */
function viewport(places: Places, isVaried: boolean, { box, time, most, cells }: Wanted): ColumnsResult {
  const { boxes } = places;
  const [west, south, east, north] = box;
  const shape = cells > 0 ? gridShape(box, cells) : null;
  const grid = shape ? new Coverage(box, shape.width, shape.height) : null;
  const found = new Uint32Array(most);
  let matched = 0;
  for (let i = 0; i < places.length; i++) {
    const o = i * 4;
    const [w = NaN, s = NaN, e = NaN, n = NaN] = [boxes[o], boxes[o + 1], boxes[o + 2], boxes[o + 3]];
    if (!(s <= north && n >= south)) continue;
    const touches =
      (w <= east && e >= west) || (w - 360 <= east && e - 360 >= west) || (w + 360 <= east && e + 360 >= west);
    if (!touches || !passes(places, i, time)) continue;
    if (matched < most) found[matched] = i;
    matched += 1;
    grid?.add(w, e, mercatorY(n), mercatorY(s));
  }
  const chosen = matched <= most ? found.slice(0, matched) : null;
  return {
    columns: chosen && {
      length: chosen.length,
      columns: { ...placeColumns(places, chosen, isVaried), row: plainColumn('u32', chosen) },
    },
    matched,
    density: grid && wireDensity(grid),
  };
}

/** The same for catalogs of which only a sample is kept: the engine finds the rows. */
async function askEngine(
  catalog: GeoCatalog,
  isVaried: boolean,
  { box, time, most, cells }: Wanted,
): Promise<ColumnsResult> {
  const [w, s, e, n] = box;
  const inside = catalog.query({
    bounds: [Math.max(-180, w), s, Math.min(180, e), n],
    crs: 'EPSG:4326',
    ...(time ? { time: { start: time[0], end: time[1] } } : {}),
  });
  const matched = await inside.count();
  if (matched > Math.max(most, MOST_KEPT)) return { columns: null, matched, density: null };
  const found = await gatherPlaces(inside, batchesOf(inside), matched, '');
  const answer = viewport(found, isVaried, { box, time, most, cells });
  if (!answer.columns) return answer;
  // Positions in the query are not positions in the catalog, so these rows have no details.
  const columns = Object.fromEntries(Object.entries(answer.columns.columns).filter(([name]) => name !== 'row'));
  return { ...answer, columns: { length: answer.columns.length, columns } };
}

type Order = (time: TimeFilter | null, sort: unknown) => Promise<Uint32Array>;

/** Positions of kept rows, filtered and sorted; the last order is remembered, since tables ask page by page. */
function orderOf(batches: Batches, places: Places): Order {
  let [key, last]: [string, Promise<Uint32Array>] = ['', Promise.resolve(new Uint32Array(0))];
  return (time, sort) => {
    const by = sortArg(sort);
    const wanted = JSON.stringify([time, by]);
    if (wanted !== key) [key, last] = [wanted, makeOrder(batches, places, time, by)];
    return last;
  };
}

interface SortBy {
  readonly column: string;
  readonly descending: boolean;
}

function sortArg(value: unknown): SortBy | null {
  if (typeof value !== 'object' || value === null || !('column' in value) || typeof value.column !== 'string')
    return null;
  return { column: value.column, descending: 'descending' in value && value.descending === true };
}

async function makeOrder(
  batches: Batches,
  places: Places,
  time: TimeFilter | null,
  by: SortBy | null,
): Promise<Uint32Array> {
  const all = Uint32Array.from({ length: places.length }, (_, i) => i);
  const kept = time ? all.filter((i) => passes(places, i, time)) : all;
  if (!by) return kept;
  const keys = await sortKeys(batches, places, by.column);
  const direction = by.descending ? -1 : 1;
  return kept.sort((a, b) => {
    const [x = null, y = null] = [keys[a], keys[b]];
    const [isNone, isOtherNone] = [x === null || Number.isNaN(x), y === null || Number.isNaN(y)];
    // Rows without a value come last in both directions; equal rows keep their order.
    if (isNone || isOtherNone) return Number(isNone) - Number(isOtherNone) || a - b;
    return (x === y ? 0 : (x as string) < (y as string) ? -direction : direction) || a - b; // SAFETY: one column, one type; mixed ones compare as JavaScript does.
  });
}

async function sortKeys(batches: Batches, places: Places, column: string): Promise<ArrayLike<Cell>> {
  if (column === 'start') return places.starts;
  if (column === 'end') return places.ends;
  if (places.length > MOST_SORTED)
    throw new Error(`more than ${MOST_SORTED} rows are sorted by time only: query the catalog down first`);
  const keys: Cell[] = [];
  const rows = places.rowOf ?? Uint32Array.from({ length: places.length }, (_, i) => i);
  await visitRows(batches, rows, (table, i, k) => {
    keys[k] = column === 'id' ? table.id(i) : (footprintFacts(table, i)[column] ?? null);
  });
  return keys;
}
