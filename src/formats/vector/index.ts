export { openVector, VECTOR_EXTENSIONS } from './open-vector.js';
export type { FeatureOptions, LayerFacts, VectorFeature, VectorFile, VectorFormat } from './types.js';
