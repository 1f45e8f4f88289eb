/** What a GeoTensor is made of, and its validation. Operations are functions from this to this. */
import { ArgumentError, Crs, type Affine, type CrsInput, type Micros } from '../../core/index.js';
import { defaultFill, dtypeOf, holdsValue, type NumericArray } from '../numeric.js';

export type Dim = 'time' | 'band' | 'y' | 'x';
/** A non-spatial axis. */
export type OuterDim = 'time' | 'band';

export interface GeoTensorInit<A extends NumericArray = NumericArray> {
  /** C-ordered, spatial axes last. */
  readonly values: A;
  /** 2–4 axes. */
  readonly shape: readonly number[];
  readonly transform: Affine;
  readonly crs: CrsInput;
  /** Default (y, x), (band, y, x) or (time, band, y, x) by the number of axes. */
  readonly dims?: readonly Dim[] | undefined;
  /** Value of invalid pixels in files; default NaN for floats, else 0. */
  readonly fillValue?: number | undefined;
  /** 1 = valid, same shape as values; null (the default) = all valid. */
  readonly valid?: Uint8Array | null | undefined;
  /** One per band, when there is a band axis or a single band. */
  readonly bandNames?: readonly string[] | null | undefined;
  /** One per frame, in µs since 1970. */
  readonly times?: readonly Micros[] | null | undefined;
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
}

export interface TensorData<A extends NumericArray = NumericArray> {
  readonly values: A;
  readonly shape: readonly number[];
  readonly dims: readonly Dim[];
  readonly transform: Affine;
  readonly crs: Crs;
  readonly fillValue: number;
  readonly valid: Uint8Array | null;
  readonly bandNames: readonly string[] | null;
  readonly times: readonly Micros[] | null;
  readonly attrs: Readonly<Record<string, unknown>>;
}

const DEFAULT_DIMS: Readonly<Record<number, readonly Dim[]>> = {
  2: ['y', 'x'],
  3: ['band', 'y', 'x'],
  4: ['time', 'band', 'y', 'x'],
};

function bad(code: string, message: string, details: Readonly<Record<string, unknown>>, hint?: string): ArgumentError {
  return new ArgumentError(code, message, { details, ...(hint === undefined ? {} : { hint }) });
}

/**
 * The parts of a tensor, checked and completed.
 *
 * @throws {@link ArgumentError} `bad-shape`, `bad-dims`, `bad-transform`, `bad-valid`, `bad-fill`, `bad-band-names`, `bad-times`.
 */
export function tensorData<A extends NumericArray>(init: GeoTensorInit<A>): TensorData<A> {
  const { values, shape, transform } = init;
  // Callers without types give anything.
  const [givenShape, givenTransform]: readonly unknown[] = [shape, transform];
  if (!Array.isArray(givenShape))
    throw bad('bad-shape', `shape is a list of lengths; got ${JSON.stringify(shape)}.`, {});
  if (!Array.isArray(givenTransform))
    throw bad('bad-transform', `A transform is six finite numbers; got ${JSON.stringify(transform)}.`, {});
  const dtype = dtypeOf(values);
  const dims = init.dims ?? DEFAULT_DIMS[shape.length];
  if (!dims || shape.length < 2 || shape.length > 4 || !shape.every((n) => Number.isInteger(n) && n >= 0)) {
    throw bad('bad-shape', `A tensor has 2 to 4 axes of whole lengths; got shape [${shape.join(', ')}].`, { shape });
  }
  const size = shape.reduce((a, b) => a * b, 1);
  if (size !== values.length) {
    throw bad('bad-shape', `Shape [${shape.join(', ')}] holds ${size} values, but ${values.length} were given.`, {
      shape,
    });
  }
  const outer = dims.slice(0, -2);
  const areDims = dims.length === shape.length && dims.at(-2) === 'y' && dims.at(-1) === 'x';
  if (!areDims || !outer.every((d) => d === 'time' || d === 'band') || new Set(outer).size !== outer.length) {
    throw bad(
      'bad-dims',
      `Axes are time and band (each at most once), then y, x, one per axis of the shape; got [${dims.join(', ')}].`,
      { dims, shape },
    );
  }
  if (transform.filter(Number.isFinite).length !== 6) {
    throw bad('bad-transform', `A transform is six finite numbers [a, b, c, d, e, f]; got [${transform.join(', ')}].`, {
      transform,
    });
  }
  const valid = init.valid ?? null;
  if (valid !== null && (!(valid instanceof Uint8Array) || valid.length !== size)) {
    throw bad('bad-valid', `valid is a Uint8Array of ${size} values like the tensor; got ${valid.length}.`, { shape });
  }
  const fillValue = init.fillValue ?? defaultFill(dtype);
  if (!holdsValue(dtype, fillValue)) {
    throw bad(
      'bad-fill',
      `The fill value ${fillValue} does not fit ${dtype}.`,
      { fillValue, dtype },
      'Choose a fill value inside the range of the type.',
    );
  }
  const bandNames = init.bandNames ?? null;
  const bands = lengthOf(dims, shape, 'band') ?? 1;
  if (bandNames !== null && bandNames.length !== bands) {
    throw bad('bad-band-names', `There are ${bandNames.length} band names for ${bands} bands.`, { bandNames });
  }
  const times = init.times ?? null;
  const frames = lengthOf(dims, shape, 'time');
  if (times !== null && times.length !== frames) {
    throw bad('bad-times', `There are ${times.length} times for ${frames ?? 'no'} frames.`, { times });
  }
  return {
    values,
    shape: Object.freeze([...shape]),
    dims: Object.freeze([...dims]),
    transform: Object.freeze<Affine>([...transform]),
    crs: Crs.from(init.crs),
    fillValue,
    valid,
    bandNames: bandNames && Object.freeze([...bandNames]),
    times: times && Object.freeze([...times]),
    attrs: Object.freeze({ ...init.attrs }),
  };
}

/** Length of a named axis, or undefined when there is none. */
export function lengthOf(dims: readonly Dim[], shape: readonly number[], dim: Dim): number | undefined {
  const axis = dims.indexOf(dim);
  return axis < 0 ? undefined : shape[axis];
}

/** `[height, width]` of the spatial axes. */
export function spatialShape(t: Pick<TensorData, 'shape'>): readonly [height: number, width: number] {
  // SAFETY: tensorData saw at least two axes.
  return [t.shape.at(-2) as number, t.shape.at(-1) as number];
}

/** Number of (y, x) planes. */
export function planeCount(t: Pick<TensorData, 'shape'>): number {
  return t.shape.slice(0, -2).reduce((a, b) => a * b, 1);
}

/** Bytes of one array: beyond, it cannot be made or the machine swaps. */
const MOST_BYTES = 4 * 2 ** 30;

/** A zeroed array of the same element type. */
export function arrayLike<A extends NumericArray>(values: A, length: number): A {
  if (!(length * values.BYTES_PER_ELEMENT <= MOST_BYTES))
    throw new ArgumentError('tensor-too-large', `A tensor of ${length} values takes more than 4 GiB; none is made.`, {
      hint: 'Ask for fewer pixels.',
    });
  // SAFETY: the constructor of a typed array makes arrays of its own type.
  return new (values.constructor as new (n: number) => A)(length);
}

/** Null when every pixel is valid: the shorter of two equal forms. */
export function compactValid(valid: Uint8Array): Uint8Array | null {
  return valid.includes(0) ? valid : null;
}
