export { fileWindows, tileToChips, type FileWindowOptions } from './chips.js';
export { gridSampler } from './grid-sampler.js';
export { randomSampler } from './random-sampler.js';
export { SEQUENCE_CATALOG } from './sequence.js';
export type * from './types.js';
