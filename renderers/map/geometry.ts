/** Shapes for the map: outlines as GeoJSON, boxes across ±180, graticules, camera bounds. */
import type { Feature, FeatureCollection, MultiPolygon, Position } from 'geojson';
import type { LonLatBox, Outline } from '../../src/display/wire/payload.js';

/** Above this many rows, boxes stand in for outlines. */
export const MAX_OUTLINES = 5000;

export type FeatureState = 'keep' | 'reject' | 'undecided';

export interface MapFeature {
  readonly row: number;
  readonly bbox: LonLatBox;
  readonly outline: Outline;
  readonly state: FeatureState;
}

function boxRing([w, s, e, n]: LonLatBox): Position[] {
  return [
    [w, s],
    [e, s],
    [e, n],
    [w, n],
    [w, s],
  ];
}

/** Polygons of a box; one that crosses the antimeridian (west > east) is split there. */
export function boxPolygons(box: LonLatBox): Position[][][] {
  const [w, s, e, n] = box;
  if (w <= e) return [[boxRing(box)]];
  return [[boxRing([w, s, 180, n])], [boxRing([-180, s, e, n])]];
}

/** False for items without a place in longitude and latitude, which have no outline and an empty box. */
export function isPlaced({ bbox, outline }: { readonly bbox: LonLatBox; readonly outline: Outline }): boolean {
  return outline.length > 0 || bbox[0] !== bbox[2] || bbox[1] !== bbox[3];
}

/** Footprints as GeoJSON: the row as id, the state as property. */
export function featureCollection(features: readonly MapFeature[]): FeatureCollection {
  const asBoxes = features.length > MAX_OUTLINES;
  return {
    type: 'FeatureCollection',
    features: features.filter(isPlaced).map((f): Feature<MultiPolygon> => {
      const rings =
        asBoxes || f.outline.length === 0
          ? boxPolygons(f.bbox)
          : f.outline.map((polygon) => polygon.map((ring) => ring.map(([x, y]) => [x, y])));
      return {
        type: 'Feature',
        id: f.row,
        properties: { s: f.state },
        geometry: { type: 'MultiPolygon', coordinates: rings },
      };
    }),
  };
}

/** Smallest box around boxes, null for none; boxes across ±180 widen it eastwards. */
export function unionBox(boxes: readonly LonLatBox[]): LonLatBox | null {
  let out: [number, number, number, number] | null = null;
  for (const [w, s, e0, n] of boxes) {
    const e = e0 < w ? e0 + 360 : e0;
    out = out ? [Math.min(out[0], w), Math.min(out[1], s), Math.max(out[2], e), Math.max(out[3], n)] : [w, s, e, n];
  }
  return out;
}

/** Opacity of one undecided fill, so that a stack of scenes of one place stays light enough to see the map. */
export function fillOpacity(features: readonly MapFeature[]): number {
  const area = ([w, s, e, n]: LonLatBox): number => (e < w ? e + 360 - w : e - w) * (n - s);
  const all = unionBox(features.filter(isPlaced).map((f) => f.bbox));
  if (!all) return 0.1;
  const overlap = features.reduce((sum, f) => sum + area(f.bbox), 0) / Math.max(1e-12, area(all));
  return Math.max(0.012, 0.12 / Math.max(1, overlap));
}

/** Steps of a graticule in degrees, coarse to fine. */
const STEPS = [
  30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001, 0.0005, 0.0002, 0.0001,
] as const;
/** Latitude where Mercator maps end. */
const MAX_LATITUDE = 85;

/** The step that puts lines about `gap` pixels apart where one degree is `pixelsPerDegree` wide. */
export function graticuleStep(pixelsPerDegree: number, gap = 110): number {
  return [...STEPS].reverse().find((s) => s * pixelsPerDegree >= gap) ?? 30;
}

/** Multiples of `step` in [from, to]. */
export function ticks(from: number, to: number, step: number): number[] {
  const out: number[] = [];
  for (let k = Math.ceil(from / step - 1e-9); k * step <= to + step * 1e-9 && out.length < 400; k++)
    out.push(Number((k * step).toFixed(6)));
  return out;
}

/** Meridians and parallels over a box, a screen wider on each side so that panning shows them at once. */
export function graticule(box: LonLatBox, step: number): FeatureCollection {
  const [w, s, e, n] = box;
  const dx = Math.min(180, e - w);
  const dy = Math.min(60, n - s);
  const south = Math.max(-MAX_LATITUDE, s - dy);
  const north = Math.min(MAX_LATITUDE, n + dy);
  const lines: Position[][] = [
    ...ticks(w - dx, e + dx, step).map((x) => [
      [x, south],
      [x, north],
    ]),
    ...ticks(south, north, step).map((y) => [
      [w - dx, y],
      [e + dx, y],
    ]),
  ];
  return {
    type: 'FeatureCollection',
    features: [{ type: 'Feature', properties: {}, geometry: { type: 'MultiLineString', coordinates: lines } }],
  };
}

/** Metres of one degree of longitude at the equator (WGS 84). */
export const METRES_PER_DEGREE = 111_319.49;

/** A round length for a scale bar of at most `maxPixels`, and its pixels. */
export function scaleBar(
  metresPerPixel: number,
  maxPixels: number,
): { readonly label: string; readonly pixels: number } {
  const limit = metresPerPixel * maxPixels;
  const power = 10 ** Math.floor(Math.log10(limit));
  const metres = ([5, 2, 1].find((k) => k * power <= limit) ?? 1) * power;
  return {
    label: metres >= 1000 ? `${metres / 1000} km` : `${Number(metres.toPrecision(3))} m`,
    pixels: metres / metresPerPixel,
  };
}
