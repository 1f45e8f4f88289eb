/** What a catalog needs to know of a cube, from coordinates and attributes alone (`catalog.md` §3). */
import { Crs, UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import { textOf } from './attributes.js';
import { findSpatialAxes, findTime, groupScopes, type GroupScope, type SpatialAxes } from './cf-axes.js';
import { findCrs } from './cf-crs.js';
import { readCubeGrid, type CubeGrid } from './cube-grid.js';
import { readCubeTime, type CubeTime } from './cube-time.js';
import type { CubeFile, CubeVariable } from './types.js';

export interface DescribeCubeOptions extends ReadOptions {
  /** Variables that must be there, by name or path; default all on the spatial dimensions. */
  readonly dataVars?: readonly string[] | undefined;
  /** Default `time`, else by CF attributes. */
  readonly timeVar?: string | undefined;
  /** CRS of cubes that state none. */
  readonly targetCrs?: Crs | null;
}

export interface CubeDescription {
  /** Path of the group that holds the variables. */
  readonly group: string;
  /** Variables with both spatial dimensions, in the order of the file, or as asked for. */
  readonly variables: readonly CubeVariable[];
  readonly xDim: string;
  readonly yDim: string;
  readonly crs: Crs;
  /** All cells, in the order of the file. */
  readonly cells: CubeGrid;
  /** The grid whose outline is the footprint: see {@link readCubeGrid}. */
  readonly footprint: CubeGrid;
  /** Null without a time variable. */
  readonly time: CubeTime | null;
  /** Variables of the group and of the groups above: coordinates of further dimensions are among them. */
  readonly scope: ReadonlyMap<string, CubeVariable>;
}

interface Candidate extends GroupScope {
  readonly axes: SpatialAxes;
  readonly variables: readonly CubeVariable[];
}

/** Names of variables that serve others: bounds, auxiliary coordinates, grid mappings. */
function servants(scope: ReadonlyMap<string, CubeVariable>): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { attributes } of scope.values()) {
    for (const key of ['bounds', 'climatology', 'coordinates', 'grid_mapping', 'ancillary_grid_mapping'])
      for (const name of textOf(attributes, key)?.split(/[\s:]+/) ?? []) names.add(name);
  }
  return names;
}

/** Name of a variable as catalogs list it: its path without the leading slash. */
export function listedName(variable: CubeVariable): string {
  const folder = variable.path.slice(1, variable.path.lastIndexOf('/') + 1);
  return `${folder}${variable.name}`;
}

function candidateOf(
  place: GroupScope,
  wanted: readonly string[] | undefined,
  file: string,
): Candidate | UnsupportedDataError {
  const axes = findSpatialAxes(place.scope, file);
  if (axes instanceof UnsupportedDataError) return axes;
  const { group, scope } = place;
  const onGrid = (v: CubeVariable): boolean => v.dims.includes(axes.x.dim) && v.dims.includes(axes.y.dim);
  if (wanted) {
    const found = wanted.map((name) =>
      [...group.variables.values()].find((v) => v.name === name || listedName(v) === name || v.path === name),
    );
    const missing = wanted.filter((_, i) => !found[i]);
    const off = found.filter((v) => v !== undefined && !onGrid(v));
    const [first] = off;
    if (missing.length === 0 && !first) return { ...place, axes, variables: found.filter((v) => v !== undefined) };
    const has = [...group.variables.values()].filter(onGrid).map(listedName);
    return new UnsupportedDataError(
      'no-variable',
      first
        ? `${file}: variable ${first.path} is on (${first.dims.join(', ')}), without the spatial dimensions ${axes.x.dim} and ${axes.y.dim}.`
        : `${file} has no variable ${missing.map((m) => JSON.stringify(m)).join(', ')} on ${axes.x.dim} and ${axes.y.dim}; it has ${has.join(', ') || 'none'}.`,
      { details: { file, missing } },
    );
  }
  const serving = servants(scope);
  const variables = [...group.variables.values()].filter(
    (v) => onGrid(v) && v.dtype !== 'string' && v.dtype !== 'opaque' && !serving.has(v.name),
  );
  if (variables.length > 0) return { ...place, axes, variables };
  return new UnsupportedDataError(
    'no-variable',
    `${file} has no variable on its spatial dimensions ${axes.x.dim} and ${axes.y.dim}.`,
    { details: { file } },
  );
}

/** Of the reasons why groups are no cubes, the one that says most. */
function bestReason(reasons: readonly UnsupportedDataError[], wanted: boolean): UnsupportedDataError | undefined {
  const order = wanted
    ? ['no-variable', 'two-dimensional-coordinates', 'points']
    : ['two-dimensional-coordinates', 'points', 'no-variable'];
  for (const code of order) {
    const found = reasons.find((r) => r.code === code);
    if (found) return found;
  }
  return reasons[0];
}

/**
 * Describes a cube. Data variables are not read.
 *
 * A file is one cube: the variables with both spatial dimensions in the first group, level by level from the root, that
 * has spatial coordinates (its own or of groups above) and such variables, or all requested ones. Other groups and
 * variables on other dimensions are left out.
 *
 * @throws {@link UnsupportedDataError} `two-dimensional-coordinates`, `points`, `no-spatial-dims`, `no-variable`,
 * `no-crs`, `crs`, `irregular`, `one-cell`, `calendar` …; {@link FormatError} for damaged content.
 */
export async function describeCube(file: CubeFile, o: DescribeCubeOptions = {}): Promise<CubeDescription> {
  const reasons: UnsupportedDataError[] = [];
  let chosen: Candidate | null = null;
  for (const place of groupScopes(file.root)) {
    const candidate = candidateOf(place, o.dataVars, file.name);
    if (candidate instanceof UnsupportedDataError) reasons.push(candidate);
    else chosen ??= candidate;
  }
  if (!chosen) {
    throw (
      bestReason(reasons, o.dataVars !== undefined) ??
      new UnsupportedDataError('no-spatial-dims', `${file.name} is empty.`)
    );
  }
  const { axes, variables, scope, chain, group } = chosen;
  const dims = [axes.x.dim, axes.y.dim];
  const found = findCrs(
    variables,
    scope,
    chain.map((g) => g.attributes),
    dims,
    file.name,
  );
  // Coordinates in degrees are not those of a projected grid mapping that some variable may also have.
  const stated = found && axes.geographic && !found.crs.isGeographic ? null : found;
  const crs = stated?.crs ?? (axes.geographic ? Crs.from('EPSG:4326') : (o.targetCrs ?? null));
  if (!crs) {
    throw new UnsupportedDataError('no-crs', `${file.name} has no CRS for ${dims.join(' and ')}.`, {
      hint: 'Pass targetCrs to say what it is.',
      details: { file: file.name },
    });
  }
  const { cells, footprint } = await readCubeGrid(axes, crs, stated?.mapping ?? {}, scope, file.name, o);
  const timeVariable = findTime(scope, o.timeVar, file.name);
  return {
    group: group.path,
    variables,
    xDim: axes.x.dim,
    yDim: axes.y.dim,
    crs,
    cells,
    footprint,
    time: timeVariable ? await readCubeTime(timeVariable, file.name, o) : null,
    scope,
  };
}
