/** The statements that a scan runs: one per stretch of parts that can be asked in the same words. */
import { isNadirError, type Bounds, type Interval } from '../../../core/index.js';
import { parseExpression } from '../../expression-syntax.js';
import { FACT_NAMES } from '../../row-facts.js';
import type { ScanFilter } from '../../table.js';
import type { Duckdb } from './driver.js';
import type { Part, PartColumn } from './parts.js';
import { clampedInterval, PredicateWriter, type Bindings } from './predicate.js';
import { loosened, type Selection } from './row-groups.js';
import { ParamList } from './params.js';
import type { Params } from './session.js';
import { storedType, type ResultColumn } from './stored-chunks.js';
import { identifier, pathList } from './sql-text.js';

/** Where a row of a result is from: the index of its file in the statement's list, and its number there. */
export const FILE_INDEX = '_file_index';
export const ROW_NUMBER = '_row_number';

export interface Statement {
  readonly sql: string;
  readonly params: Params;
  readonly parts: readonly Part[];
  /** Rows that it looks through. */
  readonly rows: number;
  /** Columns of the result in order. */
  readonly columns: readonly ResultColumn[];
}

/** Parts in a row that are asked alike. */
interface Stretch {
  readonly parts: readonly Part[];
  readonly selection: Selection;
  /** Rows that its selection leaves. */
  readonly rows: number;
}
type RowRange = readonly [first: number, last: number];

/** More boxes than this are asked as the one around them; the shared test looks at each. */
const MAX_BOXES = 32;
const MAX_PARTS = 1000;

const rowsIn = (ranges: readonly RowRange[]): number => ranges.reduce((n, [first, last]) => n + last - first + 1, 0);

/** Whether a part can be asked in the words of a stretch. */
function joins({ parts, selection }: Stretch, part: Part, { undated, unboxed }: Selection): boolean {
  const [first] = parts;
  return (
    parts.length < MAX_PARTS &&
    first?.schema === part.schema &&
    first.box?.sql.join() === part.box?.sql.join() &&
    selection.undated === undated &&
    selection.unboxed === unboxed
  );
}

/** Ranges in pieces of at most so many rows. */
function* cut(ranges: readonly RowRange[], room: () => number): Generator<readonly RowRange[]> {
  let piece: RowRange[] = [];
  for (const [begin, last] of ranges) {
    for (let first = begin; first <= last;) {
      const space = room() - rowsIn(piece);
      const end = Math.min(last, first + Math.max(1, space) - 1);
      if (space > 0) {
        piece.push([first, end]);
        first = end + 1;
      }
      if (space <= 0 || first <= last) {
        yield piece;
        piece = [];
      }
    }
  }
  if (piece.length > 0) yield piece;
}

/** Parts that can hold rows of interest, in stretches of at most `room()` rows where that can be. */
function* stretches(parts: readonly Part[], filter: ScanFilter, room: () => number): Generator<Stretch> {
  let open: Stretch | null = null;
  for (const part of parts) {
    const selection = part.groups.select(filter.boxes, filter.interval, part.schema.micros);
    if (!selection) continue;
    const ranges = selection.ranges ?? [[0, part.groups.rows - 1] as const];
    const rows = rowsIn(ranges);
    // DuckDB finds the row groups itself, except behind alternatives.
    const hidden = (filter.interval !== null && selection.undated) || (filter.boxes?.length ?? 0) > 1;
    const alone = rows > room() || (selection.ranges !== null && hidden);
    if (open && (alone || open.rows + rows > room() || !joins(open, part, selection))) {
      yield open;
      open = null;
    }
    if (alone) {
      for (const piece of cut(ranges, room))
        yield { parts: [part], selection: { ...selection, ranges: piece }, rows: rowsIn(piece) };
    } else {
      const before: Stretch = open ?? { parts: [], selection: { ...selection, ranges: null }, rows: 0 };
      open = { ...before, parts: [...before.parts, part], rows: before.rows + rows };
    }
  }
  if (open) yield open;
}

/** A column as it is selected: times as microseconds, with nanoseconds floored like everywhere. */
function selected({ sql, type }: PartColumn): string {
  const finite = (micros: string): string =>
    `CASE WHEN isfinite(${sql}) THEN ${micros} WHEN ${sql} IS NOT NULL THEN 1e19::DOUBLE END`;
  if (type === 'TIMESTAMP_NS')
    return finite(`((epoch_ns(${sql}) - ((epoch_ns(${sql}) % 1000) + 1000) % 1000) // 1000)::DOUBLE`);
  return storedType(type) === 'time' ? finite(`epoch_us(${sql})::DOUBLE`) : sql;
}

/** Four comparisons: the covering touches the box. */
function touches(columns: readonly string[], box: Bounds, bind: Bindings): string {
  const [xmin, ymin, xmax, ymax] = box.map((v) => bind.value(v));
  return `${columns[0]} <= ${xmax} AND ${columns[2]} >= ${xmin} AND ${columns[1]} <= ${ymax} AND ${columns[3]} >= ${ymin}`;
}

function around(boxes: readonly Bounds[]): Bounds {
  const side = (i: 0 | 1 | 2 | 3, pick: (a: number, b: number) => number): number =>
    boxes.map((b) => b[i]).reduce(pick);
  const [low, high] = [(a: number, b: number) => Math.min(a, b), (a: number, b: number) => Math.max(a, b)];
  return [side(0, low), side(1, low), side(2, high), side(3, high)];
}

function spaceCondition({ box }: Part, boxes: readonly Bounds[], unboxed: boolean, bind: Bindings): string | null {
  if (box === null) return null;
  if (boxes.length === 0) return 'FALSE';
  const asked = box.exact ? boxes : boxes.map(loosened);
  const one = touches(box.sql, around(asked), bind);
  const each =
    asked.length > 1 && asked.length <= MAX_BOXES
      ? asked.map((b) => `(${touches(box.sql, b, bind)})`).join(' OR ')
      : null;
  const inside = each === null ? one : `${one} AND (${each})`;
  return unboxed ? `(${box.sql.map((side) => `${side} IS NULL OR `).join('')}(${inside}))` : inside;
}

function timeCondition({ schema }: Part, interval: Interval, undated: boolean, bind: Bindings): string | null {
  const [start, end] = [schema.column('start_time'), schema.column('end_time')];
  if (!start || !end) return null;
  const { start: from, end: until } = clampedInterval(interval);
  let inside: string;
  if (start.type === 'TIMESTAMP' && end.type === 'TIMESTAMP')
    inside = `${start.sql} <= ${bind.time(until)} AND ${end.sql} >= ${bind.time(from)}`;
  else if (/^(TIMESTAMP|DATE)/.test(start.type) && /^(TIMESTAMP|DATE)/.test(end.type))
    // One µs of slack, for times that are finer.
    inside = `epoch_us(${start.sql})::DOUBLE <= ${bind.value(until + 1)} AND epoch_us(${end.sql})::DOUBLE >= ${bind.value(from - 1)}`;
  else return null;
  return undated ? `(${start.sql} IS NULL OR ${end.sql} IS NULL OR (${inside}))` : inside;
}

function wherePredicates(part: Part, filter: ScanFilter, columnNames: ReadonlySet<string>, bind: Bindings): string[] {
  const out: string[] = [];
  const names = new Set([...FACT_NAMES, ...columnNames]);
  const writer = new PredicateWriter(part.schema, columnNames, bind);
  for (const { expression, params } of filter.where) {
    let tree;
    try {
      tree = parseExpression(expression, names, params);
    } catch (error) {
      // It names a column that an operation adds; the shared test knows it.
      if (isNadirError(error, 'ExpressionError')) break;
      throw error;
    }
    const exact = writer.exact(tree);
    const condition = exact ?? writer.implied(tree);
    if (condition !== null) out.push(condition);
    // What comes later may be meant to fail only on rows that pass this.
    if (exact === null) break;
  }
  return out;
}

const HIDDEN: ReadonlySet<string> = new Set(['_backend', '_schema_version']);

/**
 * The statements of a scan in row order; none when the footers rule out every row.
 *
 * @param room the most rows that the next statement may look through; asked anew for each.
 */
export function* scanStatements(
  api: Duckdb,
  parts: readonly Part[],
  columnNames: readonly string[],
  filter: ScanFilter,
  room: () => number = () => Infinity,
): Generator<Statement> {
  const users = new Set(columnNames);
  for (const { parts: asked, selection, rows: lookedAt } of stretches(parts, filter, room)) {
    // SAFETY: a stretch begins with a part.
    const part = asked[0] as Part;
    const bind = new ParamList(api);
    const columns = part.schema.columns
      .filter(({ name }) => !HIDDEN.has(name))
      // Coverings only serve to skip rows.
      .filter(({ name }) => name !== part.covering)
      .map((column) => ({ name: column.name, sql: selected(column), type: storedType(column.type) }));
    const rows = selection.ranges?.map(([first, last]) => `file_row_number BETWEEN ${first} AND ${last}`);
    const conditions = [
      filter.interval ? timeCondition(part, filter.interval, selection.undated, bind) : null,
      filter.boxes ? spaceCondition(part, filter.boxes, selection.unboxed, bind) : null,
      ...wherePredicates(part, filter, users, bind),
      rows ? `(${rows.join(' OR ')})` : null,
    ].filter((c) => c !== null);
    const sql = [
      `SELECT file_index::INTEGER AS ${FILE_INDEX}, file_row_number::DOUBLE AS ${ROW_NUMBER}`,
      ...columns.map((c) => `, ${c.sql} AS ${identifier(c.name)}`),
      ` FROM read_parquet(${pathList(asked.map((p) => p.path))}, file_row_number = true, hive_partitioning = false)`,
      // Rows are in order already; sorting packs them. Chunks as they leave a filter are nearly empty but of full size,
      // about 1 MB, and the collector of JavaScript sees too little of that to free them in time.
      conditions.length > 0 ? ` WHERE ${conditions.join(' AND ')} ORDER BY 1, 2` : '',
    ].join('');
    yield {
      sql,
      params: bind.used(sql),
      parts: asked,
      rows: lookedAt,
      columns: [
        { name: FILE_INDEX, type: 'number' },
        { name: ROW_NUMBER, type: 'number' },
        ...columns.map(({ name, type }) => ({ name, type })),
      ],
    };
  }
}
