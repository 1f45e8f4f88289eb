export { curate, replaySteps } from './curate.js';
export { CuratedSelection, type Verdict } from './curated-selection.js';
export { itemId } from './item-id.js';
export { catalogOf, type Curatable, type CuratedItem, type CuratedPart } from './items.js';
export type { CurationStep } from './step.js';
export type { AreaInput } from './area.js';
