export { appendFiles, type AppendOptions, type AppendReport } from './append.js';
export type { PartitionKey } from './append-layout.js';
export { buildCubeCatalog, type CubeOptions } from './build-cube.js';
export { buildRasterCatalog } from './build-raster.js';
export { buildVectorCatalog, type VectorBuildOptions } from './build-vector.js';
export type { BuildOptions } from './build-options.js';
export type { FileInput } from './expand-files.js';
export type { NamedFiles } from './file-name.js';
export { catalogOf, memoryCatalog, ROOT } from './catalog.js';
export { catalogFromStac, type StacOptions } from './from-stac.js';
export { catalogToStac } from './to-stac.js';
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
export { openCatalog, type OpenOptions } from './open-catalog.js';
export { resolutionPair, sliceResolution } from './resolution.js';
export { prepareAreas } from './area.js';
export { rasterFootprint } from './footprint.js';
export { encodeCatalog } from './write-catalog.js';
export type * from './types.js';
