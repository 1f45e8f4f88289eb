/** What netCDF4, xarray, cftime, pyproj and zarr say of the files of test/oracles/cube (see its make.py). */
import { readFileSync } from 'node:fs';
import type { CubeValues } from '../../../../src/formats/cube/index.js';

export const FILES = 'test/oracles/cube/files';

export interface Dump {
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly dims: Readonly<Record<string, number>>;
  readonly variables: Readonly<
    Record<
      string,
      {
        readonly dims: readonly string[];
        readonly shape: readonly number[];
        readonly dtype: string;
        readonly units: string | null;
        readonly values: readonly (number | string | null)[];
        readonly corner: readonly (number | string | null)[];
      }
    >
  >;
}
export interface Described {
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly width: number;
  readonly height: number;
  readonly time?: readonly [first: number, last: number, count: number];
  readonly variables: readonly string[];
}

export const EXPECTED = JSON.parse(readFileSync('test/oracles/cube/expected.json', 'utf8')) as {
  readonly classic: Readonly<Record<string, Dump>>;
  readonly hdf5: Readonly<Record<string, Dump>>;
  readonly cubes: Readonly<Record<string, Described>>;
  readonly zarr: Readonly<Record<string, Described>>;
  readonly zarrValues: readonly number[];
  readonly projections: Readonly<
    Record<
      string,
      {
        readonly cf: Readonly<Record<string, unknown>>;
        readonly lonlat: readonly [number, number];
        readonly xy: readonly [number, number];
        readonly epsg: number | null;
      }
    >
  >;
  readonly times: readonly {
    readonly units: string;
    readonly calendar: string | null;
    readonly values: readonly number[];
    readonly micros: readonly number[];
  }[];
};

/** Values in the way make.py writes them: 64-bit integers as text, NaN as null. */
export function shown(values: CubeValues): (number | string | null)[] {
  return Array.from(values as ArrayLike<number | bigint | string>, (v) =>
    typeof v === 'bigint' ? String(v) : typeof v === 'number' && Number.isNaN(v) ? null : v,
  );
}
