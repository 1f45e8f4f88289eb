/**
 * What a display payload holds, per kind (`renderers.md` §2). Shared by producers, renderers and tests.
 *
 * Display coordinates are EPSG:4326 [longitude, latitude] in degrees; times are microseconds since 1970 UTC.
 * Numbers are finite, missing values are `null`. Steps of curation are replayed by name on a `CuratedSelection`.
 */

import type { ColumnsData } from './columns.js';
import type { DensityGrid } from './density.js';

export const PAYLOAD_VERSION = 1;

export type PayloadKind =
  'catalog' | 'geoslice' | 'tensor' | 'samples' | 'chips' | 'curation' | 'table' | 'report' | 'progress';

/** MIME type of a kind. Only a type that contains `json` survives the notebook serializer as data. */
export function mimeOf(kind: PayloadKind): string {
  return `application/vnd.nadir.${kind}.v1+json`;
}

/** The frame around every payload. */
export interface Payload<K extends PayloadKind = PayloadKind, D = unknown> {
  readonly kind: K;
  readonly version: number;
  /** Cell id and ordinal: keys view state and messages. */
  readonly viewId: string;
  /** Fingerprint of the content: links views that show the same data. */
  readonly datasetId: string;
  readonly title: string;
  readonly alt: string;
  readonly producer: string;
  /** True when a kernel could answer detail requests at the time of writing. */
  readonly live: boolean;
  /** How much was left out, e.g. "showing 20 000 of 312 000 rows"; null when nothing was. */
  readonly truncated: string | null;
  readonly data: D;
}

export type LonLat = readonly [longitude: number, latitude: number];
export type LonLatBox = readonly [west: number, south: number, east: number, north: number];
/** Rings of polygons: polygon → ring → point. One polygon more per part of a multipolygon. */
export type Outline = readonly (readonly (readonly LonLat[])[])[];

export interface FootprintRow {
  readonly id: string;
  readonly bbox: LonLatBox;
  readonly outline: Outline;
  /** Null for static rows. */
  readonly startMicros: number | null;
  readonly endMicros: number | null;
  /** File, native CRS and other facts, in display order. */
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
}

export interface CatalogData {
  readonly crs: string;
  /** True counts, also when `rows` is a sample. */
  readonly counts: { readonly rows: number; readonly dated: number; readonly static: number; readonly skipped: number };
  readonly bbox: LonLatBox | null;
  readonly interval: { readonly startMicros: number; readonly endMicros: number } | null;
  /** Empty when `columns` is there. */
  readonly rows: readonly FootprintRow[];
  /** Files that could not be read: name and reason. */
  readonly skipped: readonly LedgerRow[];
  /** Replaces `rows` from 20 000 rows on: boxes, times and, where there is room, texts. */
  readonly columns?: ColumnsData;
  /** With `columns`: the length of every dated row's time, when all have the same; else it is a column. */
  readonly spanSeconds?: number;
  /** Footprints per cell over all rows, also those that are not in the payload. */
  readonly density?: DensityGrid;
  /** Dated rows per bin over all rows. */
  readonly histogram?: TimeHistogram;
  /** What rows have in common: how often each CRS, band set and data type occurs. */
  readonly facets?: readonly Facet[];
}

/** Rows by the middle of their time: `counts[k]` lie between start + k · (end − start) / counts.length and the next. */
export interface TimeHistogram {
  readonly startMicros: number;
  readonly endMicros: number;
  readonly counts: readonly number[];
}

/** The most frequent values of one fact. */
export interface Facet {
  readonly label: string;
  /** Rows that were counted; fewer than all in large catalogs. */
  readonly rows: number;
  readonly values: readonly { readonly value: string; readonly count: number }[];
  /** How many other values there are. */
  readonly others: number;
}

export interface LedgerRow {
  readonly item: string;
  readonly code: string;
  readonly message: string;
  readonly hint: string | null;
}

export interface GeoSliceData {
  readonly outline: Outline;
  readonly bbox: LonLatBox;
  readonly crs: string;
  readonly bounds: readonly [number, number, number, number];
  readonly resolution: readonly [number, number];
  /** Height, width in pixels. */
  readonly shape: readonly [number, number];
  readonly interval: { readonly startMicros: number; readonly endMicros: number } | null;
}

/** One band of a preview, quantised: value = offset + scale · q. `q` is base64 of little-endian uint16, row-major. */
export interface PreviewBand {
  readonly name: string;
  readonly scale: number;
  readonly offset: number;
  readonly q: string;
  /** Statistics over the valid pixels at full resolution; null when there are none. */
  readonly stats: {
    readonly min: number;
    readonly max: number;
    readonly mean: number;
    readonly p2: number;
    readonly p98: number;
  } | null;
  /** Base64 bits, least significant first, 1 = valid, where they differ from the validity of the preview. */
  readonly valid?: string;
}

/** A small image with real values: bands as 16-bit, validity as base64 bytes (1 = valid) or null = all valid. */
export interface Preview {
  readonly width: number;
  readonly height: number;
  /** Source pixels per preview pixel (1 = full resolution). */
  readonly step: number;
  readonly bands: readonly PreviewBand[];
  readonly valid: string | null;
}

/** How bands become colours at first: three band indices (RGB) or one (colour ramp or classes). */
export interface Rendering {
  readonly bands: readonly number[];
  readonly ramp: 'gray' | 'viridis' | 'cividis' | 'diverging';
  readonly stretch: 'p2-98' | 'min-max' | 'sigma';
  /** Classes of a categorical band: value → name and colour `#rrggbb`. */
  readonly classes: readonly { readonly value: number; readonly name: string; readonly colour: string }[] | null;
}

export interface TensorData {
  readonly crs: string;
  /** Affine [a, b, c, d, e, f] of the full-resolution array. */
  readonly transform: readonly [number, number, number, number, number, number];
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly dtype: string;
  readonly bandNames: readonly string[];
  readonly validFraction: number;
  /** Corners on the map: north-west, north-east, south-east, south-west. */
  readonly corners: readonly [LonLat, LonLat, LonLat, LonLat];
  readonly bbox: LonLatBox;
  readonly times: readonly number[] | null;
  readonly preview: Preview;
  readonly rendering: Rendering;
  /** One preview per entry of `times`, `preview` among them; absent when only one frame was written. */
  readonly frames?: readonly Preview[];
  /** Unit of each band, an empty text where none is known; absent when no band has one. */
  readonly units?: readonly string[];
  /** Classes of bands that hold some, beside those of `rendering`. */
  readonly classBands?: readonly { readonly band: number; readonly classes: NonNullable<Rendering['classes']> }[];
  /** Levels of tiles, 0 = full resolution, that the kernel hands out with op `tile`; absent when the preview is all. */
  readonly levels?: number;
  /** Above 1, statistics are of every so many rows. */
  readonly statsEvery?: number;
}

export interface ChipItem {
  readonly id: string;
  readonly title: string;
  readonly bbox: LonLatBox;
  readonly outline: Outline;
  readonly crs: string;
  readonly transform: readonly [number, number, number, number, number, number];
  /** Height, width of the full chip in pixels. */
  readonly shape: readonly [number, number];
  readonly startMicros: number | null;
  readonly endMicros: number | null;
  readonly validFraction: number | null;
  readonly properties: Readonly<Record<string, string | number | boolean | null>>;
  /** Null when the chip's pixels are not inline: ask with op `chip`. */
  readonly preview: Preview | null;
  /** Why there are no pixels; null when there are or when nobody has asked yet. */
  readonly error: string | null;
}

export interface ChipsData {
  readonly count: number;
  readonly bandNames: readonly string[];
  readonly rendering: Rendering;
  readonly items: readonly ChipItem[];
  /** Set when verdicts can become code: the notebook variable that `curate(…)` is called with, and its verdicts so far. */
  readonly curation: CurationState | null;
}

/** One gesture, replayed as `selection[op](...args)`. */
export interface CurationStep {
  readonly op: 'keep' | 'reject' | 'undecide' | 'tag' | 'untag' | 'within' | 'where';
  readonly args: readonly unknown[];
}

export interface CurationState {
  /** Expression of what is curated, usually a variable's name. */
  readonly source: string;
  readonly steps: readonly CurationStep[];
  /** Verdicts after all steps. Needed when steps hold rules (`within`, `where`), which only the kernel can replay. */
  readonly verdicts?: {
    readonly kept: readonly string[];
    readonly rejected: readonly string[];
    /** Tags by item id, as `selection.tags` has them. */
    readonly tags: Readonly<Record<string, readonly string[]>>;
  };
}

/** A curation is the chip grid with a map and a table of the same items. */
export interface CurationData extends ChipsData {
  readonly of: 'catalog' | 'samples' | 'chips';
  readonly curation: CurationState;
}

export interface SamplesData {
  readonly length: number;
  readonly seed: string | null;
  readonly crs: string;
  /** Height, width in pixels. */
  readonly chipSize: readonly [number, number] | null;
  readonly bbox: LonLatBox | null;
  readonly items: readonly {
    readonly id: string;
    readonly outline: Outline;
    readonly bbox: LonLatBox;
    readonly startMicros: number | null;
    readonly endMicros: number | null;
  }[];
  readonly skipped: readonly { readonly item: string; readonly reason: string; readonly count: number }[];
}

export type Cell = string | number | boolean | null;

export interface TableData {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly Cell[])[];
}

export interface ReportData {
  readonly facts: readonly { readonly label: string; readonly value: Cell }[];
  readonly tables: readonly (TableData & { readonly title: string })[];
  readonly warnings: readonly string[];
  readonly errors: readonly LedgerRow[];
}

export interface ProgressData {
  readonly label: string;
  readonly done: number;
  readonly total: number | null;
  readonly unit: string;
  readonly bytes: number | null;
  readonly failed: number;
  readonly elapsedMs: number;
  readonly finished: boolean;
}

/** Content of each kind. */
export interface PayloadData {
  readonly catalog: CatalogData;
  readonly geoslice: GeoSliceData;
  readonly tensor: TensorData;
  readonly samples: SamplesData;
  readonly chips: ChipsData;
  readonly curation: CurationData;
  readonly table: TableData;
  readonly report: ReportData;
  readonly progress: ProgressData;
}

/** Request of a renderer; ops are those of `renderers.md` §3, plus `steps` for the verdicts so far. */
export interface ViewRequest {
  readonly v: 1;
  readonly viewId: string;
  readonly requestId: string;
  readonly op:
    | 'rows'
    | 'columns'
    | 'chip'
    | 'bands'
    | 'tile'
    | 'detail'
    | 'steps'
    | 'openInTab'
    | 'saveImage'
    | 'copy'
    | 'insertAoi'
    | 'reveal';
  readonly args: unknown;
}

export interface ViewReply {
  readonly viewId: string;
  readonly requestId: string;
  readonly ok: boolean;
  readonly result?: unknown;
  readonly error?: string;
}
