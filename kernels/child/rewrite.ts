/**
 * Rewrites the top level of a cell so that its declarations become assignments to names that live on (`kernel.md` §3).
 *
 * Only edits without line breaks are made, so lines stay and columns can be mapped back.
 */
import ts from 'typescript';
import type { ImportedName, TextEdit } from './compile-types.js';
import { bindingNames, forEachValueIdentifier, importedNames, isTypeOnly, isUsing } from './syntax-names.js';

/** What the rewriting needs beside the tree. */
export interface RewriteInput {
  readonly file: ts.SourceFile;
  /** Text to edit: the source with types blanked; same offsets as `file`. */
  readonly text: string;
  /** Names of the cell that live on; other top-level names are helpers and stay local. */
  readonly names: ReadonlySet<string>;
  /** Names to store as `name$nb`. */
  readonly renamed: ReadonlySet<string>;
  /** Enums and namespaces: they start from `undefined`. */
  readonly reset: readonly string[];
  /** Names imported in the source that it uses as values. */
  readonly used: ReadonlySet<string>;
  /** Transpiled `using`: the value of the cell is inside the `try`. */
  readonly isValueInTry: boolean;
}

export interface Rewritten {
  readonly prefix: string;
  readonly edits: readonly TextEdit[];
}

/** How a name is stored when it equals a global property or an environment probe. */
export function storedName(name: string): string {
  return `${name}$nb`;
}

/** Prefix line and edits for one cell. */
export function rewriteCell(input: RewriteInput): Rewritten {
  const rewriting = new Rewriting(input);
  return rewriting.run();
}

class Rewriting {
  readonly #input: RewriteInput;
  readonly #edits: TextEdit[] = [];
  readonly #functions: string[] = [];
  readonly #imports: string[] = [];

  constructor(input: RewriteInput) {
    this.#input = input;
  }

  run(): Rewritten {
    const { file, reset, renamed } = this.#input;
    // First, so that `$nb` comes before what others append at the same place.
    if (renamed.size > 0) this.#renames();
    for (const node of file.statements) if (!isTypeOnly(node)) this.#statement(node);
    this.#value();
    this.#dynamicImports(file);
    const resets = reset.map((name) => `${this.#stored(name)}=void 0;`);
    return { prefix: [...resets, ...this.#functions, ...this.#imports].join(''), edits: this.#edits };
  }

  #stored(name: string): string {
    return this.#input.renamed.has(name) ? storedName(name) : name;
  }

  #edit(start: number, end: number, text: string): void {
    this.#edits.push({ start, end, text });
  }

  /** Replaces by spaces, except line breaks. A `;` at the front keeps neighbouring statements apart. */
  #blank(start: number, end: number): void {
    const blank = this.#input.text.slice(start, end).replace(/[^\r\n]/g, ' ');
    let at = start;
    // One edit per line, so that no edit spans a line break.
    for (const [i, line] of blank.split('\n').entries()) {
      if (line.length > 0) this.#edit(at, at + line.length, i === 0 ? `;${line.slice(1)}` : line);
      at += line.length + 1;
    }
  }

  #statement(node: ts.Statement): void {
    if (ts.isVariableStatement(node)) this.#variables(node);
    else if (ts.isFunctionDeclaration(node)) this.#function(node);
    else if (ts.isClassDeclaration(node)) this.#class(node);
    else if (ts.isImportDeclaration(node)) this.#import(node);
    else if (ts.isExportDeclaration(node)) this.#export(node);
    else if (ts.isExportAssignment(node)) this.#blank(node.getStart(), node.expression.getStart());
  }

  #blankModifiers(node: ts.Statement): void {
    if (!ts.canHaveModifiers(node)) return;
    for (const m of ts.getModifiers(node) ?? []) {
      if (m.kind === ts.SyntaxKind.ExportKeyword || m.kind === ts.SyntaxKind.DefaultKeyword)
        this.#blank(m.getStart(), m.end);
    }
  }

  #variables(node: ts.VariableStatement): void {
    this.#blankModifiers(node);
    if (isUsing(node)) return;
    const { names } = this.#input;
    const list = node.declarationList;
    const declared = list.declarations.flatMap((d) => bindingNames(d.name).map((n) => n.text));
    if (!declared.some((n) => names.has(n))) return;
    const keyword = list.getStart();
    const keywordEnd = keyword + (list.flags & ts.NodeFlags.Const ? 5 : 3);
    if (list.declarations.some((d) => !d.initializer) && !declared.every((n) => names.has(n))) {
      // A hoisted `var a, y` of the transpiler that mixes our names with its own: ours exist already.
      const own = declared.filter((n) => !names.has(n));
      this.#blank(keyword, node.getEnd());
      this.#functions.push(`var ${own.join(',')};`);
      return;
    }
    this.#edit(keyword, keywordEnd, ';0,'.padEnd(keywordEnd - keyword));
    const isVar = !(list.flags & ts.NodeFlags.BlockScoped);
    for (const d of list.declarations) if (!d.initializer && !isVar) this.#edit(d.getEnd(), d.getEnd(), '=void 0');
    if (this.#input.text[node.getEnd() - 1] !== ';') this.#edit(node.getEnd(), node.getEnd(), ';');
  }

  #function(node: ts.FunctionDeclaration): void {
    this.#blankModifiers(node);
    if (!node.name) {
      // `export default function () {}` has no name to keep.
      this.#edit(node.getEnd(), node.getEnd(), ')');
      const start = this.#afterModifiers(node);
      this.#edit(start, start, '(');
      return;
    }
    const name = node.name.text;
    if (!this.#input.names.has(name)) return;
    this.#edit(node.name.end, node.name.end, '$fn');
    this.#functions.push(`${this.#stored(name)}=$nadir.fn(${name}$fn,${JSON.stringify(name)});`);
  }

  #class(node: ts.ClassDeclaration): void {
    this.#blankModifiers(node);
    const start = this.#afterModifiers(node);
    if (!node.name) {
      this.#edit(start, start, '(');
      this.#edit(node.getEnd(), node.getEnd(), ')');
      return;
    }
    if (!this.#input.names.has(node.name.text)) return;
    this.#edit(start, start, `;${this.#stored(node.name.text)}=`);
    this.#edit(node.getEnd(), node.getEnd(), ';');
  }

  /** Where a declaration begins once `export` and `default` are blanked. */
  #afterModifiers(node: ts.FunctionDeclaration | ts.ClassDeclaration): number {
    const last = ts
      .getModifiers(node)
      ?.findLast((m) => m.kind === ts.SyntaxKind.ExportKeyword || m.kind === ts.SyntaxKind.DefaultKeyword);
    return last ? last.end : node.getStart();
  }

  #import(node: ts.ImportDeclaration): void {
    const { file, used } = this.#input;
    this.#blank(node.getStart(), node.getEnd());
    const names: ImportedName[] = importedNames(node).map((n) => ({
      imported: n.imported,
      local: n.local,
      used: used.has(n.local),
    }));
    const clause = node.importClause;
    // `import { type A } from 'x'` asks for nothing at run time.
    if (clause && names.length === 0) return;
    const spec = ts.isStringLiteral(node.moduleSpecifier) ? node.moduleSpecifier.text : '';
    const { line, character } = file.getLineAndCharacterOfPosition(node.getStart());
    const targets = names.map((n, i) => `${i}:${this.#stored(n.local)}`).join(',');
    const call = `await $nadir.import(${JSON.stringify(spec)},${JSON.stringify(names)},[${line + 1},${character + 1}])`;
    this.#imports.push(targets ? `({${targets}}=${call});` : `${call};`);
  }

  #export(node: ts.ExportDeclaration): void {
    this.#blank(node.getStart(), node.getEnd());
  }

  /** The last expression becomes the value of the cell. */
  #value(): void {
    const { file, isValueInTry } = this.#input;
    let last = file.statements.findLast((s) => !isTypeOnly(s) && !ts.isEmptyStatement(s));
    if (last && isValueInTry && ts.isTryStatement(last)) last = last.tryBlock.statements.at(-1);
    const expression =
      last && (ts.isExpressionStatement(last) || ts.isExportAssignment(last)) ? last.expression : undefined;
    if (!expression || !last) return;
    // Directives ("use strict") in a transpiled text are no values.
    const start = expression.getStart();
    this.#edit(start, start, 'return(');
    // Before the place of a trailing type: blanking `x as T` may leave a `;` there.
    const end = endOfValue(expression, file);
    this.#edit(end, end, ')');
  }

  #dynamicImports(node: ts.Node): void {
    if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      this.#edit(node.expression.getStart(), node.expression.getEnd(), '$nadir');
    } else if (ts.isMetaProperty(node) && node.keywordToken === ts.SyntaxKind.ImportKeyword) {
      this.#edit(node.getStart(), node.getStart() + 6, '$nadir');
    }
    ts.forEachChild(node, (child) => this.#dynamicImports(child));
  }

  /** Free uses of renamed names, found by the checker on this one file. */
  #renames(): void {
    const { file, renamed } = this.#input;
    const uses: ts.Identifier[] = [];
    forEachValueIdentifier(file, (id) => {
      if (renamed.has(id.text) && !isDeclaredElsewhere(id)) uses.push(id);
    });
    if (uses.length === 0) return;
    const checker = checkerOf(file);
    for (const id of uses) {
      const parent = id.parent;
      const shorthand = ts.isShorthandPropertyAssignment(parent) && parent.name === id;
      const symbol = shorthand ? checker.getShorthandAssignmentValueSymbol(parent) : checker.getSymbolAtLocation(id);
      if (!isFree(symbol, file)) continue;
      const isBindingShorthand =
        ts.isBindingElement(parent) &&
        parent.name === id &&
        !parent.propertyName &&
        ts.isObjectBindingPattern(parent.parent) &&
        !parent.dotDotDotToken;
      const text = shorthand || isBindingShorthand ? `:${storedName(id.text)}` : '$nb';
      this.#edit(id.getEnd(), id.getEnd(), text);
    }
  }
}

/** End of an expression without the `as T`, `satisfies T` or `!` that end it. */
function endOfValue(node: ts.Node, file: ts.SourceFile): number {
  if (ts.isAsExpression(node) || ts.isSatisfiesExpression(node) || ts.isNonNullExpression(node))
    return endOfValue(node.expression, file);
  const last = node.getLastToken(file) && node.getChildren(file).at(-1);
  return last && last.getChildCount(file) > 0 ? endOfValue(last, file) : node.getEnd();
}

/** Names of top-level functions and classes keep their own text: the assignment carries the stored name. */
function isDeclaredElsewhere(id: ts.Identifier): boolean {
  const parent = id.parent;
  if (ts.isFunctionDeclaration(parent) || ts.isClassDeclaration(parent)) return parent.name === id;
  return false;
}

/** Whether a symbol is unknown in the file, or declared at its top level by a statement that becomes an assignment. */
function isFree(symbol: ts.Symbol | undefined, file: ts.SourceFile): boolean {
  const declaration = symbol?.declarations?.[0];
  if (!declaration) return true;
  if (declaration.getSourceFile() !== file) return true;
  let node: ts.Node = declaration;
  while (ts.isBindingElement(node) || ts.isObjectBindingPattern(node) || ts.isArrayBindingPattern(node))
    node = node.parent;
  if (ts.isVariableDeclaration(node)) {
    const statement = node.parent.parent;
    return ts.isVariableStatement(statement) && statement.parent === file && !isUsing(statement);
  }
  if (ts.isFunctionDeclaration(node) || ts.isClassDeclaration(node)) return node.parent === file;
  return ts.isImportClause(node) || ts.isImportSpecifier(node) || ts.isNamespaceImport(node);
}

function checkerOf(file: ts.SourceFile): ts.TypeChecker {
  const host: ts.CompilerHost = {
    getSourceFile: (name) => (name === file.fileName ? file : undefined),
    getDefaultLibFileName: () => 'lib.d.ts',
    writeFile: () => undefined,
    getCurrentDirectory: () => '/',
    getCanonicalFileName: (name) => name,
    useCaseSensitiveFileNames: () => true,
    getNewLine: () => '\n',
    fileExists: (name) => name === file.fileName,
    readFile: () => undefined,
  };
  const options: ts.CompilerOptions = {
    noLib: true,
    noResolve: true,
    allowJs: true,
    target: ts.ScriptTarget.ESNext,
    types: [],
  };
  return ts.createProgram({ rootNames: [file.fileName], options, host }).getTypeChecker();
}
