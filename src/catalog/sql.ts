/** SQL beside a catalog: what the DuckDB engine adds to the interface of both (`catalog.md` §8). */
import { CatalogError, type LongTask } from '../core/index.js';
import type { Relation } from './relation.js';
import type { Scalar } from './types.js';

/** Values of `$name` in a SELECT. */
export type SqlParams = Readonly<Record<string, Scalar>>;
/** A row of a result: scalars, ISO strings for times, arrays and objects for lists and structs, bytes for BLOBs. */
export type SqlRow = Readonly<Record<string, unknown>>;

/** One number per group. */
export interface Measure {
  readonly fn: 'count' | 'sum' | 'min' | 'max' | 'mean' | 'distinct';
  /** Needed for all but `count`, which then counts rows. */
  readonly column?: string;
}

/** Sums by group: `{ by: ['eo:platform', { period: 'month' }], measures: { n: { fn: 'count' } }, where: 'cloud < 20' }`. */
export interface Aggregate {
  /** Columns, or the UTC period of the start. Default: all rows are one group. */
  readonly by?: readonly (string | { readonly period: 'day' | 'month' | 'year' })[];
  readonly measures: Readonly<Record<string, Measure>>;
  /** An expression as in `catalog.where`. */
  readonly where?: string;
  readonly params?: Readonly<Record<string, Scalar | readonly Scalar[]>>;
}

/** What catalogs of engine `duckdb` offer beside the rest, as they were opened: all rows of their files are seen. */
export interface SqlExtras {
  /**
   * Rows of one SELECT over the view `rows`, which has the columns of the files. Parameters (`$name`) are bound.
   *
   * @throws {@link ArgumentError} `not-select` for anything else; {@link CatalogError} `duckdb-statement` with what
   * DuckDB says, `duckdb-memory`; `no-sql` for catalogs in memory, and for derived ones.
   */
  sql(body: string, params?: SqlParams, o?: LongTask): Promise<readonly SqlRow[]>;
  /**
   * Groups in the order of their keys, nulls last; `period` columns are called `period` and hold `2024-06-03`,
   * `2024-06` or `2024`, null for static rows.
   *
   * @throws {@link ArgumentError} `bad-aggregate`; {@link CatalogError} `no-sql`; {@link ExpressionError}; {@link CatalogError} `not-in-sql` for an
   * expression that SQL might judge otherwise than `where`.
   */
  aggregate(spec: Aggregate, o?: LongTask): Promise<readonly SqlRow[]>;
}

/**
 * The extras of a catalog.
 *
 * @throws {@link CatalogError} `no-sql` when its rows are not those of files that DuckDB reads.
 */
export function sqlExtrasOf({ source, operation }: Relation): SqlExtras {
  if (operation)
    throw new CatalogError('no-sql', `SQL sees the rows of files; this catalog is derived by ${operation.name}.`, {
      hint: 'Ask the catalog that was opened, and say the rest in SQL.',
    });
  const { extras } = source;
  if (extras) return extras;
  throw new CatalogError('no-sql', `This catalog has no SQL: its rows are in memory.`, {
    hint: "Write it to a file and open that: openCatalog(path, { engine: 'duckdb' }).",
  });
}
