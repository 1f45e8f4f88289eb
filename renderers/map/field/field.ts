/**
 * The rows of a large catalog on its map: what the payload holds, what the kernel adds for the place in view, or all of
 * them after "Load all"; and whether boxes or their density are drawn. Knows no MapLibre and no components.
 */
import { signal, type ReadonlySignal, type Signal } from '@preact/signals';
import {
  parseColumnsResult,
  type ColumnsArgs,
  type ColumnsResult,
  type TimeFilter,
  type ViewportArgs,
} from '../../../src/display/wire/message.js';
import type { CatalogData } from '../../../src/display/wire/payload.js';
import { NoKernelError, type Host } from '../../shared/host.js';
import type { Scene } from './box-layer.js';
import {
  countIn,
  coverIn,
  cutOut,
  filterChunk,
  makeChunk,
  pickIn,
  plantTrees,
  type Chunk,
  type Seen,
} from './chunk.js';
import { boxScene, cellsOf, drawsBoxes, NOTHING, padded, type FieldView, type Shown } from './choice.js';
import { decodeDensity, densityOf, type Density } from './density-image.js';

export type Loading = { readonly done: number; readonly total: number } | null;

/** A row of a chunk. */
export interface RowRef {
  readonly chunk: Chunk;
  readonly i: number;
}

/** What a map draws and searches. */
export interface MapField {
  readonly scene: ReadonlySignal<Scene>;
  /** Rows at a place, as numbers that {@link Field.refOf} understands. */
  pick(lon: number, lat: number, reach: readonly [number, number]): number[];
  setView(view: FieldView): void;
  /** True while rows are too many to be told apart at this scale. */
  isCoarse(): boolean;
}

/** Cells asked of the kernel, and the largest side on screen at which the payload's own grid is still shown. */
const ASKED_CELLS = 60_000;
const COARSEST_CELL = 14;
/** Views are looked at when they have rested this long. */
const REST_MS = 80;
/** Rows of one request of "Load all": under 512 kB of base64. */
const ROWS_PER_REQUEST = 15_000;
/** Above so many rows only those near the view go to the graphics card; software rendering would stall on all. */
const DRAWN_WHOLE = 120_000;
/** Numbers of rows that the kernel added for a view start here. */
const VIEW_OFFSET = 2 ** 30;

export class Field implements MapField {
  readonly #scene = signal<Scene>(NOTHING);
  readonly scene: ReadonlySignal<Scene> = this.#scene;
  readonly shown: Signal<Shown | null> = signal(null);
  readonly loading: Signal<Loading> = signal(null);
  /** True when all rows are here. */
  readonly isWhole: Signal<boolean>;
  /** True when nobody answers any more. */
  readonly isAlone: Signal<boolean>;
  readonly #host: Host;
  readonly #viewId: string;
  readonly #datasetId: string;
  readonly #data: CatalogData;
  readonly #end = new AbortController();
  #base: Chunk[] = [];
  #extra: Chunk | null = null;
  #cut: Chunk | null = null;
  #whole: Density | null;
  #time: TimeFilter | null = null;
  #view: FieldView | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asking: AbortController | null = null;
  #asked = '';

  constructor(host: Host, payload: { viewId: string; datasetId: string; live: boolean; data: CatalogData }) {
    const { data } = payload;
    this.#host = host;
    this.#viewId = payload.viewId;
    this.#datasetId = payload.datasetId;
    this.#data = data;
    this.isWhole = signal(data.columns?.length === data.counts.rows);
    this.isAlone = signal(!payload.live || !host.hasMessaging);
    this.#whole = data.density ? decodeDensity(data.density) : null;
    // True at once, before a single row is decoded.
    if (this.#whole) this.#showDensity(this.#whole, null, 'all');
    void this.#begin();
  }

  async #begin(): Promise<void> {
    const { columns } = this.#data;
    if (!columns) return;
    try {
      const chunk = await makeChunk(columns, this.#data.spanSeconds ?? 0, this.#end.signal);
      filterChunk(chunk, this.#time);
      this.#base = [chunk];
      this.#plan(0);
      await plantTrees(chunk, this.#end.signal);
    } catch {
      // The view went away meanwhile.
    }
  }

  /** Ends everything that is under way. */
  destroy(): void {
    clearTimeout(this.#timer);
    this.#end.abort();
    this.#asking?.abort();
  }

  /** The chunks that the payload or "Load all" brought. */
  get base(): readonly Chunk[] {
    return this.#base;
  }

  setView(view: FieldView): void {
    this.#view = view;
    this.#plan(REST_MS);
  }

  /** Shows rows of a span of time only; null for all. */
  setTime(time: TimeFilter | null): void {
    this.#time = time;
    for (const chunk of this.#base) filterChunk(chunk, time);
    this.#extra = null;
    this.#plan(0);
  }

  #plan(ms: number): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.#look(), ms);
  }

  #look(): void {
    const view = this.#view;
    if (!view) return;
    if (this.isWhole.peek()) this.#showLocal(view, 'all');
    else if (this.isAlone.peek()) this.#showSample(view);
    else void this.#ask(view);
  }

  /** Counts what is here and draws boxes where they can be told apart, else their density. */
  #showLocal(view: FieldView, of: Shown['of']): void {
    const seen = countIn(this.#base, view.bounds);
    const box = padded(view);
    if (drawsBoxes(seen, view)) {
      const held = this.#base.reduce((sum, c) => sum + c.length, 0);
      this.#cut = held > DRAWN_WHOLE ? cutOut(this.#base, box) : null;
      this.#showBoxes(this.#cut ? [this.#cut] : this.#base, seen, view, of);
      return;
    }
    const { width, height } = cellsOf(view, box);
    this.#showDensity(densityOf(box, width, height, coverIn(this.#base, box, width, height)), seen.count, of);
  }

  /** Nobody answers and not all rows are here: the grid of all rows from afar, the rows of the file from near. */
  #showSample(view: FieldView): void {
    const grid = this.#whole;
    const perDegree = view.width / (view.bounds[2] - view.bounds[0]);
    const cell = grid ? ((grid.box[2] - grid.box[0]) / grid.width) * perDegree : Infinity;
    if (grid && this.#time === null && cell <= COARSEST_CELL) this.#showDensity(grid, null, 'all');
    else this.#showLocal(view, 'file');
  }

  async #ask(view: FieldView): Promise<void> {
    const args: ViewportArgs = {
      datasetId: this.#datasetId,
      box: padded(view),
      time: this.#time,
      most: ROWS_PER_REQUEST,
      cells: ASKED_CELLS,
    };
    const key = JSON.stringify(args);
    if (key === this.#asked) return;
    this.#asked = key;
    this.#asking?.abort();
    const asking = new AbortController();
    this.#asking = asking;
    try {
      const result = await this.#columns(args, asking.signal);
      const chunk = result.columns && (await makeChunk(result.columns, this.#data.spanSeconds ?? 0, asking.signal));
      if (asking.signal.aborted || this.isWhole.peek()) return;
      this.#extra = chunk;
      const seen = chunk ? countIn([chunk], view.bounds) : { count: result.matched, width: 0 };
      if (chunk && (drawsBoxes(seen, view) || !result.density)) this.#showBoxes([chunk], seen, view, 'all');
      else if (result.density) this.#showDensity(decodeDensity(result.density), seen.count, 'all');
    } catch {
      if (asking.signal.aborted) return;
      this.#asked = '';
      // A kernel that refuses is treated like one that is gone: what the file holds is still true.
      this.isAlone.value = true;
      this.#plan(0);
    }
  }

  async #columns(args: ViewportArgs | ColumnsArgs, stop: AbortSignal): Promise<ColumnsResult> {
    const parsed = parseColumnsResult(await this.#host.ask(this.#viewId, 'columns', args, stop));
    if (!parsed.ok) throw new Error(parsed.problem);
    return parsed.value;
  }

  /** Fetches all rows, piece by piece. Resolves when they are here, or when the kernel does not answer. */
  async loadAll(): Promise<void> {
    const total = this.#data.counts.rows;
    if (this.isWhole.peek() || this.loading.peek()) return;
    this.loading.value = { done: 0, total };
    const starts = Array.from({ length: Math.ceil(total / ROWS_PER_REQUEST) }, (_, k) => k * ROWS_PER_REQUEST);
    const chunks: Chunk[] = [];
    let done = 0;
    const signalled = this.#end.signal;
    const load = async (): Promise<void> => {
      for (let from = starts.shift(); from !== undefined; from = starts.shift()) {
        const to = Math.min(total, from + ROWS_PER_REQUEST);
        const { columns } = await this.#columns({ datasetId: this.#datasetId, from, to }, signalled);
        if (columns?.length !== to - from) throw new Error('the kernel sent other rows than were asked for');
        const chunk = await makeChunk(columns, this.#data.spanSeconds ?? 0, signalled);
        chunks[from / ROWS_PER_REQUEST] = chunk;
        done += chunk.length;
        this.loading.value = { done, total };
      }
    };
    try {
      // Three at a time leave one for what comes into view.
      await Promise.all([load(), load(), load()]);
      for (const chunk of chunks) filterChunk(chunk, this.#time);
      this.#base = chunks;
      this.#extra = null;
      this.isWhole.value = true;
      this.#asking?.abort();
      this.#plan(0);
      for (const chunk of chunks) await plantTrees(chunk, signalled);
    } catch (error) {
      starts.length = 0;
      if (error instanceof NoKernelError) this.isAlone.value = true;
    } finally {
      this.loading.value = null;
    }
  }

  #showBoxes(chunks: readonly Chunk[], seen: Seen, view: FieldView, of: Shown['of']): void {
    this.#scene.value = boxScene(chunks, seen, view);
    this.shown.value = { as: 'boxes', count: seen.count, most: 0, of };
  }

  #showDensity(density: Density, count: number | null, of: Shown['of']): void {
    this.#scene.value = { ...NOTHING, density };
    this.shown.value = { as: 'density', count, most: density.most, of };
  }

  isCoarse(): boolean {
    return this.#scene.peek().density !== null;
  }

  pick(lon: number, lat: number, reach: readonly [number, number]): number[] {
    const { chunks } = this.#scene.peek();
    // A density has no single rows to point at.
    return chunks.flatMap((chunk) => pickIn(chunk, lon, lat, reach).map((i) => this.#numberOf(chunk, i)));
  }

  #numberOf(chunk: Chunk, i: number): number {
    if (chunk === this.#extra) return VIEW_OFFSET + i;
    if (chunk === this.#cut) return chunk.rows?.[i] ?? -1;
    return this.#base.slice(0, this.#base.indexOf(chunk)).reduce((sum, c) => sum + c.length, 0) + i;
  }

  /** The row of a number that `pick` gave; null when it has gone. */
  refOf(number: number): RowRef | null {
    if (number >= VIEW_OFFSET) {
      const i = number - VIEW_OFFSET;
      return this.#extra && i < this.#extra.length ? { chunk: this.#extra, i } : null;
    }
    let i = number;
    for (const chunk of number < 0 ? [] : this.#base) {
      if (i < chunk.length) return { chunk, i };
      i -= chunk.length;
    }
    return null;
  }

  /** How the kernel is asked for a row: by its position in the catalog, or in the payload's sample; null if it cannot be. */
  addressOf(number: number): { readonly row: number } | { readonly sample: number } | null {
    const ref = this.refOf(number);
    if (!ref) return null;
    const row = ref.chunk.rows?.[ref.i];
    if (row !== undefined) return { row };
    if (ref.chunk === this.#extra) return null;
    return this.isWhole.peek() ? { row: number } : { sample: number };
  }
}
