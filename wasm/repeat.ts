/** Repeats of what was put out before. */

/** Fills up to `end` with what stands `distance` before; up to 15 bytes too many. */
export function repeat(out: usize, distance: u32, end: usize): void {
  let src = out - distance;
  if (distance >= 16) {
    do {
      v128.store(out, v128.load(src));
      src += 16;
      out += 16;
    } while (out < end);
  } else if (distance >= 8) {
    do {
      store<u64>(out, load<u64>(src));
      src += 8;
      out += 8;
    } while (out < end);
  } else if (distance == 1) {
    const v = i8x16.splat(load<i8>(src));
    do {
      v128.store(out, v);
      out += 16;
    } while (out < end);
  } else {
    do {
      store<u64>(out, load<u64>(src));
      src += distance;
      out += distance;
    } while (out < end);
  }
}
