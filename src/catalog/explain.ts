/** What each operation of a chain did to its rows (`catalog.md` §6). */
import { DISPLAY_METHOD, displayObject, KIND, type RunningTask } from '../core/index.js';
import { NOTHING_REMOVED, NO_FILTER, type Operation, type Removed } from './operations/operation.js';
import type { Relation } from './relation.js';
import { reachOf, scanFilter, scanText, streamViews, type Observer } from './relation-stream.js';
import type { ScanFilter } from './table.js';
import { viewLength } from './table-view.js';
import type { Explanation, ExplanationStep } from './types.js';

/** Key of the method by which Node shows an object. */
export const INSPECT = Symbol.for('nodejs.util.inspect.custom');

const COLUMNS = ['operation', 'what', 'rows in', 'rows out', 'removed by space', 'by time', 'by predicate', 'SQL'];

function stepText({ detail, rowsIn, rowsOut, removed }: ExplanationStep): string {
  const lost = (['space', 'time', 'predicate'] as const).filter((test) => removed[test] > 0);
  const why = lost.map((test) => `${removed[test]} by ${test}`).join(', ');
  return `${detail}: ${rowsIn} → ${rowsOut} rows${why === '' ? '' : ` (removed ${why})`}`;
}

/** An explanation that shows itself as a table. */
class ShownExplanation implements Explanation {
  readonly steps: readonly ExplanationStep[];

  constructor(steps: readonly ExplanationStep[]) {
    this.steps = Object.freeze(steps.map((s) => Object.freeze(s)));
  }
  get [KIND](): 'report' {
    return 'report';
  }
  get title(): string {
    return 'Explanation';
  }
  get facts(): readonly never[] {
    return [];
  }
  /** One line a step, for displays without tables. */
  get lines(): readonly { readonly label: string; readonly value: string }[] {
    return this.steps.map((step, k) => ({ label: `${k + 1}. ${step.operation}`, value: stepText(step) }));
  }
  get tables(): readonly {
    readonly title: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly (string | number | null)[])[];
  }[] {
    const rows = this.steps.map(({ operation, detail, rowsIn, rowsOut, removed, sql }) => [
      operation,
      detail,
      rowsIn,
      rowsOut,
      removed.space,
      removed.time,
      removed.predicate,
      sql,
    ]);
    // Only DuckDB has statements to show.
    const columns = rows.some((row) => row.at(-1) !== null) ? COLUMNS : COLUMNS.slice(0, -1);
    return [{ title: 'Operations', columns, rows: rows.map((row) => row.slice(0, columns.length)) }];
  }
  get warnings(): readonly string[] {
    return [];
  }
  get errors(): readonly never[] {
    return [];
  }
  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }
  /** In a terminal: a line for each step. */
  [INSPECT](): string {
    const width = Math.max(...this.lines.map(({ label }) => label.length));
    return this.lines.map(({ label, value }) => `${label.padEnd(width)}  ${value}`).join('\n');
  }
  toString(): string {
    return this.steps.map((s) => `${s.operation} ${s.rowsOut}`).join(' → ');
  }
}

function root(relation: Relation, count: number, sql: string | null): ExplanationStep {
  const { opened } = relation.source.facts.config;
  const detail = typeof opened === 'string' ? opened : `${relation.source.facts.backend} catalog`;
  return {
    operation: typeof opened === 'string' ? 'open' : 'build',
    detail,
    rowsIn: count,
    rowsOut: count,
    removed: NOTHING_REMOVED,
    sql,
  };
}

async function explainMemory(relation: Relation, task: RunningTask): Promise<ExplanationStep[]> {
  await relation.evaluate(task);
  const steps: ExplanationStep[] = [];
  for (const link of relation.chain) {
    const output = await link.evaluate(task);
    const { operation, parent, stage } = link;
    if (!operation || !parent || !stage) {
      steps.push(root(link, viewLength(output), null));
      continue;
    }
    const input = await parent.evaluate(task);
    let rowsIn = viewLength(input);
    let removed = await stage.removed(input, output, task);
    if (operation.appends === true && operation.other) {
      rowsIn += viewLength(await operation.other.collect(task, null));
      removed = { space: 0, time: 0, predicate: rowsIn - viewLength(output) };
    }
    steps.push({
      operation: operation.name,
      detail: operation.detail,
      rowsIn,
      rowsOut: viewLength(output),
      removed,
      sql: operation.other ? scanText(operation.other, reachOf(operation, input)) : null,
    });
  }
  return steps;
}

/** The filter of one test only, the first of the chain: what it leaves out is known to be removed by that test. */
function firstTest(operation: Operation | undefined): { filter: ScanFilter; test: keyof Removed | null } {
  const { boxes, interval, where } = operation?.filter ?? {};
  if (boxes) return { filter: { ...NO_FILTER, boxes }, test: 'space' };
  if (interval) return { filter: { ...NO_FILTER, interval }, test: 'time' };
  if (where && where.length > 0) return { filter: { ...NO_FILTER, where }, test: 'predicate' };
  return { filter: NO_FILTER, test: null };
}

async function explainStream(relation: Relation, task: RunningTask): Promise<ExplanationStep[]> {
  const { source, operations } = relation;
  const { count } = await source.summary(task.signal ? { signal: task.signal } : {});
  const { filter, test } = firstTest(operations[0]);
  const counts = operations.map(() => ({
    rowsIn: 0,
    rowsOut: 0,
    removed: { space: 0, time: 0, predicate: 0 },
    sql: null as string | null,
  }));
  const observe: Observer = (step, rowsIn, rowsOut, removed, sql) => {
    const at = counts[step];
    if (!at) return;
    at.sql ??= sql ?? null;
    at.rowsIn += rowsIn;
    at.rowsOut += rowsOut;
    for (const key of ['space', 'time', 'predicate'] as const) at.removed[key] += removed[key];
  };
  if (operations.length > 0) {
    const flow = streamViews(relation, task, NO_FILTER, { observe, pushed: filter });
    // Pulled to the end; the observer counts.
    while (!(await flow.next()).done);
  }
  const [first] = counts;
  if (first && test) {
    first.removed[test] += count - first.rowsIn;
    first.rowsIn = count;
  }
  const sql = source.describe(scanFilter(operations, NO_FILTER));
  return [
    root(relation, count, sql),
    // SAFETY: one count per operation.
    ...operations.map(({ name, detail }, k) => ({
      operation: name,
      detail,
      ...(counts[k] as (typeof counts)[number]),
    })),
  ];
}

/** The chain of a catalog with exact counts; evaluates it. */
export async function explainRelation(relation: Relation, task: RunningTask): Promise<Explanation> {
  const steps = relation.source.table ? await explainMemory(relation, task) : await explainStream(relation, task);
  return new ShownExplanation(steps);
}
