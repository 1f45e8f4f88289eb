/** Projection methods as PROJJSON names them: names and codes of methods and parameters are those of the EPSG registry. */
import type { ProjectionParameters } from './crs.js';

const DEGREES = 180 / Math.PI;
const WGS84_A = 6378137;

/** A projection method and its parameters. */
export interface Method {
  readonly name: string;
  /** Null for a method that the EPSG registry does not have; PROJ knows it by its name. */
  readonly code: number | null;
  /** EPSG parameter name, code, value and unit. */
  readonly parameters: readonly Parameter[];
}
type Parameter = readonly [name: string, code: number, value: number, unit: 'degree' | 'metre' | 'unity'];

/** Degrees of an angle in radians, without the noise of the conversion. */
export const degreesOf = (radians: number | undefined): number => Number(((radians ?? 0) * DEGREES).toFixed(12));

const lat0 = (p: ProjectionParameters): Parameter => ['Latitude of natural origin', 8801, degreesOf(p.lat0), 'degree'];
const lon0 = (p: ProjectionParameters): Parameter => [
  'Longitude of natural origin',
  8802,
  degreesOf(p.long0),
  'degree',
];
const scale = (p: ProjectionParameters): Parameter => ['Scale factor at natural origin', 8805, p.k0 ?? 1, 'unity'];
const lat1 = (value: number | undefined): Parameter => [
  'Latitude of 1st standard parallel',
  8823,
  degreesOf(value),
  'degree',
];
const falseEasting = (p: ProjectionParameters): readonly Parameter[] => [
  ['False easting', 8806, p.x0 ?? 0, 'metre'],
  ['False northing', 8807, p.y0 ?? 0, 'metre'],
];
const method = (name: string, code: number | null, ...parameters: readonly Parameter[]): Method => ({
  name,
  code,
  parameters,
});

/** By natural origin: latitude, longitude, and a scale where the method has one. */
const natural =
  (name: string, code: number | null, hasScale: boolean) =>
  (p: ProjectionParameters): Method =>
    method(name, code, lat0(p), lon0(p), ...(hasScale ? [scale(p)] : []), ...falseEasting(p));

const conic =
  (name: string, code: number) =>
  (p: ProjectionParameters): Method =>
    method(
      name,
      code,
      ['Latitude of false origin', 8821, degreesOf(p.lat0), 'degree'],
      ['Longitude of false origin', 8822, degreesOf(p.long0), 'degree'],
      lat1(p.lat1),
      ['Latitude of 2nd standard parallel', 8824, degreesOf(p.lat2), 'degree'],
      ['Easting at false origin', 8826, p.x0 ?? 0, 'metre'],
      ['Northing at false origin', 8827, p.y0 ?? 0, 'metre'],
    );
const albers = conic('Albers Equal Area', 9822);
const lambert2 = conic('Lambert Conic Conformal (2SP)', 9802);
const lambert1 = natural('Lambert Conic Conformal (1SP)', 9801, true);

const cylindrical =
  (name: string, code: number) =>
  (p: ProjectionParameters): Method =>
    method(name, code, lat1(p.lat_ts), lon0(p), ...falseEasting(p));

/** Rectified skew orthomorphic: by the origin of the grid (variant A) or its centre (B). */
function oblique(p: ProjectionParameters, azimuth: number, angle: number, longitude: number | undefined): Method {
  const isA = p.no_uoff === true;
  return method(
    isA ? 'Hotine Oblique Mercator (variant A)' : 'Hotine Oblique Mercator (variant B)',
    isA ? 9812 : 9815,
    ['Latitude of projection centre', 8811, degreesOf(p.lat0), 'degree'],
    ['Longitude of projection centre', 8812, degreesOf(longitude), 'degree'],
    ['Azimuth at projection centre', 8813, azimuth, 'degree'],
    ['Angle from Rectified to Skew Grid', 8814, angle, 'degree'],
    ['Scale factor at projection centre', 8815, p.k0 ?? 1, 'unity'],
    ...(isA
      ? falseEasting(p)
      : ([
          ['Easting at projection centre', 8816, p.x0 ?? 0, 'metre'],
          ['Northing at projection centre', 8817, p.y0 ?? 0, 'metre'],
        ] as const)),
  );
}

function mercator(p: ProjectionParameters): Method {
  const isPseudo = p.a === WGS84_A && (p.sphere === true || p.b === p.a);
  if (isPseudo) return natural('Popular Visualisation Pseudo Mercator', 1024, false)(p);
  if (p.lat_ts !== undefined && p.lat_ts !== 0)
    return method('Mercator (variant B)', 9805, lat1(p.lat_ts), lon0(p), ...falseEasting(p));
  return method(
    'Mercator (variant A)',
    9804,
    ['Latitude of natural origin', 8801, 0, 'degree'],
    lon0(p),
    scale(p),
    ...falseEasting(p),
  );
}

function polarStereographic(p: ProjectionParameters): Method | undefined {
  if (Math.abs(Math.abs(degreesOf(p.lat0)) - 90) > 1e-9) return undefined;
  if (p.lat_ts === undefined) return natural('Polar Stereographic (variant A)', 9810, true)(p);
  return method(
    'Polar Stereographic (variant B)',
    9829,
    ['Latitude of standard parallel', 8832, degreesOf(p.lat_ts), 'degree'],
    ['Longitude of origin', 8833, degreesOf(p.long0), 'degree'],
    ...falseEasting(p),
  );
}

const METHODS: Readonly<Record<string, (p: ProjectionParameters) => Method | undefined>> = {
  tmerc: natural('Transverse Mercator', 9807, true),
  // One standard parallel is that of the natural origin.
  lcc: (p) => (p.lat1 === p.lat0 && (p.lat2 === undefined || p.lat2 === p.lat1) ? lambert1(p) : lambert2(p)),
  aea: albers,
  eqc: cylindrical('Equidistant Cylindrical', 1028),
  cea: cylindrical('Lambert Cylindrical Equal Area', 9835),
  laea: natural('Lambert Azimuthal Equal Area', 9820, false),
  stere: polarStereographic,
  sterea: natural('Oblique Stereographic', 9809, true),
  cass: natural('Cassini-Soldner', 9806, false),
  poly: natural('American Polyconic', 9818, false),
  nzmg: natural('New Zealand Map Grid', 9811, false),
  eqearth: (p) => method('Equal Earth', 1078, lon0(p), ...falseEasting(p)),
  sinu: (p) => method('Sinusoidal', null, lon0(p), ...falseEasting(p)),
  merc: mercator,
  // The Swiss projection is the oblique one with an azimuth of 90 degrees.
  somerc: (p) => oblique({ ...p, no_uoff: false }, 90, 90, p.long0),
  omerc: (p) =>
    p.alpha === undefined
      ? undefined
      : oblique(p, degreesOf(p.alpha), degreesOf(p.rectified_grid_angle ?? p.alpha), p.longc ?? p.long0),
};

/** The method of a projection, or undefined when it has none that both proj4 and the EPSG registry know. */
export function methodOf(p: ProjectionParameters): Method | undefined {
  return METHODS[p.projName]?.(p);
}
