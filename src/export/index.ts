export { exportDataset, planExport } from './export-dataset.js';
export { readRecipe } from './read-recipe.js';
export { createRecipe, recipeHash } from './recipe.js';
export { verifyDataset } from './verify.js';
export type * from './types.js';
