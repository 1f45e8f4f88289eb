/** Decoding of raster blocks in WebAssembly; written in AssemblyScript, compiled by scripts/lib/wasm.mjs. */
export { HEAP } from './layout';
export { bitEnd, blockBit, inflate, outEnd } from './inflate';
export { adler32 } from './adler';
export { lzw } from './lzw';
export { floatPlanes, planes } from './planes';
