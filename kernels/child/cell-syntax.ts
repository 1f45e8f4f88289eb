/** Parsing of cells and the syntax errors that must be known before anything runs. */
import ts from 'typescript';
import type { CompileFailure } from './compile-types.js';
import { bindingNames, hasModifier, importedNames, isTypeOnly, isUsing } from './syntax-names.js';

/** A syntax error of a cell or module, with its place. */
export class CompileError extends Error {
  override readonly name = 'CompileError';
  readonly failure: CompileFailure;

  constructor(failure: CompileFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** Syntax tree of a text, parents set, as an ES module. */
export function parseText(text: string, fileName: string, language: string): ts.SourceFile {
  const kind = language === 'javascript' ? ts.ScriptKind.JS : ts.ScriptKind.TS;
  const options: ts.CreateSourceFileOptions = {
    languageVersion: ts.ScriptTarget.ESNext,
    impliedNodeFormat: ts.ModuleKind.ESNext,
  };
  // `export {}` state is forced so that top-level `await` parses as in a module whatever the cell contains.
  return ts.createSourceFile(fileName, text, { ...options, setExternalModuleIndicator: markAsModule }, true, kind);
}

function markAsModule(file: ts.SourceFile): void {
  // SAFETY: an internal field that the parser reads to decide whether `await` is a keyword at the top level.
  (file as { externalModuleIndicator?: unknown }).externalModuleIndicator = true;
}

/** Fails with the place of an offset in the file. */
export function failAt(file: ts.SourceFile, offset: number, message: string): CompileError {
  const { line, character } = file.getLineAndCharacterOfPosition(offset);
  const lineText = file.text.split(/\r?\n/)[line] ?? '';
  return new CompileError({ message, place: { line: line + 1, column: character + 1 }, lineText });
}

/**
 * Throws the first syntax error of a file.
 *
 * The parser's own come first. Then those that only a binder or V8 would report, and that the rewriting would hide: `return` at
 * the top level, `const` without a value, two declarations of one name.
 *
 * @throws CompileError
 */
export function checkSyntax(file: ts.SourceFile, isCell: boolean): void {
  // SAFETY: `parseDiagnostics` is internal but has been there since the first versions; absent means none.
  const parsed = (file as { parseDiagnostics?: readonly ts.DiagnosticWithLocation[] }).parseDiagnostics ?? [];
  const first = [...parsed].sort((a, b) => a.start - b.start)[0];
  if (first) {
    const jsx = jsxStart(file);
    if (jsx !== undefined) throw failAt(file, jsx, 'JSX is not supported. Use html`…` to show markup.');
    throw failAt(file, first.start, ts.flattenDiagnosticMessageText(first.messageText, ' '));
  }
  if (!isCell) return;
  checkReturns(file, file);
  checkDeclarations(file);
}

/** Where JSX begins in a text that has errors as TypeScript and none as TSX. */
function jsxStart(file: ts.SourceFile): number | undefined {
  const { text } = file;
  if (!/<\s*(?:>|[\p{L}$_])/u.test(text)) return undefined;
  const tsx = ts.createSourceFile('cell.tsx', text, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TSX);
  // SAFETY: as in `checkSyntax`.
  if (((tsx as { parseDiagnostics?: readonly unknown[] }).parseDiagnostics ?? []).length > 0) return undefined;
  const find = (node: ts.Node): number | undefined =>
    ts.isJsxElement(node) || ts.isJsxSelfClosingElement(node) || ts.isJsxFragment(node)
      ? node.getStart(tsx)
      : ts.forEachChild(node, find);
  return find(tsx);
}

function checkReturns(file: ts.SourceFile, node: ts.Node): void {
  if (ts.isFunctionLike(node) || ts.isClassStaticBlockDeclaration(node)) return;
  if (ts.isReturnStatement(node))
    throw failAt(file, node.getStart(file), "A 'return' statement can only be used within a function body.");
  ts.forEachChild(node, (child) => checkReturns(file, child));
}

/** Names that later cells, or the kernel, could not do without. */
const RESERVED = new Set(['undefined', 'NaN', 'Infinity', 'globalThis', 'eval', 'arguments', '$nadir']);

function checkDeclarations(file: ts.SourceFile): void {
  const lexical = new Map<string, 'lexical' | 'var'>();
  const declare = (name: string, kind: 'lexical' | 'var', at: ts.Node): void => {
    if (RESERVED.has(name)) throw failAt(file, at.getStart(file), `'${name}' cannot be the name of a variable.`);
    const before = lexical.get(name);
    if (before && (before === 'lexical' || kind === 'lexical'))
      throw failAt(file, at.getStart(file), `Identifier '${name}' has already been declared in this cell.`);
    lexical.set(name, kind);
  };
  for (const node of file.statements) {
    if (isTypeOnly(node)) continue;
    if (ts.isVariableStatement(node)) checkVariables(file, node, declare);
    else if (ts.isClassDeclaration(node) && node.name) declare(node.name.text, 'lexical', node.name);
    else if (ts.isFunctionDeclaration(node) && node.name) declare(node.name.text, 'var', node.name);
    else if (ts.isImportDeclaration(node)) for (const n of importedNames(node)) declare(n.local, 'lexical', n.node);
    else if (ts.isImportEqualsDeclaration(node) || (ts.isExportAssignment(node) && node.isExportEquals === true)) {
      throw failAt(
        file,
        node.getStart(file),
        `'${node.getText(file)}' is not supported in a cell. Write: import name from '…'`,
      );
    }
  }
}

function checkVariables(
  file: ts.SourceFile,
  node: ts.VariableStatement,
  declare: (name: string, kind: 'lexical' | 'var', at: ts.Node) => void,
): void {
  const list = node.declarationList;
  const kind = list.flags & ts.NodeFlags.BlockScoped ? 'lexical' : 'var';
  for (const declaration of list.declarations) {
    const mustHaveValue = isConst(list) || isUsing(node) || !ts.isIdentifier(declaration.name);
    if (mustHaveValue && !declaration.initializer && !hasModifier(node, ts.SyntaxKind.DeclareKeyword)) {
      throw failAt(
        file,
        declaration.name.getStart(file),
        `'${declaration.name.getText(file)}' must be given a value where it is declared.`,
      );
    }
    for (const name of bindingNames(declaration.name)) declare(name.text, kind, name);
  }
}

function isConst(list: ts.VariableDeclarationList): boolean {
  const [kind, wanted]: readonly [number, number] = [list.flags & ts.NodeFlags.BlockScoped, ts.NodeFlags.Const];
  return kind === wanted;
}
