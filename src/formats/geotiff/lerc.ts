/** LERC blocks (Esri's Limited Error Raster Compression) with their own mask, alone or inside Deflate or Zstandard. */
import { UnsupportedDataError } from '../../core/index.js';
import { shippedFile } from '../wasm-file.js';
import type { BlockFacts } from './codec.js';
import { inflateBlock } from './inflate.js';
import { unpackZstd } from './zstd.js';

type Lerc = typeof import('lerc');

/** Additional compression in the second value of LercParameters (libtiff). */
const [DEFLATE, ZSTD] = [1, 2];
const FLOAT = 3;
/** LERC's data types by code. */
const TYPES = ['S8', 'U8', 'S16', 'U16', 'S32', 'U32', 'F32', 'F64'] as const;

let lerc: Promise<Lerc> | undefined;

function load(): Promise<Lerc> {
  lerc ??= import('lerc').then(async (module) => {
    await module.load({ locateFile: () => shippedFile('lerc-wasm.wasm', 'lerc/lerc-wasm.wasm') });
    return module;
  });
  lerc.catch(() => (lerc = undefined));
  return lerc;
}

/** LERC's name of a sample type. */
function typeOf(format: number, bits: number): string {
  return `${format === FLOAT ? 'F' : format === 2 ? 'S' : 'U'}${bits}`;
}

/**
 * The samples of a LERC block, pixel-interleaved, in the byte order of the file (libtiff swaps the values of big-endian
 * files before LERC sees them; floats are then refused, as swapped ones look like NaN). Pixels that LERC's mask leaves out are
 * NaN in floats; in integers they keep what LERC stores, and a single extra sample beyond LERC's is the mask as alpha,
 * as in libtiff.
 *
 * @throws Error when the stream is damaged or is not of the block's size and type.
 */
export async function unpackLerc(stored: Uint8Array, facts: BlockFacts, place: string): Promise<Uint8Array> {
  const { width, rows, samples, bits, format, expectedBytes, options } = facts;
  const { decode, getBlobInfo } = await load();
  // At worst LERC stores raw values, its mask and its headers.
  const most = expectedBytes * 1.25 + width * rows + 65536;
  const packing = options.lercParameters[1] ?? 0;
  let blob = stored;
  if (packing === DEFLATE) blob = await inflateBlock(stored, Math.ceil(most));
  else if (packing === ZSTD) blob = await unpackZstd(stored, Math.ceil(most));
  else if (packing !== 0)
    throw new UnsupportedDataError('compression', `${place} is LERC inside compression ${packing}.`);
  const info = getBlobInfo(blob);
  const type = TYPES[info.dataType];
  // A masked image may keep its alpha band as LERC's mask.
  const depth = info.depthCount * info.bandCount;
  const isAlpha = depth === samples - 1 && info.bandCount === 1;
  if (info.width !== width || info.height !== rows || type !== typeOf(format, bits) || (depth !== samples && !isAlpha))
    throw new Error(
      `it holds ${info.width} × ${info.height} × ${depth} values of ${type ?? 'no type'}, the block is ${width} × ${rows} × ${samples} of ${typeOf(format, bits)}`,
    );
  const { pixels, mask, validPixelCount } = decode(blob, { returnInterleaved: true });
  const count = width * rows;
  const size = bits / 8;
  const out = new Uint8Array(count * samples * size);
  const isValid = (i: number): boolean => (validPixelCount === 0 ? false : mask === null || mask[i] !== 0);
  const [first] = pixels;
  if (!first) throw new Error('it holds no values');
  const values = new Uint8Array(first.buffer, first.byteOffset, first.byteLength);
  if (pixels.length === 1 && !isAlpha) out.set(values);
  else if (isAlpha) {
    const from = info.depthCount * size;
    for (let i = 0; i < count; i++) {
      out.set(values.subarray(i * from, (i + 1) * from), i * samples * size);
      if (isValid(i)) out.fill(255, (i * samples + samples - 1) * size, (i + 1) * samples * size);
    }
  } else {
    pixels.forEach((plane, band) => {
      const bytes = new Uint8Array(plane.buffer, plane.byteOffset, plane.byteLength);
      for (let i = 0; i < count; i++) out.set(bytes.subarray(i * size, (i + 1) * size), (i * samples + band) * size);
    });
  }
  if (format === FLOAT) {
    const floats = bits === 32 ? new Float32Array(out.buffer) : new Float64Array(out.buffer);
    for (let i = 0; i < count; i++) if (!isValid(i)) floats.fill(NaN, i * samples, (i + 1) * samples);
  }
  return out;
}
