/** The locator: a small globe turned to the place that a map shows. */
import { arc, SCALE, type Canvas, type Point } from './canvas.js';
import { landShare } from './land.js';
import { BORDER, COAST, GLOBE_LAND, GLOBE_SEA, GRATICULE, PAPER, SECOND } from './theme.js';
import type { LonLatBox } from '../wire/payload.js';

const RADIANS = Math.PI / 180;
/** Boxes larger than this share of the globe's radius are drawn as boxes, smaller ones as a ring. */
const RING_BELOW = 0.1;

/** Draws a globe (orthographic, after Snyder 1987, §20) with a mark around `box`. */
export function drawGlobe(canvas: Canvas, [cx, cy]: Point, radius: number, box: LonLatBox): void {
  const [lon0, lat0] = [(box[0] + box[2]) / 2, (box[1] + box[3]) / 2];
  const [sin0, cos0] = [Math.sin(lat0 * RADIANS), Math.cos(lat0 * RADIANS)];
  canvas.fillDisc([cx, cy], radius + 3, PAPER, 0.9);
  canvas.fillDisc([cx, cy], radius, GLOBE_SEA);
  const r = radius * SCALE;
  const [dx, dy] = [cx * SCALE, cy * SCALE];
  for (let j = Math.floor(dy - r); j < dy + r; j++) {
    for (let i = Math.floor(dx - r); i < dx + r; i++) {
      const [x, y] = [(i + 0.5 - dx) / r, (dy - j - 0.5) / r];
      const rho = Math.hypot(x, y);
      if (rho >= 0.995) continue;
      const c = Math.asin(rho);
      const lat = Math.asin(Math.cos(c) * sin0 + (rho === 0 ? 0 : (y * Math.sin(c) * cos0) / rho)) / RADIANS;
      const lon = lon0 + Math.atan2(x * Math.sin(c), rho * cos0 * Math.cos(c) - y * sin0 * Math.sin(c)) / RADIANS;
      const share = landShare(lon, lat);
      // Half land is coast: a slightly darker line keeps continents apart from the sea.
      const edge = 1 - Math.abs(share - 0.5) * 2;
      if (share > 0) canvas.mix(i, j, GLOBE_LAND, share);
      if (edge > 0.3) canvas.mix(i, j, COAST, (edge - 0.3) * 0.8);
      const shade = Math.max(0, rho - 0.75) * 0.5;
      if (shade > 0) canvas.mix(i, j, GRATICULE, shade);
    }
  }
  const project = (lon: number, lat: number): Point | undefined => {
    const [d, p] = [(lon - lon0) * RADIANS, lat * RADIANS];
    if (sin0 * Math.sin(p) + cos0 * Math.cos(p) * Math.cos(d) < 0) return undefined;
    const x = Math.cos(p) * Math.sin(d);
    const y = cos0 * Math.sin(p) - sin0 * Math.cos(p) * Math.cos(d);
    return [cx + x * radius, cy - y * radius];
  };
  canvas.stroke(graticule(project), { colour: GRATICULE, width: 0.5, alpha: 0.25 });
  canvas.stroke([arc([cx, cy], radius, 0, 2 * Math.PI)], { colour: BORDER, width: 1 });
  const size = Math.max((box[2] - box[0]) * cos0, box[3] - box[1]) * RADIANS;
  if (size < RING_BELOW) {
    canvas.stroke([arc([cx, cy], 5, 0, 2 * Math.PI)], { colour: PAPER, width: 3.5, alpha: 0.85 });
    canvas.stroke([arc([cx, cy], 5, 0, 2 * Math.PI)], { colour: SECOND, width: 1.8 });
    canvas.fillDisc([cx, cy], 1.2, SECOND);
    return;
  }
  const [w, s, e, n] = box;
  const side = (f: (t: number) => readonly [number, number]): Point[] =>
    Array.from({ length: 13 }, (_, k) => project(...f(k / 12))).filter((p) => p !== undefined);
  const outline = [
    ...side((t) => [w + (e - w) * t, n]),
    ...side((t) => [e, n + (s - n) * t]),
    ...side((t) => [e + (w - e) * t, s]),
    ...side((t) => [w, s + (n - s) * t]),
  ];
  canvas.fill([outline], SECOND, 0.15);
  canvas.stroke([outline], { colour: SECOND, width: 1.5, closed: true });
}

/** Meridians and parallels of every 30 degrees, cut at the horizon. */
function graticule(project: (lon: number, lat: number) => Point | undefined): Point[][] {
  const lines: Point[][] = [];
  const trace = (at: (t: number) => readonly [number, number], from: number, to: number): void => {
    let piece: Point[] = [];
    for (let t = from; t <= to; t += 6) {
      const p = project(...at(t));
      if (p) piece.push(p);
      else if (piece.length > 0) {
        lines.push(piece);
        piece = [];
      }
    }
    if (piece.length > 1) lines.push(piece);
  };
  for (let lon = -180; lon < 180; lon += 30) trace((lat) => [lon, lat], -84, 84);
  for (let lat = -60; lat <= 60; lat += 30) trace((lon) => [lon, lat], -180, 180);
  return lines;
}
