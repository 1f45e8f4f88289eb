/** The catalog engine that holds its rows in memory (`catalog.md` §1). */
import {
  ArgumentError,
  CatalogError,
  DISPLAY_METHOD,
  displayObject,
  durationMicros,
  envelope,
  GeoSlice,
  KIND,
  padInterval,
  startTask,
  warn,
  type Bounds,
  type Crs,
  type Duration,
  type Interval,
  type LongTask,
  type Resolution,
} from '../../../core/index.js';
import { prepareQuery } from '../../area.js';
import { compileExpression } from '../../expression.js';
import { checkColumnName, FACT_NAMES, rowFacts } from '../../row-facts.js';
import { ROWS_NOW } from '../../rows-now.js';
import { sliceResolution } from '../../resolution.js';
import type {
  CatalogBackend,
  CatalogConfig,
  CatalogRow,
  GeoCatalog,
  QueryOptions,
  Scalar,
  WriteOptions,
  WriteReport,
} from '../../types.js';
import { writeCatalog } from '../../write-catalog.js';
import { findRows, SpatialIndex, strideTimes } from './find.js';
import { RowStore } from './row-store.js';

/** Key under which a derived catalog names the one that was built or opened: loaders keep open files by it. */
export const ROOT = Symbol.for('nadir.root');
/** Key under which a root holds what to do on `dispose`: loaders close their files. */
const ON_DISPOSE = Symbol.for('nadir.onDispose');
/** Rows between two looks at the signal. */
const ABORT_STRIDE = 1024;

/** What all catalogs derived from one have in common. */
export interface CatalogFacts {
  readonly backend: CatalogBackend;
  readonly crs: Crs;
  readonly targetResolution: Resolution | null;
  readonly config: CatalogConfig;
}

/** A catalog whose rows are in memory. Deriving shares them; nothing is ever changed in place. */
export class MemoryCatalog implements GeoCatalog {
  readonly engine = 'memory';
  readonly #facts: CatalogFacts;
  readonly #store: RowStore;
  /** Rows of the store that belong to this catalog, ascending. */
  readonly #indices: Uint32Array;
  readonly #index: SpatialIndex;
  readonly #root: MemoryCatalog;
  readonly #onDispose = new Set<() => Promise<void>>();

  private constructor(facts: CatalogFacts, store: RowStore, indices: Uint32Array, root: MemoryCatalog | null) {
    this.#facts = facts;
    this.#store = store;
    this.#indices = indices;
    this.#index = new SpatialIndex(store, indices);
    this.#root = root ?? this;
  }

  /** A catalog of rows, in their order. */
  static of(rows: readonly CatalogRow[], facts: CatalogFacts): MemoryCatalog {
    return MemoryCatalog.#over(rows, facts, null);
  }

  static #over(rows: readonly CatalogRow[], facts: CatalogFacts, root: MemoryCatalog | null): MemoryCatalog {
    return new MemoryCatalog(facts, new RowStore(rows), Uint32Array.from(rows.keys()), root);
  }

  get backend(): CatalogBackend {
    return this.#facts.backend;
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
  get [ROOT](): MemoryCatalog {
    return this.#root;
  }
  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }
  /** One line for lists of variables. */
  toString(): string {
    return `${this.#indices.length} ${this.backend} ${this.#indices.length === 1 ? 'row' : 'rows'}, ${this.crs.canonical}`;
  }
  [ROWS_NOW](): readonly CatalogRow[] {
    return Array.from(this.#indices, (i) => this.#store.row(i));
  }

  #derive(indices: Uint32Array): MemoryCatalog {
    return new MemoryCatalog(this.#facts, this.#store, indices, this.#root);
  }

  query(target: GeoSlice | QueryOptions): MemoryCatalog {
    const query = prepareQuery(target, this.crs);
    const found = findRows(this.#store, this.#indices, this.#index, query);
    if (found.length === 0 && query.bareBounds) this.#warnOfUnits(query.bareBounds);
    return this.#derive(strideTimes(this.#store, found, query.tStep));
  }

  /** Degrees against metres, or the reverse: such a box finds nothing and says nothing. */
  #warnOfUnits(bounds: Bounds): void {
    const total = this.#totalBounds();
    const misses = total[0] > bounds[2] || bounds[0] > total[2] || total[1] > bounds[3] || bounds[1] > total[3];
    if (!misses) return;
    const looksGeographic = inDegrees(bounds);
    if (looksGeographic === this.crs.isGeographic || looksGeographic === inDegrees(total)) return;
    const [seen, proposal] = looksGeographic
      ? ['degrees', "crs: 'EPSG:4326'"]
      : ['metres', "their crs, e.g. crs: 'EPSG:32631'"];
    warn(
      `The query bounds [${bounds.join(', ')}] miss the whole catalog and look like ${seen}, but the catalog is in ${this.crs.canonical}. Pass ${proposal} with them.`,
    );
  }

  where(
    predicate: string | ((row: CatalogRow) => boolean),
    params: Readonly<Record<string, Scalar | readonly Scalar[]>> = {},
  ): MemoryCatalog {
    if (typeof predicate !== 'string' && typeof predicate !== 'function') {
      throw new ArgumentError(
        'bad-predicate',
        `where takes an expression or a function; got ${JSON.stringify(predicate)}.`,
      );
    }
    if (typeof predicate === 'function')
      return this.#derive(this.#indices.filter((i) => predicate(this.#store.row(i))));
    const test = compileExpression(predicate, new Set([...FACT_NAMES, ...this.#store.columnNames]), params);
    return this.#derive(this.#indices.filter((i) => test(rowFacts(this.#store.row(i)))));
  }

  withColumn(name: string, value: (row: CatalogRow) => Scalar): MemoryCatalog {
    checkColumnName(name);
    return this.#mapRows((row) => {
      const scalar: unknown = value(row);
      if (scalar !== null && !['string', 'number', 'boolean'].includes(typeof scalar)) {
        throw new CatalogError(
          'bad-column-value',
          `Column ${name} got a value of type ${typeof scalar} for row ${row.id}; columns hold text, numbers, booleans or null.`,
        );
      }
      // SAFETY: checked just above.
      return { ...row, columns: { ...row.columns, [name]: scalar as Scalar } };
    });
  }

  withIntervalPadding(by: Duration): MemoryCatalog {
    const micros = durationMicros(by);
    if (!Number.isSafeInteger(micros))
      throw new ArgumentError('bad-duration', `The padding ${JSON.stringify(by)} is not a finite duration.`);
    return this.#mapRows((row) => {
      if (!row.interval) return row;
      if (row.interval.start - micros > row.interval.end + micros) {
        throw new ArgumentError(
          'inverted-interval',
          `Padding by ${micros / 1e6} s turns the interval of row ${row.id} around.`,
          { hint: 'Shorten the negative padding, or query first.' },
        );
      }
      return { ...row, interval: padInterval(row.interval, by) };
    });
  }

  #mapRows(fn: (row: CatalogRow) => CatalogRow): MemoryCatalog {
    return MemoryCatalog.#over(
      this[ROWS_NOW]().map((row) => Object.freeze(fn(row))),
      this.#facts,
      this.#root,
    );
  }

  count(o: LongTask = {}): Promise<number> {
    return this.#answer(o, () => this.#indices.length);
  }

  #totalBounds(): Bounds {
    return envelope(corners(this.#indices, this.#store));
  }

  totalBounds(o: LongTask = {}): Promise<Bounds> {
    return this.#answer(o, () => this.#totalBounds());
  }

  temporalExtent(o: LongTask = {}): Promise<Interval | null> {
    return this.#answer(o, () => {
      let [start, end] = [Infinity, -Infinity];
      for (const i of this.#indices) {
        const { interval } = this.#store.row(i);
        if (!interval) continue;
        start = Math.min(start, interval.start);
        end = Math.max(end, interval.end);
      }
      return start <= end ? { start, end } : null;
    });
  }

  /** Answers at once, as a promise that a cancelled task rejects. */
  async #answer<T>(o: LongTask, fn: () => T): Promise<T> {
    startTask('Reading catalog', o).throwIfAborted();
    return Promise.resolve(fn());
  }

  async *rows(o: LongTask = {}): AsyncGenerator<CatalogRow> {
    const task = startTask('Reading catalog', o);
    let seen = 0;
    for (const i of this.#indices) {
      if (seen++ % ABORT_STRIDE === 0) task.throwIfAborted();
      yield await Promise.resolve(this.#store.row(i));
    }
  }

  toArray(o: LongTask = {}): Promise<readonly CatalogRow[]> {
    return this.#answer(o, () => this[ROWS_NOW]());
  }

  async *slices(o: { readonly resolution?: Resolution | number } = {}): AsyncGenerator<GeoSlice> {
    for await (const row of this.rows()) {
      yield GeoSlice.create({
        bounds: row.bbox,
        resolution: sliceResolution(this, row, o.resolution),
        crs: this.crs,
        interval: row.interval,
      });
    }
  }

  toGeoParquet(path: string, o: WriteOptions = {}): Promise<WriteReport> {
    return writeCatalog(path, this[ROWS_NOW](), this.#facts, o);
  }

  /**
   * Closes the files that loads hold open. A derived catalog leaves them to its root, which others may use too. The
   * catalog stays usable: rows in memory go with the last catalog that uses them.
   */
  async dispose(): Promise<void> {
    if (this.#root !== this) return;
    const actions = [...this.#onDispose];
    this.#onDispose.clear();
    await Promise.all(actions.map((act) => act()));
  }
}

/** Whether all numbers of a box could be degrees. */
function inDegrees([xmin, ymin, xmax, ymax]: Bounds): boolean {
  return Math.max(Math.abs(xmin), Math.abs(xmax)) <= 360 && Math.max(Math.abs(ymin), Math.abs(ymax)) <= 90;
}

function* corners(indices: Uint32Array, store: RowStore): Generator<readonly [number, number]> {
  for (const i of indices) {
    const [xmin, ymin, xmax, ymax] = store.bounds(i);
    yield [xmin, ymin];
    yield [xmax, ymax];
  }
}
