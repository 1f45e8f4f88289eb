/**
 * The inverse DCT of 8 × 8 blocks in integers: the algorithm of Loeffler, Ligtenberg and Moschytz (ICASSP 1989) with
 * 12 multiplications, constants of 13 bits and 2 extra bits between the passes. That is the precision of libjpeg's
 * accurate method, which libtiff and GDAL use, so samples are equal to theirs.
 */
const CONST_BITS = 13;
const PASS1_BITS = 2;
const fix = (v: number): number => Math.round(v * (1 << CONST_BITS));
const F0_298 = fix(0.298631336);
const F0_390 = fix(0.390180644);
const F0_541 = fix(0.5411961);
const F0_765 = fix(0.765366865);
const F0_899 = fix(0.899976223);
const F1_175 = fix(1.175875602);
const F1_501 = fix(1.50132111);
const F1_847 = fix(1.847759065);
const F1_961 = fix(1.96157056);
const F2_053 = fix(2.053119869);
const F2_562 = fix(2.562915447);
const F3_072 = fix(3.072711026);
const CENTER = 128;

/** Eight values of one row or column; read and written in place. */
const lane = new Int32Array(8);

/** One pass over `lane`: results are scaled by 2^CONST_BITS and shifted right by `shift` with rounding. */
function pass(shift: number): void {
  const half = 1 << (shift - 1);
  // SAFETY: the lane has eight values.
  const v0 = lane[0] as number;
  const v1 = lane[1] as number;
  const v2 = lane[2] as number;
  const v3 = lane[3] as number;
  const v4 = lane[4] as number;
  const v5 = lane[5] as number;
  const v6 = lane[6] as number;
  const v7 = lane[7] as number;
  // Even part.
  const e = Math.imul(v2 + v6, F0_541);
  const e2 = e - Math.imul(v6, F1_847);
  const e3 = e + Math.imul(v2, F0_765);
  const e0 = (v0 + v4) << CONST_BITS;
  const e1 = (v0 - v4) << CONST_BITS;
  const t10 = e0 + e3;
  const t13 = e0 - e3;
  const t11 = e1 + e2;
  const t12 = e1 - e2;
  // Odd part.
  const s = Math.imul(v7 + v3 + v5 + v1, F1_175);
  const z1 = Math.imul(v7 + v1, -F0_899);
  const z2 = Math.imul(v5 + v3, -F2_562);
  const z3 = Math.imul(v7 + v3, -F1_961) + s;
  const z4 = Math.imul(v5 + v1, -F0_390) + s;
  const o0 = Math.imul(v7, F0_298) + z1 + z3;
  const o1 = Math.imul(v5, F2_053) + z2 + z4;
  const o2 = Math.imul(v3, F3_072) + z2 + z3;
  const o3 = Math.imul(v1, F1_501) + z1 + z4;
  lane[0] = (t10 + o3 + half) >> shift;
  lane[7] = (t10 - o3 + half) >> shift;
  lane[1] = (t11 + o2 + half) >> shift;
  lane[6] = (t11 - o2 + half) >> shift;
  lane[2] = (t12 + o1 + half) >> shift;
  lane[5] = (t12 - o1 + half) >> shift;
  lane[3] = (t13 + o0 + half) >> shift;
  lane[4] = (t13 - o0 + half) >> shift;
}

const work = new Int32Array(64);

/**
 * Samples of a block from its dequantized coefficients (natural order), written at `at` of a plane with this stride.
 */
export function inverseDct(coefficients: Int32Array, plane: Uint8Array, at: number, stride: number): void {
  for (let x = 0; x < 8; x++) {
    // SAFETY: all indices are below 64 and 8.
    for (let i = 0; i < 8; i++) lane[i] = coefficients[i * 8 + x] as number;
    pass(CONST_BITS - PASS1_BITS);
    for (let i = 0; i < 8; i++) work[i * 8 + x] = lane[i] as number;
  }
  for (let y = 0; y < 8; y++) {
    for (let i = 0; i < 8; i++) lane[i] = work[y * 8 + i] as number;
    pass(CONST_BITS + PASS1_BITS + 3);
    const row = at + y * stride;
    for (let i = 0; i < 8; i++) {
      const v = (lane[i] as number) + CENTER;
      plane[row + i] = v < 0 ? 0 : v > 255 ? 255 : v;
    }
  }
}
