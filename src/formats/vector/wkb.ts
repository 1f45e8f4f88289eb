/** Well-known binary of any geometry (OGC 06-103r4 §8, ISO 19125, and the flags of PostGIS), to GeoJSON or to its extent. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import { CheckedView } from './checked-view.js';
import type { Extent } from './extent.js';
import type { Geometry, Position } from 'geojson';

const EWKB_Z = 0x80000000;
const EWKB_M = 0x40000000;
const EWKB_SRID = 0x20000000;
const MAX_NESTING = 32;
/** Byte order, type and count of an empty part: no part is shorter, so a count that needs more bytes is forged. */
const MIN_PART_BYTES = 9;

const NAMES = [
  '',
  'Point',
  'LineString',
  'Polygon',
  'MultiPoint',
  'MultiLineString',
  'MultiPolygon',
  'GeometryCollection',
];
/** Type codes of parts that a collection may have; 0 for any. */
const PART_OF: Readonly<Record<number, number>> = { 4: 1, 5: 2, 6: 3, 7: 0 };

interface Head {
  readonly little: boolean;
  readonly type: number;
  /** Numbers per position. */
  readonly width: number;
}

/** Reads one value from its beginning; `at` moves along. */
class WkbReader {
  readonly #view: CheckedView;
  #at: number;

  constructor(bytes: Uint8Array, where: string, at: number) {
    this.#view = new CheckedView(bytes, where);
    this.#at = at;
  }

  #fail(text: string): FormatError {
    return new FormatError('bad-wkb', `${this.#view.where}: ${text}.`, { hint: 'Write the file again.' });
  }

  #head(): Head {
    const order = this.#view.u8(this.#at);
    if (order > 1) throw this.#fail(`the geometry begins with byte ${order} instead of 0 or 1`);
    const little = order === 1;
    const raw = this.#view.u32(this.#at + 1, little);
    this.#at += raw & EWKB_SRID ? 9 : 5;
    const code = raw & 0x1fffffff;
    const dimensions = Math.floor(code / 1000);
    if (dimensions > 3) throw this.#fail(`${raw} is no type of geometry`);
    const type = code % 1000;
    if (NAMES[type] === undefined || type === 0) {
      throw new UnsupportedDataError(
        'geometry-type',
        `${this.#view.where}: geometry type ${type} (a curve or surface) is not read.`,
        { hint: 'Convert it to linear geometry, e.g. with ogr2ogr -nlt CONVERT_TO_LINEAR.' },
      );
    }
    const z = dimensions === 1 || dimensions === 3 || (raw & EWKB_Z) !== 0;
    const m = dimensions === 2 || dimensions === 3 || (raw & EWKB_M) !== 0;
    return { little, type, width: 2 + Number(z) + Number(m) };
  }

  #count(little: boolean, itemBytes: number): number {
    const count = this.#view.u32(this.#at, little);
    this.#at += 4;
    if (count * itemBytes > this.#view.size - this.#at)
      throw this.#fail(`a part claims ${count} members, more than its ${this.#view.size} bytes hold`);
    return count;
  }

  #position({ little, width }: Head): Position {
    const x = this.#view.f64(this.#at, little);
    const y = this.#view.f64(this.#at + 8, little);
    const position = width > 2 ? [x, y, this.#view.f64(this.#at + 16, little)] : [x, y];
    this.#view.need(this.#at, width * 8);
    this.#at += width * 8;
    return position;
  }

  #line(head: Head): Position[] {
    const count = this.#count(head.little, head.width * 8);
    return Array.from({ length: count }, () => this.#position(head));
  }

  #measureLine(head: Head, extent: Extent): void {
    const count = this.#count(head.little, head.width * 8);
    for (let i = 0; i < count; i++, this.#at += head.width * 8)
      extent.add(this.#view.f64(this.#at, head.little), this.#view.f64(this.#at + 8, head.little));
  }

  /** Adds all points to an extent; returns the type's name. */
  measure(extent: Extent, allowed = 0, nesting = 0): string {
    const head = this.#head();
    this.#checkPart(head.type, allowed, nesting);
    if (head.type === 1) {
      const [x = NaN, y = NaN] = this.#position(head);
      extent.add(x, y);
    } else if (head.type === 2) this.#measureLine(head, extent);
    else if (head.type === 3) {
      const rings = this.#count(head.little, 4);
      for (let i = 0; i < rings; i++) this.#measureLine(head, extent);
    } else {
      const parts = this.#count(head.little, MIN_PART_BYTES);
      for (let i = 0; i < parts; i++) this.measure(extent, PART_OF[head.type] ?? 0, nesting + 1);
    }
    return NAMES[head.type] ?? '';
  }

  #checkPart(type: number, allowed: number, nesting: number): void {
    if (nesting > MAX_NESTING) throw this.#fail(`collections are nested more than ${MAX_NESTING} deep`);
    if (allowed !== 0 && type !== allowed)
      throw this.#fail(`a ${NAMES[type] ?? type} stands where a ${NAMES[allowed] ?? allowed} belongs`);
  }

  geometry(allowed = 0, nesting = 0): Geometry {
    const head = this.#head();
    this.#checkPart(head.type, allowed, nesting);
    switch (head.type) {
      case 1: {
        const position = this.#position(head);
        // NaN coordinates are how WKB writes an empty point.
        return { type: 'Point', coordinates: position.every(Number.isNaN) ? [] : position };
      }
      case 2:
        return { type: 'LineString', coordinates: this.#line(head) };
      case 3: {
        const rings = this.#count(head.little, 4);
        return { type: 'Polygon', coordinates: Array.from({ length: rings }, () => this.#line(head)) };
      }
      default: {
        const count = this.#count(head.little, MIN_PART_BYTES);
        const parts = Array.from({ length: count }, () => this.geometry(PART_OF[head.type] ?? 0, nesting + 1));
        if (head.type === 7) return { type: 'GeometryCollection', geometries: parts };
        const coordinates = parts.map((p) => ('coordinates' in p ? p.coordinates : []));
        // SAFETY: #checkPart made sure that all parts are of the one type that this collection holds.
        return { type: NAMES[head.type], coordinates } as Geometry;
      }
    }
  }
}

/**
 * The geometry of a WKB or EWKB value of either byte order as GeoJSON, with Z where it has it; M is dropped.
 *
 * @throws {@link FormatError} `bad-wkb`, `truncated`; {@link UnsupportedDataError} `geometry-type` for curves.
 */
export function wkbGeometry(bytes: Uint8Array, where: string, at = 0): Geometry {
  return new WkbReader(bytes, where, at).geometry();
}

/** Adds the points of a WKB value to an extent without building it, and returns its type's name. Errors as {@link wkbGeometry}. */
export function measureWkb(bytes: Uint8Array, extent: Extent, where: string, at = 0): string {
  return new WkbReader(bytes, where, at).measure(extent);
}
