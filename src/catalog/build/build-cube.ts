/** Building a catalog from the coordinates of cubes: NetCDF, HDF5, Zarr (`catalog.md` §3). */
import { ArgumentError, isDType, type Interval } from '../../core/index.js';
import { describeCube, listedName, openCube, type CubeDescription } from '../../formats/cube/index.js';
import { buildCatalog, type FoundRow, type ReadContext } from './building.js';
import type { BuildOptions } from './build-options.js';
import type { FileInput } from './expand-files.js';
import { stemOf, type NamedFiles } from './file-name.js';
import { rasterFootprint } from '../footprint.js';
import type { GeoCatalog, NativeGrid } from '../types.js';

export interface CubeOptions {
  /** Variables that every file must have; default all with both spatial dimensions. */
  readonly dataVars?: readonly string[];
  /** The variable of time; default `time`, else the one that CF attributes mark. */
  readonly timeVar?: string;
}

/** Endings of the files of cubes. */
export const CUBE_EXTENSIONS = [
  '.nc',
  '.nc3',
  '.nc4',
  '.cdf',
  '.netcdf',
  '.h5',
  '.hdf5',
  '.he5',
  '.hdf',
  '.zarr',
  '.zarr.zip',
];

/** The cells of a cube as rows describe grids: its variables are the bands. */
function nativeGrid({ cells, variables }: CubeDescription): NativeGrid {
  const types = [...new Set(variables.map((v) => v.dtype))];
  const [type = 'float64'] = types;
  const fill = variables[0]?.attributes['_FillValue'] ?? null;
  const shared = variables.every((v) => (v.attributes['_FillValue'] ?? null) === fill);
  return Object.freeze({
    ...cells,
    count: variables.length,
    // What no raster type holds alone is float64.
    dtype: types.length === 1 && isDType(type) ? type : 'float64',
    nodata: shared && typeof fill === 'number' ? fill : null,
    bandNames: variables.map(listedName),
    overviews: [],
  });
}

function intervalOf(cube: CubeDescription, byName: Interval | null): Interval | null {
  return cube.time ? cube.time.interval : byName;
}

async function readCube(file: string, context: ReadContext, o: CubeOptions): Promise<readonly FoundRow[]> {
  const { signal, targetCrs, densify } = context;
  const opened = await openCube(file, { signal });
  try {
    const cube = await describeCube(opened, { signal, targetCrs, dataVars: o.dataVars, timeVar: o.timeVar });
    const { crs, footprint, time, xDim, yDim } = cube;
    return [
      {
        wantedId: stemOf(file.replace(/[/\\]+$/, '').replace(/\.zip$/i, '')),
        filepath: file,
        crs,
        interval: intervalOf(cube, context.interval),
        native: nativeGrid(cube),
        columns: {
          data_vars: cube.variables.map(listedName).join(','),
          time_var: time?.variable ?? null,
          n_timesteps: time?.count ?? null,
          time_resolution: time?.resolution ?? null,
          x_dim: xDim,
          y_dim: yDim,
        },
        footprint: (target) => rasterFootprint(footprint, crs, target, densify),
      },
    ];
  } finally {
    await opened.close();
  }
}

/**
 * A catalog with one row per cube, in input order, from coordinates and attributes alone: NetCDF classic, NetCDF-4, HDF5,
 * Zarr 2 and 3 (folder, address or zip file).
 *
 * Footprints add half a cell around the cell centres. Times run from the first to the last value of the time variable;
 * a cube without one takes its time from `filenameRegex`, else it is static. Columns: `data_vars` (joined by commas),
 * `time_var`, `n_timesteps`, `time_resolution` (ISO 8601 duration of the median step; `P1M`, `P1Y` for calendar months
 * and years), `x_dim`, `y_dim`. The native grid is in the order of the file, so its steps may run either way.
 *
 * @throws {@link CatalogError} `no-files-matched`, `no-rows`; {@link ArgumentError}; with `onError: 'raise'` the first
 * error of a file; the signal's reason when cancelled.
 */
export async function buildCubeCatalog(
  files: FileInput,
  options: BuildOptions & NamedFiles & CubeOptions = {},
): Promise<GeoCatalog> {
  const { dataVars, timeVar } = options;
  const given: unknown = dataVars;
  if (given !== undefined && !(Array.isArray(given) && given.length > 0 && given.every((v) => typeof v === 'string')))
    throw new ArgumentError('bad-data-vars', `dataVars is a list of names of variables; got ${JSON.stringify(given)}.`);
  const time: unknown = timeVar;
  if (time !== undefined && (typeof time !== 'string' || time === ''))
    throw new ArgumentError('bad-time-var', `timeVar is the name of a variable; got ${JSON.stringify(time)}.`);
  return buildCatalog(
    {
      name: 'buildCubeCatalog',
      backend: 'cube',
      what: 'NetCDF, HDF5 or Zarr',
      extensions: CUBE_EXTENSIONS,
      named: true,
      extraOptions: ['dataVars', 'timeVar'],
      config: { ...(dataVars && { dataVars }), ...(timeVar !== undefined && { timeVar }) },
      read: readCube,
    },
    files,
    options,
  );
}
