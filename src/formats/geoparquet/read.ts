/** GeoParquet files to rows of footprints and columns. */
import { FormatError, type Crs, type CrsInput } from '../../core/index.js';
import { parseGeoMetadata } from './geo-metadata.js';
import { readParquetTable, type ParquetTable } from './parquet-table.js';
import { decodeWkb } from './wkb.js';
import type { MultiPolygon, Polygon } from 'geojson';

export interface GeoParquetTable {
  readonly crs: Crs;
  readonly geometryColumn: string;
  readonly geometries: readonly (Polygon | MultiPolygon)[];
  readonly table: ParquetTable;
  readonly extra: Readonly<Record<string, unknown>>;
}

/**
 * Footprints and columns of a GeoParquet file in memory; `name` is the file in messages, `crs` stands in where the file
 * says that its CRS is unknown.
 *
 * @throws {@link FormatError} `not-parquet`, `bad-parquet`, `not-geoparquet`, `bad-geo-metadata`, `no-geometry`,
 * `null-geometry`, `bad-wkb`; {@link UnsupportedDataError} `geometry-encoding`, `geometry-type`; {@link CatalogError} `no-crs`.
 */
export function readGeoParquet(
  bytes: Uint8Array,
  name: string,
  options: { readonly crs?: CrsInput } = {},
): GeoParquetTable {
  const table = readParquetTable(bytes, name);
  const geo = parseGeoMetadata(table.metadata.get('geo'), name, options.crs);
  const values = table.columns[geo.name];
  if (!values)
    throw new FormatError(
      'no-geometry',
      `${name}: the geometry column "${geo.name}" that its metadata names is missing.`,
      { details: { file: name, columns: table.names } },
    );
  const geometries = values.map((value, row) => {
    if (value instanceof Uint8Array) return decodeWkb(value, `${name}, row ${row}`);
    throw new FormatError('null-geometry', `${name}: row ${row} has no geometry.`, {
      hint: 'Drop the rows without geometry.',
      details: { file: name, row },
    });
  });
  return { crs: geo.crs, geometryColumn: geo.name, geometries, table, extra: geo.extra };
}
