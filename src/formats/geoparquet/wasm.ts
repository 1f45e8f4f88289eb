/** The Parquet codec (parquet-wasm), instantiated on first use. */
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import * as parquet from 'parquet-wasm/esm';

let ready = false;

/** In `dist/` the module lies beside the bundle; in development and tests it lies in its package. */
function moduleBytes(): Uint8Array {
  const beside = ['./parquet_wasm_bg.wasm', '../parquet_wasm_bg.wasm']
    .map((place) => fileURLToPath(new URL(place, import.meta.url)))
    .find((file) => existsSync(file));
  return readFileSync(beside ?? createRequire(import.meta.url).resolve('parquet-wasm/esm/parquet_wasm_bg.wasm'));
}

/** The functions of parquet-wasm, ready to be called. */
export function parquetWasm(): typeof parquet {
  if (!ready) {
    parquet.initSync({ module: moduleBytes() });
    ready = true;
  }
  return parquet;
}
