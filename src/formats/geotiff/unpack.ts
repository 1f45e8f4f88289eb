/** From raw block bytes to planar numbers: byte order, predictor, odd bit depths, de-interleaving. */
import { UnsupportedDataError, arrayOf, dtypeSize, viewOf, type DType, type NumericArray } from '../../core/index.js';
import { MAX_WASM_BYTES } from './inflate.js';
import { planesAt } from './planes.js';
import { blocksWasm } from './wasm.js';

/** How samples are stored in a block. */
export interface SampleLayout {
  readonly width: number;
  readonly rows: number;
  /** Samples interleaved in the block. */
  readonly samples: number;
  readonly bits: number;
  /** 1 unsigned, 2 signed, 3 float (TIFF SampleFormat). */
  readonly format: 1 | 2 | 3;
  readonly dtype: DType;
  readonly littleEndian: boolean;
  /** 1 none, 2 differences, 3 floating-point differences. */
  readonly predictor: number;
  readonly nodata: number | null;
}

/** Largest integer that a double holds exactly. */
const MAX_EXACT = 2n ** 53n;
/** Smaller blocks are undone here. */
const MIN_MODULE_BYTES = 16384;
const HOST_LITTLE = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1;

type Unsigned = Uint8Array | Uint16Array | Uint32Array;

/** A view of raw bytes as unsigned numbers of their size: moving bits needs no more, and few types keep loops fast. */
function unsignedView(raw: Uint8Array, size: number): Unsigned | null {
  const { buffer, byteOffset, byteLength } = raw;
  if (size === 1) return raw;
  if (size === 2) return new Uint16Array(buffer, byteOffset, byteLength / 2);
  return size === 4 ? new Uint32Array(buffer, byteOffset, byteLength / 4) : null;
}

function sameType(values: Unsigned): Unsigned {
  if (values instanceof Uint8Array) return new Uint8Array(values.length);
  return values instanceof Uint16Array ? new Uint16Array(values.length) : new Uint32Array(values.length);
}

/**
 * Undoes horizontal differences and interleaving in one pass: 32-bit sums wrap rightly for all three widths, since the
 * store keeps the low bits.
 */
function sumToPlanar(values: Unsigned, rows: number, width: number, samples: number): Unsigned {
  const out = samples === 1 ? values : sameType(values);
  for (let s = 0; s < samples; s++) {
    for (let row = 0; row < rows; row++) {
      let from = row * width * samples + s;
      let to = (s * rows + row) * width;
      const end = to + width;
      let sum = 0;
      for (; to < end; to++, from += samples) {
        // SAFETY: `from` stays below rows · width · samples; a fallback would cost a third of the loop.
        sum = (sum + (values[from] as number)) | 0;
        out[to] = sum;
      }
    }
  }
  return out;
}

/** Pixel-interleaved to planar, on bits. */
function toPlanar(values: Unsigned, pixels: number, samples: number): Unsigned {
  if (samples === 1) return values;
  const out = sameType(values);
  for (let s = 0; s < samples; s++) {
    let from = s;
    const end = (s + 1) * pixels;
    // SAFETY: `from` stays below pixels · samples.
    for (let to = s * pixels; to < end; to++, from += samples) out[to] = values[from] as number;
  }
  return out;
}

function accumulate64(values: BigUint64Array, rows: number, rowLength: number, stride: number): void {
  for (let row = 0; row < rows; row++) {
    const end = (row + 1) * rowLength;
    for (let i = row * rowLength + stride; i < end; i++) values[i] = (values[i] ?? 0n) + (values[i - stride] ?? 0n);
  }
}

/**
 * Undoes the floating-point predictor (Adobe Photoshop TIFF Technical Note 3): bytes of a row are differences, and
 * its byte planes stand one after the other, the most significant first whatever the file's byte order.
 */
function undoFloatPredictor(
  bytes: Uint8Array,
  rows: number,
  rowValues: number,
  stride: number,
  size: number,
): Uint8Array {
  const out = new Uint8Array(rows * rowValues * size);
  const rowBytes = rowValues * size;
  for (let row = 0; row < rows; row++) {
    const start = row * rowBytes;
    for (let i = start + stride; i < start + rowBytes; i++) bytes[i] = (bytes[i] ?? 0) + (bytes[i - stride] ?? 0);
    for (let b = 0; b < size; b++) {
      const plane = start + b * rowValues;
      let target = start + (HOST_LITTLE ? size - 1 - b : b);
      for (let i = 0; i < rowValues; i++, target += size) out[target] = bytes[plane + i] ?? 0;
    }
  }
  return out;
}

/** Half-precision bits (IEEE 754 binary16) to a number. */
function halfToNumber(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : NaN;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** Pixel-interleaved to planar. */
function deinterleave(values: NumericArray, dtype: DType, pixels: number, samples: number): NumericArray {
  if (samples === 1) return values.length === pixels ? values : values.subarray(0, pixels);
  const out = arrayOf(dtype, pixels * samples);
  for (let s = 0; s < samples; s++) {
    const base = s * pixels;
    for (let i = 0, from = s; i < pixels; i++, from += samples) out[base + i] = values[from] ?? 0;
  }
  return out;
}

/** Bit-packed samples, most significant bit first, rows padded to whole bytes. */
function unpackBits(bytes: Uint8Array, layout: SampleLayout): NumericArray {
  const { width, rows, samples, bits, dtype } = layout;
  const out = arrayOf(dtype, width * rows * samples);
  const rowBytes = Math.ceil((width * samples * bits) / 8);
  for (let row = 0; row < rows; row++) {
    let at = row * rowBytes;
    let held = 0;
    let heldBits = 0;
    for (let i = 0; i < width * samples; i++) {
      while (heldBits < bits) {
        held = ((held << 8) | (bytes[at++] ?? 0)) & 0xffffff;
        heldBits += 8;
      }
      heldBits -= bits;
      out[row * width * samples + i] = (held >> heldBits) & ((1 << bits) - 1);
    }
  }
  return deinterleave(out, dtype, width * rows, samples);
}

/** 64-bit integers as doubles; values that a double cannot hold exactly are refused, a nodata value excepted. */
function toDoubles(values: BigInt64Array | BigUint64Array, nodata: number | null, place: string): Float64Array {
  const out = new Float64Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const value = values[i] ?? 0n;
    const double = Number(value);
    if ((value > MAX_EXACT || value < -MAX_EXACT) && double !== nodata) {
      throw new UnsupportedDataError(
        'integer-too-large',
        `${place} holds ${value}, which is beyond 2^53 and cannot be read exactly.`,
        { details: { place } },
      );
    }
    out[i] = double;
  }
  return out;
}

/** Whether the WebAssembly module undoes this layout, and the way there and back is worth it. */
function inModule(layout: SampleLayout): boolean {
  const { width, rows, samples, bits, format, dtype, predictor, littleEndian } = layout;
  const size = dtypeSize(dtype);
  const bytes = width * rows * samples * size;
  return (
    bits === size * 8 &&
    (predictor !== 1 || samples > 1) &&
    (size < 8 || (format === 3 && predictor !== 2)) &&
    (littleEndian || size === 1 || predictor === 3) &&
    bytes >= MIN_MODULE_BYTES &&
    bytes <= MAX_WASM_BYTES
  );
}

/**
 * Numbers of a block, planar (sample, y, x). `bytes` may be changed and kept.
 *
 * @throws {@link UnsupportedDataError} `integer-too-large` for 64-bit integers beyond 2^53.
 */
export function unpackBlock(bytes: Uint8Array, layout: SampleLayout, place: string): NumericArray {
  const { width, rows, samples, bits, dtype, predictor } = layout;
  if (bits % 8 !== 0) return unpackBits(bytes, layout);
  const size = bits / 8;
  const count = width * rows * samples;
  const wasm = inModule(layout) ? blocksWasm() : null;
  if (wasm) {
    const raw = bytes.subarray(0, count * size);
    const free = (wasm.heap + raw.byteLength + 15) & ~15;
    wasm.bytes(free).set(raw, wasm.heap);
    return planesAt(wasm, wasm.heap, free, layout);
  }
  let raw =
    bytes.byteOffset % size === 0 ? bytes.subarray(0, count * size) : new Uint8Array(bytes.subarray(0, count * size));
  if (predictor === 3) {
    raw = undoFloatPredictor(raw, rows, width * samples, samples, size);
  } else if (size > 1 && layout.littleEndian !== HOST_LITTLE) {
    const buffer = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength);
    if (size === 2) buffer.swap16();
    else if (size === 4) buffer.swap32();
    else buffer.swap64();
  }
  const bits32 = unsignedView(raw, size);
  if (bits32) {
    const planar =
      predictor === 2 ? sumToPlanar(bits32, rows, width, samples) : toPlanar(bits32, width * rows, samples);
    if (size === 2 && layout.format === 3) return Float32Array.from(planar, halfToNumber);
    return viewOf(dtype, planar.buffer, planar.byteOffset, count);
  }
  const { buffer, byteOffset } = raw;
  if (predictor === 2) accumulate64(new BigUint64Array(buffer, byteOffset, count), rows, width * samples, samples);
  let values: NumericArray;
  if (size === 8 && layout.format !== 3) {
    const integers =
      layout.format === 2
        ? new BigInt64Array(buffer, byteOffset, count)
        : new BigUint64Array(buffer, byteOffset, count);
    values = toDoubles(integers, layout.nodata, place);
  } else {
    values = viewOf(dtype, buffer, byteOffset, count);
  }
  return deinterleave(values, dtype, width * rows, samples);
}
