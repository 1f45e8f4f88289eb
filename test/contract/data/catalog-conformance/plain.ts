/** Slow plain versions of the set algebra of catalog.md §4–§6, on unions of convex polygons. */
import type { CatalogRow, MultiPolygon, Polygon } from '../../../../src/catalog/types.js';
import type { Interval } from '../../../../src/core/index.js';

type Point = readonly [number, number];

/** Outer rings, closing points left out. The worlds have no holes and only convex parts. */
function parts(area: Polygon | MultiPolygon): Point[][] {
  const polygons = area.type === 'Polygon' ? [area.coordinates] : area.coordinates;
  return polygons.map((rings) => rings[0]!.slice(0, -1).map((p): Point => [p[0]!, p[1]!]));
}

const cross = (a: Point, b: Point, p: Point): number => (b[0] - a[0]) * (p[1] - a[1]) - (b[1] - a[1]) * (p[0] - a[0]);

/** Sutherland–Hodgman: the part of a convex polygon within another, boundaries included. */
function clip(subject: Point[], clipper: Point[]): Point[] {
  return clipper.reduce((polygon, a, i) => {
    const b = clipper[(i + 1) % clipper.length]!;
    const out: Point[] = [];
    polygon.forEach((p, k) => {
      const q = polygon[(k + 1) % polygon.length]!;
      const [sp, sq] = [cross(a, b, p), cross(a, b, q)];
      if (sp >= 0) out.push(p);
      if (sp * sq < 0) {
        const t = sp / (sp - sq);
        out.push([p[0] + t * (q[0] - p[0]), p[1] + t * (q[1] - p[1])]);
      }
    });
    return out;
  }, subject);
}

export function areaOf(ring: readonly Point[]): number {
  return ring.reduce((sum, p, i) => {
    const q = ring[(i + 1) % ring.length]!;
    const o = ring[0]!;
    return sum + ((p[0] - o[0]) * (q[1] - o[1]) - (q[0] - o[0]) * (p[1] - o[1])) / 2;
  }, 0);
}

/** Area of a polygon or multipolygon of counter-clockwise outer rings. */
export const geometryArea = (area: Polygon | MultiPolygon): number =>
  parts(area).reduce((sum, ring) => sum + areaOf(ring), 0);

/** Whether two convex polygons, maybe shrunk to a segment along an axis or a point, share one: no axis separates them. */
function convexMeet(p: readonly Point[], q: readonly Point[]): boolean {
  const normals = [p, q].flatMap((ring) =>
    ring.map((a, i): Point => {
      const b = ring[(i + 1) % ring.length]!;
      return [a[1] - b[1], b[0] - a[0]];
    }),
  );
  return [...normals, [1, 0] as const, [0, 1] as const].every(([nx, ny]) => {
    const [u, v] = [p, q].map((ring) => ring.map(([x, y]) => x * nx + y * ny));
    return Math.min(...u!) <= Math.max(...v!) && Math.min(...v!) <= Math.max(...u!);
  });
}

/** Whether two unions of convex polygons share a point. */
export function plainMeets(a: Polygon | MultiPolygon, b: Polygon | MultiPolygon): boolean {
  return parts(a).some((p) => parts(b).some((q) => convexMeet(p, q)));
}

export function sharedArea(a: Polygon | MultiPolygon, b: Polygon | MultiPolygon): number {
  return parts(a).reduce((sum, p) => sum + parts(b).reduce((s, q) => s + areaOf(clip(p, q)), 0), 0);
}

/** Smaller areas are rounding: the lattices have none below a thousandth of a cell. */
const TINY = 1e-9;

export function sharesArea(a: CatalogRow, b: CatalogRow, cell: number): boolean {
  return sharedArea(a.geometry, b.geometry) > TINY * cell * cell;
}

export function sharesTime(a: Interval | null, b: Interval | null): boolean {
  return a === null || b === null || (a.start <= b.end && a.end >= b.start);
}

export interface PlainPair {
  readonly left: CatalogRow;
  readonly right: CatalogRow;
  readonly interval: Interval | null;
}

export function plainIntersect(
  left: readonly CatalogRow[],
  right: readonly CatalogRow[],
  cell: number,
  spatialOnly: boolean,
): PlainPair[] {
  return left.flatMap((a) =>
    right.flatMap((b): PlainPair[] => {
      if (!sharesArea(a, b, cell)) return [];
      if (spatialOnly) return [{ left: a, right: b, interval: a.interval }];
      if (!sharesTime(a.interval, b.interval)) return [];
      const interval =
        a.interval && b.interval
          ? { start: Math.max(a.interval.start, b.interval.start), end: Math.min(a.interval.end, b.interval.end) }
          : (a.interval ?? b.interval);
      return [{ left: a, right: b, interval }];
    }),
  );
}

const middle = ({ start, end }: Interval): number => (start + end) / 2;

/** Ids of left rows with id of the partner and gap. */
export function plainNearest(
  left: readonly CatalogRow[],
  right: readonly CatalogRow[],
  cell: number,
  o: { readonly maxGap: number; readonly direction: 'both' | 'before' | 'after'; readonly oneToOne: boolean },
): { readonly left: string; readonly right: string; readonly gap: number }[] {
  const candidates = left.flatMap((a, i) =>
    right.flatMap((b, j) => {
      if (!a.interval || !b.interval || !sharesArea(a, b, cell)) return [];
      const gap = middle(b.interval) - middle(a.interval);
      if (Math.abs(gap) > o.maxGap || (o.direction === 'before' && gap > 0) || (o.direction === 'after' && gap < 0))
        return [];
      return [{ a, b, i, j, gap }];
    }),
  );
  candidates.sort(
    (p, q) =>
      Math.abs(p.gap) - Math.abs(q.gap) ||
      p.gap - q.gap ||
      (p.b.filepath < q.b.filepath ? -1 : p.b.filepath > q.b.filepath ? 1 : 0) ||
      p.j - q.j ||
      p.i - q.i,
  );
  const [takenLeft, takenRight] = [new Set<number>(), new Set<number>()];
  const chosen = candidates.filter(({ i, j }) => {
    if (takenLeft.has(i) || (o.oneToOne && takenRight.has(j))) return false;
    takenLeft.add(i);
    takenRight.add(j);
    return true;
  });
  chosen.sort((p, q) => p.i - q.i);
  return chosen.map(({ a, b, gap }) => ({ left: a.id, right: b.id, gap }));
}
