/** Errors as people see them: frames of cells as `Cell 3:2:5`, frames of the kernel and of Node left out. */
import { SourceMap, type SourceMapPayload } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CellError } from '../protocol.js';
import { CompileFailedError } from './compiler-client.js';
import type { CompiledCell, CompiledModule, Place } from './compile-types.js';
import { columnBefore, startOfLine } from './text-edits.js';

/** What is known about one temporary file of a cell. */
interface CellFile {
  readonly cellId: string;
  /** Position in the notebook from 0, at its last run. */
  cellIndex: number;
  readonly source: string;
  /** Lines of the code that ran. */
  readonly lines: number;
  readonly compiled: CompiledCell | undefined;
}

interface Frame {
  readonly text: string;
  /** File of a frame in a cell. */
  readonly filename?: string;
  readonly location?: NonNullable<CellError['location']>;
}

/** Maps stacks to places in cells and modules; it knows every text that has run. */
export class CellErrors {
  readonly #cells = new Map<string, CellFile>();
  readonly #modules = new Map<string, { original: string; sourceMap: string | null }>();
  readonly #places = new WeakMap<object, { filename: string; place: Place }>();
  readonly #hidden: readonly string[];
  readonly #library: string;
  readonly #folder: string;

  constructor(options: {
    readonly kernelFolder: string;
    readonly libraryFolder: string;
    readonly notebookFolder: string;
  }) {
    this.#hidden = [options.kernelFolder, 'nadir:'];
    this.#library = options.libraryFolder;
    this.#folder = options.notebookFolder;
  }

  /** Remembers how to map positions of a cell's file. */
  addCell(filename: string, cell: CellFile): void {
    this.#cells.set(filename, cell);
  }

  /** Remembers which original a written module came from. */
  addModule(module: CompiledModule): void {
    for (const f of module.files) this.#modules.set(f.written, { original: f.original, sourceMap: f.sourceMap });
  }

  /** Says where in a cell an error arose that has no frame there (an import, for example). */
  place(error: unknown, filename: string, place: Place): void {
    if (typeof error === 'object' && error !== null && !this.#places.has(error))
      this.#places.set(error, { filename, place });
  }

  /** Error of a cell for the output. `filename` is the file of the cell that failed. */
  describe(error: unknown, filename: string | undefined): CellError {
    if (error instanceof CompileFailedError) return this.#describeCompile(error, filename);
    if (!isErrorLike(error))
      return {
        name: 'Error',
        message: `${safeString(error)} was thrown`,
        stack: `Error: ${safeString(error)} was thrown (not an Error, so there is no stack)`,
      };
    const chain = describeChain(error);
    const frames = this.#refined(error, this.#frames(error, filename));
    const location = frames.find((f) => f.location)?.location;
    const name = nameOf(error);
    const lines = [`${name}: ${messageOf(error)}`, ...frames.map((f) => `    at ${f.text}`), ...extras(error)];
    for (const cause of chain) {
      lines.push(
        `Caused by ${nameOf(cause)}: ${messageOf(cause)}`,
        ...this.#frames(cause, undefined).map((f) => `    at ${f.text}`),
        ...extras(cause),
      );
    }
    return { name, message: messageOf(error), stack: lines.join('\n'), ...(location ? { location } : {}) };
  }

  #describeCompile(error: CompileFailedError, filename: string | undefined): CellError {
    const { failure } = error;
    const { line, column } = failure.place;
    const cell = filename === undefined ? undefined : this.#cells.get(filename);
    const where =
      failure.file === undefined
        ? `Cell ${(cell?.cellIndex ?? 0) + 1}:${line}:${column}`
        : `${this.#relative(failure.file)}:${line}:${column}`;
    const pointer = `${failure.lineText.slice(0, column - 1).replace(/[^\t]/g, ' ')}^`;
    const stack = `SyntaxError: ${failure.message}\n    at ${where}\n\n${failure.lineText}\n${pointer}`;
    const location = cell && failure.file === undefined ? { location: { cellId: cell.cellId, line, column } } : {};
    return { name: 'SyntaxError', message: failure.message, stack, ...location };
  }

  /**
   * V8 places an unknown name that begins an assignment at the assignment. The name itself is looked for from there.
   */
  #refined(error: Error, frames: Frame[]): Frame[] {
    const name =
      nameOf(error) === 'ReferenceError'
        ? /^([\p{ID_Continue}$]+) is not defined$/u.exec(messageOf(error))?.[1]
        : undefined;
    const [first, ...rest] = frames;
    const cell = first?.filename === undefined ? undefined : this.#cells.get(first.filename);
    if (name === undefined || !first?.location || !cell) return frames;
    const { line, column } = first.location;
    const start = startOfLine(cell.source, line - 1) + column - 1;
    const word = new RegExp(`(?<![\\p{ID_Continue}$.])${name.replace(/\$/g, '\\$')}(?![\\p{ID_Continue}$])`, 'u').exec(
      cell.source.slice(start),
    );
    if (!word) return frames;
    const before = cell.source.slice(0, start + word.index);
    const exact = { line: before.split('\n').length, column: before.length - before.lastIndexOf('\n') };
    return [
      {
        ...first,
        text: first.text.replace(/:\d+:\d+(\)?)$/, `:${exact.line}:${exact.column}$1`),
        location: { ...first.location, ...exact },
      },
      ...rest,
    ];
  }

  #frames(error: Error, filename: string | undefined): Frame[] {
    const frames: Frame[] = [];
    const known = this.#places.get(error);
    if (known) frames.push(this.#cellFrame(known.filename, known.place.line, known.place.column, ''));
    const stack = typeof error.stack === 'string' ? error.stack : '';
    if (nameOf(error) === 'SyntaxError') frames.push(...this.#syntaxFrame(stack, filename));
    for (const line of stack.split('\n')) {
      const frame = this.#frame(line);
      if (frame && frame.text !== frames.at(-1)?.text) frames.push(frame);
    }
    return frames;
  }

  /** V8 writes the place of a syntax error as `file:line`, the line and a caret. */
  #syntaxFrame(stack: string, filename: string | undefined): Frame[] {
    const head = /^(.*):(\d+)\n(.*)\n( *)\^/.exec(stack);
    const file = head?.[1] === undefined ? undefined : pathOf(head[1]);
    if (!head || file === undefined) return [];
    const line = Number(head[2]);
    const column = (head[4]?.length ?? 0) + 1;
    if (file === filename || this.#cells.has(file)) return [this.#mapCell(file, line, column, '')];
    return [{ text: this.#place(file, line, column) }];
  }

  #frame(line: string): Frame | undefined {
    // The cell itself is an anonymous async function: its frame reads `at async file:line:column`.
    const match =
      /^\s+at (?:(.+?) \(|async )?((?:file:\/\/|node:|nadir:|\/|[A-Za-z]:[\\/])[^()]*?):(\d+):(\d+)\)?$/.exec(line);
    if (!match) return undefined;
    const fn = (match[1] ?? '').replace(/\$(fn|nb)\b/g, '').replace(/^async$/, '');
    const file = pathOf(match[2] ?? '');
    if (file === undefined || this.#hidden.some((h) => file.startsWith(h))) return undefined;
    const [row, column] = [Number(match[3]), Number(match[4])];
    const cell = this.#cells.get(file);
    // The line after the last one is the wrapper's call.
    if (cell) return row > cell.lines ? undefined : this.#mapCell(file, row, column, fn);
    const module = this.#modules.get(file);
    if (module) return { text: named(fn, this.#moduleFrame(module, row, column)) };
    if (file.startsWith(this.#library)) return { text: named(fn, 'nadir') };
    return { text: named(fn, this.#place(file, row, column)) };
  }

  #mapCell(filename: string, line: number, column: number, fn: string): Frame {
    const cell = this.#cells.get(filename);
    const compiled = cell?.compiled;
    if (!cell || !compiled || line < 1) return this.#cellFrame(filename, Math.max(1, line), line < 1 ? 1 : column, fn);
    const before = columnBefore(compiled.edited, compiled.edits, line - 1, column - 1);
    if (compiled.sourceMap === null) return this.#cellFrame(filename, line, before + 1, fn);
    const original = mapBack(compiled.sourceMap, line, before);
    return this.#cellFrame(filename, original.line, original.column, fn);
  }

  #cellFrame(filename: string, line: number, column: number, fn: string): Frame {
    const cell = this.#cells.get(filename);
    const text = named(
      fn.replace(/^(async )?(Object\.)?<anonymous>$/, '').replace(/^async $/, ''),
      `Cell ${(cell?.cellIndex ?? 0) + 1}:${line}:${column}`,
    );
    return cell ? { text, filename, location: { cellId: cell.cellId, line, column } } : { text };
  }

  #moduleFrame(module: { original: string; sourceMap: string | null }, line: number, column: number): string {
    const place = module.sourceMap === null ? { line, column } : mapBack(module.sourceMap, line, column - 1);
    return this.#place(module.original, place.line, place.column);
  }

  #place(file: string, line: number, column: number): string {
    return `${this.#relative(file)}:${line}:${column}`;
  }

  /** Paths below the notebook's folder are shown from there. */
  #relative(file: string): string {
    const relative = path.relative(this.#folder, file);
    return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative.split(path.sep).join('/');
  }
}

function named(fn: string, place: string): string {
  return fn === '' ? place : `${fn} (${place})`;
}

function mapBack(sourceMap: string, line: number, column: number): Place {
  // SAFETY: made by the compiler worker with ts.transpileModule.
  const map = new SourceMap(JSON.parse(sourceMap) as SourceMapPayload);
  const entry = map.findEntry(line - 1, column);
  return 'originalLine' in entry
    ? { line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    : { line, column: column + 1 };
}

/** Path of a frame's file; undefined for Node's own. */
function pathOf(file: string): string | undefined {
  if (file.startsWith('node:')) return undefined;
  if (!file.startsWith('file:')) return file;
  try {
    const url = new URL(file);
    url.search = '';
    return fileURLToPath(url);
  } catch {
    return file;
  }
}

function isErrorLike(value: unknown): value is Error {
  return (
    value instanceof Error || (typeof value === 'object' && value !== null && 'message' in value && 'stack' in value)
  );
}

function nameOf(error: Error): string {
  return typeof error.name === 'string' && error.name !== '' ? error.name : 'Error';
}

function messageOf(error: Error): string {
  return safeString(error.message);
}

function safeString(value: unknown): string {
  try {
    return typeof value === 'object' && value !== null ? JSON.stringify(value) : String(value);
  } catch {
    return Object.prototype.toString.call(value);
  }
}

/** Causes from the outermost inwards; at most 5, and no circles. */
function describeChain(error: Error): Error[] {
  const chain: Error[] = [];
  let at: unknown = error.cause;
  while (isErrorLike(at) && chain.length < 5 && at !== error && !chain.includes(at)) {
    chain.push(at);
    at = at.cause;
  }
  return chain;
}

/** Hint and details of a library error, one line each. */
function extras(error: Error): string[] {
  const { hint, details, errors } = error as { hint?: unknown; details?: unknown; errors?: unknown };
  const lines: string[] = [];
  if (typeof hint === 'string' && hint !== '') lines.push(`Hint: ${hint}`);
  if (typeof details === 'object' && details !== null) {
    for (const [key, value] of Object.entries(details).slice(0, 20))
      lines.push(`  ${key}: ${safeString(value).slice(0, 300)}`);
  }
  if (Array.isArray(errors))
    for (const e of errors.slice(0, 5))
      lines.push(`  - ${isErrorLike(e) ? `${nameOf(e)}: ${messageOf(e)}` : safeString(e)}`);
  return lines;
}
