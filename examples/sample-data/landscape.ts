/**
 * A made-up coast: hills with forest and rock, a farmed plain, a town, a beach and the sea.
 *
 * Everything is a function of the position in metres east and north of one origin, so that files in different UTM zones
 * and resolutions show one and the same ground.
 */
import { fractal, hash2, ramp, ridged, valueNoise } from './noise.ts';

/** Land-cover codes of ESA WorldCover. */
export const CLASS = { tree: 10, grass: 30, crop: 40, built: 50, bare: 60, water: 80 } as const;
export type ClassCode = (typeof CLASS)[keyof typeof CLASS];

export interface Ground {
  /** Metres above the sea; below 0 under water. */
  readonly height: number;
  readonly cover: ClassCode;
  /** Field number in the plain, else -1. */
  readonly parcel: number;
  /** 0–1: fine texture of the surface. */
  readonly grain: number;
}

/** Sides of fields in metres, along and across the rotated field lattice. */
const FIELD_LENGTH = 210;
const FIELD_WIDTH = 130;
/** The lattice of fields is turned by this angle, in radians. */
const FIELD_TURN = 0.31;
const TOWN: readonly [number, number] = [900, -180];

/** Crops by parcel: 0 winter cereal, 1 maize, 2 vineyard, 3 fallow. */
export function cropOf(parcel: number): number {
  return Math.floor(hash2(parcel, 17, 5) * 4);
}

function fieldLattice(x: number, y: number): { u: number; v: number; iu: number; iv: number } {
  const u = (x * Math.cos(FIELD_TURN) + y * Math.sin(FIELD_TURN)) / FIELD_LENGTH;
  const shift = Math.floor((-x * Math.sin(FIELD_TURN) + y * Math.cos(FIELD_TURN)) / FIELD_WIDTH);
  const v = (-x * Math.sin(FIELD_TURN) + y * Math.cos(FIELD_TURN)) / FIELD_WIDTH;
  // Every second row of fields is offset, as real ones are.
  const su = u + hash2(shift, 3, 1) * 0.9;
  return { u: su - Math.floor(su), v: v - Math.floor(v), iu: Math.floor(su), iv: shift };
}

/** Number of the field at a lattice cell: positive, unique within the sample. */
export const parcelNumber = (iu: number, iv: number): number => (iu + 512) * 1024 + (iv + 512);

/** Outline of a field in metres, as the lattice draws it. */
export function parcelOutline(iu: number, iv: number): readonly (readonly [number, number])[] {
  const offset = hash2(iv, 3, 1) * 0.9;
  return [
    [0.03, 0.04],
    [0.97, 0.04],
    [0.97, 0.96],
    [0.03, 0.96],
  ].map(([du = 0, dv = 0]) => {
    const a = (iu + du - offset) * FIELD_LENGTH;
    const b = (iv + dv) * FIELD_WIDTH;
    return [a * Math.cos(FIELD_TURN) - b * Math.sin(FIELD_TURN), a * Math.sin(FIELD_TURN) + b * Math.cos(FIELD_TURN)];
  });
}

/** Distance inland in metres; negative at sea. */
function inland(x: number, y: number, seed: number): number {
  const bays = (fractal(x / 1500, 3.7, seed + 1, 4) - 0.5) * 1500 + (fractal(x / 300, 9.1, seed + 2, 3) - 0.5) * 150;
  return y + 620 + bays - 0.12 * x;
}

/** Height of the ground in metres. */
export function heightAt(x: number, y: number, seed: number): number {
  const d = inland(x, y, seed);
  if (d < 0) return Math.max(-60, d * 0.05 - fractal(x / 400, y / 400, seed + 3) * 6);
  const hills = ramp(500, 2100, d + (fractal(x / 900, y / 900, seed + 4) - 0.5) * 1400);
  const relief = ridged(x / 1100, y / 1100, seed + 5) ** 2;
  return 2 + Math.min(d, 300) * 0.03 + fractal(x / 500, y / 500, seed + 6) * 9 + hills * relief * 420;
}

/** What the ground is at a position, in metres east and north of the origin. */
export function groundAt(x: number, y: number, seed: number): Ground {
  const height = heightAt(x, y, seed);
  const grain = fractal(x / 22, y / 22, seed + 7, 3);
  const d = inland(x, y, seed);
  if (d < 0) return { height, cover: CLASS.water, parcel: -1, grain };
  if (d < 32 + 25 * valueNoise(x / 90, y / 90, seed + 8)) return { height, cover: CLASS.bare, parcel: -1, grain };
  // A river from the hills to the sea.
  const course = 420 * Math.sin(y / 620) + (fractal(y / 500, 1.3, seed + 9, 3) - 0.5) * 500 - 900;
  if (Math.abs(x - course) < 9 + 14 * ramp(900, 0, d)) return { height, cover: CLASS.water, parcel: -1, grain };
  const town = Math.hypot(x - TOWN[0], (y - TOWN[1]) * 1.15) + (fractal(x / 160, y / 160, seed + 10) - 0.5) * 420;
  if (town < 430)
    return {
      height,
      cover: valueNoise(x / 60, y / 60, seed + 11) > 0.78 ? CLASS.tree : CLASS.built,
      parcel: -1,
      grain,
    };
  const wood = fractal(x / 330, y / 330, seed + 12);
  if (height > 60 + 40 * wood)
    return {
      height,
      cover: height > 200 + 260 * (1 - wood) * grain ? CLASS.bare : wood > 0.36 ? CLASS.tree : CLASS.grass,
      parcel: -1,
      grain,
    };
  if (wood > 0.64 || Math.abs(x - course) < 45) return { height, cover: CLASS.tree, parcel: -1, grain };
  const { u, v, iu, iv } = fieldLattice(x, y);
  // Hedges and tracks between the fields.
  if (u < 0.03 || u > 0.97 || v < 0.04 || v > 0.96) return { height, cover: CLASS.grass, parcel: -1, grain };
  return { height, cover: CLASS.crop, parcel: parcelNumber(iu, iv), grain };
}
