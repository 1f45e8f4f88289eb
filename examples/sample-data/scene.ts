/** One synthetic acquisition: reflectances, clouds, shadows and a scene classification on a pixel grid. */
import { CLASS, groundAt, heightAt, type Ground } from './landscape.ts';
import { fractal, hash2, ramp } from './noise.ts';
import { BANDS, reflectance } from './reflectance.ts';

/** A position in metres east and north of the origin of the landscape. */
export type ToLocal = (col: number, row: number) => readonly [x: number, y: number];

export interface Acquisition {
  /** YYYYMMDD */
  readonly date: string;
  readonly doy: number;
  /** Share of the area under cloud, 0–1. */
  readonly cloudCover: number;
  readonly cirrus: boolean;
  /** Whether the western edge lies outside the swath. */
  readonly partial: boolean;
}

export const ACQUISITIONS: readonly Acquisition[] = [
  { date: '20240405', doy: 96, cloudCover: 0.03, cirrus: false, partial: false },
  { date: '20240515', doy: 136, cloudCover: 0.38, cirrus: true, partial: false },
  { date: '20240614', doy: 166, cloudCover: 0, cirrus: false, partial: false },
  { date: '20240709', doy: 191, cloudCover: 0.15, cirrus: false, partial: true },
  { date: '20240813', doy: 226, cloudCover: 0.62, cirrus: false, partial: false },
  { date: '20240922', doy: 266, cloudCover: 0.07, cirrus: false, partial: false },
];

/** Classes of the Sentinel-2 scene classification. */
const SCL = {
  nodata: 0,
  shadow: 3,
  vegetation: 4,
  bare: 5,
  water: 6,
  cloudMedium: 8,
  cloudHigh: 9,
  cirrus: 10,
} as const;
/** Sun: from the south-south-east, 55° high. */
const SUN = {
  x: Math.sin((150 * Math.PI) / 180),
  y: Math.cos((150 * Math.PI) / 180),
  tan: Math.tan((55 * Math.PI) / 180),
} as const;
/** Where the shadow of a cloud falls, in metres from the cloud. */
const SHADOW_OFFSET: readonly [number, number] = [-130, 225];

/** The ground under every pixel of a grid, once for all dates. */
export interface GroundGrid {
  readonly width: number;
  readonly height: number;
  readonly toLocal: ToLocal;
  readonly ground: readonly Ground[];
  readonly light: Float32Array;
}

/** Evaluates the landscape at the pixel centres of a grid; `pixel` is the pixel size in metres. */
export function groundGrid(width: number, height: number, toLocal: ToLocal, seed: number, pixel: number): GroundGrid {
  const ground: Ground[] = [];
  const light = new Float32Array(width * height);
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const [x, y] = toLocal(col + 0.5, row + 0.5);
      const g = groundAt(x, y, seed);
      ground.push(g);
      const east = (heightAt(x + pixel, y, seed) - heightAt(x - pixel, y, seed)) / (2 * pixel);
      const north = (heightAt(x, y + pixel, seed) - heightAt(x, y - pixel, seed)) / (2 * pixel);
      // Lambert's law on a slope, relative to level ground.
      const incidence = (SUN.tan - east * SUN.x - north * SUN.y) / SUN.tan / Math.hypot(1, east, north);
      light[row * width + col] = Math.min(1.5, Math.max(0.35, incidence));
    }
  }
  return { width, height, toLocal, ground, light };
}

function cloudField(x: number, y: number, seed: number): number {
  return fractal(x / 1150, y / 800, seed, 6);
}

/** The value of the cloud field above which the wanted share of the area lies. */
function cloudThreshold(cover: number, seed: number): number {
  const samples: number[] = [];
  for (let y = -1500; y <= 2000; y += 70) for (let x = -2500; x <= 3000; x += 70) samples.push(cloudField(x, y, seed));
  samples.sort((a, b) => a - b);
  return samples[Math.min(samples.length - 1, Math.floor(samples.length * (1 - cover)))] ?? 1;
}

function surfaceClass(g: Ground, ndvi: number): number {
  if (g.cover === CLASS.water) return SCL.water;
  if (g.cover === CLASS.bare || g.cover === CLASS.built) return SCL.bare;
  return ndvi > 0.35 ? SCL.vegetation : SCL.bare;
}

/** What hides the ground, or null where it is seen. Thin edges of clouds count, as in the real classification. */
function sceneClass(cloud: number, cirrus: number, shadow: number): number | null {
  if (cloud > 0.5) return SCL.cloudHigh;
  if (cloud > 0.04) return SCL.cloudMedium;
  if (cirrus > 0.08) return SCL.cirrus;
  return shadow > 0.3 ? SCL.shadow : null;
}

/**
 * Bands of one acquisition on a grid: uint16 reflectance × 10000, 0 outside the swath; planar [band, row, column].
 *
 * The last plane is the scene classification (SCL).
 */
export function renderScene(
  grid: GroundGrid,
  bands: readonly (typeof BANDS)[number][],
  a: Acquisition,
  seed: number,
): Uint16Array {
  const { width, height } = grid;
  const size = width * height;
  const out = new Uint16Array(size * (bands.length + 1));
  const indices = bands.map((b) => BANDS.indexOf(b));
  const [red, nir] = [BANDS.indexOf('B04'), BANDS.indexOf('B08')];
  const cloudSeed = seed + Number(a.date);
  const threshold = a.cloudCover > 0 ? cloudThreshold(a.cloudCover, cloudSeed) : 2;
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const i = row * width + col;
      const g = grid.ground[i];
      const [x, y] = grid.toLocal(col + 0.5, row + 0.5);
      if (!g || (a.partial && x - 0.22 * y < -1350)) continue;
      const cloud = ramp(threshold - 0.02, threshold + 0.09, cloudField(x, y, cloudSeed));
      const shadow = ramp(
        threshold - 0.02,
        threshold + 0.07,
        cloudField(x - SHADOW_OFFSET[0], y - SHADOW_OFFSET[1], cloudSeed),
      );
      const cirrus = a.cirrus ? 0.25 * ramp(0.5, 0.75, fractal((x + y) / 2600, (x - y) / 700, cloudSeed + 5, 4)) : 0;
      const light = (grid.light[i] ?? 1) * (1 - 0.55 * shadow);
      const seen = (band: number): number => {
        const base = reflectance(g, band, a.doy, light) * (g.cover === CLASS.water ? 1 - 0.4 * shadow : 1);
        const bright = band >= 5 ? 4200 : 6900 + 900 * g.grain * cloud;
        const veil = Math.min(1, cloud + cirrus);
        return base * (1 - veil) + bright * veil;
      };
      indices.forEach((band, k) => {
        const noise = (hash2(col + 977 * band, row, cloudSeed) - 0.5) * 10;
        out[k * size + i] = Math.max(1, Math.round(seen(band) + noise));
      });
      const [r, n] = [reflectance(g, red, a.doy, light), reflectance(g, nir, a.doy, light)];
      out[indices.length * size + i] = sceneClass(cloud, cirrus, shadow) ?? surfaceClass(g, (n - r) / (n + r));
    }
  }
  return out;
}
