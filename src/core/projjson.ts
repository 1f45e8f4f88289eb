/**
 * PROJJSON of a CRS from its projection parameters, complete enough for PROJ, pyproj and GDAL to read.
 *
 * Method and parameter names and codes are those of the EPSG registry. Schema: PROJJSON v0.7.
 */
import { CrsError } from './errors.js';
import type { PlainProjJson, ProjectionParameters } from './crs.js';

const DEGREES = 180 / Math.PI;
const SCHEMA = 'https://proj.org/schemas/v0.7/projjson.schema.json';

interface Method {
  readonly name: string;
  /** Null for a method that the EPSG registry does not have; PROJ knows it by its name. */
  readonly code: number | null;
  /** EPSG parameter name, code, value and unit. */
  readonly parameters: (
    p: ProjectionParameters,
  ) => readonly (readonly [name: string, code: number, value: number, unit: string])[];
}

const angle = (radians: number | undefined): number => Number(((radians ?? 0) * DEGREES).toFixed(12));
const falseOrigin = (
  p: ProjectionParameters,
  names: readonly [string, number, string, number],
): readonly (readonly [string, number, number, string])[] => [
  [names[0], names[1], p.x0 ?? 0, 'metre'],
  [names[2], names[3], p.y0 ?? 0, 'metre'],
];
const FALSE_EASTING = ['False easting', 8806, 'False northing', 8807] as const;
const FALSE_ORIGIN = ['Easting at false origin', 8826, 'Northing at false origin', 8827] as const;

const transverse: Method = {
  name: 'Transverse Mercator',
  code: 9807,
  parameters: (p) => [
    ['Latitude of natural origin', 8801, angle(p.lat0), 'degree'],
    ['Longitude of natural origin', 8802, angle(p.long0), 'degree'],
    ['Scale factor at natural origin', 8805, p.k0 ?? 1, 'unity'],
    ...falseOrigin(p, FALSE_EASTING),
  ],
};
const conic = (name: string, code: number): Method => ({
  name,
  code,
  parameters: (p) => [
    ['Latitude of false origin', 8821, angle(p.lat0), 'degree'],
    ['Longitude of false origin', 8822, angle(p.long0), 'degree'],
    ['Latitude of 1st standard parallel', 8823, angle(p.lat1), 'degree'],
    ['Latitude of 2nd standard parallel', 8824, angle(p.lat2), 'degree'],
    ...falseOrigin(p, FALSE_ORIGIN),
  ],
});
const cylindrical = (name: string, code: number): Method => ({
  name,
  code,
  parameters: (p) => [
    ['Latitude of 1st standard parallel', 8823, angle(p.lat_ts), 'degree'],
    ['Longitude of natural origin', 8802, angle(p.long0), 'degree'],
    ...falseOrigin(p, FALSE_EASTING),
  ],
});

const METHODS: Readonly<Record<string, Method>> = {
  tmerc: transverse,
  lcc: conic('Lambert Conic Conformal (2SP)', 9802),
  aea: conic('Albers Equal Area', 9822),
  eqc: cylindrical('Equidistant Cylindrical', 1028),
  cea: cylindrical('Lambert Cylindrical Equal Area', 9835),
  laea: {
    name: 'Lambert Azimuthal Equal Area',
    code: 9820,
    parameters: (p) => [
      ['Latitude of natural origin', 8801, angle(p.lat0), 'degree'],
      ['Longitude of natural origin', 8802, angle(p.long0), 'degree'],
      ...falseOrigin(p, FALSE_EASTING),
    ],
  },
  stere: {
    name: 'Polar Stereographic (variant B)',
    code: 9829,
    parameters: (p) => [
      ['Latitude of standard parallel', 8832, angle(p.lat_ts), 'degree'],
      ['Longitude of origin', 8833, angle(p.long0), 'degree'],
      ...falseOrigin(p, FALSE_EASTING),
    ],
  },
  sinu: {
    name: 'Sinusoidal',
    code: null,
    parameters: (p) => [
      ['Longitude of natural origin', 8802, angle(p.long0), 'degree'],
      ...falseOrigin(p, FALSE_EASTING),
    ],
  },
  merc: {
    name: 'Popular Visualisation Pseudo Mercator',
    code: 1024,
    parameters: (p) => [
      ['Latitude of natural origin', 8801, angle(p.lat0), 'degree'],
      ['Longitude of natural origin', 8802, angle(p.long0), 'degree'],
      ...falseOrigin(p, FALSE_EASTING),
    ],
  },
};

const axis = (name: string, abbreviation: string, direction: string, unit: string): PlainProjJson => ({
  name,
  abbreviation,
  direction,
  unit,
});
const GEODETIC_AXES = {
  subtype: 'ellipsoidal',
  axis: [axis('Geodetic latitude', 'Lat', 'north', 'degree'), axis('Geodetic longitude', 'Lon', 'east', 'degree')],
};
const PROJECTED_AXES = {
  subtype: 'Cartesian',
  axis: [axis('Easting', 'E', 'east', 'metre'), axis('Northing', 'N', 'north', 'metre')],
};

const WGS84_BASE: PlainProjJson = {
  type: 'GeographicCRS',
  name: 'WGS 84',
  datum: {
    type: 'GeodeticReferenceFrame',
    name: 'World Geodetic System 1984',
    ellipsoid: { name: 'WGS 84', semi_major_axis: 6378137, inverse_flattening: 298.257223563 },
  },
  coordinate_system: GEODETIC_AXES,
  id: { authority: 'EPSG', code: 4326 },
};

/** Geographic CRSs on GRS 80 by the EPSG codes that use them. */
const GRS80_BASES: readonly {
  readonly covers: (epsg: number) => boolean;
  readonly name: string;
  readonly datum: string;
  readonly code: number;
}[] = [
  {
    covers: (e) => e === 4258 || e === 3035 || (e > 25800 && e < 25900),
    name: 'ETRS89',
    datum: 'European Terrestrial Reference System 1989',
    code: 4258,
  },
  {
    covers: (e) => e === 4269 || e === 5070 || (e > 26900 && e < 27000),
    name: 'NAD83',
    datum: 'North American Datum 1983',
    code: 4269,
  },
  { covers: (e) => e === 2154, name: 'RGF93 v1', datum: 'Reseau Geodesique Francais 1993 v1', code: 4171 },
  {
    covers: (e) => e === 4674,
    name: 'SIRGAS 2000',
    datum: 'Sistema de Referencia Geocentrico para las AmericaS 2000',
    code: 4674,
  },
];

function baseCrs(epsg: number | null, p: ProjectionParameters): PlainProjJson {
  const known = epsg === null ? undefined : GRS80_BASES.find((b) => b.covers(epsg));
  if (known) {
    const ellipsoid = { name: 'GRS 1980', semi_major_axis: 6378137, inverse_flattening: 298.257222101 };
    return {
      type: 'GeographicCRS',
      name: known.name,
      datum: { type: 'GeodeticReferenceFrame', name: known.datum, ellipsoid },
      coordinate_system: GEODETIC_AXES,
      id: { authority: 'EPSG', code: known.code },
    };
  }
  const isWgs84 = p.a === 6378137 && (Math.abs(p.b - 6356752.314245179) < 1e-4 || p.sphere === true || p.b === p.a);
  if (isWgs84 && (epsg !== null || Math.abs(p.b - 6356752.314245179) < 1e-4)) return WGS84_BASE;
  return {
    type: 'GeographicCRS',
    name: 'Unknown datum',
    datum: {
      type: 'GeodeticReferenceFrame',
      name: 'Unknown',
      ellipsoid: { name: 'Unknown', semi_major_axis: p.a, semi_minor_axis: p.b },
    },
    coordinate_system: GEODETIC_AXES,
  };
}

/** @throws {@link CrsError} `no-projjson` when the projection is not one that Nadir can describe. */
export function projJsonOf(name: string, epsg: number | null, p: ProjectionParameters): PlainProjJson {
  const id = epsg === null ? {} : { id: { authority: 'EPSG', code: epsg } };
  if (p.projName === 'longlat') return { $schema: SCHEMA, ...baseCrs(epsg, p), name, ...id };
  const method = METHODS[p.projName];
  if (!method) {
    throw new CrsError(
      'no-projjson',
      `CRS ${name} uses the projection "${p.projName}", which Nadir cannot describe in PROJJSON.`,
      {
        hint: 'Give the CRS as PROJJSON or as an EPSG code.',
      },
    );
  }
  return {
    $schema: SCHEMA,
    type: 'ProjectedCRS',
    name,
    base_crs: baseCrs(epsg, p),
    conversion: {
      name: 'unnamed',
      method: {
        name: method.name,
        ...(method.code === null ? {} : { id: { authority: 'EPSG', code: method.code } }),
      },
      parameters: method
        .parameters(p)
        .map(([parameter, code, value, unit]) => ({ name: parameter, value, unit, id: { authority: 'EPSG', code } })),
    },
    coordinate_system: PROJECTED_AXES,
    ...id,
  };
}
