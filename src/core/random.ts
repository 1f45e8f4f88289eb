/** The package's seeded generator (`selection.md` §2): same seed, same numbers, on any machine. */
import { createHash } from 'node:crypto';

/** A seed; its text counts, so 7 and '7' are one seed. */
export type Seed = string | number;

export interface Random {
  /** Uniform in [0, 1) with 53 bits. */
  uniform(): number;
  /** Integer in [0, m). */
  int(m: number): number;
  /** The first `k` of a forward Fisher–Yates shuffle of the items. */
  sample<T>(items: readonly T[], k: number): T[];
  shuffle<T>(items: readonly T[]): T[];
}

/** Outputs thrown away after seeding, so that similar seeds diverge. */
const WARM_UP = 12;

/**
 * A generator for one seed and one purpose: sfc32 whose four words are the first 16 bytes (big-endian) of the SHA-256
 * of `{seed}|{purpose}`. Source: C. Doty-Humphrey, PractRand (sfc32).
 */
export function createRandom(seed: Seed, purpose: string): Random {
  const digest = createHash('sha256').update(`${seed}|${purpose}`, 'utf8').digest();
  let [a, b, c, d] = [0, 4, 8, 12].map((o) => digest.readUInt32BE(o) | 0) as [number, number, number, number];
  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return t >>> 0;
  };
  for (let i = 0; i < WARM_UP; i++) next();
  const uniform = (): number => {
    const high = next() >>> 5;
    const low = next() >>> 6;
    return (high * 2 ** 26 + low) / 2 ** 53;
  };
  const int = (m: number): number => Math.floor(uniform() * m);
  const sample = <T>(items: readonly T[], k: number): T[] => {
    const pool = [...items];
    const n = Math.min(k, pool.length);
    for (let t = 0; t < n; t++) {
      const j = t + int(pool.length - t);
      // SAFETY: t ≤ j < pool.length.
      [pool[t], pool[j]] = [pool[j] as T, pool[t] as T];
    }
    return pool.slice(0, n);
  };
  return { uniform, int, sample, shuffle: (items) => sample(items, items.length) };
}
