/** What the tensor view says beside its picture: facts, statistics, and what is odd about the values. */
import type { Cell, Preview, TensorData } from '../../src/display/wire/payload.js';
import { bandValidity } from '../pixels/decode.js';
import type { Classes, Look } from '../pixels/draw.js';
import { formatNumber, formatPercent, formatTime } from '../shared/format.js';

/** Names and values under the legend. */
export function tensorFactsOf(
  data: TensorData,
  preview: Preview,
): { readonly label: string; readonly value: string }[] {
  const pixel = [Math.hypot(data.transform[0], data.transform[3]), Math.hypot(data.transform[1], data.transform[4])];
  return [
    { label: 'shape', value: data.dims.map((d, i) => `${d} ${data.shape[i] ?? '?'}`).join(' × ') },
    { label: 'type', value: data.dtype },
    { label: 'CRS', value: data.crs.slice(0, 200) },
    { label: 'pixel', value: pixel.map((v) => formatNumber(v)).join(' × ') },
    { label: 'valid', value: formatPercent(data.validFraction) },
    ...(preview.step > 1 ? [{ label: 'overview', value: `1 : ${formatNumber(preview.step, 3)}` }] : []),
    ...(data.statsEvery === undefined ? [] : [{ label: 'statistics', value: `of every ${data.statsEvery}th row` }]),
    ...(data.times?.length === 1 ? [{ label: 'time', value: formatTime(data.times[0] ?? null) }] : []),
  ];
}

export const STAT_COLUMNS: readonly string[] = ['band', 'unit', 'min', 'p2', 'mean', 'p98', 'max'];

/** One row per band; bands whose statistics are not here are named all the same. */
export function statRows(data: TensorData, preview: Preview): Cell[][] {
  const names = preview.bands.every((b, i) => b.name === data.bandNames[i]) ? data.bandNames : [];
  return preview.bands
    .map((b, i): Cell[] => {
      const s = b.stats;
      return [
        b.name,
        data.units?.[i] ?? '',
        s?.min ?? null,
        s?.p2 ?? null,
        s?.mean ?? null,
        s?.p98 ?? null,
        s?.max ?? null,
      ];
    })
    .concat(names.slice(preview.bands.length).map((n): Cell[] => [n, '', null, null, null, null, null]));
}

/** One sentence about shown bands without a valid pixel, or with one value only; null when all is as usual. */
export function oddity(
  preview: Preview,
  look: Look,
  names: readonly string[],
  bands: readonly number[],
  classes: Classes,
): string | null {
  const shown = look.bands.flatMap((b, i) => {
    const band = preview.bands[b];
    return band ? [{ band, name: names[bands[i] ?? b] ?? band.name }] : [];
  });
  const isBlank = ({ band }: (typeof shown)[number]): boolean => {
    const mask = bandValidity(preview, band);
    return mask !== null && !mask.includes(1);
  };
  const blank = shown.filter(isBlank);
  if (blank.length > 0)
    return blank.length === shown.length
      ? 'No valid pixel: everything is nodata or masked.'
      : `No valid pixel in ${blank.map((s) => s.name).join(', ')}.`;
  if (classes) return null;
  const constant = shown.filter(({ band }) => band.stats && band.stats.min === band.stats.max);
  if (constant.length === 0 || constant.length < shown.length) return null;
  const [first] = constant;
  return `Every valid pixel is ${formatNumber(first?.band.stats?.min ?? 0)}${shown.length > 1 ? ' in the bands shown, or constant' : ''}.`;
}
