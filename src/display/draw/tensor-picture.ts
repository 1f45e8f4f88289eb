/** The picture of a tensor: its image, how values became colours, and its facts. */
import { drawChecker, fitImage } from './chips-picture.js';
import { boxCorners, Canvas, reduced, type Box, type Colour, type RgbaImage } from './canvas.js';
import { drawGlobe } from './globe.js';
import { drawText, fitText } from './lettering.js';
import { drawFrame, PICTURE_WIDTH } from './map-picture.js';
import { rampColour } from '../wire/ramp.js';
import { ACCENT, BAD, BORDER, FAINT, GOOD, INK, MUTED, PAPER } from './theme.js';
import { bandValues, type Limits } from './pixels.js';
import { percent, shortNumber } from '../words.js';
import type { LonLatBox, Preview, Rendering } from '../wire/payload.js';

/** What a tensor picture shows. */
export interface TensorPicture {
  readonly title: string;
  readonly subtitle: string;
  readonly image: RgbaImage;
  readonly preview: Preview;
  readonly rendering: Rendering;
  readonly limits: readonly Limits[];
  readonly facts: readonly (readonly [label: string, value: string])[];
  /** For the locator globe; null when the image has no place on Earth. */
  readonly bbox: LonLatBox | null;
}

const PADDING = 12;
const TOP = 48;
/** Most CSS pixels of the image; at two device pixels per image pixel the PNG stays near 150 kB. */
const IMAGE: Box = { x: PADDING, y: TOP, width: 400, height: 300 };
const GLOBE = 42;
const BINS = 72;
const MOST_CLASSES = 12;

/** Draws a tensor picture. */
export function drawTensorPicture(picture: TensorPicture): Canvas {
  const { image, rendering } = picture;
  const room = Math.min(IMAGE.width / image.width, IMAGE.height / image.height);
  // One image pixel per CSS pixel at most: what a reader sees, at a quarter of the bytes of every device pixel.
  const shown =
    room < 1
      ? reduced(image, Math.round(image.width * room), Math.round(image.height * room), rendering.classes !== null)
      : image;
  const wide = fitImage(shown, IMAGE);
  const height = Math.max(wide.height, 210);
  const box: Box = { ...wide, x: PADDING, y: TOP };
  const canvas = new Canvas(PICTURE_WIDTH, TOP + height + PADDING, PAPER);
  drawFrame(canvas, picture.title, picture.subtitle);
  drawChecker(canvas, box);
  canvas.image(shown, box);
  canvas.stroke([boxCorners(box)], { colour: BORDER, width: 1, closed: true });
  const left = PADDING + Math.max(box.width, 200) + 20;
  const panel: Box = { x: left, y: TOP, width: PICTURE_WIDTH - PADDING - left, height };
  const y = rendering.classes
    ? drawClasses(canvas, panel, rendering.classes, picture.preview, rendering)
    : drawHistogram(canvas, panel, picture);
  let row = y + 18;
  for (const [label, value] of picture.facts) {
    if (row > TOP + height) break;
    const room = panel.width - 66 - (picture.bbox && row > TOP + height - 2 * GLOBE - 10 ? 2 * GLOBE + 12 : 0);
    drawText(canvas, label, [left, row], { colour: MUTED, size: 9.5 });
    drawText(canvas, fitText(value, room, 9.5), [left + 66, row], { colour: INK, size: 9.5 });
    row += 16;
  }
  if (picture.bbox)
    drawGlobe(canvas, [PICTURE_WIDTH - PADDING - GLOBE - 4, TOP + height - GLOBE - 4], GLOBE, picture.bbox);
  return canvas;
}

const CHANNELS: readonly Colour[] = [BAD, GOOD, ACCENT];

/** Distributions between the limits, with the ramp under a single band; returns the lower edge. */
function drawHistogram(canvas: Canvas, panel: Box, { preview, rendering, limits }: TensorPicture): number {
  const height = 62;
  const base = panel.y + height;
  canvas.fillBox({ ...panel, height }, FAINT, 0.35);
  const isRgb = rendering.bands.length === 3;
  rendering.bands.forEach((index, k) => {
    const band = preview.bands[index];
    if (!band) return;
    const [low, high] = limits[k] ?? [0, 1];
    const counts = new Float64Array(BINS);
    const mask = preview.valid === null ? null : Buffer.from(preview.valid, 'base64');
    bandValues(band).forEach((v, i) => {
      if (mask?.[i] === 0) return;
      const bin = Math.floor(((v - low) / (high - low)) * BINS);
      if (bin >= 0 && bin < BINS) counts[bin] = (counts[bin] ?? 0) + 1;
    });
    const most = Math.max(1, ...counts);
    const x = (i: number): number => panel.x + (panel.width * i) / BINS;
    const top = [...counts].map((n, i): readonly [number, number] => [x(i + 0.5), base - (n / most) * (height - 6)]);
    const colour = isRgb ? (CHANNELS[k] ?? ACCENT) : ACCENT;
    canvas.fill([[[panel.x, base], ...top, [panel.x + panel.width, base]]], colour, isRgb ? 0.16 : 0.25);
    canvas.stroke([top], { colour, width: 1.2 });
  });
  let y = base;
  if (!isRgb) {
    const steps = Math.round(panel.width * 2);
    for (let i = 0; i < steps; i++) {
      canvas.fillBox(
        { x: panel.x + i / 2, y: base + 3, width: 0.5, height: 8 },
        rampColour(rendering.ramp, i / (steps - 1)),
      );
    }
    y += 12;
  }
  rendering.bands.forEach((index, k) => {
    const [low, high] = limits[k] ?? [0, 1];
    const name = preview.bands[index]?.name ?? '';
    y += 13;
    if (isRgb) canvas.fillDisc([panel.x + 4, y - 3.5], 3, CHANNELS[k] ?? ACCENT);
    drawText(canvas, fitText(name, panel.width * 0.5, 9.5), [panel.x + (isRgb ? 12 : 0), y], {
      colour: INK,
      size: 9.5,
    });
    const range = `${shortNumber(Number(low.toPrecision(4)))} … ${shortNumber(Number(high.toPrecision(4)))}`;
    drawText(canvas, range, [panel.x + panel.width, y], { colour: MUTED, size: 9.5, align: 'right' });
  });
  return y;
}

/** A legend of the classes that occur, with their share; returns the lower edge. */
function drawClasses(
  canvas: Canvas,
  panel: Box,
  classes: NonNullable<Rendering['classes']>,
  preview: Preview,
  rendering: Rendering,
): number {
  const band = preview.bands[rendering.bands[0] ?? 0];
  const mask = preview.valid === null ? null : Buffer.from(preview.valid, 'base64');
  const counts = new Map<number, number>();
  let total = 0;
  if (band) {
    bandValues(band).forEach((v, i) => {
      if (mask?.[i] === 0) return;
      counts.set(Math.round(v), (counts.get(Math.round(v)) ?? 0) + 1);
      total++;
    });
  }
  const present = classes
    .filter((c) => counts.has(c.value))
    .sort((a, b) => (counts.get(b.value) ?? 0) - (counts.get(a.value) ?? 0));
  let y = panel.y - 4;
  for (const c of present.slice(0, MOST_CLASSES)) {
    y += 15;
    const n = Number.parseInt(c.colour.slice(1), 16);
    const swatch: Box = { x: panel.x, y: y - 8, width: 12, height: 9 };
    canvas.fillBox(swatch, [n >> 16, (n >> 8) & 255, n & 255]);
    canvas.stroke([boxCorners(swatch)], { colour: MUTED, width: 0.6, closed: true });
    drawText(canvas, fitText(c.name, panel.width - 70, 9.5), [panel.x + 19, y], { colour: INK, size: 9.5 });
    drawText(canvas, percent((counts.get(c.value) ?? 0) / total), [panel.x + panel.width, y], {
      colour: MUTED,
      size: 9.5,
      align: 'right',
    });
  }
  if (present.length > MOST_CLASSES) {
    y += 14;
    drawText(canvas, `and ${present.length - MOST_CLASSES} more`, [panel.x + 19, y], { colour: MUTED, size: 9 });
  }
  return y + 4;
}
