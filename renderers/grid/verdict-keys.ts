/** Keys that decide and undo, the same in every view of a dataset (`renderers.md` §6). */
import { targetRows } from '../shared/curation.js';
import type { Dataset } from '../shared/store.js';
import { QUICK_TAGS } from './chip-list.js';

export interface KeyTargets {
  readonly dataset: Dataset;
  /** Rows that "select all" means. */
  readonly visibleRows: () => readonly number[];
  readonly onAdvance: () => void;
  readonly onTag: () => void;
  readonly onHelp: () => void;
  readonly say: (text: string) => void;
}

const VERDICTS = { k: ['keep', 'kept'], r: ['reject', 'rejected'], u: ['undecided', 'undecided'] } as const;

/** Acts on a key and returns true when it was one of ours. */
export function handleVerdictKey(event: KeyboardEvent, targets: KeyTargets): boolean {
  const { dataset, say } = targets;
  const model = dataset.model.peek();
  const key = event.key.toLowerCase();
  const isCommand = event.ctrlKey || event.metaKey;
  if (isCommand && key === 'z') {
    dataset.dispatch({ type: event.shiftKey ? 'redo' : 'undo' });
    say(event.shiftKey ? 'redone' : 'undone');
    return true;
  }
  if (isCommand && key === 'y') {
    dataset.dispatch({ type: 'redo' });
    return true;
  }
  if (isCommand && key === 'a') {
    dataset.dispatch({ type: 'select', rows: targets.visibleRows(), mode: 'replace', cursor: model.cursor });
    say(`${targets.visibleRows().length} selected`);
    return true;
  }
  if (isCommand || event.altKey) return false;
  const rows = targetRows(model);
  if (key === 'k' || key === 'r' || key === 'u') {
    const [verdict, word] = VERDICTS[key];
    dataset.dispatch({ type: 'verdict', rows, verdict });
    say(rows.length === 1 ? `${model.ids[rows[0] ?? 0] ?? ''} ${word}` : `${rows.length} ${word}`);
    if (rows.length === 1) targets.onAdvance();
    return true;
  }
  if (/^[1-9]$/.test(key)) {
    const tag = quickTags(dataset)[Number(key) - 1];
    if (tag !== undefined) {
      const allTagged =
        rows.length > 0 && rows.every((i) => (((model.tags.get(tag)?.[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1);
      dataset.dispatch({ type: allTagged ? 'untag' : 'tag', rows, tag });
      say(allTagged ? `tag ${tag} removed` : `tagged ${tag}`);
    }
    return true;
  }
  if (key === 't') {
    targets.onTag();
    return true;
  }
  if (key === '?') {
    targets.onHelp();
    return true;
  }
  return false;
}

/** The nine tags of the number keys: those in use first, then the usual ones. */
export function quickTags(dataset: Dataset): readonly string[] {
  const used = [...dataset.model.peek().tags.keys()];
  return [...used, ...QUICK_TAGS.filter((t) => !used.includes(t))].slice(0, 9);
}
