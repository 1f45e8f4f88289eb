/** One tile of a codestream as a codestream of its own, for a decoder that only decodes whole images. */
import type { Codestream, Coding } from './codestream.js';

/** A tile moved towards the origin, in a frame of whole tiles. */
export interface Cut {
  readonly bytes: Uint8Array;
  /** Offset of the tile in the frame and size of the frame, in pixels of the full resolution. */
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

/** Positions of partition lines inside (from, to), relative to `from`, with lines at multiples of 2^exponent. */
function linesInside(from: number, to: number, exponent: number): number[] {
  const step = 2 ** exponent;
  const lines: number[] = [];
  for (let line = (Math.floor(from / step) + 1) * step; line < to; line += step) lines.push(line - from);
  return lines;
}

/**
 * Whether a tile at `to` is divided as it is at `from`: precincts and code-blocks are anchored at 0 of each resolution
 * and subband (B.6, B.7), so a tile may only be moved to where the same lines cross it. Both are multiples of 2^levels
 * apart, so sizes and parities of all resolutions stay.
 */
function sameDivision(from: number, to: number, size: number, coding: Coding, axis: 0 | 1): boolean {
  if ((from - to) % 2 ** coding.levels !== 0) return false;
  for (let r = 0; r <= coding.levels; r++) {
    const scale = 2 ** (coding.levels - r);
    const precinct = coding.precincts[r]?.[axis] ?? 15;
    const inner = r === 0 ? 0 : 1;
    const block = Math.min(coding.block[axis], precinct - inner);
    const at = (origin: number, exponent: number, unit: number): string =>
      linesInside(Math.ceil(origin / unit), Math.ceil((origin + size) / unit), exponent).join();
    if (at(from, precinct, scale) !== at(to, precinct, scale)) return false;
    // Subbands have half the size of their resolution; high-pass ones begin half a sample earlier, a line at the same place or none.
    const unit = scale * (1 + inner);
    if (at(from, block, unit) !== at(to, block, unit)) return false;
    if (inner === 1 && highLines(from, size, block, scale) !== highLines(to, size, block, scale)) return false;
  }
  return true;
}

/** Code-block lines of a high-pass subband: its samples are the odd ones of the resolution (B-15). */
function highLines(origin: number, size: number, block: number, scale: number): string {
  const unit = scale * 2;
  return linesInside(Math.ceil((origin - scale) / unit), Math.ceil((origin + size - scale) / unit), block).join();
}

/** The index nearest to 0 to which a tile of index `index` can be moved on one axis. */
function nearest(index: number, tileSize: number, size: number, coding: Coding, axis: 0 | 1): number {
  for (let i = 0; i < index; i++) {
    if (sameDivision(index * tileSize, i * tileSize, size, coding, axis)) return i;
  }
  return index;
}

/**
 * The codestream of one tile: the main header with a smaller image, and the tile-parts under their new tile index. The
 * frame holds the tile in its last column and row; its other tiles are absent and cost nothing but their pixels.
 */
export function cutTile(stream: Codestream, x: number, y: number, parts: readonly Uint8Array[]): Cut {
  const { tileWidth, tileHeight, coding } = stream;
  const width = Math.min(tileWidth, stream.width - x * tileWidth);
  const height = Math.min(tileHeight, stream.height - y * tileHeight);
  const column = nearest(x, tileWidth, width, coding, 0);
  const row = nearest(y, tileHeight, height, coding, 1);
  const frame = { left: column * tileWidth, top: row * tileHeight };
  const [frameWidth, frameHeight] = [frame.left + width, frame.top + height];
  const bytes = Buffer.concat([stream.header, ...parts, Uint8Array.of(0xff, 0xd9)]);
  // SOC, then SIZ: Xsiz at 8, Ysiz at 12, XTsiz at 24, YTsiz at 28.
  bytes.writeUInt32BE(frameWidth, 8);
  bytes.writeUInt32BE(frameHeight, 12);
  bytes.writeUInt32BE(tileWidth, 24);
  bytes.writeUInt32BE(tileHeight, 28);
  let at = stream.header.byteLength;
  parts.forEach((part, i) => {
    bytes.writeUInt16BE(row * (column + 1) + column, at + 4);
    bytes.writeUInt32BE(part.byteLength, at + 6);
    bytes.writeUInt8(i, at + 10);
    bytes.writeUInt8(parts.length, at + 11);
    at += part.byteLength;
  });
  return { bytes, ...frame, width: frameWidth, height: frameHeight };
}
