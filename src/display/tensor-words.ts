/** What a tensor says in words: its dates, its table of bands, what is odd about its values. */
import { affineBounds } from '../core/index.js';
import { wireInterval } from './geoslice.js';
import { planeOffset, sliceOfTensor, tensorFacts, type TensorLike } from './objects.js';
import { bandStats, rowStep } from './plane.js';
import type { Preview } from './wire/payload.js';
import { facts, grouped, isoDay, oneLine, shortNumber, textTable, timeSpan } from './words.js';

/** Bands in the text table. */
const TEXT_BANDS = 16;

/** Dates of a tensor: its time axis, or the interval it was loaded for; an empty text without any. */
export function tensorSpan(tensor: TensorLike): string {
  const [first, last] = [tensor.times?.[0], tensor.times?.at(-1)];
  if (first !== undefined && last !== undefined)
    return isoDay(first) === isoDay(last) ? isoDay(first) : `${isoDay(first)} to ${isoDay(last)}`;
  const interval = wireInterval(sliceOfTensor(tensor)?.interval ?? null);
  return interval ? timeSpan(interval) : '';
}

/** Units of the bands: `attrs.units` as one text, a list, or a dictionary by band name; null when none is known. */
export function tensorUnits(tensor: TensorLike): readonly string[] | null {
  const given: unknown = tensor.attrs['units'] ?? tensor.attrs['unit'];
  const text = (v: unknown): string => (typeof v === 'string' ? oneLine(v).slice(0, 40) : '');
  const units = tensorFacts(tensor).bandNames.map((name, i) => {
    if (Array.isArray(given)) return text((given as readonly unknown[])[i]);
    // SAFETY: a non-null, non-array object; its values are checked one by one.
    if (typeof given === 'object' && given !== null) return text((given as Record<string, unknown>)[name]);
    return text(given);
  });
  return units.some((u) => u !== '') ? units : null;
}

/** The summary that a terminal would show. */
export function tensorText(
  tensor: TensorLike,
  title: string,
  pairs: readonly (readonly [string, string])[],
  preview: Preview,
): string[] {
  const t = tensorFacts(tensor);
  const bounds = affineBounds(tensor.transform, [t.height, t.width]);
  const units = tensorUnits(tensor);
  const every = rowStep(t.height, t.width, preview.height);
  const rows = t.bandNames.slice(0, TEXT_BANDS).map((name, band) => {
    const known = preview.bands[band];
    const s = known
      ? known.stats
      : bandStats(tensor.values, tensor.valid, planeOffset(tensor, 0, band), t.height * t.width);
    const short = (v: number | undefined): number | null => (v === undefined ? null : Number(shortNumber(v)));
    const unit = units?.[band] ?? '';
    return [
      unit === '' ? oneLine(name) : `${oneLine(name)} [${unit}]`,
      short(s?.min),
      short(s?.mean),
      short(s?.max),
      short(s?.p2),
      short(s?.p98),
    ];
  });
  const isBlank = preview.bands.length > 0 && preview.bands.every((b) => b.stats === null);
  return [
    `GeoTensor ${title}`,
    ...facts([...pairs, ['bounds', `[${bounds.map(shortNumber).join(', ')}]`]]),
    '',
    ...(isBlank ? ['No valid pixel: everything is nodata or masked.', ''] : []),
    ...textTable(['band', 'min', 'mean', 'max', '2 %', '98 %'], rows),
    ...(t.bands > TEXT_BANDS ? [`  … ${grouped(t.bands - TEXT_BANDS)} more bands`] : []),
    ...(every > 1 ? [`  (statistics of every ${every}th row)`] : []),
    ...(t.frames > 1 ? [`  (statistics of the first of ${t.frames} dates)`] : []),
  ];
}
