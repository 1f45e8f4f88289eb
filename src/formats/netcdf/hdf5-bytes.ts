/** Bytes for the HDF5 library, which reads synchronously: from a local file at once, from a server by pages. */
import { closeSync, openSync, readSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions, Source } from '../../io/index.js';

/** Serves reads of the library. */
export interface H5Bytes {
  readonly size: number;
  /** Fills `target`; false when the bytes are not here yet, and then {@link H5Bytes.supply} fetches them. */
  read(target: Uint8Array, position: number): boolean;
  /** Fetches what reads missed since the last call; false when nothing was missed. */
  supply(o: ReadOptions): Promise<boolean>;
  /** Forgets pages when many are kept. Never during a call of the library. */
  tidy(): void;
  close(): Promise<void>;
}

/** A local file. The source stays open beside the descriptor, so that a missing file is reported as elsewhere. */
export function localBytes(source: Source): H5Bytes {
  const descriptor = openSync(fileURLToPath(source.url), 'r');
  return {
    size: source.size ?? 0,
    read(target, position) {
      let done = 0;
      while (done < target.length) {
        const n = readSync(descriptor, target, done, target.length - done, position + done);
        if (n === 0) break;
        done += n;
      }
      return true;
    },
    supply: () => Promise.resolve(false),
    tidy: () => undefined,
    close: async () => {
      closeSync(descriptor);
      await source.close();
    },
  };
}

const PAGE_BYTES = 1 << 17;
/** Pages kept between calls. */
const KEPT_PAGES = (64 << 20) / PAGE_BYTES;
/** Pages that one call may need: 1 GiB. */
const MAX_PAGES = (1 << 30) / PAGE_BYTES;
const MAX_AHEAD = 64;

/** Bytes on a server or elsewhere, by pages of 128 KiB; runs of misses read ahead twice as far each time. */
export function pagedBytes(source: Source, name: string): H5Bytes {
  const size = source.size ?? 0;
  const pages = new Map<number, Uint8Array>();
  const missing = new Set<number>();
  let ahead = 1;
  let lastMiss = -1;
  const last = Math.max(0, Math.ceil(size / PAGE_BYTES) - 1);
  return {
    size,
    read(target, position) {
      let complete = true;
      const end = position + target.length;
      for (let page = Math.floor(position / PAGE_BYTES); page * PAGE_BYTES < end; page++) {
        const bytes = pages.get(page);
        if (!bytes) {
          missing.add(page);
          complete = false;
        } else if (complete) {
          const start = page * PAGE_BYTES;
          const from = Math.max(position, start);
          target.set(bytes.subarray(from - start, end - start), from - position);
        }
      }
      return complete;
    },
    async supply(o) {
      if (missing.size === 0) return false;
      const wanted = [...missing];
      missing.clear();
      const top = Math.max(...wanted);
      // Misses that run on are a dataset read front to back.
      ahead = top > lastMiss && top - lastMiss <= 2 * ahead ? Math.min(MAX_AHEAD, ahead * 2) : 1;
      for (let i = 1; i < ahead && top + i <= last; i++) wanted.push(top + i);
      lastMiss = top + ahead - 1;
      if (pages.size + wanted.length > MAX_PAGES) {
        throw new UnsupportedDataError('too-large', `${name}: one read needs more than 1 GiB of the file.`, {
          hint: 'Read it in smaller boxes, or copy the file to a local disk.',
          details: { file: name },
        });
      }
      await Promise.all(
        wanted
          .filter((page) => !pages.has(page))
          .map(async (page) => pages.set(page, await source.read(page * PAGE_BYTES, PAGE_BYTES, o))),
      );
      return true;
    },
    tidy() {
      missing.clear();
      if (pages.size > KEPT_PAGES) pages.clear();
    },
    close: () => source.close(),
  };
}
