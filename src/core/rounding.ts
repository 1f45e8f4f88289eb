/** Rounding used for all sizes and offsets (`geoslice.md` §1). */

/** Differences below this count as rounding noise of a division, in the unit of the quotient (pixels). */
const NOISE = 1e-6;

/** Nearest integer, halves to the even neighbour: 2.5 → 2, 3.5 → 4, as numeric libraries do. */
export function roundHalfEven(q: number): number {
  const down = Math.floor(q);
  const rest = q - down;
  if (rest !== 0.5) return rest < 0.5 ? down : down + 1;
  return down % 2 === 0 ? down : down + 1;
}

/** `q`, or the nearest integer when that is at most 1e-6 away. */
export function clean(q: number): number {
  const nearest = roundHalfEven(q);
  return Math.abs(q - nearest) <= NOISE ? nearest : q;
}

/** `-0` as `0`, so that equal numbers print equally. */
export function normalizeZero(q: number): number {
  return q === 0 ? 0 : q;
}
