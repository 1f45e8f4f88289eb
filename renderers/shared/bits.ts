/** Sets of row indices as bitmasks: 32 rows a word, never changed in place. */
export type Bits = Uint32Array;

/** An empty set over `length` rows. */
export function emptyBits(length: number): Bits {
  return new Uint32Array(Math.ceil(length / 32));
}

/** True when row `i` is in the set. */
export function hasBit(bits: Bits, i: number): boolean {
  return (((bits[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1;
}

/** The set with rows `on` added and rows `off` removed. */
export function withBits(bits: Bits, on: Iterable<number>, off: Iterable<number> = []): Bits {
  const out = bits.slice();
  for (const i of off) out[i >>> 5] = (out[i >>> 5] ?? 0) & ~(1 << (i & 31));
  for (const i of on) out[i >>> 5] = (out[i >>> 5] ?? 0) | (1 << (i & 31));
  return out;
}

/** How many rows are in the set. */
export function countBits(bits: Bits): number {
  let n = 0;
  for (const word of bits) {
    let v = word - ((word >>> 1) & 0x55555555);
    v = (v & 0x33333333) + ((v >>> 2) & 0x33333333);
    n += (((v + (v >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
  }
  return n;
}

/** The rows of the set, ascending. */
export function bitIndices(bits: Bits): number[] {
  const out: number[] = [];
  for (let w = 0; w < bits.length; w++) {
    const word = bits[w] ?? 0;
    if (word === 0) continue;
    for (let b = 0; b < 32; b++) if ((word >>> b) & 1) out.push(w * 32 + b);
  }
  return out;
}

/** The same set over more rows. */
export function growBits(bits: Bits, length: number): Bits {
  const words = Math.ceil(length / 32);
  if (words <= bits.length) return bits;
  const out = new Uint32Array(words);
  out.set(bits);
  return out;
}

/** The union of some sets over the same rows. */
export function unionBits(sets: Iterable<Bits>, length: number): Bits {
  const out = emptyBits(length);
  for (const set of sets) for (let w = 0; w < out.length; w++) out[w] = (out[w] ?? 0) | (set[w] ?? 0);
  return out;
}
