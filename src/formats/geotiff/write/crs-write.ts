/** GeoKeys of a CRS, for writing (OGC 19-008r4). */
import { CrsError, type Crs } from '../../../core/index.js';
import { ellipsoidByName } from '../ellipsoid.js';
import { KEY, USER_DEFINED } from '../geokeys.js';

/** The three tags that carry GeoKeys. */
export interface GeoKeyTags {
  readonly directory: readonly number[];
  readonly doubles: readonly number[];
  readonly ascii: string;
}

const DEGREE = 9102;
const METRE = 9001;
const MODEL = { projected: 1, geographic: 2 } as const;
class KeyTable {
  readonly #entries: (readonly [key: number, location: number, count: number, value: number])[] = [];
  readonly #doubles: number[] = [];
  #ascii = '';

  short(key: number, value: number): void {
    this.#entries.push([key, 0, 1, value]);
  }
  double(key: number, ...values: number[]): void {
    this.#entries.push([key, 34736, values.length, this.#doubles.length]);
    this.#doubles.push(...values);
  }
  text(key: number, value: string): void {
    const ascii = value.replace(/[^\x20-\x7e]/g, '?').replaceAll('|', '/');
    this.#entries.push([key, 34737, ascii.length + 1, this.#ascii.length]);
    this.#ascii += `${ascii}|`;
  }
  finish(): GeoKeyTags {
    const sorted = [...this.#entries].sort((a, b) => a[0] - b[0]);
    return { directory: [1, 1, 0, sorted.length, ...sorted.flat()], doubles: this.#doubles, ascii: this.#ascii };
  }
}

function parseProj(text: string): ReadonlyMap<string, string> {
  const pairs = text.split(/\s+/).filter((part) => part.startsWith('+'));
  return new Map(pairs.map((part) => [part.slice(1).split('=')[0] ?? '', part.split('=')[1] ?? '']));
}

function notWritable(crs: Crs, why: string): CrsError {
  return new CrsError('not-writable', `The CRS ${crs.name} cannot be written to a GeoTIFF: ${why}.`, {
    hint: 'Warp to a CRS with an EPSG code first.',
    details: { crs: crs.canonical },
  });
}

/** Which GeoKey takes which PROJ parameter, per projection: method code, then pairs. */
const METHODS: Readonly<
  Record<string, readonly [code: number, ...(readonly [key: number, parameter: string, missing: number])[]]>
> = {
  tmerc: [
    1,
    [KEY.NaturalOriginLatitude, 'lat_0', 0],
    [KEY.NaturalOriginLongitude, 'lon_0', 0],
    [KEY.ScaleAtNaturalOrigin, 'k', 1],
  ],
  merc: [
    7,
    [KEY.StandardParallel1, 'lat_ts', 0],
    [KEY.NaturalOriginLongitude, 'lon_0', 0],
    [KEY.ScaleAtNaturalOrigin, 'k', 1],
  ],
  lcc: [
    8,
    [KEY.FalseOriginLatitude, 'lat_0', 0],
    [KEY.FalseOriginLongitude, 'lon_0', 0],
    [KEY.StandardParallel1, 'lat_1', 0],
    [KEY.StandardParallel2, 'lat_2', 0],
  ],
  laea: [10, [KEY.CenterLatitude, 'lat_0', 0], [KEY.CenterLongitude, 'lon_0', 0]],
  aea: [
    11,
    [KEY.NaturalOriginLatitude, 'lat_0', 0],
    [KEY.NaturalOriginLongitude, 'lon_0', 0],
    [KEY.StandardParallel1, 'lat_1', 0],
    [KEY.StandardParallel2, 'lat_2', 0],
  ],
  sterea: [
    16,
    [KEY.NaturalOriginLatitude, 'lat_0', 0],
    [KEY.NaturalOriginLongitude, 'lon_0', 0],
    [KEY.ScaleAtNaturalOrigin, 'k', 1],
  ],
  eqc: [17, [KEY.StandardParallel1, 'lat_ts', 0], [KEY.CenterLatitude, 'lat_0', 0], [KEY.CenterLongitude, 'lon_0', 0]],
  sinu: [24, [KEY.CenterLongitude, 'lon_0', 0]],
  cea: [28, [KEY.StandardParallel1, 'lat_ts', 0], [KEY.NaturalOriginLongitude, 'lon_0', 0]],
};

/** Polar stereographic: true scale at a latitude, or a scale factor at the pole. */
function writeStereographic(table: KeyTable, p: ReadonlyMap<string, string>, crs: Crs): void {
  const lat0 = Number(p.get('lat_0') ?? 0);
  if (Math.abs(lat0) === 90) {
    table.short(KEY.ProjectionMethod, 15);
    table.double(KEY.NaturalOriginLatitude, Number(p.get('lat_ts') ?? lat0));
    table.double(KEY.StraightVerticalPoleLongitude, Number(p.get('lon_0') ?? 0));
  } else {
    if (p.has('lat_ts'))
      throw notWritable(crs, 'an oblique stereographic with a latitude of true scale has no GeoTIFF form');
    table.short(KEY.ProjectionMethod, 14);
    table.double(KEY.CenterLatitude, lat0);
    table.double(KEY.CenterLongitude, Number(p.get('lon_0') ?? 0));
  }
  table.double(KEY.ScaleAtNaturalOrigin, Number(p.get('k') ?? p.get('k_0') ?? 1));
}

function writeDatum(table: KeyTable, p: ReadonlyMap<string, string>, crs: Crs): void {
  if (p.get('datum') === 'WGS84') {
    table.short(KEY.GeodeticCrs, 4326);
    return;
  }
  const named = ellipsoidByName(p.get('ellps'));
  const radius = p.get('R');
  const a = named?.a ?? Number(radius ?? p.get('a'));
  if (p.has('datum') || p.has('pm') || p.has('nadgrids') || !(a > 0))
    throw notWritable(crs, 'its datum has no GeoTIFF form');
  table.short(KEY.GeodeticCrs, USER_DEFINED);
  table.text(KEY.GeodeticCitation, 'Unknown datum');
  table.short(KEY.GeodeticDatum, USER_DEFINED);
  table.short(KEY.Ellipsoid, named?.code ?? USER_DEFINED);
  table.double(KEY.SemiMajorAxis, a);
  const b = radius ?? p.get('b');
  if (named) table.double(KEY.InverseFlattening, named.inverseFlattening);
  else if (p.has('rf')) table.double(KEY.InverseFlattening, Number(p.get('rf')));
  else table.double(KEY.SemiMinorAxis, Number(b ?? a));
  const shift = p.get('towgs84')?.split(',').map(Number);
  if (shift && shift.some((v) => v !== 0)) table.double(KEY.ToWgs84, ...shift);
}

function writeProjection(table: KeyTable, p: ReadonlyMap<string, string>, crs: Crs): void {
  const name = p.get('proj') ?? '';
  const metres = Number(p.get('to_meter') ?? 1);
  if ((p.has('units') && p.get('units') !== 'm') || !(metres > 0))
    throw notWritable(crs, `its unit "${p.get('units') ?? ''}" has no GeoTIFF form here`);
  table.short(KEY.ProjectedCrs, USER_DEFINED);
  if (metres === 1) table.short(KEY.LinearUnits, METRE);
  else {
    table.short(KEY.LinearUnits, USER_DEFINED);
    table.double(KEY.LinearUnitSize, metres);
  }
  if (name === 'utm') {
    table.short(KEY.Projection, (p.has('south') ? 16100 : 16000) + Number(p.get('zone')));
    return;
  }
  table.short(KEY.Projection, USER_DEFINED);
  const isOneParallel = name === 'lcc' && !p.has('lat_2');
  const method = METHODS[name];
  if (name === 'stere') writeStereographic(table, p, crs);
  else if (isOneParallel) {
    table.short(KEY.ProjectionMethod, 9);
    table.double(KEY.NaturalOriginLatitude, Number(p.get('lat_1') ?? p.get('lat_0') ?? 0));
    table.double(KEY.NaturalOriginLongitude, Number(p.get('lon_0') ?? 0));
    table.double(KEY.ScaleAtNaturalOrigin, Number(p.get('k_0') ?? p.get('k') ?? 1));
  } else {
    if (!method) throw notWritable(crs, `its projection "${name}" has no GeoTIFF form here`);
    const [code, ...pairs] = method;
    table.short(KEY.ProjectionMethod, code);
    for (const [key, parameter, missing] of pairs)
      table.double(key, Number(p.get(parameter) ?? (parameter === 'k' ? p.get('k_0') : undefined) ?? missing));
  }
  const [east, north] =
    name === 'lcc' && !isOneParallel
      ? [KEY.FalseOriginEasting, KEY.FalseOriginNorthing]
      : [KEY.FalseEasting, KEY.FalseNorthing];
  table.double(east, Number(p.get('x_0') ?? 0) / metres);
  table.double(north, Number(p.get('y_0') ?? 0) / metres);
}

/**
 * The GeoKeys of a CRS: its EPSG code, or its own parameters when it is a PROJ string, or WKT as ESRI's citation.
 *
 * @throws {@link CrsError} `not-writable` when GeoTIFF has no form for it.
 */
export function geoKeysOf(crs: Crs): GeoKeyTags {
  const table = new KeyTable();
  table.short(KEY.ModelType, crs.isGeographic ? MODEL.geographic : MODEL.projected);
  table.short(KEY.RasterType, 1);
  table.text(KEY.Citation, crs.name);
  if (crs.isGeographic) table.short(KEY.AngularUnits, DEGREE);
  if (crs.epsg !== null && crs.epsg < USER_DEFINED) {
    table.short(crs.isGeographic ? KEY.GeodeticCrs : KEY.ProjectedCrs, crs.epsg);
    if (!crs.isGeographic && crs.unit === 'metre') table.short(KEY.LinearUnits, METRE);
    return table.finish();
  }
  const { definition } = crs;
  if (typeof definition === 'string' && /^\s*(PROJCS|GEOGCS)\s*\[/i.test(definition) && !definition.includes('|')) {
    table.short(crs.isGeographic ? KEY.GeodeticCrs : KEY.ProjectedCrs, USER_DEFINED);
    table.text(
      crs.isGeographic ? KEY.GeodeticCitation : KEY.ProjectedCitation,
      `ESRI PE String = ${definition.trim().replace(/\s+/g, ' ')}`,
    );
    return table.finish();
  }
  if (typeof definition !== 'string' || !definition.trimStart().startsWith('+'))
    throw notWritable(crs, 'it has neither an EPSG code nor a PROJ string');
  const parameters = parseProj(definition);
  if (!crs.isGeographic) {
    table.short(KEY.AngularUnits, DEGREE);
    writeProjection(table, parameters, crs);
  }
  writeDatum(table, parameters, crs);
  return table.finish();
}
