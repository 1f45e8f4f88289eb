/** Messages from views, checked: they come out of a webview that shows untrusted notebooks. */

import type { ViewRequest } from '../display/wire/payload.js';

const OPS: ReadonlySet<string> = new Set<ViewRequest['op']>([
  'rows',
  'columns',
  'chip',
  'bands',
  'tile',
  'detail',
  'steps',
  'openInTab',
  'saveImage',
  'copy',
  'insertAoi',
  'reveal',
]);
const MAX_NAME = 200;
/** What one copy may hold, in characters. */
export const MAX_COPY = 10_000_000;

/** The request that a message holds, or undefined for anything else. */
export function parseViewRequest(message: unknown): ViewRequest | undefined {
  if (typeof message !== 'object' || message === null) return undefined;
  const { v, viewId, requestId, op, args } = message as Record<string, unknown>; // SAFETY: checked field by field below.
  const isName = (s: unknown): s is string => typeof s === 'string' && s.length > 0 && s.length <= MAX_NAME;
  if (v !== 1 || !isName(viewId) || !isName(requestId) || typeof op !== 'string' || !OPS.has(op)) return undefined;
  // SAFETY: `op` is one of OPS.
  return { v: 1, viewId, requestId, op: op as ViewRequest['op'], args };
}

/** The text that op `copy` asks for: `{ text }`, or ids one a line from `{ ids }`. */
export function copyText(args: unknown): string | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const { text, ids } = args as Record<string, unknown>; // SAFETY: both are checked below.
  const wanted =
    typeof text === 'string'
      ? text
      : Array.isArray(ids) && ids.every((id) => typeof id === 'string')
        ? ids.join('\n')
        : undefined;
  return wanted !== undefined && wanted.length <= MAX_COPY ? wanted : undefined;
}

/** The data set that a request names. */
export function datasetOf(args: unknown): string | undefined {
  if (typeof args !== 'object' || args === null) return undefined;
  const { datasetId } = args as Record<string, unknown>; // SAFETY: checked on this line's return.
  return typeof datasetId === 'string' && datasetId.length <= MAX_NAME ? datasetId : undefined;
}

/** Whether a `steps` request asks for the steps so far instead of handing over new ones. */
export function isQuery(args: unknown): boolean {
  return typeof args === 'object' && args !== null && (args as Record<string, unknown>)['query'] === true; // SAFETY: an object.
}
