/**
 * Headers of NetCDF classic files: CDF-1, CDF-2 (64-bit offset) and CDF-5 (64-bit data).
 *
 * Source: Unidata, "NetCDF Classic Format Specification"; PnetCDF, "CDF-5 file format specification".
 */
import { FormatError } from '../../core/index.js';
import type { Source } from '../../io/index.js';
import { plainValue } from '../cube/attributes.js';
import { cubeItemSize, elementsOf } from '../cube/selection.js';
import type { CubeAttributes, CubeDType } from '../cube/types.js';
import { decodeValues } from './netcdf3-values.js';

export interface Netcdf3Variable {
  readonly name: string;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: CubeDType;
  readonly attributes: CubeAttributes;
  /** Place of the first element in the file. */
  readonly begin: number;
  /** Bytes from one record to the next; 0 for a variable without the record dimension. */
  readonly recordStride: number;
}

export interface Netcdf3Header {
  readonly dims: ReadonlyMap<string, number>;
  readonly attributes: CubeAttributes;
  readonly variables: readonly Netcdf3Variable[];
}

/** Element types by their code; `char` counts as text of one character. */
const TYPES: readonly (CubeDType | undefined)[] = [
  undefined,
  'int8',
  'string',
  'int16',
  'int32',
  'float32',
  'float64',
  'uint8',
  'uint16',
  'uint32',
  'int64',
  'uint64',
];
const FIRST_BYTES = 1 << 16;
/** No header is longer; the longest seen have a few hundred kilobytes. */
const MAX_HEADER_BYTES = 64 << 20;
const DIMENSION = 10;
const VARIABLE = 11;
const ATTRIBUTE = 12;
const STREAMING = 0xffffffff;

/** Asks for more bytes than were read so far. */
class NeedMore extends Error {}

/** Bytes of one stored element; a character takes one byte. */
export function storedSize(dtype: CubeDType): number {
  return dtype === 'string' ? 1 : cubeItemSize(dtype);
}

const padded = (bytes: number): number => Math.ceil(bytes / 4) * 4;

class Cursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  readonly #wide: boolean;
  readonly #file: string;
  at = 4;

  constructor(bytes: Uint8Array, wide: boolean, file: string) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#wide = wide;
    this.#file = file;
  }

  fail(what: string): FormatError {
    return new FormatError(
      'netcdf-header',
      `${this.#file}: the NetCDF header is damaged at byte ${this.at}: ${what}.`,
      {
        details: { file: this.#file, offset: this.at },
      },
    );
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.#bytes.length) throw new NeedMore();
    const part = this.#bytes.subarray(this.at, this.at + length);
    this.at += length;
    return part;
  }

  u32(): number {
    if (this.at + 4 > this.#bytes.length) throw new NeedMore();
    const value = this.#view.getUint32(this.at);
    this.at += 4;
    return value;
  }

  u64(): number {
    if (this.at + 8 > this.#bytes.length) throw new NeedMore();
    const value = Number(this.#view.getBigUint64(this.at));
    this.at += 8;
    return value;
  }

  /** A count: 64 bits in CDF-5. */
  count(): number {
    return this.#wide ? this.u64() : this.u32();
  }

  name(): string {
    const length = this.count();
    const text = new TextDecoder().decode(this.take(length));
    this.take(padded(length) - length);
    return text;
  }

  /** Number of entries of a list; 0 when it is absent. */
  list(tag: number, what: string): number {
    const found = this.u32();
    const n = this.count();
    if (found === 0 && n === 0) return 0;
    if (found !== tag) throw this.fail(`the list of ${what} starts with ${found} instead of ${tag}`);
    return n;
  }

  type(): CubeDType {
    const code = this.u32();
    const dtype = TYPES[code];
    if (dtype === undefined) throw this.fail(`there is no type ${code}`);
    return dtype;
  }
}

function readAttributes(c: Cursor): CubeAttributes {
  const attributes: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const n = c.list(ATTRIBUTE, 'attributes');
  for (let i = 0; i < n; i++) {
    const name = c.name();
    const dtype = c.type();
    const length = c.count();
    const bytes = length * storedSize(dtype);
    const raw = c.take(bytes);
    c.take(padded(bytes) - bytes);
    if (dtype === 'string') attributes[name] = new TextDecoder().decode(raw).replace(/\0+$/, '');
    else {
      const values = Array.from(decodeValues(raw, dtype) as ArrayLike<unknown>, plainValue);
      attributes[name] = values.length === 1 ? values[0] : values;
    }
  }
  return attributes;
}

interface Dimension {
  readonly name: string;
  readonly length: number;
}

function readVariable(c: Cursor, dims: readonly Dimension[], version: number): Omit<Netcdf3Variable, 'recordStride'> {
  const name = c.name();
  const rank = c.count();
  const own: Dimension[] = [];
  for (let d = 0; d < rank; d++) {
    const id = c.count();
    const dim = dims[id];
    if (!dim) throw c.fail(`variable ${JSON.stringify(name)} has dimension number ${id} of ${dims.length}`);
    own.push(dim);
  }
  const attributes = readAttributes(c);
  const dtype = c.type();
  c.count(); // the stored size is redundant, and wrong for variables beyond 4 GiB
  const begin = version === 1 ? c.u32() : c.u64();
  return { name, dims: own.map((d) => d.name), shape: own.map((d) => d.length), dtype, attributes, begin };
}

function parse(bytes: Uint8Array, version: number, size: number, file: string): Netcdf3Header {
  const c = new Cursor(bytes, version === 5, file);
  const storedRecords = c.count();
  const dims: Dimension[] = [];
  let recordDim = -1;
  const n = c.list(DIMENSION, 'dimensions');
  for (let i = 0; i < n; i++) {
    const name = c.name();
    const length = c.count();
    if (length === 0) {
      if (recordDim >= 0) throw c.fail('there are two record dimensions');
      recordDim = i;
    }
    dims.push({ name, length });
  }
  const attributes = readAttributes(c);
  const found: Omit<Netcdf3Variable, 'recordStride'>[] = [];
  const count = c.list(VARIABLE, 'variables');
  for (let i = 0; i < count; i++) found.push(readVariable(c, dims, version));

  const recordName = dims[recordDim]?.name;
  const isRecord = (v: Omit<Netcdf3Variable, 'recordStride'>): boolean =>
    recordName !== undefined && v.dims[0] === recordName;
  const recordBytes = (v: Omit<Netcdf3Variable, 'recordStride'>): number =>
    elementsOf(v.shape.slice(1)) * storedSize(v.dtype);
  const recordVariables = found.filter(isRecord);
  const [only, second] = recordVariables;
  // Records of a single record variable are not padded.
  const stride =
    only && !second ? recordBytes(only) : recordVariables.reduce((sum, v) => sum + padded(recordBytes(v)), 0);
  const streaming = version === 5 ? storedRecords >= 2 ** 63 : storedRecords === STREAMING;
  const firstRecord = Math.min(...recordVariables.map((v) => v.begin));
  const records = !streaming ? storedRecords : stride > 0 ? Math.max(0, Math.floor((size - firstRecord) / stride)) : 0;
  const lengths = new Map(dims.map((d, i) => [d.name, i === recordDim ? records : d.length]));
  const variables = found.map((v): Netcdf3Variable => {
    if (v.dims.slice(1).includes(recordName ?? '')) throw c.fail(`the record dimension is not the first of ${v.name}`);
    return {
      ...v,
      shape: v.dims.map((d) => lengths.get(d) ?? 0),
      recordStride: isRecord(v) ? stride : 0,
    };
  });
  return { dims: lengths, attributes, variables };
}

/**
 * Reads the header of a classic NetCDF file; `version` is its fourth byte.
 *
 * Nothing is allocated by counts of the header before as many bytes were read.
 *
 * @throws {@link FormatError} `netcdf-header` for a damaged or truncated header.
 */
export async function readNetcdf3Header(
  source: Source,
  version: number,
  file: string,
  signal?: AbortSignal,
): Promise<Netcdf3Header> {
  const size = source.size ?? Infinity;
  for (let length = FIRST_BYTES; ; length *= 4) {
    const bytes = await source.read(0, Math.min(length, size), { signal });
    try {
      return parse(bytes, version, size, file);
    } catch (error) {
      if (!(error instanceof NeedMore)) throw error;
      if (length >= size || length >= MAX_HEADER_BYTES) {
        throw new FormatError(
          'netcdf-header',
          `${file}: the NetCDF header does not end within ${bytes.length} bytes.`,
          {
            hint: 'The file is truncated or damaged; fetch it again.',
            details: { file },
          },
        );
      }
    }
  }
}
