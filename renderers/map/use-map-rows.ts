/** Items of a view as shapes on its map, linked with the rows of the dataset's model. */
import { useMemo } from 'preact/hooks';
import type { LonLatBox, Outline } from '../../src/display/wire/payload.js';
import { verdictOf, type CurationModel } from '../shared/curation.js';
import type { MapFeature } from './geometry.js';

interface Placed {
  readonly id: string;
  readonly bbox: LonLatBox;
  readonly outline: Outline;
}

export interface MapRows {
  /** Row of the model for each item; −1 when it has none. */
  readonly modelRow: readonly number[];
  /** Position of an item by its row of the model. */
  readonly rowOf: ReadonlyMap<number, number>;
  readonly features: readonly MapFeature[];
}

/** Shapes of items, coloured by their verdicts. */
export function useMapRows(items: readonly Placed[], model: CurationModel): MapRows {
  const modelRow = useMemo(() => items.map((r) => model.indexOf.get(r.id) ?? -1), [items, model.indexOf]);
  const rowOf = useMemo(() => new Map(modelRow.map((m, i) => [m, i])), [modelRow]);
  const features = useMemo(
    () =>
      items.map((r, i) => ({
        row: i,
        bbox: r.bbox,
        outline: r.outline,
        state: verdictOf(model, modelRow[i] ?? -1),
      })),
    [items, model.kept, model.rejected, modelRow],
  );
  return { modelRow, rowOf, features };
}
