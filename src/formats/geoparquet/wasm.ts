/** The Parquet codec (parquet-wasm), instantiated on first use. */
import { readFileSync } from 'node:fs';
import * as parquet from 'parquet-wasm/esm';
import { shippedFile } from '../wasm-file.js';

let ready = false;

/** The functions of parquet-wasm, ready to be called. */
export function parquetWasm(): typeof parquet {
  if (!ready) {
    parquet.initSync({
      module: readFileSync(shippedFile('parquet_wasm_bg.wasm', 'parquet-wasm/esm/parquet_wasm_bg.wasm')),
    });
    ready = true;
  }
  return parquet;
}
