/** Draws an image as a camera sees it: the preview below, tiles above, single pixels crisp, invalid ones see-through. */
import { TILE_SIDE } from '../../src/display/wire/tile.js';
import type { Preview } from '../../src/display/wire/payload.js';
import { levelOf, toView, visible, type Camera, type Size } from './camera.js';
import { paint, paintInvalid, type Classes, type Look } from './draw.js';
import type { Limits } from './stretch.js';
import { tileCount, tilesIn, type TileKey, type TileStore } from './tiles.js';

/** Painted tiles that are kept, 256 kB each. */
const MOST_PAINTED = 160;
/** Levels coarser than the wanted one that stand in while it comes. */
const STAND_INS = 3;
/** Most tiles of one view; more would mean a level too fine. */
const MOST_TILES = 64;
/** A level is worth asking for when its pixels are this much smaller than those of the preview. */
const FINER = 0.9;
/** Pixels that stand for several are smoothed until they are enlarged this much; real ones are always squares. */
const SMOOTHED = 4;
/** Distance of the hatching of the mask overlay, in CSS pixels. */
const HATCH = 8;
/** How much of it is stripe. */
const STRIPE = 0.25;

export type Rgb = readonly [number, number, number];

/** What one date of an image looks like. */
export interface Layer {
  readonly preview: Preview;
  /** Positions in `preview.bands`. */
  readonly look: Look;
  /** The same bands by their index in the tensor. */
  readonly bands: readonly number[];
  readonly frame: number;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
}

export interface Scene {
  readonly image: Size;
  readonly camera: Camera;
  readonly view: Size;
  readonly deviceRatio: number;
  /** Levels of tiles, 0 when there are none beyond the preview. */
  readonly levels: number;
  readonly tiles: TileStore | null;
}

type Painter = (preview: Preview, look: Look, layer: Layer) => Uint8ClampedArray<ArrayBuffer>;
const inColour: Painter = (preview, look, layer) => paint(preview, look, layer.limits, layer.classes);
const asMask: Painter = (preview, look) => paintInvalid(preview, look);

/** Pictures of previews and tiles under a look, the latest ones kept. */
class Painted {
  readonly #byPreview = new Map<Preview, { readonly key: string; readonly canvas: HTMLCanvasElement }>();
  readonly #painter: Painter;

  constructor(painter: Painter) {
    this.#painter = painter;
  }

  of(preview: Preview, look: Look, layer: Layer): HTMLCanvasElement {
    const key = JSON.stringify([look.bands, look.ramp, layer.limits, layer.classes?.length ?? 0]);
    const known = this.#byPreview.get(preview);
    if (known?.key === key) return known.canvas;
    const canvas = known?.canvas ?? document.createElement('canvas');
    canvas.width = preview.width;
    canvas.height = preview.height;
    const pixels = new ImageData(this.#painter(preview, look, layer), preview.width, preview.height);
    canvas.getContext('2d')?.putImageData(pixels, 0, 0);
    this.#byPreview.delete(preview);
    this.#byPreview.set(preview, { key, canvas });
    for (const oldest of this.#byPreview.keys()) {
      if (this.#byPreview.size <= MOST_PAINTED) break;
      this.#byPreview.delete(oldest);
    }
    return canvas;
  }
}

/** Finer level than the preview that the camera asks for, or null when the preview is fine enough. */
export function wantedLevel({ camera, levels, deviceRatio, image, view }: Scene, preview: Preview): number | null {
  if (levels === 0) return null;
  let z = levelOf(camera.scale, deviceRatio, levels);
  const part = visible(camera, image, view);
  while (tileCount(part, z) > MOST_TILES) z++;
  return 2 ** z < preview.step * FINER ? z : null;
}

/** The tiles that a layer needs under a camera, in the order in which they should come. */
export function wantedTiles(scene: Scene, layer: Layer): TileKey[] {
  const z = wantedLevel(scene, layer.preview);
  if (z === null) return [];
  const { frame } = layer;
  return tilesIn(visible(scene.camera, scene.image, scene.view), z).flatMap(({ x, y }) =>
    [...new Set(layer.bands)].map((band) => ({ frame, band, z, x, y })),
  );
}

/** Draws layers onto one canvas, each from its own left edge (in CSS pixels) to that of the next. */
export class ScenePainter {
  readonly #colours = new Painted(inColour);
  readonly #masks = new Painted(asMask);
  #maskCanvas: HTMLCanvasElement | null = null;

  draw(
    canvas: HTMLCanvasElement,
    scene: Scene,
    parts: readonly { readonly layer: Layer; readonly from: number }[],
    hatch: Rgb | null,
  ): void {
    const { view, deviceRatio } = scene;
    const [width, height] = [Math.round(view.width * deviceRatio), Math.round(view.height * deviceRatio)];
    const context = fresh(canvas, width, height);
    if (!context) return;
    parts.forEach(({ layer, from }, i) => {
      const to = parts[i + 1]?.from ?? view.width;
      const left = Math.round(from * deviceRatio);
      context.save();
      context.beginPath();
      context.rect(left, 0, Math.round(to * deviceRatio) - left, height);
      context.clip();
      drawPieces(context, scene, layer, this.#colours);
      if (hatch !== null) {
        this.#maskCanvas ??= document.createElement('canvas');
        const mask = fresh(this.#maskCanvas, width, height);
        if (mask) {
          drawPieces(mask, scene, layer, this.#masks);
          drawHatch(mask, width, height, Math.round(HATCH * deviceRatio), hatch);
          context.drawImage(this.#maskCanvas, 0, 0);
        }
      }
      context.restore();
    });
  }
}

function fresh(canvas: HTMLCanvasElement, width: number, height: number): CanvasRenderingContext2D | null {
  // Setting a size clears the canvas, but makes a new buffer too.
  if (canvas.width !== width) canvas.width = width;
  if (canvas.height !== height) canvas.height = height;
  const context = canvas.getContext('2d');
  context?.clearRect(0, 0, width, height);
  return context;
}

function drawPieces(context: CanvasRenderingContext2D, scene: Scene, layer: Layer, painted: Painted): void {
  const { camera, image, view, tiles, levels } = scene;
  const part = visible(camera, image, view);
  const isSmooth = layer.classes === null;
  context.save();
  const whole = rectOf(scene, 0, 0, image.width, image.height);
  context.beginPath();
  context.rect(...whole);
  context.clip();
  const base = painted.of(layer.preview, layer.look, layer);
  drawPart(context, scene, base, [0, 0, image.width, image.height], part, isSmooth);
  const z = wantedLevel(scene, layer.preview);
  if (tiles && z !== null) {
    const look: Look = { ...layer.look, bands: layer.bands.map((_, i) => i) };
    for (let level = Math.min(levels, z + STAND_INS); level >= z; level--) {
      for (const { x, y } of tilesIn(part, level)) {
        const piece = tiles.piece(layer.frame, layer.bands, level, x, y);
        if (!piece) continue;
        const side = TILE_SIDE * 2 ** level;
        const box = [
          x * side,
          y * side,
          x * side + piece.width * 2 ** level,
          y * side + piece.height * 2 ** level,
        ] as const;
        context.clearRect(...rectOf(scene, ...box));
        drawPart(context, scene, painted.of(piece, look, layer), box, part, isSmooth);
      }
    }
  }
  context.restore();
}

type Box = readonly [left: number, top: number, right: number, bottom: number];

/** Device pixels of a box of source pixels, on whole pixels so that neighbours have no seam. */
function rectOf(
  { camera, image, view, deviceRatio }: Scene,
  ...[x0, y0, x1, y1]: Box
): [number, number, number, number] {
  const [left, top] = toView(camera, x0, y0, image, view).map((v) => Math.round(v * deviceRatio)) as [number, number];
  const [right, bottom] = toView(camera, x1, y1, image, view).map((v) => Math.round(v * deviceRatio)) as [
    number,
    number,
  ];
  return [left, top, Math.max(1, right - left), Math.max(1, bottom - top)];
}

/** Draws of a picture over `box` what lies in `part`: enlarged pixels are squares, reduced ones are averaged. */
function drawPart(
  context: CanvasRenderingContext2D,
  scene: Scene,
  picture: HTMLCanvasElement,
  box: Box,
  part: Box,
  isSmooth: boolean,
): void {
  const [px, py] = [(box[2] - box[0]) / picture.width, (box[3] - box[1]) / picture.height];
  const c0 = Math.max(0, Math.floor((part[0] - box[0]) / px));
  const r0 = Math.max(0, Math.floor((part[1] - box[1]) / py));
  const c1 = Math.min(picture.width, Math.ceil((part[2] - box[0]) / px));
  const r1 = Math.min(picture.height, Math.ceil((part[3] - box[1]) / py));
  if (c1 <= c0 || r1 <= r0) return;
  const to = rectOf(scene, box[0] + c0 * px, box[1] + r0 * py, box[0] + c1 * px, box[1] + r1 * py);
  const enlarged = to[2] / (c1 - c0);
  context.imageSmoothingEnabled = enlarged < 1 || (isSmooth && px > 1 && enlarged < SMOOTHED);
  context.imageSmoothingQuality = 'medium';
  context.drawImage(picture, c0, r0, c1 - c0, r1 - r0, ...to);
}

/** Turns what was drawn into stripes of a colour over a light veil. */
function drawHatch(context: CanvasRenderingContext2D, width: number, height: number, side: number, colour: Rgb): void {
  const tile = document.createElement('canvas');
  tile.width = side;
  tile.height = side;
  const pixels = new ImageData(side, side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      pixels.data.set([...colour, (x + y) % side < side * STRIPE ? 235 : 55], (y * side + x) * 4);
  tile.getContext('2d')?.putImageData(pixels, 0, 0);
  const pattern = context.createPattern(tile, 'repeat');
  if (!pattern) return;
  context.save();
  context.globalCompositeOperation = 'source-in';
  context.fillStyle = pattern;
  context.fillRect(0, 0, width, height);
  context.restore();
}
