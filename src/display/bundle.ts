/** From a payload, a picture and a summary to the MIME bundle of one output (`renderers.md` §2). */
import { canonicalJson, currentHost, sha256, type DisplayBundle, type ViewHandler } from '../core/index.js';
import { VERSION } from '../core/version.js';
import { SCALE, type Canvas } from './draw/canvas.js';
import { canvasToPng } from './draw/encode.js';
import { oneLine, summary } from './words.js';
import { mimeOf, PAYLOAD_VERSION, type Payload, type PayloadData, type PayloadKind } from './wire/payload.js';

/** Limit of one output without a host: 2 MB (`renderers.md` §2). */
const DEFAULT_BYTES = 2_000_000;
/** No output is ever larger, whatever the setting says. */
const CEILING_BYTES = 10_000_000;
/** Room kept for picture and text when a payload is measured. */
const PICTURE_BYTES = 420_000;
/** Room kept for the text summary: 40 lines. */
const TEXT_BYTES = 8000;
/** Wrote the payload: name and version of this library. */
export const PRODUCER = `nadir ${VERSION}`;

/** Everything that makes one output. */
export interface Draft<K extends PayloadKind> {
  readonly kind: K;
  readonly title: string;
  readonly alt: string;
  readonly datasetId: string;
  /** What was left out, or null. */
  readonly truncated: string | null;
  readonly data: PayloadData[K];
  readonly picture: Canvas;
  readonly text: readonly string[];
  /** A plain table; `table` and `report` only. */
  readonly html?: string;
  /** Answers the view while the kernel lives. */
  readonly handler?: ViewHandler;
}

/** Bytes that the payload of one output may take, beside its picture where that is drawn already. */
export function payloadBudget(picture?: Canvas): number {
  const limit = Math.min(CEILING_BYTES, currentHost()?.maxInlineBytes ?? DEFAULT_BYTES);
  return Math.max(100_000, limit - (picture ? pngText(picture).length + TEXT_BYTES : PICTURE_BYTES));
}

const pngs = new WeakMap<Canvas, string>();

/** A finished picture as base64 PNG. */
function pngText(picture: Canvas): string {
  let text = pngs.get(picture);
  if (text === undefined) pngs.set(picture, (text = Buffer.from(canvasToPng(picture)).toString('base64')));
  return text;
}

/** `sha256:` of any JSON value: equal content has equal ids, on any machine. */
export function fingerprint(value: unknown): string {
  return `sha256:${sha256(canonicalJson(value))}`;
}

/** The id that links views of the same items: a catalog, its curation, its chips. */
export function itemsFingerprint(ids: readonly string[]): string {
  return fingerprint({ items: ids });
}

/** The bundle: vendor JSON, PNG, HTML where there is some, text, in this order. */
export function makeBundle<K extends PayloadKind>(draft: Draft<K>): DisplayBundle {
  const host = currentHost();
  const viewId = host?.nextViewId() ?? 'static:0';
  if (host && draft.handler) host.registerView(viewId, draft.handler);
  const alt = oneLine(draft.alt);
  const payload: Payload<K, PayloadData[K]> = {
    kind: draft.kind,
    version: PAYLOAD_VERSION,
    viewId,
    datasetId: draft.datasetId,
    title: oneLine(draft.title),
    alt,
    producer: PRODUCER,
    live: host !== undefined,
    truncated: draft.truncated,
    data: draft.data,
  };
  const { picture } = draft;
  return {
    data: {
      [mimeOf(draft.kind)]: payload,
      'image/png': pngText(picture),
      ...(draft.html === undefined ? {} : { 'text/html': draft.html }),
      'text/plain': summary(draft.text.map((line) => line.trimEnd())),
    },
    metadata: {
      'image/png': { width: picture.width / SCALE, height: picture.height / SCALE },
      vscode_altText: alt,
    },
  };
}

/** A request handler from one function per op; unknown ops are refused by name. */
export function answers(
  ops: Readonly<Record<string, (args: Readonly<Record<string, unknown>>) => unknown>>,
): ViewHandler {
  return (op, args) => {
    const answer = Object.hasOwn(ops, op) ? ops[op] : undefined;
    if (!answer) throw new Error(`this view does not answer "${oneLine(op).slice(0, 40)}"`);
    // SAFETY: a non-null object; every field is checked by its reader.
    return answer(typeof args === 'object' && args !== null ? (args as Readonly<Record<string, unknown>>) : {});
  };
}

/** A whole number of a request, kept within `least` and `most`. */
export function wholeArg(value: unknown, fallback: number, least: number, most: number): number {
  const n = typeof value === 'number' && Number.isFinite(value) ? Math.trunc(value) : fallback;
  return Math.min(most, Math.max(least, n));
}

/** A URL without query string and user part, so that no signature is saved; other texts unchanged. */
export function withoutSecrets(text: string): string {
  if (!/^[a-z][a-z0-9+.-]*:\/\//i.test(text)) return text;
  try {
    const url = new URL(text);
    url.search = '';
    url.username = '';
    url.password = '';
    url.hash = '';
    return url.href;
  } catch {
    // Not a URL after all; what could hold a secret goes.
    return text.replace(/[?#].*$/s, '');
  }
}
