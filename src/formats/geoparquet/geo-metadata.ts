/** The `geo` entry of GeoParquet files, version 1.1.0 (geoparquet.org/releases/v1.1.0). */
import {
  CatalogError,
  Crs,
  FormatError,
  isNadirError,
  messageOf,
  UnsupportedDataError,
  type Bounds,
  type CrsInput,
} from '../../core/index.js';

const AXES = ['xmin', 'ymin', 'xmax', 'ymax'] as const;

/** Text of the `geo` entry for a column of footprints. Without rows the file has no bbox. */
export function geoMetadata(init: {
  readonly geometry: string;
  readonly bbox: string | null;
  readonly crs: Crs;
  /** Types that occur, in any order. */
  readonly types: Iterable<string>;
  readonly bounds: Bounds | null;
  readonly extra?: Readonly<Record<string, unknown>>;
}): string {
  const types = [...new Set(init.types)].sort();
  return JSON.stringify({
    version: '1.1.0',
    primary_column: init.geometry,
    columns: {
      [init.geometry]: {
        encoding: 'WKB',
        geometry_types: types,
        crs: init.crs.toProjJson(),
        edges: 'planar',
        ...(init.bounds && { bbox: init.bounds }),
        ...(init.bbox !== null && {
          covering: { bbox: Object.fromEntries(AXES.map((axis) => [axis, [init.bbox, axis]])) },
        }),
      },
    },
    ...(init.extra && { nadir: init.extra }),
  });
}

export interface GeoColumn {
  readonly name: string;
  readonly crs: Crs;
  /** The struct of xmin, ymin, xmax and ymax that holds the envelopes of all rows; null where the file names none. */
  readonly covering: string | null;
  /** The members that Nadir added when it wrote the file. */
  readonly extra: Readonly<Record<string, unknown>>;
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  // SAFETY: a non-null object that is no array is read by key only.
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

/**
 * The primary geometry column and its CRS: from the authority id, else PROJJSON; an absent key means OGC:CRS84.
 *
 * @throws {@link FormatError} `not-geoparquet`, `bad-geo-metadata`; {@link CatalogError} `no-crs` when the CRS is
 * explicitly null and none is given; {@link UnsupportedDataError} `geometry-encoding` for anything but WKB.
 */
export function parseGeoMetadata(text: string | undefined, name: string, crs?: CrsInput): GeoColumn {
  const details = { file: name };
  if (text === undefined) {
    throw new FormatError('not-geoparquet', `${name} is Parquet but has no "geo" metadata, so it is no GeoParquet.`, {
      hint: 'Write it with GeoDataFrame.to_parquet or another GeoParquet writer. Items of a STAC server in Parquet are opened with catalogFromStac.',
      details,
    });
  }
  let geo: Readonly<Record<string, unknown>> | null;
  try {
    geo = record(JSON.parse(text));
  } catch (error) {
    throw new FormatError('bad-geo-metadata', `${name}: the "geo" metadata is not JSON: ${messageOf(error)}.`, {
      details,
      cause: error,
    });
  }
  const primary = geo?.['primary_column'];
  const column = typeof primary === 'string' ? record(record(geo?.['columns'])?.[primary]) : null;
  if (geo === null || typeof primary !== 'string' || !column) {
    throw new FormatError('bad-geo-metadata', `${name}: the "geo" metadata names no primary geometry column.`, {
      details,
    });
  }
  const encoding = column['encoding'];
  if (encoding !== 'WKB') {
    throw new UnsupportedDataError(
      'geometry-encoding',
      `${name}: geometry is encoded as ${JSON.stringify(encoding)}; Nadir reads WKB.`,
      { details },
    );
  }
  return {
    name: primary,
    crs: crsOf(column, name, crs),
    covering: coveringOf(column),
    extra: record(geo['nadir']) ?? {},
  };
}

/** Top column of the covering, if all four paths have the usual form `[column, axis]`. */
function coveringOf(column: Readonly<Record<string, unknown>>): string | null {
  const bbox = record(record(column['covering'])?.['bbox']);
  const tops = AXES.map((axis) => {
    const path: unknown = bbox?.[axis];
    return Array.isArray(path) && path.length === 2 && path[1] === axis ? (path[0] as unknown) : null;
  });
  const [top] = tops;
  return typeof top === 'string' && tops.every((t) => t === top) ? top : null;
}

function crsOf(column: Readonly<Record<string, unknown>>, name: string, given: CrsInput | undefined): Crs {
  const stored = column['crs'];
  if (stored === undefined) return Crs.from('OGC:CRS84');
  if (stored === null) {
    if (given !== undefined) return Crs.from(given);
    throw new CatalogError('no-crs', `${name} says that its CRS is unknown (crs: null).`, {
      hint: "Say what it is: openCatalog(path, { crs: 'EPSG:32631' }).",
      details: { file: name },
    });
  }
  const json = typeof stored === 'string' ? stored : record(stored);
  if (json === null)
    throw new FormatError('bad-geo-metadata', `${name}: the CRS in the "geo" metadata is ${JSON.stringify(stored)}.`, {
      details: { file: name },
    });
  try {
    return Crs.from(json);
  } catch (error) {
    throw new FormatError('bad-geo-metadata', `${name}, "geo" metadata: ${messageOf(error)}`, {
      details: { file: name },
      cause: error,
      ...(isNadirError(error) && error.hint !== undefined && { hint: error.hint }),
    });
  }
}
