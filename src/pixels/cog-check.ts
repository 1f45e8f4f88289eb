/** Whether a written COG reads back as it was meant to be. */
import { affineResolution, applyAffine, pointTransform, type Crs } from '../core/index.js';
import { openGeoTiff, type CogImage } from '../formats/geotiff/index.js';
import { openFileSource, type PlacedBytes } from '../io/index.js';

/** Values up to which all pixels are decoded again; of larger images the corner tiles are, for their bytes are compared anyway. */
const SMALL = 1 << 21;
/** Bytes read at a time. */
const READ_BYTES = 1 << 22;
const CORNER = 512;
/** Pixels. */
const SAME_PLACE = 1e-3;

interface Piece {
  readonly at: number;
  readonly length: number;
  readonly sum: number;
}

/** Watches the bytes of a file on their way out, then compares the file with them and with the image. */
export class CogCheck {
  readonly #image: CogImage;
  readonly #pieces: Piece[] = [];

  constructor(image: CogImage) {
    this.#image = image;
  }

  /** Passes pieces on, with a checksum of each kept. */
  async *watch(pieces: AsyncIterable<PlacedBytes>): AsyncGenerator<PlacedBytes> {
    for await (const piece of pieces) {
      this.#pieces.push({ at: piece.at, length: piece.bytes.byteLength, sum: checksum(piece.bytes) });
      yield piece;
    }
  }

  /** What is wrong with the file, or null. */
  async problemOf(file: string, signal: AbortSignal | undefined): Promise<string | null> {
    return (await this.#bytesProblem(file, signal)) ?? (await this.#imageProblem(file, signal));
  }

  async #bytesProblem(file: string, signal: AbortSignal | undefined): Promise<string | null> {
    const source = await openFileSource(file);
    try {
      const pieces = [...this.#pieces].sort((a, b) => a.at - b.at);
      const last = pieces.at(-1);
      if (last && source.size !== last.at + last.length) return `it has ${source.size} bytes`;
      // Neighbouring pieces are read together.
      for (let i = 0; i < pieces.length;) {
        signal?.throwIfAborted();
        const first = pieces[i]?.at ?? 0;
        let end = i;
        let length = 0;
        while (end < pieces.length && (end === i || length + (pieces[end]?.length ?? 0) <= READ_BYTES))
          length += pieces[end++]?.length ?? 0;
        const bytes = await source.read(first, length);
        for (; i < end; i++) {
          const piece = pieces[i];
          if (!piece) continue;
          const at = piece.at - first;
          if (checksum(bytes.subarray(at, at + piece.length)) !== piece.sum)
            return `bytes ${piece.at} to ${piece.at + piece.length} differ`;
        }
      }
      return null;
    } finally {
      await source.close();
    }
  }

  async #imageProblem(file: string, signal: AbortSignal | undefined): Promise<string | null> {
    const image = this.#image;
    const tiff = await openGeoTiff(file, { signal });
    try {
      const { header } = tiff;
      const [bands, height, width] = image.shape;
      if (header.count !== bands || header.height !== height || header.width !== width) return 'its shape differs';
      if (!header.transform.every((v, i) => v === image.transform[i]))
        return `its transform is [${header.transform.join(', ')}]`;
      if (image.crs && !(header.crs && placesAlike(image.crs, header.crs, image)))
        return `its CRS is ${header.crs?.canonical ?? 'missing'}`;
      if (!Object.is(header.nodata, image.nodata)) return `its nodata is ${String(header.nodata)}`;
      const corners =
        bands * height * width <= SMALL
          ? [{ col: 0, row: 0, width, height }]
          : [
              { col: 0, row: 0, width: Math.min(CORNER, width), height: Math.min(CORNER, height) },
              cornerTile(height, width),
            ];
      for (const window of corners) {
        const { values } = await tiff.readWindow(window, { signal });
        let i = 0;
        for (let b = 0; b < bands; b++) {
          for (let row = window.row; row < window.row + window.height; row++) {
            const start = (b * height + row) * width + window.col;
            for (let at = start; at < start + window.width; at++, i++) {
              const wanted = image.valid?.[at] === 0 ? image.nodata : image.values[at];
              const got = values[i];
              if (got !== wanted && !(Number.isNaN(got) && Number.isNaN(wanted)))
                return `band ${b + 1} holds ${got} for ${wanted} in row ${row}`;
            }
          }
        }
      }
      return null;
    } finally {
      await tiff.close();
    }
  }
}

/** Whether two CRSs put corners and centre of an image at the same places: one CRS has many spellings. */
function placesAlike(a: Crs, b: Crs, { transform, shape: [, height, width] }: CogImage): boolean {
  if (a.equals(b)) return true;
  const convert = pointTransform(a, b);
  const pixel = Math.min(...affineResolution(transform));
  return [0, 0.5, 1].every((u) => {
    const [x, y] = applyAffine(transform, u * width, u * height);
    const [x1, y1] = convert(x, y);
    return Math.hypot(x1 - x, y1 - y) <= SAME_PLACE * pixel;
  });
}

/** The last tile. */
function cornerTile(height: number, width: number): { col: number; row: number; width: number; height: number } {
  const col = Math.floor((width - 1) / CORNER) * CORNER;
  const row = Math.floor((height - 1) / CORNER) * CORNER;
  return { col, row, width: width - col, height: height - row };
}

/** A checksum of 32 bits: every step is one-to-one, so that a single wrong word always shows. */
function checksum(bytes: Uint8Array): number {
  let sum = bytes.length | 0;
  const words = Math.floor(bytes.length / 4);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let i = 0; i < words; i++) sum = Math.imul((sum ^ view.getInt32(4 * i, true)) + 1, 0x9e3779b1);
  for (let i = 4 * words; i < bytes.length; i++) sum = Math.imul((sum ^ (bytes[i] ?? 0)) + 1, 0x9e3779b1);
  return sum;
}
