export { BlockCache, DEFAULT_CACHE_BYTES } from './block-cache.js';
export { checkWindow } from './check-window.js';
export type { RasterFile, RasterHeader, RasterWindow, Rgba, WindowOptions, WindowTarget } from './types.js';
