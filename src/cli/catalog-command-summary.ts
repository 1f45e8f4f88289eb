/** What rows have in common and how they are spread, counted over columns: no object per row. */
import { formatTime, MICROS_PER_DAY, type Bounds, type LongTask } from '../core/index.js';
import { catalogBatches } from '../catalog/rows-now.js';
import { viewIndex, viewLength } from '../catalog/table-view.js';
import { STORED, StoredTable } from '../catalog/stored/stored-table.js';
import type { CatalogTable } from '../catalog/table.js';
import type { GeoCatalog } from '../catalog/types.js';
import { Coverage, type CoverageFacts } from './catalog-command-coverage.js';

export type Counts = Readonly<Record<string, number>>;

/** Days that no row covers, between two that rows cover. */
export interface Gap {
  readonly from: string;
  readonly to: string;
  readonly days: number;
}

export interface CatalogSummary {
  readonly rows: number;
  readonly static: number;
  readonly bounds: Bounds | null;
  readonly start: string | null;
  readonly end: string | null;
  readonly columns: readonly string[];
  readonly nativeCrs: Counts;
  /** Rows that have a band of this name. */
  readonly bands: Counts;
  readonly dtypes: Counts;
  /** Rows without header facts. */
  readonly withoutGrid: number;
  /** Rows by the year and month in which they start. */
  readonly years: Counts;
  readonly months: Counts;
  readonly gaps: { readonly count: number; readonly longest: readonly Gap[] };
  /** Rows whose file, layer and asset an earlier row has. */
  readonly duplicates: { readonly rows: number; readonly files: readonly string[] };
  readonly coverage: CoverageFacts | null;
}

/** Gaps and duplicates that are named. */
const SHOWN = 5;
/** Rows between two looks at the signal. */
const ABORT_STRIDE = 4096;

class Tally<K> {
  readonly #counts = new Map<K, number>();
  add(key: K): void {
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
  /** By name, the most frequent first. */
  counts(name: (key: K) => string): Counts {
    const all = [...this.#counts].map(([key, n]): [string, number] => [name(key), n]);
    return Object.fromEntries(all.sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)));
  }
}

/** Rows by day: how many start on it, and how many lie over it. */
class Days {
  readonly #first: number;
  readonly #starts: Int32Array;
  /** Change of the number of rows from one day to the next. */
  readonly #change: Int32Array;

  constructor(start: number, end: number) {
    this.#first = Math.floor(start / MICROS_PER_DAY);
    const length = Math.floor(end / MICROS_PER_DAY) - this.#first + 1;
    this.#starts = new Int32Array(length);
    this.#change = new Int32Array(length + 1);
  }

  add(start: number, end: number): void {
    const [from, to] = [
      Math.floor(start / MICROS_PER_DAY) - this.#first,
      Math.floor(end / MICROS_PER_DAY) - this.#first,
    ];
    this.#starts[from] = (this.#starts[from] ?? 0) + 1;
    this.#change[from] = (this.#change[from] ?? 0) + 1;
    this.#change[to + 1] = (this.#change[to + 1] ?? 0) - 1;
  }

  #name(day: number): string {
    return formatTime((day + this.#first) * MICROS_PER_DAY).slice(0, 10);
  }

  /** Rows by the first `length` characters of the day on which they start, in time order. */
  startsBy(length: 4 | 7): Counts {
    const counts: Record<string, number> = {};
    this.#starts.forEach((n, day) => {
      if (n === 0) return;
      const key = this.#name(day).slice(0, length);
      counts[key] = (counts[key] ?? 0) + n;
    });
    return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));
  }

  gaps(): CatalogSummary['gaps'] {
    const all: { readonly from: number; readonly to: number }[] = [];
    let open = 0;
    let begun = -1;
    for (let day = 0; day < this.#starts.length; day++) {
      open += this.#change[day] ?? 0;
      if (open === 0 && begun < 0) begun = day;
      if (open > 0 && begun >= 0) {
        all.push({ from: begun, to: day - 1 });
        begun = -1;
      }
    }
    const longest = [...all].sort((a, b) => b.to - b.from - (a.to - a.from) || a.from - b.from).slice(0, SHOWN);
    return {
      count: all.length,
      longest: longest.map(({ from, to }) => ({ from: this.#name(from), to: this.#name(to), days: to - from + 1 })),
    };
  }
}

/** What makes a row the same piece of data as another: file, layer, asset. */
function identity(table: CatalogTable): (i: number) => string {
  const names = ['layer', 'asset_key'].filter((n) => table.columnNames.includes(n));
  return (i) => names.reduce((text, name) => `${text}\n${String(table.value(name, i) ?? '')}`, table.filepath(i));
}

interface GridFacts {
  readonly dtype: string | null;
  readonly bands: readonly unknown[];
}

/** Data type and bands of a row; of stored rows without making up the whole grid, whose lists are slow to decode. */
function gridFacts(table: CatalogTable): (i: number) => GridFacts | null {
  if (!(table instanceof StoredTable)) {
    return (i) => {
      const native = table.native(i);
      return native && { dtype: native.dtype, bands: native.bandNames };
    };
  }
  const [dtype, count, bands] = ['dtype', 'n_bands', 'band_names'].map((name) => table[STORED].column(name));
  return (i) => {
    const type = dtype?.get(i);
    if (typeof type !== 'string' && typeof count?.get(i) !== 'number') return null;
    const names = bands?.get(i);
    return { dtype: typeof type === 'string' ? type : null, bands: Array.isArray(names) ? names : [] };
  };
}

/**
 * The summary of a catalog, in one pass over its columns.
 *
 * @throws what evaluating the catalog throws; the signal's reason when cancelled.
 */
export async function summarise(catalog: GeoCatalog, o: LongTask): Promise<CatalogSummary> {
  const extent = await catalog.temporalExtent(o);
  const bounds = await catalog.totalBounds(o);
  const isEmpty = !bounds.every(Number.isFinite);
  const days = extent && new Days(extent.start, extent.end);
  const coverage = isEmpty ? null : new Coverage(bounds, catalog.crs);
  const [crs, bands, dtypes] = [new Tally<unknown>(), new Tally<string>(), new Tally<string>()];
  const columns = new Set<string>();
  const seen = new Set<string>();
  const repeated = new Set<string>();
  let [rows, dateless, gridless, duplicates] = [0, 0, 0, 0];
  for await (const view of catalogBatches(catalog, o)) {
    const { table } = view;
    for (const name of table.columnNames) columns.add(name);
    const [key, grid] = [identity(table), gridFacts(table)];
    const length = viewLength(view);
    for (let k = 0; k < length; k++) {
      if (k % ABORT_STRIDE === 0) o.signal?.throwIfAborted();
      const i = viewIndex(view, k);
      rows++;
      const [start, end] = [table.starts[i] ?? -Infinity, table.ends[i] ?? Infinity];
      if (start === -Infinity) dateless++;
      else days?.add(start, end);
      coverage?.add(table.boxes, i * 4);
      crs.add(table.crs(i));
      const facts = grid(i);
      if (facts) {
        if (facts.dtype !== null) dtypes.add(facts.dtype);
        for (const band of facts.bands) if (typeof band === 'string') bands.add(band);
      } else gridless++;
      const file = key(i);
      if (seen.has(file)) {
        duplicates++;
        if (repeated.size < SHOWN) repeated.add(table.filepath(i));
      } else seen.add(file);
    }
  }
  return {
    rows,
    static: dateless,
    bounds: isEmpty ? null : bounds,
    start: extent && formatTime(extent.start),
    end: extent && formatTime(extent.end),
    columns: [...columns],
    nativeCrs: crs.counts(String),
    bands: bands.counts(String),
    dtypes: dtypes.counts(String),
    withoutGrid: gridless,
    years: days?.startsBy(4) ?? {},
    months: days?.startsBy(7) ?? {},
    gaps: days?.gaps() ?? { count: 0, longest: [] },
    duplicates: { rows: duplicates, files: [...repeated] },
    coverage: coverage?.facts() ?? null,
  };
}
