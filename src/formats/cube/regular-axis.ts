/** Regular axes of cells from coordinates of their centres (`catalog.md` §3, cubes). */
import { UnsupportedDataError } from '../../core/index.js';

/** Cells along an axis: the outer edge of the first one, and the signed length of each. */
export interface RegularAxis {
  readonly edge: number;
  readonly step: number;
  readonly count: number;
}

/** Largest deviation of a step from the mean, as a part of it. */
export const STEP_TOLERANCE = 1e-3;

/**
 * The axis of two or more centres, which may run either way.
 *
 * `spacing` is the distance between neighbouring numbers of the stored type at a value (float32 near 120 has 7.6e-6):
 * steps may also deviate by as much as that rounding makes them.
 *
 * @throws {@link UnsupportedDataError} `irregular` when steps differ by more than 1e-3 of the mean, or do not advance.
 */
export function regularAxis(
  centres: Float64Array,
  spacing: (value: number) => number,
  name: string,
  file: string,
): RegularAxis {
  const count = centres.length;
  const [first, last] = [centres[0] ?? NaN, centres[count - 1] ?? NaN];
  const step = (last - first) / (count - 1);
  const rounding = 2 * spacing(Math.max(Math.abs(first), Math.abs(last)));
  const tolerance = Math.abs(step) * STEP_TOLERANCE + rounding;
  const fail = (why: string): UnsupportedDataError =>
    new UnsupportedDataError('irregular', `${file}: coordinate ${name} is not regular: ${why}.`, {
      hint: 'Resample the cube to a regular grid first.',
      details: { file, variable: name },
    });
  if (!(Math.abs(step) > rounding)) throw fail(`it runs from ${first} to ${last} in ${count} values`);
  for (let i = 1; i < count; i++) {
    const own = (centres[i] ?? NaN) - (centres[i - 1] ?? NaN);
    if (!(Math.abs(own - step) <= tolerance)) throw fail(`the step at index ${i} is ${own}, on average it is ${step}`);
  }
  return { edge: first - step / 2, step, count };
}

/** Distance between neighbouring numbers of a type at a value; 0 for whole numbers and float64. */
export function spacingOf(dtype: string): (value: number) => number {
  if (dtype === 'float32') return (value) => 2 ** (Math.floor(Math.log2(Math.max(value, 1e-30))) - 23);
  if (dtype === 'float16') return (value) => 2 ** (Math.floor(Math.log2(Math.max(value, 1e-4))) - 10);
  return () => 0;
}
