/** Burns geometries into a grid, one after another. */
import type { Bounds, PointTransform } from '../../core/index.js';
import type { Geometry } from 'geojson';
import { burnLine, burnPoints, burnTouched } from './burn-line.js';
import { PolygonFiller, type Canvas } from './burn-polygon.js';
import { clippedBox } from './clipped-box.js';
import { LINE, PixelShapes, POINTS } from './pixel-shapes.js';
import { checkGrid, inverseLikeGdal, type RasterGrid } from './raster-grid.js';

const MAX_UINT8 = 255;

/** Bytes by fours, as far as they go; null where they do not begin on a word. */
function wordsOf(values: Uint8Array | Int32Array): Int32Array | null {
  if (!(values instanceof Uint8Array) || values.byteOffset % 4 !== 0) return null;
  return new Int32Array(values.buffer, values.byteOffset, values.length >> 2);
}

/**
 * A class or id raster under construction: Uint8, and Int32 from the first value above 255 on.
 *
 * Set a geometry, look whether it meets the grid, burn it.
 */
export class Burner {
  readonly #canvas: Canvas;
  readonly #shapes: PixelShapes;
  readonly #filler = new PolygonFiller();
  readonly #allTouched: boolean;

  /** Burns into `values`, else into new ones. @throws {@link ArgumentError} `bad-grid`; {@link TransformError} `singular`. */
  constructor(grid: RasterGrid, allTouched: boolean, values?: Uint8Array | Int32Array) {
    const { height, width, transform, crs } = checkGrid(grid);
    const canvas = values ?? new Uint8Array(width * height);
    this.#canvas = { values: canvas, words: wordsOf(canvas), width, height };
    this.#shapes = new PixelShapes({ inverse: inverseLikeGdal(transform), crs });
    this.#allTouched = allTouched;
  }

  get values(): Uint8Array | Int32Array {
    return this.#canvas.values;
  }

  /** Takes a geometry; `project` brings it into the grid's CRS (null: it is in it); `name` is that of its feature; `shifts` in x as in, and errors of, {@link PixelShapes.set}. */
  set(geometry: Geometry | null, project: PointTransform | null, name: () => string, shifts?: readonly number[]): void {
    this.#shapes.set(geometry, project, name, shifts);
  }

  /** Whether the box of the geometry meets the grid: else burning it changes nothing. */
  get meetsGrid(): boolean {
    const { xmin, ymin, xmax, ymax } = this.#shapes;
    return xmax >= 0 && ymax >= 0 && xmin <= this.#canvas.width && ymin <= this.#canvas.height;
  }

  /** Box of the part of the geometry inside the grid, in pixels; null for none. */
  get box(): Bounds | null {
    return clippedBox(this.#shapes, this.#canvas.width, this.#canvas.height);
  }

  /** Burns the geometry; what is there already is overwritten. */
  burn(value: number): void {
    const canvas = this.#canvas;
    if (value > MAX_UINT8 && canvas.values instanceof Uint8Array) {
      canvas.values = Int32Array.from(canvas.values);
      canvas.words = null;
    }
    const shapes = this.#shapes;
    const { kinds, shapeEnds, partEnds } = shapes;
    let part = 0;
    for (let i = 0; i < shapes.shapes; i++) {
      const endPart = shapeEnds[i] ?? part;
      const kind = kinds[i];
      if (kind === POINTS) burnPoints(canvas, shapes, part, endPart, value);
      else {
        if (kind === LINE || this.#allTouched) {
          for (let p = part; p < endPart; p++) {
            const start = p === 0 ? 0 : (partEnds[p - 1] ?? 0);
            const end = partEnds[p] ?? start;
            if (this.#allTouched) burnTouched(canvas, shapes, start, end, kind !== LINE, value);
            else burnLine(canvas, shapes, start, end, value);
          }
        }
        if (kind !== LINE) this.#filler.fill(canvas, shapes, part, endPart, value);
      }
      part = endPart;
    }
  }
}
