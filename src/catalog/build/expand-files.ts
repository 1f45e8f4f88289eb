/** The files that a builder is given: a file, URL, glob or folder, or a list of these. */
import { ArgumentError, isNadirError } from '../../core/index.js';
import { listFiles } from '../../io/index.js';

/** A string alone is a file, URL, glob, or folder (recursive, known extensions). */
export type FileInput = string | Iterable<string>;

/**
 * The files of an input, each once, in input order. A missing member of a list stays in it, so that it is reported with
 * the other bad files.
 *
 * @throws {@link SourceError} `source.missing` for a single path that does not exist; {@link ArgumentError} `bad-files`.
 */
export async function expandFiles(
  input: FileInput,
  extensions: readonly string[],
  signal: AbortSignal | undefined,
): Promise<readonly string[]> {
  if (typeof input === 'string') return listFiles(input, extensions, { signal });
  const all = new Set<string>();
  for (const one of input) {
    const member: unknown = one;
    if (typeof member !== 'string')
      throw new ArgumentError('bad-files', `A list of files holds paths; got ${JSON.stringify(member)}.`);
    try {
      for (const file of await listFiles(one, extensions, { signal })) all.add(file);
    } catch (error) {
      if (!isNadirError(error, 'SourceError')) throw error;
      all.add(one);
    }
  }
  return [...all];
}
