/** Coastlines: rings of Natural Earth land, unpacked on first use, and a coarse land raster for the globe. */
import { inflateRawSync } from 'node:zlib';
import { Canvas, SCALE, type Point } from './canvas.js';
import { LAND, STEPS_PER_DEGREE } from './generated/land.js';

/** One ring in degrees with its box. */
export interface LandRing {
  readonly points: readonly Point[];
  readonly west: number;
  readonly south: number;
  readonly east: number;
  readonly north: number;
}

let rings: readonly LandRing[] | undefined;

function unpack(): readonly LandRing[] {
  const bytes = inflateRawSync(Buffer.from(LAND, 'base64'));
  let at = 0;
  const varint = (): number => {
    let z = 0;
    let shift = 0;
    for (;;) {
      const byte = bytes[at++] ?? 0;
      z |= (byte & 127) << shift;
      if (byte < 128) break;
      shift += 7;
    }
    return z & 1 ? -((z + 1) >>> 1) : z >>> 1;
  };
  const out: LandRing[] = [];
  while (at < bytes.length) {
    const count = varint();
    const stored: Point[] = [];
    let [x, y] = [0, 0];
    for (let i = 0; i < count; i++) {
      x += varint();
      y += varint();
      stored.push([x / STEPS_PER_DEGREE, y / STEPS_PER_DEGREE]);
    }
    const points = unwrapped(stored);
    let [west, south, east, north] = [Infinity, 90, -Infinity, -90];
    for (const [lon, lat] of points) {
      west = Math.min(west, lon);
      south = Math.min(south, lat);
      east = Math.max(east, lon);
      north = Math.max(north, lat);
    }
    out.push({ points, west, south, east, north });
  }
  return out;
}

/**
 * A ring without jumps at the antimeridian, which would be lines across the map: longitudes pass ±180. A ring around a
 * pole ends a whole turn away and is closed along the pole.
 */
function unwrapped(ring: readonly Point[]): Point[] {
  const out: Point[] = [];
  let turn = 0;
  let before: number | undefined;
  for (const [x, y] of ring) {
    if (before !== undefined && Math.abs(x - before) > 180) turn += x < before ? 360 : -360;
    before = x;
    out.push([x + turn, y]);
  }
  const [first, last] = [out[0], out.at(-1)];
  if (!first || !last) return out;
  // Rings are closed by drawing them: only the step from the last point back to the first is missing.
  const isAround = Math.abs(last[0] - first[0]) > 180;
  const pole = last[1] < 0 ? -90 : 90;
  return isAround ? [...out, [last[0], pole], [first[0], pole]] : out;
}

/** All rings of land, longitudes from −180 on; those across the antimeridian pass ±180. Holes are rings too: fill by the even–odd rule. */
export function landRings(): readonly LandRing[] {
  rings ??= unpack();
  return rings;
}

/** Cells per degree of the land raster. */
const CELLS = 4;
let raster: Canvas | undefined;

/** Share of land (0–1) at a place, from a raster of quarter degrees. */
export function landShare(lon: number, lat: number): number {
  if (!raster) {
    const canvas = new Canvas((360 * CELLS) / SCALE, (180 * CELLS) / SCALE, [0, 0, 0]);
    const k = CELLS / SCALE;
    canvas.fill(
      [-360, 0, 360].flatMap((turn) =>
        landRings().map((r) => r.points.map(([x, y]): Point => [(x + turn + 180) * k, (90 - y) * k])),
      ),
      [255, 255, 255],
    );
    raster = canvas;
  }
  const { rgb, width, height } = raster;
  const x = (((lon + 180) % 360) + 360) % 360;
  const fx = x * CELLS - 0.5;
  const fy = Math.min(height - 1, Math.max(0, (90 - lat) * CELLS - 0.5));
  const [x0, y0] = [Math.floor(fx), Math.min(height - 2, Math.floor(fy))];
  const at = (i: number, j: number): number => (rgb[(j * width + ((i + width) % width)) * 3] ?? 0) / 255;
  const [u, v] = [fx - x0, fy - y0];
  return (
    (at(x0, y0) * (1 - u) + at(x0 + 1, y0) * u) * (1 - v) + (at(x0, y0 + 1) * (1 - u) + at(x0 + 1, y0 + 1) * u) * v
  );
}
