/**
 * One model per dataset, shared by every output of the webview: a renderer module is loaded once, so linking views
 * needs no messages. The store also turns gestures into `steps` requests, 500 ms after the last one.
 */
import { signal, type Signal } from '@preact/signals';
import { parseStepsResult, type StepsArgs, type StepsQuery, type StepsResult } from '../../src/display/wire/message.js';
import type { CurationState } from '../../src/display/wire/payload.js';
import { createModel, reduce, resumeModel, type CurationAction, type CurationModel } from './curation.js';
import type { Host } from './host.js';

/** Quiet time after a gesture before it becomes code. */
export const STEP_DELAY_MS = 500;

export interface Dataset {
  readonly datasetId: string;
  readonly model: Signal<CurationModel>;
  dispatch(action: CurationAction): void;
  /**
   * Sends verdicts as steps through `host` from now on; the first view that can write code wins. First it asks for the
   * steps that the notebook's generated cell holds already, and goes on from them: nothing is written before the answer.
   */
  connect(host: Host, viewId: string, state: CurationState): void;
  /** True when verdicts become code. */
  readonly writesCode: Signal<boolean>;
  /** What the host says about the generated cell, if anything. */
  readonly note: Signal<string | null>;
  release(): void;
}

interface Entry extends Dataset {
  users: number;
}

const datasets = new Map<string, Entry>();

function createDataset(datasetId: string, ids: readonly string[], initial: CurationState | null): Entry {
  const model = signal(createModel(ids, initial));
  const writesCode = signal(false);
  const note = signal<string | null>(null);
  /** Gestures made before the answer, which come after what it says. */
  let gestures: CurationAction[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let target: { host: Host; viewId: string; source: string } | null = null;

  /** The answer to the question what the notebook says already is outstanding. */
  let isAsking = false;
  /** There are gestures that wait for that answer. */
  let isDue = false;

  /** Asks, and shows the note of the answer. No answer changes nothing: there is no extension, or it is an older one. */
  const send = async (args: StepsQuery | StepsArgs): Promise<StepsResult | undefined> => {
    if (!target) return undefined;
    try {
      const result = parseStepsResult(await target.host.ask(target.viewId, 'steps', args));
      if (!result.ok) return undefined;
      note.value = result.value.note;
      return result.value;
    } catch {
      return undefined;
    }
  };
  const flush = (): void => {
    timer = undefined;
    isDue = isAsking;
    if (target && !isAsking) void send({ source: target.source, datasetId, steps: model.value.steps });
  };
  const begin = async (state: CurationState): Promise<void> => {
    isAsking = true;
    const steps = (await send({ source: state.source, datasetId, query: true }))?.steps;
    isAsking = false;
    if (steps && JSON.stringify(steps) !== JSON.stringify(model.value.steps))
      model.value = resumeModel(model.value, state, steps, gestures);
    gestures = [];
    if (isDue) flush();
    if (entry.users === 0 && datasets.get(datasetId) === entry) datasets.delete(datasetId);
  };
  const entry: Entry = {
    datasetId,
    model,
    writesCode,
    note,
    users: 0,
    dispatch(action) {
      const before = model.value;
      model.value = reduce(before, action);
      if (model.value.revision === before.revision) return;
      if (isAsking || !target) gestures.push(action);
      if (!target) return;
      clearTimeout(timer);
      timer = setTimeout(flush, STEP_DELAY_MS);
    },
    connect(host, viewId, state) {
      if (target || !host.hasMessaging) return;
      target = { host, viewId, source: state.source };
      writesCode.value = true;
      void begin(state);
    },
    release() {
      if (entry.users === 0) return;
      entry.users -= 1;
      if (entry.users > 0) return;
      if (timer !== undefined) {
        clearTimeout(timer);
        flush();
      }
      // Gestures that wait for the answer are written then, and a view that comes back until then goes on with them.
      if (!isDue && datasets.get(datasetId) === entry) datasets.delete(datasetId);
    },
  };
  return entry;
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
