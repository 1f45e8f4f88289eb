/** How the pixels of one image of a TIFF (full resolution, overview or mask) are stored. */
import { FormatError, UnsupportedDataError, dtypeSize, type DType } from '../../core/index.js';
import { compressionName, isReadable, maxExpansion, type CodecOptions } from './codec.js';
import { TAG, type Tags } from './directory.js';
import type { TagPlace } from './structure.js';

/** Storage of one image. */
export interface ImageLayout {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly tiled: boolean;
  readonly blockWidth: number;
  readonly blockHeight: number;
  readonly across: number;
  readonly down: number;
  readonly planar: 1 | 2;
  readonly bits: number;
  readonly format: 1 | 2 | 3;
  readonly dtype: DType;
  readonly compression: number;
  readonly predictor: number;
  readonly hasPalette: boolean;
  readonly offsets: TagPlace;
  readonly byteCounts: TagPlace | null;
  readonly options: CodecOptions;
}

/** Largest decoded block, in bytes: above it a file is either forged or not meant for windowed reading. */
export const MAX_BLOCK_BYTES = 512 << 20;
/** Most bands of one file. */
const MAX_BANDS = 65535;
const PHOTOMETRIC_PALETTE = 3;
const PHOTOMETRIC_YCBCR = 6;
const COMPRESSION_NONE = 1;
const COMPRESSION_JPEG = 7;
const COMPRESSION_LERC = 34887;
const COMPRESSION_WEBP = 50001;
/** Tags whose one value the layout hangs on: another count is damage, and libtiff refuses it too. */
const SINGLE = [
  TAG.ImageWidth,
  TAG.ImageLength,
  TAG.Compression,
  TAG.Photometric,
  TAG.SamplesPerPixel,
  TAG.RowsPerStrip,
  TAG.PlanarConfiguration,
  TAG.Predictor,
  TAG.TileWidth,
  TAG.TileLength,
];
const FORMAT_NAMES: Readonly<Record<number, string>> = {
  1: 'unsigned integer',
  2: 'signed integer',
  3: 'float',
  4: 'undefined',
  5: 'complex integer',
  6: 'complex float',
};

function dtypeFor(format: number, bits: number): DType | null {
  if (format === 3) return bits === 16 || bits === 32 ? 'float32' : bits === 64 ? 'float64' : null;
  if (format === 2)
    return bits === 8 ? 'int8' : bits === 16 ? 'int16' : bits === 32 ? 'int32' : bits === 64 ? 'float64' : null;
  if (format !== 1 && format !== 4) return null;
  if (bits >= 1 && bits <= 8) return 'uint8';
  if (bits > 8 && bits <= 16) return 'uint16';
  return bits === 32 ? 'uint32' : bits === 64 ? 'float64' : null;
}

/** Bytes of one value as stored, before any widening. */
function storedRowBytes(width: number, samples: number, bits: number): number {
  return Math.ceil((width * samples * bits) / 8);
}

/** Raw bytes of a block of `rows` rows. */
export function blockBytes(layout: ImageLayout, rows: number): number {
  return storedRowBytes(layout.blockWidth, layout.planar === 2 ? 1 : layout.count, layout.bits) * rows;
}

function bad(name: string, code: string, what: string): FormatError {
  return new FormatError(code, `${name}: ${what}.`, {
    hint: 'The file is damaged; get it again.',
    details: { file: name },
  });
}

function unsupported(name: string, code: string, what: string): UnsupportedDataError {
  return new UnsupportedDataError(code, `${name} ${what}, which Nadir does not read.`, {
    hint: 'Convert it with gdal_translate -of COG.',
    details: { file: name },
  });
}

function isWhole(v: number, max: number): boolean {
  return Number.isInteger(v) && v >= 1 && v <= max;
}

/**
 * Reads and checks the layout of one image.
 *
 * @throws {@link FormatError} `bad-size`, `bad-tag`, `truncated` for sizes and counts that contradict each other or the
 * file; {@link UnsupportedDataError} `bit-depth`, `compression`, … for what is valid but not read.
 */
export function readLayout(tags: Tags, name: string, fileBytes: number): ImageLayout {
  for (const tag of SINGLE) {
    const found = tags.directory.tags.get(tag)?.count ?? 1;
    if (found !== 1) throw bad(name, 'bad-tag', `tag ${tag} has ${found} values instead of one`);
  }
  const width = tags.number(TAG.ImageWidth, 0);
  const height = tags.number(TAG.ImageLength, 0);
  const count = tags.number(TAG.SamplesPerPixel, 1);
  if (!isWhole(width, 2 ** 31) || !isWhole(height, 2 ** 31))
    throw bad(name, 'bad-size', `its image size is ${width} × ${height}`);
  if (!isWhole(count, MAX_BANDS)) throw bad(name, 'bad-size', `it claims ${count} bands`);

  const depths = tags.numbers(TAG.BitsPerSample) ?? [1];
  const formats = tags.numbers(TAG.SampleFormat) ?? [1];
  const bits = depths[0] ?? 1;
  const format = formats[0] ?? 1;
  if (depths.slice(0, count).some((b) => b !== bits) || formats.slice(0, count).some((f) => f !== format)) {
    throw unsupported(name, 'mixed-types', `has bands of different types (bits ${[...new Set(depths)].join(', ')})`);
  }
  const dtype = dtypeFor(format, bits);
  if (!dtype)
    throw unsupported(name, 'bit-depth', `has ${bits}-bit ${FORMAT_NAMES[format] ?? `format-${format}`} values`);
  if (tags.number(TAG.FillOrder, 1) === 2)
    throw unsupported(name, 'fill-order', 'stores its bits in reverse order (FillOrder 2)');

  const compression = tags.number(TAG.Compression, COMPRESSION_NONE);
  if (!isReadable(compression))
    throw unsupported(name, 'compression', `is compressed with ${compressionName(compression)}`);
  const photometric = tags.number(TAG.Photometric, 1);
  if (photometric === PHOTOMETRIC_YCBCR && compression !== COMPRESSION_JPEG)
    throw unsupported(name, 'photometric', 'holds YCbCr colours without JPEG');
  if (photometric === PHOTOMETRIC_YCBCR && (count !== 3 || tags.number(TAG.PlanarConfiguration, 1) !== 1))
    throw unsupported(name, 'photometric', `holds YCbCr colours in ${count} bands or in planes`);
  if (compression === COMPRESSION_WEBP && (bits !== 8 || format === 3))
    throw unsupported(name, 'bit-depth', `is WebP with ${bits} bits`);
  if (compression === COMPRESSION_LERC && (bits % 8 !== 0 || (format === 3 ? bits < 32 : bits > 32)))
    throw unsupported(name, 'bit-depth', `is LERC with ${bits}-bit ${FORMAT_NAMES[format] ?? ''} values`);
  if (compression === COMPRESSION_LERC && format === 3 && !tags.littleEndian)
    throw unsupported(name, 'compression', 'holds big-endian floats in LERC');
  if (compression === COMPRESSION_JPEG && bits !== 8) throw unsupported(name, 'bit-depth', `is JPEG with ${bits} bits`);
  const predictor = tags.number(TAG.Predictor, 1);
  const usesPredictor = compression === 5 || compression === 8 || compression === 32946 || compression === 50000;
  if (usesPredictor && predictor !== 1) {
    if (predictor !== 2 && predictor !== 3) throw bad(name, 'bad-tag', `its predictor is ${predictor}`);
    if (bits % 8 !== 0 || bits > 64) throw unsupported(name, 'predictor', `uses a predictor on ${bits}-bit values`);
    if (predictor === 3 && format !== 3) throw bad(name, 'bad-tag', 'it uses the floating-point predictor on integers');
  }
  const planar = tags.number(TAG.PlanarConfiguration, 1);
  if (planar !== 1 && planar !== 2) throw bad(name, 'bad-tag', `its planar configuration is ${planar}`);

  const tiled = tags.has(TAG.TileOffsets) || (tags.has(TAG.TileWidth) && !tags.has(TAG.StripOffsets));
  const blockWidth = tiled ? tags.number(TAG.TileWidth, 0) : width;
  const rowsPerStrip = tags.number(TAG.RowsPerStrip, height);
  const blockHeight = tiled ? tags.number(TAG.TileLength, 0) : Math.min(rowsPerStrip, height);
  if (!isWhole(blockWidth, 2 ** 31) || !isWhole(blockHeight, 2 ** 31))
    throw bad(name, 'bad-size', `its blocks are ${blockWidth} × ${blockHeight}`);
  // Some writers leave the offsets of tiles under the tag of strips; libtiff reads them all the same.
  const { tags: places } = tags.directory;
  const offsets = (tiled ? places.get(TAG.TileOffsets) : undefined) ?? places.get(TAG.StripOffsets);
  const byteCounts = (tiled ? places.get(TAG.TileByteCounts) : undefined) ?? places.get(TAG.StripByteCounts) ?? null;
  if (!offsets) throw bad(name, 'truncated', 'it has no offsets of its blocks');
  if (!byteCounts && compression !== COMPRESSION_NONE)
    throw bad(name, 'truncated', 'it has no byte counts of its blocks');
  const across = Math.ceil(width / blockWidth);
  const down = Math.ceil(height / blockHeight);
  const blocks = across * down * (planar === 2 ? count : 1);
  if (offsets.count < blocks || (byteCounts && byteCounts.count < blocks)) {
    throw bad(
      name,
      'truncated',
      `an image of ${width} × ${height} in blocks of ${blockWidth} × ${blockHeight} needs ${blocks} blocks, but ${Math.min(offsets.count, byteCounts?.count ?? Infinity)} are listed`,
    );
  }
  const samples = planar === 2 ? 1 : count;
  const rawBytes = storedRowBytes(blockWidth, samples, bits) * blockHeight;
  const widened = blockWidth * blockHeight * samples * dtypeSize(dtype);
  if (rawBytes / maxExpansion(compression) > fileBytes && blocks === 1) {
    throw bad(
      name,
      'truncated',
      `its ${blockWidth} × ${blockHeight} block cannot come out of a file of ${fileBytes} bytes`,
    );
  }
  if (Math.max(rawBytes, widened) > MAX_BLOCK_BYTES)
    throw unsupported(
      name,
      'block-too-large',
      `has blocks of ${blockWidth} × ${blockHeight} pixels (${Math.ceil(widened / 2 ** 20)} MiB; the limit is ${MAX_BLOCK_BYTES >> 20})`,
    );

  let jpegTables: Uint8Array | null = null;
  if (compression === COMPRESSION_JPEG && tags.has(TAG.JPEGTables))
    jpegTables = Uint8Array.from(tags.numbers(TAG.JPEGTables) ?? []);
  return {
    width,
    height,
    count,
    tiled,
    blockWidth,
    blockHeight,
    across,
    down,
    planar,
    bits,
    // SAFETY: dtypeFor accepts formats 1 to 4 only; 4 (undefined) is read as unsigned, as in GDAL.
    format: (format === 4 ? 1 : format) as 1 | 2 | 3,
    dtype,
    compression,
    predictor: usesPredictor ? predictor : 1,
    hasPalette: photometric === PHOTOMETRIC_PALETTE && tags.has(TAG.ColorMap),
    offsets,
    byteCounts,
    options: {
      photometric,
      jpegTables,
      lercParameters: tags.numbers(TAG.LercParameters) ?? [],
      t4Options: tags.number(TAG.T4Options, 0),
    },
  };
}
