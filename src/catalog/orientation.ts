/** The side of a line on which a point lies, without rounding error. */

/** Bound of the rounding error of the plain formula, relative to its terms: (3 + 16ε)ε. Source: Shewchuk 1997, "Adaptive Precision Floating-Point Arithmetic", §4.3. */
const EPSILON = 2 ** -53;
const FILTER = (3 + 16 * EPSILON) * EPSILON;
/** 2^27 + 1, splits a double into two halves of 26 bits (Dekker 1971). */
const SPLITTER = 134217729;

/** a·b as the sum of two doubles, exactly. */
function product(a: number, b: number): [low: number, high: number] {
  const high = a * b;
  const ca = SPLITTER * a;
  const ah = ca - (ca - a);
  const al = a - ah;
  const cb = SPLITTER * b;
  const bh = cb - (cb - b);
  const bl = b - bh;
  return [al * bl - (high - ah * bh - al * bh - ah * bl), high];
}

/** Adds a double to an expansion (components of growing size), exactly. */
function grow(expansion: readonly number[], b: number): number[] {
  const out: number[] = [];
  let q = b;
  for (const e of expansion) {
    const sum = q + e;
    const virtual = sum - q;
    const low = q - (sum - virtual) + (e - virtual);
    if (low !== 0) out.push(low);
    q = sum;
  }
  if (q !== 0) out.push(q);
  return out;
}

/**
 * Positive when a, b, c turn left (c lies left of the line a → b), negative when they turn right, 0 exactly on the line.
 *
 * The sign is exact: a fast formula with an error bound, and expansions of doubles where the bound does not decide.
 */
export function orientation(ax: number, ay: number, bx: number, by: number, cx: number, cy: number): number {
  const left = (ax - cx) * (by - cy);
  const right = (ay - cy) * (bx - cx);
  const det = left - right;
  if (Math.abs(det) > FILTER * (Math.abs(left) + Math.abs(right))) return det;
  if (left === 0 && right === 0 && (ax === cx || by === cy) && (ay === cy || bx === cx)) return 0;
  const terms = [
    product(ax, by),
    product(-ax, cy),
    product(-cx, by),
    product(-ay, bx),
    product(ay, cx),
    product(cy, bx),
  ];
  const exact = terms.flat().reduce<readonly number[]>((sum, term) => grow(sum, term), []);
  return exact.at(-1) ?? 0;
}
