/** One view of NetCDF, HDF5 and Zarr files: variables with named dimensions in groups. */
import type { NumericArray } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';

/** Element types of variables. `opaque` is a type that is described but not read (compounds, references …). */
export type CubeDType =
  | 'int8'
  | 'uint8'
  | 'int16'
  | 'uint16'
  | 'int32'
  | 'uint32'
  | 'int64'
  | 'uint64'
  | 'float16'
  | 'float32'
  | 'float64'
  | 'bool'
  | 'string'
  | 'opaque';

/** Values of a selection in row-major order. 64-bit integers stay exact, booleans are 0 and 1. */
export type CubeValues = NumericArray | BigInt64Array | BigUint64Array | readonly string[];

/** A box of a variable: first index and number of elements per dimension. */
export interface CubeSelection {
  readonly start: readonly number[];
  readonly count: readonly number[];
}

/** Attributes as the file has them: text, numbers, lists of these; JSON in Zarr. */
export type CubeAttributes = Readonly<Record<string, unknown>>;

export interface CubeVariable {
  /** Name within its group. */
  readonly name: string;
  /** Absolute path, e.g. `/measurements/b02`. */
  readonly path: string;
  /** Names of dimensions, slowest first; one per entry of `shape`. */
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: CubeDType;
  /** Shape of the stored blocks; null when contiguous. */
  readonly chunks: readonly number[] | null;
  readonly attributes: CubeAttributes;
  /** Value of cells that were never written; null where the file says none. */
  readonly fillValue: unknown;
  /** Whether the fill value also marks missing values, as readers take that of Zarr 2 (xarray, GDAL). */
  readonly fillIsMissing?: boolean;
  /**
   * Stored values (neither scaled nor masked) of a box, by default of all.
   *
   * @throws {@link FormatError} for damaged content, {@link UnsupportedDataError} for a filter or type that is not read
   * or a box beyond 1 GiB, {@link ArgumentError} for a box outside the variable.
   */
  read(selection?: CubeSelection, o?: ReadOptions): Promise<CubeValues>;
}

export interface CubeGroup {
  /** `/` for the root. */
  readonly path: string;
  readonly attributes: CubeAttributes;
  /** Lengths of the dimensions of this group's variables, own or of groups above. */
  readonly dims: ReadonlyMap<string, number>;
  readonly variables: ReadonlyMap<string, CubeVariable>;
  readonly groups: readonly CubeGroup[];
}

/** An open file. Its description is read; values are read on demand. */
export interface CubeFile {
  readonly format: 'netcdf3' | 'hdf5' | 'zarr';
  /** Path or address, for messages. */
  readonly name: string;
  readonly root: CubeGroup;
  close(): Promise<void>;
}
