/** GeoTensor: a georeferenced array with explicit validity (loading.md §1). */
import {
  affineBounds,
  affineResolution,
  Crs,
  DISPLAY_METHOD,
  displayObject,
  GeoSlice,
  KIND,
  transformBounds,
  type Affine,
  type Bounds,
  type CrsInput,
  type Micros,
  type PixelWindow,
  type Resolution,
} from '../core/index.js';
import type { MultiPolygon, Polygon } from 'geojson';
import type { DataCube } from './cube/data-cube.js';
import { dtypeOf, type NumericArray } from './numeric.js';
import { saveCog, type CogOptions, type CogReport } from './save-cog.js';
import { arithmetic, bits, comparison } from './tensor/arithmetic.js';
import { concatenate, expandDims, squeeze, stack, transpose } from './tensor/axes.js';
import {
  lengthOf,
  spatialShape,
  tensorData,
  type Dim,
  type GeoTensorInit,
  type OuterDim,
  type TensorData,
} from './tensor/data.js';
import { footprint, validFootprint } from './tensor/footprint.js';
import { tensorFromJson, tensorToJson, type GeoTensorJson } from './tensor/json.js';
import { reduceAll, reduceAxes, type PlainArray, type ReductionName } from './tensor/reduce.js';
import { resize, type ResizeTarget } from './tensor/resize.js';
import { clip, isel, pad, readWindow, writeWindow, type AxisSelection } from './tensor/select.js';
import type { Resampling } from './warp/methods.js';

const BRAND = Symbol.for('nadir.geotensor');

let makeCube: ((tensor: GeoTensor) => DataCube) | null = null;

/** Called by the module of {@link DataCube}, which needs this one: imports may not run in a circle. */
export function installCubes(make: (tensor: GeoTensor) => DataCube): void {
  makeCube = make;
}

/** A reduction: over all pixels to a number, over outer axes to a tensor, over spatial axes to a plain array. */
export interface Reduction {
  (): number;
  (over: OuterDim | readonly OuterDim[]): GeoTensor;
  (over: Dim | readonly Dim[]): GeoTensor | PlainArray;
}

/**
 * A georeferenced array of 2–4 axes, spatial axes last, with explicit validity. Immutable by convention: operations
 * return new tensors, which may share memory with the old one where no value changed.
 */
export class GeoTensor<A extends NumericArray = NumericArray> implements TensorData<A> {
  /** Bundlers rename a class that refers to itself. */
  static readonly name = 'GeoTensor';
  readonly values: A;
  /** 2–4 axes, spatial axes last. */
  readonly shape: readonly number[];
  readonly dims: readonly Dim[];
  /** Of the outer corner of the first pixel. */
  readonly transform: Affine;
  readonly crs: Crs;
  /** What invalid pixels are written as. */
  readonly fillValue: number;
  /** 1 = valid, same shape as values; null = all valid. */
  readonly valid: Uint8Array | null;
  readonly bandNames: readonly string[] | null;
  readonly times: readonly Micros[] | null;
  /** Facts about the origin: a loaded tensor has `slice` and `sources`. */
  readonly attrs: Readonly<Record<string, unknown>>;

  private constructor(data: TensorData<A>) {
    this.values = data.values;
    this.shape = data.shape;
    this.dims = data.dims;
    this.transform = data.transform;
    this.crs = data.crs;
    this.fillValue = data.fillValue;
    this.valid = data.valid;
    this.bandNames = data.bandNames;
    this.times = data.times;
    this.attrs = data.attrs;
    Object.freeze(this);
  }

  get [BRAND](): true {
    return true;
  }

  /** Kind of this object, for displays. */
  get [KIND](): 'tensor' {
    return 'tensor';
  }

  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }

  /** One line for lists of variables. */
  toString(): string {
    return `${dtypeOf(this.values)} ${this.shape.join(' × ')}, ${this.crs.canonical}`;
  }

  /** A checked tensor. @throws {@link ArgumentError} `bad-shape` and the like, naming the part. */
  static create<A extends NumericArray>(init: GeoTensorInit<A>): GeoTensor<A> {
    return new GeoTensor(tensorData(init));
  }

  /** The tensor of its JSON form. @throws {@link ArgumentError} `bad-json`. */
  static fromJSON(value: unknown): GeoTensor {
    return GeoTensor.create(tensorFromJson(value));
  }

  /** Tensors of one grid joined along a new axis in front. */
  static stack(
    tensors: readonly GeoTensor[],
    dim: OuterDim,
    labels?: { readonly times?: readonly Micros[]; readonly bandNames?: readonly string[] },
  ): GeoTensor {
    return GeoTensor.create(stack(tensors, dim, labels));
  }

  /** Tensors of one grid joined along an axis they have. */
  static concatenate(tensors: readonly GeoTensor[], dim: OuterDim): GeoTensor {
    return GeoTensor.create(concatenate(tensors, dim));
  }

  get height(): number {
    return spatialShape(this)[0];
  }
  get width(): number {
    return spatialShape(this)[1];
  }
  /** Number of bands; 1 without a band axis. */
  get count(): number {
    return lengthOf(this.dims, this.shape, 'band') ?? 1;
  }
  /** Lengths of the pixel's axes in CRS units. */
  get resolution(): Resolution {
    return affineResolution(this.transform);
  }
  /** Envelope in the tensor's CRS. */
  get bounds(): Bounds {
    return affineBounds(this.transform, spatialShape(this));
  }

  /** The outline, as a closed counter-clockwise ring; with 21 points on each side in another CRS. */
  footprint(crs?: CrsInput): Polygon {
    return footprint(this, crs === undefined ? this.crs : Crs.from(crs));
  }

  /** The outlines of the pixels that are valid in any band or frame, holes and single pixels included. */
  validFootprint(crs?: CrsInput): MultiPolygon {
    return validFootprint(this, crs === undefined ? this.crs : Crs.from(crs));
  }

  /** The chosen positions of each axis; see {@link AxisSelection}. */
  isel(selection: AxisSelection): GeoTensor<A> {
    return GeoTensor.create(isel(this, selection));
  }

  /** The pixels that a box, or a slice, touches. A box in another CRS is projected first. */
  clip(area: Bounds | GeoSlice, crs?: CrsInput): GeoTensor<A> {
    const [bounds, from] =
      'bounds' in area ? [area.bounds, area.crs] : [area, crs === undefined ? this.crs : Crs.from(crs)];
    return GeoTensor.create(clip(this, transformBounds(bounds, from, this.crs)));
  }

  /** Grown by rows and columns on both sides; new pixels are invalid. */
  pad(rows: number, cols: number): GeoTensor<A> {
    return GeoTensor.create(pad(this, rows, cols));
  }

  /** On finer or coarser pixels. `resolution` pairs xRes with columns and yRes with rows. */
  resize(to: ResizeTarget, resampling: Resampling = 'bilinear'): GeoTensor<A> {
    return GeoTensor.create(resize(this, to, resampling));
  }

  /** Without band and time axes of length one. */
  squeeze(): GeoTensor<A> {
    return GeoTensor.create(squeeze(this));
  }

  /** With an axis of length one in front. */
  expandDims(dim: OuterDim, time?: Micros): GeoTensor<A> {
    return GeoTensor.create(expandDims(this, dim, time));
  }

  /** With the outer axes in another order; spatial axes stay last. */
  transpose(dims: readonly Dim[]): GeoTensor<A> {
    return GeoTensor.create(transpose(this, dims));
  }

  /** The pixels of a window, which may reach beyond the tensor. */
  readWindow(window: PixelWindow): GeoTensor<A> {
    return GeoTensor.create(readWindow(this, window));
  }

  /** With a window replaced by the pixels of another tensor. */
  writeWindow(window: Pick<PixelWindow, 'col' | 'row'>, patch: GeoTensor): GeoTensor<A> {
    return GeoTensor.create(writeWindow(this, window, patch));
  }

  add(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(arithmetic('add', this, other));
  }
  sub(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(arithmetic('sub', this, other));
  }
  mul(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(arithmetic('mul', this, other));
  }
  div(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(arithmetic('div', this, other));
  }
  and(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(bits('and', this, other));
  }
  or(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(bits('or', this, other));
  }
  xor(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(bits('xor', this, other));
  }
  gt(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(comparison('gt', this, other));
  }
  ge(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(comparison('ge', this, other));
  }
  lt(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(comparison('lt', this, other));
  }
  le(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(comparison('le', this, other));
  }
  eq(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(comparison('eq', this, other));
  }
  ne(other: GeoTensor | number): GeoTensor {
    return GeoTensor.create(comparison('ne', this, other));
  }

  get mean(): Reduction {
    return reduction(this, 'mean');
  }
  get sum(): Reduction {
    return reduction(this, 'sum');
  }
  get min(): Reduction {
    return reduction(this, 'min');
  }
  get max(): Reduction {
    return reduction(this, 'max');
  }
  get median(): Reduction {
    return reduction(this, 'median');
  }
  /** Standard deviation, dividing by n. */
  get std(): Reduction {
    return reduction(this, 'std');
  }

  /** Writes a Cloud Optimized GeoTIFF; see {@link saveCog}. */
  save(path: string, options: CogOptions = {}): Promise<CogReport> {
    return saveCog(this, path, options);
  }

  /**
   * The same pixels as labelled variables: one per band where bands have names, else one called `values`. Invalid pixels
   * become NaN.
   *
   * @throws {@link TransformError} `not-north-up` for rotated, flipped and south-up tensors.
   */
  toCube(): DataCube {
    if (!makeCube) throw new Error('the module of DataCube was not loaded');
    return makeCube(this);
  }

  toJSON(): GeoTensorJson {
    return tensorToJson(this);
  }
}

function reduction(t: GeoTensor, name: ReductionName): Reduction {
  const reduce = (over?: Dim | readonly Dim[]): unknown => {
    if (over === undefined) return reduceAll(name, t);
    const result = reduceAxes(name, t, typeof over === 'string' ? [over] : over);
    return 'tensor' in result ? GeoTensor.create(result.tensor) : result.plain;
  };
  // SAFETY: the overloads say what each form of `over` gives, as reduceAxes decides it.
  return reduce as Reduction;
}

/** Whether a value is a GeoTensor, of this copy of the library or another. */
export function isGeoTensor(value: unknown): value is GeoTensor {
  return typeof value === 'object' && value !== null && BRAND in value;
}
