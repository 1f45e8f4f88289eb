/** Writing a tensor as a Cloud Optimized GeoTIFF (loading.md §6). */
import { rm } from 'node:fs/promises';
import { ArgumentError, ExportError, startTask, warn, type LongTask, type NumericArray } from '../core/index.js';
import { encodeCog, openGeoTiff, type CogImage } from '../formats/geotiff/index.js';
import { writeFileAtomic } from '../io/index.js';
import { isCategoricalName } from './categorical.js';
import { arrayLike, lengthOf, spatialShape, type TensorData } from './tensor/data.js';

export interface CogOptions extends LongTask {
  /** One per band; default the tensor's band names. */
  readonly descriptions?: readonly string[];
  /** GDAL metadata of the file. */
  readonly tags?: Readonly<Record<string, string>>;
  /** The only compression so far, and the default. */
  readonly compress?: 'deflate';
  /** Default `nearest` for classes and bit fields, else `average` over valid pixels. */
  readonly overviewResampling?: 'nearest' | 'average';
}

export interface CogReport {
  readonly path: string;
  readonly bytes: number;
}

/** Pixels compared at a time when a file is verified. */
const VERIFY_PIXELS = 1 << 20;

/** The tensor as the encoder takes it: invalid pixels hold the fill value. */
function imageOf(t: TensorData, o: CogOptions): CogImage {
  if (t.dims.includes('time')) {
    throw new ArgumentError(
      'time-axis',
      `A GeoTIFF holds (band, y, x); this tensor has the axes ${t.dims.join(', ')}.`,
      {
        hint: 'Choose a frame first: tensor.isel({ time: 0 }).',
      },
    );
  }
  const compress: unknown = o.compress;
  if (compress !== undefined && compress !== 'deflate') {
    throw new ArgumentError('bad-option', `compress is 'deflate'; got ${JSON.stringify(compress)}.`);
  }
  const bands = lengthOf(t.dims, t.shape, 'band') ?? 1;
  const names = o.descriptions ?? t.bandNames;
  if (names && names.length !== bands) {
    throw new ArgumentError('band-count', `${names.length} descriptions were given for ${bands} bands.`, {
      hint: 'Give one per band.',
    });
  }
  const { values, hidden } = filled(t);
  if (hidden > 0 && t.valid !== null) {
    warn(
      `${hidden} valid pixels equal the fill value ${t.fillValue}; readers of the file will take them for nodata. Load with another nodata to keep them.`,
    );
  }
  const isCategorical = t.attrs['categorical'] === true || (t.bandNames?.every(isCategoricalName) ?? false);
  return {
    values,
    shape: [bands, ...spatialShape(t)],
    transform: t.transform,
    crs: t.crs,
    // Where every pixel is valid and some equal the fill value, a nodata entry would make them invalid.
    nodata: hidden > 0 && t.valid === null ? null : t.fillValue,
    valid: t.valid,
    bandNames: names,
    categorical: isCategorical,
    ...(o.tags ? { tags: o.tags } : {}),
  };
}

/** Values with the fill value in invalid pixels, and how many valid ones equal it. */
function filled(t: TensorData): { readonly values: NumericArray; readonly hidden: number } {
  const { valid, fillValue } = t;
  let hidden = 0;
  if (valid === null) {
    for (const v of t.values) if (v === fillValue) hidden++;
    return { values: t.values, hidden };
  }
  const values = arrayLike(t.values, t.values.length);
  for (let i = 0; i < values.length; i++) {
    // SAFETY: i < length of both.
    const v = t.values[i] as number;
    if (valid[i] === 0) values[i] = fillValue;
    else {
      values[i] = v;
      if (v === fillValue) hidden++;
    }
  }
  return { values, hidden };
}

/**
 * The bytes of the file that {@link saveCog} writes; equal tensors give equal bytes.
 *
 * @throws {@link ArgumentError} `band-count`, `time-axis`; {@link CrsError} `not-writable`.
 */
export async function cogBytes(tensor: TensorData, o: CogOptions = {}): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of encodeCog(imageOf(tensor, o), encodeOptions(o, o.signal))) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function encodeOptions(o: CogOptions, signal: AbortSignal | undefined): Parameters<typeof encodeCog>[1] {
  return { signal, ...(o.overviewResampling ? { overviewResampling: o.overviewResampling } : {}) };
}

/**
 * Writes a tensor of (y, x) or (band, y, x) as a Cloud Optimized GeoTIFF and reads it back to verify.
 *
 * Invalid pixels are written as the fill value, which is the file's nodata; only where all pixels are valid and some
 * equal it is there no nodata. The file appears whole or not at all.
 *
 * @throws {@link ArgumentError} `band-count`, `time-axis`; {@link SourceError} when it cannot be written;
 * {@link ExportError} `export.verify` when it reads back differently (it is removed then).
 */
export async function saveCog(tensor: TensorData, path: string, o: CogOptions = {}): Promise<CogReport> {
  const task = startTask('saveCog', o);
  try {
    const image = imageOf(tensor, o);
    const written = await writeFileAtomic(
      path,
      encodeCog(image, encodeOptions(o, task.signal)),
      task.signal ? { signal: task.signal } : {},
    );
    const problem = await verify(image, path, task.signal);
    if (problem !== null) {
      await rm(path, { force: true });
      throw new ExportError('export.verify', `${path} does not read back as written: ${problem}. It was removed.`, {
        hint: 'Check the disk, then save again.',
        details: { file: path },
      });
    }
    task.report({ done: 1, total: 1, unit: 'file', bytes: written.bytes });
    return { path, bytes: written.bytes };
  } finally {
    task.end();
  }
}

/** What differs between an image and its file, or null. */
async function verify(image: CogImage, path: string, signal: AbortSignal | undefined): Promise<string | null> {
  const tiff = await openGeoTiff(path, { signal });
  try {
    const { header } = tiff;
    const [bands, height, width] = image.shape;
    if (header.count !== bands || header.height !== height || header.width !== width) return 'its shape differs';
    if (!header.transform.every((v, i) => v === image.transform[i]))
      return `its transform is [${header.transform.join(', ')}]`;
    if (image.crs && header.crs?.equals(image.crs) !== true) return `its CRS is ${header.crs?.canonical ?? 'missing'}`;
    if (!Object.is(header.nodata, image.nodata)) return `its nodata is ${String(header.nodata)}`;
    const rows = Math.max(1, Math.floor(VERIFY_PIXELS / width));
    for (let row = 0; row < height; row += rows) {
      const h = Math.min(rows, height - row);
      const { values } = await tiff.readWindow({ col: 0, row, width, height: h }, { signal });
      for (let b = 0; b < bands; b++) {
        const start = (b * height + row) * width;
        if (!sameBits(values, b * h * width, image.values, start, h * width))
          return `pixels of band ${b + 1} differ from row ${row} on`;
      }
    }
    return null;
  } finally {
    await tiff.close();
  }
}

function sameBits(a: NumericArray, startA: number, b: NumericArray, startB: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    const [x, y] = [a[startA + i], b[startB + i]];
    if (x !== y && !(Number.isNaN(x) && Number.isNaN(y))) return false;
  }
  return true;
}
