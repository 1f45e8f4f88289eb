/** The decoder of blocks in WebAssembly (`wasm/`, compiled to `dist/blocks.wasm`), instantiated on first use. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

interface Global<T> {
  readonly value: T;
}

/** Node's types leave out what a library needs of WebAssembly. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
};

/** What `wasm/index.ts` exports; addresses and lengths are bytes of its memory. */
interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly HEAP: Global<number>;
  readonly outEnd: Global<number>;
  readonly bitEnd: Global<bigint>;
  readonly blockBit: Global<bigint>;
  inflate(
    input: number,
    length: number,
    block: bigint,
    bit: bigint,
    window: number,
    out: number,
    limit: number,
  ): number;
  adler32(at: number, length: number, before: number): number;
  lzw(input: number, length: number, out: number, limit: number): number;
  planes(
    size: number,
    from: number,
    to: number,
    width: number,
    rows: number,
    samples: number,
    differences: boolean,
  ): void;
  floatPlanes(size: number, from: number, to: number, width: number, rows: number, samples: number): void;
}

/** The functions, and their memory as bytes (a new view whenever it grows). */
export interface BlocksWasm extends Omit<Exports, 'HEAP'> {
  readonly heap: number;
  /** Bytes of memory, at least so many. */
  bytes(least: number): Uint8Array;
}

const PAGE = 65536;
/** Folders up to the root of the repository, from the bundle of a test. */
const MAX_UP = 6;
let made: BlocksWasm | null | undefined;

/** In `dist/` the module lies beside the bundle or above it; bundles of tests lie beside `dist/`. */
function modulePath(): string | undefined {
  let folder = path.dirname(fileURLToPath(import.meta.url));
  for (let up = 0; up < MAX_UP; up++) {
    for (const place of ['blocks.wasm', 'dist/blocks.wasm']) {
      const file = path.join(folder, place);
      if (existsSync(file)) return file;
    }
    folder = path.dirname(folder);
  }
  return undefined;
}

/** The decoder of a file; null where it cannot run. */
export function loadBlocksWasm(file: string | undefined): BlocksWasm | null {
  try {
    if (file === undefined) return null;
    const { exports } = new WebAssembly.Instance(new WebAssembly.Module(readFileSync(file)));
    // SAFETY: the module is compiled from wasm/index.ts, which exports these.
    const functions = exports as Exports;
    const { memory } = functions;
    let view = new Uint8Array(memory.buffer);
    return {
      ...functions,
      heap: functions.HEAP.value,
      bytes: (least) => {
        if (least > memory.buffer.byteLength) memory.grow(Math.ceil((least - memory.buffer.byteLength) / PAGE));
        if (view.buffer !== memory.buffer) view = new Uint8Array(memory.buffer);
        return view;
      },
    };
  } catch {
    // Damaged, without SIMD, or without memory for it: zlib does the work.
    return null;
  }
}

/** The decoder; null where it cannot run. */
export function blocksWasm(): BlocksWasm | null {
  if (made === undefined) made = loadBlocksWasm(modulePath());
  return made;
}

/** Has all blocks decoded by another module, or (null) without one; for tests. Gives what was used before. */
export function replaceBlocksWasm(wasm: BlocksWasm | null): BlocksWasm | null {
  const before = blocksWasm();
  made = wasm;
  return before;
}
