/** From what a user gives (a file, a folder, a pattern, an address, a list of these) to a list of files. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { globToRegExp, isGlob } from './glob.js';
import { isRemote } from './open-source.js';
import { fileError, type ReadOptions } from './source.js';

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** Ending of folders that are one item, where a caller looks for them. */
const FOLDER_ITEM = '.zarr';

type IsItem = (folder: string) => boolean;

/**
 * Files below a folder, however deep, in no order, and folders that are items themselves. Hidden files and folders are
 * left out, links are followed once.
 */
async function walk(folder: string, isItem: IsItem, o: ReadOptions, seen = new Set<string>()): Promise<string[]> {
  o.signal?.throwIfAborted();
  const files: string[] = [];
  let entries;
  try {
    const { dev, ino } = await stat(folder);
    // A link back to a folder above would never end.
    if (seen.has(`${dev}:${ino}`)) return files;
    seen.add(`${dev}:${ino}`);
    entries = await readdir(folder, { withFileTypes: true });
  } catch (error) {
    throw fileError(folder, error);
  }
  for (const entry of entries) {
    if (entry.name.startsWith('.')) continue;
    const full = path.join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(isItem(full) ? [full] : await walk(full, isItem, o, seen)));
    else if (entry.isFile()) files.push(full);
    else if (entry.isSymbolicLink()) {
      const target = await stat(full).catch(() => null); // a dangling link is no file
      if (target?.isDirectory() === true) files.push(...(isItem(full) ? [full] : await walk(full, isItem, o, seen)));
      else if (target?.isFile() === true) files.push(full);
    }
  }
  return files;
}

/** The folder above the first pattern character. */
function fixedPart(pattern: string): string {
  const segments = pattern.split('/');
  const first = segments.findIndex(isGlob);
  const fixed = segments.slice(0, first).join('/');
  return fixed === '' ? (pattern.startsWith('/') ? '/' : '.') : fixed;
}

const toSlashes = (file: string): string => (path.sep === '\\' ? file.replaceAll('\\', '/') : file);

async function listOne(
  input: string,
  matches: (file: string) => boolean,
  isItem: IsItem,
  o: ReadOptions,
): Promise<string[]> {
  if (isRemote(input)) return [input];
  const place = input.startsWith('file://') ? fileURLToPath(input) : input;
  const found = await stat(place).catch(() => null); // a name that exists wins over reading it as a pattern
  if (found?.isDirectory() === true && !isItem(place.replace(/[/\\]+$/, '')))
    return (await walk(place, isItem, o)).filter(matches).sort(byCodePoint);
  if (found) return [place];
  const pattern = toSlashes(place);
  if (!isGlob(pattern)) throw fileError(place, Object.assign(new Error('missing'), { code: 'ENOENT' }));
  const expression = globToRegExp(pattern.replace(/^\.\//, ''));
  const root = fixedPart(pattern);
  if (!(await stat(root).catch(() => null))) return [];
  const files = await walk(root, isItem, o);
  return files
    .filter((f) => expression.test(toSlashes(path.normalize(f))) || expression.test(toSlashes(f)))
    .sort(byCodePoint);
}

/**
 * The files meant by an input: a file or an address as it is, the matching files below a folder, or those of a
 * pattern (`*`, `**`, `?`, `{a,b}`, `[a-z]`). Each input's files come in path order (by code point), without repeats.
 *
 * With `.zarr` among the extensions, a folder of that ending is one item and not looked into.
 *
 * @param extensions lower-case endings with the dot, e.g. `['.tif', '.tiff']`; they choose within folders only, whatever the letter case.
 * @throws {@link SourceError} `source.missing` for a path that does not exist. A pattern without a match gives no files.
 */
export async function listFiles(
  input: string | Iterable<string>,
  extensions: readonly string[],
  o: ReadOptions = {},
): Promise<string[]> {
  const inputs = typeof input === 'string' ? [input] : [...input];
  const matches = (file: string): boolean => extensions.some((e) => file.toLowerCase().endsWith(e));
  const isItem: IsItem = (folder) => extensions.includes(FOLDER_ITEM) && folder.toLowerCase().endsWith(FOLDER_ITEM);
  const all = new Set<string>();
  for (const one of inputs) for (const file of await listOne(one, matches, isItem, o)) all.add(file);
  return [...all];
}
