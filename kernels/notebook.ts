/**
 * Reading and writing `.ipynb` files.
 *
 * Written bytes are those of a save in the editor: keys sorted, the file's own indent (one space for new ones), a line break at the end.
 * The rule is that of VS Code's `extensions/ipynb/src/notebookSerializer.ts`.
 */
import { createHash } from 'node:crypto';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { FormatError, SourceError } from '../src/core/errors.js';
import { jsonFault } from './json-fault.js';
import { fromLines, toLines } from './nbformat.js';

export interface NotebookCell {
  readonly type: 'code' | 'markdown' | 'raw';
  /** Id in the file, or one made from position and content. */
  readonly id: string;
  readonly source: string;
  /** `typescript`, `javascript`, `python` …; of code cells. */
  readonly language: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly attachments?: unknown;
  /** As they are in the file, also broken ones. */
  outputs: readonly unknown[];
  executionCount: number | null;
}

export interface Notebook {
  readonly path: string;
  cells: NotebookCell[];
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly nbformatMinor: number;
  /** Indent of the file. */
  readonly indent: string;
  /** Top-level keys we do not know. */
  readonly rest: Readonly<Record<string, unknown>>;
}

/** What the first run adds to a notebook without a kernel (`extension.md` §2). */
export const NOTEBOOK_METADATA: Readonly<Record<string, unknown>> = {
  kernelspec: { name: 'nadir', display_name: 'Nadir TypeScript', language: 'typescript' },
  language_info: {
    name: 'typescript',
    file_extension: '.ts',
    mimetype: 'text/x.typescript',
    codemirror_mode: 'typescript',
  },
};

/** Files larger than this are refused: the editor would not open them either. */
const MAX_BYTES = 256_000_000;

/**
 * Reads a notebook.
 *
 * @throws SourceError `not-readable`; FormatError `bad-notebook` with what is wrong and where. Broken outputs are kept as they are.
 */
export async function readNotebook(path: string): Promise<Notebook> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    throw new SourceError(
      'not-readable',
      `${path} could not be read: ${error instanceof Error ? error.message : String(error)}`,
      { details: { file: path }, cause: error },
    );
  }
  if (text.length > MAX_BYTES) throw bad(path, `the file has ${text.length} characters, the limit is ${MAX_BYTES}`);
  return parseNotebook(text, path);
}

/**
 * The notebook in a text; `path` is for messages.
 *
 * @throws FormatError `bad-notebook`
 */
export function parseNotebook(text: string, path: string): Notebook {
  const content = parseJson(text.replace(/^\uFEFF/, ''), path);
  if (!isRecord(content)) throw bad(path, 'the file holds no JSON object');
  const { cells, metadata, nbformat, nbformat_minor: minor, ...rest } = content;
  if (typeof nbformat !== 'number') throw bad(path, "'nbformat' is missing: is this a notebook?");
  if (nbformat !== 4)
    throw bad(
      path,
      `nbformat ${nbformat} is not supported, only 4`,
      'Convert it: jupyter nbconvert --to notebook --nbformat 4',
    );
  if (!Array.isArray(cells)) throw bad(path, "'cells' is not a list");
  if (metadata !== undefined && !isRecord(metadata)) throw bad(path, "'metadata' is not an object");
  const language = notebookLanguage(metadata ?? {});
  const seen = new Set<string>();
  return {
    path,
    cells: cells.map((cell: unknown, i) => parseCell(cell, i, language, seen, path)),
    metadata: metadata ?? {},
    nbformatMinor: typeof minor === 'number' ? minor : 0,
    indent: /^\{\r?\n([ \t]+)"/.exec(text)?.[1] ?? ' ',
    rest,
  };
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    const before = text.slice(0, jsonFault(text));
    const line = before.split('\n').length;
    throw bad(path, `not valid JSON at line ${line}, column ${before.length - before.lastIndexOf('\n')}: ${message}`);
  }
}

function parseCell(cell: unknown, index: number, language: string, seen: Set<string>, path: string): NotebookCell {
  const where = `cell ${index + 1}`;
  if (!isRecord(cell)) throw bad(path, `${where} is not an object`);
  const { cell_type: type, source, metadata, attachments, outputs, id, execution_count: count } = cell;
  if (type !== 'code' && type !== 'markdown' && type !== 'raw')
    throw bad(path, `${where} has the unknown cell_type ${JSON.stringify(type)}`);
  const isText = typeof source === 'string' || (Array.isArray(source) && source.every((l) => typeof l === 'string'));
  if (!isText) throw bad(path, `${where} has no source text`);
  if (metadata !== undefined && !isRecord(metadata)) throw bad(path, `the metadata of ${where} is not an object`);
  if (outputs !== undefined && !Array.isArray(outputs)) throw bad(path, `the outputs of ${where} are not a list`);
  const text = fromLines(source);
  return {
    type,
    id: freshId(id, index, text, seen),
    source: text,
    language: cellLanguage(metadata ?? {}, language),
    metadata: metadata ?? {},
    ...(attachments === undefined ? {} : { attachments }),
    outputs: outputs ?? [],
    executionCount: typeof count === 'number' ? count : null,
  };
}

/** The id of the file if it is a good one, else one that depends on position and text only. */
function freshId(id: unknown, index: number, text: string, seen: Set<string>): string {
  const isGood = typeof id === 'string' && /^[\w-]{1,64}$/.test(id) && !seen.has(id);
  const chosen = isGood ? id : createHash('sha256').update(`${index}\0${text}`).digest('hex').slice(0, 8);
  seen.add(chosen);
  return chosen;
}

function notebookLanguage(metadata: Readonly<Record<string, unknown>>): string {
  const info = metadata['language_info'];
  const spec = metadata['kernelspec'];
  const name = (isRecord(info) ? info['name'] : undefined) ?? (isRecord(spec) ? spec['language'] : undefined);
  return typeof name === 'string' ? name.toLowerCase() : 'typescript';
}

function cellLanguage(metadata: Readonly<Record<string, unknown>>, fallback: string): string {
  const own = metadata['vscode'];
  const id = isRecord(own) ? own['languageId'] : undefined;
  return typeof id === 'string' ? id : fallback;
}

/** Tags of a cell. */
export function tagsOf(cell: NotebookCell): readonly string[] {
  const tags = cell.metadata['tags'];
  return Array.isArray(tags) ? tags.filter((t) => typeof t === 'string') : [];
}

/** The text of the file as the editor would save it, nbformat 4.5. */
export function notebookText(notebook: Notebook): string {
  const metadata =
    'kernelspec' in notebook.metadata ? notebook.metadata : { ...notebook.metadata, ...NOTEBOOK_METADATA };
  const content = {
    ...notebook.rest,
    cells: notebook.cells.map(cellContent),
    metadata,
    nbformat: 4,
    nbformat_minor: Math.max(5, notebook.nbformatMinor),
  };
  return `${JSON.stringify(sorted(content), undefined, notebook.indent)}\n`;
}

function cellContent(cell: NotebookCell): Record<string, unknown> {
  const { type, id, metadata, attachments } = cell;
  const source = toLines(cell.source.replace(/\r\n/g, '\n'));
  const shared = { cell_type: type, id, metadata, source };
  if (type === 'code')
    return { ...shared, execution_count: cell.executionCount, outputs: cell.outputs.map(withoutForeignKeys) };
  return attachments === undefined ? shared : { ...shared, attachments };
}

const OUTPUT_KEYS: Readonly<Record<string, readonly string[]>> = {
  stream: ['output_type', 'name', 'text'],
  error: ['output_type', 'ename', 'evalue', 'traceback'],
  display_data: ['output_type', 'data', 'metadata'],
  execute_result: ['output_type', 'name', 'execution_count', 'data', 'metadata'],
};

/** The editor drops keys that nbformat does not know (`transient`); an output of unknown type stays as it is. */
function withoutForeignKeys(output: unknown): unknown {
  if (!isRecord(output)) return output;
  const keys = OUTPUT_KEYS[String(output['output_type'])];
  return keys ? Object.fromEntries(Object.entries(output).filter(([key]) => keys.includes(key))) : output;
}

/** Keys in alphabetical order, all the way down. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  return Object.fromEntries(
    Object.keys(value)
      .sort()
      .map((key) => [key, sorted(value[key])]),
  );
}

/** Writes a text beside its target and renames it: a reader sees the old file or the new one. */
export async function writeAtomically(path: string, text: string): Promise<void> {
  const staged = `${path}.${process.pid}.tmp`;
  try {
    await writeFile(staged, text, { flush: true });
    await rename(staged, path);
  } catch (error) {
    await rm(staged, { force: true });
    throw new SourceError(
      'not-writable',
      `${path} could not be written: ${error instanceof Error ? error.message : String(error)}`,
      { details: { file: path }, cause: error },
    );
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function bad(
  path: string,
  what: string,
  hint = 'Open the file in a text editor, or restore it from version control.',
): FormatError {
  return new FormatError('bad-notebook', `${path}: ${what}.`, { hint, details: { file: path } });
}
