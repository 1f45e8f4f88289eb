/** Items of stac-geoparquet files (github.com/stac-utils/stac-geoparquet, specification 1.0). */
import { DataType, StructRow, Vector, type RecordBatch } from 'apache-arrow';
import { FormatError, formatTime } from '../../core/index.js';
import { openSource, type ReadOptions } from '../../io/index.js';
import { decodeWkb, isTimeType, ParquetFile, plainValue, valuesOf } from '../geoparquet/index.js';
import { badItem } from './check-item.js';
import { showPlace } from './href.js';
import { recordOf, type FoundItem } from './types.js';

/** Columns that are members of the item itself; all others are its properties. */
const MEMBERS = new Set(['type', 'stac_version', 'stac_extensions', 'id', 'geometry', 'bbox', 'assets', 'collection']);
/** Columns that rows are not made of; links are the longest of all. */
const UNREAD = new Set(['links', 'stac_extensions', 'type']);
/** Columns without which a table holds no items. */
const NEEDED = ['id', 'assets'] as const;
/** WKB types with an area; an item may be a point or a line, too. */
const AREAS = new Set([3, 6]);

type Cell = (i: number) => unknown;

/** A value without the nulls of struct fields that other items have: JSON simply leaves them out. */
function clean(value: unknown): unknown {
  if (value instanceof StructRow) {
    const fields: [string, unknown][] = [];
    for (const [name, field] of value as Iterable<readonly [string, unknown]>)
      if (field !== null && field !== undefined) fields.push([name, clean(field)]);
    return Object.fromEntries(fields);
  }
  return value instanceof Vector ? Array.from(value as Iterable<unknown>, clean) : plainValue(value);
}

/** Nested values that a writer stored as JSON text. */
function nested(value: unknown): unknown {
  if (typeof value !== 'string' || !/^[[{]/.test(value)) return clean(value);
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

/** The assets of rows: those that are wanted, and the mere names of others. */
function assetCells(vector: Vector, wanted: readonly string[] | '*'): Cell {
  // SAFETY: Vector's type parameter is any DataType.
  const type = vector.type as DataType;
  if (!DataType.isStruct(type)) return (i) => nested(vector.get(i));
  const keys = type.children.map((field) => field.name);
  const columns = keys.map((key) => ({
    key,
    column: vector.getChild(key),
    full: wanted === '*' || wanted.includes(key),
  }));
  return (i) => {
    if (!vector.isValid(i)) return null;
    const assets: [string, unknown][] = [];
    for (const { key, column, full } of columns)
      if (column?.isValid(i) === true) assets.push([key, full ? clean(column.get(i)) : {}]);
    return Object.fromEntries(assets);
  };
}

function cellsOf(batch: RecordBatch, wanted: readonly string[] | '*'): ReadonlyMap<string, Cell> {
  const cells = new Map<string, Cell>();
  for (const { name, type } of batch.schema.fields) {
    const vector = batch.getChild(name);
    if (!vector) continue;
    if (name === 'assets') cells.set(name, assetCells(vector, wanted));
    else if (isTimeType(type as DataType)) {
      const micros = valuesOf(vector);
      cells.set(name, (i) => (typeof micros[i] === 'number' ? formatTime(micros[i]) : null));
    } else cells.set(name, (i) => (vector.isValid(i) ? vector.get(i) : null));
  }
  return cells;
}

function boxOf(value: unknown): unknown {
  const box = recordOf(clean(value));
  return box ? ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => box[name]) : clean(value);
}

function areaOf(wkb: Uint8Array, where: string): unknown {
  if (wkb.byteLength < 5) throw badItem(where, 'the geometry is cut off');
  const view = new DataView(wkb.buffer, wkb.byteOffset, wkb.byteLength);
  const type = (view.getUint32(1, wkb[0] === 1) & 0xffff) % 1000;
  return AREAS.has(type) ? decodeWkb(wkb, where) : { type: `WKB type ${type}`, coordinates: [] };
}

/** A row as an item; geometries without an area come without coordinates. */
function itemAt(cells: ReadonlyMap<string, Cell>, i: number, where: string): Readonly<Record<string, unknown>> {
  const at = (name: string): unknown => cells.get(name)?.(i) ?? null;
  const properties: Record<string, unknown> = {};
  for (const [name, cell] of cells) {
    if (MEMBERS.has(name)) continue;
    const value = clean(cell(i));
    if (value === null) continue;
    const all = name === 'properties' ? recordOf(value) : null;
    if (all) Object.assign(properties, all);
    // The specification stores this one geometry among the properties as WKB, too.
    else properties[name] = name === 'proj:geometry' && value instanceof Uint8Array ? areaOf(value, where) : value;
  }
  const geometry = at('geometry');
  const [box, collection] = [boxOf(at('bbox')), at('collection')];
  return {
    type: 'Feature',
    stac_version: at('stac_version') ?? '1.0.0',
    id: at('id'),
    geometry: geometry instanceof Uint8Array ? areaOf(geometry, where) : nested(geometry),
    ...(box !== null && { bbox: box }),
    properties,
    links: [],
    assets: at('assets'),
    ...(collection !== null && { collection }),
  };
}

function* itemsOf(
  batch: RecordBatch,
  place: string,
  first: number,
  wanted: readonly string[] | '*',
): Generator<FoundItem> {
  const cells = cellsOf(batch, wanted);
  for (let i = 0; i < batch.numRows; i++) {
    const id = cells.get('id')?.(i);
    const where = `${showPlace(place)}, row ${first + i}${typeof id === 'string' ? `, item ${id}` : ''}`;
    try {
      yield { where, base: place, item: itemAt(cells, i, where) };
    } catch (error) {
      yield { where, error: error instanceof Error ? error : new Error(String(error)) };
    }
  }
}

/**
 * The items of a stac-geoparquet file in stored order: with or without `geo` metadata, geometry as WKB, `bbox` a struct
 * or a list, `assets` nested or as JSON text, all other columns as properties. Links are not read: hrefs of such tables
 * are absolute, or start at the file. Of assets that are not wanted only the keys come.
 *
 * @throws {@link FormatError} `not-parquet`, `bad-parquet`, `not-stac` for a table of something else.
 */
export async function* readStacParquet(
  place: string,
  o: ReadOptions & { readonly assets?: readonly string[] | '*' },
): AsyncGenerator<FoundItem> {
  const source = await openSource(place, { signal: o.signal });
  try {
    const shown = showPlace(place);
    const file = await ParquetFile.open(source, shown, o);
    const missing = NEEDED.filter((name) => !file.names.includes(name));
    if (missing.length > 0) {
      throw new FormatError('not-stac', `${shown} is no stac-geoparquet: it has no column ${missing.join(', ')}.`, {
        hint: 'A catalog of Nadir opens with openCatalog.',
        details: { file: shown, columns: file.names },
      });
    }
    let first = 0;
    for await (const batches of file.read({ columns: file.names.filter((n) => !UNREAD.has(n)) }, o)) {
      for (const batch of batches) {
        yield* itemsOf(batch, place, first, o.assets ?? '*');
        first += batch.numRows;
      }
    }
  } finally {
    await source.close();
  }
}
