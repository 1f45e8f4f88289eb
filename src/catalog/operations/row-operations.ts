/** Operations that look at one row at a time: predicates, new columns, padded times, periods (`catalog.md` §6). */
import {
  ArgumentError,
  CatalogError,
  durationMicros,
  formatTime,
  parseTime,
  type Duration,
  type Interval,
} from '../../core/index.js';
import { runSteps, runSync, type Steps } from '../algebra/steps.js';
import { compileFilter, type ExpressionParams } from '../expression.js';
import { checkColumnName, FACT_NAMES, tableFact } from '../row-facts.js';
import type { TableView } from '../table.js';
import { filterView, viewLength } from '../table-view.js';
import { eachRow, filterLater } from '../turns.js';
import type { CatalogRow, Scalar } from '../types.js';
import { ColumnTable, compact, TimedTable, withName } from './derived-table.js';
import { NOTHING_REMOVED, type Operation, type Removed } from './operation.js';

const byPredicate = (input: TableView, output: TableView): Removed => ({
  space: 0,
  time: 0,
  predicate: viewLength(input) - viewLength(output),
});

/** Facts of an expression that are taken from boxes, and ids, which are claimed when first asked for. */
const BOX_NAMES = /\b(?:[xy]m(?:in|ax)|id)\b/;

/** Rows for which an expression holds. @throws {@link ExpressionError} at once, with the position. */
export function whereExpression(
  expression: string,
  params: ExpressionParams,
  columnNames: readonly string[],
): Operation {
  const test = compileFilter(expression, new Set([...FACT_NAMES, ...columnNames]), params, tableFact);
  return {
    name: 'where',
    detail: expression,
    shrinks: true,
    filter: { where: [{ expression, params }] },
    readsRows: BOX_NAMES.test(expression),
    start: () => ({
      apply: (view) => filterView(view, (i) => test(view.table, i)),
      applyLater: (view, task) => filterLater(view, (i) => test(view.table, i), task),
      removed: byPredicate,
    }),
  };
}

/** Rows for which a function answers true. */
export function whereFunction(predicate: (row: CatalogRow) => boolean): Operation {
  return {
    name: 'where',
    detail: predicate.name === '' ? 'function' : `function ${predicate.name}`,
    callsBack: true,
    readsRows: true,
    shrinks: true,
    start: () => ({
      apply: (view) => filterView(view, (i) => predicate(view.table.row(i))),
      applyLater: (view, task) => filterLater(view, (i) => predicate(view.table.row(i)), task),
      removed: byPredicate,
    }),
  };
}

function checkedScalar(value: unknown, name: string, id: string): Scalar {
  if (value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
    return value;
  throw new CatalogError(
    'bad-column-value',
    `Column ${name} got a value of type ${typeof value} for row ${id}; columns hold text, numbers, booleans or null.`,
  );
}

/** Adds or replaces a column. @throws {@link CatalogError} `reserved-column`; `bad-column-value` when rows are pulled. */
export function addColumn(name: string, value: (row: CatalogRow) => Scalar): Operation {
  checkColumnName(name);
  if (typeof value !== 'function')
    throw new ArgumentError('bad-column', `withColumn takes a function of the row; got ${JSON.stringify(value)}.`);
  function* columnSteps(view: TableView): Steps<TableView> {
    const table = compact(view);
    const values: Scalar[] = [];
    yield* eachRow(table.length, (i) => {
      const row = table.row(i);
      values.push(checkedScalar(value(row), name, row.id));
    });
    return { table: new ColumnTable(table, name, values), indices: null };
  }
  return {
    name: 'withColumn',
    detail: name,
    columnNames: (input) => withName(input, name),
    callsBack: true,
    readsRows: true,
    shrinks: true,
    start: () => ({
      apply: (view) => runSync(columnSteps(view)),
      applyLater: (view, task) => runSteps(columnSteps(view), task),
      removed: () => NOTHING_REMOVED,
    }),
  };
}

/** Moves starts back and ends forward. @throws {@link ArgumentError} `bad-duration`; `inverted-interval`, {@link IntervalError} `out-of-range` when rows are pulled. */
export function padIntervals(by: Duration): Operation {
  const micros = durationMicros(by);
  if (!Number.isSafeInteger(micros))
    throw new ArgumentError('bad-duration', `The padding ${JSON.stringify(by)} is not a finite duration.`);
  return {
    name: 'withIntervalPadding',
    detail: `${micros / 1e6} s`,
    start: () => ({
      apply(view) {
        const table = compact(view);
        const starts = table.starts.map((t) => t - micros);
        const ends = table.ends.map((t) => t + micros);
        // Refuses times beyond what microseconds can count.
        for (const times of [starts, ends]) for (const t of times) if (Number.isFinite(t)) parseTime(t);
        const inverted = starts.findIndex((start, i) => start > (ends[i] ?? NaN));
        if (inverted >= 0)
          throw new ArgumentError(
            'inverted-interval',
            `Padding by ${micros / 1e6} s turns the interval of row ${table.id(inverted)} around.`,
            { hint: 'Shorten the negative padding, or query first.', details: { id: table.id(inverted) } },
          );
        return { table: new TimedTable(table, starts, ends), indices: null };
      },
      removed: () => NOTHING_REMOVED,
    }),
  };
}

/** Rows that start within a period, or the static ones; `known` are their indices where the input is one known table. */
export function inPeriod(key: string, period: Interval | null, known: Uint32Array | null): Operation {
  const [from, to] = period ? [period.start, period.end] : [-Infinity, -Infinity];
  return {
    name: 'groupBy',
    detail: period ? `${key}: starts ${formatTime(period.start)} to ${formatTime(period.end)}` : key,
    shrinks: true,
    filter: { interval: period },
    start: () => ({
      apply(view) {
        const { table } = view;
        if (known) return { table, indices: known };
        return filterView(view, (i) => (table.starts[i] ?? NaN) >= from && (table.starts[i] ?? NaN) <= to);
      },
      removed: (input, output) => ({ space: 0, time: viewLength(input) - viewLength(output), predicate: 0 }),
    }),
  };
}
