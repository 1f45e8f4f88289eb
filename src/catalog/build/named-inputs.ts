/** The files of a build with what their names say (`catalog.md` §3). */
import { CatalogError, warn, type Interval, type NadirError } from '../../core/index.js';
import { asNadirError } from './build-failure.js';
import type { FileInput } from './expand-files.js';
import { baseName, nameReader, type NamedFiles } from './file-name.js';

/** A file, and its time by its name or why that cannot be read. */
export interface NamedInput {
  readonly file: string;
  /** Null when static. */
  readonly interval: Interval | null;
  readonly problem: NadirError | null;
}

/** An input in a few words, for messages. */
export function showInput(files: FileInput): string {
  if (typeof files === 'string') return files;
  const [first, ...rest] = files;
  return first === undefined ? 'an empty list' : rest.length === 0 ? first : `${first} and ${rest.length} more`;
}

/**
 * Times of files by their names, in input order; files whose name does not match are left out with one warning.
 *
 * @throws {@link CatalogError} `no-files-matched` when no name fits; `bad-regex` and its like of the name reader.
 */
export function readNames(
  files: readonly string[],
  o: NamedFiles,
): { readonly inputs: readonly NamedInput[]; readonly unmatched: readonly string[] } {
  const read = nameReader(o);
  const inputs: NamedInput[] = [];
  const unmatched: string[] = [];
  for (const file of files) {
    try {
      const interval = read(file);
      if (interval === 'unmatched') unmatched.push(file);
      else inputs.push({ file, interval, problem: null });
    } catch (error) {
      inputs.push({ file, interval: null, problem: asNadirError(file, error) });
    }
  }
  const regex = String(o.filenameRegex);
  if (inputs.length === 0) {
    throw new CatalogError(
      'no-files-matched',
      `No files matched: none of ${files.length} names fits filenameRegex ${regex}; the first is ${baseName(files[0] ?? '')}.`,
      {
        hint: 'The expression is searched in the base name, without folders.',
        details: { regex, first: files[0] },
      },
    );
  }
  if (unmatched.length > 0) {
    warn(
      `${unmatched.length} of ${files.length} files do not match filenameRegex ${regex} and are left out, the first is ${baseName(unmatched[0] ?? '')}.`,
    );
  }
  return { inputs, unmatched };
}
