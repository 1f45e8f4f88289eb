/** Keeps pages of a source, for headers that are read in many small pieces. */
import type { ReadOptions, Source } from './source.js';

/** Pages kept per source; the oldest goes first. 32 pages of 16 KiB hold any usual header. */
const MAX_PAGES = 32;

/** A source with two ways to read: by pages that stay (small pieces of a header), and straight (pixel data). */
export interface PageSource extends Source {
  /** Reads through the page cache. */
  readPaged(offset: number, length: number, o?: ReadOptions): Promise<Uint8Array>;
  /** Bytes that one page in memory holds, not to be changed; null when they must be read. */
  peek(offset: number, length: number): Uint8Array | null;
}

class PagedSource implements PageSource {
  declare readonly size?: number;
  readonly #source: Source;
  readonly #pageBytes: number;
  readonly #end: number;
  readonly #pages = new Map<number, Promise<Uint8Array>>();
  readonly #held = new Map<number, Uint8Array>();

  constructor(source: Source, pageBytes: number) {
    if (source.size !== undefined) this.size = source.size;
    this.#source = source;
    this.#pageBytes = pageBytes;
    this.#end = source.size ?? Infinity;
    const { head } = source;
    if (head && head.byteLength >= Math.min(pageBytes, this.#end)) {
      this.#held.set(0, head);
      this.#pages.set(0, Promise.resolve(head));
    }
  }

  get url(): URL {
    return this.#source.url;
  }

  #load(first: number, last: number, o: ReadOptions): Promise<Uint8Array>[] {
    const wanted: Promise<Uint8Array>[] = [];
    for (let page = first; page <= last; page++) {
      let promise = this.#pages.get(page);
      if (!promise) {
        promise = this.#source.read(page * this.#pageBytes, this.#pageBytes, o).then((bytes) => {
          this.#held.set(page, bytes);
          return bytes;
        });
        this.#pages.set(page, promise);
        promise.catch(() => this.#pages.delete(page));
      }
      wanted.push(promise);
    }
    for (const page of this.#pages.keys()) {
      if (this.#pages.size <= MAX_PAGES || page >= first) break;
      this.#pages.delete(page);
      this.#held.delete(page);
    }
    return wanted;
  }

  #join(parts: readonly Uint8Array[], first: number, offset: number, length: number): Uint8Array {
    const out = new Uint8Array(length);
    let filled = 0;
    parts.forEach((part, i) => {
      const start = (first + i) * this.#pageBytes;
      const from = Math.max(0, offset - start);
      const piece = part.subarray(from, Math.max(from, Math.min(part.length, offset + length - start)));
      out.set(piece, start + from - offset);
      filled += piece.length;
    });
    return filled === length ? out : out.slice(0, filled);
  }

  async readPaged(offset: number, length: number, o: ReadOptions = {}): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.#end - offset));
    if (wanted === 0) return new Uint8Array(0);
    const first = Math.floor(offset / this.#pageBytes);
    const last = Math.floor((offset + wanted - 1) / this.#pageBytes);
    if (last - first >= MAX_PAGES) return this.#source.read(offset, wanted, o);
    return this.#join(await Promise.all(this.#load(first, last, o)), first, offset, wanted);
  }

  peek(offset: number, length: number): Uint8Array | null {
    const page = Math.floor(offset / this.#pageBytes);
    const part = this.#held.get(page);
    const from = offset - page * this.#pageBytes;
    return part && from + length <= part.byteLength ? part.subarray(from, from + length) : null;
  }

  read(offset: number, length: number, o: ReadOptions = {}): Promise<Uint8Array> {
    const wanted = Math.max(0, Math.min(length, this.#end - offset));
    const first = Math.floor(offset / this.#pageBytes);
    const last = Math.floor((offset + wanted - 1) / this.#pageBytes);
    const parts: Uint8Array[] = [];
    for (let page = first; page <= last; page++) {
      const part = this.#held.get(page);
      if (!part) return this.#source.read(offset, length, o);
      parts.push(part);
    }
    return Promise.resolve(this.#join(parts, first, offset, wanted));
  }

  close(): Promise<void> {
    return this.#source.close();
  }
}

/** Wraps a source with a page cache. A straight read is served from pages when they already hold all of it. */
export function pageSource(source: Source, pageBytes: number): PageSource {
  return new PagedSource(source, pageBytes);
}
