/** Planes from interleaved raw samples in the memory of the WebAssembly module. */
import { dtypeSize, viewOf, type DType, type NumericArray } from '../../core/numeric.js';
import type { BlocksWasm } from './wasm.js';

/** What raw samples are, little endian (whatever their order with the floating-point predictor). */
export interface RawSamples {
  readonly width: number;
  readonly rows: number;
  readonly samples: number;
  readonly dtype: DType;
  readonly predictor: number;
}

/**
 * Numbers of raw bytes at `at` of the module's memory, planar (sample, row, column), differences undone. Memory from
 * `free` on (a multiple of 16) may be written; the raw bytes are changed.
 */
export function planesAt(wasm: BlocksWasm, at: number, free: number, raw: RawSamples): NumericArray {
  const { width, rows, samples, dtype, predictor } = raw;
  const size = dtypeSize(dtype);
  const length = width * rows * samples * size;
  let planar = at;
  if (predictor !== 1 || samples > 1) {
    planar = free;
    wasm.bytes(free + length + 64);
    if (predictor === 3) wasm.floatPlanes(size, at, planar, width, rows, samples);
    else wasm.planes(size, at, planar, width, rows, samples, predictor === 2);
  }
  return viewOf(dtype, wasm.bytes(0).slice(planar, planar + length).buffer, 0, length / size);
}
