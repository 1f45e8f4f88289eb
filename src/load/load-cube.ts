/** loadCube: a slice of a cube catalog as labelled variables on the files' own grid (loading.md §4). */
import { setImmediate } from 'node:timers/promises';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import {
  ArgumentError,
  BandNotFoundError,
  EmptySelectionError,
  nearestNames,
  startTask,
  type GeoSlice,
  type RunningTask,
} from '../core/index.js';
import { listedName } from '../formats/cube/index.js';
import { DataCube, spatialAttrs, type CubeLabels } from '../pixels/index.js';
import { CubeFiles } from './cube-files.js';
import { centres, layoutOf, type CubeLayout } from './cube-layout.js';
import { checkCubeOptions, type CubeLoadOptions } from './cube-options.js';
import { cubeSource, variableNames, type CubeSource } from './cube-source.js';
import type { FloatArray } from './cube-values.js';
import { readSource } from './read-cube.js';
import { emptyError, orderRows, requireBackend, requireSlice } from './rows.js';

/** All variables of one result together, in bytes: beyond, arrays cannot be indexed or the machine swaps. */
const MAX_RESULT_BYTES = 4 * 2 ** 30;

/** What the files of a slice give, in load order; null where a file gives nothing. */
async function sourcesOf(
  catalog: GeoCatalog,
  slice: GeoSlice,
  rows: readonly CatalogRow[],
  o: CubeLoadOptions,
  files: CubeFiles,
  task: RunningTask,
): Promise<CubeSource[]> {
  const { dataVars } = o;
  const existing = new Set<string>();
  const seen = new Set<string>();
  const sources: CubeSource[] = [];
  for (const row of rows) {
    task.throwIfAborted();
    const cube = await files.describe(row);
    const names = variableNames(cube.variables);
    for (const v of cube.variables) {
      existing.add(names.get(v) ?? v.name);
      for (const name of [v.name, listedName(v), v.path]) seen.add(name);
    }
    const wanted = (own: readonly string[]): boolean => dataVars === undefined || own.some((n) => dataVars.includes(n));
    const source = await cubeSource(cube, row, slice, catalog.crs, wanted, o.regrid === true);
    if (source) sources.push(source);
  }
  const missing = dataVars?.filter((name) => !seen.has(name)) ?? [];
  const [first] = missing;
  if (first !== undefined) {
    const [near] = nearestNames(first, existing, 1);
    throw new BandNotFoundError(
      'unknown-variable',
      `No file of the slice has a variable ${missing.map((m) => JSON.stringify(m)).join(', ')}; there are ${[...existing].join(', ') || 'none'}.`,
      {
        ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }),
        details: { missing, variables: [...existing] },
      },
    );
  }
  return sources;
}

function showBytes(bytes: number): string {
  return bytes < 2 ** 30 ? `${(bytes / 2 ** 20).toPrecision(3)} MB` : `${(bytes / 2 ** 30).toPrecision(3)} GB`;
}

/** The arrays of a layout, all missing. @throws {@link ArgumentError} `slice-too-large`, before anything is allocated. */
function allocate(layout: CubeLayout): Map<string, FloatArray> {
  const lengthOf = (shape: readonly number[]): number => shape.reduce((n, length) => n * length, 1);
  const bytes = layout.vars.reduce((n, v) => n + lengthOf(v.shape) * (v.isWide ? 8 : 4), 0);
  if (bytes > MAX_RESULT_BYTES) {
    const shapes = layout.vars.map((v) => `${v.name} ${v.shape.join(' × ')}`).slice(0, 8);
    throw new ArgumentError(
      'slice-too-large',
      `The cube would take ${showBytes(bytes)} (${shapes.join(', ')}); at most ${showBytes(MAX_RESULT_BYTES)} are loaded.`,
      { hint: 'Ask for a smaller area, a shorter interval, fewer dataVars, or choose with isel.', details: { bytes } },
    );
  }
  return new Map(
    layout.vars.map((v) => {
      const length = lengthOf(v.shape);
      return [v.name, (v.isWide ? new Float64Array(length) : new Float32Array(length)).fill(NaN)];
    }),
  );
}

function cubeOf(
  layout: CubeLayout,
  outputs: ReadonlyMap<string, FloatArray>,
  sources: readonly CubeSource[],
  slice: GeoSlice,
): DataCube {
  const { crs, transform, width, height, times, others } = layout;
  const [a, , c, , e, f] = transform;
  const coords: Record<string, CubeLabels> = {
    y: centres(f, e, height),
    x: centres(c, a, width),
    ...(times.length > 0 ? { time: Float64Array.from(times) } : {}),
  };
  const coordAttrs: Record<string, Readonly<Record<string, unknown>>> = spatialAttrs(crs.isGeographic, crs.unit);
  for (const [dim, { labels, attrs, positions }] of others) {
    coords[dim] =
      labels instanceof Float64Array
        ? Float64Array.from(positions, (i) => labels[i] ?? NaN)
        : positions.map((i) => labels[i] ?? '');
    coordAttrs[dim] = attrs;
  }
  return DataCube.create({
    vars: Object.fromEntries(
      layout.vars.map((v) => [
        v.name,
        { dims: v.dims, shape: v.shape, values: outputs.get(v.name) ?? new Float32Array(0), attrs: v.attrs },
      ]),
    ),
    coords,
    coordAttrs,
    aliases: Object.assign({}, ...sources.map((s) => s.aliases)) as Record<string, string>,
    crs,
    transform,
    attrs: { slice: slice.toJSON(), sources: [...new Set(sources.map((s) => s.row.filepath))] },
  });
}

async function nothing(catalog: GeoCatalog, slice: GeoSlice, message?: string): Promise<EmptySelectionError> {
  const { code, message: said, details } = await emptyError(catalog, slice);
  return new EmptySelectionError(
    message === undefined ? code : 'no-cells',
    message === undefined ? said : `${message} ${said.replace(/^.*?\. /, '')}`,
    {
      hint: 'Check bounds, CRS and interval of the slice; slice.with({ interval: null }) takes all times.',
      ...(details ? { details } : {}),
    },
  );
}

/**
 * The variables of a slice on the cells of the files: rows from north to south, columns from west to east, times in order,
 * packed values decoded, missing ones NaN.
 *
 * Every cell whose extent overlaps the slice's box (projected to the files' CRS) is kept, so a box inside the domain has one
 * at least; across ±180 and across the seam of 0–360 grids longitudes go on beyond 180. Times are kept from start to end of
 * the slice, both included. Files are mosaicked in space per time; where several have a value, the later in load order wins.
 * With `regrid` the result is on the slice's grid. `attrs` holds the slice and the files.
 *
 * @throws {@link EmptySelectionError} `no-rows`, `no-cells`; {@link CatalogError} `wrong-backend`;
 * {@link BandNotFoundError} `unknown-variable`; {@link GridAlignmentError} `grids-differ`; {@link ArgumentError}
 * `slice-too-large` and for options; errors of files.
 */
export async function loadCube(catalog: GeoCatalog, slice: GeoSlice, o: CubeLoadOptions = {}): Promise<DataCube> {
  checkCubeOptions(o);
  requireBackend(catalog, 'cube', 'loadCube');
  requireSlice(slice);
  const task = startTask('loadCube', o);
  const files = new CubeFiles(task.signal);
  try {
    task.throwIfAborted();
    const rows = orderRows(await catalog.query(slice).toArray(task.signal ? { signal: task.signal } : {}));
    if (rows.length === 0) throw await nothing(catalog, slice);
    const sources = await sourcesOf(catalog, slice, rows, o, files, task);
    if (sources.length === 0)
      throw await nothing(
        catalog,
        slice,
        `${rows.length} file(s) touch the slice, but no cell or time of them lies in it.`,
      );
    const isel = o.isel ?? {};
    const layout = layoutOf(sources, isel);
    const outputs = allocate(layout);
    for (const [done, source] of sources.entries()) {
      await readSource(source, await files.describe(source.row), layout, outputs, task.signal);
      task.report({ done: done + 1, total: sources.length, unit: 'files' });
      await setImmediate();
      task.throwIfAborted();
    }
    const cube = chosen(cubeOf(layout, outputs, sources, slice), isel, layout);
    if (o.regrid !== true) return cube;
    return await cube.regrid(slice, {
      ...(o.resampling ? { resampling: o.resampling } : {}),
      ...(task.signal ? { signal: task.signal } : {}),
      ...(o.onProgress ? { onProgress: o.onProgress } : {}),
    });
  } finally {
    task.end();
    await files.close();
  }
}

/** Applies `isel`; positions that only were read are those of the list already. */
function chosen(cube: DataCube, isel: NonNullable<CubeLoadOptions['isel']>, layout: CubeLayout): DataCube {
  if (Object.keys(isel).length === 0) return cube;
  const rest = Object.entries(isel).map(([dim, choice]): [string, (typeof isel)[string]] => {
    const read = layout.others.get(dim);
    if (read?.isChosen !== true) return [dim, choice];
    return [dim, typeof choice === 'number' ? 0 : read.positions.map((_, i) => i)];
  });
  return cube.isel(Object.fromEntries(rest));
}
