/** Outlines of tensors as polygons. */
import { applyAffine, boxOutline, pointTransform, transformPoints, type Affine, type Crs } from '../../core/index.js';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { polygonsFromMask } from '../vector/polygons-from-mask.js';
import { planeCount, spatialShape, type TensorData } from './data.js';

/** Parts that a side as long as the raster is cut into before it is projected. */
const PARTS = 22;

/** The outline of all pixels, as a closed counter-clockwise ring. */
export function footprint(t: TensorData, target: Crs): Polygon {
  const [height, width] = spatialShape(t);
  const outline = boxOutline([0, 0, width, height], target.equals(t.crs) ? 0 : undefined);
  return { type: 'Polygon', coordinates: [placed(t, target, outline, true)] };
}

/** The outlines of the pixels that are valid in any plane, one polygon for each connected area of any size. */
export function validFootprint(t: TensorData, target: Crs): MultiPolygon {
  const [height, width] = spatialShape(t);
  if (t.valid === null) return { type: 'MultiPolygon', coordinates: [footprint(t, target).coordinates] };
  const size = height * width;
  const mask = new Uint8Array(size);
  for (let p = 0; p < planeCount(t); p++) {
    const plane = t.valid.subarray(p * size, (p + 1) * size);
    // SAFETY: i < size, the length of both.
    for (let i = 0; i < size; i++) mask[i] = (mask[i] as number) | (plane[i] as number);
  }
  const step = target.equals(t.crs) ? Infinity : Math.max(1, Math.max(height, width) / PARTS);
  const coordinates = polygonsFromMask({ values: mask, shape: [height, width] }).flatMap(({ geometry }) => {
    const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
    return polygons.map((rings) => rings.map((ring, i) => placed(t, target, divided(ring, step), i === 0)));
  });
  return { type: 'MultiPolygon', coordinates };
}

/** Pixel edges cut into parts of at most `step` pixels, without the repeated first point. */
function divided(ring: readonly Position[], step: number): [number, number][] {
  const points: [number, number][] = [];
  for (let i = 0; i + 1 < ring.length; i++) {
    const [[x0 = 0, y0 = 0], [x1 = 0, y1 = 0]] = [ring[i] ?? [], ring[i + 1] ?? []];
    const parts = Math.max(1, Math.ceil(Math.hypot(x1 - x0, y1 - y0) / step));
    for (let k = 0; k < parts; k++) points.push([x0 + ((x1 - x0) * k) / parts, y0 + ((y1 - y0) * k) / parts]);
  }
  return points;
}

/** A ring of pixel positions in the target CRS, closed; counter-clockwise, or clockwise for a hole. */
function placed(
  { transform, crs }: { readonly transform: Affine; readonly crs: Crs },
  target: Crs,
  outline: readonly (readonly [number, number])[],
  isOuter: boolean,
): Position[] {
  const here = outline.map(([c, r]) => applyAffine(transform, c, r));
  const ring = target.equals(crs) ? here : transformPoints(here, pointTransform(crs, target), target);
  const area = ring.reduce((sum, [x, y], i) => {
    const [x1, y1] = ring[(i + 1) % ring.length] ?? [x, y];
    return sum + x * y1 - x1 * y;
  }, 0);
  if (area > 0 !== isOuter) ring.reverse();
  return [...ring, ...ring.slice(0, 1)].map(([x, y]): Position => [x, y]);
}
