/** Geometries as flat arrays of pixel coordinates, ready to be burned. */
import { ArgumentError, TransformError, type Affine, type Crs, type PointTransform } from '../../core/index.js';
import type { Geometry, Position } from 'geojson';

/** What a shape is burned as. */
export const POINTS = 0;
export const LINE = 1;
export const POLYGON = 2;

/** Deeper collections are damaged files; nobody nests so deep. */
const MAX_NESTING = 32;

const NO_SHIFT: readonly number[] = [0];

/** How coordinates of the grid's CRS become pixels. */
export interface ToPixels {
  readonly inverse: Affine;
  /** Named in errors. */
  readonly crs: Crs;
}

/**
 * One geometry in pixels, x right and y down. Collections and multi-geometries become several shapes, which are burned
 * one after another, as GDAL does. The arrays are reused by the next geometry.
 */
export class PixelShapes {
  x = new Float64Array(1024);
  y = new Float64Array(1024);
  /** The same points in the CRS of the grid: GDAL turns rings round by their orientation there. */
  mapX = new Float64Array(1024);
  mapY = new Float64Array(1024);
  /** One past the last point of each ring or line. */
  partEnds = new Int32Array(64);
  kinds = new Uint8Array(16);
  /** One past the last part of each shape. */
  shapeEnds = new Int32Array(16);
  points = 0;
  parts = 0;
  shapes = 0;
  xmin = Infinity;
  ymin = Infinity;
  xmax = -Infinity;
  ymax = -Infinity;
  readonly #to: ToPixels;
  #project: PointTransform | null = null;
  /** Added to x in the grid's CRS. */
  #shift = 0;

  constructor(to: ToPixels) {
    this.#to = to;
  }

  /**
   * Takes the place of the geometry before. `project` brings its coordinates into the grid's CRS; null when they are in
   * it. `name` is that of its feature in messages. `shifts` are added to x there: a copy of the geometry for each.
   *
   * @throws {@link ArgumentError} `bad-geometry`; {@link TransformError} `outside-domain`.
   */
  set(
    geometry: Geometry | null,
    project: PointTransform | null,
    name: () => string,
    shifts: readonly number[] = NO_SHIFT,
  ): void {
    this.#project = project;
    this.points = 0;
    this.parts = 0;
    this.shapes = 0;
    this.xmin = Infinity;
    this.ymin = Infinity;
    this.xmax = -Infinity;
    this.ymax = -Infinity;
    if (!geometry) return;
    for (const shift of shifts) {
      this.#shift = shift;
      this.#add(geometry, name, 0);
    }
  }

  #add(geometry: Geometry, name: () => string, nesting: number): void {
    switch (geometry.type) {
      case 'Point':
        // An empty point has no position.
        if (geometry.coordinates.length > 0) this.#part([geometry.coordinates], name);
        this.#shape(POINTS);
        return;
      case 'MultiPoint':
        this.#part(geometry.coordinates, name);
        this.#shape(POINTS);
        return;
      case 'LineString':
        this.#part(geometry.coordinates, name);
        this.#shape(LINE);
        return;
      case 'MultiLineString':
        for (const line of geometry.coordinates) {
          this.#part(line, name);
          this.#shape(LINE);
        }
        return;
      case 'Polygon':
        this.#polygon(geometry.coordinates, name);
        return;
      case 'MultiPolygon':
        for (const rings of geometry.coordinates) this.#polygon(rings, name);
        return;
      case 'GeometryCollection':
        if (nesting >= MAX_NESTING) throw badGeometry(name, `its collections are nested more than ${MAX_NESTING} deep`);
        for (const part of geometry.geometries) this.#add(part, name, nesting + 1);
        return;
      default:
        throw badGeometry(name, `${JSON.stringify((geometry as { type?: unknown }).type)} is no type of geometry`);
    }
  }

  #polygon(rings: readonly (readonly Position[])[], name: () => string): void {
    for (const ring of rings) {
      const start = this.points;
      this.#part(ring, name);
      // A ring that is left open is closed: its last side counts like the others.
      const last = this.points - 1;
      if (last <= start || (this.x[start] === this.x[last] && this.y[start] === this.y[last])) continue;
      this.#push(start);
      this.partEnds[this.parts - 1] = this.points;
    }
    this.#shape(POLYGON);
  }

  #shape(kind: number): void {
    const at = this.shapes++;
    if (at === this.kinds.length) {
      const kinds = new Uint8Array(2 * at);
      kinds.set(this.kinds);
      this.kinds = kinds;
      this.shapeEnds = doubled(this.shapeEnds);
    }
    this.kinds[at] = kind;
    this.shapeEnds[at] = this.parts;
  }

  /** Repeats a point. */
  #push(from: number): void {
    const at = this.points;
    this.#reserve(1);
    for (const axis of [this.x, this.y, this.mapX, this.mapY]) axis.copyWithin(at, from, from + 1);
    this.points++;
  }

  #part(positions: readonly Position[], name: () => string): void {
    if (!Array.isArray(positions)) throw badGeometry(name, 'its coordinates are no lists of positions');
    // Callers without types give anything.
    const given = positions as readonly (readonly unknown[] | null)[];
    this.#reserve(given.length);
    const start = this.points;
    const end = start + given.length;
    const { mapX, mapY } = this;
    // By index: with an iterator every coordinate would become an object until this is compiled.
    for (let i = start, k = 0; i < end; i++, k++) {
      const position = given[k];
      const x = position?.[0];
      const y = position?.[1];
      if (typeof x !== 'number' || typeof y !== 'number') throw badPosition(name, position);
      mapX[i] = x;
      mapY[i] = y;
    }
    if (this.#project) this.#projectPoints(this.#project, given, name);
    this.#place(given, name);
    this.points = end;
    const at = this.parts++;
    if (at === this.partEnds.length) this.partEnds = doubled(this.partEnds);
    this.partEnds[at] = end;
  }

  /** Brings the points after the last one into the grid's CRS. */
  #projectPoints(project: PointTransform, given: readonly unknown[], name: () => string): void {
    const { mapX, mapY, points } = this;
    for (let k = 0; k < given.length; k++) {
      const i = points + k;
      const projected = project(mapX[i] ?? NaN, mapY[i] ?? NaN);
      if (Number.isNaN(projected[0])) throw outside(name, given[k], this.#to.crs);
      mapX[i] = projected[0];
      mapY[i] = projected[1];
    }
  }

  /** Pixels of the points after the last one. */
  #place(given: readonly unknown[], name: () => string): void {
    const [a, b, c, d, e, f] = this.#to.inverse;
    const { x: px, y: py, mapX, mapY, points } = this;
    const shift = this.#shift;
    let { xmin, ymin, xmax, ymax } = this;
    const end = points + given.length;
    for (let i = points; i < end; i++) {
      const x = (mapX[i] ?? NaN) + shift;
      const y = mapY[i] ?? NaN;
      // The order of operations is that of GDALApplyGeoTransform.
      const col = c + x * a + y * b;
      const row = f + x * d + y * e;
      if (col - col !== 0 || row - row !== 0) throw badPosition(name, given[i - points]);
      px[i] = col;
      py[i] = row;
      if (col < xmin) xmin = col;
      if (col > xmax) xmax = col;
      if (row < ymin) ymin = row;
      if (row > ymax) ymax = row;
    }
    this.xmin = xmin;
    this.ymin = ymin;
    this.xmax = xmax;
    this.ymax = ymax;
  }

  #reserve(more: number): void {
    const needed = this.points + more;
    if (needed <= this.x.length) return;
    const grow = (old: Float64Array<ArrayBuffer>): Float64Array<ArrayBuffer> => {
      const grown = new Float64Array(Math.max(needed, old.length * 2));
      grown.set(old.subarray(0, this.points));
      return grown;
    };
    this.x = grow(this.x);
    this.y = grow(this.y);
    this.mapX = grow(this.mapX);
    this.mapY = grow(this.mapY);
  }
}

function doubled(old: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const grown = new Int32Array(2 * old.length);
  grown.set(old);
  return grown;
}

function badGeometry(name: () => string, text: string): ArgumentError {
  return new ArgumentError('bad-geometry', `${name()}: ${text}.`, {
    hint: 'See RFC 7946, section 3.1, for what is valid.',
    details: { feature: name() },
  });
}

function badPosition(name: () => string, position: unknown): ArgumentError {
  return badGeometry(name, `a position is two finite numbers; got ${JSON.stringify(position)}`);
}

function outside(name: () => string, position: unknown, crs: Crs): TransformError {
  return new TransformError(
    'outside-domain',
    `${name()}: the vertex ${JSON.stringify(position)} has no place in ${crs.canonical}.`,
    {
      hint: 'Clip the feature to the area of that CRS, or make the slice in a CRS that covers it.',
      details: { feature: name(), position, crs: crs.canonical },
    },
  );
}
