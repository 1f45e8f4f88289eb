export { clipFootprints, shareArea } from './clip.js';
export { duplicateDigest, duplicateKey, Duplicates, Identities, identityKey } from './identity.js';
export { nearestPairs, nearestPairsSync, type NearestOptions, type NearestPairs } from './nearest.js';
export { findPairs, findPairsSync, type PairOptions } from './pairs.js';
export { projectFootprint, projectTable, projectTableSync, type Projection } from './project.js';
export type { RowPairs } from './row-pairs.js';
