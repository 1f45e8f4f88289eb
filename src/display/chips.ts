/** How arrays of tensors, and everything that is made of chips, show themselves. */
import { currentHost, KIND, sha256, type DisplayBundle, type GeoSlice } from '../core/index.js';
import { itemId } from '../curation/index.js';
import { isGeoTensor } from '../pixels/index.js';
import { answers, itemsFingerprint, makeBundle, payloadBudget, wholeArg } from './bundle.js';
import { extentOf } from './catalog.js';
import { drawChipsPicture, type ChipTile } from './draw/chips-picture.js';
import { paintPreview, sharedLimits } from './draw/pixels.js';
import { wireMicros } from './footprint.js';
import { sliceOfTensor, tensorFacts, type TensorLike } from './objects.js';
import { unionOf } from './draw/view.js';
import { orNowhere, placeOfBounds, placeOfRaster } from './place.js';
import { validShare } from './plane.js';
import { makePreview, previewBytes } from './preview.js';
import { tensorRendering } from './tensor-classes.js';
import type { ChipItem, Preview, Rendering } from './wire/payload.js';
import { centred } from './wire/ramp.js';
import { facts, grouped, isoDay, oneLine, percent, placeRange, plural, textTable, timeSpan } from './words.js';

/** Chips with pixels inside a payload (`renderers.md` §2). */
export const MOST_PREVIEWS = 64;
/** Most preview pixels a side of a chip. */
export const CHIP_SIDE = 96;
/** Bands of a chip preview: three to look at, one to look into. */
const MOST_BANDS = 4;
/** Side of a detail view at most. */
const DETAIL_SIDE = 1024;
const SMALLEST_SIDE = 16;
/** Bytes of one preview besides its pixels: names, statistics. */
const PREVIEW_BYTES = 900;
/** Share of an output that descriptions may take; the rest is for pixels. */
const ITEMS_SHARE = 0.7;
const TEXT_ROWS = 16;
/** Most items of one output in any case. */
const MOST_ITEMS = 5000;

/** Bands of chips to carry, and how to draw them; indices of `rendering` are positions in `bands`. */
export interface ChipLook {
  readonly bands: readonly number[];
  readonly bandNames: readonly string[];
  readonly rendering: Rendering;
}

/** The look of chips like this one: the bands to see first, then the others as far as they fit. */
export function chipLook(tensor: TensorLike): ChipLook {
  const rendering = tensorRendering(tensor);
  const { bandNames } = tensorFacts(tensor);
  return pickBands(bandNames, rendering);
}

/** Bands of a rendering in front, then near infrared or the next ones, four at most. */
export function pickBands(bandNames: readonly string[], rendering: Rendering): ChipLook {
  const infrared = bandNames.findIndex((n) => /^(b0?8|nir|b8a)$/i.test(n.trim()));
  const rest = bandNames.map((_, i) => i).filter((i) => !rendering.bands.includes(i));
  rest.sort((a, b) => Number(b === infrared) - Number(a === infrared) || a - b);
  const bands = [...rendering.bands, ...rest].slice(0, MOST_BANDS);
  return {
    bands,
    bandNames: bands.map((b) => oneLine(bandNames[b] ?? `band ${b + 1}`)),
    rendering: { ...rendering, bands: rendering.bands.map((_, i) => i) },
  };
}

/** Chips that fit an output, and the side of the previews of the first 64. */
export interface ChipPlan {
  readonly items: readonly ChipItem[];
  readonly side: number;
}

/** How many chips and how large previews fit an output of which `reserved` bytes are taken by other things. */
export function planChips(all: readonly ChipItem[], bands: number, reserved = 0): ChipPlan {
  const budget = Math.max(50_000, payloadBudget() - reserved);
  let [count, bytes] = [0, 0];
  for (const item of all) {
    const size = Buffer.byteLength(JSON.stringify(item)) + 1;
    if (count > 0 && (count >= MOST_ITEMS || bytes + size > budget * ITEMS_SHARE)) break;
    bytes += size;
    count++;
  }
  const inline = Math.max(1, Math.min(count, MOST_PREVIEWS));
  const room = (budget - bytes) / inline - PREVIEW_BYTES;
  const side = Math.floor(Math.sqrt(Math.max(0, room) / previewBytes(1, Math.max(1, bands))));
  return { items: all.slice(0, count), side: Math.max(SMALLEST_SIDE, Math.min(CHIP_SIDE, side)) };
}

/** A preview of a chip; bands of `look` that it does not have are left out. */
export function chipPreview(tensor: TensorLike, look: ChipLook, side: number): Preview {
  const { bands } = tensorFacts(tensor);
  const chosen = look.bands.filter((b) => b < bands);
  const validBands = look.rendering.bands.flatMap((i) => look.bands[i] ?? []).filter((b) => b < bands);
  return makePreview(tensor, { bands: chosen, validBands, side });
}

/** The chip of a slice, without pixels yet. */
export function sliceItem(slice: GeoSlice): ChipItem {
  const id = itemId(slice);
  const place = orNowhere(placeOfBounds(slice.bounds, slice.crs));
  const [startMicros, endMicros] = [wireMicros(slice.interval?.start), wireMicros(slice.interval?.end)];
  return {
    id,
    title: chipTitle(startMicros, endMicros, id),
    bbox: place.bbox,
    outline: place.outline,
    crs: slice.crs.canonical,
    transform: [...slice.transform],
    shape: [...slice.shape],
    startMicros,
    endMicros,
    validFraction: null,
    properties: {},
    preview: null,
    error: null,
  };
}

/** The date of a chip, or its id where it has none. */
export function chipTitle(startMicros: number | null, endMicros: number | null, id: string): string {
  return startMicros !== null && endMicros !== null ? timeSpan({ startMicros, endMicros }) : oneLine(id).slice(0, 40);
}

/** The chip of a tensor, without pixels. Ids are those that curation gives to the same tensor. */
export function tensorItem(tensor: TensorLike): ChipItem {
  const t = tensorFacts(tensor);
  const slice = sliceOfTensor(tensor);
  const base = slice ? sliceItem(slice) : null;
  const place = orNowhere(placeOfRaster(tensor.transform, t.height, t.width, tensor.crs));
  const id = base?.id ?? sha256(JSON.stringify([tensor.transform, tensor.shape, tensor.crs.canonical])).slice(0, 16);
  const start = base?.startMicros ?? wireMicros(tensor.times?.[0]);
  const end = base?.endMicros ?? wireMicros(tensor.times?.at(-1));
  return {
    id,
    title: chipTitle(start, end, id),
    bbox: place.bbox,
    outline: place.outline,
    crs: tensor.crs.canonical,
    transform: [...tensor.transform],
    shape: [t.height, t.width],
    startMicros: start,
    endMicros: end,
    validFraction: validShare(tensor),
    properties: { dtype: t.dtype },
    preview: null,
    error: null,
  };
}

/** Items with equal ids made different, so that views can tell them apart. */
export function withUniqueIds(items: readonly ChipItem[]): ChipItem[] {
  const seen = new Map<string, number>();
  return items.map((item) => {
    const n = seen.get(item.id) ?? 0;
    seen.set(item.id, n + 1);
    return n === 0 ? item : { ...item, id: `${item.id}-${n + 1}` };
  });
}

/** Tiles of a picture; all chips share one stretch, so that they can be compared. */
export function chipTiles(
  items: readonly ChipItem[],
  look: ChipLook,
  verdictOf: (id: string) => 'kept' | 'rejected' | null,
): ChipTile[] {
  const shown = items.slice(0, 32);
  const previews = shown.flatMap((i) => i.preview ?? []);
  const limits = look.rendering.bands.map((b) => centred(look.rendering.ramp, sharedLimits(previews, b)));
  return shown.map((item) => ({
    image: item.preview ? paintPreview(item.preview, look.rendering, limits) : null,
    caption: item.startMicros === null ? item.title : isoDay(item.startMicros),
    note: item.validFraction === null ? '' : percent(item.validFraction),
    error: item.error,
    verdict: verdictOf(item.id),
  }));
}

/** The text summary of chips: facts, then the first ones. */
export function chipsText(
  first: string,
  items: readonly ChipItem[],
  count: number,
  look: ChipLook,
  extra: readonly (readonly [string, string])[] = [],
): string[] {
  const sizes = [...new Set(items.map((i) => `${i.shape[1]} × ${i.shape[0]}`))];
  const crs = [...new Set(items.map((i) => i.crs.slice(0, 60)))];
  const few = (list: readonly string[]): string =>
    list.length <= 3 ? list.join(' · ') : `${list.slice(0, 3).join(' · ')} and ${list.length - 3} more`;
  const rows = items
    .slice(0, TEXT_ROWS)
    .map((i) => [
      i.id,
      i.startMicros === null ? null : i.title,
      `${i.shape[1]} × ${i.shape[0]}`,
      i.validFraction === null ? null : percent(i.validFraction),
      ...(i.error === null ? [] : [i.error]),
    ]);
  const failed = items.some((i) => i.error !== null);
  return [
    first,
    ...facts([
      ...extra,
      ['time', timeSpan(extentOf(items))],
      ['place', placeRange(unionOf(items.filter((i) => i.outline.length > 0).map((i) => i.bbox)))],
      ['CRS', few(crs)],
      ['size', few(sizes)],
      ['bands', look.bandNames.length === 0 ? '-' : look.bandNames.join(', ')],
    ]),
    ...(rows.length === 0
      ? []
      : ['', ...textTable(['id', 'date', 'size', 'valid', ...(failed ? ['error'] : [])], rows)]),
    ...(count > rows.length ? [`  … ${grouped(count - rows.length)} more`] : []),
  ];
}

/** "showing 5000 of 312 000 chips", or null. */
export function itemsTruncated(shown: number, count: number): string | null {
  return shown < count ? `showing ${grouped(shown)} of ${grouped(count)} chips` : null;
}

/** Everything a chip request may ask for. */
export function chipArgs(args: Readonly<Record<string, unknown>>): { readonly id: string; readonly side: number } {
  const id = typeof args['id'] === 'string' ? args['id'] : '';
  return { id, side: wholeArg(args['maxSize'], CHIP_SIDE, 16, DETAIL_SIDE) };
}

/** The bundle of an array of tensors; undefined when the array holds anything else, or nothing. */
export function displayTensors(values: readonly unknown[]): DisplayBundle | undefined {
  const [first] = values;
  if (!isTensor(first) || !values.every(isTensor)) return undefined;
  const tensors: readonly TensorLike[] = values;
  const look = chipLook(first);
  const all = withUniqueIds(tensors.map(tensorItem));
  const { items: kept, side } = planChips(all, look.bands.length);
  const items = kept.map((item, i) => {
    const tensor = tensors[i];
    return i < MOST_PREVIEWS && tensor ? { ...item, preview: chipPreview(tensor, look, side) } : item;
  });
  const title = plural(all.length, 'chip');
  const [interval, bbox] = [extentOf(all), unionOf(all.filter((i) => i.outline.length > 0).map((i) => i.bbox))];
  const name = currentHost()?.nameOf(values);
  const where = `${timeSpan(interval)}, ${placeRange(bbox)}`;
  return makeBundle({
    kind: 'chips',
    title,
    alt: `${title}, ${where}`,
    datasetId: itemsFingerprint(all.map((i) => i.id)),
    truncated: itemsTruncated(items.length, all.length),
    data: {
      count: all.length,
      bandNames: look.bandNames,
      rendering: look.rendering,
      items,
      curation: name === undefined ? null : { source: name, steps: [] },
    },
    picture: drawChipsPicture({
      title,
      subtitle: [
        ...(interval ? [timeSpan(interval)] : []),
        placeRange(bbox),
        look.bandNames.slice(0, 3).join(', '),
      ].join(' · '),
      tiles: chipTiles(items, look, () => null),
      count: all.length,
      counts: null,
      areas: null,
    }),
    text: chipsText(title, all, all.length, look),
    handler: answers({
      chip: (args) => {
        const { id, side: wanted } = chipArgs(args);
        const tensor = tensors[all.findIndex((i) => i.id === id)];
        if (!tensor) throw new Error(`there is no chip ${oneLine(id).slice(0, 40)}`);
        return { preview: chipPreview(tensor, look, wanted) };
      },
    }),
  });
}

function isTensor(value: unknown): value is TensorLike & { readonly [KIND]: 'tensor' } {
  return (
    isGeoTensor(value) || (typeof value === 'object' && value !== null && KIND in value && value[KIND] === 'tensor')
  );
}
