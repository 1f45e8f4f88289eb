/** GeoPackage (OGC 12-128r19): feature tables of a SQLite database. */
import { boxesTouch, CatalogError, FormatError, UnsupportedDataError, type Bounds } from '../../core/index.js';
import { isRemote, openSource, type Source } from '../../io/index.js';
import { namedValues, SqliteDatabase, type SqlRow, type SqlTable, type SqlValue } from '../sqlite/index.js';
import { CheckedView } from './checked-view.js';
import { Extent, joinTypes } from './extent.js';
import { crsOrProblem, type ReadCrs } from './layer-crs.js';
import { measureWkb, wkbGeometry } from './wkb.js';
import type { FeatureOptions, LayerFacts, VectorFeature, VectorFile } from './types.js';

/** GeoJSON names of the geometry types of gpkg_geometry_columns. */
const TYPE_NAMES: Readonly<Record<string, string>> = {
  POINT: 'Point',
  LINESTRING: 'LineString',
  POLYGON: 'Polygon',
  MULTIPOINT: 'MultiPoint',
  MULTILINESTRING: 'MultiLineString',
  MULTIPOLYGON: 'MultiPolygon',
  GEOMETRYCOLLECTION: 'GeometryCollection',
};
/** Bytes of the envelope by its code in the flags of a geometry (§2.1.3). */
const ENVELOPE_BYTES = [0, 32, 48, 48, 64];
const FIXED_BYTES = 8;
const WKB_HEAD_BYTES = 5;

interface Layer {
  readonly table: SqlTable;
  readonly geometryColumn: number;
  readonly declaredType: string;
  readonly srsId: number;
}
interface BlobHead {
  readonly empty: boolean;
  readonly box: Bounds | null;
  /** Where the WKB begins. */
  readonly wkbAt: number;
}

/** The head of a geometry value. */
function blobHead(bytes: Uint8Array, where: string): BlobHead {
  const view = new CheckedView(bytes, where);
  if (view.u8(0) !== 0x47 || view.u8(1) !== 0x50)
    throw new FormatError('bad-geometry', `${where}: a geometry does not begin with "GP".`);
  const flags = view.u8(3);
  const little = (flags & 1) === 1;
  const envelope = ENVELOPE_BYTES[(flags >> 1) & 7];
  if (envelope === undefined) throw new FormatError('bad-geometry', `${where}: a geometry has an unknown envelope.`);
  const at = (i: number): number => view.f64(FIXED_BYTES + i * 8, little);
  const box: Bounds | null = envelope === 0 ? null : [at(0), at(2), at(1), at(3)];
  return { empty: (flags & 0x10) !== 0, box, wkbAt: FIXED_BYTES + envelope };
}

const textOf = (value: SqlValue | undefined): string => (typeof value === 'string' ? value : '');
const numberOf = (value: SqlValue | undefined): number => (typeof value === 'number' ? value : NaN);

/** A row's entry whatever the letter case of its column. */
function entry(row: Readonly<Record<string, SqlValue>>, name: string): SqlValue | undefined {
  const key = Object.keys(row).find((k) => k.toLowerCase() === name);
  return key === undefined ? undefined : row[key];
}

async function readLayers(db: SqliteDatabase, signal?: AbortSignal): Promise<Layer[]> {
  const tables = await db.tables(signal);
  const geometryColumns = tables.get('gpkg_geometry_columns');
  const contents = tables.get('gpkg_contents');
  if (!geometryColumns || !contents) {
    throw new CatalogError('no-layers', `${db.name} has no layer of features.`, {
      hint: 'It is a SQLite database without feature tables: tiles only, or no GeoPackage.',
      details: { file: db.name },
    });
  }
  const features = new Set(
    (await db.all(contents, signal))
      .filter((row) => entry(row, 'data_type') === 'features')
      .map((row) => textOf(entry(row, 'table_name')).toLowerCase()),
  );
  const layers: Layer[] = [];
  for (const row of await db.all(geometryColumns, signal)) {
    const tableName = textOf(entry(row, 'table_name'));
    const table = tables.get(tableName.toLowerCase());
    if (!features.has(tableName.toLowerCase())) continue;
    if (!table) {
      throw new UnsupportedDataError(
        'no-table',
        `${db.name}: layer "${tableName}" is no table with row ids (a view, or missing).`,
        { hint: 'Copy the layer into a table, e.g. with ogr2ogr.', details: { file: db.name, layer: tableName } },
      );
    }
    const column = textOf(entry(row, 'column_name')).toLowerCase();
    const geometryColumn = table.columns.findIndex((c) => c.name.toLowerCase() === column);
    if (geometryColumn < 0)
      throw new FormatError('bad-geopackage', `${db.name}: layer "${tableName}" has no column "${column}".`);
    layers.push({
      table,
      geometryColumn,
      declaredType: textOf(entry(row, 'geometry_type_name')).toUpperCase(),
      srsId: numberOf(entry(row, 'srs_id')),
    });
  }
  if (layers.length === 0)
    throw new CatalogError('no-layers', `${db.name} has no layer of features.`, { details: { file: db.name } });
  return layers;
}

async function crsOf(db: SqliteDatabase, srsId: number, signal?: AbortSignal): Promise<ReadCrs> {
  // −1 and 0 stand for undefined Cartesian and geographic systems (§1.1.2).
  if (!(srsId > 0)) return { crs: null, crsProblem: null };
  const table = (await db.tables(signal)).get('gpkg_spatial_ref_sys');
  const rows = table ? await db.all(table, signal) : [];
  const row = rows.find((r) => entry(r, 'srs_id') === srsId);
  if (!row) throw new FormatError('bad-geopackage', `${db.name}: spatial reference system ${srsId} is not defined.`);
  const code = `${textOf(entry(row, 'organization')).toUpperCase()}:${numberOf(entry(row, 'organization_coordsys_id'))}`;
  const byCode = crsOrProblem(code, db.name);
  const definition = textOf(entry(row, 'definition'));
  if (byCode.crs || definition === '' || definition === 'undefined') return byCode;
  return crsOrProblem(definition, db.name);
}

/** Extent and type of a row's geometry; reads the row whole only where its head does not tell. */
async function measureRow(row: SqlRow, layer: Layer, extent: Extent, where: string): Promise<string | null> {
  const longest = FIXED_BYTES + 64 + WKB_HEAD_BYTES;
  const peeked =
    row.peek(layer.geometryColumn, longest) ?? row.peek(layer.geometryColumn, FIXED_BYTES + 32 + WKB_HEAD_BYTES);
  if (peeked && peeked.byteLength >= FIXED_BYTES + 32 + WKB_HEAD_BYTES) {
    const { empty, box, wkbAt } = blobHead(peeked, where);
    if (empty) return null;
    if (box && box.every(Number.isFinite) && peeked.byteLength >= wkbAt + WKB_HEAD_BYTES) {
      extent.addBox(box);
      return wkbTypeName(peeked, wkbAt, where);
    }
  }
  const value = (await row.values())[layer.geometryColumn];
  if (value === null || value === undefined) return null;
  if (!(value instanceof Uint8Array))
    throw new FormatError('bad-geometry', `${where}: its geometry is no binary value.`);
  const { empty, wkbAt } = blobHead(value, where);
  return empty ? null : measureWkb(value, extent, where, wkbAt);
}

function wkbTypeName(bytes: Uint8Array, at: number, where: string): string {
  const view = new CheckedView(bytes, where);
  const code = view.u32(at + 1, view.u8(at) === 1) % 1000;
  return Object.values(TYPE_NAMES)[code - 1] ?? 'Geometry';
}

function featureOf(
  row: SqlRow,
  values: readonly SqlValue[],
  { table, geometryColumn }: Layer,
  where: string,
): VectorFeature {
  const named = namedValues(table, row.rowId, values);
  const value = values[geometryColumn];
  const properties: Record<string, unknown> = {};
  table.columns.forEach(({ name, isRowId }, i) => {
    if (i !== geometryColumn && !isRowId)
      Object.defineProperty(properties, name, {
        value: named[name],
        enumerable: true,
        writable: true,
        configurable: true,
      });
  });
  if (!(value instanceof Uint8Array)) return { type: 'Feature', id: row.rowId, properties, geometry: null };
  const { wkbAt } = blobHead(value, where);
  return { type: 'Feature', id: row.rowId, properties, geometry: wkbGeometry(value, where, wkbAt) };
}

/** Whether a program left changes beside the database that are not in it yet. */
async function checkNoJournal(place: string): Promise<void> {
  if (isRemote(place)) return;
  for (const ending of ['-wal', '-journal']) {
    const beside = await openSource(place + ending).catch(() => null);
    if (!beside) continue;
    await beside.close();
    if ((beside.size ?? 0) === 0) continue;
    throw new UnsupportedDataError(
      'unfinished-write',
      `${place} has changes in ${ending.slice(1)} that are not in the file yet.`,
      {
        hint: 'Close the program that writes it, or open and close it once with ogrinfo or sqlite3.',
        details: { file: place },
      },
    );
  }
}

/**
 * Opens a GeoPackage. Bounds and counts come from the features themselves (their envelopes, or their points where they
 * have none), not from gpkg_contents or the R-tree, which may be stale or rounded.
 *
 * @throws {@link FormatError} `not-sqlite`, `bad-sqlite`, `bad-geopackage`; {@link CatalogError} `no-layers`;
 * {@link UnsupportedDataError} `unfinished-write`, `no-table`.
 */
export async function openGeoPackage(source: Source, place: string, signal?: AbortSignal): Promise<VectorFile> {
  const db = await SqliteDatabase.open(source, signal);
  await checkNoJournal(place);
  const layers = await readLayers(db, signal);
  const find = (name: string): Layer => {
    const layer = layers.find((l) => l.table.name === name);
    if (!layer) throw new CatalogError('no-layer', `${db.name} has no layer "${name}".`);
    return layer;
  };
  const describe = async (name: string, o?: AbortSignal): Promise<LayerFacts> => {
    const layer = find(name);
    const extent = new Extent();
    const types = new Set<string>();
    let count = 0;
    for await (const row of db.rows(layer.table, o)) {
      const type = await measureRow(row, layer, extent, `${db.name}, layer "${name}", row ${row.rowId}`);
      if (type !== null) types.add(type);
      count++;
    }
    return {
      name,
      ...(await crsOf(db, layer.srsId, o)),
      bounds: extent.bounds,
      count,
      geometryType: TYPE_NAMES[layer.declaredType] ?? joinTypes(types),
      fields: layer.table.columns.filter((c, i) => i !== layer.geometryColumn && !c.isRowId).map((c) => c.name),
    };
  };
  async function* features(name: string, { bounds, signal: o }: FeatureOptions = {}): AsyncGenerator<VectorFeature> {
    const layer = find(name);
    for await (const row of db.rows(layer.table, o)) {
      const where = `${db.name}, layer "${name}", row ${row.rowId}`;
      if (bounds) {
        const extent = new Extent();
        await measureRow(row, layer, extent, where);
        if (!extent.bounds || !boxesTouch(extent.bounds, bounds)) continue;
      }
      yield featureOf(row, await row.values(), layer, where);
    }
  }
  const facts = new Map<string, LayerFacts>();
  return {
    format: 'geopackage',
    layers: layers.map((l) => l.table.name),
    describe: async (name, { signal: o } = {}) => {
      const known = facts.get(name) ?? (await describe(name, o));
      facts.set(name, known);
      return known;
    },
    features,
    close: () => source.close(),
  };
}
