/** Seeded value noise: the same landscape for the same seed, on any machine. */

/** A number in [0, 1) from two lattice coordinates and a seed; integer mixing only, so it is exact everywhere. */
export function hash2(ix: number, iy: number, seed: number): number {
  let h = Math.imul(ix, 0x27d4eb2d) ^ Math.imul(iy, 0x165667b1) ^ Math.imul(seed, 0x9e3779b1);
  h = Math.imul(h ^ (h >>> 15), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return ((h ^ (h >>> 16)) >>> 0) / 2 ** 32;
}

const smooth = (t: number): number => t * t * t * (t * (t * 6 - 15) + 10);

/** Smooth noise in [0, 1] with features of about one unit. */
export function valueNoise(x: number, y: number, seed: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [smooth(x - ix), smooth(y - iy)];
  const top = hash2(ix, iy, seed) * (1 - u) + hash2(ix + 1, iy, seed) * u;
  const bottom = hash2(ix, iy + 1, seed) * (1 - u) + hash2(ix + 1, iy + 1, seed) * u;
  return top * (1 - v) + bottom * v;
}

/** Each octave is turned by about 37° against the last, so that no lattice shows through. */
const TURN = { cos: 0.8, sin: 0.6 } as const;

/** Fractal noise in [0, 1]: octaves of halving amplitude and doubling frequency. */
export function fractal(x: number, y: number, seed: number, octaves = 5): number {
  let [sum, amplitude, total, u, v] = [0, 1, 0, x, y];
  for (let o = 0; o < octaves; o++) {
    sum += amplitude * valueNoise(u, v, seed + o * 101);
    total += amplitude;
    amplitude *= 0.5;
    [u, v] = [2.03 * (TURN.cos * u - TURN.sin * v), 2.03 * (TURN.sin * u + TURN.cos * v)];
  }
  return sum / total;
}

/** Fractal noise with sharp crests, as mountains have them. */
export function ridged(x: number, y: number, seed: number, octaves = 5): number {
  let [sum, amplitude, total, u, v] = [0, 1, 0, x, y];
  for (let o = 0; o < octaves; o++) {
    sum += amplitude * (1 - Math.abs(2 * valueNoise(u, v, seed + o * 57) - 1));
    total += amplitude;
    amplitude *= 0.5;
    [u, v] = [2.11 * (TURN.cos * u - TURN.sin * v), 2.11 * (TURN.sin * u + TURN.cos * v)];
  }
  return sum / total;
}

/** 0 below `a`, 1 above `b`, smooth between. */
export function ramp(a: number, b: number, v: number): number {
  const t = Math.min(1, Math.max(0, (v - a) / (b - a)));
  return t * t * (3 - 2 * t);
}
