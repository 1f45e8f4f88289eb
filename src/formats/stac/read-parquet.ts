/** Items of stac-geoparquet files (github.com/stac-utils/stac-geoparquet, specification 1.0). */
import { FormatError, formatTime } from '../../core/index.js';
import { openSource } from '../../io/index.js';
import { decodeWkb, readParquetTable, type ParquetTable } from '../geoparquet/index.js';
import { badItem } from './check-item.js';
import { showPlace } from './href.js';
import { recordOf, type FoundItem } from './types.js';

/** Columns that are members of the item itself; all others are its properties. */
const MEMBERS = new Set([
  'type',
  'stac_version',
  'stac_extensions',
  'id',
  'geometry',
  'bbox',
  'links',
  'assets',
  'collection',
]);
/** Columns without which a table holds no items. */
const NEEDED = ['id', 'assets'] as const;

/** Without the nulls of struct fields that other items have: JSON simply leaves them out. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutNulls);
  const record = value instanceof Uint8Array ? null : recordOf(value);
  if (!record) return value;
  const entries = Object.entries(record).filter(([, v]) => v !== null && v !== undefined);
  return Object.fromEntries(entries.map(([k, v]) => [k, withoutNulls(v)]));
}

/** Nested values that a writer stored as JSON text. */
function nested(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return withoutNulls(value);
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

function boxOf(value: unknown): readonly number[] | undefined {
  if (Array.isArray(value)) return value as readonly number[];
  const box = recordOf(value);
  if (!box) return undefined;
  const corners = ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => box[name]);
  return corners.every((v) => typeof v === 'number') ? corners : undefined;
}

/** Row `i` as an item; geometries that are no areas come as null, with their box. */
function itemAt(table: ParquetTable, i: number, where: string): Readonly<Record<string, unknown>> {
  const at = (name: string): unknown => table.columns[name]?.[i] ?? null;
  const properties: Record<string, unknown> = {};
  for (const name of table.names) {
    if (MEMBERS.has(name)) continue;
    const value = at(name);
    if (value === null) continue;
    if (name === 'properties' && recordOf(value)) {
      Object.assign(properties, withoutNulls(value));
      continue;
    }
    properties[name] =
      table.timeColumns.has(name) && typeof value === 'number' ? formatTime(value) : withoutNulls(value);
  }
  const wkb = at('geometry');
  const box = boxOf(at('bbox'));
  return {
    type: 'Feature',
    stac_version: at('stac_version') ?? '1.0.0',
    id: at('id'),
    geometry: wkb instanceof Uint8Array ? areaOf(wkb, where) : nested(wkb),
    ...(box && { bbox: box }),
    properties,
    links: nested(at('links')) ?? [],
    assets: nested(at('assets')),
    ...(at('collection') !== null && { collection: at('collection') }),
  };
}

/** WKB types without an area: points and lines, which an item may have. */
const AREAS = new Set([3, 6]);

function areaOf(wkb: Uint8Array, where: string): unknown {
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength);
  if (wkb.byteLength < 5) throw badItem(where, 'the geometry is cut off');
  const type = (view.getUint32(1, wkb[0] === 1) & 0xffff) % 1000;
  return AREAS.has(type) ? decodeWkb(wkb, where) : { type: 'Geometry', coordinates: [] };
}

/**
 * The items of a stac-geoparquet file in stored order: with or without `geo` metadata, geometry as WKB, `bbox` a struct
 * or a list, `assets` and `links` nested or as JSON text, all other columns as properties.
 *
 * @throws {@link FormatError} `not-parquet`, `bad-parquet`, `not-stac` for a table of something else.
 */
export async function* readStacParquet(place: string, signal: AbortSignal | undefined): AsyncGenerator<FoundItem> {
  const source = await openSource(place, { signal });
  let table: ParquetTable;
  try {
    table = readParquetTable(await source.read(0, source.size ?? 0, { signal }), showPlace(place));
  } finally {
    await source.close();
  }
  const missing = NEEDED.filter((name) => !table.names.includes(name));
  if (missing.length > 0) {
    throw new FormatError(
      'not-stac',
      `${showPlace(place)} is no stac-geoparquet: it has no column ${missing.join(', ')}.`,
      {
        hint: 'A catalog of Nadir opens with openCatalog.',
        details: { file: showPlace(place), columns: table.names },
      },
    );
  }
  for (let i = 0; i < table.rowCount; i++) {
    const id = table.columns['id']?.[i];
    const where = `${showPlace(place)}, row ${i}${typeof id === 'string' ? `, item ${id}` : ''}`;
    try {
      yield { where, base: place, item: itemAt(table, i, where) };
    } catch (error) {
      yield { where, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}
