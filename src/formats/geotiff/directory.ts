/** Typed access to the tags of one image, through the `geotiff` package. */
import { GeoTIFF } from 'geotiff';
import { FormatError, isNadirError, messageOf } from '../../core/index.js';
import type { PageSource } from '../../io/index.js';
import { readNumbers, type Directory, type TiffStructure } from './structure.js';

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
} as const;

/** The image directories of a file, each with typed readers of its tags. */
export class Tags {
  readonly directory: Directory;
  readonly #load: (tag: number) => Promise<unknown>;
  readonly #name: string;

  constructor(name: string, directory: Directory, load: (tag: number) => Promise<unknown>) {
    this.#name = name;
    this.directory = directory;
    this.#load = load;
  }

  has(tag: number): boolean {
    return this.directory.tags.has(tag);
  }

  /** All numbers of a tag; null when it is absent. */
  async numbers(tag: number): Promise<readonly number[] | null> {
    if (!this.has(tag)) return null;
    const value = await this.#load(tag);
    if (typeof value === 'number') return [value];
    if (Array.isArray(value) || ArrayBuffer.isView(value)) return Array.from(value as ArrayLike<unknown>, Number);
    throw new FormatError('bad-tag', `${this.#name}: tag ${tag} should hold numbers.`, {
      details: { file: this.#name },
    });
  }

  /** The first number of a tag, or the default when it is absent. */
  async number(tag: number, missing: number): Promise<number> {
    return (await this.numbers(tag))?.[0] ?? missing;
  }

  /** The text of a tag without its closing zero; null when it is absent. */
  async text(tag: number): Promise<string | null> {
    if (!this.has(tag)) return null;
    const value = await this.#load(tag);
    const text =
      typeof value === 'string' ? value : value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
    const end = text.indexOf('\0');
    return end < 0 ? text : text.slice(0, end);
  }
}

/** Opens the directories of a checked file. */
export async function openDirectories(
  source: PageSource,
  structure: TiffStructure,
  name: string,
  signal?: AbortSignal,
): Promise<Tags[]> {
  const fetchExact = async (offset: number, length: number): Promise<ArrayBufferLike> => {
    const bytes = await source.readPaged(offset, length, { signal });
    return bytes.byteLength === bytes.buffer.byteLength ? bytes.buffer : new Uint8Array(bytes).buffer;
  };
  const adapter = {
    fetch: (slices: readonly { offset: number; length: number }[]) =>
      Promise.all(slices.map((s) => fetchExact(s.offset, s.length))),
    fetchSlice: async (s: { offset: number; length: number }) => ({ ...s, data: await fetchExact(s.offset, s.length) }),
    fileSize: source.size ?? null,
    close: () => Promise.resolve(),
  };
  const wrap = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      signal?.throwIfAborted();
      // geotiff throws plain errors for whatever it cannot parse; those of our own layers pass.
      if (isNadirError(error)) throw error;
      throw new FormatError('malformed', `${name} cannot be parsed: ${messageOf(error)}.`, {
        hint: 'The file is damaged; get it again.',
        details: { file: name },
        cause: error,
      });
    }
  };
  // eslint-disable-next-line @typescript-eslint/no-unsafe-class-instance-assignment -- the package does not export its BaseSource; it calls these four members only
  const tiff = await wrap(() => GeoTIFF.fromSource(adapter));
  return structure.directories.map((directory, index) => {
    const load = (tag: number): Promise<unknown> =>
      wrap(async () => {
        const { fileDirectory } = await tiff.getImage(index);
        const place = directory.tags.get(tag);
        // geotiff 3.0.5 reads arrays outside the directory's first kilobyte as little-endian, whatever the file is.
        if (place && fileDirectory.deferredArrays.has(tag))
          return readNumbers(source, structure, place, 0, place.count, signal);
        return (await fileDirectory.loadValue(tag)) as unknown;
      });
    return new Tags(name, directory, load);
  });
}
