export type { ColumnSpec, ColumnType } from './arrow-column.js';
export {
  readParquetTable,
  ROW_GROUP_ROWS,
  writeParquetTable,
  type ParquetTable,
  type ParquetWriteInit,
} from './parquet-table.js';
export { readGeoParquet, type GeoParquetTable } from './read.js';
export { decodeWkb, encodeWkb } from './wkb.js';
export { footprintBounds, writeGeoParquet, type GeoParquetInit } from './write.js';
