/** The main thread's end of the compiler worker. */
import { fileURLToPath } from 'node:url';
import { Worker } from 'node:worker_threads';
import type {
  CompiledCell,
  CompiledModule,
  CompileFailure,
  CompileRequest,
  CompilerReply,
  CompilerRequest,
  ModuleRequest,
} from './compile-types.js';

/** A compile step ended with a syntax error. */
export class CompileFailedError extends Error {
  override readonly name = 'SyntaxError';
  readonly failure: CompileFailure;

  constructor(failure: CompileFailure) {
    super(failure.message);
    this.failure = failure;
  }
}

type Pending = { readonly resolve: (reply: CompilerReply) => void; readonly reject: (error: Error) => void };

/** Starts the worker at once and matches replies to requests. Syntax errors reject with CompileFailedError. */
export class CompilerClient {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  #next = 0;

  constructor(outFolder: string, libraryUrl: string) {
    const globals = Object.getOwnPropertyNames(globalThis);
    this.#worker = new Worker(fileURLToPath(new URL('./compiler.js', import.meta.url)), {
      workerData: { outFolder, globals, libraryUrl },
      stdout: false,
      stderr: false,
    });
    this.#worker.on('message', (reply: CompilerReply) => {
      this.#pending.get(reply.id)?.resolve(reply);
      this.#pending.delete(reply.id);
    });
    this.#worker.on('error', (error) => {
      for (const p of this.#pending.values()) p.reject(error);
      this.#pending.clear();
    });
  }

  async cell(request: Omit<CompileRequest, 'kind' | 'id'>): Promise<CompiledCell> {
    const reply = await this.#ask({ ...request, kind: 'cell', id: this.#next++ });
    if ('cell' in reply) return reply.cell;
    throw failureOf(reply);
  }

  async module(file: string): Promise<CompiledModule> {
    const request: ModuleRequest = { kind: 'module', file, id: this.#next++ };
    const reply = await this.#ask(request);
    if ('module' in reply) return reply.module;
    throw failureOf(reply);
  }

  #ask(request: CompilerRequest): Promise<CompilerReply> {
    return new Promise((resolve, reject) => {
      this.#pending.set(request.id, { resolve, reject });
      this.#worker.postMessage(request);
    });
  }
}

function failureOf(reply: CompilerReply): Error {
  if ('failure' in reply) return new CompileFailedError(reply.failure);
  return new Error(`The compiler failed: ${'crash' in reply ? reply.crash : 'unexpected reply'}`);
}
