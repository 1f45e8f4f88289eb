/** How a tensor shows itself: an image with real values, its place, and how values became colours. */
import { affineResolution, sha256, type Affine, type DisplayBundle } from '../core/index.js';
import { answers, makeBundle, payloadBudget, wholeArg } from './bundle.js';
import { paintPreview, statsLimits } from './draw/pixels.js';
import { drawTensorPicture } from './draw/tensor-picture.js';
import { resolutionText } from './geoslice.js';
import { planeOffset, tensorFacts, type TensorLike } from './objects.js';
import { orNowhere, placeOfRaster, rasterCorners } from './place.js';
import { rowStep, validShare } from './plane.js';
import { makePreview, previewBytes } from './preview.js';
import { classBands, tensorRendering } from './tensor-classes.js';
import { tensorSpan, tensorText, tensorUnits } from './tensor-words.js';
import { levelsFor, makeTile } from './tile.js';
import type { LonLat, LonLatBox, Preview, Rendering, TensorData } from './wire/payload.js';
import { centred } from './wire/ramp.js';
import { oneLine, percent, placeRange, plural } from './words.js';

/** Most preview pixels a side of a tensor. */
const SIDE = 512;
/** Most bands inside a payload; the first ones, so that indices stay those of the tensor. */
const MOST_BANDS = 16;
const MOST_FRAMES = 24;
/** Below this side further frames are not worth their bytes. */
const SMALLEST_FRAME = 64;
/** Preview pixels a side that the picture is made from; it shows 400 CSS pixels of them. */
const PICTURE_SIDE = 480;
/** Bytes of an array that its fingerprint is made of; of larger arrays as many evenly spaced pieces. */
const HASHED_BYTES = 1 << 26;
const PIECE_BYTES = 1 << 16;

/** The bytes that stand for an array in a fingerprint. */
function hashedBytes(a: ArrayBufferView): Uint8Array {
  const bytes = new Uint8Array(a.buffer, a.byteOffset, a.byteLength);
  if (bytes.length <= HASHED_BYTES) return bytes;
  const pieces = HASHED_BYTES / PIECE_BYTES;
  const out = new Uint8Array(HASHED_BYTES);
  for (let k = 0; k < pieces; k++) {
    const at = Math.floor((k * (bytes.length - PIECE_BYTES)) / (pieces - 1));
    out.set(bytes.subarray(at, at + PIECE_BYTES), k * PIECE_BYTES);
  }
  return out;
}

/** `sha256:` of values (of very large arrays an even part of them), validity and georeferencing. */
export function tensorFingerprint(tensor: TensorLike): string {
  const { values, valid } = tensor;
  const parts = [
    sha256(hashedBytes(values)),
    valid ? sha256(hashedBytes(valid)) : '',
    JSON.stringify([tensor.shape, tensor.transform, tensor.crs.canonical]),
  ];
  return `sha256:${sha256(parts.join('|'))}`;
}

/** North-west … south-west of a place that may not exist. */
export function cornersOrZero(
  transform: Affine,
  height: number,
  width: number,
  tensor: TensorLike,
): TensorData['corners'] {
  const zero: LonLat = [0, 0];
  return rasterCorners(transform, height, width, tensor.crs) ?? [zero, zero, zero, zero];
}

/** Frames and bands that fit a payload, and the side of their previews. */
function inlinePlan(
  bands: number,
  frames: number,
  rendering: Rendering,
): { bands: number[]; frames: number; side: number } {
  const count = Math.min(bands, Math.max(MOST_BANDS, ...rendering.bands.map((b) => b + 1)));
  const needed = Math.max(1, ...rendering.bands.map((b) => b + 1));
  const list = (n: number): number[] => Array.from({ length: n }, (_, i) => i);
  const side = (n: number, f: number): number =>
    Math.floor(Math.sqrt((payloadBudget() * 0.97) / (previewBytes(1, n) * f)));
  const shownFrames = Math.min(frames, MOST_FRAMES);
  if (frames > 1 && side(needed, shownFrames) >= SMALLEST_FRAME) {
    return { bands: list(needed), frames: shownFrames, side: Math.min(SIDE, side(needed, shownFrames)) };
  }
  return { bands: list(count), frames: 1, side: Math.min(SIDE, side(count, 1)) };
}

/** The bundle of a tensor. */
export function displayTensor(tensor: TensorLike): DisplayBundle {
  const t = tensorFacts(tensor);
  const rendering = tensorRendering(tensor);
  const plan = inlinePlan(t.bands, t.frames, rendering);
  const request = { bands: plan.bands, validBands: rendering.bands, side: plan.side };
  const frames = Array.from({ length: plan.frames }, (_, frame): Preview => makePreview(tensor, { ...request, frame }));
  const preview = frames[0] ?? makePreview(tensor, request);
  const place = orNowhere(placeOfRaster(tensor.transform, t.height, t.width, tensor.crs));
  const validFraction = validShare(tensor);
  const units = tensorUnits(tensor);
  const others = classBands(tensor, rendering);
  const levels = levelsFor(preview.step);
  const statsEvery = rowStep(t.height, t.width, preview.height);
  const data: TensorData = {
    crs: tensor.crs.canonical,
    transform: [...tensor.transform],
    dims: [...tensor.dims],
    shape: [...tensor.shape],
    dtype: t.dtype,
    bandNames: t.bandNames.map(oneLine),
    validFraction,
    corners: cornersOrZero(tensor.transform, t.height, t.width, tensor),
    bbox: place.bbox,
    times: tensor.times ? [...tensor.times] : null,
    preview,
    rendering,
    ...(frames.length > 1 ? { frames } : {}),
    ...(units ? { units } : {}),
    ...(others ? { classBands: others } : {}),
    ...(levels > 0 ? { levels } : {}),
    ...(statsEvery > 1 ? { statsEvery } : {}),
  };
  const bandsText = t.bands === 1 ? (t.isNamed ? (t.bandNames[0] ?? '1 band') : '1 band') : plural(t.bands, 'band');
  const title = `${t.width} × ${t.height} pixels, ${oneLine(bandsText)}, ${t.dtype}`;
  const where = place.outline.length === 0 ? 'no place in longitude and latitude' : placeRange(place.bbox);
  const left = [
    ...(plan.bands.length < t.bands ? [`${plan.bands.length} of ${t.bands} bands`] : []),
    ...(t.frames > plan.frames ? [`${plan.frames} of ${t.frames} dates`] : []),
  ];
  const span = tensorSpan(tensor);
  const resolution = resolutionText(affineResolution(tensor.transform), tensor.crs.unit);
  const text: (readonly [string, string])[] = [
    ['dims', `${tensor.dims.join(', ')} = ${tensor.shape.join(' × ')}`],
    ...(span === '' ? [] : [['time', span] as const]),
    ['place', where],
    ['CRS', tensor.crs.canonical.slice(0, 80)],
    ['pixel', resolution],
    ['valid', percent(validFraction)],
  ];
  return makeBundle({
    kind: 'tensor',
    title,
    alt: `Image of ${title}, ${percent(validFraction)} valid, ${where}`,
    datasetId: tensorFingerprint(tensor),
    truncated: left.length === 0 ? null : `showing ${left.join(' and ')}`,
    data,
    picture: tensorPicture(
      tensor,
      preview,
      title,
      [span, where, data.crs.slice(0, 40)].filter(Boolean).join(' · '),
      rendering,
      place.outline.length === 0 ? null : place.bbox,
      [
        ['pixel', resolution],
        ['valid', percent(validFraction)],
        ['dims', tensor.shape.join(' × ')],
        ['dtype', t.dtype],
        ['bands', t.bandNames.map(oneLine).join(', ')],
      ],
    ),
    text: tensorText(tensor, title, text, preview),
    handler: answers({
      bands: (args) => {
        const wanted = Array.isArray(args['bands'])
          ? args['bands'].filter((b): b is number => Number.isInteger(b) && b >= 0 && b < t.bands)
          : [];
        const frame = wholeArg(args['frame'], 0, 0, t.frames - 1);
        const asked = { bands: wanted.slice(0, 8), frame, side: plan.side, ownValidity: true };
        return { bands: makePreview(tensor, asked).bands };
      },
      chip: (args) => {
        const frame = wholeArg(args['frame'], 0, 0, t.frames - 1);
        return { preview: makePreview(tensor, { ...request, frame, side: wholeArg(args['maxSize'], SIDE, 16, 1024) }) };
      },
      tile: (args) => makeTile(tensor, args),
      detail: (args) => pixelDetail(tensor, args),
    }),
  });
}

/** Values of all bands at one pixel: `{ row, column, values }`, null where invalid. */
function pixelDetail(tensor: TensorLike, args: Readonly<Record<string, unknown>>): unknown {
  const t = tensorFacts(tensor);
  const row = wholeArg(args['row'], 0, 0, t.height - 1);
  const column = wholeArg(args['column'], 0, 0, t.width - 1);
  const frame = wholeArg(args['frame'], 0, 0, t.frames - 1);
  const values = t.bandNames.map((name, band) => {
    const i = planeOffset(tensor, frame, band) + row * t.width + column;
    const v = tensor.values[i] ?? NaN;
    return { band: oneLine(name), value: tensor.valid?.[i] === 0 || !Number.isFinite(v) ? null : v };
  });
  return { row, column, values };
}

function tensorPicture(
  tensor: TensorLike,
  preview: Preview,
  title: string,
  subtitle: string,
  rendering: Rendering,
  bbox: LonLatBox | null,
  lines: readonly (readonly [string, string])[],
): ReturnType<typeof drawTensorPicture> {
  // Only the drawn bands, so that their indices are 0, 1, 2.
  const isFine = preview.step === 1 || Math.max(preview.width, preview.height) >= PICTURE_SIDE;
  const shown = isFine
    ? { ...preview, bands: rendering.bands.flatMap((b) => preview.bands[b] ?? []) }
    : makePreview(tensor, { bands: rendering.bands, side: PICTURE_SIDE });
  const own: Rendering = { ...rendering, bands: rendering.bands.map((_, i) => i) };
  const limits = own.bands.map((b) => centred(own.ramp, statsLimits(shown, b)));
  return drawTensorPicture({
    title,
    subtitle,
    image: paintPreview(shown, own, limits),
    preview: shown,
    rendering: own,
    limits,
    facts: lines,
    bbox,
  });
}
