/** The JSON form of a tensor: nested values, NaN as null (loading.md §1). */
import { ArgumentError, type Affine, type DType, formatTime, isDType, parseTime } from '../../core/index.js';
import { dtypeOf, makeArray } from '../numeric.js';
import type { GeoTensorInit, TensorData } from './data.js';

type Nested = readonly (number | null | Nested)[];

export interface GeoTensorJson {
  readonly type: 'GeoTensor';
  readonly dtype: DType;
  readonly dims: readonly string[];
  readonly values: Nested;
  readonly transform: readonly number[];
  readonly crs: string;
  readonly fill_value_default: number | null;
  readonly valid?: Nested;
  readonly band_names?: readonly string[];
  readonly times?: readonly string[];
}

function nest(values: ArrayLike<number>, shape: readonly number[], offset = 0): Nested {
  const [n = 0, ...rest] = shape;
  if (rest.length === 0) return Array.from({ length: n }, (_, i) => jsonNumber(values[offset + i] as number));
  const stride = rest.reduce((a, b) => a * b, 1);
  return Array.from({ length: n }, (_, i) => nest(values, rest, offset + i * stride));
}

function jsonNumber(v: number): number | null {
  return Number.isNaN(v) ? null : v;
}

/** The JSON form. */
export function tensorToJson(t: TensorData): GeoTensorJson {
  return {
    type: 'GeoTensor',
    dtype: dtypeOf(t.values),
    dims: t.dims,
    values: nest(t.values, t.shape),
    transform: t.transform,
    crs: t.crs.canonical,
    fill_value_default: jsonNumber(t.fillValue),
    ...(t.valid ? { valid: nest(t.valid, t.shape) } : {}),
    ...(t.bandNames ? { band_names: t.bandNames } : {}),
    ...(t.times ? { times: t.times.map(formatTime) } : {}),
  };
}

function bad(path: string, why: string): ArgumentError {
  return new ArgumentError('bad-json', `GeoTensor JSON: ${path} ${why}.`, { details: { path } });
}

function shapeOf(value: unknown, path: string): number[] {
  const shape: number[] = [];
  for (let v: unknown = value; Array.isArray(v); v = v[0] as unknown) shape.push(v.length);
  if (shape.length < 2 || shape.length > 4) throw bad(path, 'is not an array of 2 to 4 levels');
  return shape;
}

function flatten(
  value: unknown,
  shape: readonly number[],
  path: string,
  into: (v: number | null, i: number) => void,
): void {
  let i = 0;
  const walk = (v: unknown, depth: number): void => {
    if (depth === shape.length) {
      if (v !== null && typeof v !== 'number') throw bad(path, `holds ${JSON.stringify(v)}, not a number or null`);
      into(v, i++);
      return;
    }
    if (!Array.isArray(v) || v.length !== shape[depth]) throw bad(path, 'is ragged: rows differ in length');
    for (const item of v as readonly unknown[]) walk(item, depth + 1);
  };
  walk(value, 0);
}

/** The parts of a tensor from its JSON form; a missing `dtype` means float64. @throws {@link ArgumentError} `bad-json`. */
export function tensorFromJson(value: unknown): GeoTensorInit {
  if (typeof value !== 'object' || value === null) throw bad('(root)', 'is not an object');
  // SAFETY: an object; each field is checked before use.
  const json = value as Readonly<Record<string, unknown>>;
  const dtype = json['dtype'] ?? 'float64';
  if (!isDType(dtype)) throw bad('dtype', `is ${JSON.stringify(dtype)}`);
  const shape = shapeOf(json['values'], 'values');
  const length = shape.reduce((a, b) => a * b, 1);
  const values = makeArray(dtype, length);
  flatten(json['values'], shape, 'values', (v, i) => (values[i] = v ?? NaN));
  const { transform, crs } = json;
  if (!Array.isArray(transform) || transform.length !== 6) throw bad('transform', 'is not six numbers');
  if (typeof crs !== 'string') throw bad('crs', 'is not a string');
  let valid: Uint8Array | null = null;
  if (json['valid'] !== undefined) {
    const into = new Uint8Array(length);
    flatten(json['valid'], shape, 'valid', (v, i) => (into[i] = v === 0 ? 0 : 1));
    valid = into;
  }
  const fill = json['fill_value_default'];
  const names = json['band_names'];
  const times = json['times'];
  return {
    values,
    shape,
    // SAFETY: GeoTensor.create checks transform, dims and labels.
    transform: transform as unknown as Affine,
    dims: json['dims'] as GeoTensorInit['dims'],
    crs,
    fillValue: typeof fill === 'number' ? fill : undefined,
    valid,
    bandNames: Array.isArray(names) ? names.map(String) : null,
    times: Array.isArray(times) ? times.map((t) => parseTime(t as string)) : null,
  };
}
