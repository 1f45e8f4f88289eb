export { clipFootprints, shareArea } from './clip.js';
export { duplicateKey, identityKey } from './identity.js';
export { nearestPairs, nearestPairsSync, type NearestOptions, type NearestPairs } from './nearest.js';
export { findPairs, findPairsSync, type PairOptions } from './pairs.js';
export { projectFootprint, projectTable, projectTableSync } from './project.js';
export type { RowPairs } from './row-pairs.js';
