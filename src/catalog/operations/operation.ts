/** What operations of a chain are: the same code for both engines, one batch of rows at a time. */
import type { Bounds, Interval, RunningTask } from '../../core/index.js';
import type { Relation } from '../relation.js';
import type { ScanFilter, TableView } from '../table.js';

/** Rows that a step removed; a row that several tests would remove counts for the first of space, time, predicate. */
export interface Removed {
  readonly space: number;
  readonly time: number;
  readonly predicate: number;
}

export const NOTHING_REMOVED: Removed = Object.freeze({ space: 0, time: 0, predicate: 0 });

/** One evaluation of an operation. */
export interface Stage {
  /** The rows that a batch of input rows becomes. */
  apply(input: TableView): TableView;
  /** As `apply`, yielding to the event loop; for operations that take long. */
  applyLater?(input: TableView, task: RunningTask): Promise<TableView>;
  /** How many rows of a batch each test removed, given what became of it; for `explain`, which may take long. */
  removed(input: TableView, output: TableView, task: RunningTask): Removed | Promise<Removed>;
  /** A look at every input row before the first `apply`, for operations that depend on all of them. */
  survey?(input: TableView): void;
  /** Rows after those of the input, of the rows of `other`: the right side of a union. */
  tail?(other: TableView): TableView;
  /** As `tail`, yielding to the event loop. */
  tailLater?(other: TableView, task: RunningTask): Promise<TableView>;
}

/** An operation of a chain, with its arguments checked. */
export interface Operation {
  /** `query`, `where`, `intersect` … */
  readonly name: string;
  /** Its arguments in words. */
  readonly detail: string;
  /** Names of the columns of the rows that come out; absent when they are those of the input. */
  columnNames?(input: readonly string[]): readonly string[];
  /** Whether it calls functions of the user, which must not see a row twice in one evaluation. */
  readonly callsBack?: boolean;
  /** Whether it reads the boxes or whole rows of its input, or of `other`, so that these are made ready before. */
  readonly readsRows?: boolean;
  /** Whether it needs all input rows in one batch. */
  readonly whole?: boolean;
  /** The other catalog of a set operation; `start` gets its rows, unless the operation has a tail. */
  readonly other?: Relation;
  /** Whether the rows of `other` follow those of the input, so that they need not be held at once. */
  readonly appends?: boolean;
  /** What a scan may leave out on its behalf; absent when a scan must not go beyond this operation. */
  readonly filter?: Partial<ScanFilter>;
  /** Whether the boxes and times of what goes in contain those of what comes out, row by row. */
  readonly shrinks?: boolean;
  /** Starts an evaluation. `reach`: what {@link restrictOther} said of the input; rows of `other` beyond it do not matter. */
  start(other: TableView | null, reach: ScanFilter | null): Stage;
  /** What of `other` can matter for some input, in its CRS; null for all of it. */
  restrictOther?(bounds: Bounds, extent: Interval | null): ScanFilter | null;
  /** Called after an evaluation in which no row came out, with the envelope of the input. */
  onNothing?(bounds: Bounds): void;
}

/** What all rows of a chain's bottom are scanned with. */
export const NO_FILTER: ScanFilter = Object.freeze({ boxes: null, interval: null, where: [] });
