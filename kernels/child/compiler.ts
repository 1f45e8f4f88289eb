/** Compiler worker: TypeScript lives here, so that the thread that runs cells stays small and cells compile while one runs. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { parentPort, workerData } from 'node:worker_threads';
import { CompileError } from './cell-syntax.js';
import { compileCell } from './compile-cell.js';
import type { CompilerReply, CompilerRequest } from './compile-types.js';
import { compileModule } from './module-graph.js';

// SAFETY: main.ts starts this worker with exactly these fields.
const { outFolder, globals, libraryUrl } = workerData as {
  outFolder: string;
  globals: readonly string[];
  libraryUrl: string;
};
const globalNames = new Set(globals);
const nodeMajor = Number(process.versions.node.split('.')[0]);

function resolveBare(spec: string, fromFile: string): string | undefined {
  if (spec.startsWith('node:')) return spec;
  try {
    return import.meta.resolve(spec, pathToFileURL(fromFile).href);
  } catch {
    // The loader reports what is missing, with the name of the importing file.
    return spec === 'nadir' ? libraryUrl : undefined;
  }
}

function answer(request: CompilerRequest): CompilerReply {
  const { id } = request;
  try {
    if (request.kind === 'module')
      return {
        id,
        module: compileModule(request.file, { outFolder: path.join(outFolder, 'modules'), nodeMajor, resolveBare }),
      };
    const cell = compileCell(request.source, {
      language: request.language,
      filename: request.filename,
      renamed: request.renamed,
      globals: globalNames,
      nodeMajor,
    });
    mkdirSync(path.dirname(request.filename), { recursive: true });
    writeFileSync(request.filename, request.source);
    return { id, cell };
  } catch (error) {
    if (error instanceof CompileError) return { id, failure: error.failure };
    return { id, crash: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (request: CompilerRequest) => parentPort?.postMessage(answer(request)));

// The first parse compiles much of TypeScript: do it before the first cell asks.
compileCell('const warm: number = 1; warm', {
  language: 'typescript',
  filename: '',
  renamed: [],
  globals: globalNames,
  nodeMajor,
});
parentPort?.postMessage({ id: -1, crash: '' });
