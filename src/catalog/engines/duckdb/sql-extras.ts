/** SELECT over the rows of a catalog, and sums by group, in DuckDB (`catalog.md` §8). */
import { ArgumentError, CatalogError, checkOptionNames } from '../../../core/index.js';
import { parseExpression } from '../../expression-syntax.js';
import { FACT_NAMES } from '../../row-facts.js';
import type { Aggregate, Measure, SqlParams, SqlRow } from '../../sql.js';
import { ParamList } from './params.js';
import type { Part, PartSchema } from './parts.js';
import { PredicateWriter } from './predicate.js';
import type { DuckdbSession, Params } from './session.js';
import { plainValue } from './stored-chunks.js';
import { identifier, literal, pathList } from './sql-text.js';

/** All parts as one relation; columns that a part lacks are null. */
const relation = (parts: readonly Part[]): string =>
  `read_parquet(${pathList(parts.map((p) => p.path))}, hive_partitioning = false, union_by_name = true)`;

async function collect(
  session: DuckdbSession,
  sql: string,
  params: Params,
  signal: AbortSignal | undefined,
): Promise<readonly SqlRow[]> {
  const { result, chunks } = await session.query(sql, params, signal);
  const names = result.deduplicatedColumnNames();
  const rows: SqlRow[] = [];
  for await (const chunk of chunks) {
    const columns = names.map((_, c) => chunk.getColumnValues(c).map((value) => plainValue(session.api, value)));
    for (let i = 0; i < chunk.rowCount; i++)
      rows.push(Object.fromEntries(names.map((name, c) => [name, columns[c]?.[i]])));
  }
  return rows;
}

/** {@link SqlExtras.sql} over some parts. */
export async function selectSql(
  session: DuckdbSession,
  parts: readonly Part[],
  body: string,
  params: SqlParams,
  signal: AbortSignal | undefined,
): Promise<readonly SqlRow[]> {
  const given: unknown = body;
  if (typeof given !== 'string' || given.trim() === '')
    throw new ArgumentError('bad-sql', `sql takes a SELECT as text; got ${JSON.stringify(body)}.`);
  await session.relate('rows', `SELECT * FROM ${relation(parts)}`);
  const kind = await session.kind(body);
  if (kind !== 'SELECT')
    throw new ArgumentError('not-select', `sql takes one SELECT; got ${kind ?? 'none or several statements'}.`, {
      hint: 'Catalogs are read-only. Write SELECT … FROM rows.',
    });
  for (const [name, value] of Object.entries<unknown>(params))
    if (value !== null && !['string', 'number', 'boolean'].includes(typeof value))
      throw new ArgumentError('bad-param', `The value of $${name} is not text, a number, a boolean or null.`);
  return collect(session, body, { values: params }, signal);
}

const SQL_FN: Readonly<Record<Measure['fn'], (column: string) => string>> = {
  count: (c) => `count(${c})::DOUBLE`,
  sum: (c) => `sum(${c})::DOUBLE`,
  min: (c) => `min(${c})`,
  max: (c) => `max(${c})`,
  mean: (c) => `avg(${c})`,
  distinct: (c) => `count(DISTINCT ${c})::DOUBLE`,
};
const PERIODS = { day: '%Y-%m-%d', month: '%Y-%m', year: '%Y' } as const;

function bad(message: string): ArgumentError {
  return new ArgumentError('bad-aggregate', message, {
    hint: "For example { by: [{ period: 'month' }], measures: { rows: { fn: 'count' } } }.",
  });
}

function unitedSchema(parts: readonly Part[]): PartSchema {
  const byName = new Map(parts.flatMap(({ schema }) => schema.columns).map((c) => [c.name, c]));
  return { columns: [...byName.values()], column: (name) => byName.get(name), micros: false };
}

/** {@link SqlExtras.aggregate} over some parts. */
export async function aggregateSql(
  session: DuckdbSession,
  parts: readonly Part[],
  columnNames: readonly string[],
  spec: Aggregate,
  signal: AbortSignal | undefined,
): Promise<readonly SqlRow[]> {
  checkOptionNames('aggregate', spec, ['by', 'measures', 'where', 'params']);
  const schema = unitedSchema(parts);
  const column = (name: string): string => {
    const found = columnNames.includes(name) || FACT_NAMES.has(name) ? schema.column(name) : undefined;
    if (!found) throw bad(`There is no column ${JSON.stringify(name)} to aggregate.`);
    return found.sql;
  };
  const keys = (spec.by ?? []).map((key) => {
    if (typeof key === 'string') return { name: key, sql: column(key) };
    const format = Object.hasOwn(PERIODS, key.period) ? PERIODS[key.period] : undefined;
    if (!format) throw bad(`A period is 'day', 'month' or 'year'; got ${JSON.stringify(key)}.`);
    return { name: 'period', sql: `strftime(start_time, ${literal(format)})` };
  });
  const measures = Object.entries(spec.measures).map(([name, { fn, column: of }]) => {
    if (!Object.hasOwn(SQL_FN, fn))
      throw bad(`A measure is one of ${Object.keys(SQL_FN).join(', ')}; got ${JSON.stringify(fn)}.`);
    if (of === undefined && fn !== 'count') throw bad(`The measure ${name} (${fn}) needs a column.`);
    return { name, sql: SQL_FN[fn](of === undefined ? '*' : column(of)) };
  });
  if (measures.length === 0) throw bad('No measure is asked for.');
  const all = [...keys, ...measures];
  if (new Set(all.map(({ name }) => name)).size !== all.length) throw bad('Two results have the same name.');
  const bind = new ParamList(session.api);
  const where = spec.where === undefined ? '' : ` WHERE ${conditionOf(spec, schema, columnNames, bind)}`;
  const order = keys.map((_, i) => i + 1).join(', ');
  const sql =
    `SELECT ${all.map((c) => `${c.sql} AS ${identifier(c.name)}`).join(', ')} FROM ${relation(parts)}${where}` +
    (keys.length > 0 ? ` GROUP BY ${order} ORDER BY ${order}` : '');
  return collect(session, sql, bind.used(sql), signal);
}

function conditionOf(spec: Aggregate, schema: PartSchema, columnNames: readonly string[], bind: ParamList): string {
  const users = new Set(columnNames);
  const tree = parseExpression(spec.where ?? '', new Set([...FACT_NAMES, ...columnNames]), spec.params);
  const condition = new PredicateWriter(schema, users, bind).exact(tree);
  if (condition !== null) return condition;
  throw new CatalogError(
    'not-in-sql',
    `The filter ${JSON.stringify(spec.where)} compares what SQL compares otherwise.`,
    {
      hint: 'Filter with catalog.where and sum up the rows, or write it with sql().',
    },
  );
}
