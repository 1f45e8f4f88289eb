/**
 * Imports of cells: relative file → workspace package from the notebook's folder → the bundled `nadir` (`kernel.md` §5).
 */
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { CellErrors } from './cell-errors.js';
import type { CompilerClient } from './compiler-client.js';
import type { ImportedName } from './compile-types.js';
import { ImportNameError } from './kernel-errors.js';
import { nearestNames } from './nearest-names.js';

type Namespace = Readonly<Record<string, unknown>>;

export interface ImporterOptions {
  /** File the imports are relative to: the notebook, or a name in the working folder. */
  readonly notebookFile: string;
  /** URL of the bundled library. */
  readonly libraryUrl: string;
  readonly compiler: CompilerClient;
  readonly errors: CellErrors;
}

const RELATIVE = /^(\.{1,2}(\/|$)|\/|file:|[A-Za-z]:[\\/])/;
const TYPESCRIPT = /\.[mc]?ts$/;
const EXTENSIONS = ['.ts', '.mts', '.js', '.mjs', '.cjs', '.json', '/index.ts', '/index.js'];

/** Loads modules for the cells of one notebook. */
export class Importer {
  readonly #options: ImporterOptions;
  readonly #url: string;
  /** Content of plain files at their first import: an edited one gets another URL. */
  readonly #seen = new Map<string, string>();
  /** Names that a cell imported without using them and that the module lacks: types, or mistakes. */
  readonly #missing = new Map<string, string>();
  readonly require: NodeJS.Require;

  constructor(options: ImporterOptions) {
    this.#options = options;
    this.#url = pathToFileURL(options.notebookFile).href;
    this.require = createRequire(options.notebookFile);
  }

  /** `import.meta` of cells. */
  get meta(): Readonly<Record<string, unknown>> {
    const { notebookFile } = this.#options;
    return {
      url: this.#url,
      filename: notebookFile,
      dirname: path.dirname(notebookFile),
      resolve: (spec: string) => this.#resolve(spec),
    };
  }

  /** Namespace of a module, as `import()` gives it. */
  async load(spec: string): Promise<Namespace> {
    if (!RELATIVE.test(spec)) {
      const url = this.#resolve(spec);
      // Node asks for an import attribute, which neither TypeScript's checker nor `require` wants.
      if (/^file:.*\.json$/.test(url)) return jsonModule(fileURLToPath(url));
      return (await import(url)) as Namespace;
    }
    const file = this.#relativeFile(spec);
    if (TYPESCRIPT.test(file)) {
      const module = await this.#options.compiler.module(file);
      this.#options.errors.addModule(module);
      return (await import(module.url)) as Namespace;
    }
    if (file.endsWith('.json')) return jsonModule(file);
    return (await import(this.#versioned(file))) as Namespace;
  }

  /**
   * Values of named imports, in the order of `names`.
   *
   * @throws ImportNameError when a name that the cell uses as a value is missing.
   */
  async names(spec: string, names: readonly ImportedName[]): Promise<unknown[]> {
    const module = await this.load(spec);
    return names.map(({ imported, local, used }): unknown => {
      if (imported === '*') return module;
      this.#missing.delete(local);
      if (imported in module) return module[imported];
      // Node finds only some names of a CommonJS module; all of them are on its `module.exports`, the default export.
      const whole = module['default'];
      if (isObject(whole) && Object.prototype.propertyIsEnumerable.call(whole, imported))
        return Reflect.get(whole, imported);
      const message = missingMessage(spec, imported, Object.keys(module));
      if (used) throw new ImportNameError(message);
      this.#missing.set(local, message);
      return undefined;
    });
  }

  /** Why a name is undefined although a cell imports it, if that is so. */
  missing(name: string): string | undefined {
    return this.#missing.get(name);
  }

  #relativeFile(spec: string): string {
    const folder = path.dirname(this.#options.notebookFile);
    const base = spec.startsWith('file:') ? fileURLToPath(spec) : path.resolve(folder, spec);
    const candidates = [
      base,
      base.replace(/\.js$/, '.ts'),
      base.replace(/\.mjs$/, '.mts'),
      ...EXTENSIONS.map((e) => base + e),
    ];
    const file = candidates.find((f) => existsSync(f) && statSync(f).isFile());
    if (file === undefined) throw notFound(`Cannot find '${spec}' from ${folder}.`);
    return file;
  }

  #resolve(spec: string): string {
    if (RELATIVE.test(spec)) return pathToFileURL(this.#relativeFile(spec)).href;
    try {
      return import.meta.resolve(spec, this.#url);
    } catch (error) {
      if (spec === 'nadir') return this.#library();
      const hasCode = error instanceof Error && 'code' in error;
      if (hasCode && error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
      throw notFound(
        `Cannot find the package '${spec}' from ${path.dirname(this.#options.notebookFile)}. Install it there: npm install ${packageName(spec)}`,
      );
    }
  }

  #library(): string {
    const { libraryUrl } = this.#options;
    if (!existsSync(fileURLToPath(libraryUrl)))
      throw notFound(
        `The bundled library is missing (${fileURLToPath(libraryUrl)}). Reinstall the extension, or run: npm run build`,
      );
    return libraryUrl;
  }

  /** URL of a plain file; a query makes an edited one new to the loader. */
  #versioned(file: string): string {
    const url = pathToFileURL(file).href;
    const digest = createHash('sha256').update(readFileSync(file)).digest('hex').slice(0, 16);
    const first = this.#seen.get(file);
    if (first === undefined) this.#seen.set(file, digest);
    return first === undefined || first === digest ? url : `${url}?v=${digest}`;
  }
}

function isObject(value: unknown): value is object {
  return (typeof value === 'object' && value !== null) || typeof value === 'function';
}

function jsonModule(file: string): Namespace {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new SyntaxError(`${file} is not valid JSON: ${error instanceof Error ? error.message : String(error)}`);
  }
  return Object.assign(Object.create(null) as object, { default: value });
}

function notFound(message: string): Error {
  return Object.assign(new Error(message), { code: 'ERR_MODULE_NOT_FOUND' });
}

/** `@scope/name/sub` → `@scope/name`. */
function packageName(spec: string): string {
  return spec
    .split('/')
    .slice(0, spec.startsWith('@') ? 2 : 1)
    .join('/');
}

function missingMessage(spec: string, name: string, exported: readonly string[]): string {
  const near = nearestNames(
    name,
    exported.filter((e) => e !== 'default' && e !== 'module.exports'),
  );
  const hint =
    near.length > 0
      ? ` Did you mean ${near.map((n) => `'${n}'`).join(' or ')}?`
      : exported.includes('default')
        ? ' It has a default export.'
        : '';
  return `'${spec}' has no export named '${name}'.${hint}`;
}
