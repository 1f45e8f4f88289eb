/** Gestures as code: the text of a curation cell, and which cell of a notebook it belongs into. Pure: no editor here. */

import { createHash } from 'node:crypto';
import type { CurationState, CurationStep } from '../display/wire/payload.js';

/** Tag of a generated cell, beside `metadata.nadir`. */
export const CURATION_TAG = 'nadir-curation';
const HASH_DIGITS = 16;
/** Characters of a line of ids: what a notebook cell shows without scrolling. */
const LINE_LENGTH = 88;
/** Dotted names only: the source comes out of a saved output, and the kernel looks it up. */
const SOURCE = /^[A-Za-z_$][\w$]*(?:\.[A-Za-z_$][\w$]*)*$/;
const OPS: ReadonlySet<string> = new Set<CurationStep['op']>([
  'keep',
  'reject',
  'undecide',
  'tag',
  'untag',
  'within',
  'where',
]);
/** Steps whose first argument is a list of ids; neighbours with the same further arguments become one. */
const ID_OPS: ReadonlySet<string> = new Set<CurationStep['op']>(['keep', 'reject', 'undecide', 'tag', 'untag']);

/** A cell as the curation writer sees it. */
export interface CellView {
  readonly index: number;
  readonly language: string;
  readonly text: string;
  readonly tags: readonly string[];
  /** `metadata.nadir` of the cell, as it came out of the file. */
  readonly nadir: unknown;
}

/** What to do with the notebook so that its code says the same as the view. */
export type CurationEdit =
  | { readonly kind: 'none' }
  | { readonly kind: 'replace'; readonly index: number; readonly text: string }
  | { readonly kind: 'insert'; readonly index: number; readonly text: string; readonly besideEdited: boolean };

/**
 * A curation state out of an untrusted message, or a sentence saying why it is none.
 *
 * The source must be a variable (or a property path): only then does the code mean what the view shows.
 */
export function parseCuration(value: unknown): CurationState | string {
  if (typeof value !== 'object' || value === null) return 'The message holds no curation state.';
  const { source, steps } = value as Record<string, unknown>; // SAFETY: an object; both are checked below.
  if (typeof source !== 'string' || !SOURCE.test(source))
    return 'Verdicts become code only for a named value. Assign it to a variable and curate that variable.';
  if (!Array.isArray(steps) || !steps.every(isStep)) return 'The message holds a step that is no curation step.';
  return { source, steps };
}

function isStep(value: unknown): value is CurationStep {
  if (typeof value !== 'object' || value === null) return false;
  const { op, args } = value as Record<string, unknown>; // SAFETY: an object; both are checked here.
  return typeof op === 'string' && OPS.has(op) && Array.isArray(args) && args.every(isJson);
}

function isJson(value: unknown): boolean {
  if (value === null || ['string', 'boolean'].includes(typeof value)) return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (Array.isArray(value)) return value.every(isJson);
  return typeof value === 'object' && Object.values(value).every(isJson);
}

/**
 * Steps with neighbours of one kind merged: two rejects for one reason become one step with both lists of ids.
 *
 * Ids keep their order and appear once. Order between different steps is kept, since later verdicts win.
 */
export function mergeSteps(steps: readonly CurationStep[]): readonly CurationStep[] {
  const merged: CurationStep[] = [];
  for (const step of steps) {
    const last = merged.at(-1);
    const [ids, ...rest] = step.args;
    if (
      last &&
      last.op === step.op &&
      ID_OPS.has(step.op) &&
      Array.isArray(ids) &&
      JSON.stringify(last.args.slice(1)) === JSON.stringify(rest)
    ) {
      const [before] = last.args;
      merged[merged.length - 1] = {
        op: step.op,
        args: [
          [...new Set<unknown>([...(Array.isArray(before) ? (before as unknown[]) : []), ...(ids as unknown[])])],
          ...rest,
        ],
      };
    } else merged.push(step);
  }
  return merged.filter((step) => !(ID_OPS.has(step.op) && Array.isArray(step.args[0]) && step.args[0].length === 0));
}

/** The text of the cell: `const selection = curate(<source>)` and one line a step. Without steps, the bare call. */
export function curationCode(state: CurationState, options: { readonly withImport: boolean }): string {
  const head = options.withImport ? "import { curate } from 'nadir';\n" : '';
  const lines = mergeSteps(state.steps).map((s) => `\n  .${s.op}(${s.args.map(argument).join(', ')})`);
  return `${head}const selection = curate(${state.source})${lines.join('')};`;
}

/** An argument: a list that does not fit one line is broken into lines that do. */
function argument(value: unknown): string {
  const text = literal(value);
  if (!Array.isArray(value) || text.length <= LINE_LENGTH) return text;
  const lines: string[] = [];
  for (const item of value.map(literal)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + item.length + 2 <= LINE_LENGTH)
      lines[lines.length - 1] = `${last} ${item},`;
    else lines.push(`${item},`);
  }
  return `[\n${lines.map((line) => `    ${line}\n`).join('')}  ]`;
}

/** A JSON value as a TypeScript literal, with a space after commas. `__proto__` keys are quoted, computed keys. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`;
  if (typeof value === 'object' && value !== null)
    return `{ ${Object.entries(value)
      .map(([k, v]) => `[${JSON.stringify(k)}]: ${literal(v)}`)
      .join(', ')} }`;
  return JSON.stringify(value);
}

/** Fingerprint of a generated text; line ends and outer white space do not count. */
export function textHash(text: string): string {
  return createHash('sha256').update(text.replaceAll('\r\n', '\n').trim()).digest('hex').slice(0, HASH_DIGITS);
}

/** Cell metadata of a generated cell, as it is stored in the notebook. */
export function curationMetadata(datasetId: string, text: string): Record<string, unknown> {
  return { tags: [CURATION_TAG], nadir: { datasetId, hash: textHash(text) } };
}

/** Whether a cell other than the generated ones imports `curate` from `nadir` under its own name. */
export function importsCurate(cells: readonly CellView[]): boolean {
  return cells.some(
    (cell) =>
      /^(?:typescript|javascript)$/.test(cell.language) &&
      [...cell.text.matchAll(/^[ \t]*import\s*\{([^}]*)\}\s*from\s*['"]nadir['"]/gm)].some((m) =>
        (m[1] ?? '').split(',').some((name) => /^\s*curate(?:\s+as\s+curate)?\s*$/.test(name)),
      ),
  );
}

/** The generated cell of a data set that still has our text (`own`), and the last one tagged for it in any shape (`edited`). */
export function findCurationCell(
  cells: readonly CellView[],
  datasetId: string,
  isOurs: (hash: string) => boolean = () => false,
): { readonly own: CellView | undefined; readonly edited: CellView | undefined } {
  const tagged = cells.filter((c) => c.tags.includes(CURATION_TAG) && field(c.nadir, 'datasetId') === datasetId);
  const own = tagged.filter((c) => textHash(c.text) === field(c.nadir, 'hash') || isOurs(textHash(c.text))).at(-1);
  return { own, edited: tagged.at(-1) };
}

/**
 * The edit that brings the notebook in step with a curation.
 *
 * The cell to write is the last one tagged for this data set whose text is still the one we wrote (`isOurs` knows texts
 * of this session beyond the stored fingerprint, so undo does not turn a cell into a foreign one). A hand-edited cell is
 * never rewritten: the new cell goes behind it.
 */
export function planCurationEdit(
  cells: readonly CellView[],
  outputCell: number,
  datasetId: string,
  state: CurationState,
  isOurs: (hash: string) => boolean = () => false,
): CurationEdit {
  const { own, edited } = findCurationCell(cells, datasetId, isOurs);
  const others = cells.filter((c) => c.index !== own?.index);
  const text = curationCode(state, { withImport: !importsCurate(others) });
  if (own) return own.text === text ? { kind: 'none' } : { kind: 'replace', index: own.index, text };
  if (state.steps.length === 0) return { kind: 'none' };
  return { kind: 'insert', index: (edited?.index ?? outputCell) + 1, text, besideEdited: edited !== undefined };
}

function field(value: unknown, key: string): unknown {
  // SAFETY: an object; the caller compares the field with a string.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined;
}
