/**
 * Columns of 8-byte numbers without nulls, read straight from their pages: several times as fast as through the codec,
 * which counts where only boxes and times are looked at. Source: Apache Parquet, Encodings.md (PLAIN, RLE levels);
 * Snappy: google/snappy, format_description.txt.
 */
import type { ColumnChunk } from './footer.js';
import { DATA_PAGE, PLAIN, readPageHeader, SNAPPY, UNCOMPRESSED } from './page-read.js';
import { unpackSnappy } from './snappy-unpack.js';
import { ThriftReader } from './thrift.js';

const WIDTH = 8;

/**
 * Writes the bytes of all values of a chunk to `out`; false where its pages are of another kind. `levels` says that
 * values stand behind levels, since they may be null though none is.
 *
 * @throws {@link FormatError} `bad-parquet`.
 */
export function readPlain(bytes: Uint8Array, chunk: ColumnChunk, levels: boolean, out: Uint8Array): boolean {
  const { codec } = chunk;
  if (chunk.nulls !== 0 || (codec !== UNCOMPRESSED && codec !== SNAPPY) || out.length !== chunk.values * WIDTH)
    return false;
  const r = new ThriftReader(bytes);
  let to = 0;
  while (r.at < bytes.length) {
    const { type, full, stored, values, encoding } = readPageHeader(r);
    if (type !== DATA_PAGE || encoding !== PLAIN) return false;
    const size = values * WIDTH;
    // Levels take a few bytes; a page that claims far more is left to the codec and its checks.
    if (
      stored < 0 ||
      r.at + stored > bytes.length ||
      full < size ||
      full > size + values + 64 ||
      to + size > out.length
    )
      return false;
    const packed = bytes.subarray(r.at, r.at + stored);
    r.at += stored;
    const page = codec === SNAPPY ? unpackSnappy(packed, full) : packed;
    const view = new DataView(page.buffer, page.byteOffset, page.byteLength);
    const skip = levels && full >= 4 ? 4 + view.getUint32(0, true) : 0;
    if (skip + size !== page.length) return false;
    out.set(page.subarray(skip), to);
    to += size;
  }
  return to === out.length;
}
