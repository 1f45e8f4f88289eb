/** Which dimensions of a group are space and which variable is time (`catalog.md` §3; CF 1.11 §4). */
import { UnsupportedDataError } from '../../core/index.js';
import { textOf } from './attributes.js';
import type { CubeGroup, CubeVariable } from './types.js';

/** A coordinate along a spatial dimension. Usually both have one name. */
export interface SpatialAxis {
  readonly dim: string;
  readonly coordinate: CubeVariable;
}
export interface SpatialAxes {
  readonly x: SpatialAxis;
  readonly y: SpatialAxis;
  /** Whether the axes are longitude and latitude, by name, standard name or units. */
  readonly geographic: boolean;
}

/** Names that are tried first, in this order. */
const NAME_PAIRS: readonly (readonly [x: string, y: string])[] = [
  ['x', 'y'],
  ['lon', 'lat'],
  ['longitude', 'latitude'],
];
const DEGREES_EAST = /^degrees?_?e(?:ast)?$/i;
const DEGREES_NORTH = /^degrees?_?n(?:orth)?$/i;

interface Rule {
  readonly axis: string;
  readonly standardNames: readonly string[];
  readonly units: RegExp;
  readonly names: readonly string[];
}
const X: Rule = {
  axis: 'X',
  standardNames: ['longitude', 'projection_x_coordinate', 'grid_longitude', 'projection_x_angular_coordinate'],
  units: DEGREES_EAST,
  names: ['lon', 'longitude'],
};
const Y: Rule = {
  axis: 'Y',
  standardNames: ['latitude', 'projection_y_coordinate', 'grid_latitude', 'projection_y_angular_coordinate'],
  units: DEGREES_NORTH,
  names: ['lat', 'latitude'],
};

/** Names of the variables that hold edges of cells. */
function boundsNames(scope: ReadonlyMap<string, CubeVariable>): ReadonlySet<string | null> {
  return new Set(
    [...scope.values()].flatMap((v) => [textOf(v.attributes, 'bounds'), textOf(v.attributes, 'climatology')]),
  );
}

const unitsOf = (v: CubeVariable): string => (textOf(v.attributes, 'units') ?? '').replace(/\s+/g, '_');

function isDegrees(v: CubeVariable, rule: Rule): boolean {
  return (
    rule.units.test(unitsOf(v)) ||
    textOf(v.attributes, 'standard_name') === rule.names[1] ||
    rule.names.includes(v.name.toLowerCase())
  );
}

/** Variables of one dimension that are coordinates by axis, then standard name, then units. */
function byConvention(candidates: readonly CubeVariable[], rule: Rule): CubeVariable | undefined {
  return (
    candidates.find((v) => textOf(v.attributes, 'axis')?.toUpperCase() === rule.axis) ??
    candidates.find((v) => rule.standardNames.includes(textOf(v.attributes, 'standard_name') ?? '')) ??
    candidates.find((v) => rule.units.test(unitsOf(v))) ??
    candidates.find((v) => rule.names.includes(v.name.toLowerCase()))
  );
}

/**
 * The spatial axes among the variables in scope; else why there are none.
 *
 * Dimensions called (x, y), (lon, lat), (longitude, latitude) with coordinates of their name come first, then the CF
 * attributes `axis`, `standard_name`, `units`.
 */
export function findSpatialAxes(
  scope: ReadonlyMap<string, CubeVariable>,
  file: string,
): SpatialAxes | UnsupportedDataError {
  const vectors = [...scope.values()].filter(
    (v) => v.dims.length === 1 && v.dtype !== 'string' && v.dtype !== 'opaque',
  );
  const coordinates = vectors.filter((v) => v.dims[0] === v.name);
  const own = (name: string): CubeVariable | undefined => coordinates.find((v) => v.name === name);
  const axes = (x: CubeVariable, y: CubeVariable): SpatialAxes => ({
    x: { dim: x.dims[0] ?? '', coordinate: x },
    y: { dim: y.dims[0] ?? '', coordinate: y },
    geographic: isDegrees(x, X) && isDegrees(y, Y),
  });
  for (const [xName, yName] of NAME_PAIRS) {
    const [x, y] = [own(xName), own(yName)];
    if (x && y) return axes(x, y);
  }
  const [x, y] = [byConvention(coordinates, X), byConvention(coordinates, Y)];
  if (x && y) return axes(x, y);
  const [xAny, yAny] = [byConvention(vectors, X), byConvention(vectors, Y)];
  if (xAny && yAny && xAny.dims[0] !== yAny.dims[0]) return axes(xAny, yAny);
  const details = { file };
  if (xAny && yAny) {
    return new UnsupportedDataError(
      'points',
      `${file} holds points, not a grid: ${xAny.path} and ${yAny.path} both run along ${xAny.dims[0] ?? ''}.`,
      { hint: 'Index the points as vector data.', details },
    );
  }
  const bounds = boundsNames(scope);
  const wide = [...scope.values()].find(
    (v) => v.dims.length > 1 && (isDegrees(v, X) || isDegrees(v, Y)) && !bounds.has(v.name),
  );
  if (wide) {
    return new UnsupportedDataError(
      'two-dimensional-coordinates',
      `${file} has two-dimensional coordinates: ${wide.path} on (${wide.dims.join(', ')}).`,
      { hint: 'Project swath and curvilinear data to a regular grid first, e.g. with gdalwarp -geoloc.', details },
    );
  }
  const dims = [...new Set([...scope.values()].flatMap((v) => v.dims))];
  return new UnsupportedDataError(
    'no-spatial-dims',
    `${file} has no spatial coordinates: none of its dimensions (${dims.join(', ') || 'none'}) is x and y, lon and lat, or marked by CF attributes.`,
    { hint: 'Add coordinate variables named like the dimensions, with standard_name or axis.', details },
  );
}

/**
 * The variable of time: the named one, else `time`, else one with axis T or standard name `time`; null without one.
 *
 * @throws {@link UnsupportedDataError} `no-time-variable` when a name was given that the file does not have.
 */
export function findTime(
  scope: ReadonlyMap<string, CubeVariable>,
  wanted: string | undefined,
  file: string,
): CubeVariable | null {
  const named = scope.get(wanted ?? 'time');
  if (named) return named;
  if (wanted !== undefined) {
    throw new UnsupportedDataError(
      'no-time-variable',
      `${file} has no variable ${JSON.stringify(wanted)} for time; it has ${[...scope.keys()].join(', ')}.`,
      { details: { file, variable: wanted } },
    );
  }
  const bounds = boundsNames(scope);
  const few = [...scope.values()].filter((v) => v.dims.length <= 1 && !bounds.has(v.name));
  const isCoordinate = (v: CubeVariable): boolean => v.dims.length === 0 || v.dims[0] === v.name;
  const byStandard = few.filter((v) => textOf(v.attributes, 'standard_name') === 'time');
  return (
    few.find((v) => textOf(v.attributes, 'axis')?.toUpperCase() === 'T' && isCoordinate(v)) ??
    byStandard.find(isCoordinate) ??
    byStandard[0] ??
    null
  );
}

/** A group with the variables that its own ones may refer to: its own and those of the groups above. */
export interface GroupScope {
  readonly group: CubeGroup;
  readonly scope: ReadonlyMap<string, CubeVariable>;
  /** The group and those above it, nearest first. */
  readonly chain: readonly CubeGroup[];
}

/** All groups of a file with their scopes, level by level. */
export function groupScopes(root: CubeGroup): readonly GroupScope[] {
  const all: GroupScope[] = [{ group: root, scope: root.variables, chain: [root] }];
  for (let i = 0; i < all.length; i++) {
    const above = all[i];
    if (!above) break;
    for (const group of above.group.groups)
      all.push({ group, scope: new Map([...above.scope, ...group.variables]), chain: [group, ...above.chain] });
  }
  return all;
}
