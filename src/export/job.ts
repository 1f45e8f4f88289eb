/** One export under way: what its steps share. */
import type { GeoSlice, RunningTask } from '../core/index.js';
import type { Engine } from './engine.js';
import type { OpenLayer } from './layers.js';
import type { Planned } from './plan.js';
import type { Target } from './target.js';
import type { ExportOptions, Recipe } from './types.js';

/** Recipe, target and the parts below. */
export interface Job {
  readonly recipe: Recipe;
  readonly hash: string;
  readonly target: Target;
  readonly layers: readonly OpenLayer[];
  readonly planned: Planned;
  readonly engine: Engine;
  readonly options: ExportOptions;
  readonly task: RunningTask;
  readonly startedAt: Date;
}

/** An item with the name of its files. */
export interface NamedItem {
  readonly id: string;
  readonly name: string;
  readonly slice: GeoSlice;
  readonly hasThumb: boolean;
}
