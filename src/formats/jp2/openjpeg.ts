/** The JPEG 2000 decoder: OpenJPEG as WebAssembly (`@cornerstonejs/codec-openjpeg`), made on first use. */
import { createRequire } from 'node:module';
import { messageOf } from '../../core/index.js';
import { cappedModule, shippedFile } from '../wasm-file.js';

interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  decodeSubResolution(level: number, layers: number): void;
  getDecodedBuffer(): Uint8ClampedArray;
  getFrameInfo(): { readonly width: number; readonly height: number };
  delete(): void;
}
interface Module {
  readonly J2KDecoder: new () => Decoder;
  readonly HEAPU8: Uint8Array;
}
type Factory = (o: object) => Promise<Module>;

/** A decoder whose memory grew beyond this is thrown away: WebAssembly memory never shrinks. */
const KEPT_BYTES = 96 << 20;
const MAX_LINES = 20;

let module: Promise<Module> | undefined;
/** What OpenJPEG prints while it decodes: it returns no errors. */
const printed: string[] = [];

function load(): Promise<Module> {
  module ??= (async () => {
    const file = shippedFile('openjpegwasm_decode.cjs', '@cornerstonejs/codec-openjpeg/decodewasmjs');
    // SAFETY: the package exports the factory of its Emscripten module.
    const factory = createRequire(import.meta.url)(file) as Factory;
    const wasm = cappedModule(shippedFile('openjpegwasm_decode.wasm', '@cornerstonejs/codec-openjpeg/decodewasm'));
    const note = (line: string): void => {
      if (!line.startsWith('[INFO]') && line !== '' && printed.length < MAX_LINES) printed.push(line);
    };
    return factory({ wasmBinary: wasm, print: note, printErr: note });
  })();
  module.catch(() => (module = undefined));
  return module;
}

/**
 * The samples of a codestream, pixel-interleaved, at a resolution (0 = full, 1 = half, …); 16 bits in host order above
 * 8 bits.
 *
 * @throws Error with OpenJPEG's own words for anything that it reports, warnings included: what it warns of is pixels
 * that it could not read and left at zero.
 */
export async function decodeJ2k(bytes: Uint8Array, level: number): Promise<Uint8Array> {
  const openjpeg = await load();
  printed.length = 0;
  let isDamaged = true;
  try {
    const decoder = new openjpeg.J2KDecoder();
    try {
      decoder.getEncodedBuffer(bytes.byteLength).set(bytes);
      decoder.decodeSubResolution(level, 0);
      const decoded = decoder.getDecodedBuffer();
      if (printed.length > 0) throw new Error(words());
      isDamaged = false;
      return new Uint8Array(decoded.buffer, decoded.byteOffset, decoded.byteLength);
    } finally {
      if (!isDamaged) decoder.delete();
    }
  } catch (error) {
    // A C++ exception comes as a number, a failed allocation as an abort.
    throw printed.length > 0 || typeof error === 'number'
      ? new Error(words(), { cause: error })
      : new Error(messageOf(error), { cause: error });
  } finally {
    // After an error its memory may be in any state; a fresh module costs milliseconds.
    if (isDamaged || openjpeg.HEAPU8.byteLength > KEPT_BYTES) module = undefined;
  }
}

/** OpenJPEG's messages as one sentence without its closing dot. */
function words(): string {
  const text = printed.map((line) => line.replace(/^\[\w+\]\s*/, '').trim()).join('; ');
  return text === '' ? 'the decoder failed' : text.replace(/\.$/, '');
}
