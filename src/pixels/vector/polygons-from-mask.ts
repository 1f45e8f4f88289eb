/** polygonsFromMask: the connected areas of a mask as polygons along pixel edges (loading.md §6). */
import {
  applyAffine,
  ArgumentError,
  checkOptionNames,
  Crs,
  type Affine,
  type CrsInput,
  type NumericArray,
} from '../../core/index.js';
import type { MultiPolygon, Polygon, Position } from 'geojson';
import { dtypeOf } from '../numeric.js';
import { crsMember, type GeoFeature, type GeoJsonCrs } from './feature-set.js';
import { maskRuns, paddedCells, type MaskRuns } from './mask-runs.js';
import { bufferPolygons, type Rings } from './planar.js';
import { doubleArea } from './ring-simplify.js';
import { simplifyPolygons } from './simplify-polygons.js';
import { traceRings, type TracedRings } from './trace-rings.js';

/** A mask: a GeoTensor of one band, or an array with its shape, (height, width) or (1, height, width). */
export interface MaskInput {
  readonly values: NumericArray;
  readonly shape: readonly number[];
  /** 1 = valid; null or left out: all are. */
  readonly valid?: Uint8Array | null;
  /** Default: pixels, x right and y down. */
  readonly transform?: Affine;
  readonly crs?: CrsInput;
}

export interface PolygonOptions {
  /** In place of the mask's own. */
  readonly transform?: Affine;
  /** In place of the mask's own. */
  readonly crs?: CrsInput;
  /** Components of fewer pixels are left out. Default 0. */
  readonly minArea?: number;
  /** Greatest distance, in pixels, of vertices left out from the new edges. Default 0: exact pixel edges. */
  readonly simplify?: number;
  /** Whether pixels that touch at a corner only belong together (8) or not (4). Default 4. */
  readonly connectivity?: 4 | 8;
  /** In pixels; grows the areas, or erodes them when negative. Default 0. */
  readonly buffer?: number;
}

/** A component: `id` counts from 1 in order of first pixels; `pixels` of the mask; `area` of the polygon in squared CRS units. */
export type MaskFeature = GeoFeature<Polygon | MultiPolygon> & {
  readonly id: number;
  readonly properties: { readonly id: number; readonly pixels: number; readonly area: number };
  readonly crs?: GeoJsonCrs;
};

const IDENTITY: Affine = [1, 0, 0, 0, 1, 0];

function checkMask(mask: MaskInput): { readonly width: number; readonly height: number } {
  const given = mask as Partial<MaskInput> | null | undefined;
  dtypeOf(given?.values);
  const shape = given?.shape ?? [];
  const [height, width] = [shape.at(-2) ?? NaN, shape.at(-1) ?? NaN];
  const size = shape.reduce((a, b) => a * b, 1);
  if (!(shape.length >= 2 && height * width === size && mask.values.length === size)) {
    throw new ArgumentError(
      'bad-mask',
      `A mask is one band: (height, width) or (1, height, width); got shape [${shape.join(', ')}] for ${mask.values.length} values.`,
      { hint: 'Choose a band first: tensor.isel({ band: 0 }).', details: { shape } },
    );
  }
  return { width, height };
}

function checkNumbers({ minArea = 0, simplify = 0, connectivity = 4, buffer = 0 }: PolygonOptions): void {
  const bad = (name: string, what: string, value: unknown): ArgumentError =>
    new ArgumentError('bad-option', `${name} is ${what}; got ${JSON.stringify(value)}.`, { details: { option: name } });
  if (!(Number.isFinite(minArea) && minArea >= 0)) throw bad('minArea', 'a number of pixels from 0', minArea);
  if (!(Number.isFinite(simplify) && simplify >= 0)) throw bad('simplify', 'a distance in pixels from 0', simplify);
  if (!Number.isFinite(buffer)) throw bad('buffer', 'a distance in pixels', buffer);
  const given: unknown = connectivity;
  if (given !== 4 && given !== 8) throw bad('connectivity', '4 or 8', given);
}

/** Polygons of each group of components, outer ring first, then holes, made of the corners of each ring by `make`. */
function polygonsOfGroups(
  { corners, ends, components }: TracedRings,
  runs: MaskRuns,
  make: (corners: Int32Array, from: number, end: number) => Position[],
): Rings[][] {
  const polygons: (Rings | undefined)[] = new Array<Rings | undefined>(runs.count);
  const groups: Rings[][] = Array.from({ length: runs.groupCount }, () => []);
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const end = ends[i] ?? from;
    const ring = make(corners, from, end);
    from = end;
    const component = components[i] ?? 0;
    const polygon = polygons[component];
    if (polygon) polygon.push(ring);
    else groups[runs.groups[component] ?? 0]?.push((polygons[component] = [ring]));
  }
  return groups;
}

/** A ring in pixels. */
function pixelRing(corners: Int32Array, from: number, end: number): Position[] {
  const ring: Position[] = [];
  for (let k = from; k < end; k += 2) ring.push([corners[k] ?? 0, corners[k + 1] ?? 0]);
  return ring;
}

/**
 * Makes rings in CRS coordinates at once. Traced outer rings run clockwise with y down: turned round unless the
 * transform mirrors them, they run counter-clockwise with y up.
 */
function ringPlacer([a, b, c, d, e, f]: Affine): typeof pixelRing {
  const isTurned = a * e - b * d < 0;
  return (corners, from, end) => {
    const count = (end - from) / 2;
    const ring = new Array<Position>(count);
    for (let i = 0; i < count; i++) {
      const k = from + 2 * (isTurned ? count - 1 - i : i);
      const x = corners[k] ?? 0;
      const y = corners[k + 1] ?? 0;
      ring[i] = [a * x + b * y + c, d * x + e * y + f];
    }
    return ring;
  };
}

/** Number of pixels of each group. */
function pixelCounts({ starts, ends, components, groups, groupCount }: MaskRuns): Float64Array {
  const counts = new Float64Array(groupCount);
  for (let i = 0; i < starts.length; i++) {
    const group = groups[components[i] ?? 0] ?? 0;
    counts[group] = (counts[group] ?? 0) + (ends[i] ?? 0) - (starts[i] ?? 0);
  }
  return counts;
}

/** Outer rings counter-clockwise and holes clockwise with y up (RFC 7946 §3.1.6), in CRS coordinates. */
function placed(ring: readonly Position[], isOuter: boolean, transform: Affine): Position[] {
  const out = ring.map(([x = 0, y = 0]): Position => applyAffine(transform, x, y));
  const determinant = transform[0] * transform[4] - transform[1] * transform[3];
  const isCounterClockwise = doubleArea(ring) * determinant > 0;
  return isCounterClockwise === isOuter ? out : out.reverse();
}

const areaOf = (polygons: readonly Rings[]): number =>
  polygons.reduce(
    (sum, rings) =>
      sum + rings.reduce((area, ring, i) => area + (Math.abs(doubleArea(ring)) / 2) * (i === 0 ? 1 : -1), 0),
    0,
  );

/**
 * The connected areas of set pixels (neither 0 nor NaN, and valid) as features in the mask's CRS, in order of their
 * first pixels; an empty list where none is set.
 *
 * Rings run along pixel edges, outer ones counter-clockwise; every geometry is valid. With `connectivity: 8` an area whose
 * parts touch at corners only is a MultiPolygon. Without `simplify` and `buffer` the area is the number of pixels times
 * their area, and burning the features gives the mask back. `minArea` is tested first, on the pixels; then areas are
 * buffered (eroded ones may fall apart, or vanish and are left out), then simplified; simplified areas stay valid, but
 * neighbours may overlap by the tolerance.
 *
 * @throws {@link ArgumentError} `bad-mask`, `bad-option`, `bad-array`.
 */
export function polygonsFromMask(mask: MaskInput, o: PolygonOptions = {}): MaskFeature[] {
  checkOptionNames('polygonsFromMask', o, ['transform', 'crs', 'minArea', 'simplify', 'connectivity', 'buffer']);
  checkNumbers(o);
  const { width, height } = checkMask(mask);
  const transform = o.transform ?? mask.transform ?? IDENTITY;
  if (transform.filter(Number.isFinite).length !== 6)
    throw new ArgumentError('bad-option', `A transform is six finite numbers; got ${JSON.stringify(transform)}.`);
  const crs = o.crs ?? mask.crs;
  const member = crs === undefined ? null : crsMember(Crs.from(crs));
  const { minArea = 0, simplify = 0, buffer = 0 } = o;
  const cells = paddedCells(mask.values, mask.valid ?? null, width, height);
  const runs = maskRuns(cells, width, height, o.connectivity ?? 4);
  const counts = pixelCounts(runs);
  const pixelArea = Math.abs(transform[0] * transform[4] - transform[1] * transform[3]);
  const isExact = simplify === 0 && buffer === 0;
  const groups = polygonsOfGroups(traceRings(cells, runs), runs, isExact ? ringPlacer(transform) : pixelRing);
  const features: MaskFeature[] = [];
  for (let group = 0; group < groups.length; group++) {
    const traced = groups[group] ?? [];
    const pixels = counts[group] ?? 0;
    if (pixels < minArea) continue;
    let [coordinates, area] = [traced, pixels * pixelArea];
    if (!isExact) {
      const buffered = buffer === 0 ? traced : bufferPolygons(traced, buffer);
      if (buffered.length === 0) continue;
      const polygons = simplify === 0 ? buffered : simplifyPolygons(buffered, simplify);
      area = areaOf(polygons) * pixelArea;
      coordinates = polygons.map((rings) => rings.map((ring, i) => placed(ring, i === 0, transform)));
    }
    const [only] = coordinates;
    const id = features.length + 1;
    features.push({
      type: 'Feature',
      id,
      properties: { id, pixels, area },
      geometry:
        coordinates.length === 1 && only
          ? { type: 'Polygon', coordinates: only }
          : { type: 'MultiPolygon', coordinates },
      ...(member ? { crs: member } : {}),
    });
  }
  return features;
}
