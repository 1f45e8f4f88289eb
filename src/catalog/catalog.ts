/** The catalog of both engines: a lazy chain of operations over a source of rows (`catalog.md` §1). */
import {
  ArgumentError,
  CatalogError,
  checkOptionNames,
  DISPLAY_METHOD,
  displayObject,
  durationMicros,
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
import { rowsSource } from './engines/memory/memory-source.js';
import { explainRelation } from './explain.js';
import { groupCatalog } from './groups.js';
import { inPeriod } from './operations/row-operations.js';
import type { Operation } from './operations/operation.js';
import {
  differenceOperation,
  identityDifference,
  intersectOperation,
  nearestOperation,
} from './operations/pair-operations.js';
import { queryOperation, strideOperation } from './operations/query.js';
import { addColumn, padIntervals, whereExpression, whereFunction } from './operations/row-operations.js';
import { unionOperation } from './operations/union.js';
import { Relation } from './relation.js';
import { BATCHES, VIEW_NOW } from './rows-now.js';
import { catalogSlices } from './slices.js';
import type { CatalogFacts, RowSource, TableView } from './table.js';
import { viewBounds, viewExtent, viewIndex, viewLength } from './table-view.js';
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
import { writeCatalog } from './write-catalog.js';

/** Key under which a derived catalog names the one that was built or opened: loaders keep open files by it. */
export const ROOT = Symbol.for('nadir.root');
/** Key under which a root holds what to do on `dispose`: loaders close their files. */
const ON_DISPOSE = Symbol.for('nadir.onDispose');
/** Key of a catalog's chain of operations. */
const RELATION = Symbol.for('nadir.catalog.relation');
/** Rows between two looks at the signal. */
const ABORT_STRIDE = 1024;

function relationOf(other: GeoCatalog, what: string): Relation {
  const given: unknown = other;
  if (typeof given === 'object' && given !== null && RELATION in given) {
    // SAFETY: only catalogs of this library have this key.
    return given[RELATION] as Relation;
  }
  throw new ArgumentError('not-a-catalog', `${what} takes another catalog; got ${JSON.stringify(other)}.`);
}

function checkBoolean(value: unknown, what: string, name: string): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new ArgumentError('bad-option', `${what}: ${name} is true or false; got ${JSON.stringify(value)}.`);
}

function checkChoice<T extends string>(value: T, choices: readonly T[], what: string, name: string): void {
  if (!choices.includes(value))
    throw new ArgumentError(
      'bad-option',
      `${what}: ${name} is one of ${choices.join(', ')}; got ${JSON.stringify(value)}.`,
    );
}

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
      yield* this.#relation.batches(task);
    } finally {
      task.end();
    }
  }
  /** One line for lists of variables; counts rows only where that costs nothing. */
  toString(): string {
    const cheap = this.#relation.operations.every((o) => !o.other && o.callsBack !== true);
    const view = cheap ? this.#relation.now() : null;
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

  intersect(other: GeoCatalog, o: { readonly spatialOnly?: boolean } = {}): Catalog {
    checkOptionNames('intersect', o, ['spatialOnly']);
    checkBoolean(o.spatialOnly, 'intersect', 'spatialOnly');
    return this.#with(intersectOperation(this.crs, relationOf(other, 'intersect'), o.spatialOnly ?? false));
  }

  difference(
    other: GeoCatalog,
    o: { readonly spatialOnly?: boolean; readonly by?: 'overlap' | 'identity' } = {},
  ): Catalog {
    checkOptionNames('difference', o, ['spatialOnly', 'by']);
    checkBoolean(o.spatialOnly, 'difference', 'spatialOnly');
    const by = o.by ?? 'overlap';
    checkChoice(by, ['overlap', 'identity'], 'difference', 'by');
    const relation = relationOf(other, 'difference');
    if (by === 'overlap') return this.#with(differenceOperation(this.crs, relation, o.spatialOnly ?? false));
    if (o.spatialOnly === true)
      throw new ArgumentError('contradiction', 'difference by identity compares no space; leave spatialOnly out.');
    return this.#with(identityDifference(relation));
  }

  union(other: GeoCatalog, o: { readonly dedupe?: 'none' | 'exact'; readonly force?: boolean } = {}): Catalog {
    checkOptionNames('union', o, ['dedupe', 'force']);
    checkBoolean(o.force, 'union', 'force');
    const dedupe = o.dedupe ?? 'none';
    checkChoice(dedupe, ['none', 'exact'], 'union', 'dedupe');
    const relation = relationOf(other, 'union');
    if (other.backend !== this.backend && o.force !== true)
      throw new CatalogError(
        'different-backends',
        `A ${this.backend} catalog and a ${other.backend} catalog are not united.`,
        { hint: `Pass { force: true } to take all rows for ${this.backend} files.` },
      );
    return this.#with(unionOperation(this.crs, relation, dedupe));
  }

  nearestInTime(
    other: GeoCatalog,
    o: { readonly maxGap: Duration; readonly direction?: 'both' | 'before' | 'after'; readonly oneToOne?: boolean },
  ): Catalog {
    checkOptionNames('nearestInTime', o, ['maxGap', 'direction', 'oneToOne']);
    checkBoolean(o.oneToOne, 'nearestInTime', 'oneToOne');
    const direction = o.direction ?? 'both';
    checkChoice(direction, ['both', 'before', 'after'], 'nearestInTime', 'direction');
    const given: unknown = o.maxGap;
    const maxGapMicros = typeof given === 'object' && given !== null ? durationMicros(o.maxGap) : NaN;
    if (!Number.isSafeInteger(maxGapMicros) || maxGapMicros < 0)
      throw new ArgumentError(
        'bad-duration',
        `nearestInTime needs maxGap of at least 0; got ${JSON.stringify(given)}.`,
        {
          hint: 'Write e.g. { maxGap: { days: 3 } }.',
        },
      );
    const options = { maxGapMicros, direction, oneToOne: o.oneToOne ?? false };
    return this.#with(nearestOperation(this.crs, relationOf(other, 'nearestInTime'), options));
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
  async #fold<T>(task: RunningTask, start: T, fn: (soFar: T, view: TableView) => T): Promise<T> {
    let answer = start;
    for await (const view of this.#relation.batches(task)) answer = fn(answer, view);
    return answer;
  }

  /** What the source knows without reading rows; null for derived catalogs. */
  async #summary(task: RunningTask): Promise<Awaited<ReturnType<RowSource['summary']>> | null> {
    return this.#relation.operation ? null : this.#relation.source.summary(task.signal ? { signal: task.signal } : {});
  }

  count(o: LongTask = {}): Promise<number> {
    return this.#ask(
      o,
      async (task) => (await this.#summary(task))?.count ?? this.#fold(task, 0, (n, view) => n + viewLength(view)),
    );
  }

  totalBounds(o: LongTask = {}): Promise<Bounds> {
    return this.#ask(
      o,
      async (task) =>
        (await this.#summary(task))?.bounds ??
        this.#fold<Bounds>(task, [NaN, NaN, NaN, NaN], (total, view) => around(total, viewBounds(view))),
    );
  }

  temporalExtent(o: LongTask = {}): Promise<Interval | null> {
    return this.#ask(o, async (task) => {
      const summary = await this.#summary(task);
      if (summary) return summary.extent;
      return this.#fold<Interval | null>(task, null, (total, view) => spanning(total, viewExtent(view)));
    });
  }

  async *rows(o: LongTask = {}): AsyncGenerator<CatalogRow> {
    const task = startTask('Reading catalog', o);
    try {
      task.throwIfAborted();
      for await (const view of this.#relation.batches(task)) {
        const length = viewLength(view);
        for (let k = 0; k < length; k++) {
          if (k % ABORT_STRIDE === 0) task.throwIfAborted();
          yield view.table.row(viewIndex(view, k));
        }
      }
    } finally {
      task.end();
    }
  }

  toArray(o: LongTask = {}): Promise<readonly CatalogRow[]> {
    return this.#ask(o, (task) =>
      this.#fold<CatalogRow[]>(task, [], (rows, view) => {
        const length = viewLength(view);
        for (let k = 0; k < length; k++) rows.push(view.table.row(viewIndex(view, k)));
        return rows;
      }),
    );
  }

  slices(o: { readonly resolution?: Resolution | number } = {}): AsyncIterable<GeoSlice> {
    checkOptionNames('slices', o, ['resolution']);
    return catalogSlices(this, o.resolution);
  }

  async toGeoParquet(path: string, o: WriteOptions = {}): Promise<WriteReport> {
    return writeCatalog(path, await this.toArray(o.signal ? { signal: o.signal } : {}), this.#facts, o);
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

function around(a: Bounds, b: Bounds): Bounds {
  if (Number.isNaN(a[0])) return b;
  if (Number.isNaN(b[0])) return a;
  return [Math.min(a[0], b[0]), Math.min(a[1], b[1]), Math.max(a[2], b[2]), Math.max(a[3], b[3])];
}

function spanning(a: Interval | null, b: Interval | null): Interval | null {
  return a && b ? { start: Math.min(a.start, b.start), end: Math.max(a.end, b.end) } : (a ?? b);
}

/** The catalog of rows in memory, in their order. The row objects are kept as they are. */
export function memoryCatalog(rows: readonly CatalogRow[], facts: CatalogFacts): Catalog {
  return Catalog.of(rowsSource(rows, facts));
}

/** The catalog of a source, which `dispose` closes. */
export function catalogOf(source: RowSource): Catalog {
  return Catalog.of(source);
}
