/** Broad bands out of many narrow ones (loading.md §7). */
import { ArgumentError, checkOptionNames } from '../core/index.js';
import { GeoTensor } from './geo-tensor.js';
import { bandPlanes } from './tensor/band-planes.js';
import { compactValid } from './tensor/data.js';
import { requireTensor } from './tensor/require.js';

/** A bell-shaped spectral response, in the unit of the wavelengths. */
export interface SrfOptions {
  readonly center: number;
  /** Full width at half of the maximum. */
  readonly fwhm: number;
}

/** Weights of the input bands of one output band. */
export type BandWeights = readonly number[] | Float64Array;

/** Part of the total weight that must be valid; sums of weights carry rounding noise. */
const ENOUGH = 0.5 - 1e-12;

function isNumberList(value: unknown): boolean {
  if (ArrayBuffer.isView(value)) return !(value instanceof DataView);
  return Array.isArray(value) && value.every((v) => typeof v === 'number');
}

/**
 * Weights of bands at given wavelengths under a Gaussian response; they sum to 1.
 *
 * @throws {@link ArgumentError} `bad-option`; `no-response` when no wavelength is near enough to weigh anything.
 */
export function gaussianSrf(wavelengths: readonly number[] | Float64Array, o: SrfOptions): Float64Array {
  checkOptionNames('gaussianSrf', o, ['center', 'fwhm']);
  const { center, fwhm } = o;
  if (!Number.isFinite(center) || !(fwhm > 0 && Number.isFinite(fwhm)))
    throw new ArgumentError('bad-option', `center is finite and fwhm positive; got ${center} and ${fwhm}.`);
  const at = isNumberList(wavelengths) ? Float64Array.from(wavelengths) : new Float64Array(0);
  if (at.length === 0 || !at.every(Number.isFinite))
    throw new ArgumentError('bad-option', `Wavelengths are finite numbers, at least one; got [${at.join(', ')}].`);
  const sigma = fwhm / (2 * Math.sqrt(2 * Math.LN2));
  const weights = at.map((w) => Math.exp(-0.5 * ((w - center) / sigma) ** 2));
  const total = weights.reduce((sum, w) => sum + w, 0);
  if (!(total > 0)) {
    throw new ArgumentError(
      'no-response',
      `No wavelength between ${Math.min(...at)} and ${Math.max(...at)} responds at ${center} ± ${fwhm / 2}.`,
      { hint: 'Give wavelengths, center and fwhm in one unit.' },
    );
  }
  return weights.map((w) => w / total);
}

/**
 * Weighted means over bands, Float64: Σ w·v / Σ w over valid bands. A pixel is invalid where less than half of the
 * weight is valid.
 *
 * One list of weights gives a tensor without the band axis; a record of them one band for each entry, named by it.
 *
 * @throws {@link ArgumentError} `band-count`, `bad-weights`.
 */
export function binBands(t: GeoTensor, weights: BandWeights | Readonly<Record<string, BandWeights>>): GeoTensor {
  requireTensor(t, 'binBands');
  if (typeof weights !== 'object' || (weights as unknown) === null)
    throw new ArgumentError('bad-weights', `Weights are a list, or a record of lists; got ${JSON.stringify(weights)}.`);
  const isList = Array.isArray(weights) || ArrayBuffer.isView(weights);
  // SAFETY: a list by the test above, else a record; checkWeights sees what is in it.
  const entries = isList ? [['', weights as BandWeights] as const] : Object.entries(weights as object);
  const { frames, size, bands } = bandPlanes(t);
  if (entries.length === 0) throw new ArgumentError('bad-weights', 'There are no weights.');
  const values = new Float64Array(frames * entries.length * size);
  const valid = new Uint8Array(values.length);
  entries.forEach(([name, list]: readonly [string, BandWeights], k) => {
    const checked = checkWeights(list, bands, name);
    for (let f = 0; f < frames; f++) {
      const start = (f * entries.length + k) * size;
      weightedMean(t, f, checked, values.subarray(start, start + size), valid.subarray(start, start + size));
    }
  });
  const hasTime = t.dims.includes('time');
  const outer = [...(hasTime ? (['time'] as const) : []), ...(isList ? [] : (['band'] as const))];
  return GeoTensor.create({
    values,
    valid: compactValid(valid),
    dims: [...outer, 'y', 'x'],
    shape: [...(hasTime ? [frames] : []), ...(isList ? [] : [entries.length]), t.height, t.width],
    transform: t.transform,
    crs: t.crs,
    fillValue: NaN,
    bandNames: isList ? null : entries.map(([name]) => name),
    times: t.times,
    attrs: t.attrs,
  });
}

function checkWeights(weights: BandWeights, bands: number, name: string): Float64Array {
  const what = name === '' ? 'Weights' : `Weights of ${name}`;
  if (!isNumberList(weights))
    throw new ArgumentError('bad-weights', `${what} are a list of numbers; got ${JSON.stringify(weights)}.`);
  const list = Float64Array.from(weights);
  if (list.length !== bands) {
    throw new ArgumentError('band-count', `${what}: ${list.length} were given for ${bands} bands.`, {
      hint: 'Give one per band of the tensor.',
    });
  }
  if (!list.every((w) => Number.isFinite(w) && w >= 0) || !list.some((w) => w > 0))
    throw new ArgumentError('bad-weights', `${what} are finite, none negative, not all 0; got [${list.join(', ')}].`);
  return list;
}

/** Fills one plane, band by band, so that memory is read in order. */
function weightedMean(t: GeoTensor, frame: number, weights: Float64Array, out: Float64Array, valid: Uint8Array): void {
  const { at } = bandPlanes(t);
  const size = out.length;
  const weight = new Float64Array(size);
  const plane = new Float64Array(size);
  let total = 0;
  for (let b = 0; b < weights.length; b++) {
    // SAFETY: b < length.
    const w = weights[b] as number;
    if (w === 0) continue;
    total += w;
    const start = at(frame, b);
    plane.set(t.values.subarray(start, start + size));
    const mask = t.valid?.subarray(start, start + size) ?? null;
    for (let i = 0; i < size; i++) {
      // SAFETY: i < size, the length of all of these.
      const v = plane[i] as number;
      if ((mask !== null && mask[i] === 0) || v !== v) continue;
      out[i] = (out[i] as number) + w * v;
      weight[i] = (weight[i] as number) + w;
    }
  }
  for (let i = 0; i < size; i++) {
    const w = weight[i] as number;
    const isEnough = w > 0 && w >= ENOUGH * total;
    out[i] = isEnough ? (out[i] as number) / w : NaN;
    valid[i] = isEnough ? 1 : 0;
  }
}
