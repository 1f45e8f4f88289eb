import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { cappedModule, shippedFile } from '../../../src/formats/wasm-file.js';

const PAGE = 65536;

describe('WebAssembly codecs that ship', () => {
  for (const [name, specifier] of [
    ['openjpegwasm_decode.wasm', '@cornerstonejs/codec-openjpeg/decodewasm'],
    ['webp_dec.wasm', '@jsquash/webp/codec/dec/webp_dec.wasm'],
  ] as const) {
    test(`${name} cannot take more than 384 MiB`, async () => {
      const file = shippedFile(name, specifier);
      const memory = async (bytes: Uint8Array<ArrayBuffer>): Promise<WebAssembly.Memory> => {
        const module = await WebAssembly.compile(bytes);
        const imports: Record<string, Record<string, () => number>> = {};
        for (const i of WebAssembly.Module.imports(module)) (imports[i.module] ??= {})[i.name] = () => 0;
        const { exports } = await WebAssembly.instantiate(module, imports);
        return Object.values(exports).find((e) => e instanceof WebAssembly.Memory)!;
      };
      const capped = await memory(cappedModule(file));
      const pages = capped.buffer.byteLength / PAGE;
      assert.throws(() => capped.grow(6144 - pages + 1), RangeError);
      assert.equal(capped.grow(16), pages);
      const free = await memory(new Uint8Array(readFileSync(file)));
      assert.equal(free.grow(6144 - pages + 1), pages, 'the package itself sets no such limit');
    });
  }
});
