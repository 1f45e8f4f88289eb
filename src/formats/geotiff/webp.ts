/** WebP blocks: libwebp as WebAssembly (`@jsquash/webp`), made on first use. */
import { cappedModule, shippedFile } from '../wasm-file.js';
import type { BlockFacts } from './codec.js';

interface Decoded {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8ClampedArray;
}
interface Module {
  decode(bytes: Uint8Array): Decoded | null;
}

let module: Promise<Module> | undefined;

/** The module makes an `ImageData`, which Node does not have. */
class PlainImageData implements Decoded {
  readonly data: Uint8ClampedArray;
  readonly width: number;
  readonly height: number;
  constructor(data: Uint8ClampedArray, width: number, height: number) {
    this.data = data;
    this.width = width;
    this.height = height;
  }
}

async function load(): Promise<Module> {
  const imported: unknown = await import('@jsquash/webp/codec/dec/webp_dec.js');
  // SAFETY: the package exports the factory of its Emscripten module.
  const { default: factory } = imported as { default: (o: object) => Promise<Module> };
  const wasmBinary = cappedModule(shippedFile('webp_dec.wasm', '@jsquash/webp/codec/dec/webp_dec.wasm'));
  const had = 'ImageData' in globalThis;
  try {
    return await factory({ wasmBinary, print: () => undefined, printErr: () => undefined });
  } finally {
    // The package leaves its own class behind; others must not take Node for a browser because of it.
    if (!had) Reflect.deleteProperty(globalThis, 'ImageData');
  }
}

/** Decodes with the class that the module makes its result of, which is there for no longer than this call. */
function decode(webp: Module, bytes: Uint8Array): Decoded | null {
  const had = 'ImageData' in globalThis;
  if (!had) Object.defineProperty(globalThis, 'ImageData', { value: PlainImageData, configurable: true });
  try {
    return webp.decode(bytes);
  } finally {
    if (!had) Reflect.deleteProperty(globalThis, 'ImageData');
  }
}

/**
 * The size that a WebP stream claims (RFC 9649): of the first VP8, VP8L or VP8X chunk; null when it is no WebP stream.
 */
export function webpSize(bytes: Uint8Array): readonly [width: number, height: number] | null {
  if (bytes.byteLength < 30) return null;
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, 16).toString('latin1');
  if (!text.startsWith('RIFF') || text.slice(8, 12) !== 'WEBP') return null;
  const at = (i: number): number => bytes[i] ?? 0;
  switch (text.slice(12, 16)) {
    case 'VP8 ':
      return [at(26) | ((at(27) & 0x3f) << 8), at(28) | ((at(29) & 0x3f) << 8)];
    case 'VP8L':
      return [1 + (at(21) | ((at(22) & 0x3f) << 8)), 1 + ((at(22) >> 6) | (at(23) << 2) | ((at(24) & 15) << 10))];
    case 'VP8X':
      return [1 + (at(24) | (at(25) << 8) | (at(26) << 16)), 1 + (at(27) | (at(28) << 8) | (at(29) << 16))];
    default:
      return null;
  }
}

/**
 * The samples of a WebP block: red, green, blue and, of four samples, alpha.
 *
 * @throws Error when the stream is damaged or not of the block's size.
 */
export async function unpackWebp(stored: Uint8Array, facts: BlockFacts): Promise<Uint8Array> {
  const { width, rows, samples, bits } = facts;
  if ((samples !== 3 && samples !== 4) || bits !== 8) throw new Error(`WebP cannot hold ${samples} samples`);
  const size = webpSize(stored);
  if (size?.[0] !== width || size[1] !== rows)
    throw new Error(`its WebP image is ${size?.join(' × ') ?? 'none'}, the block is ${width} × ${rows}`);
  module ??= load();
  module.catch(() => (module = undefined));
  let decoded: Decoded | null;
  try {
    decoded = decode(await module, stored);
  } catch (error) {
    module = undefined; // an abort leaves the module in any state
    throw new Error('the decoder failed', { cause: error });
  }
  if (decoded?.width !== width || decoded.height !== rows) throw new Error('its WebP image is damaged');
  const rgba = new Uint8Array(decoded.data.buffer, decoded.data.byteOffset, decoded.data.byteLength);
  if (samples === 4) return rgba;
  const out = new Uint8Array(width * rows * 3);
  for (let from = 0, to = 0; to < out.length; from += 4, to += 3) {
    out[to] = rgba[from] ?? 0;
    out[to + 1] = rgba[from + 1] ?? 0;
    out[to + 2] = rgba[from + 2] ?? 0;
  }
  return out;
}
