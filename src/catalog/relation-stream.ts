/** Evaluation of chains over sources that are read in batches: filters at the bottom are pushed into the scan. */
import { boxesTouch, type Bounds, type RunningTask } from '../core/index.js';
import { concatViews } from './operations/concat-table.js';
import { NO_FILTER, NOTHING_REMOVED, type Operation, type Removed } from './operations/operation.js';
import { RowsTable } from './engines/memory/rows-table.js';
import type { Relation } from './relation.js';
import type { CatalogTable, RowSource, ScanFilter, TableView } from './table.js';
import { boxAt, filterView, viewBounds, viewExtent, viewIndex, viewLength } from './table-view.js';

/** Rows of the left side that are looked at before the right side of a set operation is read: most left sides end here. */
const PEEK_ROWS = 50_000;

/** Told of every batch of an operation: its place in the chain, rows in and out, what the tests removed; once the statement that read the other side. */
export type Observer = (step: number, rowsIn: number, rowsOut: number, removed: Removed, sql?: string | null) => void;

const areaOf = (boxes: readonly Bounds[]): number =>
  boxes.reduce((sum, [xmin, ymin, xmax, ymax]) => sum + (xmax - xmin) * (ymax - ymin), 0);

/** One filter for two: a row that meets two boxes need not meet their common part, so the smaller one stands for both. */
function both(a: ScanFilter, b: Partial<ScanFilter>): ScanFilter {
  const narrower = <T>(x: T | null, y: T | null | undefined, size: (v: T) => number): T | null => {
    if (!x || !y) return x ?? y ?? null;
    return size(y) < size(x) ? y : x;
  };
  return {
    boxes: narrower(a.boxes, b.boxes, areaOf),
    interval: narrower(a.interval, b.interval, ({ start, end }) => end - start),
    where: [...a.where, ...(b.where ?? [])],
  };
}

/** What a scan for a chain may leave out: its filters up to the first operation of another kind, and `extra` where it commutes. */
export function scanFilter(operations: readonly Operation[], extra: ScanFilter): ScanFilter {
  let filter = NO_FILTER;
  for (const operation of operations) {
    if (!operation.filter) break;
    filter = both(filter, operation.filter);
  }
  const passes = operations.every((o) => o.shrinks === true && o.callsBack !== true);
  return passes ? both(filter, { boxes: extra.boxes, interval: extra.interval }) : filter;
}

function allDated({ table, indices }: TableView): boolean {
  const { starts } = table;
  return indices ? indices.every((i) => starts[i] !== -Infinity) : !starts.includes(-Infinity);
}

/** What of the other side of a set operation can matter for some input; null for all of it. */
export function reachOf(operation: Operation, input: TableView): ScanFilter | null {
  // Bounds of a large input take longer than a query, which has no other side.
  if (!operation.restrictOther || viewLength(input) === 0) return null;
  // Static rows meet every time.
  const extent = allDated(input) ? viewExtent(input) : null;
  return operation.restrictOther(viewBounds(input), extent);
}

/** The statement that reads the other side of a set operation; null where none does. */
export function scanText({ source, operations }: Relation, reach: ScanFilter | null): string | null {
  return source.table ? null : source.describe(scanFilter(operations, reach ?? NO_FILTER));
}

/** The rows of the other side of a set operation that can matter for some input. */
export async function otherOf(
  operation: Operation,
  other: Relation,
  input: TableView,
  reach: ScanFilter | null,
  task: RunningTask,
): Promise<TableView> {
  // Nothing has no partners.
  if (operation.appends !== true && viewLength(input) === 0)
    return { table: concatViews([], other.columnNames), indices: null };
  const partners = await other.collect(task, reach);
  if (operation.readsRows === true) await partners.table.prepare?.(task);
  return partners;
}

type Flow = (observe: Observer | undefined) => AsyncIterable<TableView>;

async function* scan(source: RowSource, filter: ScanFilter, task: RunningTask): AsyncGenerator<TableView> {
  const options = {
    onProgress: (p: Parameters<RunningTask['report']>[0]) => task.report(p),
    ...(task.signal && { signal: task.signal }),
  };
  for await (const table of source.scan(filter, options)) {
    task.throwIfAborted();
    yield { table, indices: null };
  }
}

async function all(flow: AsyncIterable<TableView>): Promise<TableView[]> {
  const views: TableView[] = [];
  for await (const view of flow) views.push(view);
  return views;
}

/** The first batches up to a number of rows, and whether that was all. */
async function peek(flow: AsyncIterator<TableView>): Promise<{ views: TableView[]; ended: boolean }> {
  const views: TableView[] = [];
  for (let rows = 0; rows < PEEK_ROWS;) {
    const next = await flow.next();
    if (next.done) return { views, ended: true };
    views.push(next.value);
    rows += viewLength(next.value);
  }
  return { views, ended: false };
}

async function* resume(views: readonly TableView[], flow: AsyncIterator<TableView>): AsyncGenerator<TableView> {
  try {
    yield* views;
    for (let next = await flow.next(); !next.done; next = await flow.next()) yield next.value;
  } finally {
    await flow.return?.();
  }
}

/** The rows of the other side that can matter, and the input with the batches that were looked at. */
async function withOther(
  operation: Operation,
  other: Relation,
  parent: Relation,
  input: AsyncIterable<TableView>,
  task: RunningTask,
): Promise<{ partners: TableView; reach: ScanFilter | null; input: AsyncIterable<TableView> }> {
  const flow = input[Symbol.asyncIterator]();
  const { views, ended } = await peek(flow);
  const rest = resume(views, flow);
  if (ended) {
    const seen = { table: concatViews(views, parent.columnNames), indices: null };
    if (operation.readsRows === true) await seen.table.prepare?.(task);
    const reach = reachOf(operation, seen);
    return { partners: await otherOf(operation, other, seen, reach, task), reach, input: rest };
  }
  // A long left side lies within the bounds of its source, unless rows of another one were appended.
  const within = parent.operations.every((o) => o.appends !== true);
  const { bounds } = await parent.source.summary(task.signal ? { signal: task.signal } : {});
  const reach = within ? (operation.restrictOther?.(bounds, null) ?? null) : null;
  return { partners: await other.collect(task, reach), reach, input: rest };
}

async function* through(
  relation: Relation,
  parent: Relation,
  operation: Operation,
  source: Flow,
  o: {
    readonly task: RunningTask;
    readonly step: number;
    readonly observe: Observer | undefined;
    readonly pure: boolean;
  },
): AsyncGenerator<TableView> {
  const { task, step, observe } = o;
  let input = source(observe);
  let partners: TableView | null = null;
  let reach: ScanFilter | null = null;
  const { other } = operation;
  if (operation.whole === true)
    input = resume([{ table: concatViews(await all(input), parent.columnNames), indices: null }], none());
  if (other && operation.appends !== true)
    ({ partners, reach, input } = await withOther(operation, other, parent, input, task));
  if (other) observe?.(step, 0, 0, NOTHING_REMOVED, scanText(other, reach));
  const stage = operation.start(partners, reach);
  if (stage.survey) {
    // Functions of the user must not see a row twice, so rows that went through one are kept.
    const kept = o.pure ? null : await all(input);
    for await (const view of kept ?? source(undefined)) stage.survey(view);
    if (kept) input = resume(kept, none());
  }
  let found = 0;
  for await (const view of input) {
    task.throwIfAborted();
    if (operation.readsRows === true) await view.table.prepare?.(task);
    const output = stage.applyLater ? await stage.applyLater(view, task) : stage.apply(view);
    const length = viewLength(output);
    observe?.(step, viewLength(view), length, await stage.removed(view, output, task));
    found += length;
    if (length > 0) yield output;
  }
  if (other && stage.tail) {
    for await (const view of other.batches(task)) {
      const output = stage.tailLater ? await stage.tailLater(view, task) : stage.tail(view);
      observe?.(step, viewLength(view), viewLength(output), await stage.removed(view, output, task));
      found += viewLength(output);
      if (viewLength(output) > 0) yield output;
    }
  }
  if (found === 0 && operation.onNothing) operation.onNothing((await relation.source.summary({})).bounds);
}

async function* none(): AsyncGenerator<TableView> {
  // No further batches.
}

/** The rows of a chain, batch by batch. `pushed` replaces the filter of the scan: `explain` counts what it would leave out. */
export async function* streamViews(
  relation: Relation,
  task: RunningTask,
  extra: ScanFilter,
  o: { readonly observe?: Observer; readonly pushed?: ScanFilter } = {},
): AsyncGenerator<TableView> {
  const { source } = relation;
  const filter = o.pushed ?? scanFilter(relation.operations, extra);
  let flow: Flow = () => scan(source, filter, task);
  let pure = true;
  let step = 0;
  for (const link of relation.chain) {
    const { parent, operation } = link;
    if (!parent || !operation) continue;
    const [below, at] = [flow, { task, step: step++, pure }];
    flow = (observe) => through(link, parent, operation, below, { ...at, observe });
    pure &&= operation.callsBack !== true;
  }
  yield* flow(o.observe);
}

/** A view without the rest of its batch: few rows of many would hold all of them. */
function released(view: TableView): TableView {
  const length = viewLength(view);
  if (length * 2 > view.table.length) return view;
  const rows = Array.from({ length }, (_, k) => view.table.row(viewIndex(view, k)));
  return { table: new RowsTable(rows, view.table.columnNames), indices: null };
}

/** The rows of a chain as one table; those that a filter leaves out may be missing. */
export async function collectViews(relation: Relation, task: RunningTask, filter: ScanFilter): Promise<CatalogTable> {
  const { boxes, interval } = filter;
  const views: TableView[] = [];
  const wanted = (table: CatalogTable, i: number): boolean =>
    (!interval || ((table.starts[i] ?? NaN) <= interval.end && (table.ends[i] ?? NaN) >= interval.start)) &&
    (!boxes || boxes.some((box) => boxesTouch(boxAt(table, i), box)));
  for await (const view of streamViews(relation, task, filter)) {
    await view.table.prepare?.(task);
    const kept = boxes || interval ? filterView(view, (i) => wanted(view.table, i)) : view;
    if (viewLength(kept) > 0) views.push(released(kept));
  }
  return concatViews(views, relation.columnNames);
}
