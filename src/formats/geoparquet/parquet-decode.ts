/** Row groups as stored to Arrow batches: the codec reads a small file made of them. */
import { tableFromIPC, type RecordBatch } from 'apache-arrow';
import { FormatError, isNadirError, messageOf } from '../../core/index.js';
import { chunkStart, type ColumnChunk, type Footer, type RowGroup } from './footer.js';
import { encodeFooter, moveGroup } from './footer-write.js';
import { checkPages } from './page-check.js';
import { parquetWasm } from './wasm.js';

/** Mark at both ends of a file. */
export const MAGIC = 0x31524150; // "PAR1", little-endian
/** Ranges with a gap below this are read at once. */
const MAX_GAP_BYTES = 65_536;
/** Unpacked bytes decoded at once; the codec's memory never shrinks. */
export const MAX_PART_BYTES = 48 << 20;
/** No writer makes row groups of more rows; a forged number would reserve memory for them. */
export const MAX_GROUP_ROWS = 50_000_000;
/** Each part comes as one batch. */
const BATCH_ROWS = 1 << 20;

/** Errors of the codec and of footers, with the file. */
export function withName(name: string, error: unknown): unknown {
  if (isNadirError(error) && error.message.startsWith(name)) return error;
  if (isNadirError(error) && !isNadirError(error, 'FormatError')) return error;
  if (!(error instanceof Error) || error.name === 'AbortError') return error;
  return new FormatError('bad-parquet', `${name}: ${messageOf(error).replace(/\.$/, '')}.`, {
    hint: 'The Parquet content is malformed, or uses a type or codec that Nadir does not read.',
    details: { file: name },
    cause: error,
  });
}

export interface ByteRange {
  readonly start: number;
  readonly end: number;
}

/** Byte ranges of row groups in order, near ones joined. */
export function rangesOf(groups: readonly RowGroup[], maxGap = MAX_GAP_BYTES): readonly ByteRange[] {
  const ranges = groups
    .flatMap((g) => g.columns)
    .map((c) => ({ start: chunkStart(c), end: chunkStart(c) + c.compressed }))
    .sort((a, b) => a.start - b.start);
  const out: { start: number; end: number }[] = [];
  for (const range of ranges) {
    const last = out.at(-1);
    if (last && range.start - last.end <= maxGap) last.end = Math.max(last.end, range.end);
    else out.push({ ...range });
  }
  return out;
}

/** Makes a small file of the bytes of some row groups, which the codec reads as any other. */
export function decodeGroups(part: {
  readonly footer: Footer;
  readonly schema: Footer['schema'];
  readonly groups: readonly RowGroup[];
  readonly ranges: readonly ByteRange[];
  readonly pieces: readonly Uint8Array[];
}): readonly RecordBatch[] {
  const { footer, groups, pieces } = part;
  if (groups.some((g) => g.rows > MAX_GROUP_ROWS))
    throw new FormatError('bad-parquet', `a row group claims more than ${MAX_GROUP_ROWS} rows`);
  const rows = groups.reduce((n, g) => n + g.rows, 0);
  let at = 4;
  const places = part.ranges.map((r) => {
    const place = { ...r, at };
    at += r.end - r.start;
    return place;
  });
  const shift = (c: ColumnChunk): number => {
    const start = chunkStart(c);
    const place = places.find((p) => p.start <= start && start + c.compressed <= p.end);
    return place ? place.at - place.start : 0;
  };
  const moved = groups.map((g) => moveGroup(g, shift));
  const end = encodeFooter({
    version: footer.version,
    rows,
    schema: part.schema,
    groups: moved.map((g) => ({ ...g, columns: g.columns.map((c) => ({ ...c, statistics: undefined })) })),
    // Without the writer's own Arrow types: the types of Parquet say all, and dictionaries come as plain values.
    metadata: [],
    createdBy: footer.createdBy,
    columnOrders: undefined,
  });
  const bytes = new Uint8Array(at + end.length);
  new DataView(bytes.buffer).setUint32(0, MAGIC, true);
  places.forEach((p, i) => bytes.set(pieces[i] ?? new Uint8Array(0), p.at));
  bytes.set(end, at);
  for (const g of moved) for (const c of g.columns) checkPages(bytes, chunkStart(c), c);
  const decoded = tableFromIPC(parquetWasm().readParquet(bytes, { batchSize: BATCH_ROWS }).intoIPCStream());
  if (decoded.numRows !== rows)
    throw new FormatError('bad-parquet', `its pages hold ${decoded.numRows} rows of ${rows}`);
  return decoded.batches;
}
