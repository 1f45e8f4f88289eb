export { describeCube, listedName, type CubeDescription, type DescribeCubeOptions } from './describe-cube.js';
export { cubeItemSize } from './selection.js';
export type { CubeGrid } from './cube-grid.js';
export type { CubeTime } from './cube-time.js';
export { numberOf, numbersOf, textOf } from './attributes.js';
export { readCoordinate, readNumericCoordinate } from './coordinates.js';
export { openCube } from './open-cube.js';
export type {
  CubeAttributes,
  CubeDType,
  CubeFile,
  CubeGroup,
  CubeSelection,
  CubeValues,
  CubeVariable,
} from './types.js';
