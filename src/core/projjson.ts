/**
 * PROJJSON of a CRS from its projection parameters, complete enough for PROJ, pyproj and GDAL to read.
 *
 * Schema: PROJJSON v0.7.
 */
import { CrsError } from './errors.js';
import type { PlainProjJson, ProjectionParameters } from './crs.js';
import { findEpsg } from './epsg.js';
import { degreesOf, methodOf } from './projjson-methods.js';

const SCHEMA = 'https://proj.org/schemas/v0.7/projjson.schema.json';

const axis = (name: string, abbreviation: string, direction: string, unit: string | PlainProjJson): PlainProjJson => ({
  name,
  abbreviation,
  direction,
  unit,
});
const GEODETIC_AXES = {
  subtype: 'ellipsoidal',
  axis: [axis('Geodetic latitude', 'Lat', 'north', 'degree'), axis('Geodetic longitude', 'Lon', 'east', 'degree')],
};
function projectedAxes(p: ProjectionParameters): PlainProjJson {
  const factor = p.to_meter ?? 1;
  const unit = factor === 1 ? 'metre' : { type: 'LinearUnit', name: p.units ?? 'unknown', conversion_factor: factor };
  return { subtype: 'Cartesian', axis: [axis('Easting', 'E', 'east', unit), axis('Northing', 'N', 'north', unit)] };
}

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

const WGS84_CODE = 4326;
const isWgs84 = (p: ProjectionParameters): boolean =>
  p.a === 6378137 && Math.abs(p.b - 6356752.314245179) < 1e-4 && (p.from_greenwich ?? 0) === 0;

/** Ellipsoids that EPSG defines by flattening, and proj4 by a semi-minor axis rounded to the centimetre. */
const INVERSE_FLATTENING: Readonly<Record<string, number>> = { airy: 299.3249646, mod_airy: 299.3249646 };

function baseOn(p: ProjectionParameters, name: string, datum: string): PlainProjJson {
  const meridian = degreesOf(p.from_greenwich);
  const flattening = INVERSE_FLATTENING[p.ellps ?? ''];
  const shape = flattening === undefined ? { semi_minor_axis: p.b } : { inverse_flattening: flattening };
  return {
    type: 'GeographicCRS',
    name,
    datum: {
      type: 'GeodeticReferenceFrame',
      name: datum,
      ellipsoid: { name: 'Unknown', semi_major_axis: p.a, ...shape },
      ...(meridian === 0 ? {} : { prime_meridian: { name: 'unnamed', longitude: meridian } }),
    },
    coordinate_system: GEODETIC_AXES,
  };
}

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
  // Web Mercator is on a sphere by its formulas only.
  if (epsg === 3857) return WGS84_BASE;
  const entry = epsg === null ? undefined : findEpsg(epsg);
  if (!entry) return isWgs84(p) ? WGS84_BASE : baseOn(p, 'Unknown datum', 'Unknown');
  const { code, name, datum } = entry.base;
  return code === WGS84_CODE ? WGS84_BASE : { ...baseOn(p, name, datum), id: { authority: 'EPSG', code } };
}

/** @throws {@link CrsError} `no-projjson` when the projection is not one that Nadir can describe. */
export function projJsonOf(name: string, epsg: number | null, p: ProjectionParameters): PlainProjJson {
  const id = epsg === null ? {} : { id: { authority: 'EPSG', code: epsg } };
  if (p.projName === 'longlat') return { $schema: SCHEMA, ...baseCrs(epsg, p), name, ...id };
  const method = methodOf(p);
  if (!method) {
    throw new CrsError(
      'no-projjson',
      `CRS ${name} uses the projection "${p.projName}", which Nadir cannot describe in PROJJSON.`,
      { hint: 'Give the CRS as PROJJSON, or work in another CRS.' },
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
      parameters: method.parameters.map(([parameter, code, value, unit]) => ({
        name: parameter,
        value,
        unit,
        id: { authority: 'EPSG', code },
      })),
    },
    coordinate_system: projectedAxes(p),
    ...id,
  };
}
