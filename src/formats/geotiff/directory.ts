/** Typed access to the tags of one image. */
import { FormatError } from '../../core/index.js';
import type { PageSource } from '../../io/index.js';
import { firstNumber, numbersOf, readBytes, type Directory, type TiffStructure } from './structure.js';

/** TIFF and GeoTIFF tags by the names of their specifications. */
export const TAG = {
  NewSubfileType: 254,
  ImageWidth: 256,
  ImageLength: 257,
  BitsPerSample: 258,
  Compression: 259,
  Photometric: 262,
  FillOrder: 266,
  StripOffsets: 273,
  SamplesPerPixel: 277,
  RowsPerStrip: 278,
  StripByteCounts: 279,
  PlanarConfiguration: 284,
  T4Options: 292,
  Predictor: 317,
  ColorMap: 320,
  TileWidth: 322,
  TileLength: 323,
  TileOffsets: 324,
  TileByteCounts: 325,
  ExtraSamples: 338,
  SampleFormat: 339,
  JPEGTables: 347,
  YCbCrSubSampling: 530,
  ModelPixelScale: 33550,
  ModelTiepoint: 33922,
  ModelTransformation: 34264,
  GeoKeyDirectory: 34735,
  GeoDoubleParams: 34736,
  GeoAsciiParams: 34737,
  GdalMetadata: 42112,
  GdalNodata: 42113,
  LercParameters: 50674,
} as const;

/** TIFF's own texts, under the names that GDAL gives them. */
export const TEXT_TAGS: Readonly<Record<string, number>> = {
  TIFFTAG_DOCUMENTNAME: 269,
  TIFFTAG_IMAGEDESCRIPTION: 270,
  TIFFTAG_SOFTWARE: 305,
  TIFFTAG_DATETIME: 306,
  TIFFTAG_ARTIST: 315,
  TIFFTAG_HOSTCOMPUTER: 316,
  TIFFTAG_COPYRIGHT: 33432,
};

/** Tags whose values are loaded with the directory. Places of blocks, which may be millions, are not among them. */
const LOADED: ReadonlySet<number> = new Set(
  [...Object.values(TAG), ...Object.values(TEXT_TAGS)].filter(
    (tag) =>
      tag !== TAG.StripOffsets && tag !== TAG.StripByteCounts && tag !== TAG.TileOffsets && tag !== TAG.TileByteCounts,
  ),
);
const [BYTE, ASCII, UNDEFINED] = [1, 2, 7];
const TEXT = new TextDecoder('utf-8');

/** One image directory with typed readers of its tags, whose values are in memory. */
export class Tags {
  readonly directory: Directory;
  readonly #values: ReadonlyMap<number, Uint8Array>;
  readonly #little: boolean;
  readonly #name: string;

  constructor(name: string, directory: Directory, little: boolean, values: ReadonlyMap<number, Uint8Array>) {
    this.#name = name;
    this.directory = directory;
    this.#little = little;
    this.#values = values;
  }

  /** Byte order of the file. */
  get littleEndian(): boolean {
    return this.#little;
  }

  has(tag: number): boolean {
    return this.directory.tags.has(tag);
  }

  /** All numbers of a tag; null when it is absent. */
  numbers(tag: number): readonly number[] | null {
    const place = this.directory.tags.get(tag);
    const bytes = this.#values.get(tag);
    if (!place || !bytes) return null;
    if (place.type === ASCII) {
      throw new FormatError('bad-tag', `${this.#name}: tag ${tag} should hold numbers.`, {
        details: { file: this.#name },
      });
    }
    return numbersOf(bytes, place.type, this.#little);
  }

  /** The first number of a tag, or the default when it is absent. */
  number(tag: number, missing: number): number {
    const place = this.directory.tags.get(tag);
    const bytes = this.#values.get(tag);
    // One value needs no list of all; a wrong type is for numbers() to refuse.
    if (place && bytes && place.type !== ASCII) return firstNumber(bytes, place.type, this.#little) ?? missing;
    return this.numbers(tag)?.[0] ?? missing;
  }

  /** The text of a tag without its closing zero; null when it is absent. */
  text(tag: number): string | null {
    const place = this.directory.tags.get(tag);
    const bytes = this.#values.get(tag);
    if (!place || !bytes) return null;
    const isText = place.type === ASCII || ((place.type === BYTE || place.type === UNDEFINED) && place.count > 1);
    if (!isText) return '';
    const end = bytes.indexOf(0);
    return TEXT.decode(end < 0 ? bytes : bytes.subarray(0, end));
  }
}

/** The directories of a checked file with the values of their tags, read at once where they are in memory already. */
export async function openDirectories(
  source: PageSource,
  structure: TiffStructure,
  name: string,
  signal?: AbortSignal,
): Promise<Tags[]> {
  const all: Tags[] = [];
  for (const directory of structure.directories) {
    const values = new Map<number, Uint8Array>();
    for (const [tag, place] of directory.tags) {
      if (!LOADED.has(tag)) continue;
      const bytes = readBytes(source, place, signal);
      values.set(tag, bytes instanceof Uint8Array ? bytes : await bytes);
    }
    all.push(new Tags(name, directory, structure.littleEndian, values));
  }
  return all;
}
