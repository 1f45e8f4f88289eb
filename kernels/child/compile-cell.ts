/** From the text of a cell to code that can run: check, blank or transpile, rewrite, wrap. */
import { blankSourceFile } from 'ts-blank-space';
import ts from 'typescript';
import { checkSyntax, parseText } from './cell-syntax.js';
import type { CompiledCell } from './compile-types.js';
import { rewriteCell, storedName } from './rewrite.js';
import { forEachValueIdentifier, isTypeOnly, isUsing, isUsingList, topLevelNames } from './syntax-names.js';
import { applyEdits } from './text-edits.js';

/** Names that packages probe to find out where they run: a variable of that name must not look like a global. */
const PROBES = [
  'window',
  'document',
  'self',
  'location',
  'navigator',
  'process',
  'define',
  'module',
  'exports',
  'Deno',
  'Bun',
  'importScripts',
  'WorkerGlobalScope',
];

/** First Node version whose V8 knows `using`. */
const USING_NODE_MAJOR = 24;

export interface CompileCellOptions {
  readonly language: string;
  readonly filename: string;
  readonly renamed: readonly string[];
  /** Own property names of the global object of the thread that runs the cell. */
  readonly globals: ReadonlySet<string>;
  readonly nodeMajor: number;
}

/**
 * Compiles one cell.
 *
 * @throws CompileError with the exact place of the first syntax error.
 */
export function compileCell(source: string, options: CompileCellOptions): CompiledCell {
  // A hashbang is a comment only at the very start of a file, and the prefix line comes before it.
  const file = parseText(source.replace(/^#!/, '//'), 'cell.ts', options.language);
  checkSyntax(file, true);
  const names = new Set(topLevelNames(file));
  const isSpecial = (name: string): boolean => options.globals.has(name) || PROBES.includes(name);
  const renamed = new Set([...options.renamed, ...[...names].filter(isSpecial)]);
  const used = new Set<string>();
  forEachValueIdentifier(file, (id) => used.add(id.text));

  const plain = toJavaScript(file, options);
  const { prefix, edits } = rewriteCell({
    file: plain.file,
    text: plain.text,
    names,
    renamed,
    reset: plain.sourceMap === null ? [] : mergingNames(file),
    used,
    isValueInTry: plain.sourceMap !== null && file.statements.some((s) => ts.isVariableStatement(s) && isUsing(s)),
  });
  const code = `(async()=>{"use strict";${prefix}\n${applyEdits(plain.text, edits)}\n})()`;
  const stored = [...names].map((name) => ({ name, stored: renamed.has(name) ? storedName(name) : name }));
  return { code, names: stored, edits, edited: plain.text, sourceMap: plain.sourceMap };
}

/** Types blanked in place where that is enough, else transpiled with a source map. */
export function toJavaScript(
  file: ts.SourceFile,
  options: { readonly language: string; readonly nodeMajor: number },
): { file: ts.SourceFile; text: string; sourceMap: string | null } {
  let mustTranspile = needsTranspile(file, options.nodeMajor);
  if (!mustTranspile) {
    const text = options.language === 'javascript' ? file.text : blankSourceFile(file, () => (mustTranspile = true));
    // The callback may have run meanwhile.
    if (!(mustTranspile as boolean)) return { file, text, sourceMap: null };
  }
  const out = ts.transpileModule(file.text, {
    fileName: options.language === 'javascript' ? 'cell.js' : 'cell.ts',
    compilerOptions: {
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      sourceMap: true,
      verbatimModuleSyntax: true,
      allowJs: true,
      newLine: ts.NewLineKind.LineFeed,
    },
  });
  const text = out.outputText.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, '');
  return { file: parseText(text, 'cell.js', 'javascript'), text, sourceMap: out.sourceMapText ?? null };
}

function needsTranspile(file: ts.SourceFile, nodeMajor: number): boolean {
  let found = false;
  const walk = (node: ts.Node): void => {
    if (found) return;
    found =
      ts.isDecorator(node) ||
      (ts.isVariableDeclarationList(node) && nodeMajor < USING_NODE_MAJOR && isUsingList(node)) ||
      (ts.isPropertyDeclaration(node) &&
        (node.modifiers?.some((m) => m.kind === ts.SyntaxKind.AccessorKeyword) ?? false));
    if (!found) ts.forEachChild(node, walk);
  };
  walk(file);
  return found;
}

/** Enums and namespaces that do not extend a class or function of the same cell: a second run must not add to the first. */
function mergingNames(file: ts.SourceFile): string[] {
  const merged = new Set<string>();
  const owned = new Set<string>();
  for (const node of file.statements) {
    if (isTypeOnly(node)) continue;
    if (ts.isEnumDeclaration(node) || (ts.isModuleDeclaration(node) && ts.isIdentifier(node.name)))
      merged.add(node.name.text);
    if ((ts.isClassDeclaration(node) || ts.isFunctionDeclaration(node)) && node.name) owned.add(node.name.text);
  }
  return [...merged].filter((name) => !owned.has(name));
}
