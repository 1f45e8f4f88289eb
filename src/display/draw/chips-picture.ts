/** The picture of a chip grid: images with date and valid share, verdicts as marks. */
import { arc, boxCorners, Canvas, SCALE, type Box, type Colour, type Point, type RgbaImage } from './canvas.js';
import { drawText, fitText, textWidth } from './lettering.js';
import { drawFrame, drawMap, PICTURE_WIDTH, type MapArea } from './map-picture.js';
import { ACCENT, BAD, BORDER, CHECK_DARK, CHECK_LIGHT, FAINT, GOOD, INK, MUTED, PAPER } from './theme.js';
import { grouped } from '../words.js';

/** One tile of the grid. */
export interface ChipTile {
  readonly image: RgbaImage | null;
  readonly caption: string;
  readonly note: string;
  /** Why there is no image. */
  readonly error: string | null;
  readonly verdict: 'kept' | 'rejected' | null;
}

/** What a chip picture shows. */
export interface ChipsPicture {
  readonly title: string;
  readonly subtitle: string;
  /** The first chips; those that do not fit are counted. */
  readonly tiles: readonly ChipTile[];
  readonly count: number;
  /** Verdicts so far; null when nothing is being curated. */
  readonly counts: { readonly kept: number; readonly rejected: number; readonly undecided: number } | null;
  /** A map beside the grid; null leaves it out. */
  readonly areas: readonly MapArea[] | null;
}

const PADDING = 12;
const GAP = 8;
const CAPTION = 26;
const TOP = 48;
const MOST_ROWS = 3;
const MAP_WIDTH = 236;

/** Draws light squares where there is no data. */
export function drawChecker(canvas: Canvas, box: Box, size = 5): void {
  canvas.fillBox(box, CHECK_LIGHT);
  const [rows, columns] = [Math.ceil(box.height / size), Math.ceil(box.width / size)];
  canvas.clipped(box, () => {
    for (let r = 0; r < rows; r++) {
      for (let c = r % 2; c < columns; c += 2) {
        canvas.fillBox({ x: box.x + c * size, y: box.y + r * size, width: size, height: size }, CHECK_DARK);
      }
    }
  });
}

/** The box of an image inside another: whole device pixels per image pixel where it fits, centred. */
export function fitImage(image: { readonly width: number; readonly height: number }, box: Box): Box {
  const room = Math.min(box.width / image.width, box.height / image.height);
  const whole = Math.floor(room * SCALE) / SCALE;
  // A whole factor keeps pixels equal in size; it may leave at most a fifth of the box empty.
  const factor = whole > room * 0.8 ? whole : room;
  const [width, height] = [image.width * factor, image.height * factor];
  const snap = (v: number): number => Math.round(v * SCALE) / SCALE;
  return { x: snap(box.x + (box.width - width) / 2), y: snap(box.y + (box.height - height) / 2), width, height };
}

/** Draws a chip picture. */
export function drawChipsPicture(picture: ChipsPicture): Canvas {
  const { tiles, count, counts, areas } = picture;
  const left = PADDING + (areas ? MAP_WIDTH + PADDING : 0);
  const room = PICTURE_WIDTH - PADDING - left;
  const perRow = tiles.length <= 4 ? Math.max(areas ? 2 : 3, Math.min(4, tiles.length)) : areas ? 4 : 7;
  const columns = Math.max(1, Math.min(perRow, areas ? 4 : 7));
  const tile = Math.floor((room - GAP * (columns - 1)) / columns);
  const shown = tiles.slice(0, columns * MOST_ROWS);
  const rows = Math.max(1, Math.ceil(shown.length / columns));
  const bar = counts ? 24 : 0;
  const more = count > shown.length ? 16 : 0;
  const tall = Math.round(tile * tallness(shown));
  const grid = rows * (tall + CAPTION) - 4;
  const canvas = new Canvas(PICTURE_WIDTH, Math.max(TOP + bar + grid + more + PADDING, areas ? 300 : 0), PAPER);
  drawFrame(canvas, picture.title, picture.subtitle);
  const cssHeight = canvas.height / SCALE;
  if (counts) drawVerdictBar(canvas, { x: PADDING, y: TOP, width: PICTURE_WIDTH - 2 * PADDING, height: 6 }, counts);
  if (areas)
    drawMap(canvas, { x: PADDING, y: TOP + bar, width: MAP_WIDTH, height: cssHeight - TOP - bar - PADDING }, { areas });
  if (shown.length === 0) drawText(canvas, 'no chips', [left, TOP + bar + 20], { colour: MUTED });
  shown.forEach((chip, i) => {
    const box: Box = {
      x: left + (i % columns) * (tile + GAP),
      y: TOP + bar + Math.floor(i / columns) * (tall + CAPTION),
      width: tile,
      height: tall,
    };
    drawTile(canvas, box, chip);
  });
  if (more > 0) {
    const text = `and ${grouped(count - shown.length)} more`;
    drawText(canvas, text, [PICTURE_WIDTH - PADDING, cssHeight - 9], { colour: MUTED, size: 10, align: 'right' });
  }
  return canvas;
}

/** Height of tiles by width: that of the tallest image, from a half to one. */
function tallness(tiles: readonly ChipTile[]): number {
  const ratios = tiles.flatMap(({ image }) => (image ? [image.height / image.width] : []));
  return ratios.length === 0 ? 1 : Math.min(1, Math.max(0.5, ...ratios));
}

function drawTile(canvas: Canvas, box: Box, chip: ChipTile): void {
  const { x, y, width, height } = box;
  if (chip.image) {
    drawChecker(canvas, box);
    canvas.clipped(box, () => {
      if (chip.image) canvas.image(chip.image, coverBox(chip.image, box));
      if (chip.verdict === 'rejected') {
        canvas.fillBox(box, PAPER, 0.55);
        const lines = Array.from({ length: Math.ceil((width + height) / 9) }, (_, k): Point[] => [
          [x + k * 9, y],
          [x + k * 9 - height, y + height],
        ]);
        canvas.stroke(lines, { colour: BAD, width: 1, alpha: 0.5 });
      }
    });
  } else {
    canvas.fillBox(box, FAINT, 0.6);
    const words = chip.error ?? 'on demand';
    drawText(canvas, fitText(words, width - 8, 9), [x + width / 2, y + height / 2 + 3], {
      colour: chip.error ? BAD : MUTED,
      size: 9,
      align: 'center',
    });
  }
  const edge: Colour = chip.verdict === 'kept' ? GOOD : chip.verdict === 'rejected' ? BAD : BORDER;
  canvas.stroke([boxCorners(box)], { colour: edge, width: chip.verdict ? 2 : 1, closed: true });
  if (chip.verdict) drawMark(canvas, [x + width - 11, y + 11], chip.verdict);
  const used = chip.note === '' ? 0 : textWidth(chip.note, 8.5) + 6;
  drawText(canvas, fitText(chip.caption, width - used, 9.5), [x, y + height + 12], { colour: INK, size: 9.5 });
  drawText(canvas, chip.note, [x + width, y + height + 12], { colour: MUTED, size: 8.5, align: 'right' });
}

/** Images fill their tile when square enough, and are shown whole when long. */
function coverBox(image: RgbaImage, box: Box): Box {
  const aspect = (image.width / image.height) * (box.height / box.width);
  if (aspect < 0.9 || aspect > 1.1) return fitImage(image, box);
  const factor = Math.max(box.width / image.width, box.height / image.height);
  const [width, height] = [image.width * factor, image.height * factor];
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}

/** A check or a cross in a disc: verdicts are never told by colour alone. */
function drawMark(canvas: Canvas, [x, y]: Point, verdict: 'kept' | 'rejected'): void {
  const colour = verdict === 'kept' ? GOOD : BAD;
  canvas.fill([arc([x, y], 8, 0, 2 * Math.PI)], PAPER, 0.95);
  canvas.fill([arc([x, y], 6.6, 0, 2 * Math.PI)], colour);
  const strokes: Point[][] =
    verdict === 'kept'
      ? [
          [
            [x - 3, y + 0.2],
            [x - 0.9, y + 2.4],
            [x + 3.2, y - 2.4],
          ],
        ]
      : [
          [
            [x - 2.5, y - 2.5],
            [x + 2.5, y + 2.5],
          ],
          [
            [x - 2.5, y + 2.5],
            [x + 2.5, y - 2.5],
          ],
        ];
  canvas.stroke(strokes, { colour: PAPER, width: 1.6 });
}

function drawVerdictBar(canvas: Canvas, box: Box, counts: NonNullable<ChipsPicture['counts']>): void {
  const total = Math.max(1, counts.kept + counts.rejected + counts.undecided);
  const parts = [
    { n: counts.kept, label: 'kept', colour: GOOD },
    { n: counts.undecided, label: 'undecided', colour: BORDER },
    { n: counts.rejected, label: 'rejected', colour: BAD },
  ];
  let x = box.x;
  let text = box.x;
  for (const part of parts) {
    const width = (box.width * part.n) / total;
    if (width > 0) canvas.fillBox({ ...box, x, width }, part.colour);
    x += width;
    canvas.fillDisc([text + 4, box.y + 13.5], 3.2, part.colour);
    text +=
      11 +
      drawText(canvas, `${grouped(part.n)} ${part.label}`, [text + 11, box.y + 17], { colour: MUTED, size: 9.5 }) +
      16;
  }
  canvas.stroke([boxCorners(box)], { colour: ACCENT, width: 0.5, alpha: 0.15, closed: true });
}
