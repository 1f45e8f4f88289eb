/** Curated selections: verdicts and tags on items, as an immutable chain of replayable steps (`renderers.md` §6). */
import {
  Crs,
  DISPLAY_METHOD,
  displayObject,
  KIND,
  nearestNames,
  SelectionError,
  type CrsInput,
} from '../core/index.js';
import type { CurationStep } from './step.js';
import { compileExpression, type ExpressionParams } from '../catalog/expression.js';
import { areaPolygons, meetsArea, type AreaInput } from './area.js';
import { idList, readIds } from './id-list.js';
import type { CuratedItem, CuratedPart, ItemSet } from './items.js';

/** What a person decided about an item. */
export type Verdict = 'kept' | 'rejected' | 'undecided';

const UNDECIDED = 0;
const KEPT = 1;
const REJECTED = 2;
const NAMES: readonly Verdict[] = ['undecided', 'kept', 'rejected'];
/** Ids that an error names at most. */
const SHOWN_IDS = 3;

interface State {
  readonly set: ItemSet;
  readonly source: unknown;
  readonly indexOf: ReadonlyMap<string, number>;
  /** One code per item. */
  readonly verdicts: Uint8Array;
  readonly notes: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, readonly string[]>;
  readonly steps: readonly CurationStep[];
}

/**
 * Verdicts (kept, rejected, undecided) and tags on the items of a catalog, a sequence of slices, or a list of chips.
 *
 * Every step returns a new selection; later verdicts win. `keep` and `reject` name items; `within` and `where` are rules and
 * reject what does not meet them. `steps` is the whole history, and replaying it on the same items gives the same selection.
 *
 * **What an export takes** ({@link exported}): as soon as anything is kept, the kept items only; until then everything
 * that was not rejected. So "reject two, export the rest" and "keep these five, export them" both work without saying so.
 */
export class CuratedSelection<T = unknown> {
  readonly #state: State;

  /** Not for users: {@link curate} makes selections. */
  constructor(state: State) {
    this.#state = state;
  }

  get [KIND](): 'curation' {
    return 'curation';
  }

  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }

  /** One line for lists of variables. */
  toString(): string {
    const { kept, rejected, undecided } = this.counts;
    return `${kept} kept, ${rejected} rejected, ${undecided} undecided`;
  }

  /** The kept items, of the kind that was curated. */
  get kept(): CuratedPart<T> {
    return this.#part(KEPT);
  }

  /** The rejected items, of the kind that was curated. */
  get rejected(): CuratedPart<T> {
    return this.#part(REJECTED);
  }

  /** The items without a verdict, of the kind that was curated. */
  get undecided(): CuratedPart<T> {
    return this.#part(UNDECIDED);
  }

  /** What an export takes, of the kind that was curated: the kept items, or everything not rejected while none is kept. */
  get exported(): CuratedPart<T> {
    const ids = new Set(this.exportedIds);
    // SAFETY: a part is of the kind that was curated.
    return this.#state.set.part((id) => ids.has(id)) as CuratedPart<T>;
  }

  /** Ids of {@link exported}, in the order of the curated value. */
  get exportedIds(): readonly string[] {
    const { set, verdicts } = this.#state;
    const anyKept = verdicts.includes(KEPT);
    return set.items.filter((_, i) => (anyKept ? verdicts[i] === KEPT : verdicts[i] !== REJECTED)).map((i) => i.id);
  }

  /** Tags by item id; items without a tag are absent. */
  get tags(): Readonly<Record<string, string[]>> {
    return Object.fromEntries([...this.#state.tags].map(([id, tags]) => [id, [...tags]]));
  }

  /** Reasons given with the latest verdict, by item id. */
  get notes(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.#state.notes);
  }

  /** The replayable log. Calling `curate(value)[op](...args)` in order gives this selection again. */
  get steps(): readonly CurationStep[] {
    return this.#state.steps;
  }

  /** What was curated. */
  get source(): unknown {
    return this.#state.source;
  }

  /** Which kind of value was curated. */
  get of(): ItemSet['of'] {
    return this.#state.set.of;
  }

  /** All item ids, in the order of the curated value. */
  get ids(): readonly string[] {
    return this.#state.set.items.map((i) => i.id);
  }

  /** Items by verdict. */
  get counts(): {
    readonly total: number;
    readonly kept: number;
    readonly rejected: number;
    readonly undecided: number;
    readonly tagged: number;
  } {
    const { verdicts, tags } = this.#state;
    const count = (code: number): number => verdicts.reduce((n, v) => n + (v === code ? 1 : 0), 0);
    return {
      total: verdicts.length,
      kept: count(KEPT),
      rejected: count(REJECTED),
      undecided: count(UNDECIDED),
      tagged: tags.size,
    };
  }

  /** The verdict on one item. @throws {@link SelectionError} `unknown-id`. */
  verdictOf(id: string): Verdict {
    const [index = 0] = this.#indices([id]);
    return NAMES[this.#state.verdicts[index] ?? UNDECIDED] ?? 'undecided';
  }

  /** Keeps items. @throws {@link SelectionError} `unknown-id` naming the nearest ids. */
  keep(ids: Iterable<string>, note?: string): CuratedSelection<T> {
    return this.#verdict('keep', KEPT, ids, note);
  }

  /** Rejects items. @throws {@link SelectionError} `unknown-id` naming the nearest ids. */
  reject(ids: Iterable<string>, note?: string): CuratedSelection<T> {
    return this.#verdict('reject', REJECTED, ids, note);
  }

  /** Takes the verdict off items. @throws {@link SelectionError} `unknown-id`. */
  undecide(ids: Iterable<string>): CuratedSelection<T> {
    return this.#verdict('undecide', UNDECIDED, ids, undefined);
  }

  /** Adds tags to items. @throws {@link SelectionError} `unknown-id`, `bad-tag`. */
  tag(ids: Iterable<string>, ...tags: readonly string[]): CuratedSelection<T> {
    return this.#retag('tag', ids, tags, (old) => [...new Set([...old, ...tags])]);
  }

  /** Takes tags off items. @throws {@link SelectionError} `unknown-id`, `bad-tag`. */
  untag(ids: Iterable<string>, ...tags: readonly string[]): CuratedSelection<T> {
    return this.#retag('untag', ids, tags, (old) => old.filter((t) => !tags.includes(t)));
  }

  /**
   * Rejects every item whose footprint does not meet an area: a ring of positions or a box, in longitude and latitude unless
   * `crs` says otherwise. Touching counts, as in `catalog.query`.
   *
   * @throws {@link ArgumentError} `bad-area`.
   */
  within(area: AreaInput, crs?: CrsInput): CuratedSelection<T> {
    const polygons = areaPolygons(area, crs);
    const passes = this.#state.set.items.map((i) => meetsArea(i.geometry, i.crs, polygons));
    return this.#rule(passes, { op: 'within', args: crs === undefined ? [area] : [area, Crs.from(crs).canonical] });
  }

  /**
   * Rejects every item that fails a test: an expression over its columns (`` `eo:cloud_cover` < 20 ``), a callback, or the
   * ids that pass.
   *
   * A callback cannot be written down, so its step is stored as the ids it let pass.
   *
   * @throws {@link ExpressionError} with the position; {@link SelectionError} `unknown-id`, `bad-rule`.
   */
  where(
    rule: string | readonly string[] | ((item: CuratedItem<T>, id: string) => boolean),
    params?: ExpressionParams,
  ): CuratedSelection<T> {
    const { items } = this.#state.set;
    if (typeof rule === 'string') {
      const facts = items.map((i) => i.facts());
      const test = compileExpression(rule, new Set(facts.flatMap((f) => Object.keys(f))), params);
      return this.#rule(facts.map(test), { op: 'where', args: params === undefined ? [rule] : [rule, params] });
    }
    if (typeof rule === 'function') {
      // SAFETY: items of a set are of the kind that was curated.
      const passes = items.map((i) => rule(i.value as CuratedItem<T>, i.id));
      return this.#rule(passes, { op: 'where', args: [items.filter((_, i) => passes[i]).map((i) => i.id)] });
    }
    const ids = idList(rule, 'where');
    this.#indices(ids);
    const wanted = new Set(ids);
    return this.#rule(
      items.map((i) => wanted.has(i.id)),
      { op: 'where', args: [ids] },
    );
  }

  /** Rejects the ids of a file; see {@link keepFrom}. */
  rejectFrom(file: string, digest: string): CuratedSelection<T> {
    return this.reject(readIds(file, digest));
  }

  /**
   * Keeps the ids of a JSON file (a list of strings, or `{ "ids": […] }`), if its SHA-256 is the one given.
   *
   * The step is stored with the ids, so a replay does not need the file.
   *
   * @throws {@link SelectionError} `unreadable-ids`, `changed-file`, `unknown-id`.
   */
  keepFrom(file: string, digest: string): CuratedSelection<T> {
    return this.keep(readIds(file, digest));
  }

  /** One step of the log applied. @throws {@link SelectionError} `unknown-step`, and what the step itself throws. */
  apply(step: CurationStep): CuratedSelection<T> {
    const [first, second] = step.args;
    const note = typeof second === 'string' ? second : undefined;
    switch (step.op) {
      case 'keep':
      case 'reject':
        return this[step.op](idList(first, step.op), note);
      case 'undecide':
        return this.undecide(idList(first, step.op));
      case 'tag':
      case 'untag':
        return this[step.op](idList(first, step.op), ...step.args.slice(1).map(String));
      case 'within':
        // SAFETY: areaPolygons checks the area.
        return this.within(first as AreaInput, note);
      case 'where':
        if (typeof first === 'string') {
          // SAFETY: parameters are looked up by name and compared as scalars.
          return this.where(first, second as ExpressionParams | undefined);
        }
        return this.where(idList(first, step.op));
      default:
        throw new SelectionError('unknown-step', `There is no curation step "${String(step.op satisfies never)}".`);
    }
  }

  toJSON(): unknown {
    return { type: 'CuratedSelection', counts: this.counts, steps: this.steps, tags: this.tags };
  }

  #part(code: number): CuratedPart<T> {
    const { set, verdicts, indexOf } = this.#state;
    // SAFETY: a part is of the kind that was curated.
    return set.part((id) => verdicts[indexOf.get(id) ?? -1] === code) as CuratedPart<T>;
  }

  #with(patch: Partial<State>, step: CurationStep): CuratedSelection<T> {
    return new CuratedSelection<T>({ ...this.#state, ...patch, steps: Object.freeze([...this.#state.steps, step]) });
  }

  #indices(ids: readonly string[]): readonly number[] {
    const { indexOf, set } = this.#state;
    const unknown = ids.filter((id) => !indexOf.has(id));
    const [first] = unknown;
    if (first !== undefined) {
      const near = nearestNames(first, indexOf.keys());
      const shown = unknown
        .slice(0, SHOWN_IDS)
        .map((id) => JSON.stringify(id))
        .join(', ');
      const more = unknown.length > SHOWN_IDS ? ` and ${unknown.length - SHOWN_IDS} more` : '';
      throw new SelectionError(
        'unknown-id',
        `No item has the id ${shown}${more}; ${set.items.length} items are curated.`,
        {
          hint: near.length > 0 ? `Nearest ids: ${near.join(', ')}.` : 'The curated value is empty.',
          details: { ids: unknown, nearest: near },
        },
      );
    }
    return ids.flatMap((id) => indexOf.get(id) ?? []);
  }

  #verdict(
    op: 'keep' | 'reject' | 'undecide',
    code: number,
    given: Iterable<string>,
    note: string | undefined,
  ): CuratedSelection<T> {
    const ids = idList(given, op);
    const verdicts = this.#state.verdicts.slice();
    const notes = new Map(this.#state.notes);
    for (const index of this.#indices(ids)) verdicts[index] = code;
    for (const id of ids) {
      if (note === undefined) notes.delete(id);
      else notes.set(id, note);
    }
    return this.#with({ verdicts, notes }, { op, args: note === undefined ? [ids] : [ids, note] });
  }

  #retag(
    op: 'tag' | 'untag',
    given: Iterable<string>,
    words: readonly string[],
    change: (old: readonly string[]) => readonly string[],
  ): CuratedSelection<T> {
    const ids = idList(given, op);
    this.#indices(ids);
    const bad = words.find((w) => typeof w !== 'string' || w.trim() === '');
    if (words.length === 0 || bad !== undefined) {
      throw new SelectionError(
        'bad-tag',
        `${op}() needs one or more words after the ids; got ${JSON.stringify(words)}.`,
        {
          hint: `Write .${op}(["id"], "flood").`,
        },
      );
    }
    const tags = new Map(this.#state.tags);
    for (const id of ids) {
      const next = change(tags.get(id) ?? []);
      if (next.length > 0) tags.set(id, Object.freeze([...next]));
      else tags.delete(id);
    }
    return this.#with({ tags }, { op, args: [ids, ...words] });
  }

  #rule(passes: readonly boolean[], step: CurationStep): CuratedSelection<T> {
    const verdicts = this.#state.verdicts.map((v, i) => (passes[i] === true ? v : REJECTED));
    return this.#with({ verdicts }, step);
  }
}
