/** Position along a Hilbert curve: near places get near numbers. */

/** Bits per axis: 65 536 cells each way. */
const BITS = 16;

/**
 * Distance along the Hilbert curve of order 16 of a cell (integers 0–65535).
 * Source: Hamilton and Rau-Chaplin 2008; the rotation form of Warren, Hacker's Delight, §16.
 */
export function hilbertIndex(x: number, y: number): number {
  let index = 0;
  let [cx, cy] = [x, y];
  for (let side = 1 << (BITS - 1); side > 0; side >>= 1) {
    const rx = (cx & side) > 0 ? 1 : 0;
    const ry = (cy & side) > 0 ? 1 : 0;
    index = index * 4 + ((3 * rx) ^ ry);
    if (ry === 0) {
      if (rx === 1) [cx, cy] = [side - 1 - (cx & (side - 1)), side - 1 - (cy & (side - 1))];
      [cx, cy] = [cy, cx];
    }
  }
  return index;
}
