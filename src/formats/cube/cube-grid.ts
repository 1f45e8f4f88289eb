/** The grid of cells of a cube from its spatial coordinates (`catalog.md` §3). */
import { Crs, FormatError, UnsupportedDataError, type Affine } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import { numbersOf, textOf } from './attributes.js';
import type { SpatialAxes, SpatialAxis } from './cf-axes.js';
import { readNumericCoordinate } from './coordinates.js';
import { regularAxis, spacingOf, STEP_TOLERANCE, type RegularAxis } from './regular-axis.js';
import type { CubeAttributes, CubeVariable } from './types.js';

/** Cells and where they lie; columns and rows in the order of the file, so steps may be negative. */
export interface CubeGrid {
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
}

/** The single cell of an axis, from its bounds variable or the `GeoTransform` that GDAL writes. */
async function singleCell(
  { coordinate, dim }: SpatialAxis,
  centre: number,
  scope: ReadonlyMap<string, CubeVariable>,
  gdalStep: number | undefined,
  file: string,
  o: ReadOptions,
): Promise<RegularAxis> {
  const bounds = scope.get(textOf(coordinate.attributes, 'bounds') ?? '');
  if (bounds?.shape.length === 2 && bounds.shape[0] === 1 && bounds.shape[1] === 2) {
    const [from = NaN, to = NaN] = await readNumericCoordinate(bounds, file, o);
    if (from !== to) return { edge: from, step: to - from, count: 1 };
  }
  if (gdalStep !== undefined && gdalStep !== 0) return { edge: centre - gdalStep / 2, step: gdalStep, count: 1 };
  throw new UnsupportedDataError('one-cell', `${file}: the only cell along ${dim} has no known size.`, {
    hint: `Add a bounds variable to ${coordinate.name} (CF §7.1).`,
    details: { file, variable: coordinate.path },
  });
}

/** Metres of the unit of projected coordinates; CRSs here are in metres. */
function scaleOf(coordinate: CubeVariable, crs: Crs): number {
  const units = textOf(coordinate.attributes, 'units') ?? '';
  return !crs.isGeographic && crs.unit === 'metre' && /^(?:km|kilomet(?:er|re)s?)$/i.test(units) ? 1000 : 1;
}

async function readAxis(
  axis: SpatialAxis,
  crs: Crs,
  scope: ReadonlyMap<string, CubeVariable>,
  gdalStep: number | undefined,
  file: string,
  o: ReadOptions,
): Promise<RegularAxis & { readonly tolerance: number }> {
  const { coordinate } = axis;
  const centres = await readNumericCoordinate(coordinate, file, o);
  const scale = scaleOf(coordinate, crs);
  const spacing = spacingOf(coordinate.dtype);
  if (centres.length === 0)
    throw new UnsupportedDataError('no-cells', `${file}: ${coordinate.path} has no values.`, { details: { file } });
  const found =
    centres.length === 1
      ? await singleCell(axis, centres[0] ?? NaN, scope, gdalStep, file, o)
      : regularAxis(centres, spacing, coordinate.path, file);
  const far = Math.max(Math.abs(found.edge), Math.abs(found.edge + found.step * found.count));
  return {
    edge: found.edge * scale,
    step: found.step * scale,
    count: found.count,
    tolerance: Math.abs(found.step) * STEP_TOLERANCE + 2 * spacing(far),
  };
}

/**
 * The cells of a cube (coordinates are their centres) and the grid of its footprint.
 *
 * In degrees, columns that start at or beyond 180 are shifted by 360 as a whole. A global grid has a footprint from −180
 * to 180 exactly; latitudes of the footprint end at the poles, although cells of grids with a row on a pole reach beyond.
 *
 * @throws {@link UnsupportedDataError} `irregular`, `one-cell`, `no-cells`; {@link FormatError} `latitude-range`,
 * `missing-coordinate`.
 */
export async function readCubeGrid(
  axes: SpatialAxes,
  crs: Crs,
  mapping: CubeAttributes,
  scope: ReadonlyMap<string, CubeVariable>,
  file: string,
  o: ReadOptions = {},
): Promise<{ readonly cells: CubeGrid; readonly footprint: CubeGrid }> {
  const gdal = numbersOf(mapping, 'GeoTransform');
  const x = await readAxis(axes.x, crs, scope, gdal.length === 6 ? gdal[1] : undefined, file, o);
  const y = await readAxis(axes.y, crs, scope, gdal.length === 6 ? gdal[5] : undefined, file, o);
  const grid = (xEdge: number, xStep: number, yEdge: number, yStep: number): CubeGrid => ({
    transform: [xStep, 0, xEdge, 0, yStep, yEdge],
    width: x.count,
    height: y.count,
  });
  if (!crs.isGeographic) {
    const cells = grid(x.edge, x.step, y.edge, y.step);
    return { cells, footprint: cells };
  }
  const [yLow, yHigh] = [y.edge, y.edge + y.step * y.count].sort((a, b) => a - b) as [number, number];
  if (yLow < -90 - Math.abs(y.step) || yHigh > 90 + Math.abs(y.step)) {
    throw new FormatError(
      'latitude-range',
      `${file}: ${axes.y.coordinate.path} reaches from ${yLow} to ${yHigh}, beyond the poles, although the CRS is ${crs.canonical}.`,
      { hint: 'Check the grid mapping; metres need a projected CRS.', details: { file } },
    );
  }
  const [south, north] = [Math.max(yLow, -90), Math.min(yHigh, 90)];
  const clamped = south > yLow || north < yHigh;
  const rows = clamped ? ((north - south) / y.count) * Math.sign(y.step) : y.step;
  const top = clamped ? (y.step < 0 ? north : south) : y.edge;
  const low = Math.min(x.edge, x.edge + x.step * x.count);
  const span = Math.abs(x.step) * x.count;
  const turns = Math.floor((low + 180 + x.tolerance) / 360) * 360;
  if (span >= 360 - x.tolerance) {
    const step = (360 / x.count) * Math.sign(x.step);
    return {
      cells: grid(x.edge, x.step, y.edge, y.step),
      footprint: grid(x.step < 0 ? 180 : -180, step, top, rows),
    };
  }
  const edge = x.edge - turns;
  return { cells: grid(edge, x.step, y.edge, y.step), footprint: grid(edge, x.step, top, rows) };
}
