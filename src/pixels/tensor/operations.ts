/** The inner loops of arithmetic: each over doubles, into doubles or bytes, which keeps it fast whatever the tensors hold. */

/** What results are written to. */
export type Results = Float64Array | Uint8Array;

/** Sets `out[i]` from `a[i]` and `b[i]` for i < n. */
export type Operation = (a: Float64Array, b: Float64Array, out: Results, n: number) => void;

// SAFETY: in every loop i < n ≤ length of all three.
export const ARITHMETIC = {
  add: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) + (b[i] as number);
  },
  sub: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) - (b[i] as number);
  },
  mul: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) * (b[i] as number);
  },
  div: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) / (b[i] as number);
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** On the lowest 32 bits; the type of the result reads them as its own. */
export const BITS = {
  and: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) & (b[i] as number);
  },
  or: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) | (b[i] as number);
  },
  xor: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) ^ (b[i] as number);
  },
} as const satisfies Readonly<Record<string, Operation>>;

/** 1 where it holds, else 0. */
export const COMPARISONS = {
  gt: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) > (b[i] as number) ? 1 : 0;
  },
  ge: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) >= (b[i] as number) ? 1 : 0;
  },
  lt: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) < (b[i] as number) ? 1 : 0;
  },
  le: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) <= (b[i] as number) ? 1 : 0;
  },
  eq: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) === (b[i] as number) ? 1 : 0;
  },
  ne: (a, b, out, n) => {
    for (let i = 0; i < n; i++) out[i] = (a[i] as number) !== (b[i] as number) ? 1 : 0;
  },
} as const satisfies Readonly<Record<string, Operation>>;
