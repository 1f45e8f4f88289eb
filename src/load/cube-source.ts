/** What one file gives to a cube: cells, times and variables. */
import type { CatalogRow } from '../catalog/types.js';
import { isNadirError, transformBounds, type Bounds, type Crs, type GeoSlice, type Micros } from '../core/index.js';
import {
  listedName,
  readCoordinate,
  readNumericCoordinate,
  type CubeDescription,
  type CubeVariable,
} from '../formats/cube/index.js';
import { sourceScale, type CubeLabels } from '../pixels/index.js';
import { decodingOf, describingAttributes, type Decoding } from './cube-values.js';
import { axisRuns, cellAxes, queryBox, TURN, type CellAxis, type Run } from './cube-window.js';

/** A dimension beside time, y and x. */
export interface OtherDim {
  readonly labels: CubeLabels;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** A variable of one file. */
export interface SourceVar {
  readonly name: string;
  /** Names in the cube, in the order of the file. */
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  /** Whether the file's single time, which it has no dimension for, becomes one. */
  readonly addsTime: boolean;
  readonly decoding: Decoding;
  readonly attrs: Readonly<Record<string, unknown>>;
}

export interface CubeSource {
  readonly row: CatalogRow;
  readonly crs: Crs;
  readonly x: CellAxis;
  readonly y: CellAxis;
  readonly xRuns: readonly Run[];
  /** Whether the box goes around the globe, so that the result may begin at any meridian. */
  readonly isAround: boolean;
  readonly yRuns: readonly Run[];
  /** Times within the slice, with their positions in the file. */
  readonly times: readonly { readonly time: Micros; readonly index: number }[];
  readonly vars: readonly SourceVar[];
  readonly others: ReadonlyMap<string, OtherDim>;
  /** The file's names of dimensions that are called otherwise in the cube. */
  readonly aliases: Readonly<Record<string, string>>;
}

/** Names of variables in a cube: short ones where they tell variables apart. */
export function variableNames(variables: readonly CubeVariable[]): Map<CubeVariable, string> {
  const names = variables.map((v) => v.name);
  return new Map(variables.map((v) => [v, names.filter((n) => n === v.name).length > 1 ? listedName(v) : v.name]));
}

/** The box of a slice in the CRS of a file; where parts of it have no image there, that of what the file covers. */
function boxIn(slice: GeoSlice, row: CatalogRow, catalogCrs: Crs, crs: Crs): Bounds {
  try {
    return queryBox(slice, crs);
  } catch (error) {
    if (!isNadirError(error, 'TransformError')) throw error;
    const own = transformBounds(row.bbox, catalogCrs, slice.crs);
    const bounds: Bounds = [
      Math.max(own[0], slice.bounds[0]),
      Math.max(own[1], slice.bounds[1]),
      Math.min(own[2], slice.bounds[2]),
      Math.min(own[3], slice.bounds[3]),
    ];
    if (!(bounds[0] < bounds[2] && bounds[1] < bounds[3])) throw error;
    return queryBox({ bounds, crs: slice.crs }, crs);
  }
}

/** Cells beyond the box that the kernels of a slice reach. */
function marginOf(cube: CubeDescription, slice: GeoSlice): number {
  const scale = Math.max(1, ...sourceScale({ ...cube.cells, crs: cube.crs }, slice));
  return Math.ceil(2 * scale) + 2;
}

async function labelsOf(cube: CubeDescription, dim: string, length: number, file: string): Promise<OtherDim> {
  const v = cube.scope.get(dim);
  const counted = { labels: Float64Array.from({ length }, (_, i) => i), attrs: {} };
  if (v?.dims.length !== 1 || v.dims[0] !== dim || v.dtype === 'opaque' || v.dtype === 'bool') return counted;
  const attrs = describingAttributes(v);
  if (v.dtype === 'string') {
    const texts = await readCoordinate(v, file, {});
    return { labels: Array.from(texts as ArrayLike<string>, String), attrs };
  }
  return { labels: await readNumericCoordinate(v, file, {}), attrs };
}

function timesOf(cube: CubeDescription, row: CatalogRow, slice: GeoSlice): CubeSource['times'] {
  // A file without a time variable may have its time from its name.
  const instants = cube.time?.instants ?? (row.interval ? [row.interval.start] : []);
  const interval = slice.interval;
  const isFromName = cube.time === null;
  return instants
    .map((time, index) => ({ time, index }))
    .filter(({ time }) => isFromName || interval === null || (time >= interval.start && time <= interval.end));
}

/**
 * What a file gives to a slice; null where no wanted variable, cell or time of it lies there.
 *
 * @param wanted Whether a variable is asked for, by any of its names.
 */
export async function cubeSource(
  cube: CubeDescription,
  row: CatalogRow,
  slice: GeoSlice,
  catalogCrs: Crs,
  wanted: (names: readonly string[]) => boolean,
  regrid: boolean,
): Promise<CubeSource | null> {
  const { crs, xDim, yDim, time, variables } = cube;
  const file = row.filepath;
  const names = variableNames(variables);
  const chosen = variables.filter(
    (v) =>
      v.dtype !== 'string' && v.dtype !== 'opaque' && wanted([names.get(v) ?? v.name, v.name, listedName(v), v.path]),
  );
  if (chosen.length === 0) return null;
  const box = boxIn(slice, row, catalogCrs, crs);
  const { x, y } = cellAxes(cube.cells, crs);
  const margin = regrid ? marginOf(cube, slice) : 0;
  const xRuns = axisRuns(x, [box[0], box[2]], crs.isGeographic, margin);
  // Rows are counted from the north.
  const yRuns = axisRuns({ ...y, edge: -y.edge }, [-box[3], -box[1]], false, margin);
  if (xRuns.length === 0 || yRuns.length === 0) return null;
  const times = timesOf(cube, row, slice);
  const timeDim = time?.dim ?? null;
  const hasTime = time !== null || row.interval !== null;
  const nameOf = (dim: string): string => {
    if (dim === xDim) return 'x';
    if (dim === yDim) return 'y';
    if (dim === timeDim) return 'time';
    return ['x', 'y', 'time'].includes(dim) ? `${dim}_` : dim;
  };
  const others = new Map<string, OtherDim>();
  const vars: SourceVar[] = [];
  for (const v of chosen) {
    for (const [axis, dim] of v.dims.entries()) {
      const name = nameOf(dim);
      if (name === 'x' || name === 'y' || name === 'time' || others.has(name)) continue;
      others.set(name, await labelsOf(cube, dim, v.shape[axis] ?? 0, file));
    }
    vars.push({
      name: names.get(v) ?? v.name,
      dims: v.dims.map(nameOf),
      shape: v.shape,
      addsTime: hasTime && timeDim === null,
      decoding: decodingOf(v, file),
      attrs: describingAttributes(v),
    });
  }
  // Where the wanted values have times, what has none is no answer to a slice without a time of the file.
  const isDated = vars.some((v) => v.addsTime || v.dims.includes('time'));
  if (isDated && times.length === 0) return null;
  const aliases: Record<string, string> = { [xDim]: 'x', [yDim]: 'y' };
  if (timeDim !== null) aliases[timeDim] = 'time';
  if (time) aliases[time.variable] = 'time';
  const isAround = crs.isGeographic && box[2] - box[0] >= TURN;
  return { row, crs, x, y, xRuns, yRuns, isAround, times, vars, others, aliases };
}
