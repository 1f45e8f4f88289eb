/** Projection and raster facts of an asset: its own fields over those of its item (`catalog.md` §9). */
import { Crs, FormatError, isDType, type Affine, type Bounds, type NativeGrid } from '../../core/index.js';
import { recordOf, type StacAsset } from './types.js';
import type { MultiPolygon, Polygon } from 'geojson';

type Fields = Readonly<Record<string, unknown>>;

/** Where an asset is, in its own CRS: one of outline, box or grid. */
export type AssetPlace =
  | { readonly geometry: Polygon | MultiPolygon }
  | { readonly bounds: Bounds }
  | { readonly transform: Affine; readonly width: number; readonly height: number };

const isNumbers = (v: unknown): v is readonly number[] => Array.isArray(v) && v.every((n) => Number.isFinite(n));

/** The horizontal part of a compound CRS, which says the height system too. */
function horizontal(json: Fields): Fields {
  const components: unknown = json['components'];
  if (json['type'] !== 'CompoundCRS' || !Array.isArray(components)) return json;
  return recordOf(components[0]) ?? json;
}

/** The CRS that fields of the projection extension (1.x and 2.x) name; undefined when they name none. */
function crsIn(fields: Fields): Crs | undefined {
  const code = fields['proj:code'] ?? fields['proj:epsg'];
  if (typeof code === 'number') return Crs.from(`EPSG:${code}`);
  if (typeof code === 'string' && code !== '') return Crs.from(/^\d+$/.test(code) ? `EPSG:${code}` : code);
  const json = recordOf(fields['proj:projjson']);
  if (json) return Crs.from(horizontal(json));
  const wkt = fields['proj:wkt2'];
  return typeof wkt === 'string' && wkt !== '' ? Crs.from(wkt) : undefined;
}

/**
 * CRS of an asset: its own `proj:code`, `proj:epsg`, `proj:projjson` or `proj:wkt2`, else its item's; null when neither
 * names one. Of a compound CRS the horizontal part counts.
 *
 * @throws {@link CrsError} for one that Nadir does not know.
 */
export function assetCrs(asset: StacAsset, properties: Fields): Crs | null {
  return crsIn(asset) ?? crsIn(properties) ?? null;
}

function gridIn(fields: Fields): { transform: Affine; width: number; height: number } | null {
  const [transform, shape] = [fields['proj:transform'], fields['proj:shape']];
  if (!isNumbers(transform) || (transform.length !== 6 && transform.length !== 9)) return null;
  if (!isNumbers(shape) || shape.length !== 2) return null;
  const [height = 0, width = 0] = shape;
  if (!Number.isInteger(height) || !Number.isInteger(width) || height < 1 || width < 1) return null;
  // SAFETY: at least six numbers.
  const affine = transform.slice(0, 6) as unknown as Affine;
  return affine[0] * affine[4] === affine[1] * affine[3] ? null : { transform: affine, width, height };
}

function placesIn(fields: Fields): AssetPlace[] {
  const places: AssetPlace[] = [];
  const geometry = recordOf(fields['proj:geometry']);
  if (geometry?.['type'] === 'Polygon' || geometry?.['type'] === 'MultiPolygon')
    // SAFETY: the type says so; coordinates are checked by whoever reads them.
    places.push({ geometry: geometry as unknown as Polygon | MultiPolygon });
  const grid = gridIn(fields);
  const box = fields['proj:bbox'];
  if (isNumbers(box) && (box.length === 4 || box.length === 6)) {
    const [xmin = NaN, ymin = NaN, xmax = NaN, ymax = NaN] = box.length === 4 ? box : [box[0], box[1], box[3], box[4]];
    // A rotated image is smaller than its box.
    const rotated = grid !== null && (grid.transform[1] !== 0 || grid.transform[3] !== 0);
    if (xmin < xmax && ymin < ymax && !rotated) places.push({ bounds: [xmin, ymin, xmax, ymax] });
  }
  if (grid) places.push(grid);
  return places;
}

const PLACE_FIELDS = ['proj:geometry', 'proj:bbox', 'proj:transform', 'proj:shape'];

/**
 * Where an asset is, in its CRS, best first: `proj:geometry`, `proj:bbox`, `proj:transform` with `proj:shape` of the asset
 * itself, then those of its item. Empty when neither says.
 */
export function assetPlaces(asset: StacAsset, properties: Fields): readonly AssetPlace[] {
  const own = placesIn(asset);
  return own.length > 0 ? own : placesIn(merged(asset, properties, PLACE_FIELDS));
}

/** Item fields with the asset's over them. */
function merged(asset: StacAsset, properties: Fields, names: readonly string[]): Fields {
  return Object.fromEntries(names.map((name) => [name, asset[name] ?? properties[name]]));
}

function listOf(value: unknown): readonly Fields[] {
  return (Array.isArray(value) ? value : []).map((v) => recordOf(v) ?? {});
}

/** Numbers, and the words that JSON needs for those it cannot write. */
function nodataOf(value: unknown): number | null {
  if (typeof value === 'number') return value;
  if (value === 'nan') return NaN;
  if (value === 'inf') return Infinity;
  return value === '-inf' ? -Infinity : null;
}

/**
 * Grid and bands of an asset from `proj:transform`, `proj:shape`, and `bands` (STAC 1.1), `raster:bands` and `eo:bands`;
 * null unless size and transform are known, and bands or a data type that Nadir reads: the file itself then has to be asked.
 */
export function assetGrid(asset: StacAsset, properties: Fields): Omit<NativeGrid, 'overviews'> | null {
  const grid = gridIn(asset) ?? gridIn(merged(asset, properties, ['proj:transform', 'proj:shape']));
  if (!grid) return null;
  const [plain, raster, eo] = [listOf(asset['bands']), listOf(asset['raster:bands']), listOf(asset['eo:bands'])];
  const bands = Array.from({ length: Math.max(plain.length, raster.length, eo.length, 1) }, (_, i): Fields => ({
    data_type: asset['data_type'] ?? properties['data_type'],
    nodata: asset['nodata'] ?? properties['nodata'],
    ...eo[i],
    ...raster[i],
    ...plain[i],
    // The raster extension has no names, but some writers give them there.
    name: plain[i]?.['name'] ?? eo[i]?.['name'] ?? raster[i]?.['name'],
  }));
  const type = bands[0]?.['data_type'];
  const named = typeof type === 'string' ? type.toLowerCase() : null;
  const isListed = plain.length + raster.length + eo.length > 0;
  if (named === null ? !isListed : !isDType(named)) return null;
  return {
    ...grid,
    count: bands.length,
    dtype: isDType(named) ? named : null,
    nodata: nodataOf(bands[0]?.['nodata']),
    bandNames: bands.map(({ name }) => (typeof name === 'string' && name !== '' ? name : null)),
  };
}

/** Checks the coordinates of a polygon: rings of at least four finite positions, closed. */
export function checkPolygon(geometry: Polygon | MultiPolygon, name: string): void {
  const bad = (why: string): FormatError =>
    new FormatError('bad-geometry', `${name} ${why}.`, {
      hint: 'GeoJSON says how polygons are written: RFC 7946, §3.1.6.',
    });
  const polygons: unknown = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  if (!Array.isArray(polygons) || polygons.length === 0) throw bad('has no coordinates');
  for (const rings of polygons as readonly unknown[]) {
    if (!Array.isArray(rings) || rings.length === 0) throw bad('has a polygon without rings');
    for (const ring of rings as readonly unknown[]) {
      if (!Array.isArray(ring) || ring.length < 4) throw bad('has a ring of fewer than four positions');
      for (const p of ring as readonly unknown[]) {
        if (!Array.isArray(p) || !Number.isFinite(p[0]) || !Number.isFinite(p[1]))
          throw bad('has a position that is not two finite numbers');
      }
      // SAFETY: pairs of numbers, just checked.
      const [first, last] = [ring[0], ring.at(-1)] as [readonly number[], readonly number[]];
      if (first[0] !== last[0] || first[1] !== last[1]) throw bad('has a ring that is not closed');
    }
  }
}
