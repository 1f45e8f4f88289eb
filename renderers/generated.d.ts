/** Modules that `build.mjs` makes; `EncodedBasemap` of map/basemap.ts says what the fields mean. */
interface NadirBasemap {
  readonly scale: number;
  readonly land: readonly (readonly (readonly number[])[])[];
  readonly borders: readonly (readonly number[])[];
  readonly countries: readonly {
    readonly name: string;
    readonly polygons: readonly (readonly (readonly number[])[])[];
  }[];
}
declare module 'nadir:basemap-110m' {
  export const basemap: NadirBasemap;
}
declare module 'nadir:basemap-50m' {
  export const basemap: NadirBasemap;
}
declare module 'nadir:map-worker' {
  /** Source of MapLibre's module worker, ASCII only. */
  export const workerSource: string;
}
