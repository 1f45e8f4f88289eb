/**
 * Compiles a relative TypeScript module and everything it imports relatively into the temporary folder (`kernel.md` §5).
 *
 * A module is written as `<hash>/<name>.mjs`, where the hash covers its text and those of its relative imports: an edited file gets a
 * new URL and reloads, as do the files that import it; the others keep their identity.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import ts from 'typescript';
import { CompileError, checkSyntax, parseText } from './cell-syntax.js';
import { toJavaScript } from './compile-cell.js';
import type { CompiledModule, TextEdit } from './compile-types.js';
import { forEachValueIdentifier } from './syntax-names.js';
import { applyEdits } from './text-edits.js';

export interface ModuleGraphOptions {
  readonly outFolder: string;
  readonly nodeMajor: number;
  /** Resolves a bare specifier from a file to a URL; undefined when it cannot. */
  resolveBare(spec: string, fromFile: string): string | undefined;
}

const TYPESCRIPT = /\.[mc]?tsx?$/;

/** File behind a relative specifier: as written, `.js` for `.ts`, an added extension, or an index file; undefined if there is none. */
export function resolveRelative(spec: string, fromFolder: string): string | undefined {
  const base = spec.startsWith('file:') ? fileURLToPath(spec) : path.resolve(fromFolder, spec);
  const candidates = [
    base,
    base.replace(/\.js$/, '.ts'),
    base.replace(/\.mjs$/, '.mts'),
    `${base}.ts`,
    `${base}.mts`,
    `${base}.js`,
    `${base}.mjs`,
    path.join(base, 'index.ts'),
    path.join(base, 'index.js'),
  ];
  return candidates.find((file) => existsSync(file) && statSync(file).isFile());
}

/** Whether a file goes through the compiler. */
export function isTypeScript(file: string): boolean {
  return TYPESCRIPT.test(file);
}

interface ModuleNode {
  readonly file: string;
  readonly source: ts.SourceFile;
  readonly digest: string;
  readonly imports: readonly { node: ts.StringLiteral; file: string | undefined; bare: string | undefined }[];
}

/**
 * Compiles the graph below a file.
 *
 * @throws CompileError for a syntax error, with the file's path.
 */
export function compileModule(entry: string, options: ModuleGraphOptions): CompiledModule {
  const nodes = new Map<string, ModuleNode>();
  load(entry, nodes, options);
  const files: { written: string; original: string; sourceMap: string | null }[] = [];
  const urls = new Map<string, string>();
  for (const node of nodes.values()) urls.set(node.file, pathToFileURL(target(node, nodes, options)).href);
  for (const node of nodes.values()) {
    const written = target(node, nodes, options);
    const { text, sourceMap } = emit(node, urls, options);
    files.push({ written, original: node.file, sourceMap });
    if (existsSync(written)) continue;
    mkdirSync(path.dirname(written), { recursive: true });
    writeFileSync(written, text);
  }
  return { url: urls.get(entry) ?? '', files };
}

function load(file: string, nodes: Map<string, ModuleNode>, options: ModuleGraphOptions): void {
  if (nodes.has(file)) return;
  const text = readFileSync(file, 'utf8');
  const source = parseText(text, file, 'typescript');
  try {
    checkSyntax(source, false);
  } catch (error) {
    if (error instanceof CompileError) throw new CompileError({ ...error.failure, file });
    throw error;
  }
  const specifiers = literalSpecifiers(source);
  const imports = specifiers.map((node) => {
    const isRelative = /^(\.{1,2}\/|file:|\/)/.test(node.text);
    if (isRelative) return { node, file: resolveRelative(node.text, path.dirname(file)), bare: undefined };
    return { node, file: undefined, bare: options.resolveBare(node.text, file) };
  });
  nodes.set(file, {
    file,
    source,
    digest: createHash('sha256').update(file).update('\0').update(text).digest('hex'),
    imports,
  });
  for (const i of imports) if (i.file !== undefined && isTypeScript(i.file)) load(i.file, nodes, options);
}

/** Module specifiers of imports, exports and literal `import()` calls. */
function literalSpecifiers(source: ts.SourceFile): ts.StringLiteral[] {
  const found: ts.StringLiteral[] = [];
  const walk = (node: ts.Node): void => {
    const isStatic =
      (ts.isImportDeclaration(node) && node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) ||
      (ts.isExportDeclaration(node) && !node.isTypeOnly);
    if (isStatic && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) found.push(node.moduleSpecifier);
    const argument =
      ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword ? node.arguments[0] : undefined;
    if (argument && ts.isStringLiteral(argument)) found.push(argument);
    ts.forEachChild(node, walk);
  };
  walk(source);
  return found;
}

/** Path of the written module: its hash covers every file it reaches. */
function target(node: ModuleNode, nodes: ReadonlyMap<string, ModuleNode>, options: ModuleGraphOptions): string {
  const reached = new Set<string>();
  const collect = (n: ModuleNode): void => {
    if (reached.has(n.file)) return;
    reached.add(n.file);
    for (const i of n.imports) {
      const next = i.file === undefined ? undefined : nodes.get(i.file);
      if (next) collect(next);
    }
  };
  collect(node);
  const hash = createHash('sha256');
  for (const file of [...reached].sort()) hash.update(nodes.get(file)?.digest ?? '');
  const name = path.basename(node.file).replace(TYPESCRIPT, '');
  return path.join(options.outFolder, hash.digest('hex').slice(0, 16), `${name}.mjs`);
}

function emit(
  node: ModuleNode,
  urls: ReadonlyMap<string, string>,
  options: ModuleGraphOptions,
): { text: string; sourceMap: string | null } {
  const { source } = node;
  const plain = toJavaScript(source, { language: 'typescript', nodeMajor: options.nodeMajor });
  const edits: TextEdit[] = [];
  const resolved = new Map<string, string>();
  for (const i of node.imports) {
    const url = i.file === undefined ? i.bare : (urls.get(i.file) ?? pathToFileURL(i.file).href);
    if (url !== undefined) resolved.set(i.node.text, url);
  }
  for (const literal of literalSpecifiers(plain.file)) {
    const url = resolved.get(literal.text);
    if (url !== undefined) edits.push({ start: literal.getStart(), end: literal.getEnd(), text: JSON.stringify(url) });
  }
  const used = new Set<string>();
  forEachValueIdentifier(source, (id) => used.add(id.text));
  for (const statement of plain.file.statements)
    if (ts.isImportDeclaration(statement)) edits.push(...elideUnused(statement, used));
  edits.push(...metaEdits(plain.file, node.file));
  return { text: applyEdits(plain.text, edits), sourceMap: plain.sourceMap };
}

/** Removes named imports that the file never uses as values: they are types, and would fail to link. */
function elideUnused(statement: ts.ImportDeclaration, used: ReadonlySet<string>): TextEdit[] {
  const bindings = statement.importClause?.namedBindings;
  if (!bindings || !ts.isNamedImports(bindings)) return [];
  const kept = bindings.elements.filter((e) => !e.isTypeOnly && used.has(e.name.text));
  if (kept.length === bindings.elements.filter((e) => !e.isTypeOnly).length) return [];
  const text = `{${kept.map((e) => e.getText()).join(',')}}`;
  const breaks = '\n'.repeat(bindings.getText().split('\n').length - 1);
  return [{ start: bindings.getStart(), end: bindings.getEnd(), text: text + breaks }];
}

/** `import.meta.url`, `.dirname` and `.filename` name the original file. */
function metaEdits(file: ts.SourceFile, original: string): TextEdit[] {
  const values: Readonly<Record<string, string>> = {
    url: pathToFileURL(original).href,
    filename: original,
    dirname: path.dirname(original),
  };
  const edits: TextEdit[] = [];
  const walk = (node: ts.Node): void => {
    if (ts.isPropertyAccessExpression(node) && ts.isMetaProperty(node.expression)) {
      const value = values[node.name.text];
      if (value !== undefined) edits.push({ start: node.getStart(), end: node.getEnd(), text: JSON.stringify(value) });
    }
    ts.forEachChild(node, walk);
  };
  walk(file);
  return edits;
}
