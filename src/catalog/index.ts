export { appendFiles, type AppendOptions, type AppendReport } from './stored/append.js';
export type { PartitionKey } from './stored/append-layout.js';
export { buildCubeCatalog, type CubeOptions } from './build/build-cube.js';
export { buildRasterCatalog } from './build/build-raster.js';
export { buildVectorCatalog, type VectorBuildOptions } from './build/build-vector.js';
export type { BuildOptions } from './build/build-options.js';
export type { FileInput } from './build/expand-files.js';
export type { NamedFiles } from './build/file-name.js';
export { catalogOf, memoryCatalog, ROOT } from './catalog.js';
export { catalogFromStac, type StacOptions } from './stac/from-stac.js';
export { catalogToStac } from './stac/to-stac.js';
export type { StacAsset, StacItem, StacItemInput, StacLink, StacSource } from '../formats/stac/index.js';
export { compileExpression, type Fact, type Facts } from './expression.js';
export {
  boxPolygon,
  containsPoint,
  footprintBounds,
  intersectionBounds,
  isBox,
  meets,
  overlaps,
  polygonsOf,
  type Area,
} from './geometry.js';
export { openCatalog, type OpenOptions } from './stored/open-catalog.js';
export { resolutionPair, sliceResolution } from './resolution.js';
export { prepareAreas } from './area.js';
export { rasterFootprint } from './footprint.js';
export { encodeCatalog } from './stored/write-catalog.js';
export type * from './types.js';
