/** Cubes as Zarr 3 by the conventions of CF, which xarray and GDAL read back with their place on Earth. */
import {
  ArgumentError,
  checkOptionNames,
  crsText,
  dtypeRange,
  isFloat,
  startTask,
  toGdalTransform,
  type LongTask,
  type NumericArray,
} from '../../core/index.js';
import { writeZarr, type ZarrArraySpec, type ZarrReport } from '../../formats/zarr/index.js';
import { dtypeOf } from '../numeric.js';
import type { CubeData, CubeVar } from './cube-data.js';

export type { ZarrReport } from '../../formats/zarr/index.js';

export interface ZarrOptions extends LongTask {
  /** Replaces a Zarr folder that is already there. Default false. */
  readonly overwrite?: boolean;
}

const SPATIAL_REF = 'spatial_ref';
const MICROS_PER_SECOND = 1_000_000;

/** A value of the type that no element has, so that none is taken for missing; NaN for floats. */
function unusedValue(values: NumericArray): number | 'NaN' {
  const dtype = dtypeOf(values);
  if (isFloat(dtype)) return 'NaN';
  const used = new Set<number>(values);
  const [min, max] = dtypeRange(dtype);
  for (let v = max; v >= min; v--) if (!used.has(v)) return v;
  return max;
}

/** Times as seconds where they are whole, else as microseconds, since 1970. */
function timeArray(times: Float64Array, attributes: CubeVar['attrs']): ZarrArraySpec {
  const whole = times.every((t) => t % MICROS_PER_SECOND === 0);
  const unit = whole ? MICROS_PER_SECOND : 1;
  return {
    name: 'time',
    dims: ['time'],
    shape: [times.length],
    values: BigInt64Array.from(times, (t) => BigInt(t / unit)),
    fillValue: 0,
    attributes: {
      ...attributes,
      standard_name: 'time',
      axis: 'T',
      units: `${whole ? 'seconds' : 'microseconds'} since 1970-01-01 00:00:00`,
      calendar: 'proleptic_gregorian',
    },
  };
}

function coordArrays(cube: CubeData): ZarrArraySpec[] {
  return Object.entries(cube.coords).map(([dim, labels]): ZarrArraySpec => {
    const attributes = cube.coordAttrs[dim] ?? {};
    if (!(labels instanceof Float64Array))
      return { name: dim, dims: [dim], shape: [labels.length], values: labels, fillValue: '', attributes };
    if (dim === 'time') return timeArray(labels, attributes);
    return { name: dim, dims: [dim], shape: [labels.length], values: labels, fillValue: 'NaN', attributes };
  });
}

/** The grid mapping: WKT as CF and GDAL spell it, and the affine in GDAL's order. */
function gridMapping({ crs, transform }: CubeData): ZarrArraySpec {
  const text = crsText(crs);
  return {
    name: SPATIAL_REF,
    dims: [],
    shape: [],
    values: BigInt64Array.of(0n),
    fillValue: 0,
    attributes: {
      ...(crs.projection === 'longlat' ? { grid_mapping_name: 'latitude_longitude' } : {}),
      crs_wkt: text,
      spatial_ref: text,
      // What no code names comes back by its own definition.
      ...(crs.epsg === null ? { nadir_crs: crs.portable } : {}),
      ...(transform ? { GeoTransform: toGdalTransform(transform).join(' ') } : {}),
    },
  };
}

/** Names become folders, and keys of their metadata. */
function checkName(name: string, taken: ReadonlySet<string>): void {
  const isPlain = name !== '' && !/[/\\\0]/.test(name) && !/^\.+$/.test(name) && name !== 'zarr.json';
  if (isPlain && !taken.has(name)) return;
  throw new ArgumentError(
    'bad-name',
    isPlain
      ? `Variable ${JSON.stringify(name)} has the name of a coordinate.`
      : `Variable ${JSON.stringify(name)} cannot be stored under this name.`,
    { hint: 'Names hold no slash and are not those of dimensions or spatial_ref.', details: { variable: name } },
  );
}

/** @throws {@link ArgumentError} `bad-name`, `exists`, `bad-path`; {@link CrsError} `no-projjson`; {@link SourceError}. */
export async function saveCubeZarr(cube: CubeData, path: string, o: ZarrOptions): Promise<ZarrReport> {
  checkOptionNames('saveZarr', o, ['overwrite', 'signal', 'onProgress']);
  const coords = coordArrays(cube);
  const taken = new Set([...coords.map((c) => c.name), SPATIAL_REF]);
  const variables = Object.entries(cube.vars).map(([name, v]): ZarrArraySpec => {
    checkName(name, taken);
    const isPlaced = v.dims.includes('x') && v.dims.includes('y');
    return {
      name,
      dims: v.dims,
      shape: v.shape,
      values: v.values,
      fillValue: unusedValue(v.values),
      attributes: { ...v.attrs, ...(isPlaced ? { grid_mapping: SPATIAL_REF, coordinates: SPATIAL_REF } : {}) },
    };
  });
  const task = startTask('saveZarr', o);
  let [done, bytes] = [0, 0];
  try {
    return await writeZarr(
      path,
      { attributes: { Conventions: 'CF-1.11' }, arrays: [...coords, gridMapping(cube), ...variables] },
      {
        signal: task.signal,
        overwrite: o.overwrite,
        onFile: (n) => task.report({ done: ++done, unit: 'files', bytes: (bytes += n) }),
      },
    );
  } finally {
    task.end();
  }
}
