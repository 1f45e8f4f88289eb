/** File names from item ids (`export.md`). */
import { sha256 } from '../core/index.js';

const UNSAFE = /[^A-Za-z0-9._=-]/g;
/** File systems allow 255 bytes; suffixes and temporary names need room. */
const MAX_LENGTH = 180;
const SUFFIX_DIGITS = 8;

/** Whether a name can be a folder of a dataset as it stands. */
export function isSafeName(name: string): boolean {
  return /^[A-Za-z0-9_=-][A-Za-z0-9._=-]{0,99}$/.test(name);
}

function suffixed(stem: string, id: string): string {
  return `${stem}-${sha256(id).slice(0, SUFFIX_DIGITS)}`;
}

/**
 * The file name (without extension) of each id.
 *
 * Characters outside `[A-Za-z0-9._=-]` become `_`; names that then clash, also in upper and lower case, all add `-` and 8
 * hexadecimal digits of the id's SHA-256, so that no name depends on the order of the ids. Over-long names are cut and get the digits too.
 */
export function fileNames(ids: readonly string[]): ReadonlyMap<string, string> {
  const stems = new Map(ids.map((id) => [id, id.replace(UNSAFE, '_')]));
  const uses = new Map<string, number>();
  for (const stem of stems.values()) uses.set(stem.toLowerCase(), (uses.get(stem.toLowerCase()) ?? 0) + 1);
  return new Map(
    [...stems].map(([id, stem]) => {
      if (stem.length > MAX_LENGTH) return [id, suffixed(stem.slice(0, MAX_LENGTH), id)];
      const isPlain = (uses.get(stem.toLowerCase()) ?? 0) === 1 && !/^\.*$/.test(stem);
      return [id, isPlain ? stem : suffixed(stem, id)];
    }),
  );
}
