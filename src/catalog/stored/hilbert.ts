/** Position along a Hilbert curve: near places get near numbers. */

/** Bits of each axis that one look-up takes. */
const NIBBLE = 4;

/**
 * Four levels of the curve at once: by orientation (2 bits), four bits of x and four of y, the eight bits of the index
 * and above them the next orientation.
 */
const STEPS = makeSteps();

/**
 * Follows the curve bit by bit. A quadrant is entered turned: with x and y exchanged, or both mirrored, or both.
 * Source: Hamilton and Rau-Chaplin 2008; the rotation form of Warren, Hacker's Delight, §16.
 */
function makeSteps(): Uint16Array {
  const steps = new Uint16Array(1 << (2 + 2 * NIBBLE));
  for (let key = 0; key < steps.length; key++) {
    let swapped = (key >> 9) & 1;
    let mirrored = (key >> 8) & 1;
    let index = 0;
    for (let bit = NIBBLE - 1; bit >= 0; bit--) {
      const x = ((key >> (NIBBLE + bit)) & 1) ^ mirrored;
      const y = ((key >> bit) & 1) ^ mirrored;
      const [rx, ry] = swapped ? [y, x] : [x, y];
      index = index * 4 + ((3 * rx) ^ ry);
      if (ry === 0) {
        mirrored ^= rx;
        swapped ^= 1;
      }
    }
    steps[key] = (swapped << 9) | (mirrored << 8) | index;
  }
  return steps;
}

/** Distance along the Hilbert curve of order 16 of a cell (integers 0–65535). */
export function hilbertIndex(x: number, y: number): number {
  let state = 0;
  let index = 0;
  for (let shift = 12; shift >= 0; shift -= NIBBLE) {
    const step = STEPS[(state & 0x300) | (((x >> shift) & 15) << NIBBLE) | ((y >> shift) & 15)] ?? 0;
    index = (index << 8) | (step & 0xff);
    state = step;
  }
  return index >>> 0;
}
