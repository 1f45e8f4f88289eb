/** Loading: a catalog and a slice to arrays. */
export { closeLoadContext } from './context.js';
export { loadChips, loadChipsQuietly, type Chip, type ChipOptions, type ChipStream } from './load-chips.js';
export { loadCube } from './load-cube.js';
export type { CubeLoadOptions } from './cube-options.js';
export { loadVector, type VectorLoadOptions, type VectorTask } from './load-vector.js';
export type { DetectionResult, Instance, InstanceResult, ShapedArray } from './vector-results.js';
export { loadRaster, loadRasterQuietly } from './load-raster.js';
export type { RasterLoadOptions, RowOrder } from './options.js';
export { loadRasterTimeseries } from './timeseries.js';
export type { TemporalAggregation, TimeseriesOptions } from './timeseries-options.js';
export type { MaskRule } from '../pixels/index.js';
