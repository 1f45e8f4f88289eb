/** Typed arrays: type, length, statistics and a histogram, never a dump. */

export type TypedArray = Exclude<NodeJS.TypedArray, never>;

const BINS = 16;
const BARS = '▁▂▃▄▅▆▇█';

/** Whether a value is a typed array (a DataView is not). */
export function isTypedArray(value: unknown): value is TypedArray {
  return ArrayBuffer.isView(value) && !(value instanceof DataView);
}

/** Summary of the finite values; NaN and infinities are counted. */
export function typedArrayText(array: TypedArray): string {
  const name = array.constructor.name;
  const head = `${name}(${array.length})`;
  if (array.length === 0) return head;
  const stats = statistics(array);
  const first = Array.from(array.subarray(0, 8) as ArrayLike<number | bigint>, (v) =>
    typeof v === 'number' ? short(v) : String(v),
  ).join(', ');
  const values = `values ${first}${array.length > 8 ? ', …' : ''}`;
  if (!stats) return `${head}\n${values}\nno finite values`;
  const { min, max, mean, others, bars } = stats;
  const rest = others > 0 ? `, ${others} not finite` : '';
  return `${head}\nmin ${short(min)}, max ${short(max)}, mean ${short(mean)}${rest}\nhistogram ${bars}\n${values}`;
}

function short(value: number): string {
  return String(Number(value.toPrecision(6)));
}

function statistics(
  array: TypedArray,
): { min: number; max: number; mean: number; others: number; bars: string } | undefined {
  let min = Infinity;
  let max = -Infinity;
  let sum = 0;
  let count = 0;
  for (let i = 0; i < array.length; i++) {
    const v = Number(array[i]);
    if (!Number.isFinite(v)) continue;
    if (v < min) min = v;
    if (v > max) max = v;
    sum += v;
    count++;
  }
  if (count === 0) return undefined;
  const bins = new Array<number>(BINS).fill(0);
  const scale = max > min ? BINS / (max - min) : 0;
  for (let i = 0; i < array.length; i++) {
    const v = Number(array[i]);
    if (!Number.isFinite(v)) continue;
    const bin = Math.min(BINS - 1, Math.floor((v - min) * scale));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  const top = Math.max(...bins);
  const bars = bins.map((n) => BARS[n === 0 ? 0 : Math.max(1, Math.round((n / top) * (BARS.length - 1)))]).join('');
  return { min, max, mean: sum / count, others: array.length - count, bars };
}
