/** What loads from one root catalog share: headers, open files and decoded tiles, all bounded (loading.md). */
import type { GeoCatalog } from '../catalog/types.js';
import { isNadirError } from '../core/index.js';
import { openRaster } from '../formats/open-raster.js';
import { BlockCache, type RasterFile, type RasterHeader } from '../formats/raster/index.js';
import { RelationCache } from '../pixels/index.js';

/** Key under which a derived catalog names the catalog it comes from. */
const ROOT = Symbol.for('nadir.root');
/** Key under which a root catalog holds what to do when it is disposed of. */
const ON_DISPOSE = Symbol.for('nadir.onDispose');
/** Files kept open when nobody reads them. */
const MAX_IDLE_FILES = 64;
/** Headers kept. */
const MAX_HEADERS = 8192;

interface OpenFile {
  readonly tiff: Promise<RasterFile>;
  readers: number;
}

/** Bounded resources of the loads of one root catalog. */
export class LoadContext {
  /** Decoded tiles: 256 MiB unless said otherwise. */
  readonly cache: BlockCache;
  /** How grids of files lie in the lattices of slices. */
  readonly relations = new RelationCache();
  readonly #files = new Map<string, OpenFile>();
  readonly #headers = new Map<string, RasterHeader>();

  constructor(maxBytes?: number) {
    this.cache = new BlockCache(maxBytes);
  }

  /** The header of a file; opened once while it is remembered. */
  async header(file: string, signal: AbortSignal | undefined): Promise<RasterHeader> {
    const known = this.#headers.get(file);
    if (known) return known;
    const header = await this.use(file, signal, (tiff) => Promise.resolve(tiff.header));
    this.#headers.set(file, header);
    const oldest = this.#headers.keys().next();
    if (this.#headers.size > MAX_HEADERS && oldest.done !== true) this.#headers.delete(oldest.value);
    return header;
  }

  /** Runs `fn` with the file open. */
  async use<T>(file: string, signal: AbortSignal | undefined, fn: (tiff: RasterFile) => Promise<T>): Promise<T> {
    signal?.throwIfAborted();
    // Opening is shared by callers, so none of their signals may end it.
    const entry = this.#files.get(file) ?? { tiff: openRaster(file, { cache: this.cache }), readers: 0 };
    this.#files.delete(file);
    this.#files.set(file, entry);
    entry.readers++;
    try {
      return await fn(await entry.tiff);
    } catch (error) {
      // A file that failed is opened anew next time: it may have been repaired, or replaced by another.
      const isStale = isNadirError(error, 'SourceError') && error.code === 'source.changed';
      if (isStale) this.#headers.delete(file);
      if (this.#files.get(file) === entry && (isStale || (await hasFailed(entry.tiff)))) this.#files.delete(file);
      throw error;
    } finally {
      entry.readers--;
      // Nobody can come to it any more: the last reader closes it, which forgets its tiles.
      if (entry.readers === 0 && this.#files.get(file) !== entry) await closeQuietly(entry.tiff);
      await this.#trim();
    }
  }

  /** Closes all files and forgets all tiles. Loads under way fail. */
  async close(): Promise<void> {
    const files = [...this.#files.values()];
    this.#files.clear();
    this.#headers.clear();
    await Promise.all(files.map((f) => closeQuietly(f.tiff)));
  }

  async #trim(): Promise<void> {
    if (this.#files.size <= MAX_IDLE_FILES) return;
    for (const [file, entry] of this.#files) {
      if (this.#files.size <= MAX_IDLE_FILES) break;
      if (entry.readers > 0) continue;
      this.#files.delete(file);
      await closeQuietly(entry.tiff);
    }
  }
}

async function hasFailed(tiff: Promise<unknown>): Promise<boolean> {
  return tiff.then(
    () => false,
    () => true,
  );
}

async function closeQuietly(tiff: Promise<RasterFile>): Promise<void> {
  try {
    await (await tiff).close();
  } catch {
    // It was never open, or the source is gone; either way nothing is left to close.
  }
}

const contexts = new WeakMap<object, LoadContext>();
// Open files of a forgotten catalog are closed when it is collected.
const forgotten = new FinalizationRegistry<LoadContext>((context) => void context.close());

function rootOf(catalog: GeoCatalog): object {
  // SAFETY: the symbol is written by derived catalogs only, with their root.
  return (catalog as { readonly [ROOT]?: object })[ROOT] ?? catalog;
}

/** The load context of a catalog's root, made at first use. */
export function contextOf(catalog: GeoCatalog): LoadContext {
  const root = rootOf(catalog);
  let context = contexts.get(root);
  if (!context) {
    context = new LoadContext();
    contexts.set(root, context);
    forgotten.register(root, context);
    // SAFETY: the symbol is written by catalogs only, with such a set.
    (root as { readonly [ON_DISPOSE]?: Set<() => Promise<void>> })[ON_DISPOSE]?.add(() => closeContext(root));
  }
  return context;
}

/** Closes the files that loads from this catalog (and those derived from its root) hold open. */
export async function closeLoadContext(catalog: GeoCatalog): Promise<void> {
  await closeContext(rootOf(catalog));
}

async function closeContext(root: object): Promise<void> {
  const context = contexts.get(root);
  contexts.delete(root);
  await context?.close();
}
