/** Descriptions of the notebook's variables for the list in the editor, and what changed since the last ones. */
import { KIND } from '../../src/core/display.js';
import type { VariableInfo } from '../protocol.js';
import { inspectLine } from './inspect-text.js';
import { VARIABLES_SLICE_MS } from './limits.js';
import type { Send } from './run-output.js';
import type { Scope } from './scope.js';
import { isTypedArray } from './typed-array-text.js';

const SUMMARY_CHARS = 120;
const MAX_HINTS = 200;

/** Sends descriptions of what changed since the last time. */
export class Variables {
  readonly #scope: Scope;
  readonly #send: Send;
  readonly #known = new Map<string, string>();
  #pending: string[] = [];
  #timer: NodeJS.Immediate | undefined;

  constructor(scope: Scope, send: Send) {
    this.#scope = scope;
    this.#send = send;
  }

  /** Sends what changed: within 20 ms now, the rest when the thread is idle. */
  push(): void {
    this.#pending = this.#scope.names();
    if (this.#timer) clearImmediate(this.#timer);
    this.#slice();
  }

  #slice(): void {
    this.#timer = undefined;
    const until = performance.now() + VARIABLES_SLICE_MS;
    const changed: VariableInfo[] = [];
    const removed: string[] = [];
    for (let name = this.#pending.shift(); name !== undefined; name = this.#pending.shift()) {
      const value = this.#scope.get(name);
      const info = value === undefined ? undefined : describeVariable(name, value);
      const key = info ? JSON.stringify(info) : '';
      if (info && this.#known.get(name) !== key) {
        this.#known.set(name, key);
        changed.push(info);
      } else if (!info && this.#known.delete(name)) removed.push(name);
      if (performance.now() > until) break;
    }
    if (changed.length + removed.length > 0) this.#send({ type: 'variables', changed, removed });
    if (this.#pending.length > 0) this.#timer = setImmediate(() => this.#slice());
  }
}

/** Description of one value. Never throws and runs no getter of the user's objects. */
export function describeVariable(name: string, value: unknown): VariableInfo {
  try {
    const kind = kindOfValue(value);
    const bytes = bytesOf(value);
    const hints = hintsOf(value);
    return {
      name,
      kind,
      type: typeName(value),
      summary: summaryOf(value, kind),
      ...(bytes === undefined ? {} : { bytes }),
      ...(hints ? { hints } : {}),
    };
  } catch (error) {
    return {
      name,
      kind: typeof value,
      type: typeof value,
      summary: `(not readable: ${error instanceof Error ? error.message : String(error)})`,
    };
  }
}

/** Library objects name their kind under a symbol; only those may be asked for more than own data. */
function libraryKind(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null || !(KIND in value)) return undefined;
  const kind: unknown = Reflect.get(value, KIND);
  return typeof kind === 'string' ? kind : undefined;
}

function kindOfValue(value: unknown): string {
  const kind = libraryKind(value);
  if (kind !== undefined) return kind;
  if (value === null) return 'null';
  if (typeof value === 'function')
    return /^class\b/.test(Function.prototype.toString.call(value)) ? 'class' : 'function';
  if (Array.isArray(value)) return 'array';
  if (ArrayBuffer.isView(value)) return 'typedarray';
  return typeof value;
}

function typeName(value: unknown): string {
  if (typeof value === 'function') return 'Function';
  if (typeof value !== 'object' || value === null) return value === null ? 'null' : typeof value;
  const prototype: unknown = Object.getPrototypeOf(value);
  if (typeof prototype !== 'object' || prototype === null) return 'Object';
  const constructor: unknown = Object.getOwnPropertyDescriptor(prototype, 'constructor')?.value;
  return typeof constructor === 'function' && constructor.name !== '' ? constructor.name : 'Object';
}

function summaryOf(value: unknown, kind: string): string {
  if (isTypedArray(value)) return `${value.constructor.name}(${value.length})`;
  if (kind === 'function' && typeof value === 'function')
    return `function ${value.name}(${value.length} ${value.length === 1 ? 'argument' : 'arguments'})`;
  if (kind === 'class' && typeof value === 'function') return `class ${value.name}`;
  if (libraryKind(value) !== undefined) {
    const text: unknown = Reflect.get(value as object, 'toString');
    // SAFETY: an object of the library; its toString takes no argument.
    const own =
      typeof text === 'function' && text !== Object.prototype.toString
        ? (text as (this: unknown) => unknown).call(value)
        : undefined;
    if (typeof own === 'string') return (own.split('\n')[0] ?? '').slice(0, SUMMARY_CHARS);
  }
  if (Array.isArray(value)) return `(${value.length}) ${inspectLine(value, SUMMARY_CHARS)}`;
  return inspectLine(value, SUMMARY_CHARS);
}

function bytesOf(value: unknown): number | undefined {
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return value.byteLength;
  if (libraryKind(value) === undefined) return undefined;
  const data: unknown = Reflect.get(value as object, 'data');
  return ArrayBuffer.isView(data) ? data.byteLength : undefined;
}

/** Band names, columns and CRS codes, which completion offers. */
function hintsOf(value: unknown): Record<string, string[]> | undefined {
  if (libraryKind(value) === undefined) return undefined;
  const hints: Record<string, string[]> = {};
  for (const [hint, property] of [
    ['band', 'bandNames'],
    ['column', 'columns'],
  ] as const) {
    const list: unknown = Reflect.get(value as object, property);
    if (Array.isArray(list)) hints[hint] = list.filter((v) => typeof v === 'string').slice(0, MAX_HINTS);
  }
  const crs: unknown = Reflect.get(value as object, 'crs');
  if (typeof crs === 'string') hints['crs'] = [crs];
  return Object.keys(hints).length > 0 ? hints : undefined;
}
