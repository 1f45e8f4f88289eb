/** Well-known binary of polygons (OGC Simple Features 06-103r4, §8), written little-endian. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import type { MultiPolygon, Polygon, Position } from 'geojson';

const POLYGON = 3;
const MULTI_POLYGON = 6;
/** Flags of the PostGIS extension. */
const EWKB_Z = 0x80000000;
const EWKB_M = 0x40000000;
const EWKB_SRID = 0x20000000;

function polygonSize(rings: readonly (readonly Position[])[]): number {
  return rings.reduce((size, ring) => size + 4 + ring.length * 16, 9);
}

/** Little-endian WKB of a footprint, x and y only. */
export function encodeWkb(geometry: Polygon | MultiPolygon): Uint8Array {
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const body = polygons.reduce((size, rings) => size + polygonSize(rings), 0);
  const bytes = new Uint8Array(geometry.type === 'Polygon' ? body : body + 9);
  const view = new DataView(bytes.buffer);
  let at = 0;
  const header = (type: number, count: number): void => {
    view.setUint8(at, 1);
    view.setUint32(at + 1, type, true);
    view.setUint32(at + 5, count, true);
    at += 9;
  };
  if (geometry.type === 'MultiPolygon') header(MULTI_POLYGON, polygons.length);
  for (const rings of polygons) {
    header(POLYGON, rings.length);
    for (const ring of rings) {
      view.setUint32(at, ring.length, true);
      at += 4;
      for (const [x = NaN, y = NaN] of ring) {
        view.setFloat64(at, x, true);
        view.setFloat64(at + 8, y, true);
        at += 16;
      }
    }
  }
  return bytes;
}

/** Bytes of a little-endian polygon of one ring of five positions, x and y only: most footprints are boxes. */
const BOX_BYTES = 93;

/** The ring of such a polygon; null for any other value. */
function fivePositions(bytes: Uint8Array, view: DataView): Position[] | null {
  if (bytes.byteLength !== BOX_BYTES || bytes[0] !== 1) return null;
  if (view.getUint32(1, true) !== POLYGON || view.getUint32(5, true) !== 1 || view.getUint32(9, true) !== 5)
    return null;
  return [
    [view.getFloat64(13, true), view.getFloat64(21, true)],
    [view.getFloat64(29, true), view.getFloat64(37, true)],
    [view.getFloat64(45, true), view.getFloat64(53, true)],
    [view.getFloat64(61, true), view.getFloat64(69, true)],
    [view.getFloat64(77, true), view.getFloat64(85, true)],
  ];
}

/**
 * The polygon of a WKB or EWKB value of either byte order; Z and M are dropped.
 *
 * @throws {@link FormatError} `bad-wkb` when it is truncated or forged; {@link UnsupportedDataError} `geometry-type`
 * for anything but Polygon and MultiPolygon. `where` names file and row in the message.
 */
export function decodeWkb(bytes: Uint8Array, where: string | (() => string)): Polygon | MultiPolygon {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const five = fivePositions(bytes, view);
  if (five) return { type: 'Polygon', coordinates: [five] };
  const place = (): string => (typeof where === 'string' ? where : where());
  let at = 0;
  const need = (size: number): void => {
    if (at + size > bytes.byteLength)
      throw new FormatError(
        'bad-wkb',
        `${place()}: the geometry ends after ${bytes.byteLength} bytes, in the middle of a value.`,
        { hint: 'Write the file again.' },
      );
  };
  const header = (): { little: boolean; type: number; dimensions: number } => {
    need(5);
    const little = view.getUint8(at) === 1;
    const raw = view.getUint32(at + 1, little);
    at += 5;
    if (raw & EWKB_SRID) at += 4;
    const iso = raw & 0xffff;
    const thousands = Math.floor(iso / 1000);
    const dimensions =
      2 + (raw & EWKB_Z ? 1 : 0) + (raw & EWKB_M ? 1 : 0) + (thousands === 3 ? 2 : thousands === 0 ? 0 : 1);
    return { little, type: iso % 1000, dimensions };
  };
  const count = (little: boolean, size: number): number => {
    need(4);
    const n = view.getUint32(at, little);
    at += 4;
    // A forged count must not lead to an allocation: every element needs its bytes.
    need(n * size);
    return n;
  };
  const rings = (little: boolean, dimensions: number): Position[][] =>
    Array.from({ length: count(little, 4) }, () => {
      const ring: Position[] = [];
      for (let left = count(little, dimensions * 8); left > 0; left--) {
        ring.push([view.getFloat64(at, little), view.getFloat64(at + 8, little)]);
        at += dimensions * 8;
      }
      return ring;
    });
  const { little, type, dimensions } = header();
  if (type === POLYGON) return { type: 'Polygon', coordinates: rings(little, dimensions) };
  if (type !== MULTI_POLYGON) {
    throw new UnsupportedDataError(
      'geometry-type',
      `${place()}: the geometry has WKB type ${type}; footprints are Polygon (3) or MultiPolygon (6).`,
      { details: { type } },
    );
  }
  const coordinates = Array.from({ length: count(little, 9) }, () => {
    const part = header();
    if (part.type !== POLYGON)
      throw new FormatError('bad-wkb', `${place()}: a MultiPolygon holds a part of WKB type ${part.type}.`);
    return rings(part.little, part.dimensions);
  });
  return { type: 'MultiPolygon', coordinates };
}
