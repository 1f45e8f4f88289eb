/** Overviews made while the rows of an image go by, each from the one below it. */
import { arrayOf, type DType, type NumericArray } from '../../../core/index.js';
import { Halver, OVERVIEW_LIMIT, type OverviewResampling } from './overview.js';
import type { Strip } from './strip.js';
import { TILE } from './tile.js';

/** Height and width of an image or overview. */
export type LevelShape = readonly [height: number, width: number];

/** Shapes of an image and its overviews, each half the one before (rounded up), until the longer side is below the limit. */
export function levelShapes(height: number, width: number): LevelShape[] {
  const shapes: LevelShape[] = [[height, width]];
  for (let [h, w] = [height, width]; Math.max(h, w) >= OVERVIEW_LIMIT;) {
    [h, w] = [Math.ceil(h / 2), Math.ceil(w / 2)];
    shapes.push([h, w]);
  }
  return shapes;
}

/** Where the strips of overviews go. A strip is overwritten once the promise resolves. */
export type StripSink = (level: number, tileY: number, strip: Strip) => Promise<void>;

interface Level {
  readonly shape: LevelShape;
  /** One row of tiles, band after band. */
  readonly values: NumericArray;
  readonly halver: Halver;
  filled: number;
  tileY: number;
}

/** Takes an image in strips of {@link TILE} rows and hands on its overviews in such strips; of each level it keeps one. */
export class Pyramid {
  readonly #levels: readonly Level[];
  readonly #methods: readonly OverviewResampling[];
  readonly #sink: StripSink;

  constructor(
    shapes: readonly LevelShape[],
    dtype: DType,
    methods: readonly OverviewResampling[],
    nodata: number | null,
    fill: number,
    sink: StripSink,
  ) {
    this.#levels = shapes.slice(1).map((shape, i) => ({
      shape,
      values: arrayOf(dtype, methods.length * TILE * shape[1]),
      halver: new Halver(shapes[i]?.[1] ?? 0, dtype, nodata, fill),
      filled: 0,
      tileY: 0,
    }));
    this.#methods = methods;
    this.#sink = sink;
  }

  /** The next rows of the image: {@link TILE} of them, or what is left. */
  async add(strip: Strip, index = 0): Promise<void> {
    const level = this.#levels[index];
    if (!level) return;
    const [height, width] = level.shape;
    this.#methods.forEach((method, band) => {
      level.halver.halve(strip, band, method, level.values, (band * TILE + level.filled) * width);
    });
    level.filled += Math.ceil(strip.rows / 2);
    if (level.filled < TILE && level.tileY * TILE + level.filled < height) return;
    const done: Strip = {
      values: level.values,
      valid: null,
      start: 0,
      bandStride: TILE * width,
      width,
      rows: level.filled,
    };
    await this.#sink(index + 1, level.tileY, done);
    level.tileY++;
    level.filled = 0;
    await this.add(done, index + 1);
  }
}
