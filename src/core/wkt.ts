/** WKT 2 (ISO 19162:2019) of geographic and projected coordinate reference systems, from their PROJJSON. */
import type { Crs, PlainProjJson } from './crs.js';

const RADIANS_PER_DEGREE = 0.017453292519943295;

type Json = Readonly<Record<string, unknown>>;

/** What a CRS has that this file does not write. */
class NotWritten extends Error {}

function object(value: unknown): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new NotWritten('not an object');
  // SAFETY: an object that is neither null nor an array.
  return value as Json;
}
function list(value: unknown): readonly Json[] {
  if (!Array.isArray(value)) throw new NotWritten('not a list');
  return (value as unknown[]).map(object);
}
function text(value: unknown): string {
  if (typeof value !== 'string') throw new NotWritten('not a text');
  return `"${value.replaceAll('"', '""')}"`;
}
function number(value: unknown): string {
  if (typeof value !== 'number' || !Number.isFinite(value)) throw new NotWritten('not a number');
  return String(value);
}

function id(json: Json): string {
  const given = json['id'];
  if (given === undefined) return '';
  const { authority, code } = object(given);
  return `,ID[${text(authority)},${typeof code === 'number' ? code : text(code)}]`;
}

function unit(value: unknown): string {
  if (value === 'metre') return 'LENGTHUNIT["metre",1]';
  if (value === 'degree') return `ANGLEUNIT["degree",${RADIANS_PER_DEGREE}]`;
  if (value === 'unity') return 'SCALEUNIT["unity",1]';
  const given = object(value);
  const keyword = { LinearUnit: 'LENGTHUNIT', AngularUnit: 'ANGLEUNIT', ScaleUnit: 'SCALEUNIT' }[String(given['type'])];
  if (keyword === undefined) throw new NotWritten('unknown unit');
  return `${keyword}[${text(given['name'])},${number(given['conversion_factor'])}${id(given)}]`;
}

/** A quantity that may carry its own unit. */
function quantity(value: unknown): string {
  return typeof value === 'number' ? number(value) : number(object(value)['value']);
}

function ellipsoid(value: unknown): string {
  const e = object(value);
  const a = Number(quantity(e['semi_major_axis'] ?? e['radius']));
  let flattening = '0';
  if (e['inverse_flattening'] !== undefined) flattening = number(e['inverse_flattening']);
  else if (e['semi_minor_axis'] !== undefined) {
    const b = Number(quantity(e['semi_minor_axis']));
    flattening = a === b ? '0' : number(a / (a - b));
  }
  return `ELLIPSOID[${text(e['name'])},${a},${flattening},LENGTHUNIT["metre",1]${id(e)}]`;
}

function datum(crs: Json): string {
  let frame;
  if (crs['datum'] === undefined) {
    const ensemble = object(crs['datum_ensemble']);
    const members = list(ensemble['members']).map((m) => `MEMBER[${text(m['name'])}${id(m)}],`);
    const accuracy = `ENSEMBLEACCURACY[${Number(ensemble['accuracy'] ?? 2)}]`;
    frame = `ENSEMBLE[${text(ensemble['name'])},${members.join('')}${ellipsoid(ensemble['ellipsoid'])},${accuracy}${id(ensemble)}]`;
    return `${frame},${GREENWICH}`;
  }
  const d = object(crs['datum']);
  if (d['type'] !== undefined && d['type'] !== 'GeodeticReferenceFrame') throw new NotWritten('dynamic datum');
  frame = `DATUM[${text(d['name'])},${ellipsoid(d['ellipsoid'])}${id(d)}]`;
  const meridian = d['prime_meridian'];
  if (meridian === undefined) return `${frame},${GREENWICH}`;
  const m = object(meridian);
  return `${frame},PRIMEM[${text(m['name'])},${quantity(m['longitude'])},${unit('degree')}${id(m)}]`;
}
const GREENWICH = `PRIMEM["Greenwich",0,ANGLEUNIT["degree",${RADIANS_PER_DEGREE}]]`;

function coordinateSystem(value: unknown): string {
  const cs = object(value);
  const axes = list(cs['axis']);
  const written = axes.map((a, i) => {
    const name = `${String(a['name']).toLowerCase()} (${String(a['abbreviation'])})`;
    const direction = String(a['direction']);
    if (!/^\w+$/.test(direction)) throw new NotWritten('direction');
    return `,AXIS[${text(name)},${direction},ORDER[${i + 1}],${unit(a['unit'])}]`;
  });
  const subtype = cs['subtype'];
  if (subtype !== 'ellipsoidal' && subtype !== 'Cartesian') throw new NotWritten('coordinate system');
  return `CS[${subtype},${axes.length}]${written.join('')}`;
}

function conversion(value: unknown): string {
  const c = object(value);
  const method = object(c['method']);
  const parameters = list(c['parameters']).map(
    (p) => `,PARAMETER[${text(p['name'])},${number(p['value'])},${unit(p['unit'])}${id(p)}]`,
  );
  return `CONVERSION[${text(c['name'])},METHOD[${text(method['name'])}${id(method)}]${parameters.join('')}]`;
}

function wktOf(crs: PlainProjJson): string {
  const name = text(crs['name']);
  if (crs['type'] === 'GeographicCRS')
    return `GEOGCRS[${name},${datum(crs)},${coordinateSystem(crs['coordinate_system'])}${id(crs)}]`;
  if (crs['type'] !== 'ProjectedCRS') throw new NotWritten('type');
  const base = object(crs['base_crs']);
  if (base['type'] !== undefined && base['type'] !== 'GeographicCRS') throw new NotWritten('base');
  const geographic = `BASEGEOGCRS[${text(base['name'])},${datum(base)}${id(base)}]`;
  return `PROJCRS[${name},${geographic},${conversion(crs['conversion'])},${coordinateSystem(crs['coordinate_system'])}${id(crs)}]`;
}

/**
 * A text of the CRS that PROJ, GDAL and pyproj read: WKT 2, or its PROJJSON where WKT of it is not written here (bound
 * and compound CRSs). A CRS that was read from WKT keeps its text.
 *
 * @throws {@link CrsError} `no-projjson` for a PROJ string of a projection that Nadir cannot describe.
 */
export function crsText(crs: Crs): string {
  const { definition } = crs;
  if (typeof definition === 'string' && /^\w+\s*\[/.test(definition.trim())) return definition.trim();
  const json = crs.toProjJson();
  try {
    return wktOf(json);
  } catch (error) {
    if (error instanceof NotWritten) return JSON.stringify(json);
    throw error;
  }
}
