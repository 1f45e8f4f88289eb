/**
 * The curation model: a pure reducer `(state, action) → state` (`renderers.md` §6). All views of one dataset show one
 * state; rows are indices into `ids`, sets of rows are bitmasks, and verdicts are also a log of steps that becomes code.
 */
import type { CurationState, CurationStep } from '../../src/display/wire/payload.js';
import { bitIndices, countBits, emptyBits, growBits, hasBit, unionBits, withBits, type Bits } from './bits.js';

export type Verdict = 'keep' | 'reject' | 'undecided';

/** What a gesture changes and undo restores. */
interface Decisions {
  readonly kept: Bits;
  readonly rejected: Bits;
  readonly tags: ReadonlyMap<string, Bits>;
  readonly steps: readonly CurationStep[];
}

export interface CurationModel extends Decisions {
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  /** Row under the pointer, −1 for none. */
  readonly hover: number;
  /** Row that the keyboard is on; a Shift-range starts here. */
  readonly cursor: number;
  readonly selected: Bits;
  readonly past: readonly Decisions[];
  readonly future: readonly Decisions[];
  /** Counts the gestures that changed verdicts or tags, undo and redo included. */
  readonly revision: number;
}

export type CurationAction =
  | { readonly type: 'hover'; readonly row: number }
  | {
      readonly type: 'select';
      readonly rows: readonly number[];
      readonly mode: 'replace' | 'toggle' | 'add';
      readonly cursor?: number;
    }
  | { readonly type: 'move'; readonly row: number }
  | { readonly type: 'verdict'; readonly rows: readonly number[]; readonly verdict: Verdict }
  | { readonly type: 'tag'; readonly rows: readonly number[]; readonly tag: string }
  | { readonly type: 'untag'; readonly rows: readonly number[]; readonly tag: string }
  | { readonly type: 'undo' }
  | { readonly type: 'redo' }
  | { readonly type: 'extend'; readonly ids: readonly string[] };

/** Gestures that undo remembers. */
const MAX_PAST = 200;

function strings(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((v): v is string => typeof v === 'string') : [];
}

/** Rows by tag, out of tags by item id. */
function bitsByTag(
  tags: Readonly<Record<string, readonly string[]>>,
  indexOf: ReadonlyMap<string, number>,
): ReadonlyMap<string, Bits> {
  const byTag = new Map<string, Bits>();
  for (const [id, words] of Object.entries(tags)) {
    const row = indexOf.get(id);
    if (row === undefined) continue;
    for (const word of words) byTag.set(word, withBits(byTag.get(word) ?? emptyBits(indexOf.size), [row]));
  }
  return byTag;
}

/** A model of rows `ids`, with the steps of `initial` replayed; rules come from its `verdicts`. */
export function createModel(ids: readonly string[], initial: CurationState | null = null): CurationModel {
  const indexOf = new Map(ids.map((id, i) => [id, i]));
  const rows = (list: readonly string[]): number[] => list.flatMap((id) => indexOf.get(id) ?? []);
  let decisions: Decisions = {
    kept: emptyBits(ids.length),
    rejected: emptyBits(ids.length),
    tags: new Map(),
    steps: [],
  };
  if (initial?.verdicts) {
    const { kept, rejected, tags } = initial.verdicts;
    decisions = {
      kept: withBits(decisions.kept, rows(kept)),
      rejected: withBits(decisions.rejected, rows(rejected)),
      tags: bitsByTag(tags, indexOf),
      steps: initial.steps,
    };
  } else if (initial) {
    for (const step of initial.steps)
      decisions = { ...replay(decisions, step, rows(strings(step.args[0]))), steps: [...decisions.steps, step] };
  }
  return {
    ids,
    indexOf,
    hover: -1,
    cursor: ids.length > 0 ? 0 : -1,
    selected: emptyBits(ids.length),
    past: [],
    future: [],
    revision: 0,
    ...decisions,
  };
}

/**
 * The model that goes on from a log kept elsewhere (the generated cell of the notebook): `log` replaces the steps that
 * the output was saved with, and `gestures` made in the meantime come after it. Pointer and rows stay.
 *
 * When the log continues the steps of `initial`, its verdicts are the start, since only the kernel can replay rules.
 */
export function resumeModel(
  state: CurationModel,
  initial: CurationState,
  log: readonly CurationStep[],
  gestures: readonly CurationAction[],
): CurationModel {
  const isContinued = initial.verdicts !== undefined && continues(initial.steps, log);
  let start = createModel(state.ids, isContinued ? initial : { source: initial.source, steps: log });
  if (isContinued) {
    let decisions = decisionsOf(start);
    // The last step of the output is replayed too: gestures of its kind were merged into it.
    for (const step of log.slice(Math.max(0, initial.steps.length - 1)))
      decisions = replay(decisions, step, rowsOf(start, strings(step.args[0])));
    start = { ...start, ...decisions, steps: log };
  }
  const { hover, cursor, selected } = state;
  return { ...gestures.reduce(reduce, start), hover, cursor, selected };
}

function rowsOf(state: CurationModel, ids: readonly string[]): number[] {
  return ids.flatMap((id) => state.indexOf.get(id) ?? []);
}

/** Whether `log` is `steps` and more; the last of `steps` may have taken further ids in. */
function continues(steps: readonly CurationStep[], log: readonly CurationStep[]): boolean {
  const last = steps.length - 1;
  return steps.every((step, i) => {
    const other = log[i];
    if (other?.op !== step.op) return false;
    if (JSON.stringify(other.args) === JSON.stringify(step.args)) return true;
    if (i < last || JSON.stringify(other.args.slice(1)) !== JSON.stringify(step.args.slice(1))) return false;
    const ids = new Set(strings(other.args[0]));
    return Array.isArray(step.args[0]) && strings(step.args[0]).every((id) => ids.has(id));
  });
}

/** Decisions after one step on rows; rules (`within`, `where`) change nothing here, only the kernel can tell. */
function replay(d: Decisions, step: CurationStep, rows: readonly number[]): Decisions {
  switch (step.op) {
    case 'keep':
      return { ...d, kept: withBits(d.kept, rows), rejected: withBits(d.rejected, [], rows) };
    case 'reject':
      return { ...d, kept: withBits(d.kept, [], rows), rejected: withBits(d.rejected, rows) };
    case 'undecide':
      return { ...d, kept: withBits(d.kept, [], rows), rejected: withBits(d.rejected, [], rows) };
    case 'tag':
    case 'untag': {
      const tags = new Map(d.tags);
      // A step written by hand may name several words.
      for (const tag of strings(step.args.slice(1))) {
        const old = tags.get(tag) ?? new Uint32Array(d.kept.length);
        const next = step.op === 'tag' ? withBits(old, rows) : withBits(old, [], rows);
        if (countBits(next) === 0) tags.delete(tag);
        else tags.set(tag, next);
      }
      return { ...d, tags };
    }
    case 'within':
    case 'where':
      return d;
    default:
      return step.op satisfies never;
  }
}

/** The log with `step` at its end; a neighbour of the same kind (and the same tag or reason) takes the ids in. */
export function mergeStep(steps: readonly CurationStep[], step: CurationStep): readonly CurationStep[] {
  const last = steps.at(-1);
  const listed = Array.isArray(step.args[0]) && last !== undefined && Array.isArray(last.args[0]);
  if (!last || !listed || last.op !== step.op) return [...steps, step];
  if (JSON.stringify(last.args.slice(1)) !== JSON.stringify(step.args.slice(1))) return [...steps, step];
  const ids = [...new Set([...strings(last.args[0]), ...strings(step.args[0])])];
  return [...steps.slice(0, -1), { op: step.op, args: [ids, ...step.args.slice(1)] }];
}

function decisionsOf(state: CurationModel): Decisions {
  return { kept: state.kept, rejected: state.rejected, tags: state.tags, steps: state.steps };
}

function gesture(
  state: CurationModel,
  op: CurationStep['op'],
  rows: readonly number[],
  extra: readonly unknown[] = [],
): CurationModel {
  const ids = rows.flatMap((i) => state.ids[i] ?? []);
  if (ids.length === 0) return state;
  const step: CurationStep = { op, args: [ids, ...extra] };
  const before = decisionsOf(state);
  const after = { ...replay(before, step, rows), steps: mergeStep(state.steps, step) };
  return {
    ...state,
    ...after,
    past: [...state.past, before].slice(-MAX_PAST),
    future: [],
    revision: state.revision + 1,
  };
}

/** The next state. Pure: the same actions from the same start give the same state. */
export function reduce(state: CurationModel, action: CurationAction): CurationModel {
  switch (action.type) {
    case 'hover':
      return action.row === state.hover ? state : { ...state, hover: action.row };
    case 'move':
      return { ...state, cursor: action.row };
    case 'select': {
      const { rows, mode } = action;
      const already = mode === 'toggle' ? rows.filter((i) => hasBit(state.selected, i)) : [];
      const fresh = rows.filter((i) => !already.includes(i));
      const selected = withBits(mode === 'replace' ? emptyBits(state.ids.length) : state.selected, fresh, already);
      return { ...state, selected, cursor: action.cursor ?? rows.at(-1) ?? state.cursor };
    }
    case 'verdict':
      return gesture(
        state,
        action.verdict === 'undecided' ? 'undecide' : action.verdict,
        action.rows.filter((i) => verdictOf(state, i) !== action.verdict),
      );
    case 'tag':
      return gesture(
        state,
        'tag',
        action.rows.filter((i) => !hasTag(state, i, action.tag)),
        [action.tag],
      );
    case 'untag':
      return gesture(
        state,
        'untag',
        action.rows.filter((i) => hasTag(state, i, action.tag)),
        [action.tag],
      );
    case 'undo': {
      const before = state.past.at(-1);
      if (!before) return state;
      return {
        ...state,
        ...before,
        past: state.past.slice(0, -1),
        future: [decisionsOf(state), ...state.future],
        revision: state.revision + 1,
      };
    }
    case 'redo': {
      const [after, ...rest] = state.future;
      if (!after) return state;
      return {
        ...state,
        ...after,
        past: [...state.past, decisionsOf(state)],
        future: rest,
        revision: state.revision + 1,
      };
    }
    case 'extend': {
      const fresh = action.ids.filter((id) => !state.indexOf.has(id));
      if (fresh.length === 0) return state;
      const ids = [...state.ids, ...fresh];
      const grow = (d: Decisions): Decisions => ({
        ...d,
        kept: growBits(d.kept, ids.length),
        rejected: growBits(d.rejected, ids.length),
        tags: new Map([...d.tags].map(([t, b]) => [t, growBits(b, ids.length)])),
      });
      return {
        ...state,
        ...grow(state),
        ids,
        indexOf: new Map(ids.map((id, i) => [id, i])),
        cursor: Math.max(0, state.cursor),
        selected: growBits(state.selected, ids.length),
        past: state.past.map(grow),
        future: state.future.map(grow),
      };
    }
    default:
      return action satisfies never;
  }
}

/** Verdict of a row. */
export function verdictOf(state: CurationModel, row: number): Verdict {
  return hasBit(state.kept, row) ? 'keep' : hasBit(state.rejected, row) ? 'reject' : 'undecided';
}

function hasTag(state: CurationModel, row: number, tag: string): boolean {
  const bits = state.tags.get(tag);
  return bits !== undefined && hasBit(bits, row);
}

/** Tags of a row, in the order in which they came up. */
export function tagsOf(state: CurationModel, row: number): string[] {
  return [...state.tags].filter(([, bits]) => hasBit(bits, row)).map(([tag]) => tag);
}

export interface CurationCounts {
  readonly kept: number;
  readonly rejected: number;
  readonly undecided: number;
  readonly tagged: number;
  readonly selected: number;
  readonly total: number;
}

/** How many rows are kept, rejected, undecided, tagged and selected. */
export function countsOf(state: CurationModel): CurationCounts {
  const kept = countBits(state.kept);
  const rejected = countBits(state.rejected);
  const total = state.ids.length;
  return {
    kept,
    rejected,
    undecided: total - kept - rejected,
    tagged: countBits(unionBits(state.tags.values(), total)),
    selected: countBits(state.selected),
    total,
  };
}

/** Rows that a verdict applies to: the selection if the cursor is in it, else the row of the cursor. */
export function targetRows(state: CurationModel, row = state.cursor): number[] {
  if (row >= 0 && hasBit(state.selected, row)) return bitIndices(state.selected);
  return row >= 0 ? [row] : [];
}
