/** Colour ramps as 256-entry tables. Viridis and cividis are perceptually even and safe for colour-blind readers. */
import type { Rendering } from '../../src/display/wire/payload.js';

export type RampName = Rendering['ramp'];

/** Evenly spaced anchors; between them colours are linear in sRGB, off by at most 3 of 255 from the published tables. */
const ANCHORS: Readonly<Record<RampName, readonly (readonly [r: number, g: number, b: number])[]>> = {
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

const tables = new Map<RampName, Uint8Array>();

/** Red, green, blue of 256 steps from low to high: 768 bytes. */
export function rampTable(name: RampName): Uint8Array {
  const known = tables.get(name);
  if (known) return known;
  const anchors = ANCHORS[name];
  const table = new Uint8Array(768);
  for (let i = 0; i < 256; i++) {
    const at = (i / 255) * (anchors.length - 1);
    const low = Math.min(anchors.length - 2, Math.floor(at));
    const t = at - low;
    for (let c = 0; c < 3; c++)
      table[i * 3 + c] = Math.round((anchors[low]?.[c] ?? 0) * (1 - t) + (anchors[low + 1]?.[c] ?? 0) * t);
  }
  tables.set(name, table);
  return table;
}

/** The ramp as a CSS gradient from left (low) to right (high). */
export function rampGradient(name: RampName): string {
  return `linear-gradient(to right, ${ANCHORS[name].map((c) => `rgb(${c.join(' ')})`).join(', ')})`;
}
