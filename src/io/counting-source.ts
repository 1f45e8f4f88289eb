/** Counts reads, so that "reads only what it needs" can be checked. */
import type { Source } from './source.js';

/** What a counted source was asked for. */
export interface ReadCount {
  reads: number;
  bytes: number;
  readonly ranges: (readonly [offset: number, length: number])[];
}

/** A source that records every read of the one below it. */
export function countingSource(source: Source): Source & { readonly count: ReadCount } {
  const count: ReadCount = { reads: 0, bytes: 0, ranges: [] };
  return {
    url: source.url,
    ...(source.size === undefined ? {} : { size: source.size }),
    count,
    read: async (offset, length, o) => {
      const bytes = await source.read(offset, length, o);
      count.reads++;
      count.bytes += bytes.byteLength;
      count.ranges.push([offset, length]);
      return bytes;
    },
    close: () => source.close(),
  };
}
