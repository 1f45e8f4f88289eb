/** Where the tile-parts of a codestream lie (ISO/IEC 15444-1, A.4): found by their headers, once per file. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import type { PageSource } from '../../io/index.js';
import type { Codestream } from './codestream.js';

/** Bytes of one tile-part in the file, its SOT marker included. */
export interface TilePart {
  readonly at: number;
  readonly bytes: number;
}

const [SOT, SOD, EOC, COD, COC, PPT] = [0xff90, 0xff93, 0xffd9, 0xff52, 0xff53, 0xff61];
/** SOT marker segment. */
export const SOT_BYTES = 12;
/** Tile-parts of one tile: the field has 8 bits. */
const MAX_PARTS = 255;

function bad(name: string, code: string, what: string): FormatError {
  return new FormatError(code, `${name}: ${what}.`, {
    hint: 'The file is damaged or was not written completely; get it again.',
    details: { file: name },
  });
}

/**
 * Tile-parts by tile, in the order of the file. A file that ends early keeps the tiles before its end; those that are
 * not listed are missing.
 */
export async function readTileParts(
  source: PageSource,
  name: string,
  { across, down, tilesAt, end }: Codestream,
  signal?: AbortSignal,
): Promise<ReadonlyMap<number, readonly TilePart[]>> {
  const parts = new Map<number, TilePart[]>();
  let at = tilesAt;
  while (at + SOT_BYTES <= end) {
    const head = source.peek(at, SOT_BYTES) ?? (await source.readPaged(at, SOT_BYTES, { signal }));
    if (head.byteLength < SOT_BYTES) break;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const marker = view.getUint16(0);
    if (marker === EOC) break;
    if (marker !== SOT) throw bad(name, 'bad-codestream', `no tile-part begins at byte ${at}`);
    const tile = view.getUint16(4);
    // 0: the last tile-part, up to the end of the codestream.
    const length = view.getUint32(6) || end - at;
    if (tile >= across * down) throw bad(name, 'bad-codestream', `the tile-part at byte ${at} is of tile ${tile}`);
    if (length < SOT_BYTES + 2) throw bad(name, 'bad-codestream', `the tile-part at byte ${at} claims ${length} bytes`);
    const list = parts.get(tile) ?? [];
    if (list.length >= MAX_PARTS) throw bad(name, 'bad-codestream', `tile ${tile} has more than ${MAX_PARTS} parts`);
    list.push({ at, bytes: length });
    parts.set(tile, list);
    at += length;
  }
  return parts;
}

/**
 * Checks the header of a tile-part whose bytes are here: coding of its own would not be what the main header promised.
 *
 * @throws {@link FormatError} `bad-codestream`; {@link UnsupportedDataError} `coding`.
 */
export function checkTilePart(bytes: Uint8Array, place: string): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = SOT_BYTES;
  while (at + 2 <= bytes.byteLength) {
    const marker = view.getUint16(at);
    if (marker === SOD) return;
    if (marker === COD || marker === COC || marker === PPT)
      throw new UnsupportedDataError(
        'coding',
        `${place} has the marker ${marker.toString(16)} in a tile-part, which Nadir does not read.`,
        { hint: 'Convert it with gdal_translate -of COG.', details: { place } },
      );
    if (marker < 0xff00 || at + 4 > bytes.byteLength) break;
    at += 2 + view.getUint16(at + 2);
  }
  throw bad(place, 'bad-codestream', 'the header of its tile-part does not end');
}
