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
  | { readonly type: 'init'; readonly version: number; readonly notebookPath: string | null; readonly maxInlineBytes: number; readonly secrets: Readonly<Record<string, string>>; readonly interactive: boolean }
  | { readonly type: 'execute'; readonly runId: string; readonly cellId: string; readonly cellIndex: number; readonly source: string; readonly language: string }
  | { readonly type: 'abort'; readonly runId: string }
  | { readonly type: 'reply'; readonly requestId: string; readonly value: unknown; readonly error?: string }
  | { readonly type: 'setVariable'; readonly name: string; readonly value: unknown }
  | { readonly type: 'detail'; readonly viewId: string; readonly requestId: string; readonly op: string; readonly args: unknown }
  | { readonly type: 'shutdown' };

export type RunStatus = 'ok' | 'error' | 'interrupted';

export type FromKernel =
  | { readonly type: 'ready'; readonly version: number; readonly node: string; readonly pid: number }
  | { readonly type: 'started'; readonly runId: string }
  | { readonly type: 'stream'; readonly runId: string; readonly name: 'stdout' | 'stderr'; readonly text: string }
  | { readonly type: 'display'; readonly runId: string; readonly displayId?: string; readonly bundle: MimeBundle; readonly metadata: BundleMetadata }
  | { readonly type: 'update'; readonly displayId: string; readonly bundle: MimeBundle; readonly metadata: BundleMetadata }
  | { readonly type: 'result'; readonly runId: string; readonly bundle: MimeBundle; readonly metadata: BundleMetadata }
  | { readonly type: 'clear'; readonly runId: string; readonly wait: boolean; readonly displayId?: string }
  | { readonly type: 'error'; readonly runId: string; readonly error: CellError }
  | { readonly type: 'finished'; readonly runId: string; readonly status: RunStatus; readonly durationMs: number }
  | { readonly type: 'request'; readonly requestId: string; readonly kind: 'input' | 'pick'; readonly prompt: string; readonly password?: boolean; readonly items?: readonly string[] }
  | { readonly type: 'detailReply'; readonly requestId: string; readonly ok: boolean; readonly result?: unknown; readonly error?: string }
  | { readonly type: 'variables'; readonly changed: readonly VariableInfo[]; readonly removed: readonly string[] }
  | { readonly type: 'log'; readonly level: 'debug' | 'info' | 'warn' | 'error'; readonly text: string };
