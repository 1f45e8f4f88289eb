/** Files that a build left out, as a person reads them. */
import { currentHost, type LedgerEntry, type NadirHost } from '../core/index.js';
import { reasonOf } from '../catalog/build/build-failure.js';
import { showPlace } from '../formats/stac/index.js';
import type { TextOut } from './console.js';
import { asFlags } from './flag-words.js';

/** Files that are listed; a report has all. */
const SHOWN = 100;

/** One file that was left out, for programs. Addresses are without query: it may hold a signature. */
export interface Skipped {
  readonly file: string;
  readonly code: string;
  readonly message: string;
}

export const skippedOf = (entries: readonly LedgerEntry[] | undefined): readonly Skipped[] =>
  (entries ?? []).map(({ item, error }) => ({ file: showPlace(item), code: error.code, message: error.message }));

/** Names each file with its reason, and once each what can be done. */
export function listSkipped(out: TextOut, entries: readonly LedgerEntry[]): void {
  for (const { item, error } of entries.slice(0, SHOWN))
    out.write(`skipped ${showPlace(item)}: ${reasonOf(item, error.message)}\n`);
  if (entries.length > SHOWN) out.write(`skipped ${entries.length - SHOWN} more; --skip-report writes all to a file\n`);
  const hints = new Set(entries.flatMap(({ error }) => (error.hint === undefined ? [] : [error.hint])));
  for (const hint of [...hints].slice(0, 3)) out.write(`hint: ${asFlags(hint)}\n`);
}

const KEY = Symbol.for('nadir.host');

/** Does some work whose skipped files the command lists itself: the warning that sums them up is left out. */
export async function withoutSkipWarnings<T>(out: TextOut, work: () => Promise<T>): Promise<T> {
  const before = currentHost();
  const host: NadirHost = {
    signal: () => before?.signal(),
    progress: (label, startedAt) => before?.progress(label, startedAt),
    warn: (message, topic) => {
      if (topic === 'skipped') return;
      if (before) before.warn(message, topic);
      else out.write(`warning: ${message}\n`);
    },
    nextViewId: () => before?.nextViewId() ?? 'cli:0',
    registerView: (id, handler) => before?.registerView(id, handler),
    nameOf: (value) => before?.nameOf(value),
    maxInlineBytes: before?.maxInlineBytes ?? 0,
  };
  // SAFETY: the host's key holds a host; the one before is put back.
  const scope = globalThis as { [KEY]?: NadirHost | undefined };
  scope[KEY] = host;
  try {
    return await work();
  } finally {
    if (before) scope[KEY] = before;
    else delete scope[KEY];
  }
}
