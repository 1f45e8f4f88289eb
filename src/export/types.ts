/** What an export is told, plans, writes and reports (`export.md`). */
import type { Affine, DType, GeoSlice, GeoSliceJson, LedgerEntry, LongTask } from '../core/index.js';
import type { GeoCatalog, MultiPolygon, Polygon, Scalar } from '../catalog/types.js';
import type { CuratedSelection, CurationStep } from '../curation/index.js';
import type { MaskRule, RasterLoadOptions } from '../load/index.js';
import type { SliceSequence } from '../sampling/index.js';

/** Formats that this version writes; `geoparquet` is written whether asked for or not. */
export const FORMATS = ['cog', 'png', 'geoparquet'] as const;
export type Format = (typeof FORMATS)[number];

export type MergeMethod = NonNullable<RasterLoadOptions['mergeMethod']>;
export type ResamplingMethod = NonNullable<RasterLoadOptions['resampling']>;

/** How a layer fills a chip; the same words as `loadRaster`. */
export interface LayerOptions {
  /** 1-based numbers or names; default all bands. */
  readonly bands?: readonly (number | string)[];
  /** Default: per band, `nearest` for categorical bands and `bilinear` otherwise. */
  readonly resampling?: ResamplingMethod;
  /** Which source wins where several overlap. Default `last`: the most recent. */
  readonly merge?: MergeMethod;
  readonly mask?: MaskRule | readonly MaskRule[];
  readonly nodata?: number;
  /** True takes rows of any time, for example a terrain model. */
  readonly ignoreTime?: boolean;
  /** Licence of the sources, best an SPDX identifier such as `CC-BY-4.0`; written into manifest and data card. */
  readonly licence?: string;
}

/** A layer as a user gives it: a live catalog, with a name that becomes a folder. */
export interface LayerInit extends LayerOptions {
  /** Letters, digits, `.`, `_`, `=`, `-`. */
  readonly name: string;
  readonly catalog: GeoCatalog;
}

/** How values become 0–255: percentiles over the whole dataset, its extremes, or given limits (one pair, or one a band). */
export type Stretch =
  'p2-98' | 'min-max' | readonly [low: number, high: number] | readonly (readonly [low: number, high: number])[];

export interface CogWriter {
  readonly format: 'cog';
}
export interface PngWriter {
  readonly format: 'png';
  /** Layers to draw; default every layer that has the bands. */
  readonly layers?: readonly string[];
  /** One band (grey) or three (red, green, blue), by name or 1-based number within the layer's bands. */
  readonly bands?: readonly (number | string)[];
  /** Default `p2-98`. */
  readonly stretch?: Stretch;
}
export interface GeoParquetWriter {
  readonly format: 'geoparquet';
}
export type WriterSpec = CogWriter | PngWriter | GeoParquetWriter;

/** What an export can be made of. */
export type ItemsInit = CuratedSelection | SliceSequence | Iterable<GeoSlice> | GeoCatalog;

export interface RecipeInit {
  /** Title of the dataset. */
  readonly name: string;
  readonly items: ItemsInit;
  /** Default: one layer named `data` of the catalog behind the items, when they know it. */
  readonly layers?: readonly LayerInit[];
  /** Default `cog`. */
  readonly outputs?: readonly WriterSpec[];
}

/** One chip to be written. */
export interface RecipeItem {
  readonly id: string;
  readonly slice: GeoSliceJson;
  readonly tags?: readonly string[];
  readonly verdict?: 'kept' | 'undecided';
  /** Columns of the catalog row that the item is. */
  readonly columns?: Readonly<Record<string, Scalar>>;
}

/** One source file. Numbers that JSON cannot hold are the texts `NaN`, `Infinity`, `-Infinity`. */
export interface SourceRow {
  readonly id: string;
  /** Path below the layer's location with `/`, or a URL. */
  readonly file: string;
  readonly geometry: Polygon | MultiPolygon;
  /** Microseconds; null when static. */
  readonly interval: readonly [start: number, end: number] | null;
  readonly crs: string;
  readonly native: {
    readonly transform: Affine;
    readonly width: number;
    readonly height: number;
    readonly count: number;
    readonly dtype: DType | null;
    readonly nodata: number | string | null;
    readonly bandNames: readonly (string | null)[];
    readonly overviews: readonly (readonly [width: number, height: number])[];
  } | null;
  readonly columns: Readonly<Record<string, Scalar>>;
  /** Size and digest of a local file when the recipe was made; null for URLs. */
  readonly content: { readonly bytes: number; readonly digest: string } | null;
}

/** A catalog written down: the rows that can meet the items. */
export interface CatalogRef {
  readonly crs: string;
  readonly rows: readonly SourceRow[];
  /** SHA-256 of the rows, contents included. */
  readonly fingerprint: string;
}

export interface LayerSpec extends LayerOptions {
  readonly name: string;
  readonly catalog: CatalogRef;
}

/** Plain JSON. Its hash is the SHA-256 of its canonical JSON without `locations`. */
export interface Recipe {
  readonly type: 'nadir-recipe';
  readonly version: 1;
  readonly name: string;
  readonly items: readonly RecipeItem[];
  /** Where the items came from; for a curated selection its steps and counts. */
  readonly origin: {
    readonly kind: 'slices' | 'catalog' | 'curation';
    readonly steps?: readonly CurationStep[];
    readonly rejected?: number;
  };
  readonly layers: readonly LayerSpec[];
  readonly outputs: readonly WriterSpec[];
  /** Folder of each layer's files on this machine; no part of the hash, and absent from the files of a dataset but `run.json`. */
  readonly locations?: Readonly<Record<string, string>>;
}

export interface ExportOptions extends LongTask {
  /** Continue an interrupted export of the same recipe. */
  readonly resume?: boolean;
  /** Items under way at a time; default the number of cores, at most 8. Never changes the result. */
  readonly workers?: number;
  /** `skip` (default) writes failures to the ledger and goes on; `raise` ends with the first. */
  readonly onError?: 'skip' | 'raise';
  /** `replace` puts the new dataset in the place of an older one made by Nadir. */
  readonly overwrite?: false | 'replace';
}

/** One line of a report. */
export interface Fact {
  readonly label: string;
  readonly value: Scalar;
}

/** What every report shows. */
export interface ReportBody {
  readonly title: string;
  readonly facts: readonly Fact[];
  readonly warnings: readonly string[];
  readonly errors: readonly LedgerEntry[];
}

export interface ExportPlan extends ReportBody {
  readonly recipeHash: string;
  readonly items: number;
  readonly files: number;
  readonly reads: number;
  /** Estimates from header facts, in bytes of decoded pixels. */
  readonly bytesToRead: number;
  readonly bytesToWrite: number;
  /** Items that a layer has no source for. */
  readonly unmet: readonly { readonly id: string; readonly layer: string }[];
}

export interface ExportReport extends ReportBody {
  /** Absolute path of the dataset. */
  readonly dir: string;
  readonly recipeHash: string;
  readonly manifestSha256: string;
  readonly planned: number;
  readonly written: number;
  readonly failed: number;
  /** Items taken over from an interrupted export. */
  readonly resumed: number;
  readonly files: number;
  readonly bytes: number;
}

export interface VerifyReport extends ReportBody {
  readonly ok: boolean;
  readonly dir: string;
  readonly files: number;
  readonly bytes: number;
  readonly missing: readonly string[];
  readonly changed: readonly string[];
  /** Files of the folder that the manifest does not list. */
  readonly unlisted: readonly string[];
}

/** One file of a dataset; the path is relative, with `/`. */
export interface FileEntry {
  readonly path: string;
  readonly bytes: number;
  readonly sha256: string;
}

export interface Manifest {
  readonly type: 'nadir-export';
  readonly version: 1;
  readonly name: string;
  readonly library: { readonly name: 'nadir'; readonly version: string };
  readonly recipe: { readonly path: string; readonly sha256: string };
  readonly items: { readonly planned: number; readonly written: number; readonly failed: number };
  readonly catalogs: readonly { readonly layer: string; readonly fingerprint: string; readonly files: number }[];
  readonly sources: readonly { readonly file: string; readonly licence: string; readonly attribution: string }[];
  readonly files: readonly FileEntry[];
}
