/** The CRS that GeoKeys mean: an EPSG code, or a PROJ string from the file's own parameters. */
import { Crs, isNadirError } from '../../core/index.js';
import { ellipsoidByCode } from './ellipsoid.js';
import { KEY, USER_DEFINED, type GeoKeys } from './geokeys.js';

/** A CRS, or the reason why there is none. */
export interface CrsReading {
  readonly crs: Crs | null;
  readonly problem: string | null;
}

const MODEL_PROJECTED = 1;
const MODEL_GEOGRAPHIC = 2;
const MODEL_GEOCENTRIC = 3;

/** Datums and geographic CRSs that equal WGS 84 within a metre or so, as PROJ ellipsoids. */
const WGS84 = '+datum=WGS84';
const NO_SHIFT = ' +towgs84=0,0,0,0,0,0,0';
const GRS80 = `+ellps=GRS80${NO_SHIFT}`;
const GEOGRAPHIC: Readonly<Record<number, string>> = {
  4326: WGS84,
  4258: GRS80,
  4269: GRS80,
  4674: GRS80,
  4171: GRS80,
  4283: GRS80,
  4167: GRS80,
  4612: GRS80,
};
const DATUMS: Readonly<Record<number, string>> = {
  6326: WGS84,
  6258: GRS80,
  6269: GRS80,
  6674: GRS80,
  6171: GRS80,
  6283: GRS80,
  6167: GRS80,
  6612: GRS80,
};
/** EPSG linear units in metres. */
const LINEAR_UNITS: Readonly<Record<number, number>> = { 9001: 1, 9002: 0.3048, 9003: 1200 / 3937, 9036: 1000 };
const DEGREE = 9102;
const RADIAN = 9101;
const GREENWICH = 8901;

class Unreadable extends Error {}

/** First number of a key; undefined when absent. */
function valueOf(keys: GeoKeys, key: number): number | undefined {
  return keys.numbers.get(key)?.[0];
}

function firstOf(keys: GeoKeys, candidates: readonly number[], missing = 0): number {
  for (const key of candidates) {
    const value = valueOf(keys, key);
    if (value !== undefined) return value;
  }
  return missing;
}

function tryCrs(input: string): Crs | null {
  try {
    return Crs.from(input);
  } catch (error) {
    if (isNadirError(error, 'CrsError')) return null; // the caller goes on to the parameters
    throw error;
  }
}

/** Some files name the datum WGS 84 but carry another ellipsoid (Landsat ARD: 6378140 m); the numbers win, as in GDAL. */
function contradictsWgs84(keys: GeoKeys): boolean {
  const a = valueOf(keys, KEY.SemiMajorAxis) ?? 6378137;
  const inverse = valueOf(keys, KEY.InverseFlattening) ?? 298.257223563;
  return Math.abs(a - 6378137) > 0.5 || Math.abs(inverse - 298.257223563) > 1e-4;
}

/** The part of a PROJ string that gives the shape of the Earth. */
function datumPart(keys: GeoKeys): string {
  const meridian = valueOf(keys, KEY.PrimeMeridian) ?? GREENWICH;
  if ((meridian !== GREENWICH && meridian !== USER_DEFINED) || (valueOf(keys, KEY.PrimeMeridianLongitude) ?? 0) !== 0) {
    throw new Unreadable(`its prime meridian (code ${meridian}) is not Greenwich`);
  }
  const geographic = valueOf(keys, KEY.GeodeticCrs);
  const known = GEOGRAPHIC[geographic ?? 0] ?? DATUMS[valueOf(keys, KEY.GeodeticDatum) ?? 0];
  if (known !== undefined && !contradictsWgs84(keys)) return known;
  if (known === undefined && geographic !== undefined && geographic !== USER_DEFINED)
    throw new Unreadable(`its geographic CRS EPSG:${geographic} is not built in`);
  const shift = keys.numbers.get(KEY.ToWgs84);
  const towgs84 = shift ? ` +towgs84=${shift.join(',')}` : '';
  const ellipsoid = ellipsoidByCode(valueOf(keys, KEY.Ellipsoid));
  if (ellipsoid) return `+ellps=${ellipsoid.proj}${towgs84 || (ellipsoid.a === 6378137 ? NO_SHIFT : '')}`;
  const a = valueOf(keys, KEY.SemiMajorAxis);
  const b = valueOf(keys, KEY.SemiMinorAxis);
  const inverse = valueOf(keys, KEY.InverseFlattening);
  if (a === undefined || !(a > 0)) throw new Unreadable('it names no ellipsoid');
  if (inverse !== undefined && inverse !== 0) {
    // WGS 84 and GRS 80 by their numbers: nearly every "unknown datum" is one of them.
    if (a === 6378137 && Math.abs(inverse - 298.257223563) < 1e-6) return WGS84;
    if (a === 6378137 && Math.abs(inverse - 298.257222101) < 1e-6) return `+ellps=GRS80${towgs84 || NO_SHIFT}`;
    return `+a=${a} +rf=${inverse}${towgs84}`;
  }
  return `+a=${a} +b=${b !== undefined && b > 0 ? b : a}${towgs84}`;
}

/** Metres per linear unit of the projected coordinates. */
function unitMetres(keys: GeoKeys): number {
  const code = valueOf(keys, KEY.LinearUnits) ?? 9001;
  const size = code === USER_DEFINED ? valueOf(keys, KEY.LinearUnitSize) : LINEAR_UNITS[code];
  if (size === undefined || !(size > 0)) throw new Unreadable(`its linear unit (code ${code}) is unknown`);
  return size;
}

/** Factor from the file's angles to degrees. */
function angleDegrees(keys: GeoKeys): number {
  const code = valueOf(keys, KEY.AngularUnits) ?? DEGREE;
  if (code === DEGREE) return 1;
  if (code === RADIAN) return 180 / Math.PI;
  throw new Unreadable(`its angular unit (code ${code}) is unknown`);
}

/** PROJ parameters of a projection method (GeoTIFF `ProjMethodGeoKey` codes). */
function projectionPart(keys: GeoKeys, metres: number): string {
  const degrees = angleDegrees(keys);
  const angle = (...candidates: number[]): number => firstOf(keys, candidates) * degrees;
  const east = firstOf(keys, [KEY.FalseEasting, KEY.FalseOriginEasting]) * metres;
  const north = firstOf(keys, [KEY.FalseNorthing, KEY.FalseOriginNorthing]) * metres;
  const k = firstOf(keys, [KEY.ScaleAtNaturalOrigin, KEY.ScaleAtCenter], 1);
  const lat0 = angle(KEY.NaturalOriginLatitude, KEY.FalseOriginLatitude, KEY.CenterLatitude);
  const lon0 = angle(
    KEY.NaturalOriginLongitude,
    KEY.FalseOriginLongitude,
    KEY.CenterLongitude,
    KEY.StraightVerticalPoleLongitude,
  );
  const lat1 = angle(KEY.StandardParallel1);
  const lat2 = angle(KEY.StandardParallel2);
  const origin = `+x_0=${east} +y_0=${north}`;
  const projection = valueOf(keys, KEY.Projection);
  if (
    projection !== undefined &&
    ((projection > 16000 && projection <= 16060) || (projection > 16100 && projection <= 16160))
  ) {
    return `+proj=utm +zone=${projection % 100}${projection > 16100 ? ' +south' : ''}`;
  }
  const method = valueOf(keys, KEY.ProjectionMethod);
  switch (method) {
    case 1:
      return `+proj=tmerc +lat_0=${lat0} +lon_0=${lon0} +k=${k} ${origin}`;
    case 7:
      return `+proj=merc +lat_ts=${lat1} +lon_0=${lon0} +k=${k} ${origin}`;
    case 8:
      return `+proj=lcc +lat_0=${angle(KEY.FalseOriginLatitude, KEY.NaturalOriginLatitude)} +lon_0=${angle(KEY.FalseOriginLongitude, KEY.NaturalOriginLongitude)} +lat_1=${lat1} +lat_2=${lat2} +x_0=${firstOf(keys, [KEY.FalseOriginEasting, KEY.FalseEasting]) * metres} +y_0=${firstOf(keys, [KEY.FalseOriginNorthing, KEY.FalseNorthing]) * metres}`;
    case 9:
      return `+proj=lcc +lat_0=${lat0} +lon_0=${lon0} +lat_1=${lat0} +k_0=${k} ${origin}`;
    case 10:
      return `+proj=laea +lat_0=${angle(KEY.CenterLatitude, KEY.NaturalOriginLatitude)} +lon_0=${angle(KEY.CenterLongitude, KEY.NaturalOriginLongitude)} ${origin}`;
    case 11:
      return `+proj=aea +lat_0=${lat0} +lon_0=${lon0} +lat_1=${lat1} +lat_2=${lat2} ${origin}`;
    case 14:
      return `+proj=stere +lat_0=${angle(KEY.CenterLatitude, KEY.NaturalOriginLatitude)} +lon_0=${angle(KEY.CenterLongitude, KEY.NaturalOriginLongitude)} +k=${k} ${origin}`;
    case 15: {
      const trueScale = angle(KEY.NaturalOriginLatitude);
      const pole = trueScale < 0 ? -90 : 90;
      const scale = Math.abs(trueScale) === 90 ? `+k=${k}` : `+lat_ts=${trueScale}`;
      return `+proj=stere +lat_0=${pole} ${scale} +lon_0=${angle(KEY.StraightVerticalPoleLongitude, KEY.NaturalOriginLongitude)} ${origin}`;
    }
    case 16:
      return `+proj=sterea +lat_0=${lat0} +lon_0=${lon0} +k=${k} ${origin}`;
    case 17:
      return `+proj=eqc +lat_ts=${lat1} +lat_0=${angle(KEY.CenterLatitude, KEY.NaturalOriginLatitude)} +lon_0=${angle(KEY.CenterLongitude, KEY.NaturalOriginLongitude)} ${origin}`;
    case 24:
      return `+proj=sinu +lon_0=${angle(KEY.CenterLongitude, KEY.NaturalOriginLongitude)} ${origin}`;
    case 28:
      return `+proj=cea +lat_ts=${lat1} +lon_0=${lon0} ${origin}`;
    default:
      throw new Unreadable(
        method === undefined
          ? 'it names no projection method'
          : `its projection method (GeoTIFF code ${method}) is not read`,
      );
  }
}

/** UTM zones on ETRS89 and NAD83 have codes of their own; giving them makes such files equal to those that use the code. */
function utmOnOtherDatum(crs: Crs, geographic: number | undefined): Crs | null {
  const zone = /\+proj=utm \+zone=(\d+)(?! \+south)/.exec(crs.canonical);
  const base = geographic === 4258 ? 25800 : geographic === 4269 ? 26900 : null;
  return zone && base !== null ? tryCrs(`EPSG:${base + Number(zone[1])}`) : null;
}

function fromParameters(keys: GeoKeys, isGeographic: boolean): Crs {
  if (isGeographic) {
    if (angleDegrees(keys) !== 1) throw new Unreadable('its coordinates are not in degrees');
    return Crs.from(`+proj=longlat ${datumPart(keys)} +no_defs`);
  }
  const metres = unitMetres(keys);
  const units = metres === 1 ? '+units=m' : `+to_meter=${metres}`;
  const crs = Crs.from(`${projectionPart(keys, metres)} ${datumPart(keys)} ${units} +no_defs`);
  return utmOnOtherDatum(crs, valueOf(keys, KEY.GeodeticCrs)) ?? crs;
}

/** A geostationary CRS in ESRI's WKT, which proj4 reads without its satellite height. */
function geostationary(wkt: string): string | null {
  if (!/PROJECTION\["Geostationary_Satellite"\]/i.test(wkt)) return null;
  const number = (pattern: string): number | null => {
    const m = new RegExp(`PARAMETER\\["(?:${pattern})",\\s*([-+\\d.eE]+)\\]`, 'i').exec(wkt);
    return m ? Number(m[1]) : null;
  };
  const sphere = /SPHEROID\["[^"]*",\s*([\d.]+),\s*([\d.]+)/i.exec(wkt);
  const height = number('height|satellite_height');
  if (!sphere || height === null) return null;
  const sweep = (number('option') ?? 0) === 1 ? ' +sweep=x' : '';
  return `+proj=geos +lon_0=${number('longitude_of_center|central_meridian') ?? 0} +h=${height} +x_0=${number('false_easting') ?? 0} +y_0=${number('false_northing') ?? 0} +a=${sphere[1] ?? ''} +rf=${sphere[2] ?? ''} +units=m +no_defs${sweep}`;
}

/** What ESRI software puts into a citation: WKT, sometimes with a PROJ string inside. */
function esriDefinition(keys: GeoKeys): string | undefined {
  for (const key of [KEY.ProjectedCitation, KEY.Citation, KEY.GeodeticCitation]) {
    const wkt = /^ESRI PE String = (.*)$/s.exec(keys.texts.get(key) ?? '')?.[1];
    if (wkt === undefined) continue;
    return /EXTENSION\["PROJ4",\s*"([^"]+)"\]/i.exec(wkt)?.[1] ?? geostationary(wkt) ?? wkt;
  }
  return undefined;
}

/** The problem of a file that says nothing of its CRS, unlike one whose CRS cannot be read. */
export const NO_CRS = 'The file has no CRS.';

/** The CRS of GeoKeys. Unreadable ones give a reason, never a guess. */
export function crsOfGeoKeys(keys: GeoKeys | null): CrsReading {
  if (!keys) return { crs: null, problem: NO_CRS };
  const model = valueOf(keys, KEY.ModelType);
  const projected = valueOf(keys, KEY.ProjectedCrs);
  const geodetic = valueOf(keys, KEY.GeodeticCrs);
  if (model === MODEL_GEOCENTRIC)
    return { crs: null, problem: 'Its CRS is geocentric (x, y, z), which Nadir does not read.' };
  const isProjected =
    model === MODEL_PROJECTED ||
    (model !== MODEL_GEOGRAPHIC && (projected !== undefined || keys.numbers.has(KEY.ProjectionMethod)));
  const code = isProjected ? projected : geodetic;
  const hasCode = code !== undefined && code > 0 && code !== USER_DEFINED;
  if (!isProjected && code === undefined && !keys.numbers.has(KEY.SemiMajorAxis) && !keys.numbers.has(KEY.Ellipsoid)) {
    const local = keys.texts.get(KEY.Citation);
    return { crs: null, problem: local ? `Its CRS is local: "${local}".` : NO_CRS };
  }
  const known = hasCode ? tryCrs(`EPSG:${code}`) : null;
  if (known) return { crs: known, problem: null };
  const definition = esriDefinition(keys);
  const fromWkt = definition === undefined ? null : tryCrs(definition);
  if (fromWkt) return { crs: fromWkt, problem: null };
  try {
    return { crs: fromParameters(keys, !isProjected), problem: null };
  } catch (error) {
    if (!(error instanceof Unreadable) && !isNadirError(error, 'CrsError')) throw error;
    const reason = error.message.replace(/\.$/, '');
    const problem = hasCode
      ? `Its CRS EPSG:${code} is not built in; register it with Crs.register('EPSG:${code}', '<PROJ string or WKT>').`
      : `Its CRS cannot be read: ${reason}.`;
    return { crs: null, problem };
  }
}
