/** DataCube: labelled n-dimensional variables on one grid (loading.md §4). */
import {
  checkOptionNames,
  DISPLAY_METHOD,
  displayObject,
  KIND,
  type Affine,
  type Crs,
  type GeoSlice,
} from '../../core/index.js';
import { GeoTensor, installCubes } from '../geo-tensor.js';
import { cubeData, type CubeData, type CubeLabels, type CubeVar, type DataCubeInit } from './cube-data.js';
import { cubeMean } from './cube-mean.js';
import { cubeRegrid, type RegridOptions } from './cube-regrid.js';
import { cubeIsel, cubeSel, type CubeIndexes, type CubeSelectors, type SelOptions } from './cube-select.js';
import { cubeCsv, cubeSeries, type SeriesPoint } from './cube-table.js';
import { cubeOfTensor, tensorOfCube } from './cube-tensor.js';
import { saveCubeZarr, type ZarrOptions, type ZarrReport } from './save-zarr.js';

const BRAND = Symbol.for('nadir.datacube');

/**
 * Variables on named dimensions with labels. Spatial dimensions are `y` (north to south) and `x` (west to east), time is
 * `time`, further ones keep the names of the file; the file's own names (`lat`, `day` …) are accepted too. Immutable by
 * convention: operations return new cubes, which may share memory with the old one where no value changed.
 */
export class DataCube implements CubeData {
  /** Bundlers rename a class that refers to itself. */
  static readonly name = 'DataCube';
  /** Length by dimension. */
  readonly dims: Readonly<Record<string, number>>;
  /** Labels by dimension: cell centres for x and y, µs since 1970 for time, else numbers or texts. */
  readonly coords: Readonly<Record<string, CubeLabels>>;
  /** Variables by name; missing values are NaN. */
  readonly vars: Readonly<Record<string, CubeVar>>;
  readonly crs: Crs;
  /** Of the outer corner of the north-west cell; null without y and x, or where cells are not evenly spaced. */
  readonly transform: Affine | null;
  /** CF attributes of coordinates. */
  readonly coordAttrs: Readonly<Record<string, CubeVar['attrs']>>;
  /** Names that a file gave to dimensions. */
  readonly aliases: Readonly<Record<string, string>>;
  /** Facts about the origin: a loaded cube has `slice` and `sources`. */
  readonly attrs: Readonly<Record<string, unknown>>;

  private constructor(data: CubeData) {
    this.dims = data.dims;
    this.coords = data.coords;
    this.vars = data.vars;
    this.crs = data.crs;
    this.transform = data.transform;
    this.coordAttrs = data.coordAttrs;
    this.aliases = data.aliases;
    this.attrs = data.attrs;
    Object.freeze(this);
  }

  get [BRAND](): true {
    return true;
  }

  /** Kind of this object, for displays. */
  get [KIND](): 'cube' {
    return 'cube';
  }

  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }

  /** One line for lists of variables. */
  toString(): string {
    const dims = Object.entries(this.dims).map(([dim, length]) => `${dim} ${length}`);
    return `${Object.keys(this.vars).join(', ')} on ${dims.join(' × ') || 'no dimension'}, ${this.crs.canonical}`;
  }

  /** A checked cube. @throws {@link ArgumentError} `bad-shape` and the like, naming the part. */
  static create(init: DataCubeInit): DataCube {
    return new DataCube(cubeData(init));
  }

  /**
   * The cells at positions; a number drops its dimension.
   *
   * @throws {@link ArgumentError} `no-dim`, `bad-index`, `empty-range`.
   */
  isel(indexes: CubeIndexes): DataCube {
    return DataCube.create(cubeIsel(this, indexes));
  }

  /**
   * The cells at labels: one (which drops its dimension), a list, or `{ start, end }` with both ends included.
   * `{ method: 'nearest', tolerance }` takes the closest label. Longitudes are compared modulo 360.
   *
   * @throws {@link ArgumentError} `no-dim`, `no-label`, `bad-label`, `empty-range`.
   */
  sel(labels: CubeSelectors, options: SelOptions = {}): DataCube {
    checkOptionNames('sel', options, ['method', 'tolerance']);
    return DataCube.create(cubeSel(this, labels, options));
  }

  /**
   * Unweighted means over dimensions (default: all), leaving out NaN; NaN where nothing is left.
   *
   * @throws {@link ArgumentError} `no-dim`.
   */
  mean(dims?: string | readonly string[]): DataCube {
    return DataCube.create(cubeMean(this, typeof dims === 'string' ? [dims] : dims));
  }

  /**
   * On the grid of a slice, with the rules of rasters (loading.md §2.1); the slice's interval plays no part.
   *
   * @throws {@link UnsupportedDataError} `irregular`, `no-grid`; {@link ArgumentError} `bad-option`, `slice-too-large`.
   */
  async regrid(slice: GeoSlice, options: RegridOptions = {}): Promise<DataCube> {
    checkOptionNames('regrid', options, ['resampling', 'signal', 'onProgress']);
    return DataCube.create(await cubeRegrid(this, slice, options));
  }

  /**
   * The values of a variable in time: its unweighted mean over all other dimensions, leaving out NaN. For a single place
   * choose it first: `cube.sel({ x, y }, { method: 'nearest' }).toSeries(name)`.
   *
   * @throws {@link ArgumentError} `no-variable`, `no-time`.
   */
  toSeries(name: string): SeriesPoint[] {
    return cubeSeries(this, name);
  }

  /**
   * Tidy CSV (RFC 4180): one row per cell with a column per dimension, then per variable; times are ISO 8601, missing
   * values empty.
   *
   * @throws {@link ArgumentError} `too-large` beyond 5 million rows.
   */
  toCsv(): string {
    return cubeCsv(this);
  }

  /**
   * A variable as a tensor; NaN is invalid. One dimension beside time, y and x becomes the bands.
   *
   * @throws {@link ArgumentError} `no-variable`, `too-many-dims`; {@link UnsupportedDataError} `irregular`, `no-grid`.
   */
  toTensor(name: string): GeoTensor {
    return GeoTensor.create(tensorOfCube(this, name));
  }

  /**
   * Writes a Zarr 3 folder with CF coordinates, CRS and `GeoTransform`, which appears whole or not at all; the same cube
   * gives the same bytes.
   *
   * @throws {@link ArgumentError} `exists` where something is at the path and `overwrite` is not set; {@link SourceError}.
   */
  saveZarr(path: string, options: ZarrOptions = {}): Promise<ZarrReport> {
    return saveCubeZarr(this, path, options);
  }
}

installCubes((tensor) => DataCube.create(cubeOfTensor(tensor)));

/** Whether a value is a DataCube, of this copy of the library or another. */
export function isDataCube(value: unknown): value is DataCube {
  return typeof value === 'object' && value !== null && BRAND in value;
}
