/** The catalog of both engines: a lazy chain of operations over a source of rows (`catalog.md` §1). */
import {
  ArgumentError,
  checkOptionNames,
  DISPLAY_METHOD,
  displayObject,
  KIND,
  startTask,
  type Bounds,
  type Crs,
  type Duration,
  type GeoSlice,
  type Interval,
  type LongTask,
  type Resolution,
  type RunningTask,
} from '../core/index.js';
import { prepareQuery } from './area.js';
import {
  checkChoice,
  checkedDifference,
  checkedIntersect,
  checkedNearest,
  checkedUnion,
  RELATION,
  type DifferenceOptions,
  type IntersectOptions,
  type NearestInTimeOptions,
  type UnionOptions,
} from './set-arguments.js';
import { rowsSource } from './engines/memory/memory-source.js';
import { explainRelation, INSPECT } from './explain.js';
import { groupCatalog } from './groups.js';
import type { Operation } from './operations/operation.js';
import { queryOperation, strideOperation } from './operations/query.js';
import { addColumn, inPeriod, padIntervals, whereExpression, whereFunction } from './operations/row-operations.js';
import { Relation } from './relation.js';
import { BATCHES, VIEW_NOW } from './rows-now.js';
import { catalogSlices } from './slices.js';
import { sqlExtrasOf, type Aggregate, type SqlParams, type SqlRow } from './sql.js';
import type { CatalogFacts, RowSource, TableView } from './table.js';
import { around, spanning, viewBounds, viewExtent, viewLength } from './table-view.js';
import { appendRows, readied, rowByRow } from './turns.js';
import type {
  CatalogBackend,
  CatalogConfig,
  CatalogGroup,
  CatalogRow,
  Explanation,
  GeoCatalog,
  QueryOptions,
  Scalar,
  WriteOptions,
  WriteReport,
} from './types.js';
import { writeViews } from './stored/write-catalog.js';

/** Key under which a derived catalog names the one that was built or opened: loaders keep open files by it. */
export const ROOT = Symbol.for('nadir.root');
/** Key under which a root holds what to do on `dispose`: loaders close their files. */
const ON_DISPOSE = Symbol.for('nadir.onDispose');

/** A catalog of either engine. Deriving shares its source; nothing is ever changed in place. */
export class Catalog implements GeoCatalog {
  readonly #relation: Relation;
  readonly #facts: CatalogFacts;
  readonly #root: Catalog;
  readonly #onDispose = new Set<() => Promise<void>>();

  private constructor(relation: Relation, root: Catalog | null) {
    this.#relation = relation;
    this.#facts = relation.source.facts;
    this.#root = root ?? this;
  }

  /** The root catalog of a source. */
  static of(source: RowSource): Catalog {
    return new Catalog(Relation.of(source), null);
  }

  get backend(): CatalogBackend {
    return this.#facts.backend;
  }
  get engine(): 'memory' | 'duckdb' {
    return this.#relation.source.engine;
  }
  get crs(): Crs {
    return this.#facts.crs;
  }
  get targetResolution(): Resolution | null {
    return this.#facts.targetResolution;
  }
  get config(): CatalogConfig {
    return this.#facts.config;
  }
  get [KIND](): 'catalog' {
    return 'catalog';
  }
  get [ON_DISPOSE](): Set<() => Promise<void>> {
    return this.#root.#onDispose;
  }
  get [ROOT](): Catalog {
    return this.#root;
  }
  get [RELATION](): Relation {
    return this.#relation;
  }
  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }
  [VIEW_NOW](): TableView | null {
    return this.#relation.now();
  }
  async *[BATCHES](o: LongTask): AsyncGenerator<TableView> {
    const task = startTask('Reading catalog', o);
    try {
      task.throwIfAborted();
      yield* readied(this.#relation.batches(task), task);
    } finally {
      task.end();
    }
  }
  /** What `console.log` shows. */
  [INSPECT](): string {
    return this.toString();
  }
  /** One line for lists of variables; never waits or throws, and counts rows only where that costs next to nothing. */
  toString(): string {
    const view = this.#relation.glance();
    if (!view) return `${this.backend} catalog, ${this.crs.canonical}`;
    const length = viewLength(view);
    return `${length} ${this.backend} ${length === 1 ? 'row' : 'rows'}, ${this.crs.canonical}`;
  }

  #with(operation: Operation): Catalog {
    return new Catalog(this.#relation.with(operation), this.#root);
  }

  query(target: GeoSlice | QueryOptions): Catalog {
    const query = prepareQuery(target, this.crs);
    let relation = this.#relation;
    if (query.areas || query.interval) relation = relation.with(queryOperation(query, this.crs));
    if (query.tStep > 1) relation = relation.with(strideOperation(query.tStep));
    return new Catalog(relation, this.#root);
  }

  where(
    predicate: string | ((row: CatalogRow) => boolean),
    params: Readonly<Record<string, Scalar | readonly Scalar[]>> = {},
  ): Catalog {
    if (typeof predicate === 'function') return this.#with(whereFunction(predicate));
    const given: unknown = predicate;
    if (typeof given === 'string') return this.#with(whereExpression(given, params, this.#relation.columnNames));
    throw new ArgumentError('bad-predicate', `where takes an expression or a function; got ${JSON.stringify(given)}.`);
  }

  withColumn(name: string, value: (row: CatalogRow) => Scalar): Catalog {
    return this.#with(addColumn(name, value));
  }

  withIntervalPadding(by: Duration): Catalog {
    return this.#with(padIntervals(by));
  }

  intersect(other: GeoCatalog, o: IntersectOptions = {}): Catalog {
    return this.#with(checkedIntersect(this, other, o));
  }

  difference(other: GeoCatalog, o: DifferenceOptions = {}): Catalog {
    return this.#with(checkedDifference(this, other, o));
  }

  union(other: GeoCatalog, o: UnionOptions = {}): Catalog {
    return this.#with(checkedUnion(this, other, o));
  }

  nearestInTime(other: GeoCatalog, o: NearestInTimeOptions): Catalog {
    return this.#with(checkedNearest(this, other, o));
  }

  groupBy(by: 'day' | 'month' | 'year', o: LongTask = {}): AsyncIterable<CatalogGroup> {
    checkChoice(by, ['day', 'month', 'year'], 'groupBy', 'by');
    const derive = (key: string, interval: Interval | null, known: Uint32Array | null): Catalog =>
      this.#with(inPeriod(key, interval, known));
    return groupCatalog(this.#relation, by, derive, startTask('Grouping catalog', o));
  }

  explain(o: LongTask = {}): Promise<Explanation> {
    return this.#ask(o, (task) => explainRelation(this.#relation, task));
  }

  /** Runs a task, which rejects when it is cancelled. */
  async #ask<T>(o: LongTask, fn: (task: RunningTask) => Promise<T>): Promise<T> {
    const task = startTask('Reading catalog', o);
    try {
      task.throwIfAborted();
      return await fn(task);
    } finally {
      task.end();
    }
  }

  /** Folds all batches into an answer. */
  async #fold<T>(views: AsyncIterable<TableView>, start: T, fn: (soFar: T, view: TableView) => T): Promise<T> {
    let answer = start;
    for await (const view of views) answer = fn(answer, view);
    return answer;
  }

  /** What the source knows without reading rows; null for derived catalogs. */
  async #summary(task: RunningTask): Promise<Awaited<ReturnType<RowSource['summary']>> | null> {
    return this.#relation.operation ? null : this.#relation.source.summary(task.signal ? { signal: task.signal } : {});
  }

  count(o: LongTask = {}): Promise<number> {
    return this.#ask(
      o,
      async (task) =>
        (await this.#summary(task))?.count ??
        this.#fold(this.#relation.batches(task), 0, (n, view) => n + viewLength(view)),
    );
  }

  totalBounds(o: LongTask = {}): Promise<Bounds> {
    return this.#ask(
      o,
      async (task) =>
        (await this.#summary(task))?.bounds ??
        this.#fold<Bounds>(readied(this.#relation.batches(task), task), [NaN, NaN, NaN, NaN], (total, view) =>
          around(total, viewBounds(view)),
        ),
    );
  }

  temporalExtent(o: LongTask = {}): Promise<Interval | null> {
    return this.#ask(o, async (task) => {
      const summary = await this.#summary(task);
      if (summary) return summary.extent;
      const views = this.#relation.batches(task);
      return this.#fold<Interval | null>(views, null, (total, view) => spanning(total, viewExtent(view)));
    });
  }

  async *rows(o: LongTask = {}): AsyncGenerator<CatalogRow> {
    const task = startTask('Reading catalog', o);
    try {
      task.throwIfAborted();
      for await (const view of readied(this.#relation.batches(task), task)) yield* rowByRow(view, task);
    } finally {
      task.end();
    }
  }

  toArray(o: LongTask = {}): Promise<readonly CatalogRow[]> {
    return this.#ask(o, async (task) => {
      const rows: CatalogRow[] = [];
      for await (const view of readied(this.#relation.batches(task), task)) await appendRows(rows, view, task);
      return rows;
    });
  }

  slices(o: { readonly resolution?: Resolution | number } = {}): AsyncIterable<GeoSlice> {
    checkOptionNames('slices', o, ['resolution']);
    return catalogSlices(this, o.resolution);
  }

  toGeoParquet(path: string, o: WriteOptions = {}): Promise<WriteReport> {
    return writeViews(path, this[BATCHES](o.signal ? { signal: o.signal } : {}), this.#facts, o);
  }

  sql(body: string, params: SqlParams = {}, o: LongTask = {}): Promise<readonly SqlRow[]> {
    return sqlExtrasOf(this.#relation).sql(body, params, o);
  }
  aggregate(spec: Aggregate, o: LongTask = {}): Promise<readonly SqlRow[]> {
    return sqlExtrasOf(this.#relation).aggregate(spec, o);
  }

  /**
   * Closes the files that loads hold open, and the source. A derived catalog leaves them to its root, which others may
   * use too. A catalog in memory stays usable: its rows go with the last catalog that uses them.
   */
  async dispose(): Promise<void> {
    if (this.#root !== this) return;
    const actions = [...this.#onDispose];
    this.#onDispose.clear();
    await Promise.all(actions.map((act) => act()));
    await this.#relation.source.close();
  }
}

/** The catalog of rows in memory, in their order. The row objects are kept as they are. */
export function memoryCatalog(rows: readonly CatalogRow[], facts: CatalogFacts): Catalog {
  return Catalog.of(rowsSource(rows, facts));
}

/** The catalog of a source, which `dispose` closes. */
export function catalogOf(source: RowSource): Catalog {
  return Catalog.of(source);
}
