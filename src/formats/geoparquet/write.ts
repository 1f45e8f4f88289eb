/** GeoParquet 1.1 files of footprints with any further columns. */
import { ArgumentError, Crs, envelope, type Bounds, type CrsInput } from '../../core/index.js';
import type { ColumnSpec } from './arrow-column.js';
import { geoMetadata } from './geo-metadata.js';
import { writeParquetTable } from './parquet-table.js';
import type { MultiPolygon, Polygon } from 'geojson';

export interface GeoParquetInit {
  /**
   * Values by column name, all equally long. `geometry` holds GeoJSON polygons. `bbox` holds their envelopes and is made
   * from the geometries when it is missing.
   */
  readonly rows: Readonly<Record<string, readonly unknown[]>> & {
    readonly geometry: readonly (Polygon | MultiPolygon)[];
    readonly bbox?: readonly Bounds[];
  };
  readonly crs: CrsInput;
  /** Types and order of the columns. `geometry` and `bbox` may be left out: they then come first. */
  readonly columns: readonly ColumnSpec[];
  /** Anything else to remember, as member `nadir` of the `geo` metadata. JSON values only. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Default 10 000. */
  readonly rowGroupRows?: number;
}

/** Envelope of a footprint; four NaN when it is empty. */
export function footprintBounds(geometry: Polygon | MultiPolygon): Bounds {
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  // Catalogs have millions of footprints: plain loops, no arrays in between.
  for (const rings of geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates) {
    for (const ring of rings) {
      for (const [x = NaN, y = NaN] of ring) {
        if (x < xmin) xmin = x;
        if (x > xmax) xmax = x;
        if (y < ymin) ymin = y;
        if (y > ymax) ymax = y;
      }
    }
  }
  return xmin <= xmax && ymin <= ymax ? [xmin, ymin, xmax, ymax] : [NaN, NaN, NaN, NaN];
}

/**
 * Bytes of a GeoParquet 1.1 file: WKB geometry, a `bbox` struct named as covering, PROJJSON CRS, zstd, row groups.
 * The same rows give the same bytes.
 *
 * @throws {@link ArgumentError} `reserved-column` when `geometry` or `bbox` is declared with another type;
 * {@link CrsError} `no-projjson`.
 */
export function writeGeoParquet(init: GeoParquetInit): Uint8Array {
  const { geometry } = init.rows;
  const bbox = init.rows.bbox ?? geometry.map(footprintBounds);
  for (const { name, type } of init.columns) {
    if ((name === 'geometry') !== (type === 'geometry') || (name === 'bbox') !== (type === 'bbox')) {
      throw new ArgumentError(
        'reserved-column',
        `Column ${name} is declared as ${type}; "geometry" and "bbox" are the footprint and its envelope.`,
      );
    }
  }
  const missing = (['geometry', 'bbox'] as const)
    .filter((name) => !init.columns.some((c) => c.name === name))
    .map((name): ColumnSpec => ({ name, type: name }));
  const total: Bounds | null =
    bbox.length === 0
      ? null
      : envelope(
          bbox.flatMap((b): [number, number][] => [
            [b[0], b[1]],
            [b[2], b[3]],
          ]),
        );
  const value = geoMetadata({
    geometry: 'geometry',
    bbox: 'bbox',
    crs: Crs.from(init.crs),
    types: geometry.map((g) => g.type),
    bounds: total,
    ...(init.metadata && { extra: init.metadata }),
  });
  return writeParquetTable({
    columns: [...missing, ...init.columns],
    rows: { ...init.rows, bbox },
    metadata: { key: 'geo', value },
    ...(init.rowGroupRows !== undefined && { rowGroupRows: init.rowGroupRows }),
  });
}
