/** loadChips: many slices as a stream, in order, with bounded memory (loading.md §2.5). */
import { setMaxListeners } from 'node:events';
import type { GeoCatalog } from '../catalog/types.js';
import {
  ArgumentError,
  isNadirError,
  messageOf,
  startTask,
  warn,
  type GeoSlice,
  type LedgerEntry,
  type NadirError,
} from '../core/index.js';
import type { GeoTensor } from '../pixels/index.js';
import { loadSlice } from './load-raster.js';
import { checkLoadNames, checkOptions, type RasterLoadOptions } from './options.js';
import { requireRaster, requireSlice } from './rows.js';
import type { LoadSurroundings } from './surroundings.js';

export interface ChipOptions extends RasterLoadOptions {
  /** Chips that may wait unread; default 16. */
  readonly prefetch?: number;
  /** Chips loaded at a time; default 8. */
  readonly concurrency?: number;
}

export interface Chip {
  /** Position of the slice in the input. */
  readonly index: number;
  readonly slice: GeoSlice;
  readonly tensor: GeoTensor;
}

/** Chips in slice order; can be iterated once. */
export interface ChipStream extends AsyncIterable<Chip> {
  /** Chips that failed, by item id; complete when the stream has ended. */
  readonly errors: readonly LedgerEntry[];
}

const DEFAULT_PREFETCH = 16;
const DEFAULT_CONCURRENCY = 8;

function positive(name: string, value: number | undefined, fallback: number): number {
  if (value === undefined) return fallback;
  if (Number.isInteger(value) && value >= 1) return value;
  throw new ArgumentError('bad-option', `${name} is a whole number from 1; got ${JSON.stringify(value)}.`, {
    details: { option: name },
  });
}

/** Item id of a slice: the first 16 hex digits of its hash (export.md). */
function itemIdOf(slice: GeoSlice): string {
  return slice.hash().slice(0, 16);
}

/**
 * The chips of slices, in their order, each equal to what {@link loadRaster} gives for it.
 *
 * Chips share the decoded tiles of the catalog's load context, so neighbours decode a common tile once. `onError`
 * defaults to `skip`: a chip that fails is left out and listed in `errors`.
 *
 * @throws {@link ArgumentError}, {@link CatalogError} `wrong-backend` at once; with `onError: 'raise'` the first failure.
 */
export function loadChips(catalog: GeoCatalog, slices: Iterable<GeoSlice>, o: ChipOptions = {}): ChipStream {
  return chipStream(catalog, slices, o, warn);
}

/** {@link loadChips} for displays: what it would warn of is not the user's question. */
export function loadChipsQuietly(catalog: GeoCatalog, slices: Iterable<GeoSlice>, o: ChipOptions = {}): ChipStream {
  return chipStream(catalog, slices, o, () => undefined);
}

function chipStream(
  catalog: GeoCatalog,
  slices: Iterable<GeoSlice>,
  o: ChipOptions,
  say: (message: string) => void,
): ChipStream {
  checkLoadNames('loadChips', o, ['prefetch', 'concurrency']);
  checkOptions(o);
  requireRaster(catalog);
  const given: unknown = slices;
  if (typeof given !== 'object' || given === null || !(Symbol.iterator in given)) {
    throw new ArgumentError('not-slices', 'loadChips takes a list of slices, or a sampler.', {
      hint: 'For one slice use loadRaster; put await before gridSampler and randomSampler.',
    });
  }
  const prefetch = positive('prefetch', o.prefetch, DEFAULT_PREFETCH);
  const concurrency = positive('concurrency', o.concurrency, DEFAULT_CONCURRENCY);
  const errors: LedgerEntry[] = [];
  let isTaken = false;
  return {
    errors,
    [Symbol.asyncIterator]() {
      if (isTaken) throw new ArgumentError('stream-used', 'A chip stream can be iterated once; call loadChips again.');
      isTaken = true;
      return streamChips(catalog, slices, o, { prefetch, concurrency, errors, say });
    },
  };
}

type Outcome = { readonly tensor: GeoTensor } | { readonly error: NadirError };

interface Pending {
  readonly index: number;
  readonly slice: GeoSlice;
  readonly outcome: Promise<Outcome>;
}

interface Limits {
  readonly prefetch: number;
  readonly concurrency: number;
  readonly errors: LedgerEntry[];
  readonly say: (message: string) => void;
}

async function* streamChips(
  catalog: GeoCatalog,
  slices: Iterable<GeoSlice>,
  o: ChipOptions,
  limits: Limits,
): AsyncGenerator<Chip> {
  const task = startTask('loadChips', o);
  const stop = new AbortController();
  const signal = task.signal ? AbortSignal.any([task.signal, stop.signal]) : stop.signal;
  // Each tile under way listens.
  setMaxListeners(0, signal);
  const input = slices[Symbol.iterator]();
  const total = 'length' in slices && typeof slices.length === 'number' ? slices.length : undefined;
  const waiting: Pending[] = [];
  const turn = turnstile(limits.concurrency);
  const said = new Set<string>();
  const around: LoadSurroundings = {
    signal,
    report: () => undefined,
    warn: (kind, message) => {
      // Chips without data are counted at the end; what concerns the files is said once.
      if (kind === 'no-valid-pixel' || said.has(kind)) return;
      said.add(kind);
      limits.say(message);
    },
  };
  let started = 0;
  let empty = 0;
  const startNext = (): boolean => {
    const item = input.next();
    if (item.done === true) return false;
    const slice = item.value;
    requireSlice(slice);
    // In a chip a bad file fails the chip: it is left out whole, never half filled.
    const outcome = turn(() => loadSlice(catalog, slice, { ...o, onError: 'raise' }, around)).then(
      (tensor): Outcome => ({ tensor }),
      (error: unknown): Outcome => {
        signal.throwIfAborted();
        if (o.onError === 'raise' || !isNadirError(error)) throw error;
        return { error };
      },
    );
    outcome.catch(() => undefined);
    waiting.push({ index: started++, slice, outcome });
    return true;
  };
  try {
    for (let done = 0; ; done++) {
      task.throwIfAborted();
      while (waiting.length < limits.prefetch && startNext());
      const next = waiting.shift();
      if (!next) break;
      const outcome = await next.outcome;
      task.report({
        done: done + 1,
        unit: 'chip',
        ...(total === undefined ? {} : { total }),
        failed: limits.errors.length,
      });
      if ('error' in outcome) {
        limits.errors.push({ item: itemIdOf(next.slice), error: outcome.error });
        continue;
      }
      if (outcome.tensor.valid && !outcome.tensor.valid.includes(1)) empty++;
      yield { index: next.index, slice: next.slice, tensor: outcome.tensor };
    }
    if (limits.errors.length > 0) {
      const [first] = limits.errors;
      limits.say(
        `${limits.errors.length} of ${started} chips failed and were left out; the first, ${first?.item ?? ''}: ${messageOf(first?.error)}`,
      );
    }
    if (empty > 0) limits.say(`${empty} of ${started} chips have no valid pixel.`);
  } finally {
    stop.abort();
    task.end();
  }
}

/** Lets at most `limit` calls run at a time, in the order they came. */
function turnstile(limit: number): <T>(fn: () => Promise<T>) => Promise<T> {
  let free = limit;
  const queue: (() => void)[] = [];
  return async (fn) => {
    if (free > 0) free--;
    else await new Promise<void>((go) => queue.push(go));
    try {
      return await fn();
    } finally {
      const next = queue.shift();
      if (next) next();
      else free++;
    }
  };
}
