/** Between cubes and tensors. */
import { ArgumentError, isNorthUp, TransformError, type NumericArray } from '../../core/index.js';
import type { GeoTensor } from '../geo-tensor.js';
import type { Dim, GeoTensorInit } from '../tensor/data.js';
import { varOf, type CubeData, type CubeLabels, type CubeVar, type DataCubeInit } from './cube-data.js';
import { requireTransform, spatialAttrs } from './cube-regrid.js';

/**
 * A variable on (time, band, y, x), (time, y, x), (band, y, x) or (y, x); one further dimension becomes the bands, named
 * by its labels.
 *
 * @throws {@link ArgumentError} `no-variable`, `too-many-dims`; {@link UnsupportedDataError} `irregular`, `no-grid`.
 */
export function tensorOfCube(cube: CubeData, name: string): GeoTensorInit {
  const v = varOf(cube, name);
  if (!v.dims.includes('x') || !v.dims.includes('y'))
    requireTransform({ ...cube, transform: null, dims: shapeOf(v) }, 'toTensor');
  const transform = requireTransform(cube, 'toTensor');
  const outer = v.dims.slice(0, -2);
  const others = outer.filter((dim) => dim !== 'time');
  const [band, ...more] = others;
  if (more.length > 0)
    throw new ArgumentError(
      'too-many-dims',
      `Variable ${name} is on (${v.dims.join(', ')}); a tensor has time and one further dimension at most.`,
      { hint: `Choose one with isel or sel first, e.g. isel({ ${more[0] ?? ''}: 0 }).`, details: { variable: name } },
    );
  let valid: Uint8Array | null = null;
  for (let i = 0; i < v.values.length; i++) {
    const value = v.values[i] as number;
    if (value === value) continue;
    valid ??= new Uint8Array(v.values.length).fill(1);
    valid[i] = 0;
  }
  const times = cube.coords['time'];
  const labels = band === undefined ? null : cube.coords[band];
  return {
    values: v.values,
    shape: v.shape,
    dims: v.dims.map((dim): Dim => (dim === 'time' || dim === 'y' || dim === 'x' ? dim : 'band')),
    transform,
    crs: cube.crs,
    valid,
    bandNames: labels ? Array.from(labels as ArrayLike<unknown>, String) : [name],
    times: outer.includes('time') && times instanceof Float64Array ? Array.from(times) : null,
    attrs: { ...cube.attrs, ...v.attrs, name },
  };
}

function shapeOf(v: CubeVar): Record<string, number> {
  return Object.fromEntries(v.dims.map((dim, axis) => [dim, v.shape[axis] ?? 0]));
}

/** Values with NaN where they are invalid; integers become floats that hold them. */
function withNaN(values: NumericArray, valid: Uint8Array | null): NumericArray {
  if (!valid?.includes(0)) return values;
  const isSmall = values.BYTES_PER_ELEMENT <= 2 || values instanceof Float32Array;
  const out = isSmall ? new Float32Array(values) : new Float64Array(values);
  for (let i = 0; i < out.length; i++) if (valid[i] === 0) out[i] = NaN;
  return out;
}

/** One band of a tensor as a variable. */
function bandVar(t: GeoTensor, band: number): CubeVar {
  const [bands, frames, plane] = [t.count, t.shape[t.dims.indexOf('time')] ?? 1, t.height * t.width];
  const bandFirst = t.dims.indexOf('band') < t.dims.indexOf('time');
  const take = <A extends NumericArray>(from: A): A => {
    // SAFETY: the constructor of a typed array makes arrays of its own type.
    const out = new (from.constructor as new (n: number) => A)(frames * plane);
    for (let frame = 0; frame < frames; frame++) {
      const at = (bandFirst ? band * frames + frame : frame * bands + band) * plane;
      out.set(from.subarray(at, at + plane), frame * plane);
    }
    return out;
  };
  const outer = t.dims.includes('time') ? (['time'] as const) : [];
  return {
    dims: [...outer, 'y', 'x'],
    shape: [...outer.map(() => frames), t.height, t.width],
    values: withNaN(take(t.values), t.valid && take(t.valid)),
    attrs: {},
  };
}

/**
 * A cube of the same pixels: a variable per band where bands have names of their own, else one called `values` (with a
 * dimension `band`, counted from 1, where there is a band axis). Invalid pixels become NaN.
 *
 * @throws {@link TransformError} `not-north-up` for rotated, flipped and south-up tensors.
 */
export function cubeOfTensor(t: GeoTensor): DataCubeInit {
  if (!isNorthUp(t.transform))
    throw new TransformError(
      'not-north-up',
      `The tensor's transform [${t.transform.join(', ')}] is rotated, flipped or south-up; rows of a cube run from north to south.`,
      { hint: 'Load it on the grid of a slice first.' },
    );
  const names = t.bandNames;
  const isNamed = names !== null && new Set(names).size === names.length && names.every((n) => n.trim() !== '');
  const vars: Record<string, CubeVar> = isNamed
    ? Object.fromEntries(names.map((name, band) => [name, bandVar(t, band)]))
    : { values: { dims: t.dims, shape: t.shape, values: withNaN(t.values, t.valid), attrs: {} } };
  const [a, , c, , e, f] = t.transform;
  const coords: Record<string, CubeLabels> = {
    y: Float64Array.from({ length: t.height }, (_, i) => f + e * (i + 0.5)),
    x: Float64Array.from({ length: t.width }, (_, i) => c + a * (i + 0.5)),
    ...(t.dims.includes('band') ? { band: Float64Array.from({ length: t.count }, (_, i) => i + 1) } : {}),
    ...(t.times ? { time: Float64Array.from(t.times) } : {}),
  };
  return {
    vars,
    coords,
    crs: t.crs,
    transform: t.transform,
    coordAttrs: spatialAttrs(t.crs.isGeographic, t.crs.unit),
    attrs: t.attrs,
  };
}
