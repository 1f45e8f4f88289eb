/** Rasters in memory, of the shape that warping reads. */
import {
  arrayOf,
  Crs,
  type Affine,
  type CrsInput,
  type DType,
  type NumericArray,
  type PixelWindow,
} from '../../src/core/index.js';
import { planWarp, warpBlock, type RasterSource, type Resampling, type TransformMode } from '../../src/pixels/index.js';
import type { GeoSlice } from '../../src/core/index.js';

export interface MemoryRasterInit {
  readonly values: NumericArray;
  readonly width: number;
  readonly height: number;
  readonly dtype: DType;
  readonly transform: Affine;
  readonly crs: CrsInput;
  readonly nodata?: number | null;
  readonly mask?: Uint8Array;
}

/** The windows that were read, in order. */
export interface MemoryRaster extends RasterSource {
  readonly reads: PixelWindow[];
}

export function memoryRaster(init: MemoryRasterInit): MemoryRaster {
  const { width, height } = init;
  const reads: PixelWindow[] = [];
  return {
    reads,
    transform: init.transform,
    crs: Crs.from(init.crs),
    width,
    height,
    dtype: init.dtype,
    nodata: init.nodata ?? null,
    readWindow(w, bands) {
      if (
        w.col < 0 ||
        w.row < 0 ||
        w.col + w.width > width ||
        w.row + w.height > height ||
        w.width < 1 ||
        w.height < 1
      ) {
        throw new Error(`window outside the raster: ${JSON.stringify(w)}`);
      }
      reads.push(w);
      const size = w.width * w.height;
      const values = arrayOf(init.dtype, size * bands.length);
      const valid = init.mask ? new Uint8Array(size * bands.length) : null;
      bands.forEach((band, i) => {
        for (let r = 0; r < w.height; r++) {
          for (let c = 0; c < w.width; c++) {
            const from = (band * height + w.row + r) * width + w.col + c;
            const to = i * size + r * w.width + c;
            values[to] = init.values[from]!;
            if (valid) valid[to] = init.mask![(w.row + r) * width + w.col + c]!;
          }
        }
      });
      return Promise.resolve({ values, valid });
    },
  };
}

/** One band of a raster warped to a whole slice: NaN where invalid. */
export async function warpAll(
  source: RasterSource,
  slice: GeoSlice,
  resampling: Resampling,
  mode: TransformMode = 'exact',
): Promise<Float64Array> {
  const [height, width] = slice.shape;
  const block = await warpBlock(planWarp(source, slice, mode), [{ band: 0, resampling }], {
    col: 0,
    row: 0,
    width,
    height,
  });
  if (block === null) return new Float64Array(width * height).fill(NaN);
  const { values, valid } = block;
  return Float64Array.from(values, (v, i) => (valid === null || valid[i] === 1 ? v : NaN));
}
