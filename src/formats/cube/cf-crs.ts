/** The coordinate reference system of a cube: CF grid mapping, else conventions of GDAL, EOPF, xarray and STAC. */
import { Crs, messageOf, UnsupportedDataError, type CrsInput } from '../../core/index.js';
import { textOf } from './attributes.js';
import { GRID_MAPPINGS, projOfGridMapping } from './cf-projection.js';
import type { CubeAttributes, CubeVariable } from './types.js';

/** A CRS, and the attributes that it was read from (which may hold `GeoTransform`). */
export interface FoundCrs {
  readonly crs: Crs;
  readonly mapping: CubeAttributes;
}

/** The variable that a `grid_mapping` text names; the extended form is `crsOSGB: x y crsWGS84: lat lon`. */
function mappingName(text: string, dims: readonly string[]): string {
  if (!text.includes(':')) return text.trim();
  const entries = [...text.matchAll(/(\S+):((?:\s+[^\s:]+(?!\S*:))*)/g)];
  const fitting = entries.find(([, , names]) => dims.every((dim) => names?.trim().split(/\s+/).includes(dim)));
  return (fitting ?? entries[0])?.[1] ?? text;
}

function unreadable(file: string, where: string, why: string): UnsupportedDataError {
  return new UnsupportedDataError('crs', `${file}: the CRS of ${where} is not read: ${why}.`, {
    hint: `Grid mappings that are read: crs_wkt, spatial_ref, ${GRID_MAPPINGS.join(', ')}. Register or convert the CRS.`,
    details: { file },
  });
}

/** The first of several spellings of one CRS that can be read; null where there are none. */
function firstReadable(spellings: readonly CrsInput[], file: string, where: string): Crs | null {
  let problem: unknown = null;
  for (const spelling of spellings) {
    try {
      return Crs.from(spelling);
    } catch (error) {
      problem ??= error;
    }
  }
  if (problem === null) return null;
  throw unreadable(file, where, messageOf(problem).replace(/\.$/, ''));
}

function ofGridMapping(mapping: CubeVariable, file: string): Crs | null {
  const { attributes, path } = mapping;
  const spellings = [
    // The definition that our own writer had, where no EPSG code names it.
    textOf(attributes, 'nadir_crs'),
    textOf(attributes, 'crs_wkt'),
    textOf(attributes, 'spatial_ref'),
    projOfGridMapping(attributes),
    textOf(attributes, 'proj4') ?? textOf(attributes, 'proj4_params') ?? textOf(attributes, 'proj4text'),
  ].filter((s) => s !== null);
  const name = textOf(attributes, 'grid_mapping_name');
  if (spellings.length === 0 && name !== null)
    throw unreadable(file, path, `grid mapping ${JSON.stringify(name)} is not among those`);
  return firstReadable(spellings, file, path);
}

/** A CRS stated by attributes: `proj:code`, `proj:epsg`, `proj:wkt2`, `proj:projjson`, `_CRS`, `crs`. */
function ofAttributes(attributes: CubeAttributes, file: string, where: string): Crs | null {
  const spellings: CrsInput[] = [];
  const add = (value: unknown): void => {
    if (typeof value === 'string' && value.trim() !== '') spellings.push(value.trim());
    // SAFETY: an object that is not null; Crs.from checks that it is PROJJSON.
    else if (typeof value === 'object' && value !== null) spellings.push(value as Readonly<Record<string, unknown>>);
  };
  add(attributes['proj:code']);
  const epsg = attributes['proj:epsg'] ?? attributes['epsg'];
  if (typeof epsg === 'number' || (typeof epsg === 'string' && /^\d+$/.test(epsg))) spellings.push(`EPSG:${epsg}`);
  add(attributes['proj:wkt2']);
  add(attributes['proj:projjson']);
  const gdal = attributes['_CRS'];
  if (typeof gdal === 'object' && gdal !== null) {
    const { url, wkt, projjson } = gdal as { url?: unknown; wkt?: unknown; projjson?: unknown };
    if (typeof url === 'string') add(/\/EPSG\/[^/]+\/(\d+)$/.exec(url)?.[1]?.replace(/^/, 'EPSG:'));
    add(wkt);
    add(projjson);
  }
  // xarray's open_rasterio wrote a PROJ string here; other texts in `crs` name a variable or say nothing.
  const crs = textOf(attributes, 'crs');
  if (crs !== null && /^(?:\+|EPSG:\d+$)/i.test(crs)) add(crs.replace(/^\+init=/i, ''));
  const horizontal = textOf(attributes, 'horizontal_CRS_code');
  if (horizontal !== null) add(horizontal);
  return firstReadable(spellings, file, where);
}

/**
 * The CRS of variables on dimensions `dims`, or null where nothing states one.
 *
 * Looked for in this order: the grid mapping that a variable names, attributes of the variables, a variable called
 * `spatial_ref` or `crs`, any variable with a `grid_mapping_name`, attributes of the groups from the own one upwards.
 *
 * @throws {@link UnsupportedDataError} `crs` when one is stated that cannot be read: guessing would misplace the data.
 */
export function findCrs(
  variables: readonly CubeVariable[],
  scope: ReadonlyMap<string, CubeVariable>,
  groupAttributes: readonly CubeAttributes[],
  dims: readonly string[],
  file: string,
): FoundCrs | null {
  for (const variable of variables) {
    const named = textOf(variable.attributes, 'grid_mapping');
    const name = named === null ? '' : mappingName(named, dims);
    const mapping = scope.get(name) ?? scope.get(name.slice(name.lastIndexOf('/') + 1));
    const crs = mapping ? ofGridMapping(mapping, file) : null;
    if (mapping && crs) return { crs, mapping: mapping.attributes };
  }
  for (const { attributes, path } of variables) {
    const crs = ofAttributes(attributes, file, path);
    if (crs) return { crs, mapping: attributes };
  }
  const usual = [scope.get('spatial_ref'), scope.get('crs')].filter((v) => v !== undefined);
  const others = [...scope.values()].filter((v) => textOf(v.attributes, 'grid_mapping_name') !== null);
  for (const mapping of [...usual, ...others]) {
    const crs = ofGridMapping(mapping, file);
    if (crs) return { crs, mapping: mapping.attributes };
  }
  for (const attributes of groupAttributes) {
    const other = attributes['other_metadata']; // EOPF keeps horizontal_CRS_code here
    const nested = typeof other === 'object' && other !== null ? (other as CubeAttributes) : {};
    const crs = ofAttributes(attributes, file, 'the group') ?? ofAttributes(nested, file, 'the group');
    if (crs) return { crs, mapping: attributes };
  }
  return null;
}
