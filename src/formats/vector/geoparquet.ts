/** GeoParquet as a vector file of any geometry: facts from the footer where it has them, else from the geometries. */
import { CatalogError, Crs, FormatError, isNadirError, UnsupportedDataError, type Bounds } from '../../core/index.js';
import { showSource, type Source } from '../../io/index.js';
import { ParquetFile, plainValue } from '../geoparquet/index.js';
import { CheckedView } from './checked-view.js';
import { Extent, joinTypes, saneBounds } from './extent.js';
import { geometryTouches } from './geojson-geometry.js';
import { layerName } from './geojson.js';
import type { ReadCrs } from './layer-crs.js';
import type { FeatureOptions, LayerFacts, VectorFeature, VectorFile } from './types.js';
import { measureWkb, wkbGeometry } from './wkb.js';

const AXES = ['xmin', 'ymin', 'xmax', 'ymax'] as const;
const DOUBLE = 5;

type Json = Readonly<Record<string, unknown>>;
interface GeoFacts extends ReadCrs {
  readonly column: string;
  readonly types: readonly string[];
  readonly bounds: Bounds | null;
  /** Top column of the covering boxes. */
  readonly covering: string | null;
}

// SAFETY: a non-null object that is no array is read by key only.
const record = (value: unknown): Json | null =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? (value as unknown[]) : []);

function readCrs(stored: unknown, name: string): ReadCrs {
  if (stored === undefined) return { crs: Crs.from('OGC:CRS84'), crsProblem: null };
  if (stored === null) return { crs: null, crsProblem: null };
  const json = typeof stored === 'string' ? stored : record(stored);
  if (json === null) throw new FormatError('bad-geo-metadata', `${name}: the CRS in its "geo" metadata is no object.`);
  try {
    return { crs: Crs.from(json), crsProblem: null };
  } catch (error) {
    if (!isNadirError(error)) throw error;
    return { crs: null, crsProblem: error };
  }
}

function geoFacts(file: ParquetFile): GeoFacts {
  const { name } = file;
  const text = file.metadata.get('geo');
  if (text === undefined) {
    throw new FormatError('not-geoparquet', `${name} is Parquet but has no "geo" metadata, so it is no GeoParquet.`, {
      hint: 'Write it with GeoDataFrame.to_parquet. Items of a STAC server in Parquet are opened with catalogFromStac.',
      details: { file: name },
    });
  }
  let geo: Json | null;
  try {
    geo = record(JSON.parse(text));
  } catch (cause) {
    throw new FormatError('bad-geo-metadata', `${name}: its "geo" metadata is not JSON.`, { cause });
  }
  const primary = geo?.['primary_column'];
  const column = typeof primary === 'string' ? record(record(geo?.['columns'])?.[primary]) : null;
  if (typeof primary !== 'string' || !column || !file.names.includes(primary))
    throw new FormatError('bad-geo-metadata', `${name}: its "geo" metadata names no geometry column that it has.`);
  if (column['encoding'] !== 'WKB') {
    throw new UnsupportedDataError(
      'geometry-encoding',
      `${name}: geometry is encoded as ${JSON.stringify(column['encoding'])}; Nadir reads WKB.`,
    );
  }
  const bbox = list(column['bbox']).map(Number);
  const half = bbox.length >> 1;
  const path = list(record(record(column['covering'])?.['bbox'])?.['xmin']);
  return {
    column: primary,
    types: [...new Set(list(column['geometry_types']).map((t) => String(t).replace(/ (?:Z|M|ZM)$/, '')))],
    bounds: half >= 2 ? saneBounds([bbox[0], bbox[1], bbox[half], bbox[half + 1]].map((v) => v ?? NaN)) : null,
    covering: path.length === 2 && typeof path[0] === 'string' ? path[0] : null,
    ...readCrs(column['crs'], name),
  };
}

/** Total bounds by the statistics of the covering; null unless all row groups have them as doubles. */
function coveringBounds(file: ParquetFile, covering: string | null): Bounds | null {
  if (covering === null) return null;
  const extent = new Extent();
  for (let group = 0; group < file.footer.groups.length; group++) {
    const corner = AXES.map((axis) => {
      const chunk = file.chunk(group, `${covering}.${axis}`);
      const bytes = axis.endsWith('min') ? chunk?.min : chunk?.max;
      return chunk?.type === DOUBLE && bytes?.byteLength === 8 ? new CheckedView(bytes, file.name).f64(0) : NaN;
    });
    const box = saneBounds(corner);
    if (!box) return null;
    extent.addBox(box);
  }
  return extent.bounds;
}

/** @throws {@link FormatError} `not-parquet`, `bad-parquet`, `not-geoparquet`, `bad-geo-metadata`; {@link UnsupportedDataError} `geometry-encoding`. */
export async function openGeoParquetVector(source: Source, signal?: AbortSignal): Promise<VectorFile> {
  const name = showSource(source.url);
  const file = await ParquetFile.open(source, name, { signal });
  const geo = geoFacts(file);
  const layers = [layerName(name)];

  async function* geometries(
    o?: AbortSignal,
  ): AsyncGenerator<{ readonly row: number; readonly wkb: Uint8Array | null }> {
    let row = 0;
    for await (const batches of file.read({ columns: [geo.column] }, { signal: o })) {
      for (const batch of batches) {
        const vector = batch.getChild(geo.column);
        for (let i = 0; i < batch.numRows; i++, row++) yield { row, wkb: binary(vector?.get(i), name, row) };
      }
    }
  }
  async function* features(_: string, { bounds, signal: o }: FeatureOptions = {}): AsyncGenerator<VectorFeature> {
    let row = 0;
    for await (const batches of file.read({}, { signal: o })) {
      for (const batch of batches) {
        const columns = batch.schema.fields.map((field, i) => [field.name, batch.getChildAt(i)] as const);
        for (let i = 0; i < batch.numRows; i++, row++) {
          const wkb = binary(batch.getChild(geo.column)?.get(i), name, row);
          const geometry = wkb && wkbGeometry(wkb, `${name}, row ${row}`);
          if (bounds && !geometryTouches(geometry, bounds)) continue;
          const properties: Record<string, unknown> = {};
          for (const [field, vector] of columns)
            if (field !== geo.column && field !== geo.covering) properties[field] = plainValue(vector?.get(i));
          yield { type: 'Feature', properties, geometry };
        }
      }
    }
  }
  const describe = async (o?: AbortSignal): Promise<LayerFacts> => {
    const facts = {
      name: layers[0] ?? '',
      crs: geo.crs,
      crsProblem: geo.crsProblem,
      count: file.rows,
      fields: file.names.filter((field) => field !== geo.column && field !== geo.covering),
    };
    const bounds = coveringBounds(file, geo.covering) ?? geo.bounds;
    if (bounds) return { ...facts, bounds, geometryType: joinTypes(new Set(geo.types)) };
    const extent = new Extent();
    const types = new Set<string>();
    for await (const { row, wkb } of geometries(o)) if (wkb) types.add(measureWkb(wkb, extent, `${name}, row ${row}`));
    return {
      ...facts,
      bounds: extent.bounds,
      geometryType: joinTypes(geo.types.length > 0 ? new Set(geo.types) : types),
    };
  };
  let facts: LayerFacts | undefined;
  return {
    format: 'geoparquet',
    layers,
    describe: async (_, { signal: o } = {}) => (facts ??= await describe(o)),
    features,
    close: () => source.close(),
  };
}

function binary(value: unknown, name: string, row: number): Uint8Array | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Uint8Array) return value;
  throw new CatalogError('bad-geometry', `${name}: the geometry of row ${row} is no binary value.`);
}
