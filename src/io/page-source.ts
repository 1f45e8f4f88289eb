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

/** Wraps a source with a page cache. A straight read is served from pages when they already hold all of it. */
export function pageSource(source: Source, pageBytes: number): PageSource {
  const pages = new Map<number, Promise<Uint8Array>>();
  const held = new Map<number, Uint8Array>();
  const end = source.size ?? Infinity;
  const { head } = source;
  if (head && head.byteLength >= Math.min(pageBytes, end)) {
    held.set(0, head);
    pages.set(0, Promise.resolve(head));
  }

  const load = (first: number, last: number, o: ReadOptions): Promise<Uint8Array>[] => {
    const wanted: Promise<Uint8Array>[] = [];
    for (let page = first; page <= last; page++) {
      let promise = pages.get(page);
      if (!promise) {
        promise = source.read(page * pageBytes, pageBytes, o).then((bytes) => {
          held.set(page, bytes);
          return bytes;
        });
        pages.set(page, promise);
        promise.catch(() => pages.delete(page));
      }
      wanted.push(promise);
    }
    for (const page of pages.keys()) {
      if (pages.size <= MAX_PAGES || page >= first) break;
      pages.delete(page);
      held.delete(page);
    }
    return wanted;
  };

  const join = (parts: readonly Uint8Array[], first: number, offset: number, length: number): Uint8Array => {
    const out = new Uint8Array(length);
    let filled = 0;
    parts.forEach((part, i) => {
      const start = (first + i) * pageBytes;
      const from = Math.max(0, offset - start);
      const piece = part.subarray(from, Math.max(from, Math.min(part.length, offset + length - start)));
      out.set(piece, start + from - offset);
      filled += piece.length;
    });
    return filled === length ? out : out.slice(0, filled);
  };

  const readPaged = async (offset: number, length: number, o: ReadOptions = {}): Promise<Uint8Array> => {
    const wanted = Math.max(0, Math.min(length, end - offset));
    if (wanted === 0) return new Uint8Array(0);
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + wanted - 1) / pageBytes);
    if (last - first >= MAX_PAGES) return source.read(offset, wanted, o);
    return join(await Promise.all(load(first, last, o)), first, offset, wanted);
  };

  const peek = (offset: number, length: number): Uint8Array | null => {
    const page = Math.floor(offset / pageBytes);
    const part = held.get(page);
    const from = offset - page * pageBytes;
    return part && from + length <= part.byteLength ? part.subarray(from, from + length) : null;
  };

  const read = (offset: number, length: number, o: ReadOptions = {}): Promise<Uint8Array> => {
    const wanted = Math.max(0, Math.min(length, end - offset));
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + wanted - 1) / pageBytes);
    const parts: Uint8Array[] = [];
    for (let page = first; page <= last; page++) {
      const part = held.get(page);
      if (!part) return source.read(offset, length, o);
      parts.push(part);
    }
    return Promise.resolve(join(parts, first, offset, wanted));
  };

  return {
    url: source.url,
    ...(source.size === undefined ? {} : { size: source.size }),
    read,
    readPaged,
    peek,
    close: () => source.close(),
  };
}
