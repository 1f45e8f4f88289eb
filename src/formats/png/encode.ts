/** Writing PNG (W3C Portable Network Graphics, third edition) with `node:zlib`. Equal images give equal bytes. */
import { deflateSync } from 'node:zlib';
import { ArgumentError } from '../../core/index.js';

/** An 8-bit image, pixel-interleaved, row 0 on top. */
export interface PngImage {
  readonly width: number;
  readonly height: number;
  /** 1 grey, 3 RGB, 4 RGBA. */
  readonly channels: 1 | 3 | 4;
  readonly data: Uint8Array | Uint8ClampedArray;
  readonly bitDepth?: 8;
  /** Colours of an indexed image, three bytes each, at most 256; `data` holds indices and `channels` is 1. */
  readonly palette?: Uint8Array;
}

/** How it is written. */
export interface PngOptions {
  /** Texts by keyword (1–79 Latin-1 characters); any Unicode in the text. */
  readonly text?: Readonly<Record<string, string>>;
}

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];
const COLOR_TYPES = { 1: 0, 3: 2, 4: 6 } as const;
/** Fixed, so that equal images give equal bytes. */
const LEVEL = 6;
/** Indices are small and repeat; trying harder pays. */
const INDEXED_LEVEL = 9;
const INDEXED = 3;
const FILTER = { none: 0, sub: 1, up: 2 } as const;

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, n) => {
  let c = n;
  for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1;
  return c >>> 0;
});

/** CRC-32 as PNG defines it (`zlib.crc32` came with Node 20.15; we support 20.12). */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function chunk(type: string, data: Uint8Array): Buffer {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  out.set(data, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

function textChunk(keyword: string, text: string): Buffer {
  if (!/^[\x20-\x7e\xa1-\xff]{1,79}$/.test(keyword)) {
    throw new ArgumentError('png-keyword', `${JSON.stringify(keyword)} cannot be a PNG keyword.`, {
      hint: 'Use 1 to 79 Latin characters.',
    });
  }
  // iTXt: keyword, not compressed, no language, no translated keyword, UTF-8 text.
  return chunk(
    'iTXt',
    Buffer.concat([Buffer.from(keyword, 'latin1'), Buffer.from([0, 0, 0, 0, 0]), Buffer.from(text, 'utf8')]),
  );
}

/** Sum of absolute differences, the usual guess at how well a filtered row compresses. */
function cost(row: Uint8Array): number {
  let sum = 0;
  for (const byte of row) sum += byte < 128 ? byte : 256 - byte;
  return sum;
}

function filterRows({ width, height, channels, data }: PngImage): Uint8Array {
  const length = width * channels;
  const out = new Uint8Array((length + 1) * height);
  const sub = new Uint8Array(length);
  const up = new Uint8Array(length);
  for (let y = 0; y < height; y++) {
    const start = y * length;
    for (let i = 0; i < length; i++) {
      const value = data[start + i] ?? 0;
      sub[i] = value - (i >= channels ? (data[start + i - channels] ?? 0) : 0);
      up[i] = value - (y > 0 ? (data[start + i - length] ?? 0) : 0);
    }
    const none = data.subarray(start, start + length);
    const plain = new Uint8Array(none.buffer, none.byteOffset, none.byteLength);
    const candidates = [
      { filter: FILTER.none, row: plain, cost: cost(plain) },
      { filter: FILTER.sub, row: sub, cost: cost(sub) },
      { filter: FILTER.up, row: up, cost: cost(up) },
    ];
    const best = candidates.reduce((a, b) => (b.cost < a.cost ? b : a));
    out[y * (length + 1)] = best.filter;
    out.set(best.row, y * (length + 1) + 1);
  }
  return out;
}

/** Rows without filters: differences of indices mean nothing. */
function plainRows({ width, height, data }: PngImage): Uint8Array {
  const out = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) out.set(data.subarray(y * width, (y + 1) * width), y * (width + 1) + 1);
  return out;
}

/**
 * The bytes of a PNG file.
 *
 * @throws {@link ArgumentError} `png-size` when data and size disagree, `png-palette`,
 * `png-keyword` for a text that PNG cannot name.
 */
export function encodePng(image: PngImage, o: PngOptions = {}): Uint8Array {
  const { width, height, channels, data } = image;
  const isSize = (n: number): boolean => Number.isInteger(n) && n >= 1 && n < 2 ** 31;
  if (!isSize(width) || !isSize(height) || data.length !== width * height * channels) {
    throw new ArgumentError(
      'png-size',
      `${data.length} bytes do not make an image of ${width} × ${height} with ${channels} channels.`,
      { hint: 'Give width · height · channels bytes.' },
    );
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, COLOR_TYPES[channels], 0, 0, 0], 8);
  const texts = Object.entries(o.text ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  const { palette } = image;
  if (palette) {
    const entries = palette.length / 3;
    if (channels !== 1 || !Number.isInteger(entries) || entries < 1 || entries > 256) {
      throw new ArgumentError(
        'png-palette',
        `A palette has 1 to 256 colours of 3 bytes and 1 channel; got ${palette.length} bytes and ${channels} channels.`,
      );
    }
    head[9] = INDEXED;
  }
  const body = palette
    ? deflateSync(plainRows(image), { level: INDEXED_LEVEL })
    : deflateSync(filterRows(image), { level: LEVEL });
  const colours = palette ? [chunk('PLTE', palette)] : [];
  const parts = [
    Buffer.from(SIGNATURE),
    chunk('IHDR', head),
    ...colours,
    ...texts.map(([k, v]) => textChunk(k, v)),
    chunk('IDAT', body),
    chunk('IEND', new Uint8Array(0)),
  ];
  return new Uint8Array(Buffer.concat(parts));
}
