/**
 * Messages between the extension host (or the headless runner) and a kernel child (`kernel.md` §2).
 *
 * Unions are discriminated on `type`; the guards `parseToKernel` and `parseFromKernel` are used at both ends.
 */

export const PROTOCOL_VERSION = 1;

/** MIME type → content. Text as string, JSON types as values, images as base64 strings. */
export type MimeBundle = Readonly<Record<string, unknown>>;
export type BundleMetadata = Readonly<Record<string, unknown>>;

/** An error as it is shown: built from the cell's own error, never from a host error. */
export interface CellError {
  readonly name: string;
  readonly message: string;
  /** Stack text with frames of cells written as `Cell <n>:<line>:<column>`, from 1. */
  readonly stack: string;
  /** The first frame in a cell, for the link and the diagnostic. Line and column from 1. */
  readonly location?: { readonly cellId: string; readonly line: number; readonly column: number };
}

export interface VariableInfo {
  readonly name: string;
  /** Library kind (`catalog`, `tensor` …) or a JavaScript type. */
  readonly kind: string;
  readonly type: string;
  readonly summary: string;
  readonly bytes?: number;
  readonly hints?: Readonly<Record<string, readonly string[]>>;
}

export type ToKernel =
  | {
      readonly type: 'init';
      readonly version: number;
      readonly notebookPath: string | null;
      readonly maxInlineBytes: number;
      readonly secrets: Readonly<Record<string, string>>;
      readonly interactive: boolean;
    }
  | {
      readonly type: 'execute';
      readonly runId: string;
      readonly cellId: string;
      readonly cellIndex: number;
      readonly source: string;
      readonly language: string;
    }
  | { readonly type: 'abort'; readonly runId: string }
  | { readonly type: 'reply'; readonly requestId: string; readonly value: unknown; readonly error?: string }
  | { readonly type: 'setVariable'; readonly name: string; readonly value: unknown }
  | {
      readonly type: 'detail';
      readonly viewId: string;
      readonly requestId: string;
      readonly op: string;
      readonly args: unknown;
    }
  | { readonly type: 'shutdown' };

export type RunStatus = 'ok' | 'error' | 'interrupted';

export type FromKernel =
  | { readonly type: 'ready'; readonly version: number; readonly node: string; readonly pid: number }
  | { readonly type: 'started'; readonly runId: string }
  | { readonly type: 'stream'; readonly runId: string; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | {
      readonly type: 'display';
      readonly runId: string;
      readonly displayId?: string;
      readonly bundle: MimeBundle;
      readonly metadata: BundleMetadata;
    }
  | {
      readonly type: 'update';
      readonly displayId: string;
      readonly bundle: MimeBundle;
      readonly metadata: BundleMetadata;
    }
  | {
      readonly type: 'result';
      readonly runId: string;
      readonly displayId?: string;
      readonly bundle: MimeBundle;
      readonly metadata: BundleMetadata;
    }
  | { readonly type: 'clear'; readonly runId: string; readonly wait: boolean; readonly displayId?: string }
  /** Over the limit of text: only the first `keep` characters of the run's stream text stay. */
  | { readonly type: 'trim'; readonly runId: string; readonly keep: number }
  | { readonly type: 'error'; readonly runId: string; readonly error: CellError }
  | { readonly type: 'finished'; readonly runId: string; readonly status: RunStatus; readonly durationMs: number }
  | {
      readonly type: 'request';
      readonly requestId: string;
      readonly kind: 'input' | 'pick';
      readonly prompt: string;
      readonly password?: boolean;
      readonly items?: readonly string[];
    }
  | {
      readonly type: 'detailReply';
      readonly requestId: string;
      readonly ok: boolean;
      readonly result?: unknown;
      readonly error?: string;
    }
  | { readonly type: 'variables'; readonly changed: readonly VariableInfo[]; readonly removed: readonly string[] }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };

/** Host → control worker, one JSON object a line, after the token on the first line. */
export type ToControl = { readonly type: 'interrupt'; readonly runId: string } | { readonly type: 'ping' };

/** Control worker → host, one JSON object a line. */
export type FromControl =
  | { readonly type: 'ready' }
  | { readonly type: 'beat'; readonly rss: number; readonly blockedMs: number }
  | { readonly type: 'terminated'; readonly runId: string };

type Check = (value: unknown) => boolean;
/** Fields of a message: a check each; a name that ends in `?` may be absent. */
type Shape = Readonly<Record<string, Check>>;

const isString: Check = (v) => typeof v === 'string';
const isNumber: Check = (v) => typeof v === 'number' && Number.isFinite(v);
const isBoolean: Check = (v) => typeof v === 'boolean';
const isAny: Check = () => true;
const isObject: Check = (v) => typeof v === 'object' && v !== null && !Array.isArray(v);
const isStringMap: Check = (v) => isObject(v) && Object.values(v as object).every(isString);
const isStrings: Check = (v) => Array.isArray(v) && v.every(isString);
const oneOf =
  (...names: readonly string[]): Check =>
  (v) =>
    typeof v === 'string' && names.includes(v);
const nullable =
  (check: Check): Check =>
  (v) =>
    v === null || check(v);

function hasShape(value: unknown, shape: Shape): boolean {
  if (!isObject(value)) return false;
  // SAFETY: checked to be an object.
  const record = value as Record<string, unknown>;
  return Object.entries(shape).every(([key, check]) => {
    const isOptional = key.endsWith('?');
    const field = record[isOptional ? key.slice(0, -1) : key];
    return field === undefined && isOptional ? true : check(field);
  });
}

const location: Check = (v) => hasShape(v, { cellId: isString, line: isNumber, column: isNumber });
const cellError: Check = (v) =>
  hasShape(v, { name: isString, message: isString, stack: isString, 'location?': location });
const variable: Check = (v) =>
  hasShape(v, {
    name: isString,
    kind: isString,
    type: isString,
    summary: isString,
    'bytes?': isNumber,
    'hints?': (h) => isObject(h) && Object.values(h as object).every(isStrings),
  });
const stream = oneOf('stdout', 'stderr');
const shown: Shape = { bundle: isObject, metadata: isObject };

const TO_KERNEL: Readonly<Record<ToKernel['type'], Shape>> = {
  init: {
    version: isNumber,
    notebookPath: nullable(isString),
    maxInlineBytes: isNumber,
    secrets: isStringMap,
    interactive: isBoolean,
  },
  execute: { runId: isString, cellId: isString, cellIndex: isNumber, source: isString, language: isString },
  abort: { runId: isString },
  reply: { requestId: isString, 'value?': isAny, 'error?': isString },
  setVariable: { name: isString, 'value?': isAny },
  detail: { viewId: isString, requestId: isString, op: isString, 'args?': isAny },
  shutdown: {},
};

const FROM_KERNEL: Readonly<Record<FromKernel['type'], Shape>> = {
  ready: { version: isNumber, node: isString, pid: isNumber },
  started: { runId: isString },
  stream: { runId: isString, name: stream, text: isString },
  display: { runId: isString, 'displayId?': isString, ...shown },
  update: { displayId: isString, ...shown },
  result: { runId: isString, 'displayId?': isString, ...shown },
  clear: { runId: isString, wait: isBoolean, 'displayId?': isString },
  trim: { runId: isString, keep: isNumber },
  error: { runId: isString, error: cellError },
  finished: { runId: isString, status: oneOf('ok', 'error', 'interrupted'), durationMs: isNumber },
  request: {
    requestId: isString,
    kind: oneOf('input', 'pick'),
    prompt: isString,
    'password?': isBoolean,
    'items?': isStrings,
  },
  detailReply: { requestId: isString, ok: isBoolean, 'result?': isAny, 'error?': isString },
  variables: { changed: (v) => Array.isArray(v) && v.every(variable), removed: isStrings },
  log: { level: oneOf('debug', 'info', 'warn', 'error'), text: isString },
};

function parse(value: unknown, table: Readonly<Record<string, Shape>>): boolean {
  if (!isObject(value)) return false;
  const type = (value as { type?: unknown }).type;
  if (typeof type !== 'string' || !Object.hasOwn(table, type)) return false;
  return hasShape(value, table[type] ?? {});
}

/** The message if it is a well-formed one for the kernel, else undefined. Unknown fields are ignored. */
export function parseToKernel(value: unknown): ToKernel | undefined {
  // SAFETY: every field of the named type has just been checked.
  return parse(value, TO_KERNEL) ? (value as ToKernel) : undefined;
}

/** The message if it is a well-formed one from the kernel, else undefined. Unknown fields are ignored. */
export function parseFromKernel(value: unknown): FromKernel | undefined {
  // SAFETY: every field of the named type has just been checked.
  return parse(value, FROM_KERNEL) ? (value as FromKernel) : undefined;
}

/** The message of a control line if it is well formed, else undefined. */
export function parseFromControl(value: unknown): FromControl | undefined {
  const table = { ready: {}, beat: { rss: isNumber, blockedMs: isNumber }, terminated: { runId: isString } };
  // SAFETY: every field of the named type has just been checked.
  return parse(value, table) ? (value as FromControl) : undefined;
}

/** The message of a line for the control worker if it is well formed, else undefined. */
export function parseToControl(value: unknown): ToControl | undefined {
  // SAFETY: every field of the named type has just been checked.
  return parse(value, { interrupt: { runId: isString }, ping: {} }) ? (value as ToControl) : undefined;
}
