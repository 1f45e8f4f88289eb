/** Anchors of the colour ramps, shared by live views and saved pictures so that they agree. */
import type { Rendering } from './payload.js';

export type RampName = Rendering['ramp'];
export type RampColour = readonly [r: number, g: number, b: number];

/**
 * Evenly spaced anchors (viridis and cividis after matplotlib: perceptually even, safe for colour-blind readers).
 * Between them colours are linear in sRGB, off by at most 3 of 255 from the published tables.
 */
export const RAMP_ANCHORS: Readonly<Record<RampName, readonly RampColour[]>> = {
  gray: [
    [0, 0, 0],
    [255, 255, 255],
  ],
  viridis: [
    [68, 1, 84],
    [72, 40, 120],
    [62, 74, 137],
    [49, 104, 142],
    [38, 130, 142],
    [31, 158, 137],
    [53, 183, 121],
    [109, 205, 89],
    [180, 222, 44],
    [253, 231, 37],
  ],
  cividis: [
    [0, 32, 77],
    [0, 51, 111],
    [57, 72, 107],
    [87, 92, 109],
    [112, 113, 115],
    [138, 135, 121],
    [166, 157, 117],
    [196, 181, 108],
    [228, 207, 91],
    [255, 234, 70],
  ],
  diverging: [
    [5, 48, 97],
    [49, 116, 178],
    [132, 188, 218],
    [213, 228, 237],
    [246, 243, 238],
    [252, 217, 179],
    [243, 164, 94],
    [206, 102, 32],
    [127, 59, 8],
  ],
};

/** Colour of a ramp at `t` from 0 to 1. */
export function rampColour(name: RampName, t: number): RampColour {
  const anchors = RAMP_ANCHORS[name];
  const at = Math.min(1, Math.max(0, t)) * (anchors.length - 1);
  const low = Math.min(anchors.length - 2, Math.floor(at));
  const [a, b] = [anchors[low] ?? [0, 0, 0], anchors[low + 1] ?? [0, 0, 0]];
  const mix = (k: 0 | 1 | 2): number => Math.round(a[k] * (1 - at + low) + b[k] * (at - low));
  return [mix(0), mix(1), mix(2)];
}

/** Limits of a stretch under a ramp: a diverging one has its middle at zero where values lie on both sides of it. */
export function centred(name: RampName, limits: readonly [number, number]): readonly [number, number] {
  const [low, high] = limits;
  if (name !== 'diverging' || !(low < 0 && high > 0)) return limits;
  const reach = Math.max(-low, high);
  return [-reach, reach];
}
