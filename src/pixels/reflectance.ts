/** Reflectance and band ratios (loading.md §7). */
import { ArgumentError, BandNotFoundError, checkOptionNames } from '../core/index.js';
import { GeoTensor } from './geo-tensor.js';
import { canonicalBandName } from './band-name.js';
import { bandPlanes } from './tensor/band-planes.js';
import { compactValid } from './tensor/data.js';
import { requireTensor } from './tensor/require.js';

/** How digital numbers become reflectance: ρ = (DN + offset) / quantification. */
export interface ReflectanceOptions {
  /** Default 10000, Sentinel-2's. */
  readonly quantification?: number;
  /** Default 0; Sentinel-2 from processing baseline 04.00 on uses −1000. */
  readonly offset?: number;
  /** Lowest and highest reflectance to keep; values beyond are set to them. */
  readonly clamp?: readonly [min: number, max: number];
}

/**
 * Reflectance of digital numbers, Float32; invalid stays invalid.
 *
 * @throws {@link ArgumentError} `bad-option` for a quantification that is zero or not finite.
 */
export function dnToReflectance(t: GeoTensor, o: ReflectanceOptions = {}): GeoTensor {
  requireTensor(t, 'dnToReflectance');
  checkOptionNames('dnToReflectance', o, ['quantification', 'offset', 'clamp']);
  const { quantification = 10000, offset = 0 } = o;
  const given: unknown = o.clamp ?? [-Infinity, Infinity];
  const [min, max] = Array.isArray(given) && given.length === 2 ? (given as readonly unknown[]) : [];
  if (
    !Number.isFinite(quantification) ||
    quantification === 0 ||
    !Number.isFinite(offset) ||
    typeof min !== 'number' ||
    typeof max !== 'number' ||
    !(min <= max)
  ) {
    throw new ArgumentError(
      'bad-option',
      `Reflectance needs a finite quantification other than 0, a finite offset and clamp [min, max]; got ${JSON.stringify(o)}.`,
    );
  }
  const values = new Float32Array(t.values.length).fill(NaN);
  for (let i = 0; i < values.length; i++) {
    if (t.valid !== null && t.valid[i] === 0) continue;
    // SAFETY: i < length.
    const rho = ((t.values[i] as number) + offset) / quantification;
    values[i] = rho < min ? min : rho > max ? max : rho;
  }
  const { shape, dims, transform, crs, valid, bandNames, times, attrs } = t;
  return GeoTensor.create({ values, shape, dims, transform, crs, valid, bandNames, times, attrs, fillValue: NaN });
}

/** 0-based position of a band by 1-based number or name. */
function bandOf(t: GeoTensor, band: number | string): number {
  const wanted = typeof band === 'string' ? canonicalBandName(band) : null;
  const index =
    wanted === null ? Number(band) - 1 : (t.bandNames ?? []).findIndex((n) => canonicalBandName(n) === wanted);
  if (Number.isInteger(index) && index >= 0 && index < t.count) return index;
  const names = Array.from({ length: t.count }, (_, i) => `${i + 1} ${t.bandNames?.[i] ?? '(no name)'}`);
  throw new BandNotFoundError(
    'band-not-found',
    `The tensor has no band ${JSON.stringify(band)}. Its bands: ${names.join(', ')}.`,
    {
      hint: 'Ask for a 1-based number or one of these names.',
      details: { band, bands: t.bandNames },
    },
  );
}

/**
 * (a − b) / (a + b) of two bands, Float32, without the band axis; invalid where either is, or where the sum is 0.
 *
 * NDVI is `normalizedDifference(t, 'B08', 'B04')`.
 *
 * @throws {@link BandNotFoundError} `band-not-found`.
 */
export function normalizedDifference(t: GeoTensor, a: number | string, b: number | string): GeoTensor {
  requireTensor(t, 'normalizedDifference');
  const [ia, ib] = [bandOf(t, a), bandOf(t, b)];
  const { frames, size, at } = bandPlanes(t);
  const values = new Float32Array(frames * size).fill(NaN);
  const valid = new Uint8Array(values.length);
  for (let f = 0; f < frames; f++) {
    const [pa, pb] = [at(f, ia), at(f, ib)];
    for (let i = 0; i < size; i++) {
      if (t.valid !== null && (t.valid[pa + i] === 0 || t.valid[pb + i] === 0)) continue;
      // SAFETY: planes lie inside the tensor.
      const va = t.values[pa + i] as number;
      const vb = t.values[pb + i] as number;
      const ratio = (va - vb) / (va + vb);
      if (va + vb === 0 || ratio !== ratio) continue;
      values[f * size + i] = ratio;
      valid[f * size + i] = 1;
    }
  }
  const dims = t.dims.filter((d) => d !== 'band');
  return GeoTensor.create({
    values,
    valid: compactValid(valid),
    shape: t.shape.filter((_, k) => t.dims[k] !== 'band'),
    dims,
    transform: t.transform,
    crs: t.crs,
    fillValue: NaN,
    times: dims.includes('time') ? t.times : null,
    attrs: t.attrs,
  });
}
