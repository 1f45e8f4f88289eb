/**
 * One model per dataset, shared by every output of the webview: a renderer module is loaded once, so linking views
 * needs no messages. The store also turns gestures into `steps` requests, 500 ms after the last one.
 */
import { signal, type Signal } from '@preact/signals';
import type { CurationState } from '../../src/display/wire/payload.js';
import { createModel, reduce, type CurationAction, type CurationModel } from './curation.js';
import type { Host } from './host.js';

/** Quiet time after a gesture before it becomes code. */
export const STEP_DELAY_MS = 500;

export interface Dataset {
  readonly datasetId: string;
  readonly model: Signal<CurationModel>;
  /** Actions since the model was made; replaying them gives the same model. */
  readonly actions: readonly CurationAction[];
  dispatch(action: CurationAction): void;
  /** Sends verdicts as steps through `host` from now on; the first view that can write code wins. */
  connect(host: Host, viewId: string, state: CurationState): void;
  /** True when verdicts become code. */
  readonly writesCode: Signal<boolean>;
  release(): void;
}

interface Entry extends Dataset {
  users: number;
}

const datasets = new Map<string, Entry>();

/** Hover changes on every pointer move and is not worth a log entry. */
const LOG_LIMIT = 10_000;

function createDataset(datasetId: string, ids: readonly string[], initial: CurationState | null): Entry {
  const model = signal(createModel(ids, initial));
  const writesCode = signal(false);
  const actions: CurationAction[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let target: { host: Host; viewId: string; source: string } | null = null;

  const flush = (): void => {
    timer = undefined;
    if (target)
      target.host.post(target.viewId, 'steps', { source: target.source, datasetId, steps: model.value.steps });
  };
  return {
    datasetId,
    model,
    actions,
    writesCode,
    users: 0,
    dispatch(action) {
      const before = model.value;
      model.value = reduce(before, action);
      if (action.type !== 'hover' && actions.length < LOG_LIMIT) actions.push(action);
      if (model.value.revision === before.revision || !target) return;
      clearTimeout(timer);
      timer = setTimeout(flush, STEP_DELAY_MS);
    },
    connect(host, viewId, state) {
      if (target || !host.hasMessaging) return;
      target = { host, viewId, source: state.source };
      writesCode.value = true;
    },
    release() {
      const entry = datasets.get(datasetId);
      if (!entry) return;
      entry.users -= 1;
      if (entry.users > 0) return;
      if (timer !== undefined) {
        clearTimeout(timer);
        flush();
      }
      datasets.delete(datasetId);
    },
  };
}

/** The dataset of `datasetId`, with rows `ids` added if it has others; call `release` when the view goes. */
export function openDataset(datasetId: string, ids: readonly string[], initial: CurationState | null): Dataset {
  let entry = datasets.get(datasetId);
  if (entry) {
    // A view without verdicts may have come first; the verdicts of a later view are then the start.
    if (initial && entry.model.value.revision === 0 && entry.model.value.steps.length === 0)
      entry.model.value = reduce(createModel(ids, initial), { type: 'extend', ids: entry.model.value.ids });
    else entry.dispatch({ type: 'extend', ids });
  } else {
    entry = createDataset(datasetId, ids, initial);
    datasets.set(datasetId, entry);
  }
  entry.users += 1;
  return entry;
}

/** How many datasets are open; tests hold that it returns to zero. */
export function openDatasetCount(): number {
  return datasets.size;
}
