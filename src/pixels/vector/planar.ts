/** Buffers and validity of polygons, by JTS (OGC simple features). */
import BufferOp from 'jsts/org/locationtech/jts/operation/buffer/BufferOp.js';
import IsValidOp from 'jsts/org/locationtech/jts/operation/valid/IsValidOp.js';
import CoordinateXY from 'jsts/org/locationtech/jts/geom/CoordinateXY.js';
import GeometryFactory from 'jsts/org/locationtech/jts/geom/GeometryFactory.js';
import type { Position } from 'geojson';

/** A polygon: its outer ring, then its holes, all closed. */
export type Rings = Position[][];

/** What is used of geometries of jsts, whose own types say nothing. */
interface Jts {
  getNumGeometries(): number;
  getGeometryN(i: number): Jts;
  isEmpty(): boolean;
  getExteriorRing(): Jts;
  getNumInteriorRing(): number;
  getInteriorRingN(i: number): Jts;
  getCoordinates(): readonly { readonly x: number; readonly y: number }[];
}
interface Factory {
  createLinearRing(coordinates: readonly unknown[]): Jts;
  createPolygon(shell: Jts, holes: readonly Jts[]): Jts;
  createMultiPolygon(polygons: readonly Jts[]): Jts;
}

// SAFETY (here and below): GeometryFactory, BufferOp and IsValidOp of jsts 2.12 have these methods; its declarations are `any`.
const factory = new GeometryFactory() as unknown as Factory;

function toJts(polygons: readonly Rings[]): Jts {
  const ring = (positions: readonly Position[]): Jts =>
    factory.createLinearRing(positions.map(([x, y]) => new CoordinateXY(x, y)));
  const made = polygons.map(([shell = [], ...holes]) => factory.createPolygon(ring(shell), holes.map(ring)));
  const [only] = made;
  return made.length === 1 && only ? only : factory.createMultiPolygon(made);
}

function fromJts(geometry: Jts): Rings[] {
  const ring = (r: Jts): Position[] => r.getCoordinates().map(({ x, y }) => [x, y]);
  return Array.from({ length: geometry.getNumGeometries() }, (_, i) => geometry.getGeometryN(i))
    .filter((polygon) => !polygon.isEmpty())
    .map((polygon) => [
      ring(polygon.getExteriorRing()),
      ...Array.from({ length: polygon.getNumInteriorRing() }, (_, i) => ring(polygon.getInteriorRingN(i))),
    ]);
}

/** Polygons grown by a distance with round corners (8 segments a quarter), or eroded by a negative one; none where nothing is left. */
export function bufferPolygons(polygons: readonly Rings[], distance: number): Rings[] {
  // SAFETY: as above.
  return fromJts(
    (BufferOp as unknown as { bufferOp(g: Jts, distance: number): Jts }).bufferOp(toJts(polygons), distance),
  );
}

/** Whether polygons are valid together (OGC 06-103r4 §6.1.11, §6.1.14): no ring crosses itself or another, holes lie inside. */
export function arePolygonsValid(polygons: readonly Rings[]): boolean {
  // SAFETY: as above.
  return (IsValidOp as unknown as { isValid(g: Jts): boolean }).isValid(toJts(polygons));
}
