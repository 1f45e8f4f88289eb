/** From interleaved raw samples to planes, differences undone. */

/** Four interleaved 16-bit samples with horizontal differences to four planes, row by row. */
function sum16x4(src: usize, dst: usize, width: u32, rows: u32): void {
  const plane = <usize>width * rows * 2;
  const d1 = dst + plane,
    d2 = d1 + plane,
    d3 = d2 + plane;
  let at: usize = 0;
  for (let row: u32 = 0; row < rows; row++) {
    let carry = i64x2.splat(0);
    let x: u32 = 0;
    for (; x + 8 <= width; x += 8) {
      let a = v128.load(src),
        b = v128.load(src, 16),
        c = v128.load(src, 32),
        d = v128.load(src, 48);
      src += 64;
      const zero = i64x2.splat(0);
      a = i16x8.add(a, i8x16.shuffle(zero, a, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
      b = i16x8.add(b, i8x16.shuffle(zero, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
      c = i16x8.add(c, i8x16.shuffle(zero, c, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
      d = i16x8.add(d, i8x16.shuffle(zero, d, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23));
      a = i16x8.add(a, carry);
      b = i16x8.add(b, i64x2.shuffle(a, a, 1, 1));
      c = i16x8.add(c, i64x2.shuffle(b, b, 1, 1));
      d = i16x8.add(d, i64x2.shuffle(c, c, 1, 1));
      carry = i64x2.shuffle(d, d, 1, 1);
      // transpose 8 × 4
      const ab0 = i16x8.shuffle(a, b, 0, 4, 8, 12, 1, 5, 9, 13);
      const ab1 = i16x8.shuffle(a, b, 2, 6, 10, 14, 3, 7, 11, 15);
      const cd0 = i16x8.shuffle(c, d, 0, 4, 8, 12, 1, 5, 9, 13);
      const cd1 = i16x8.shuffle(c, d, 2, 6, 10, 14, 3, 7, 11, 15);
      v128.store(dst + at, i64x2.shuffle(ab0, cd0, 0, 2));
      v128.store(d1 + at, i64x2.shuffle(ab0, cd0, 1, 3));
      v128.store(d2 + at, i64x2.shuffle(ab1, cd1, 0, 2));
      v128.store(d3 + at, i64x2.shuffle(ab1, cd1, 1, 3));
      at += 16;
    }
    let s0 = <u16>i16x8.extract_lane_s(carry, 0),
      s1 = <u16>i16x8.extract_lane_s(carry, 1);
    let s2 = <u16>i16x8.extract_lane_s(carry, 2),
      s3 = <u16>i16x8.extract_lane_s(carry, 3);
    for (; x < width; x++) {
      store<u16>(dst + at, (s0 += load<u16>(src)));
      store<u16>(d1 + at, (s1 += load<u16>(src, 2)));
      store<u16>(d2 + at, (s2 += load<u16>(src, 4)));
      store<u16>(d3 + at, (s3 += load<u16>(src, 6)));
      src += 8;
      at += 2;
    }
  }
}

function planesOf<T extends number>(src: usize, dst: usize, width: u32, rows: u32, samples: u32, diff: bool): void {
  for (let row: u32 = 0; row < rows; row++) {
    for (let s: u32 = 0; s < samples; s++) {
      let from = src + (<usize>(row * width) * samples + s) * sizeof<T>();
      let to = dst + <usize>(s * rows + row) * width * sizeof<T>();
      const end = to + <usize>width * sizeof<T>();
      const step = <usize>samples * sizeof<T>();
      if (diff) {
        let sum: T = 0;
        for (; to < end; to += sizeof<T>(), from += step) {
          sum = <T>(sum + load<T>(from));
          store<T>(to, sum);
        }
      } else {
        for (; to < end; to += sizeof<T>(), from += step) store<T>(to, load<T>(from));
      }
    }
  }
}

/** Samples of 1, 2, 4 or 8 bytes to planes (sample, row, column); `diff`: of at most 4 bytes, each minus its left neighbour. */
export function planes(size: u32, src: usize, dst: usize, width: u32, rows: u32, samples: u32, diff: bool): void {
  if (samples == 1 && !diff) memory.copy(dst, src, <usize>width * rows * size);
  else if (size == 2 && samples == 4 && diff) sum16x4(src, dst, width, rows);
  else if (size == 1) planesOf<u8>(src, dst, width, rows, samples, diff);
  else if (size == 2) planesOf<u16>(src, dst, width, rows, samples, diff);
  else if (size == 4) planesOf<u32>(src, dst, width, rows, samples, diff);
  else planesOf<u64>(src, dst, width, rows, samples, diff);
}

/** Running sums of bytes, in place: sixteen at a time by doubling steps. */
function sumBytes(at: usize, end: usize): void {
  const zero = i8x16.splat(0);
  let carry = zero;
  for (; at + 16 <= end; at += 16) {
    let v = v128.load(at);
    v = i8x16.add(v, i8x16.shuffle(zero, v, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30));
    v = i8x16.add(v, i8x16.shuffle(zero, v, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29));
    v = i8x16.add(v, i8x16.shuffle(zero, v, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27));
    v = i8x16.add(v, i8x16.shuffle(zero, v, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23));
    v = i8x16.add(v, carry);
    v128.store(at, v);
    carry = i8x16.splat(i8x16.extract_lane_s(v, 15));
  }
  let sum = <u8>i8x16.extract_lane_u(carry, 0);
  for (; at < end; at++) {
    sum += load<u8>(at);
    store<u8>(at, sum);
  }
}

/** 32-bit numbers from four planes of their bytes, the most significant first. */
function joinBytes(src: usize, to: usize, values: usize): void {
  let i: usize = 0;
  for (; i + 16 <= values; i += 16, to += 64) {
    const a = v128.load(src + 3 * values + i);
    const b = v128.load(src + 2 * values + i);
    const c = v128.load(src + values + i);
    const d = v128.load(src + i);
    const low0 = i8x16.shuffle(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const low1 = i8x16.shuffle(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    const high0 = i8x16.shuffle(c, d, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
    const high1 = i8x16.shuffle(c, d, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
    v128.store(to, i16x8.shuffle(low0, high0, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(to + 16, i16x8.shuffle(low0, high0, 4, 12, 5, 13, 6, 14, 7, 15));
    v128.store(to + 32, i16x8.shuffle(low1, high1, 0, 8, 1, 9, 2, 10, 3, 11));
    v128.store(to + 48, i16x8.shuffle(low1, high1, 4, 12, 5, 13, 6, 14, 7, 15));
  }
  for (; i < values; i++, to += 4) {
    store<u8>(to, load<u8>(src + 3 * values + i));
    store<u8>(to + 1, load<u8>(src + 2 * values + i));
    store<u8>(to + 2, load<u8>(src + values + i));
    store<u8>(to + 3, load<u8>(src + i));
  }
}

/**
 * Undoes the floating-point predictor (Adobe Photoshop TIFF Technical Note 3): bytes of a row are differences, and its
 * byte planes stand one after the other, the most significant first. Changes the input.
 */
export function floatPlanes(size: u32, src: usize, dst: usize, width: u32, rows: u32, samples: u32): void {
  const values = width * samples;
  const bytes = values * size;
  for (let row: u32 = 0; row < rows; row++) {
    const end = src + bytes;
    if (samples == 1) sumBytes(src, end);
    else for (let at = src + samples; at < end; at++) store<u8>(at, <u8>(load<u8>(at) + load<u8>(at - samples)));
    if (size == 4 && samples == 1) {
      joinBytes(src, dst + <usize>row * bytes, values);
      src = end;
      continue;
    }
    for (let s: u32 = 0; s < samples; s++) {
      let to = dst + <usize>(s * rows + row) * width * size;
      for (let i = s; i < values; i += samples) {
        for (let b: i32 = size - 1; b >= 0; b--) store<u8>(to++, load<u8>(src + <usize>(<u32>b * values) + i));
      }
    }
    src = end;
  }
}
