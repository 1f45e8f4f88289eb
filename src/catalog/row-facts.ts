/** What expressions see of a row, and which column names are free. */
import { CatalogError } from '../core/index.js';
import type { Fact, Facts } from './expression.js';
import type { CatalogRow } from './types.js';

/** Columns of the row schema that expressions compare. */
export const FACT_NAMES: ReadonlySet<string> = new Set([
  'id',
  'filepath',
  'start_time',
  'end_time',
  'static',
  'crs',
  'width',
  'height',
  'n_bands',
  'dtype',
  'nodata',
  'xmin',
  'ymin',
  'xmax',
  'ymax',
]);
/** Names that the row schema uses on disk or in memory, beside those of FACT_NAMES. */
const SCHEMA_NAMES: ReadonlySet<string> = new Set([
  ...FACT_NAMES,
  'geometry',
  'bbox',
  'native_transform',
  'band_names',
  'overviews',
]);

/** A row as expressions see it: user columns and the schema's scalars. */
export function rowFacts(row: CatalogRow): Facts {
  const time = (micros: number | undefined): Fact => (micros === undefined ? null : { micros });
  const { native } = row;
  const [xmin, ymin, xmax, ymax] = row.bbox;
  return {
    ...row.columns,
    id: row.id,
    filepath: row.filepath,
    start_time: time(row.interval?.start),
    end_time: time(row.interval?.end),
    static: row.static,
    crs: row.crs.canonical,
    width: native?.width ?? null,
    height: native?.height ?? null,
    n_bands: native?.count ?? null,
    dtype: native?.dtype ?? null,
    nodata: native?.nodata ?? null,
    xmin,
    ymin,
    xmax,
    ymax,
  };
}

/** @throws {@link CatalogError} `reserved-column` for a name of the row schema, or one that starts with `_`. */
export function checkColumnName(name: string): void {
  if (name === '' || name.startsWith('_') || SCHEMA_NAMES.has(name)) {
    throw new CatalogError('reserved-column', `The column name ${JSON.stringify(name)} is reserved.`, {
      hint: 'Names of the row schema and names starting with _ belong to Nadir; choose another.',
    });
  }
}
