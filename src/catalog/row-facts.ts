/** What expressions see of a row, and which column names are free. */
import { ArgumentError, CatalogError } from '../core/index.js';
import type { Fact, FactGetter, Facts } from './expression.js';
import type { CatalogTable } from './table.js';
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

const moment = (micros: number | undefined): Fact =>
  micros === undefined || !Number.isFinite(micros) ? null : { micros };

/** How the scalars of the row schema are read from a table. */
const TABLE_FACTS: Readonly<Record<string, FactGetter<CatalogTable>>> = {
  id: (t, i) => t.id(i),
  filepath: (t, i) => t.filepath(i),
  start_time: (t, i) => moment(t.starts[i]),
  end_time: (t, i) => moment(t.ends[i]),
  static: (t, i) => t.starts[i] === -Infinity,
  crs: (t, i) => t.crs(i).canonical,
  width: (t, i) => t.native(i)?.width ?? null,
  height: (t, i) => t.native(i)?.height ?? null,
  n_bands: (t, i) => t.native(i)?.count ?? null,
  dtype: (t, i) => t.native(i)?.dtype ?? null,
  nodata: (t, i) => t.native(i)?.nodata ?? null,
  xmin: (t, i) => t.boxes[i * 4] ?? NaN,
  ymin: (t, i) => t.boxes[i * 4 + 1] ?? NaN,
  xmax: (t, i) => t.boxes[i * 4 + 2] ?? NaN,
  ymax: (t, i) => t.boxes[i * 4 + 3] ?? NaN,
};

/** How a fact of a table's rows is read: scalars of the row schema, else user columns. */
export function tableFact(name: string): FactGetter<CatalogTable> {
  return (Object.hasOwn(TABLE_FACTS, name) ? TABLE_FACTS[name] : undefined) ?? ((t, i) => t.value(name, i));
}

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
  const given: unknown = name;
  if (typeof given !== 'string')
    throw new ArgumentError('bad-column', `The name of a column is text; got ${JSON.stringify(given)}.`);
  if (name === '' || name.startsWith('_') || SCHEMA_NAMES.has(name)) {
    throw new CatalogError('reserved-column', `The column name ${JSON.stringify(name)} is reserved.`, {
      hint: 'Names of the row schema and names starting with _ belong to Nadir; choose another.',
    });
  }
}
