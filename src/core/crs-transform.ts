/** Transforms of points between coordinate reference systems (`geoslice.md` §6, §7). */
import proj4 from 'proj4';
import { Crs } from './crs.js';

/** Projections whose inverse in proj4 is good to a millimetre only; one Newton step brings them to PROJ's precision. */
const COARSE_INVERSE = new Set(['laea', 'cea', 'lcc']);
/** Step of the numeric Jacobian, in degrees: about a metre, where all three projections are linear to 1e-7. */
const JACOBIAN_STEP_DEGREES = 1e-5;

/** Radians per degree and back, as proj4 has them. */
const D2R = 0.01745329251994329577;
const R2D = 57.29577951308232088;

interface Converter {
  forward(p: readonly [number, number]): [number, number];
  inverse(p: readonly [number, number]): [number, number];
}

interface MutablePoint {
  x: number;
  y: number;
}
/** A projection of proj4 with the parts that its own transform looks at. */
interface Projection {
  readonly projName: string;
  readonly to_meter?: number;
  readonly from_greenwich?: number;
  readonly long_wrap?: number;
  readonly datum?: { readonly datum_type: number; readonly a: number; readonly es: number };
  /** Radians; change the point and return it, or return nothing outside their domain. */
  forward(p: MutablePoint): MutablePoint | undefined;
  inverse(p: MutablePoint): MutablePoint | undefined;
}

/** Numbers of proj4 for datums without a shift: WGS 84 itself, and none. */
const UNSHIFTED_DATUMS = new Set([4, 5]);
/** proj4 takes GRS 80 and WGS 84 for one. */
const SAME_ES = 5e-11;

/**
 * Inverse, then forward projection: what proj4's transform does between two CRSs on one datum in metres or degrees, with
 * the same arithmetic but without the objects that it makes of every point. Null where more is needed.
 */
function plainTransform(from: Crs, to: Crs): PointTransform | null {
  // SAFETY: as in converterOf; the fields of Projection are those of proj4.Proj.
  const make = (crs: Crs): Projection => new proj4.Proj(crs.definition as string) as unknown as Projection;
  const [source, target] = [make(from), make(to)];
  const isPlain = (p: Projection): boolean =>
    (p.to_meter ?? 1) === 1 && (p.from_greenwich ?? 0) === 0 && p.long_wrap === undefined && p.projName !== 'geocent';
  const [a, b] = [source.datum, target.datum];
  const oneDatum =
    a !== undefined &&
    a.datum_type === b?.datum_type &&
    UNSHIFTED_DATUMS.has(a.datum_type) &&
    a.a === b.a &&
    Math.abs(a.es - b.es) <= SAME_ES;
  if (!oneDatum || !isPlain(source) || !isPlain(target)) return null;
  const [fromDegrees, toDegrees] = [source.projName === 'longlat', target.projName === 'longlat'];
  return (x, y) => {
    const point = fromDegrees ? { x: x * D2R, y: y * D2R } : source.inverse({ x, y });
    if (!point) return [NaN, NaN];
    if (toDegrees) return [point.x * R2D, point.y * R2D];
    const projected = target.forward(point);
    return projected ? [projected.x, projected.y] : [NaN, NaN];
  };
}

/** The transform proj4 makes, over a refined inverse where its own is coarse. */
function converterOf(from: Crs, to: Crs): PointTransform {
  // SAFETY: definitions were read by proj4 when the Crs was made, and it returns pairs for pairs.
  const make = (a: Crs, b: Crs): Converter =>
    proj4(a.definition as string, b.definition as string) as unknown as Converter;
  if (!COARSE_INVERSE.has(from.projection)) {
    const plain = plainTransform(from, to);
    if (plain) return plain;
    const direct = make(from, to);
    return (x, y) => direct.forward([x, y]);
  }
  const geographic = Crs.from('EPSG:4326');
  const source = make(geographic, from);
  const onward = to.equals(geographic) ? undefined : make(geographic, to);
  return (x, y) => {
    const [lon, lat] = source.inverse([x, y]);
    const [x0, y0] = source.forward([lon, lat]);
    const [xe, ye] = source.forward([lon + JACOBIAN_STEP_DEGREES, lat]);
    const [xn, yn] = source.forward([lon, lat + JACOBIAN_STEP_DEGREES]);
    const [dxe, dye, dxn, dyn] = [xe - x0, ye - y0, xn - x0, yn - y0];
    const det = dxe * dyn - dxn * dye;
    const east = ((x - x0) * dyn - (y - y0) * dxn) / det;
    const north = ((y - y0) * dxe - (x - x0) * dye) / det;
    const refined: [number, number] = [lon + east * JACOBIAN_STEP_DEGREES, lat + north * JACOBIAN_STEP_DEGREES];
    return onward ? onward.forward(refined) : refined;
  };
}

/** Transforms one point; a point outside the projection's domain gives NaN. */
export type PointTransform = (x: number, y: number) => [x: number, y: number];

const transforms = new Map<string, PointTransform>();

/** The transform of points from one CRS to another; the identity when they are equal. */
export function pointTransform(from: Crs, to: Crs): PointTransform {
  if (from.equals(to)) return (x, y) => [x, y];
  const key = `${from.canonical}→${to.canonical}`;
  let transform = transforms.get(key);
  if (!transform) {
    const convert = converterOf(from, to);
    transform = (x, y) => {
      if (!Number.isFinite(x) || !Number.isFinite(y)) return [NaN, NaN];
      try {
        const p = convert(x, y);
        return Number.isFinite(p[0]) && Number.isFinite(p[1]) ? p : [NaN, NaN];
      } catch {
        // proj4 throws for some points outside a projection's domain; callers look at NaN.
        return [NaN, NaN];
      }
    };
    transforms.set(key, transform);
  }
  return transform;
}
