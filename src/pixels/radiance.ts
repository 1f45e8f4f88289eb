/** Reflectance of measured radiance (loading.md §7). */
import { ArgumentError, checkOptionNames, MICROS_PER_DAY, parseTime, type TimeInput } from '../core/index.js';
import { GeoTensor } from './geo-tensor.js';
import { bandPlanes } from './tensor/band-planes.js';
import { requireTensor } from './tensor/require.js';

/** Parts of a radiance unit in one W m⁻² (per steradian and spectral unit). */
const PER_WATT = { W: 1, mW: 1000, 'uW/cm2': 100 } as const;

/** What radiance is measured in, per steradian and per the spectral unit of the irradiance: W m⁻², mW m⁻² or µW cm⁻². */
export type RadianceUnit = keyof typeof PER_WATT;

export interface RadianceOptions {
  /** Solar irradiance E0 outside the atmosphere in W m⁻² per spectral unit, of all bands or one per band. */
  readonly irradiance: number | readonly number[];
  /** Angle of the sun from the vertical in degrees, 0 up to but not including 90. */
  readonly solarZenith: number;
  readonly date: TimeInput;
  readonly unit: RadianceUnit;
}

/**
 * Distance from Earth to Sun in astronomical units on a day (UTC): 1 − 0.01673·cos(0.0172·(day of year − 4)).
 *
 * @throws {@link IntervalError} for a date that cannot be read.
 */
export function earthSunDistance(date: TimeInput): number {
  const time = parseTime(date);
  const newYear = Date.UTC(new Date(time / 1000).getUTCFullYear(), 0) * 1000;
  const dayOfYear = Math.floor((time - newYear) / MICROS_PER_DAY) + 1;
  return 1 - 0.01673 * Math.cos(0.0172 * (dayOfYear - 4));
}

/**
 * Reflectance at the top of the atmosphere, Float32: ρ = π·L·d² / (E0·cos θ). Invalid stays invalid.
 *
 * @throws {@link ArgumentError} `bad-option`, `band-count`; {@link IntervalError} for a date that cannot be read.
 */
export function radianceToReflectance(t: GeoTensor, o: RadianceOptions): GeoTensor {
  requireTensor(t, 'radianceToReflectance');
  checkOptionNames('radianceToReflectance', o, ['irradiance', 'solarZenith', 'date', 'unit']);
  const { solarZenith: zenith, unit } = o;
  const { bands, frames, size, at } = bandPlanes(t);
  const irradiance = typeof o.irradiance === 'number' ? new Array<number>(bands).fill(o.irradiance) : o.irradiance;
  if (!Array.isArray(irradiance) || !irradiance.every((e) => Number.isFinite(e) && e > 0))
    throw badOption('irradiance is positive, one number or one per band', o.irradiance);
  if (irradiance.length !== bands) {
    throw new ArgumentError('band-count', `${irradiance.length} irradiances were given for ${bands} bands.`, {
      hint: 'Give one per band.',
    });
  }
  if (typeof zenith !== 'number' || !(zenith >= 0 && zenith < 90))
    throw badOption('solarZenith is in degrees, from 0 to below 90', zenith);
  if (!Object.hasOwn(PER_WATT, unit))
    throw badOption(`unit is one of ${Object.keys(PER_WATT).join(', ')} (W and mW per m²)`, unit);
  const d = earthSunDistance(o.date);
  const values = new Float32Array(t.values.length);
  for (let b = 0; b < bands; b++) {
    // SAFETY: b < bands, the length of irradiance.
    const e0 = irradiance[b] as number;
    const factor = (Math.PI * d * d) / (PER_WATT[unit] * e0 * Math.cos((zenith * Math.PI) / 180));
    for (let f = 0; f < frames; f++) scale(t, values, at(f, b), size, factor);
  }
  const { shape, dims, transform, crs, valid, bandNames, times, attrs } = t;
  return GeoTensor.create({ values, shape, dims, transform, crs, valid, bandNames, times, attrs, fillValue: NaN });
}

function scale(t: GeoTensor, into: Float32Array, start: number, size: number, factor: number): void {
  const from = t.values;
  const { valid } = t;
  for (let i = start; i < start + size; i++)
    // SAFETY: a plane lies inside the values.
    into[i] = valid !== null && valid[i] === 0 ? NaN : (from[i] as number) * factor;
}

function badOption(rule: string, got: unknown): ArgumentError {
  return new ArgumentError('bad-option', `${rule}; got ${JSON.stringify(got)}.`);
}
