/** Arrays that resampling uses again and again: making them anew for each block would cost as much as the work. */

/**
 * Gives an array of at least the length asked for, the same one each time. Its contents are those of the last use, so
 * it may be held within one synchronous piece of work only.
 */
export function scratchOf<A>(make: (length: number) => A & { readonly length: number }): (length: number) => A {
  let held = make(0);
  return (length) => {
    if (held.length < length) held = make(length);
    return held;
  };
}

export const doubles = (): ((length: number) => Float64Array) => scratchOf((n) => new Float64Array(n));
export const integers = (): ((length: number) => Int32Array) => scratchOf((n) => new Int32Array(n));
