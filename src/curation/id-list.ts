/** Lists of item ids, from calls and from files. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { messageOf, SelectionError, sha256 } from '../core/index.js';

function shown(value: unknown): string {
  return typeof value === 'object' && value !== null ? JSON.stringify(value).slice(0, 80) : String(value);
}

/** The ids of a list, each once. @throws {@link SelectionError} `bad-ids` for anything but a list of texts. */
export function idList(ids: unknown, op: string): readonly string[] {
  const list: readonly unknown[] | undefined =
    typeof ids === 'object' && ids !== null && Symbol.iterator in ids ? [...(ids as Iterable<unknown>)] : undefined;
  if (!list?.every((id): id is string => typeof id === 'string')) {
    throw new SelectionError('bad-ids', `${op}() takes a list of item ids; got ${shown(ids)}.`, {
      hint: `Write .${op}(["id1", "id2"]).`,
    });
  }
  return Object.freeze([...new Set(list)]);
}

/**
 * The ids in a JSON file (a list of texts, or `{ "ids": […] }`) whose SHA-256 is the one given.
 *
 * @throws {@link SelectionError} `unreadable-ids`, `changed-file`, `bad-ids`.
 */
export function readIds(file: string, digest: string): readonly string[] {
  const name = path.basename(file);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw new SelectionError('unreadable-ids', `Cannot read the ids in ${name}: ${messageOf(error)}.`, {
      details: { file },
      cause: error,
    });
  }
  const found = sha256(bytes);
  if (found !== digest.toLowerCase()) {
    throw new SelectionError(
      'changed-file',
      `${name} is not the file this selection was made with: its SHA-256 is ${found}, not ${digest}.`,
      {
        hint: 'Restore the file, or curate again and save a new list.',
        details: { file, expected: digest, found },
      },
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (error) {
    throw new SelectionError('unreadable-ids', `${name} is not JSON: ${messageOf(error)}.`, {
      details: { file },
      cause: error,
    });
  }
  const ids = typeof value === 'object' && value !== null && 'ids' in value ? value.ids : value;
  return idList(ids, name);
}
