/** Pixels: georeferenced arrays, warping, merging, masks, output. */
export { binBands, gaussianSrf, type BandWeights, type SrfOptions } from './binning.js';
export { canonicalBandName } from './band-name.js';
export { isCategoricalName } from './categorical.js';
export type { CubeLabels, CubeVar, DataCubeInit } from './cube/cube-data.js';
export { spatialAttrs, type RegridOptions } from './cube/cube-regrid.js';
export type { CubeIndexes, CubeLabel, CubeSelectors, LabelRange, SelOptions } from './cube/cube-select.js';
export type { SeriesPoint } from './cube/cube-table.js';
export { DataCube, isDataCube } from './cube/data-cube.js';
export type { ZarrOptions, ZarrReport } from './cube/save-zarr.js';
export { GeoTensor, isGeoTensor, type Reduction } from './geo-tensor.js';
export { masks, maskRules, maskTest, type MaskRule } from './masks.js';
export { fillInvalid, fillMissing, sameType, type Canvas } from './canvas.js';
export { createMerger, mergedType, MERGE_METHODS, type MergeMethod, type Merger } from './merge.js';
export { asFloat64, defaultFill, dtypeOf, holdsValue, makeArray, promote, storeRounded } from './numeric.js';
export { earthSunDistance, radianceToReflectance, type RadianceOptions, type RadianceUnit } from './radiance.js';
export { dnToReflectance, normalizedDifference, type ReflectanceOptions } from './reflectance.js';
export { sliceOf } from './slice-of.js';
export { cogBytes, saveCog, type CogOptions, type CogReport } from './save-cog.js';
export { bandStatistics, type BandStatistics, type BandSummary, type Percent } from './statistics/band-statistics.js';
export { Burner } from './vector/burner.js';
export { labelOf } from './vector/label.js';
export type { FeaturesInput, GeoFeature, GeoJsonCrs } from './vector/feature-set.js';
export {
  polygonsFromMask,
  type MaskFeature,
  type MaskInput,
  type PolygonOptions,
} from './vector/polygons-from-mask.js';
export { checkBurnOptions, rasterize, type RasterizeOptions } from './vector/rasterize.js';
export type { RasterGrid } from './vector/raster-grid.js';
export { saveGeoJson, type GeoJsonOptions, type GeoJsonReport } from './save-geojson.js';
export { compactValid, type Dim, type GeoTensorInit, type OuterDim } from './tensor/data.js';
export type { GeoTensorJson } from './tensor/json.js';
export type { PlainArray } from './tensor/reduce.js';
export type { ResizeTarget } from './tensor/resize.js';
export type { AxisRange, AxisSelection } from './tensor/select.js';
export type { TransformMode } from './warp/coordinates.js';
export { isInterpolating, RESAMPLINGS, type Resampling } from './warp/methods.js';
export { RelationCache } from './warp/relation.js';
export { sourceScale, type SourceGrid } from './warp/source-grid.js';
export { warpBlock, warpInto } from './warp/warp-block.js';
export {
  isSurelyWhole,
  mayMeet,
  planWarp,
  type Block,
  type RasterSource,
  type WarpBand,
  type WarpedBlock,
  type WarpPlan,
} from './warp/warp-plan.js';
