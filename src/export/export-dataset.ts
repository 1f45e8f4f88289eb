/** The two calls of an export: what it would do, and doing it. */
import type { LongTask } from '../core/index.js';
import { openLayers } from './layers.js';
import { nadirEngine } from './nadir-engine.js';
import { makePlan } from './plan.js';
import { createRecipe } from './recipe.js';
import { runExport } from './run-export.js';
import type { ExportOptions, ExportPlan, ExportReport, Recipe, RecipeInit } from './types.js';

/**
 * A dry run: items, reads, bytes, files, unmet items and warnings. Header facts only; no pixel is read and nothing is written.
 *
 * @throws {@link ExportError} for everything that {@link exportDataset} refuses about a recipe.
 */
export async function planExport(recipe: Recipe | RecipeInit, o: LongTask = {}): Promise<ExportPlan> {
  const made = createRecipe(recipe);
  return (await makePlan(made, openLayers(made, nadirEngine), o)).plan;
}

/**
 * Writes a dataset: the chips of a recipe's items in the formats it names, `items.parquet`, `README.md`, `recipe.json`,
 * `errors.jsonl` and, last, `manifest.json`.
 *
 * The same recipe on the same files gives the same bytes, for any number of workers and after any interruption (`run.json`
 * apart). Work is staged in `.staging/<recipe hash>` inside the folder and gets its final names at the end: a dataset is there
 * as a whole or not at all. Cancelling keeps finished items for `resume`.
 *
 * @throws {@link ExportError} `export.*` before anything is written, for a bad recipe or target; with `onError: 'raise'` the
 * first failure of an item; the signal's reason when cancelled.
 */
export function exportDataset(recipe: Recipe | RecipeInit, dir: string, o: ExportOptions = {}): Promise<ExportReport> {
  return runExport(recipe, dir, o, nadirEngine);
}
