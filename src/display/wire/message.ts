/**
 * What travels between a view and the kernel (`renderers.md` §3): arguments and results of the detail requests.
 * Binary is base64 text, because a typed array arrives as a plain object through notebook messaging.
 */
import type { CurationStep, FootprintRow, Preview, PreviewBand, ViewReply } from './payload.js';
import { readPreview, readPreviewBand, readFootprintRow, readStep } from './parts.js';
import { attempt, boolean, list, object, optional, text, type Outcome } from './read.js';

/** Arguments of op `chip`: pixels of one item, at most `maxSize` preview pixels a side. */
export interface ChipArgs {
  readonly datasetId: string;
  readonly id: string;
  readonly maxSize: number;
}
export interface ChipResult {
  readonly preview: Preview;
}

/** Arguments of op `bands`: bands of a tensor by index, of frame `frame` when it has several. */
export interface BandsArgs {
  readonly datasetId: string;
  readonly bands: readonly number[];
  readonly frame: number;
}
export interface BandsResult {
  readonly bands: readonly PreviewBand[];
}

/** Arguments of op `rows`: rows `from` (inclusive) to `to` (exclusive) of a catalog. */
export interface RowsArgs {
  readonly datasetId: string;
  readonly from: number;
  readonly to: number;
}
export interface RowsResult {
  readonly rows: readonly FootprintRow[];
}

/** Arguments of op `steps`: the whole merged log so far, which the host writes as one cell. */
export interface StepsArgs {
  /** Expression of what is curated, usually a variable's name. */
  readonly source: string;
  readonly datasetId: string;
  readonly steps: readonly CurationStep[];
}
/** Arguments of op `steps` when a view begins: what does the notebook's generated cell say already? */
export interface StepsQuery {
  readonly source: string;
  readonly datasetId: string;
  readonly query: true;
}
/** The answer to both forms of op `steps`. */
export interface StepsResult {
  /** To a query: the steps of the generated cell, null when there is none that nobody edited. */
  readonly steps?: readonly CurationStep[] | null;
  /** To steps: false when later ones took over before these were written. */
  readonly written?: boolean;
  /** What the view should say beside its title, if anything. */
  readonly note: string | null;
}
/** Steps of one log that are read. */
const MAX_STEPS = 10_000;

/** The reply that a message holds, or why it is not one. */
export function parseReply(json: unknown): Outcome<ViewReply> {
  return attempt(() => {
    const o = object(json, 'reply');
    const result = o['result'];
    const error = optional(o['error'], 'reply.error', text);
    const frame = {
      viewId: text(o['viewId'], 'reply.viewId'),
      requestId: text(o['requestId'], 'reply.requestId'),
      ok: boolean(o['ok'], 'reply.ok'),
    };
    return { ...frame, ...(result === undefined ? {} : { result }), ...(error === null ? {} : { error }) };
  });
}

/** The result of op `chip`, or why it is not one. */
export function parseChipResult(json: unknown): Outcome<ChipResult> {
  return attempt(() => ({ preview: readPreview(object(json, 'result')['preview'], 'result.preview') }));
}

/** The result of op `bands`, or why it is not one; `pixels` is the number of pixels each band must have. */
export function parseBandsResult(json: unknown, pixels: number): Outcome<BandsResult> {
  return attempt(() => ({
    bands: list(object(json, 'result')['bands'], 'result.bands', (v, at) => readPreviewBand(v, at, pixels), 64),
  }));
}

/** The result of op `rows`, or why it is not one. */
export function parseRowsResult(json: unknown): Outcome<RowsResult> {
  return attempt(() => ({ rows: list(object(json, 'result')['rows'], 'result.rows', readFootprintRow) }));
}

/** The result of op `steps`, or why it is not one. */
export function parseStepsResult(json: unknown): Outcome<StepsResult> {
  return attempt(() => {
    const o = object(json, 'result');
    return {
      steps: optional(o['steps'], 'result.steps', (v, at) => list(v, at, readStep, MAX_STEPS)),
      note: optional(o['note'], 'result.note', text),
    };
  });
}
