/** Reads `.npy` files: little-endian, C order, numbers. */
import { readFileSync } from 'node:fs';

export interface NpyArray {
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}

const READERS: Readonly<Record<string, (b: ArrayBuffer) => ArrayLike<number>>> = {
  '|i1': (b) => new Int8Array(b),
  '|u1': (b) => new Uint8Array(b),
  '|b1': (b) => new Uint8Array(b),
  '<i2': (b) => new Int16Array(b),
  '<u2': (b) => new Uint16Array(b),
  '<i4': (b) => new Int32Array(b),
  '<u4': (b) => new Uint32Array(b),
  '<f4': (b) => new Float32Array(b),
  '<f8': (b) => new Float64Array(b),
};

export function readNpy(path: string): NpyArray {
  const bytes = readFileSync(path);
  if (bytes.subarray(1, 6).toString('latin1') !== 'NUMPY') throw new Error(`${path} is no .npy file`);
  const isLong = bytes[6]! >= 2;
  const start = isLong ? 12 : 10;
  const length = isLong ? bytes.readUInt32LE(8) : bytes.readUInt16LE(8);
  const header = bytes.subarray(start, start + length).toString('latin1');
  const descr = /'descr':\s*'([^']+)'/.exec(header)?.[1] ?? '';
  const shape = (/'shape':\s*\(([^)]*)\)/.exec(header)?.[1] ?? '')
    .split(',')
    .filter((s) => s.trim() !== '')
    .map(Number);
  const reader = READERS[descr];
  if (!reader || header.includes("'fortran_order': True")) throw new Error(`${path}: unsupported array ${header}`);
  const data = bytes.subarray(start + length);
  return { shape, values: reader(new Uint8Array(data).buffer) };
}
