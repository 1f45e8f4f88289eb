/** What passes between the kernel's main thread and its compiler worker. */

/** One cell to compile. */
export interface CompileRequest {
  readonly kind: 'cell';
  readonly id: number;
  readonly source: string;
  readonly language: string;
  /** File of the cell in the temporary folder; the worker writes the text there. */
  readonly filename: string;
  /** Names that earlier cells stored as `name$nb`. */
  readonly renamed: readonly string[];
}

/** One relative module to compile with everything it imports. */
export interface ModuleRequest {
  readonly kind: 'module';
  readonly id: number;
  /** Absolute path of the file. */
  readonly file: string;
}

export type CompilerRequest = CompileRequest | ModuleRequest;

/** A place in the text of a cell; line and column from 1. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

/** A named import whose value may be missing: `used` = the cell uses it as a value. */
export interface ImportedName {
  readonly imported: string;
  readonly local: string;
  readonly used: boolean;
}

/** One text edit of the rewriting, for mapping columns back. Offsets are those of the text before the edit. */
export interface TextEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface CompiledCell {
  /** The wrapped code: one prefix line, then the cell. */
  readonly code: string;
  /** Names the cell declares at its top level, and how each is stored. */
  readonly names: readonly { readonly name: string; readonly stored: string }[];
  /** Text that was edited (blanked or transpiled), and the edits. */
  readonly edits: readonly TextEdit[];
  readonly edited: string;
  /** Source map of the transpiled text (JSON), null when types were only blanked. */
  readonly sourceMap: string | null;
}

export interface CompileFailure {
  readonly message: string;
  readonly place: Place;
  /** The line in question. */
  readonly lineText: string;
  /** File of the fault when it is not the cell itself. */
  readonly file?: string;
}

export interface CompiledModule {
  /** URL to import. */
  readonly url: string;
  /** Written files → their sources, for stack frames: path of the `.mjs` → original path and source map. */
  readonly files: readonly { readonly written: string; readonly original: string; readonly sourceMap: string | null }[];
}

export type CompilerReply =
  | { readonly id: number; readonly cell: CompiledCell }
  | { readonly id: number; readonly module: CompiledModule }
  | { readonly id: number; readonly failure: CompileFailure }
  | { readonly id: number; readonly crash: string };
