/** Modules that `build.mjs` makes. */
declare module 'nadir:basemap-110m' {
  import type { EncodedBasemap } from './map/basemap.js';
  export const basemap: EncodedBasemap;
}
declare module 'nadir:basemap-50m' {
  import type { EncodedBasemap } from './map/basemap.js';
  export const basemap: EncodedBasemap;
}
declare module 'nadir:map-worker' {
  /** Source of MapLibre's module worker, ASCII only. */
  export const workerSource: string;
}
