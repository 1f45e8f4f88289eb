/** Header, columns and geometries of FlatGeobuf 3 (github.com/flatgeobuf/flatgeobuf, src/fbs/header.fbs and feature.fbs). */
import { FormatError, UnsupportedDataError, type Bounds } from '../../core/index.js';
import { CheckedView } from './checked-view.js';
import { saneBounds } from './extent.js';
import { FlatTable } from './flatbuffer.js';
import { crsOrProblem, type ReadCrs } from './layer-crs.js';
import type { Geometry, Position } from 'geojson';

export const TYPE_NAMES: readonly string[] = [
  'Geometry',
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
];
const MAX_NESTING = 32;

export interface FgbColumn {
  readonly name: string;
  readonly type: number;
}
export interface FgbHeader extends ReadCrs {
  readonly name: string | null;
  readonly envelope: Bounds | null;
  readonly geometryType: number;
  readonly columns: readonly FgbColumn[];
  /** 0 when the writer did not know. */
  readonly count: number;
  /** 0 without index. */
  readonly nodeSize: number;
}

function crsOf(table: FlatTable | null, file: string): ReadCrs {
  if (!table) return { crs: null, crsProblem: null };
  const organisation = table.text(0) ?? 'EPSG';
  const code = table.i32(1);
  const wkt = table.text(4);
  const codeText = table.text(5);
  const named = code !== 0 ? `${organisation}:${code}` : codeText;
  const byCode = named === null ? null : crsOrProblem(named, file);
  if (byCode?.crs) return byCode;
  if (wkt !== null && wkt !== '') return crsOrProblem(wkt, file);
  return byCode ?? { crs: null, crsProblem: null };
}

/** @throws {@link FormatError} when the header is damaged. */
export function parseFgbHeader(bytes: Uint8Array, file: string): FgbHeader {
  const table = FlatTable.root(new CheckedView(bytes, `${file}, header`));
  const count = table.u64(8);
  if (!Number.isSafeInteger(count))
    throw new FormatError('bad-header', `${file}: its header claims ${count} features.`);
  return {
    name: table.text(0),
    envelope: saneBounds(table.f64s(1)),
    geometryType: table.u8(2),
    columns: table.tables(7).map((c) => ({ name: c.text(0) ?? '', type: c.u8(1) })),
    count,
    nodeSize: table.u16(9, 16),
    ...crsOf(table.table(10), file),
  };
}

/** The geometry of a feature, with Z where it has it; `type` stands in where the geometry names none. */
export function fgbGeometry(table: FlatTable, type: number, nesting = 0): Geometry {
  const where = table.view.where;
  if (nesting > MAX_NESTING) throw new FormatError('bad-geometry', `${where}: collections are nested too deep.`);
  const own = table.u8(6) || type;
  const xy = table.f64s(1);
  const z = table.f64s(2);
  const ends = table.u32s(0);
  const position = (i: number): Position => {
    const [x = NaN, y = NaN] = [xy[i * 2], xy[i * 2 + 1]];
    return z.length > i ? [x, y, z[i] ?? 0] : [x, y];
  };
  const line = (from: number, to: number): Position[] => {
    if (to < from || to * 2 > xy.length)
      throw new FormatError('bad-geometry', `${where}: a part ends at position ${to} of ${xy.length / 2}.`);
    return Array.from({ length: to - from }, (_, i) => position(from + i));
  };
  const all = xy.length >> 1;
  const lines = (): Position[][] =>
    ends.length === 0 ? [line(0, all)] : ends.map((end, i) => line(ends[i - 1] ?? 0, end));
  const parts = (): Geometry[] => table.tables(7).map((part) => fgbGeometry(part, own === 6 ? 3 : 0, nesting + 1));
  switch (own) {
    case 1:
      return { type: 'Point', coordinates: all === 0 ? [] : position(0) };
    case 2:
      return { type: 'LineString', coordinates: line(0, all) };
    case 3:
      return { type: 'Polygon', coordinates: all === 0 ? [] : lines() };
    case 4:
      return { type: 'MultiPoint', coordinates: line(0, all) };
    case 5:
      return { type: 'MultiLineString', coordinates: all === 0 ? [] : lines() };
    case 6:
      return { type: 'MultiPolygon', coordinates: parts().map((p) => (p.type === 'Polygon' ? p.coordinates : [])) };
    case 7:
      return { type: 'GeometryCollection', geometries: parts() };
    default:
      throw new UnsupportedDataError(
        'geometry-type',
        `${where}: geometry type ${own} (a curve or surface) is not read.`,
      );
  }
}

/** Attributes of a feature: number of the column, then its value, one after another. */
export function fgbProperties(
  bytes: Uint8Array,
  columns: readonly FgbColumn[],
  where: string,
): Record<string, unknown> {
  const view = new CheckedView(bytes, where);
  const out: Record<string, unknown> = {};
  for (let at = 0; at < view.size;) {
    const index = view.u16(at);
    const column = columns[index];
    if (!column) throw new FormatError('bad-feature', `${where}: attribute ${index} of ${columns.length} columns.`);
    at += 2;
    const [value, size] = valueAt(view, at, column.type);
    at += size;
    // Names come from the file: `__proto__` must be a name like any other.
    Object.defineProperty(out, column.name, { value, enumerable: true, writable: true, configurable: true });
  }
  return out;
}

function valueAt(view: CheckedView, at: number, type: number): readonly [value: unknown, bytes: number] {
  switch (type) {
    case 0:
      return [(view.u8(at) << 24) >> 24, 1];
    case 1:
      return [view.u8(at), 1];
    case 2:
      return [view.u8(at) !== 0, 1];
    case 3:
      return [(view.u16(at) << 16) >> 16, 2];
    case 4:
      return [view.u16(at), 2];
    case 5:
      return [view.i32(at), 4];
    case 6:
      return [view.u32(at), 4];
    case 7:
      return [view.i64(at), 8];
    case 8:
      return [view.u64(at), 8];
    case 9:
      return [view.f32(at), 4];
    case 10:
      return [view.f64(at), 8];
    case 11:
    case 12:
    case 13: {
      const length = view.u32(at);
      return [view.text(at + 4, length), 4 + length];
    }
    case 14: {
      const length = view.u32(at);
      return [new Uint8Array(view.slice(at + 4, length)), 4 + length];
    }
    default:
      throw new FormatError('bad-feature', `${view.where}: a column has type ${type}, which does not exist.`);
  }
}
