/**
 * What travels between a view and the kernel (`renderers.md` §3): arguments and results of the detail requests.
 * Binary is base64 text, because a typed array arrives as a plain object through notebook messaging.
 */
import { readColumns, type ColumnsData } from './columns.js';
import { readDensity, type DensityGrid } from './density.js';
import type { CurationStep, FootprintRow, LonLatBox, Preview, PreviewBand, ViewReply } from './payload.js';
import { readPreview, readPreviewBand, readFootprintRow, readStep } from './parts.js';
import { attempt, boolean, list, object, optional, text, whole, type Outcome } from './read.js';

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

/** A span of time in microseconds; rows that touch it pass, and rows without a date always. */
export type TimeFilter = readonly [fromMicros: number, toMicros: number];

/** Arguments of op `rows`: rows `from` (inclusive) to `to` (exclusive) of a catalog, filtered and sorted first. */
export interface RowsArgs {
  readonly datasetId: string;
  readonly from: number;
  readonly to: number;
  readonly time?: TimeFilter | null;
  readonly sort?: { readonly column: string; readonly descending: boolean } | null;
}
export interface RowsResult {
  readonly rows: readonly FootprintRow[];
  /** Position of each row in the catalog; absent in answers of older kernels. */
  readonly indices: readonly number[] | null;
  /** Rows that pass the filter. */
  readonly total: number | null;
}

/** Arguments of op `columns`: boxes and times of rows `from` to `to`, to load everything piece by piece. */
export interface ColumnsArgs {
  readonly datasetId: string;
  readonly from: number;
  readonly to: number;
}
/** Arguments of op `columns` for what a map shows: rows that touch `box`, when at most `most` do, and how dense they lie. */
export interface ViewportArgs {
  readonly datasetId: string;
  readonly box: LonLatBox;
  readonly time: TimeFilter | null;
  readonly most: number;
  readonly cells: number;
}
/** The answer to both forms of op `columns`. */
export interface ColumnsResult {
  /** Null when more rows matched than were asked for. `row` is the position in the catalog. */
  readonly columns: ColumnsData | null;
  readonly matched: number;
  readonly density: DensityGrid | null;
}

/** Arguments of op `detail`: by position in the catalog, or in the sample that the payload holds. */
export interface DetailArgs {
  readonly datasetId: string;
  readonly row?: number;
  readonly sample?: number;
}
export interface DetailResult {
  readonly row: FootprintRow | null;
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
  return attempt(() => {
    const o = object(json, 'result');
    return {
      rows: list(o['rows'], 'result.rows', readFootprintRow),
      indices: optional(o['indices'], 'result.indices', (v, at) => list(v, at, count)),
      total: optional(o['total'], 'result.total', count),
    };
  });
}

const count = whole(0, Number.MAX_SAFE_INTEGER);

/** The result of op `columns`, or why it is not one. */
export function parseColumnsResult(json: unknown): Outcome<ColumnsResult> {
  return attempt(() => {
    const o = object(json, 'result');
    return {
      columns: optional(o['columns'], 'result.columns', readColumns),
      matched: count(o['matched'], 'result.matched'),
      density: optional(o['density'], 'result.density', readDensity),
    };
  });
}

/** The result of op `detail` of a catalog, or why it is not one. */
export function parseDetailResult(json: unknown): Outcome<DetailResult> {
  return attempt(() => ({ row: optional(object(json, 'result')['row'], 'result.row', readFootprintRow) }));
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
