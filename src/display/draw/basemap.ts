/** The ground of a map: sea, land, graticule with its labels, scale bar. */
import type { Canvas, Point } from './canvas.js';
import { landRings } from './land.js';
import { drawText, textWidth } from './lettering.js';
import { COAST, GRATICULE, GROUND, INK, LAND_FILL, MUTED, PAPER, SEA } from './theme.js';
import { metresPerPixel, type MapView } from './view.js';

/** Distances between graticule lines that read well, in degrees. */
const STEPS = [60, 30, 20, 10, 5, 2, 1, 0.5, 0.2, 0.1, 0.05, 0.02, 0.01, 0.005, 0.002, 0.001];

/** Width of view below which our coastline (3 km coarse) would show sea where land is: the ground stays neutral. */
const FINEST_DEGREES = 0.4;

/** Draws sea and land; a neutral ground where the coastline is too coarse. */
export function drawGround(canvas: Canvas, view: MapView): void {
  const { box, bounds } = view;
  if (bounds[2] - bounds[0] < FINEST_DEGREES) {
    canvas.fillBox(box, GROUND);
    return;
  }
  canvas.fillBox(box, SEA);
  const rings: Point[][] = [];
  for (const turn of [-360, 0, 360]) {
    for (const r of landRings()) {
      if (r.east + turn < bounds[0] || r.west + turn > bounds[2] || r.north < bounds[1] || r.south > bounds[3])
        continue;
      rings.push(r.points.map(([lon, lat]) => view.toPixel(lon + turn, lat)));
    }
  }
  canvas.fill(rings, LAND_FILL);
  canvas.stroke(rings, { colour: COAST, width: 0.75, closed: true });
}

/** Spacing of graticule lines for a view. */
export function graticuleStep(view: MapView): number {
  const span = Math.min(view.bounds[2] - view.bounds[0], (view.bounds[3] - view.bounds[1]) * 2);
  return STEPS.find((s) => span / s >= 3) ?? 0.001;
}

/** "10.5°E", "0°", "46.25°N": as many decimals as the step needs. */
export function degreeLabel(value: number, step: number, axis: 'lon' | 'lat'): string {
  const decimals = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9));
  const turned = axis === 'lon' ? ((((value + 180) % 360) + 360) % 360) - 180 : value;
  const text = Math.abs(turned).toFixed(decimals);
  if (Number(text) === 0) return '0°';
  if (axis === 'lon' && Number(text) === 180) return '180°';
  const letter = axis === 'lon' ? (turned < 0 ? 'W' : 'E') : turned < 0 ? 'S' : 'N';
  return `${text}°${letter}`;
}

function multiples(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}

/** Draws the graticule, with labels along the bottom and the left edge inside the map. */
export function drawGraticule(canvas: Canvas, view: MapView): void {
  const { box, bounds } = view;
  const step = graticuleStep(view);
  const bottom = box.y + box.height;
  const lons = multiples(bounds[0], bounds[2], step);
  const lats = multiples(bounds[1], bounds[3], step).filter((lat) => Math.abs(lat) < 90);
  const lines = [
    ...lons.map((lon): Point[] => [
      [view.toPixel(lon, 0)[0], box.y],
      [view.toPixel(lon, 0)[0], bottom],
    ]),
    ...lats.map((lat): Point[] => [
      [box.x, view.toPixel(0, lat)[1]],
      [box.x + box.width, view.toPixel(0, lat)[1]],
    ]),
  ];
  canvas.stroke(lines, { colour: GRATICULE, width: 0.6, alpha: 0.28 });
}

/** Labels of the graticule; drawn last, so that footprints do not cover them. */
export function drawGraticuleLabels(canvas: Canvas, view: MapView): void {
  const { box, bounds } = view;
  const step = graticuleStep(view);
  const size = 8.5;
  const widest = textWidth(degreeLabel(bounds[0], step, 'lon'), size) + 16;
  const every = Math.max(1, Math.ceil(widest / (view.perDegree * step)));
  for (const lon of multiples(bounds[0], bounds[2], step)) {
    if (Math.round(lon / step) % every !== 0) continue;
    const [x] = view.toPixel(lon, 0);
    const label = degreeLabel(lon, step, 'lon');
    if (x - textWidth(label, size) / 2 < box.x + 34 || x + textWidth(label, size) / 2 > box.x + box.width - 4) continue;
    drawText(canvas, label, [x, box.y + box.height - 5], { colour: MUTED, size, align: 'center', halo: PAPER });
  }
  for (const lat of multiples(bounds[1], bounds[3], step)) {
    const [, y] = view.toPixel(0, lat);
    if (y < box.y + 8 || y > box.y + box.height - 16) continue;
    drawText(canvas, degreeLabel(lat, step, 'lat'), [box.x + 5, y + 3], { colour: MUTED, size, halo: PAPER });
  }
}

/** Length of a scale bar of at most `most` pixels, as a round number of metres. */
export function scaleLength(perPixel: number, most: number): number {
  const limit = perPixel * most;
  const power = 10 ** Math.floor(Math.log10(limit));
  return [5, 2, 1].map((k) => k * power).find((m) => m <= limit) ?? power;
}

/** "500 m", "2 km", "1 000 km". */
export function lengthLabel(metres: number): string {
  const [value, unit] = metres >= 1000 ? [metres / 1000, 'km'] : [metres, 'm'];
  return `${String(Number(value.toPrecision(3))).replace(/\B(?=(\d{3})+$)/g, ' ')} ${unit}`;
}

/** Draws a scale bar whose right end is at `right`. */
export function drawScaleBar(canvas: Canvas, view: MapView, right: number, bottom: number): void {
  const perPixel = metresPerPixel(view);
  // A bar that spans a continent would be wrong nearly everywhere.
  if (!Number.isFinite(perPixel) || perPixel > 25_000) return;
  const metres = scaleLength(perPixel, 110);
  const length = metres / perPixel;
  const x = right - length;
  const bar: Point[] = [
    [x, bottom - 4],
    [x, bottom],
    [right, bottom],
    [right, bottom - 4],
  ];
  canvas.stroke([bar], { colour: PAPER, width: 3.4, alpha: 0.8 });
  canvas.stroke([bar], { colour: INK, width: 1.2 });
  drawText(canvas, lengthLabel(metres), [x + length / 2, bottom - 6], {
    colour: INK,
    size: 9,
    align: 'center',
    halo: PAPER,
  });
}
