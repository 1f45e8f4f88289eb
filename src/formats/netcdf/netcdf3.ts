/** Classic NetCDF files as cubes, read by ranges. */
import { FormatError } from '../../core/index.js';
import type { ReadOptions, Source } from '../../io/index.js';
import { checkedSelection, elementsOf } from '../cube/selection.js';
import type { CubeFile, CubeSelection, CubeValues, CubeVariable } from '../cube/types.js';
import { readNetcdf3Header, storedSize, type Netcdf3Variable } from './netcdf3-header.js';
import { decodeValues } from './netcdf3-values.js';

/** A box whose bytes span at most this much is fetched in one read; a larger one slab by slab. */
const MAX_SPAN_BYTES = 4 << 20;

/** Copies a box out of the file, one dimension after the other. */
class BoxReader {
  readonly #source: Source;
  readonly #box: CubeSelection;
  readonly #size: number;
  /** Bytes from one index to the next, per dimension. */
  readonly #strides: readonly number[];
  readonly #variable: Netcdf3Variable;
  readonly #file: string;
  readonly #options: ReadOptions;

  constructor(source: Source, variable: Netcdf3Variable, box: CubeSelection, file: string, options: ReadOptions) {
    this.#source = source;
    this.#box = box;
    this.#size = storedSize(variable.dtype);
    this.#variable = variable;
    this.#file = file;
    this.#options = options;
    this.#strides = variable.shape.map((_, d) =>
      d === 0 && variable.recordStride > 0
        ? variable.recordStride
        : elementsOf(variable.shape.slice(d + 1)) * this.#size,
    );
  }

  async read(): Promise<Uint8Array> {
    const out = new Uint8Array(elementsOf(this.#box.count) * this.#size);
    if (out.length > 0) await this.#fill(out, 0, 0, this.#variable.begin);
    return out;
  }

  /** Bytes from the first to the last element of the box in dimensions `dim` and below. */
  #span(dim: number): number {
    return this.#box.count
      .slice(dim)
      .reduce((n, count, i) => n + (count - 1) * (this.#strides[dim + i] ?? 0), this.#size);
  }

  async #fill(out: Uint8Array, to: number, dim: number, at: number): Promise<number> {
    const span = this.#span(dim);
    const wanted = elementsOf(this.#box.count.slice(dim)) * this.#size;
    if (dim === this.#box.count.length || span === wanted || span <= MAX_SPAN_BYTES) {
      const first = this.#box.start
        .slice(dim)
        .reduce((sum, start, i) => sum + start * (this.#strides[dim + i] ?? 0), at);
      const bytes = await this.#fetch(first, span);
      if (span === wanted) {
        out.set(bytes, to);
        return to + wanted;
      }
      return this.#gather(out, to, dim, bytes, 0);
    }
    let next = to;
    for (let i = 0; i < (this.#box.count[dim] ?? 0); i++) {
      const place = at + ((this.#box.start[dim] ?? 0) + i) * (this.#strides[dim] ?? 0);
      next = await this.#fill(out, next, dim + 1, place);
    }
    return next;
  }

  #gather(out: Uint8Array, to: number, dim: number, bytes: Uint8Array, at: number): number {
    const wanted = elementsOf(this.#box.count.slice(dim)) * this.#size;
    if (this.#span(dim) === wanted) {
      out.set(bytes.subarray(at, at + wanted), to);
      return to + wanted;
    }
    let next = to;
    for (let i = 0; i < (this.#box.count[dim] ?? 0); i++)
      next = this.#gather(out, next, dim + 1, bytes, at + i * (this.#strides[dim] ?? 0));
    return next;
  }

  async #fetch(offset: number, length: number): Promise<Uint8Array> {
    const bytes = await this.#source.read(offset, length, this.#options);
    if (bytes.length < length) {
      throw new FormatError(
        'truncated',
        `${this.#file} ends within variable ${this.#variable.name}: bytes ${offset} to ${offset + length} are wanted, the file has ${this.#source.size ?? offset + bytes.length}.`,
        { hint: 'Fetch the file again.', details: { file: this.#file, variable: this.#variable.name } },
      );
    }
    return bytes;
  }
}

function toVariable(source: Source, variable: Netcdf3Variable, file: string): CubeVariable {
  const { name, dims, shape, dtype, attributes } = variable;
  const path = `/${name}`;
  return {
    name,
    path,
    dims,
    shape,
    dtype,
    chunks: null,
    attributes,
    fillValue: attributes['_FillValue'] ?? null,
    async read(selection, o = {}): Promise<CubeValues> {
      const box = checkedSelection({ path, shape, dtype }, selection, file);
      // A forged length is refused before memory is taken for it.
      const strideTop = variable.recordStride > 0 ? variable.recordStride : 0;
      const end =
        variable.begin +
        (strideTop > 0
          ? Math.max(0, (box.start[0] ?? 0) + (box.count[0] ?? 0) - 1) * strideTop
          : elementsOf(box.count) * storedSize(dtype));
      if (elementsOf(box.count) > 0 && end > (source.size ?? Infinity)) {
        throw new FormatError(
          'truncated',
          `${file} has ${source.size ?? 0} bytes, but variable ${name} of shape [${shape.join(', ')}] reaches to byte ${end} or further.`,
          {
            hint: 'The file is truncated or its header is damaged; fetch it again.',
            details: { file, variable: name },
          },
        );
      }
      return decodeValues(await new BoxReader(source, variable, box, file, o).read(), dtype);
    },
  };
}

/**
 * Opens a classic NetCDF file (CDF-1, CDF-2, CDF-5). The source is closed with the file.
 *
 * @throws {@link FormatError} `netcdf-header`.
 */
export async function openNetcdf3(
  source: Source,
  version: number,
  file: string,
  o: ReadOptions = {},
): Promise<CubeFile> {
  const header = await readNetcdf3Header(source, version, file, o.signal);
  return {
    format: 'netcdf3',
    name: file,
    root: {
      path: '/',
      attributes: header.attributes,
      dims: header.dims,
      variables: new Map(header.variables.map((v) => [v.name, toVariable(source, v, file)])),
      groups: [],
    },
    close: () => source.close(),
  };
}
