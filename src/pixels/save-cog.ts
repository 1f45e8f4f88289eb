/** Writing a tensor as a Cloud Optimized GeoTIFF (loading.md §6). */
import { ArgumentError, checkOptionNames, ExportError, startTask, warn, type LongTask } from '../core/index.js';
import { encodeCog, type CogEncodeOptions, type CogImage } from '../formats/geotiff/index.js';
import { writeFileAtomic, type PlacedBytes } from '../io/index.js';
import { isCategoricalName } from './categorical.js';
import { CogCheck } from './cog-check.js';
import { lengthOf, spatialShape, type TensorData } from './tensor/data.js';
import { requireTensor } from './tensor/require.js';

const OPTIONS = ['descriptions', 'tags', 'compress', 'overviewResampling', 'signal', 'onProgress'];

export interface CogOptions extends LongTask {
  /** One per band; default the tensor's band names. */
  readonly descriptions?: readonly string[];
  /** GDAL metadata of the file. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Default `deflate`, level 6 with predictor; `none` stores pixels as they are. */
  readonly compress?: 'deflate' | 'none';
  /** Default: per band `nearest` for classes and bit fields, else `average` over valid pixels. `mode` takes the most frequent one. */
  readonly overviewResampling?: 'nearest' | 'average' | 'mode';
}

export interface CogReport {
  readonly path: string;
  readonly bytes: number;
}

/** The tensor as the encoder takes it: invalid pixels hold the fill value. */
function imageOf(t: TensorData, o: CogOptions): CogImage {
  requireTensor(t, 'saveCog');
  if (t.dims.includes('time')) {
    throw new ArgumentError(
      'time-axis',
      `A GeoTIFF holds (band, y, x); this tensor has the axes ${t.dims.join(', ')}.`,
      {
        hint: 'Choose a frame first: tensor.isel({ time: 0 }).',
      },
    );
  }
  checkChoice('compress', o.compress, ['deflate', 'none']);
  checkChoice('overviewResampling', o.overviewResampling, ['nearest', 'average', 'mode']);
  const bands = lengthOf(t.dims, t.shape, 'band') ?? 1;
  const names = o.descriptions ?? t.bandNames;
  if (names && !(Array.isArray(names) && names.every((n) => typeof n === 'string')))
    throw new ArgumentError('bad-option', `descriptions is a list of texts; got ${JSON.stringify(names)}.`);
  const tags: unknown = o.tags ?? {};
  if (
    typeof tags !== 'object' ||
    Array.isArray(tags) ||
    !Object.values(tags as object).every((v) => typeof v === 'string')
  )
    throw new ArgumentError('bad-option', `tags is an object of texts; got ${JSON.stringify(tags)}.`);
  if (names && names.length !== bands) {
    throw new ArgumentError('band-count', `${names.length} descriptions were given for ${bands} bands.`, {
      hint: 'Give one per band.',
    });
  }
  const hidden = hiddenPixels(t);
  if (hidden > 0 && t.valid !== null) {
    warn(
      `${hidden} valid pixels equal the fill value ${t.fillValue}; readers of the file will take them for nodata. Load with another nodata to keep them.`,
    );
  }
  const isClasses = t.attrs['categorical'] === true;
  return {
    values: t.values,
    shape: [bands, ...spatialShape(t)],
    transform: t.transform,
    crs: t.crs,
    // Where every pixel is valid and some equal the fill value, a nodata entry would make them invalid.
    nodata: hidden > 0 && t.valid === null ? null : t.fillValue,
    valid: t.valid,
    bandNames: names,
    categorical: isClasses || Array.from({ length: bands }, (_, b) => isCategoricalName(t.bandNames?.[b])),
    ...(o.tags ? { tags: o.tags } : {}),
  };
}

function checkChoice(name: string, value: unknown, known: readonly string[]): void {
  if (value === undefined || known.some((k) => k === value)) return;
  throw new ArgumentError('bad-option', `${name} is one of ${known.join(', ')}; got ${JSON.stringify(value)}.`);
}

/** How many valid pixels equal the fill value; where all are valid, whether any does (0 or 1). */
function hiddenPixels({ values, valid, fillValue }: TensorData): number {
  if (Number.isNaN(fillValue)) return 0;
  if (valid === null) return values.includes(fillValue) ? 1 : 0;
  let hidden = 0;
  // Searching is much faster than looking at each.
  for (let i = values.indexOf(fillValue); i >= 0; i = values.indexOf(fillValue, i + 1)) if (valid[i] !== 0) hidden++;
  return hidden;
}

/**
 * The bytes of the file that {@link saveCog} writes; equal tensors give equal bytes.
 *
 * @throws {@link ArgumentError} `band-count`, `time-axis`; {@link CrsError} `not-writable`.
 */
export async function cogBytes(tensor: TensorData, o: CogOptions = {}): Promise<Uint8Array> {
  checkOptionNames('cogBytes', o, OPTIONS);
  const pieces: PlacedBytes[] = [];
  for await (const piece of encodeCog(imageOf(tensor, o), encodeOptions(o, o.signal))) pieces.push(piece);
  pieces.sort((a, b) => a.at - b.at);
  return Buffer.concat(pieces.map((p) => p.bytes));
}

function encodeOptions(o: CogOptions, signal: AbortSignal | undefined): CogEncodeOptions {
  return { signal, compression: o.compress, overviewResampling: o.overviewResampling };
}

/**
 * Writes a tensor of (y, x) or (band, y, x) as a Cloud Optimized GeoTIFF and reads it back to verify.
 *
 * Invalid pixels are written as the fill value, which is the file's nodata; only where all pixels are valid and some
 * equal it is there no nodata. The file appears whole or not at all.
 *
 * @throws {@link ArgumentError} `band-count`, `time-axis`; {@link SourceError} when it cannot be written;
 * {@link ExportError} `export.verify` when it reads back differently; what was there before stays.
 */
export async function saveCog(tensor: TensorData, path: string, o: CogOptions = {}): Promise<CogReport> {
  checkOptionNames('saveCog', o, OPTIONS);
  const task = startTask('saveCog', o);
  try {
    const image = imageOf(tensor, o);
    const check = new CogCheck(image);
    const onTile = (done: number, total: number): void => task.report({ done, total, unit: 'block' });
    const pieces = encodeCog(image, { ...encodeOptions(o, task.signal), onTile });
    const written = await writeFileAtomic(path, check.watch(pieces), {
      ...(task.signal ? { signal: task.signal } : {}),
      verify: async (temporary) => {
        const problem = await check.problemOf(temporary, task.signal);
        if (problem === null) return;
        throw new ExportError('export.verify', `${path} does not read back as written: ${problem}.`, {
          hint: 'Nothing was changed. Check the disk, then save again.',
          details: { file: path },
        });
      },
    });
    return { path, bytes: written.bytes };
  } finally {
    task.end();
  }
}
