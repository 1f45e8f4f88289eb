/** The main header of a JPEG 2000 codestream (ISO/IEC 15444-1, annex A): sizes, and what decoding would cost. */
import { FormatError, UnsupportedDataError, type DType } from '../../core/index.js';
import type { PageSource } from '../../io/index.js';

/** How components are coded: resolutions, code-blocks, precincts. */
export interface Coding {
  readonly levels: number;
  /** Exponents of the code-block size. */
  readonly block: readonly [x: number, y: number];
  /** Exponents of the precinct size, smallest resolution first. */
  readonly precincts: readonly (readonly [x: number, y: number])[];
  readonly layers: number;
}

/** Facts of the main header. Image and tiles begin at 0, 0. */
export interface Codestream {
  readonly width: number;
  readonly height: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly across: number;
  readonly down: number;
  readonly count: number;
  readonly bits: number;
  readonly isSigned: boolean;
  readonly dtype: DType;
  readonly isReversible: boolean;
  readonly coding: Coding;
  /** The main header without what concerns tile-parts (TLM, PLM, comments), SOC and SIZ first. */
  readonly header: Uint8Array;
  /** Byte of the file at which the first tile-part begins, and at which the codestream ends. */
  readonly tilesAt: number;
  readonly end: number;
}

const MARKER = {
  SOC: 0xff4f,
  SIZ: 0xff51,
  COD: 0xff52,
  COC: 0xff53,
  TLM: 0xff55,
  PLM: 0xff57,
  PPM: 0xff60,
  CRG: 0xff63,
} as const;
const [COM, SOT, CAP] = [0xff64, 0xff90, 0xff50];
/** Markers left out of a cut-out codestream: they describe tile-parts or are comments. */
const LEFT_OUT: ReadonlySet<number> = new Set([MARKER.TLM, MARKER.PLM, MARKER.CRG, COM]);
const MAX_HEADER_BYTES = 1 << 20;
/** Samples (pixels × components) of one decoded tile; four bytes each inside the decoder. */
export const MAX_TILE_SAMPLES = 40 << 20;
/** Code-blocks and packets of one tile: each costs the decoder about 100 bytes, whatever the file holds. */
const MAX_CODE_BLOCKS = 1 << 20;
const MAX_PACKETS = 1 << 22;
const REVERSIBLE = 1;

function bad(name: string, code: string, what: string): FormatError {
  return new FormatError(code, `${name}: ${what}.`, {
    hint: 'The file is damaged or was not written completely; get it again.',
    details: { file: name },
  });
}

function unsupported(name: string, code: string, what: string): UnsupportedDataError {
  return new UnsupportedDataError(code, `${name} ${what}, which Nadir does not read.`, {
    hint: 'Convert it with gdal_translate -of COG.',
    details: { file: name },
  });
}

/**
 * Reads and checks the main header that begins at a byte of the file.
 *
 * @throws {@link FormatError} `bad-codestream`, `truncated`; {@link UnsupportedDataError} `components`, `bit-depth`,
 * `offset`, `tile-too-large`, `coding` for what is valid but not read.
 */
export async function readCodestream(
  source: PageSource,
  name: string,
  [start, end]: readonly [number, number],
  signal?: AbortSignal,
): Promise<Codestream> {
  const read = async (at: number, length: number): Promise<DataView> => {
    const bytes = at + length <= end ? await source.readPaged(at, length, { signal }) : new Uint8Array(0);
    if (bytes.byteLength < length) throw bad(name, 'truncated', `its codestream ends in the main header at byte ${at}`);
    return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  };
  if ((await read(start, 2)).getUint16(0) !== MARKER.SOC)
    throw bad(name, 'bad-codestream', `no codestream begins at byte ${start}`);
  const kept: Uint8Array[] = [Uint8Array.of(0xff, 0x4f)];
  let at = start + 2;
  let size: Sizes | null = null;
  let coding: Coding | null = null;
  let isReversible = false;
  for (;;) {
    const marker = (await read(at, 2)).getUint16(0);
    if (marker === SOT) break;
    if (marker < 0xff00) throw bad(name, 'bad-codestream', `no marker stands at byte ${at}`);
    const length = (await read(at + 2, 2)).getUint16(0);
    if (length < 2 || at + 2 + length - start > MAX_HEADER_BYTES)
      throw bad(name, 'bad-codestream', `the marker at byte ${at} claims ${length} bytes`);
    const segment = await read(at, length + 2);
    if (size === null && marker !== MARKER.SIZ) throw bad(name, 'bad-codestream', 'it does not begin with its size');
    if (marker === MARKER.SIZ && size === null) size = readSizes(segment, name);
    else if (marker === MARKER.COD) {
      coding = readCoding(segment, name);
      isReversible = segment.getUint8(13) === REVERSIBLE;
    } else if (marker === MARKER.COC || marker === MARKER.PPM || marker === CAP) {
      // Per-component coding, packed packet headers and HTJ2K: not made by the producers of Earth observation data.
      throw unsupported(name, 'coding', `uses the marker ${marker.toString(16)} of JPEG 2000`);
    }
    if (!LEFT_OUT.has(marker)) kept.push(new Uint8Array(segment.buffer, segment.byteOffset, segment.byteLength));
    at += 2 + length;
  }
  if (!size) throw bad(name, 'bad-codestream', 'it has no size');
  if (!coding) throw bad(name, 'bad-codestream', 'it does not say how it is coded');
  checkCost(size, coding, name);
  return { ...size, isReversible, coding, header: Buffer.concat(kept), tilesAt: at, end };
}

type Sizes = Pick<
  Codestream,
  'width' | 'height' | 'tileWidth' | 'tileHeight' | 'across' | 'down' | 'count' | 'bits' | 'isSigned' | 'dtype'
>;

function readSizes(segment: DataView, name: string): Sizes {
  if (segment.byteLength < 43) throw bad(name, 'bad-codestream', 'its size marker is too short');
  const [width, height, left, top, tileWidth, tileHeight, tileLeft, tileTop] = [6, 10, 14, 18, 22, 26, 30, 34].map(
    (at) => segment.getUint32(at),
  ) as [number, number, number, number, number, number, number, number];
  const count = segment.getUint16(38);
  if (count === 0 || segment.byteLength !== 40 + 3 * count)
    throw bad(name, 'bad-codestream', `its size marker does not hold ${count} components`);
  if (width === 0 || height === 0 || tileWidth === 0 || tileHeight === 0)
    throw bad(name, 'bad-codestream', `its size is ${width} × ${height} in tiles of ${tileWidth} × ${tileHeight}`);
  if (left !== 0 || top !== 0 || tileLeft !== 0 || tileTop !== 0)
    throw unsupported(name, 'offset', 'is a JPEG 2000 image that does not begin at 0, 0');
  const depth = segment.getUint8(40);
  const bits = (depth & 127) + 1;
  const isSigned = depth >= 128;
  for (let c = 0; c < count; c++) {
    if (segment.getUint8(40 + 3 * c) !== depth)
      throw unsupported(name, 'components', 'has components of different types');
    if (segment.getUint8(41 + 3 * c) !== 1 || segment.getUint8(42 + 3 * c) !== 1)
      throw unsupported(name, 'components', 'has subsampled components');
  }
  // What the WebAssembly build of OpenJPEG hands out: one component, or three of bytes.
  if (count !== 1 && !(count === 3 && bits <= 8 && !isSigned))
    throw unsupported(name, 'components', `has ${count} components of ${bits} bits in JPEG 2000`);
  if (bits > 16 || (isSigned && bits <= 8))
    throw unsupported(name, 'bit-depth', `has ${bits}-bit ${isSigned ? 'signed ' : ''}values in JPEG 2000`);
  const across = Math.ceil(width / tileWidth);
  const down = Math.ceil(height / tileHeight);
  if (across * down > 65535) throw bad(name, 'bad-codestream', `it claims ${across} × ${down} tiles`);
  const dtype: DType = isSigned ? 'int16' : bits <= 8 ? 'uint8' : 'uint16';
  return {
    width,
    height,
    tileWidth: Math.min(tileWidth, width),
    tileHeight: Math.min(tileHeight, height),
    across,
    down,
    count,
    bits,
    isSigned,
    dtype,
  };
}

/** The coding parameters of a COD marker (A.6.1). */
function readCoding(segment: DataView, name: string): Coding {
  const at = 9;
  if (segment.byteLength < at + 5) throw bad(name, 'bad-codestream', 'its coding marker is too short');
  const layers = segment.getUint16(6);
  const hasPrecincts = (segment.getUint8(4) & 1) === 1;
  const levels = segment.getUint8(at);
  const block = [(segment.getUint8(at + 1) & 15) + 2, (segment.getUint8(at + 2) & 15) + 2] as const;
  if (levels > 32 || block[0] > 10 || block[1] > 10 || block[0] + block[1] > 12 || layers === 0)
    throw bad(name, 'bad-codestream', `its coding is out of range (${levels} levels, blocks 2^${block.join(' × 2^')})`);
  if (hasPrecincts && segment.byteLength < at + 5 + levels + 1)
    throw bad(name, 'bad-codestream', 'its coding marker has too few precinct sizes');
  const precincts = Array.from({ length: levels + 1 }, (_, r) => {
    const v = hasPrecincts ? segment.getUint8(at + 5 + r) : 0xff;
    return [v & 15, v >> 4] as const;
  });
  if (precincts.some(([x, y], r) => r > 0 && (x === 0 || y === 0)))
    throw bad(name, 'bad-codestream', 'its precincts are empty');
  return { levels, block, precincts, layers };
}

/** Refuses what would cost the decoder more than its memory, counted before anything is decoded. */
function checkCost(size: Sizes, coding: Coding, name: string): void {
  const { tileWidth, tileHeight, count } = size;
  if (tileWidth * tileHeight * count > MAX_TILE_SAMPLES)
    throw unsupported(
      name,
      'tile-too-large',
      `has JPEG 2000 tiles of ${tileWidth} × ${tileHeight} × ${count} (the limit is ${MAX_TILE_SAMPLES >> 20} million samples)`,
    );
  let blocks = 0;
  let packets = 0;
  for (let r = 0; r <= coding.levels; r++) {
    const scale = 2 ** (coding.levels - r);
    const [w, h] = [tileWidth / scale, tileHeight / scale];
    const [px, py] = coding.precincts[r] ?? [15, 15];
    const precincts = (Math.ceil(w / 2 ** px) + 1) * (Math.ceil(h / 2 ** py) + 1);
    packets += precincts * coding.layers * count;
    // Code-blocks are no larger than the part of a precinct in a subband.
    const inner = r === 0 ? 0 : 1;
    const bx = 2 ** Math.min(coding.block[0], px - inner);
    const by = 2 ** Math.min(coding.block[1], py - inner);
    const bands = r === 0 ? 1 : 3;
    const [bw, bh] = r === 0 ? [w, h] : [w / 2, h / 2];
    blocks += (Math.ceil(bw / bx) + 1) * (Math.ceil(bh / by) + 1) * bands * count;
    blocks += precincts;
  }
  if (blocks > MAX_CODE_BLOCKS || packets > MAX_PACKETS)
    throw unsupported(
      name,
      'tile-too-large',
      `has JPEG 2000 tiles of about ${Math.round(blocks)} code-blocks and ${Math.round(packets)} packets`,
    );
}
