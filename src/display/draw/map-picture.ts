/** The picture of a map view: title, footprints on a quiet basemap, locator globe, timeline. */
import { drawGraticule, drawGraticuleLabels, drawGround, drawScaleBar } from './basemap.js';
import { boxCorners, Canvas, type Box, type Colour, type Point } from './canvas.js';
import { drawGlobe } from './globe.js';
import { drawText, fitText, textWidth } from './lettering.js';
import { rampColour } from '../wire/ramp.js';
import { ACCENT, BORDER, INK, MUTED, PAPER } from './theme.js';
import { drawDensity, type DrawnDensity } from './density.js';
import { drawTimeline, type Times } from './timeline.js';
import { fitView, outlinePixels, unionOf, type MapView } from './view.js';
import type { LonLatBox, Outline } from '../wire/payload.js';

/** One area on the map. */
export interface MapArea {
  readonly outline: Outline;
  readonly bbox: LonLatBox;
  /** Default: the accent colour. */
  readonly colour?: Colour;
}

/** What a map picture shows. */
export interface MapPicture {
  readonly title: string;
  readonly subtitle: string;
  readonly areas: readonly MapArea[];
  /** Null leaves the timeline out. */
  readonly timeline: { readonly marks: Times; readonly undatedText: string } | null;
  /** How many areas lie where, instead of the areas themselves. */
  readonly density?: DrawnDensity;
  /** Areas are in an order worth showing: colours run along viridis, first to last. */
  readonly inOrder?: boolean;
  /** Height in CSS pixels. */
  readonly height: number;
}

/** Width of every picture in CSS pixels. */
export const PICTURE_WIDTH = 720;
const PADDING = 12;
const HEADER = 46;
const TIMELINE = 58;
const GLOBE = 40;
const NARROW_GLOBE = 24;
/** Above so many areas only outlines are drawn; above the second number only so many of them. */
const MOST_FILLS = 2000;
const MOST_OUTLINES = 4000;
/** Areas narrower than this many pixels get a dot, or nobody would see them. */
const SMALLEST_AREA = 4;

/** Draws the border, the title and the muted line under it. */
export function drawFrame(canvas: Canvas, title: string, subtitle: string): void {
  const [w, h] = [canvas.width / 2, canvas.height / 2];
  canvas.stroke([boxCorners({ x: 0.5, y: 0.5, width: w - 1, height: h - 1 })], {
    colour: BORDER,
    width: 1,
    closed: true,
  });
  drawText(canvas, fitText(title, w - 2 * PADDING, 14), [PADDING, 21], { colour: INK, size: 14, bold: true });
  drawText(canvas, fitText(subtitle, w - 2 * PADDING, 10.5), [PADDING, 37], { colour: MUTED, size: 10.5 });
}

/** Draws a map picture; its device size is twice the CSS size. */
export function drawMapPicture(picture: MapPicture): Canvas {
  const canvas = new Canvas(PICTURE_WIDTH, picture.height, PAPER);
  drawFrame(canvas, picture.title, picture.subtitle);
  const below = picture.timeline ? TIMELINE : 0;
  const box: Box = {
    x: PADDING,
    y: HEADER,
    width: PICTURE_WIDTH - 2 * PADDING,
    height: picture.height - HEADER - below - PADDING,
  };
  drawMap(canvas, box, picture);
  if (picture.timeline) {
    const strip: Box = { x: PADDING, y: picture.height - TIMELINE - 2, width: box.width, height: TIMELINE - 6 };
    drawTimeline(canvas, strip, picture.timeline.marks, picture.timeline.undatedText);
  }
  return canvas;
}

/** Draws a map with its globe and border into a box of a picture. */
export function drawMap(canvas: Canvas, box: Box, map: Pick<MapPicture, 'areas' | 'inOrder' | 'density'>): void {
  const extent = map.density?.box ?? unionOf(map.areas.map((a) => a.bbox)) ?? [-180, -60, 180, 80];
  const isNarrow = box.width < 300;
  const view = fitView(extent, box, isNarrow ? 0.3 : undefined);
  const globe = isNarrow ? NARROW_GLOBE : GLOBE;
  canvas.clipped(box, () => {
    drawGround(canvas, view);
    drawGraticule(canvas, view);
    if (map.density) drawDensity(canvas, view, map.density);
    else drawAreas(canvas, view, map);
    drawGraticuleLabels(canvas, view);
    drawScaleBar(canvas, view, box.x + box.width - 10, box.y + box.height - 18);
    if (view.bounds[2] - view.bounds[0] < 90) {
      const isLeft =
        !map.inOrder && touchesGlobe(view, map.areas, globe, false) && !touchesGlobe(view, map.areas, globe, true);
      drawGlobe(canvas, globeCentre(box, globe, isLeft), globe, extent);
    }
    if (map.inOrder && map.areas.length > 1) drawOrderLegend(canvas, box, map.areas.length);
  });
  canvas.stroke([boxCorners(box)], { colour: BORDER, width: 1, closed: true });
}

function globeCentre(box: Box, radius: number, isLeft: boolean): Point {
  return [isLeft ? box.x + radius + 10 : box.x + box.width - radius - 10, box.y + radius + 10];
}

/** Whether an area would lie under a globe in the upper right (or left) corner. */
function touchesGlobe(view: MapView, areas: readonly MapArea[], radius: number, isLeft: boolean): boolean {
  const [x, y] = globeCentre(view.box, radius, isLeft);
  return areas.some(({ bbox: [w, s, e, n] }) => {
    const [x0, y0] = view.toPixel(w, n);
    const [x1, y1] = view.toPixel(e, s);
    return x0 < x + radius && x1 > x - radius && y0 < y + radius && y1 > y - radius;
  });
}

function drawAreas(canvas: Canvas, view: MapView, map: Pick<MapPicture, 'areas' | 'inOrder'>): void {
  const { areas } = map;
  const step = Math.max(1, Math.ceil(areas.length / MOST_OUTLINES));
  const shown = areas.flatMap((area, i) => {
    if (i % step !== 0) return [];
    const colour =
      area.colour ?? (map.inOrder ? rampColour('viridis', (i / Math.max(1, areas.length - 1)) * 0.9) : ACCENT);
    return [{ rings: outlinePixels(view, area.outline), colour, area }];
  });
  // Many footprints lie on each other: each gets less colour, so that stacks stay transparent.
  const alpha = Math.max(0.02, 0.24 / Math.max(1, overlap(areas)) ** 0.7);
  if (shown.length <= MOST_FILLS) for (const { rings, colour } of shown) canvas.fill(rings, colour, alpha);
  const width = shown.length > 300 ? 0.7 : shown.length > 60 ? 1 : 1.4;
  for (const { rings, colour, area } of shown) {
    const [x0, y0] = view.toPixel(area.bbox[0], area.bbox[3]);
    const [x1, y1] = view.toPixel(area.bbox[2], area.bbox[1]);
    if (x1 - x0 < SMALLEST_AREA && y1 - y0 < SMALLEST_AREA) {
      canvas.fillDisc([(x0 + x1) / 2, (y0 + y1) / 2], 3.4, PAPER, 0.9);
      canvas.fillDisc([(x0 + x1) / 2, (y0 + y1) / 2], 2.6, colour, 0.95);
    } else canvas.stroke(rings, { colour, width, closed: true, alpha: shown.length > 300 ? 0.35 : 0.9 });
  }
}

/** Mean number of areas at a place of the map: the sum of box areas over the area of their union box. */
function overlap(areas: readonly MapArea[]): number {
  const union = unionOf(areas.map((a) => a.bbox));
  if (!union) return 1;
  const size = ([w, s, e, n]: LonLatBox): number => (e - w) * (n - s);
  return areas.reduce((sum, a) => sum + size(a.bbox), 0) / Math.max(size(union), 1e-12);
}

function drawOrderLegend(canvas: Canvas, box: Box, count: number): void {
  const last = String(count);
  const [width, height] = [64 + textWidth(last, 9) + 26, 20];
  const at: Box = { x: box.x + 8, y: box.y + 8, width, height };
  canvas.fillRoundBox(at, 4, PAPER, 0.88);
  drawText(canvas, '1', [at.x + 7, at.y + 13.5], { colour: INK, size: 9 });
  for (let i = 0; i < 64; i++) {
    canvas.fillBox({ x: at.x + 15 + i, y: at.y + 7, width: 1, height: 6 }, rampColour('viridis', (i / 63) * 0.9));
  }
  drawText(canvas, last, [at.x + 85, at.y + 13.5], { colour: INK, size: 9 });
}
