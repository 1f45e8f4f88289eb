/** What a raster file says of itself, and how it is read. */
import type { Affine, Crs, DType, NumericArray, PixelWindow } from '../../core/index.js';

/** Red, green, blue, alpha, each 0–255. */
export type Rgba = readonly [red: number, green: number, blue: number, alpha: number];

/** Header facts of a raster file. */
export interface RasterHeader {
  /** Pixels. */
  readonly width: number;
  readonly height: number;
  /** Number of bands, an alpha band included. */
  readonly count: number;
  /** Type of the values that reads return: 64-bit integers become `float64`, half floats `float32`, 1–7 bits `uint8`, 9–15 bits `uint16`. */
  readonly dtype: DType;
  /** From pixel to CRS; the identity when the file is not georeferenced (`georeferenced` false). A pixel-is-point file is already shifted by half a pixel. */
  readonly transform: Affine;
  readonly georeferenced: boolean;
  /** Null when there is none or it cannot be read; `crsProblem` says why. */
  readonly crs: Crs | null;
  readonly crsProblem: string | null;
  /** One value for all bands, as GeoTIFF has it; NaN is possible. */
  readonly nodata: number | null;
  /** One per band; null where the file names none. */
  readonly bandNames: readonly (string | null)[];
  /** Widths and heights of the overviews, largest first; the index is the `level` of a read. */
  readonly overviews: readonly (readonly [width: number, height: number])[];
  /** Per band: it has a colour table or category names, so interpolation makes no sense. */
  readonly categorical: readonly boolean[];
  readonly colorTable: readonly Rgba[] | null;
  /** Physical value = stored · scale + offset; reads return stored values. */
  readonly scales: readonly number[];
  readonly offsets: readonly number[];
  /** The file has an internal mask. */
  readonly hasMask: boolean;
  /** GDAL metadata of the whole file (default domain), beside TIFF's own texts (`TIFFTAG_DATETIME` and so on). */
  readonly tags: Readonly<Record<string, string>>;
  /** GDAL metadata per band. */
  readonly bandTags: readonly Readonly<Record<string, string>>[];
  /** Block size of the full resolution; strips are as wide as the image. */
  readonly tileSize: readonly [width: number, height: number];
  readonly tiled: boolean;
  /** Name of the codec, e.g. `Deflate`. */
  readonly compression: string;
  /** Whether bands share blocks (`pixel`) or have their own (`band`). */
  readonly interleave: 'pixel' | 'band';
}

/** What to read of a window. */
export interface WindowOptions {
  /** 0-based, in the order wanted. Default all. */
  readonly bands?: readonly number[];
  /** Index into `header.overviews`; the window is then in pixels of that overview. Default full resolution. */
  readonly level?: number;
  readonly signal?: AbortSignal | undefined;
  /** Saves a copy: pixels go straight there, and the `values` of the answer are those of the target. */
  readonly into?: WindowTarget | undefined;
}

/**
 * Where the pixels of a window go: the pixel of the i-th band wanted, in row r and column c of the window, becomes
 * `values[start + i * planeStride + r * rowStride + c]`.
 */
export interface WindowTarget {
  /** Of the header's type, or of a type that holds all its values. */
  readonly values: NumericArray;
  readonly start: number;
  readonly rowStride: number;
  readonly planeStride: number;
}

/** Pixels of a window: planar (band, y, x). */
export interface RasterWindow {
  readonly values: NumericArray;
  /** 1 = valid by the internal mask, same shape as `values`; null when there is no mask. Nodata is not applied. */
  readonly valid: Uint8Array | null;
}

/** An open raster file. */
export interface RasterFile {
  /** As messages show it. */
  readonly name: string;
  readonly header: RasterHeader;
  /**
   * Stored values of a window of whole pixels that lies inside the image.
   *
   * @throws {@link ArgumentError} `window`, `band` or `level` out of range; {@link FormatError} naming file and block;
   * {@link UnsupportedDataError} for a codec that Nadir does not read.
   */
  readWindow(window: PixelWindow, o?: WindowOptions): Promise<RasterWindow>;
  close(): Promise<void>;
}
