/** Encodes arrays as Zarr 3: metadata and gzipped chunks (zarr-specs, core protocol v3.0). */
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { dtypeOf, type NumericArray } from '../../core/index.js';
import { elementsOf } from '../cube/selection.js';

export interface ZarrArraySpec {
  readonly name: string;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  /** C-ordered. */
  readonly values: NumericArray | BigInt64Array | readonly string[];
  /** Value of cells outside the array in its last chunks, and of chunks that are not stored; JSON as Zarr writes it. */
  readonly fillValue: number | string;
  readonly attributes: Readonly<Record<string, unknown>>;
}

/** Elements of a chunk: about 4 MiB of float32. */
const CHUNK_ELEMENTS = 1 << 20;
/** Longest side of a chunk along the last two dimensions. */
const CHUNK_SIDE = 512;
const GZIP_LEVEL = 5;
/** Position and value of the operating system in a gzip header (RFC 1952): unknown, so that bytes are the same on all. */
const GZIP_OS = 9;
const GZIP_OS_UNKNOWN = 0xff;

/** Shape of chunks: squares of the last two dimensions, and as many of the others as fit. */
export function chunkShape(shape: readonly number[]): number[] {
  const chunk = shape.map((n, d) => Math.max(1, d >= shape.length - 2 ? Math.min(n, CHUNK_SIDE) : 1));
  for (let d = shape.length - 3; d >= 0; d--) {
    const room = Math.floor(CHUNK_ELEMENTS / elementsOf(chunk));
    chunk[d] = Math.max(1, Math.min(shape[d] ?? 1, room));
    if ((chunk[d] ?? 1) < (shape[d] ?? 1)) break;
  }
  return chunk;
}

const isTexts = (values: ZarrArraySpec['values']): values is readonly string[] => Array.isArray(values);

function dataType(values: ZarrArraySpec['values']): string {
  if (isTexts(values)) return 'string';
  return values instanceof BigInt64Array ? 'int64' : dtypeOf(values);
}

/** The `zarr.json` of an array. */
export function arrayMetadata(a: ZarrArraySpec): Record<string, unknown> {
  const first = isTexts(a.values)
    ? { name: 'vlen-utf8', configuration: {} }
    : { name: 'bytes', configuration: { endian: 'little' } };
  return {
    zarr_format: 3,
    node_type: 'array',
    shape: a.shape,
    data_type: dataType(a.values),
    chunk_grid: { name: 'regular', configuration: { chunk_shape: chunkShape(a.shape) } },
    chunk_key_encoding: { name: 'default', configuration: { separator: '/' } },
    fill_value: a.fillValue,
    codecs: [first, { name: 'gzip', configuration: { level: GZIP_LEVEL } }],
    dimension_names: a.dims,
    attributes: a.attributes,
  };
}

/** Texts as a count, then length and UTF-8 bytes of each (numcodecs VLenUTF8). */
function vlenUtf8(texts: readonly string[]): Uint8Array {
  const parts = texts.map((t) => Buffer.from(t, 'utf8'));
  const out = Buffer.alloc(4 + parts.reduce((n, p) => n + 4 + p.length, 0));
  let at = out.writeUInt32LE(parts.length, 0);
  for (const part of parts) {
    at = out.writeUInt32LE(part.length, at);
    at += part.copy(out, at);
  }
  return out;
}

/** Bytes of numbers in little-endian order, whatever the machine's is. */
function littleEndian(values: NumericArray | BigInt64Array): Uint8Array {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength);
  if (new Uint8Array(Uint16Array.of(1).buffer)[0] === 1) return bytes;
  const size = values.BYTES_PER_ELEMENT;
  const copy = Buffer.from(bytes);
  if (size === 2) copy.swap16();
  else if (size === 4) copy.swap32();
  else if (size === 8) copy.swap64();
  return copy;
}

/** A chunk cut out of an array, padded with the fill value at its ends; null where all of it is the fill value. */
function chunkOf(a: ZarrArraySpec, chunk: readonly number[], at: readonly number[]): Uint8Array | null {
  const { values, shape } = a;
  const length = elementsOf(chunk);
  const rank = shape.length;
  const origin = at.map((c, d) => c * (chunk[d] ?? 1));
  const used = shape.map((n, d) => Math.min(chunk[d] ?? 1, n - (origin[d] ?? 0)));
  const run = rank === 0 ? 1 : (used[rank - 1] ?? 1);
  /** Calls with the place of each run of neighbours in the array and in the chunk. */
  const runs = (copy: (from: number, to: number) => void): void => {
    const walk = (d: number, from: number, to: number): void => {
      if (d >= rank - 1) {
        copy(from + (origin[d] ?? 0), to);
        return;
      }
      const [n, c] = [elementsOf(shape.slice(d + 1)), elementsOf(chunk.slice(d + 1))];
      for (let i = 0; i < (used[d] ?? 0); i++) walk(d + 1, from + ((origin[d] ?? 0) + i) * n, to + i * c);
    };
    walk(0, 0, 0);
  };
  if (isTexts(values)) {
    const out = new Array<string>(length).fill(String(a.fillValue));
    runs((from, to) => {
      for (let i = 0; i < run; i++) out[to + i] = values[from + i] ?? '';
    });
    return vlenUtf8(out);
  }
  if (values instanceof BigInt64Array) {
    const out = new BigInt64Array(length).fill(BigInt(a.fillValue));
    runs((from, to) => {
      out.set(values.subarray(from, from + run), to);
    });
    return littleEndian(out);
  }
  const fill = Number(a.fillValue);
  // SAFETY: the constructor of a typed array makes arrays of its own type.
  const out = new (values.constructor as new (n: number) => NumericArray)(length).fill(fill);
  runs((from, to) => {
    out.set(values.subarray(from, from + run), to);
  });
  const isFill = Number.isNaN(fill) ? out.every((v: number) => v !== v) : out.every((v: number) => v === fill);
  return isFill ? null : littleEndian(out);
}

const packed = promisify(gzip);

/** The stored chunks of an array in order, with their keys below the folder of the array. */
export async function* arrayChunks(
  a: ZarrArraySpec,
): AsyncGenerator<{ readonly key: string; readonly bytes: Uint8Array }> {
  const chunk = chunkShape(a.shape);
  const counts = a.shape.map((n, d) => Math.ceil(n / (chunk[d] ?? 1)));
  const total = elementsOf(counts);
  for (let i = 0; i < total; i++) {
    let rest = i;
    const at = counts.map((_, d) => {
      const below = elementsOf(counts.slice(d + 1));
      const own = Math.floor(rest / below);
      rest -= own * below;
      return own;
    });
    const raw = chunkOf(a, chunk, at);
    if (raw === null) continue;
    const bytes = await packed(raw, { level: GZIP_LEVEL });
    bytes[GZIP_OS] = GZIP_OS_UNKNOWN;
    yield { key: ['c', ...at].join('/'), bytes };
  }
}
