/** Tables of pairs: left rows with the columns of their right partners (`catalog.md` §5, §6). */
import { formatTime, type Interval, type RunningTask } from '../../core/index.js';
import type { RowPairs } from '../algebra/index.js';
import { rowAt, type CatalogTable } from '../table.js';
import type { CatalogRow, MultiPolygon, Polygon, Scalar } from '../types.js';
import { SelectedTable } from './derived-table.js';

/** Facts of a right row that travel beside its columns. */
const RIGHT_FACTS = ['id', 'filepath', 'start_time', 'end_time'] as const;

/** What names of right columns begin with: `_right_`, or `_right2_` … where the left rows are pairs themselves. */
export function rightPrefix(left: readonly string[]): string {
  for (let n = 1; ; n++) {
    const prefix = n === 1 ? '_right_' : `_right${n}_`;
    if (!left.some((name) => name.startsWith(prefix))) return prefix;
  }
}

/** Names of the columns of pairs. */
export function pairColumns(left: readonly string[], right: readonly string[]): readonly string[] {
  const prefix = rightPrefix(left);
  return [...left, ...RIGHT_FACTS.map((n) => prefix + n), ...right.map((n) => prefix + n)];
}

const timeText = (t: number | undefined): string | null => (t === undefined ? null : formatTime(t));

/** Left rows, some maybe several times, each with the columns of a right row. */
export class PartnerTable extends SelectedTable {
  protected readonly other: CatalogTable;
  protected readonly partners: Uint32Array;
  readonly #names: readonly string[];
  /** Getters of the columns of the right side, by their names here. */
  readonly #getters: ReadonlyMap<string, (j: number) => Scalar>;

  constructor(
    left: CatalogTable,
    right: CatalogTable,
    pairs: { readonly left: Uint32Array; readonly right: Uint32Array },
  ) {
    super(left, pairs.left);
    this.other = right;
    this.partners = pairs.right;
    const prefix = rightPrefix(left.columnNames);
    this.#names = pairColumns(left.columnNames, right.columnNames);
    this.#getters = new Map<string, (j: number) => Scalar>([
      [`${prefix}id`, (j) => right.id(j)],
      [`${prefix}filepath`, (j) => right.filepath(j)],
      [`${prefix}start_time`, (j) => timeText(right.interval(j)?.start)],
      [`${prefix}end_time`, (j) => timeText(right.interval(j)?.end)],
      ...right.columnNames.map((n) => [prefix + n, (j: number) => right.value(n, j)] as const),
    ]);
  }
  override async prepare(task: RunningTask): Promise<void> {
    await super.prepare(task);
    await this.other.prepare?.(task);
  }
  protected partner(k: number): number {
    // SAFETY: callers ask for rows in range.
    return this.partners[k] as number;
  }
  override get columnNames(): readonly string[] {
    return this.#names;
  }
  override value(name: string, k: number): Scalar {
    const get = this.#getters.get(name);
    return get ? get(this.partner(k)) : super.value(name, k);
  }
  override row(k: number): CatalogRow {
    return rowAt(this, k);
  }
}

/** The rows of an intersect: common part and common time of each pair. */
export class PairTable extends PartnerTable {
  readonly #pairs: RowPairs;

  constructor(left: CatalogTable, right: CatalogTable, pairs: RowPairs) {
    super(left, right, pairs);
    this.#pairs = pairs;
  }
  override async prepare(task: RunningTask): Promise<void> {
    await super.prepare(task);
    await this.#pairs.measure(task);
  }
  /** The left row of each pair, ascending. */
  get leftRows(): Uint32Array {
    return this.#pairs.left;
  }
  override get boxes(): Float64Array {
    return this.#pairs.boxes;
  }
  override get boxed(): Uint8Array {
    return this.#pairs.boxed;
  }
  override get starts(): Float64Array {
    return this.#pairs.starts;
  }
  override get ends(): Float64Array {
    return this.#pairs.ends;
  }
  override id(k: number): string {
    return `${super.id(k)}__${this.other.id(this.partner(k))}`;
  }
  override geometry(k: number): Polygon | MultiPolygon {
    return this.#pairs.geometry(k);
  }
  override wkb(k: number): Uint8Array {
    return this.#pairs.wkb(k);
  }
  override interval(k: number): Interval | null {
    return this.#pairs.interval(k);
  }
}

/** The rows of nearestInTime: left rows as they are, with partner and gap. */
export class NearestTable extends PartnerTable {
  readonly #gaps: Float64Array;
  readonly #columnNames: readonly string[];

  constructor(
    left: CatalogTable,
    right: CatalogTable,
    pairs: { readonly left: Uint32Array; readonly right: Uint32Array; readonly gap: Float64Array },
  ) {
    super(left, right, pairs);
    this.#gaps = pairs.gap;
    this.#columnNames = nearestColumns(left.columnNames, right.columnNames);
  }
  override get columnNames(): readonly string[] {
    return this.#columnNames;
  }
  override value(name: string, k: number): Scalar {
    return name === '_gap' ? (this.#gaps[k] ?? null) : super.value(name, k);
  }
}

/** Names of the columns that nearestInTime gives. */
export function nearestColumns(left: readonly string[], right: readonly string[]): readonly string[] {
  return [...pairColumns(left, right).filter((name) => name !== '_gap'), '_gap'];
}
