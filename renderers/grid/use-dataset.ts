/** A dataset of the store for as long as a view lives. */
import { useEffect, useMemo } from 'preact/hooks';
import { useSignalValue } from '../shared/use-signal.js';
import type { CurationState } from '../../src/display/wire/payload.js';
import type { CurationModel } from '../shared/curation.js';
import type { Host } from '../shared/host.js';
import { openDataset, type Dataset } from '../shared/store.js';

/** The dataset of `datasetId` and its current model; connects verdicts to code when `curation` is set. */
export function useDataset(
  host: Host,
  viewId: string,
  datasetId: string,
  items: readonly { readonly id: string }[],
  curation: CurationState | null,
): { readonly dataset: Dataset; readonly model: CurationModel } {
  const dataset = useMemo(() => {
    const opened = openDataset(
      datasetId,
      items.map((i) => i.id),
      curation,
    );
    if (curation) opened.connect(host, viewId, curation);
    return opened;
  }, [datasetId, items]);
  useEffect(() => () => dataset.release(), [dataset]);
  return { dataset, model: useSignalValue(dataset.model) };
}
