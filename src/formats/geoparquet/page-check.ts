/** Looks at page headers before they are decoded: a forged one must not make the decoder ask for gigabytes. */
import { FormatError } from '../../core/index.js';
import { type ColumnChunk } from './footer.js';
import { ThriftReader } from './thrift.js';

const SNAPPY = 1;
/** Largest column of one row group that is decoded, in bytes. */
const MAX_CHUNK_BYTES = 1 << 29;
const DATA_PAGE = 0;

/** The length that a Snappy stream gives at its begin (google/snappy, format_description.txt). */
function snappyLength(bytes: Uint8Array, at: number): number {
  let value = 0;
  for (let k = 0; k < 5; k++) {
    const byte = bytes[at + k] ?? 0;
    value += (byte & 127) * 2 ** (7 * k);
    if (byte < 128) break;
  }
  return value;
}

/**
 * Checks that the pages of a column fill its bytes and unpack to what the footer says.
 *
 * @throws {@link FormatError} `bad-parquet`.
 */
export function checkPages(bytes: Uint8Array, at: number, chunk: ColumnChunk): void {
  const fail = (why: string): never => {
    throw new FormatError('bad-parquet', `a page of column ${chunk.path} ${why}`);
  };
  if (chunk.uncompressed > MAX_CHUNK_BYTES)
    fail(`belongs to ${chunk.uncompressed} bytes in one row group; Nadir unpacks up to ${MAX_CHUNK_BYTES}`);
  const end = at + chunk.compressed;
  const r = new ThriftReader(bytes, at, end);
  let unpacked = 0;
  while (r.at < end) {
    let [type, full, stored] = [-1, -1, -1];
    r.struct((id) => {
      if (id === 1) type = r.integer();
      else if (id === 2) full = r.integer();
      else if (id === 3) stored = r.integer();
      else return false;
      return true;
    });
    if (full < 0 || stored < 0 || r.at + stored > end) fail('claims more bytes than its column has');
    unpacked += full;
    if (unpacked > chunk.uncompressed) fail('unpacks to more than its column');
    // Pages of version 2 keep their levels before the compressed part.
    if (chunk.codec === SNAPPY && type === DATA_PAGE && stored > 0 && snappyLength(bytes, r.at) !== full)
      fail('gives two lengths');
    r.at += stored;
  }
}
