/** Cubes on the grid of a slice, by the rules of rasters (loading.md §2.1). */
import { setImmediate } from 'node:timers/promises';
import {
  affineBounds,
  ArgumentError,
  dtypeSize,
  startTask,
  UnsupportedDataError,
  type Affine,
  type GeoSlice,
  type LongTask,
} from '../../core/index.js';
import { isCategoricalName } from '../categorical.js';
import { dtypeOf } from '../numeric.js';
import { arrayLike } from '../tensor/data.js';
import { RESAMPLINGS, type Resampling } from '../warp/methods.js';
import type { SourceGrid } from '../warp/source-grid.js';
import { warpBlock } from '../warp/warp-block.js';
import { planWarp, type Block, type RasterSource, type WarpedBlock } from '../warp/warp-plan.js';
import { sizeOf, type CubeData, type CubeVar, type DataCubeInit } from './cube-data.js';

export interface RegridOptions extends LongTask {
  /** Default per variable: `nearest` for classes and flags, else `bilinear`. */
  readonly resampling?: Resampling;
}

const BLOCK_SIDE = 256;
/** Planes that share one mapping of coordinates: 16 blocks of doubles are 8 MiB. */
const PLANES_AT_ONCE = 16;
const MAX_RESULT_BYTES = 4 * 2 ** 30;
const TURN = 360;

/** How a variable is resampled where nobody says. */
export function cubeResampling(name: string, attrs: CubeVar['attrs']): Resampling {
  const hasFlags = attrs['flag_values'] !== undefined || attrs['flag_masks'] !== undefined;
  return hasFlags || isCategoricalName(name) ? 'nearest' : 'bilinear';
}

/** The affine of a cube on an even grid. @throws {@link UnsupportedDataError} `irregular`, `no-grid`. */
export function requireTransform(cube: CubeData, what: string): Affine {
  if (cube.transform) return cube.transform;
  const isPlaced = 'x' in cube.dims && 'y' in cube.dims;
  throw new UnsupportedDataError(
    isPlaced ? 'irregular' : 'no-grid',
    isPlaced
      ? `${what} needs evenly spaced cells; x or y of this cube are irregular.`
      : `${what} needs the dimensions y and x; the cube has ${Object.keys(cube.dims).join(', ') || 'none'}.`,
    {
      hint: isPlaced
        ? 'Gaussian and other irregular grids stay with their coordinates: use sel, mean and toCsv.'
        : 'Call it before y or x are averaged or dropped.',
    },
  );
}

/** Copies of the source by whole turns that meet the slice: only grids in degrees have several. */
function turnedSources(source: SourceGrid, slice: GeoSlice): SourceGrid[] {
  if (!source.crs.isGeographic) return [source];
  const [west, , east] = affineBounds(source.transform, [source.height, source.width]);
  const inDegrees = slice.crs.isGeographic;
  const [from, to] = inDegrees ? [slice.bounds[0], slice.bounds[2]] : [-180, 180];
  const [a, b, c, d, e, f] = source.transform;
  const turns = [0, -1, 1, -2, 2].filter((k) => Math.min(east + k * TURN, to) - Math.max(west + k * TURN, from) > 0);
  return (turns.length > 0 ? turns : [0]).map((k) => ({ ...source, transform: [a, b, c + k * TURN, d, e, f] }));
}

interface Target {
  readonly values: Float32Array | Float64Array;
  readonly height: number;
  readonly width: number;
}

/** The planes of a variable as the bands of a raster in memory. */
function rasterOf(v: CubeVar, grid: SourceGrid): RasterSource {
  const size = grid.width * grid.height;
  return {
    ...grid,
    dtype: dtypeOf(v.values),
    nodata: null,
    readWindow: ({ col, row, width, height }, bands) => {
      const values = arrayLike(v.values, bands.length * width * height);
      for (const [i, band] of bands.entries()) {
        for (let r = 0; r < height; r++) {
          const from = band * size + (row + r) * grid.width + col;
          values.set(v.values.subarray(from, from + width), (i * height + r) * width);
        }
      }
      return Promise.resolve({ values, valid: null });
    },
  };
}

/** Warps all planes of a variable; pixels of the target that have a value already keep it. */
async function warpPlanes(
  source: RasterSource,
  planes: number,
  slice: GeoSlice,
  method: Resampling,
  out: Target,
  around: { readonly signal: AbortSignal | undefined; readonly report: () => void },
): Promise<void> {
  const plan = planWarp(source, slice);
  for (let first = 0; first < planes; first += PLANES_AT_ONCE) {
    const bands = Array.from({ length: Math.min(PLANES_AT_ONCE, planes - first) }, (_, i) => ({
      band: first + i,
      resampling: method,
    }));
    for (let row = 0; row < out.height; row += BLOCK_SIDE) {
      for (let col = 0; col < out.width; col += BLOCK_SIDE) {
        const block = {
          col,
          row,
          width: Math.min(BLOCK_SIDE, out.width - col),
          height: Math.min(BLOCK_SIDE, out.height - row),
        };
        const warped = await warpBlock(plan, bands, block, around.signal);
        if (warped) paste(warped, block, first, bands.length, out);
      }
    }
    around.report();
    await setImmediate();
    around.signal?.throwIfAborted();
  }
}

function paste(warped: WarpedBlock, block: Block, first: number, planes: number, out: Target): void {
  const { values, valid } = warped;
  for (let p = 0, i = 0; p < planes; p++) {
    for (let r = 0; r < block.height; r++) {
      const to = ((first + p) * out.height + block.row + r) * out.width + block.col;
      for (let c = 0; c < block.width; c++, i++) {
        const old = out.values[to + c] as number;
        if ((valid === null || valid[i] === 1) && old !== old) out.values[to + c] = values[i] as number;
      }
    }
  }
}

/**
 * Every variable with y and x on the grid of a slice; others stay. Cells outside the cube are NaN, integers become floats.
 *
 * @throws {@link UnsupportedDataError} `irregular`, `no-grid`; {@link ArgumentError} `bad-option`, `slice-too-large`.
 */
export async function cubeRegrid(cube: CubeData, slice: GeoSlice, o: RegridOptions): Promise<DataCubeInit> {
  if (o.resampling !== undefined && !RESAMPLINGS.includes(o.resampling))
    throw new ArgumentError(
      'bad-option',
      `resampling is one of ${RESAMPLINGS.join(', ')}; got ${JSON.stringify(o.resampling)}.`,
      { details: { option: 'resampling' } },
    );
  const transform = requireTransform(cube, 'regrid');
  const [height, width] = slice.shape;
  const source: SourceGrid = { transform, crs: cube.crs, width: cube.dims['x'] ?? 0, height: cube.dims['y'] ?? 0 };
  const gridded = Object.entries(cube.vars).filter(([, v]) => v.dims.includes('x') && v.dims.includes('y'));
  const planeCount = (v: CubeVar): number => sizeOf(v.shape.slice(0, -2));
  const bytes = gridded.reduce((n, [, v]) => n + planeCount(v) * height * width * dtypeSize(dtypeOf(v.values)), 0);
  if (bytes > MAX_RESULT_BYTES)
    throw new ArgumentError(
      'slice-too-large',
      `The cube on the slice would take ${(bytes / 2 ** 30).toPrecision(3)} GB (${height} × ${width} pixels, ${gridded.length} variable(s)); at most ${MAX_RESULT_BYTES / 2 ** 30} GB are made.`,
      { hint: 'Use a coarser resolution, fewer variables or fewer times.', details: { bytes } },
    );
  const sources = turnedSources(source, slice);
  const total = gridded.reduce((n, [, v]) => n + Math.ceil(planeCount(v) / PLANES_AT_ONCE), 0) * sources.length;
  const task = startTask('regrid', o);
  let done = 0;
  const around = { signal: task.signal, report: () => task.report({ done: ++done, total, unit: 'blocks' }) };
  const vars: [string, CubeVar][] = [];
  try {
    task.throwIfAborted();
    for (const [name, v] of Object.entries(cube.vars)) {
      if (!v.dims.includes('x') || !v.dims.includes('y')) {
        vars.push([name, v]);
        continue;
      }
      const method = o.resampling ?? cubeResampling(name, v.attrs);
      const planes = planeCount(v);
      const isWide = !(v.values instanceof Float32Array) && dtypeSize(dtypeOf(v.values)) > 2;
      const length = planes * height * width;
      const values = isWide ? new Float64Array(length) : new Float32Array(length);
      values.fill(NaN);
      for (const turned of sources)
        await warpPlanes(rasterOf(v, turned), planes, slice, method, { values, height, width }, around);
      vars.push([name, { dims: v.dims, shape: [...v.shape.slice(0, -2), height, width], values, attrs: v.attrs }]);
    }
  } finally {
    task.end();
  }
  const { coords, coordAttrs } = gridCoords(slice);
  return {
    ...cube,
    vars: Object.fromEntries(vars),
    coords: { ...cube.coords, ...coords },
    coordAttrs: { ...cube.coordAttrs, ...coordAttrs },
    crs: slice.crs,
    transform: slice.transform,
    attrs: { ...cube.attrs, slice: slice.toJSON() },
  };
}

/** Centres of a slice's pixels, and what they are. */
function gridCoords({ shape: [height, width], transform, crs }: GeoSlice): {
  coords: { x: Float64Array; y: Float64Array };
  coordAttrs: Record<string, CubeVar['attrs']>;
} {
  const [a, , c, , e, f] = transform;
  return {
    coords: {
      x: Float64Array.from({ length: width }, (_, i) => c + a * (i + 0.5)),
      y: Float64Array.from({ length: height }, (_, i) => f + e * (i + 0.5)),
    },
    coordAttrs: spatialAttrs(crs.isGeographic, crs.unit),
  };
}

/** CF attributes of x and y. */
export function spatialAttrs(isGeographic: boolean, unit: string): Record<'x' | 'y', CubeVar['attrs']> {
  const of = (axis: 'x' | 'y'): CubeVar['attrs'] =>
    isGeographic
      ? {
          standard_name: axis === 'x' ? 'longitude' : 'latitude',
          units: axis === 'x' ? 'degrees_east' : 'degrees_north',
          axis: axis.toUpperCase(),
        }
      : {
          standard_name: `projection_${axis}_coordinate`,
          units: unit === 'foot' ? 'foot' : 'm',
          axis: axis.toUpperCase(),
        };
  return { x: of('x'), y: of('y') };
}
