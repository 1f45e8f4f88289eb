/** Masks: bit fields and classes that make pixels invalid before merging (loading.md §2.4). */
import { ArgumentError, type DType } from '../core/index.js';

/** A pixel is masked when any listed bit of the band is set, or its class is listed. Bands: 1-based number, or name. */
export type MaskRule = { readonly band: string | number } & (
  { readonly bits: readonly number[] } | { readonly classes: readonly number[] }
);

const s2qa60: MaskRule = { band: 'QA60', bits: [10, 11] };
const s2scl: MaskRule = { band: 'SCL', classes: [3, 8, 9, 10] };

/**
 * Presets for clouds in Sentinel-2: QA60 bits 10 (opaque) and 11 (cirrus); SCL classes 3 (cloud shadow), 8, 9 (cloud of
 * medium and high probability) and 10 (thin cirrus). `s2` takes SCL, then QA60, which products from processing baseline
 * 04.00 on may lack or leave empty.
 */
export const masks: { readonly s2qa60: MaskRule; readonly s2scl: MaskRule; readonly s2: readonly MaskRule[] } = {
  s2qa60,
  s2scl,
  s2: [s2scl, s2qa60],
};

/** The rules as a list, checked. @throws {@link ArgumentError} `bad-mask`. */
export function maskRules(mask: MaskRule | readonly MaskRule[] | undefined): readonly MaskRule[] {
  if (mask === undefined) return [];
  const rules = Array.isArray(mask) ? (mask as readonly MaskRule[]) : [mask as MaskRule];
  for (const rule of rules) {
    const isRule = typeof rule === 'object' && (rule as object | null) !== null && 'band' in rule;
    const list: readonly number[] | undefined = !isRule
      ? undefined
      : 'bits' in rule
        ? rule.bits
        : 'classes' in rule
          ? rule.classes
          : undefined;
    const isGood = Array.isArray(list) && list.length > 0 && list.every((n) => Number.isInteger(n));
    const inRange = !isRule || !('bits' in rule) || rule.bits.every((b) => b >= 0 && b < 32);
    if (!isGood || !inRange) {
      throw new ArgumentError(
        'bad-mask',
        `A mask rule is { band, bits: [0…31] } or { band, classes: […] }; got ${JSON.stringify(rule)}.`,
        {
          hint: 'Use a preset such as masks.s2scl, or list at least one bit or class.',
          details: { mask: rule },
        },
      );
    }
  }
  return rules;
}

const BITS: Readonly<Partial<Record<DType, number>>> = { int8: 0xff, uint8: 0xff, int16: 0xffff, uint16: 0xffff };

/** The test of one rule on values of a band's type: whether a pixel is masked. */
export function maskTest(rule: MaskRule, dtype: DType): (value: number) => boolean {
  if ('classes' in rule) {
    const classes = new Set(rule.classes);
    return (value) => classes.has(value);
  }
  // Negative integers are looked at as the unsigned value of the same bits.
  const width = BITS[dtype] ?? 0xffffffff;
  const bits = rule.bits.reduce((m, bit) => (m | (1 << bit)) >>> 0, 0);
  return (value) => (value & width & bits) !== 0;
}
