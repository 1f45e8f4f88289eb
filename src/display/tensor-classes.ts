/** Which bands of a tensor hold classes, and how its bands become colours at first. */
import { classesOf, isCategorical, MASK_CLASSES } from './categorical.js';
import { planeOffset, tensorFacts, type TensorLike } from './objects.js';
import { chooseRendering } from './rendering.js';
import type { Rendering, TensorData } from './wire/payload.js';

/** Values of a band that are looked at, evenly spaced, to see which occur. */
const MOST_LOOKED_AT = 1 << 22;
/** Different values that are told; more are a measurement. */
const MOST_VALUES = 1000;
/** Class bands that are described. */
const MOST_CLASS_BANDS = 16;

/** Values of a band that occur among its valid pixels, at most a thousand. */
export function sampledValues(tensor: TensorLike, band: number): number[] {
  const { height, width } = tensorFacts(tensor);
  const from = planeOffset(tensor, 0, band);
  let every = Math.max(1, Math.ceil((height * width) / MOST_LOOKED_AT));
  if (every > 1) while (width % every === 0) every++;
  const seen = new Set<number>();
  let last = NaN;
  for (let i = from; i < from + height * width && seen.size < MOST_VALUES; i += every) {
    const v = tensor.values[i] ?? NaN;
    // Neighbours are often alike, and asking the set is the dear part.
    if (v === last || tensor.valid?.[i] === 0 || !Number.isFinite(v)) continue;
    seen.add(v);
    last = v;
  }
  return [...seen];
}

/** True when a band of bytes holds nothing but 0 and 1, as comparisons and masks do. */
function isMask(tensor: TensorLike, band: number): boolean {
  const { height, width, dtype, bands } = tensorFacts(tensor);
  if (dtype !== 'uint8') return false;
  const from = planeOffset(tensor, 0, band);
  let ones = 0;
  for (let i = from; i < from + height * width; i++) {
    if ((tensor.values[i] ?? 0) <= 1) ones += tensor.values[i] ?? 0;
    else if (tensor.valid?.[i] !== 0) return false;
  }
  // Several bands of zeros are a black picture.
  return ones > 0 || bands === 1;
}

/** True when a nameless band lies on both sides of zero within −1 … 1, as normalised differences do. */
function isNormalised(tensor: TensorLike): boolean {
  const { height, width, isNamed, bands, dtype } = tensorFacts(tensor);
  if (isNamed || bands > 1 || !dtype.startsWith('float')) return false;
  const every = Math.max(1, Math.floor((height * width) / 65_536)) | 1;
  let low = 0;
  for (let i = 0; i < height * width; i += every) {
    const v = tensor.values[i] ?? NaN;
    if (tensor.valid?.[i] === 0 || !Number.isFinite(v)) continue;
    if (v < -1 || v > 1) return false;
    if (v < low) low = v;
  }
  return low < 0;
}

/** The rendering of a tensor at first. */
export function tensorRendering(tensor: TensorLike): Rendering {
  const { bandNames, dtype } = tensorFacts(tensor);
  const chosen = chooseRendering({
    bandNames: bandNames.slice(0, 64),
    dtype,
    attrs: tensor.attrs,
    valuesOf: (band) => sampledValues(tensor, band),
  });
  const [band] = chosen.bands;
  if (band !== undefined && !hasNamedClasses(chosen.classes) && isMask(tensor, band))
    return { ...chosen, bands: [band], classes: MASK_CLASSES };
  if (chosen.classes === null && isNormalised(tensor)) return { ...chosen, ramp: 'diverging' };
  return chosen;
}

const hasNamedClasses = (classes: Rendering['classes']): boolean =>
  classes?.some((c) => c.name !== String(c.value)) === true;

/** Classes of the bands beside the one that is shown by classes at first; null when there are none. */
export function classBands(tensor: TensorLike, rendering: Rendering): TensorData['classBands'] | null {
  const { bandNames } = tensorFacts(tensor);
  const shown = rendering.classes ? rendering.bands[0] : undefined;
  const out = bandNames
    .map((name, band) => ({ name, band }))
    .filter(({ name, band }) => band !== shown && isCategorical(name, tensor.attrs))
    .slice(0, MOST_CLASS_BANDS)
    .flatMap(({ name, band }) => {
      const classes = classesOf(name, sampledValues(tensor, band), tensor.attrs);
      return classes ? [{ band, classes }] : [];
    });
  return out.length > 0 ? out : null;
}
