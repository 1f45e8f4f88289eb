/** Deflate blocks (zlib streams, RFC 1950), with bounded output. */
import { createInflate, inflateSync } from 'node:zlib';
import { blocksWasm, type BlocksWasm } from './wasm.js';

/** Larger blocks go to zlib's threads: memory of the module never shrinks. */
export const MAX_WASM_BYTES = 16 << 20;
/** Bytes that the module may read behind its input, and write behind its output. */
export const INPUT_SLACK = 32;
export const OUTPUT_SLACK = 512;
/** How far back a stream can refer. */
const HISTORY = 32768;
const HEADER_BYTES = 2;
const CHECKSUM_BYTES = 4;
/** Least and most bytes that zlib puts out at a time. */
const MIN_CHUNK = 64;
const MAX_CHUNK = 64 << 20;
/** zlib's Z_SYNC_FLUSH: a stream without its checksum passes; its length is checked by the caller. */
const SYNC_FLUSH = 2;
/** Answers of the module's `inflate`. */
const COMPLETE = 0;
const FULL = 3;

/** Where decoding of a stream can go on. */
export interface Resume {
  /** Bit of the stream at which the Deflate block begun last starts: there its codes stand. */
  readonly block: number;
  /** Bit to go on from: in that block, or at its start. */
  readonly bit: number;
  /** Bytes of output before that bit; a few more than were taken, as the last repeat may go on behind them. */
  readonly base: number;
  /** The last of them. */
  readonly history: Uint8Array;
  /** Bytes of output taken so far, and their checksum. */
  readonly done: number;
  readonly adler: number;
}

/** Output in the module's memory, good until its next call. */
export interface Inflated {
  readonly wasm: BlocksWasm;
  /** Where the bytes from `resume.done` on (or from the start) stand, and how many there are. */
  readonly at: number;
  readonly count: number;
  /** Where free memory begins. */
  readonly free: number;
  /** Null when the stream has nothing more that is wanted. */
  readonly resume: Resume | null;
}

/** The chunk size is the expected size, so that the output is made once. */
function chunkSize(length: number): number {
  return Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, length));
}

/** By zlib's own threads: the first `length` bytes, or as many as there are. */
function zlibBlock(stored: Uint8Array, length: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const stream = createInflate({ chunkSize: chunkSize(length), finishFlush: SYNC_FLUSH });
    const parts: Uint8Array[] = [];
    let filled = 0;
    const finish = (): void => {
      const [only] = parts;
      resolve((parts.length === 1 && only ? only : Buffer.concat(parts)).subarray(0, length));
    };
    stream.on('data', (part: Uint8Array) => {
      parts.push(part);
      filled += part.byteLength;
      if (filled < length) return;
      // What lies behind is not wanted: rows below the image, or a forged stream without end.
      finish();
      stream.destroy();
    });
    stream.once('error', reject);
    stream.once('end', finish);
    stream.end(stored);
  });
}

function checkHeader(stored: Uint8Array): void {
  const [method = 0, flags = 0] = stored;
  if (stored.byteLength < HEADER_BYTES || (method & 15) !== 8 || ((method << 8) | flags) % 31 !== 0 || flags & 32)
    throw new Error('it does not start as a zlib stream does');
}

/**
 * Inflates the output bytes up to `end` of a stream that should give `total`, from the start or from where an earlier
 * call stopped. The checksum is compared when all of a stream has been taken; a stream without one passes, as in libtiff.
 *
 * @throws Error when the stream is damaged.
 */
export function inflateInto(
  wasm: BlocksWasm,
  stored: Uint8Array,
  end: number,
  total: number,
  resume: Resume | null = null,
): Inflated {
  checkHeader(stored);
  const base = resume?.base ?? 0;
  const done = resume?.done ?? 0;
  const input = wasm.heap;
  const length = stored.byteLength - HEADER_BYTES;
  const window = (input + length + INPUT_SLACK + 15) & ~15;
  const out = window + (resume?.history.byteLength ?? 0);
  // One byte more than there should be, so that the end of the stream is seen.
  const limit = Math.max(out, out + end - base + (end === total ? 1 : 0));
  const memory = wasm.bytes(limit + OUTPUT_SLACK);
  memory.set(stored.subarray(HEADER_BYTES), input);
  memory.fill(0, input + length, input + length + INPUT_SLACK);
  if (resume) memory.set(resume.history, window);
  const status = wasm.inflate(input, length, BigInt(resume?.block ?? 0), BigInt(resume?.bit ?? 0), window, out, limit);
  const bitEnd = Number(wasm.bitEnd.value);
  const at = out + done - base;
  const free = (limit + OUTPUT_SLACK + 15) & ~15;
  if (status !== COMPLETE && status !== FULL) {
    // Damaged, or cut: then the last symbols were read from behind the end. zlib tells what there is, or what is wrong.
    const options = { chunkSize: chunkSize(total), maxOutputLength: total + 65536, finishFlush: SYNC_FLUSH };
    const there = inflateSync(stored, options).subarray(done, end);
    memory.set(there, at);
    return { wasm, at, count: there.byteLength, free, resume: null };
  }
  const count = Math.max(0, Math.min(wasm.outEnd.value, out + end - base) - at);
  const before = resume?.adler ?? 1;
  if (status === COMPLETE) {
    const checked = HEADER_BYTES + Math.ceil(bitEnd / 8);
    if (done + count === total && stored.byteLength >= checked + CHECKSUM_BYTES) {
      const view = new DataView(stored.buffer, stored.byteOffset + checked, CHECKSUM_BYTES);
      if (view.getInt32(0) !== wasm.adler32(at, count, before))
        throw new Error('its checksum is not that of its bytes');
    }
  }
  let next: Resume | null = null;
  if (status === FULL && end < total) {
    const stop = wasm.outEnd.value;
    next = {
      block: Number(wasm.blockBit.value),
      bit: bitEnd,
      base: base + stop - out,
      history: memory.slice(Math.max(window, stop - HISTORY), stop),
      done: end,
      adler: wasm.adler32(at, count, before),
    };
  }
  return { wasm, at, count, free, resume: next };
}

/**
 * The bytes of a zlib stream that should hold `length`; fewer when it ends earlier, no more when it goes on.
 *
 * @throws Error when the stream is damaged.
 */
export function inflateBlock(stored: Uint8Array, length: number): Promise<Uint8Array> | Uint8Array {
  const wasm = length + stored.byteLength <= MAX_WASM_BYTES ? blocksWasm() : null;
  if (wasm) {
    const { at, count } = inflateInto(wasm, stored, length, length);
    return wasm.bytes(0).slice(at, at + count);
  }
  return zlibBlock(stored, length);
}
