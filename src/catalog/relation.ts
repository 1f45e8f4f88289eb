/** Catalogs as chains of operations over a source of rows, evaluated when rows are pulled. */
import type { RunningTask } from '../core/index.js';
import { concatViews } from './operations/concat-table.js';
import { NO_FILTER, type Operation, type Stage } from './operations/operation.js';
import { collectViews, otherOf, reachOf, streamViews } from './relation-stream.js';
import { unlessAborted } from './turns.js';
import type { RowSource, ScanFilter, TableView } from './table.js';
import { viewBounds, viewLength } from './table-view.js';

/** Rows of a catalog in memory that may be gone through just to tell how many are left. */
const GLANCE_ROWS = 20_000;

/** The rows of a memory chain, with what made them. */
interface Evaluated {
  readonly view: TableView;
  readonly stage: Stage | null;
}

/** A source, or another relation and what is done to its rows. Chains over memory remember their rows. */
export class Relation {
  readonly source: RowSource;
  readonly parent: Relation | null;
  readonly operation: Operation | null;
  #evaluated: Evaluated | undefined;
  /** Ends with the evaluation that is under way, however it ends. */
  #running: Promise<void> | undefined;
  #columnNames: readonly string[] | undefined;

  private constructor(source: RowSource, parent: Relation | null, operation: Operation | null) {
    this.source = source;
    this.parent = parent;
    this.operation = operation;
  }

  /** All rows of a source. */
  static of(source: RowSource): Relation {
    return new Relation(source, null, null);
  }

  /** The rows that an operation makes of these. */
  with(operation: Operation): Relation {
    return new Relation(this.source, this, operation);
  }

  /** Names of the user columns, known before any row is read. */
  get columnNames(): readonly string[] {
    this.#columnNames ??=
      this.parent && this.operation
        ? (this.operation.columnNames?.(this.parent.columnNames) ?? this.parent.columnNames)
        : this.source.columnNames;
    return this.#columnNames;
  }

  /** Operations from the source up. */
  get operations(): readonly Operation[] {
    return this.chain.flatMap(({ operation }) => operation ?? []);
  }

  /** Relations from the source up, this one last. */
  get chain(): readonly Relation[] {
    return [...(this.parent?.chain ?? []), this];
  }

  /** Whether the rows can be had without waiting. */
  get isReady(): boolean {
    if (this.#evaluated) return true;
    if (!this.parent || !this.operation) return this.source.table !== null;
    const { other } = this.operation;
    return this.parent.isReady && (other === undefined || other.isReady);
  }

  /** The rows, when they can be had without waiting. */
  now(): TableView | null {
    return this.#now()?.view ?? null;
  }

  /** The rows, when they are known or cost next to nothing; a chain that fails has none. */
  glance(): TableView | null {
    if (this.#evaluated) return this.#evaluated.view;
    const { table } = this.source;
    if (this.operation) {
      if (!table || table.length > GLANCE_ROWS) return null;
      if (this.operations.some((o) => o.other !== undefined || o.callsBack === true)) return null;
    }
    try {
      return this.now();
    } catch {
      return null;
    }
  }

  /** How the rows of a memory chain were made, once they are. */
  get stage(): Stage | null {
    return this.#evaluated?.stage ?? null;
  }

  #now(): Evaluated | null {
    if (this.#evaluated) return this.#evaluated;
    if (!this.isReady) return null;
    const { parent, operation } = this;
    if (!parent || !operation)
      return (
        this.source.table && (this.#evaluated = { view: { table: this.source.table, indices: null }, stage: null })
      );
    const input = parent.now();
    const other = operation.other?.now() ?? null;
    if (!input) return null;
    const stage = operation.start(other, reachOf(operation, input));
    stage.survey?.(input);
    const output = stage.apply(input);
    return this.#finish(stage, input, output, other && stage.tail ? stage.tail(other) : null);
  }

  /** `tail`: rows that follow those of the input. */
  #finish(stage: Stage, input: TableView, output: TableView, tail: TableView | null): Evaluated {
    const view = tail ? { table: concatViews([output, tail], this.columnNames), indices: null } : output;
    if (viewLength(view) === 0) this.operation?.onNothing?.(viewBounds(input));
    return (this.#evaluated = { view, stage });
  }

  /** The rows of a chain over memory; remembered. Callers at one time share an evaluation: functions of the user see a row once. */
  async evaluate(task: RunningTask): Promise<TableView> {
    while (!this.#evaluated) {
      task.throwIfAborted();
      if (this.#running) {
        await unlessAborted(this.#running, task.signal);
        continue;
      }
      const run = this.#evaluate(task);
      this.#running = run.then(
        () => undefined,
        () => undefined,
      );
      try {
        await run;
      } finally {
        this.#running = undefined;
      }
    }
    return this.#evaluated.view;
  }

  async #evaluate(task: RunningTask): Promise<void> {
    const { parent, operation } = this;
    if (!parent || !operation) {
      if (!this.now()) throw new RangeError('Only chains over memory are evaluated at once.');
      return;
    }
    const input = await parent.evaluate(task);
    if (operation.readsRows === true) await input.table.prepare?.(task);
    const reach = reachOf(operation, input);
    const other = operation.other ? await otherOf(operation, operation.other, input, reach, task) : null;
    const stage = operation.start(other, reach);
    stage.survey?.(input);
    const output = stage.applyLater ? await stage.applyLater(input, task) : stage.apply(input);
    const tail = other && stage.tailLater ? await stage.tailLater(other, task) : null;
    // Whoever could not wait may have been faster; its rows may be in use.
    if (!this.#evaluated) this.#finish(stage, input, output, tail);
  }

  /** All rows in memory; those that a filter leaves out may be missing. */
  async collect(task: RunningTask, filter: ScanFilter | null): Promise<TableView> {
    if (this.source.table) return this.evaluate(task);
    return { table: await collectViews(this, task, filter ?? NO_FILTER), indices: null };
  }

  /** The rows in order, in batches of bounded size where the source has no table. */
  async *batches(task: RunningTask): AsyncGenerator<TableView> {
    if (this.source.table) yield await this.evaluate(task);
    else yield* streamViews(this, task, NO_FILTER);
  }
}
