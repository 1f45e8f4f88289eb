/** Adler-32 (RFC 1950). */

/** The checksum of `n` bytes at `p` that follow bytes with the checksum `before` (1 at the start). */
export function adler32(p: usize, n: usize, before: u32): u32 {
  let a: u32 = before & 0xffff;
  let b: u32 = before >> 16;
  // Of 16 bytes the first counts 16 times, the last once.
  const w0 = i16x8(16, 15, 14, 13, 12, 11, 10, 9);
  const w1 = i16x8(8, 7, 6, 5, 4, 3, 2, 1);
  while (n) {
    const k = min<usize>(n, 5552);
    const blocks = k >> 4;
    const end = p + (blocks << 4);
    // sums of 16 bytes; before each block `a` counts 16 times into b
    let va = i32x4.splat(0),
      vb = i32x4.splat(0),
      vprev = i32x4.splat(0);
    for (; p < end; p += 16) {
      const v = v128.load(p);
      vprev = i32x4.add(vprev, va);
      va = i32x4.add(va, i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(v)));
      vb = i32x4.add(
        vb,
        i32x4.add(
          i32x4.dot_i16x8_s(i16x8.extend_low_i8x16_u(v), w0),
          i32x4.dot_i16x8_s(i16x8.extend_high_i8x16_u(v), w1),
        ),
      );
    }
    vb = i32x4.add(vb, i32x4.shl(vprev, 4));
    b +=
      a * ((<u32>blocks) << 4) +
      i32x4.extract_lane(vb, 0) +
      i32x4.extract_lane(vb, 1) +
      i32x4.extract_lane(vb, 2) +
      i32x4.extract_lane(vb, 3);
    a += i32x4.extract_lane(va, 0) + i32x4.extract_lane(va, 1) + i32x4.extract_lane(va, 2) + i32x4.extract_lane(va, 3);
    for (let i = k & 15; i; i--) {
      a += load<u8>(p++);
      b += a;
    }
    a %= 65521;
    b %= 65521;
    n -= k;
  }
  return (b << 16) | a;
}
