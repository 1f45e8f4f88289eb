/** Columns of rows from the properties of STAC items, and back (`catalog.md` §9). */
import { ArgumentError, parseTime } from '../../core/index.js';
import { recordOf, type StacAsset } from '../../formats/stac/index.js';
import { checkColumnName } from '../row-facts.js';
import { MARK } from './stac-marks.js';
import type { Scalar } from '../types.js';

type Fields = Readonly<Record<string, unknown>>;
export type Columns = Readonly<Record<string, Scalar>>;

/** Columns that every row of an import has. */
export const STAC_COLUMNS = ['asset_key', 'stac_item_id', 'stac_collection'] as const;
const TIMES = new Set(['datetime', 'start_datetime', 'end_datetime']);

const isScalar = (v: unknown): v is Scalar => v === null || ['string', 'number', 'boolean'].includes(typeof v);

function isFree(name: string): boolean {
  if (TIMES.has(name) || /^(?:proj|nadir):/.test(name) || STAC_COLUMNS.some((c) => c === name)) return false;
  try {
    checkColumnName(name);
    return true;
  } catch {
    return false;
  }
}

/** A value as a column holds it: lists of texts and numbers comma-joined, other lists and objects as JSON. */
function scalarOf(value: unknown): Scalar {
  if (value === undefined) return null;
  if (isScalar(value)) return value;
  if (Array.isArray(value) && value.every((v) => typeof v === 'string' || typeof v === 'number'))
    return value.join(',');
  return JSON.stringify(value);
}

/**
 * Checks the names of properties that a caller asks for.
 *
 * @throws {@link ArgumentError} `bad-properties`; {@link CatalogError} `reserved-column`.
 */
export function checkProperties(properties: unknown): readonly string[] | null {
  if (properties === undefined) return null;
  if (!Array.isArray(properties) || !properties.every((p) => typeof p === 'string'))
    throw new ArgumentError('bad-properties', `properties is a list of names; got ${JSON.stringify(properties)}.`);
  for (const name of properties) {
    if (STAC_COLUMNS.some((c) => c === name) || TIMES.has(name))
      throw new ArgumentError('bad-properties', `${name} is no property to choose: every row has it already.`);
    checkColumnName(name);
  }
  return properties;
}

/**
 * The columns that an asset's row gets: asset key, item, collection, then the properties asked for, or all that are text,
 * number or boolean and have a free name, and `gsd`. Fields of the asset win over those of the item.
 */
export function columnsOf(
  item: { readonly id: string; readonly properties: Fields; readonly collection?: unknown },
  key: string,
  asset: StacAsset,
  chosen: readonly string[] | null,
): Columns {
  const { properties } = item;
  const own = Object.keys(properties).filter((n) => properties[n] !== null && isScalar(properties[n]) && isFree(n));
  // Often only assets say it, and it tells bands apart.
  const names = chosen ?? (typeof asset['gsd'] === 'number' && !own.includes('gsd') ? [...own, 'gsd'] : own);
  return {
    asset_key: key,
    stac_item_id: item.id,
    stac_collection: typeof item.collection === 'string' ? item.collection : null,
    ...Object.fromEntries(names.map((name) => [name, scalarOf(asset[name] ?? properties[name])])),
  };
}

/** Rows with the same columns in the same order (missing = null); a column of mixed types becomes text. */
export function alignColumns(rows: readonly Columns[]): readonly Columns[] {
  const kinds = new Map<string, Set<string>>();
  for (const row of rows) {
    for (const [name, value] of Object.entries(row)) {
      const kind = kinds.get(name) ?? new Set();
      kinds.set(name, kind);
      if (value !== null) kind.add(typeof value);
    }
  }
  return rows.map((row) =>
    Object.freeze(
      Object.fromEntries(
        [...kinds].map(([name, kind]): [string, Scalar] => {
          const value = row[name] ?? null;
          return [name, kind.size > 1 && value !== null ? String(value) : value];
        }),
      ),
    ),
  );
}

const isText = (v: Scalar): boolean => typeof v === 'string';
const isFilled = (v: Scalar): boolean => isText(v) && v !== '';
function isTime(v: Scalar): boolean {
  try {
    return typeof v === 'string' && /T.*(?:Z|[+-]\d\d:\d\d)$/i.test(v) && Number.isFinite(parseTime(v));
  } catch {
    return false;
  }
}

/** Properties to which STAC gives a meaning (common metadata 1.1), and which scalars they may hold. */
const COMMON: Readonly<Record<string, (v: Scalar) => boolean>> = {
  title: isText,
  description: isFilled,
  license: isFilled,
  platform: isText,
  constellation: isText,
  mission: isText,
  unit: isText,
  created: isTime,
  updated: isTime,
  gsd: (v) => typeof v === 'number' && v > 0,
};
const NEVER = new Set(
  'datetime start_datetime end_datetime keywords roles instruments providers bands data_type nodata statistics'.split(
    ' ',
  ),
);

/** Numbers that JSON has no way to write. */
const WORDS: Readonly<Record<string, number>> = { nan: NaN, inf: Infinity, '-inf': -Infinity };

/** Whether STAC, or the export itself, writes something else under a name. */
const isTaken = (name: string): boolean => NEVER.has(name) || /^(?:proj|nadir):/.test(name);

/** Whether a column may stand among the properties under its own name. */
function isPlain(name: string, value: Scalar): boolean {
  if (isTaken(name)) return false;
  if (typeof value === 'number' && !Number.isFinite(value)) return false;
  return !Object.hasOwn(COMMON, name) || COMMON[name]?.(value) === true;
}

/** Columns as properties; nulls are left out, names that STAC uses otherwise get a prefix. */
export function propertiesOf(columns: Columns): Fields {
  const entries = Object.entries(columns).filter(([, value]) => value !== null);
  return Object.fromEntries(
    entries.map(([name, value]): [string, unknown] => {
      if (isPlain(name, value)) return [name, value];
      const word = Object.keys(WORDS).find((w) => Object.is(WORDS[w], value));
      return [`${MARK.column}${name}`, word === undefined ? value : { number: word }];
    }),
  );
}

/** Columns of an item that {@link propertiesOf} wrote. */
export function markedColumns(properties: Fields): Columns {
  const listed = properties[MARK.columns];
  const names: readonly unknown[] = Array.isArray(listed) ? listed : [];
  return Object.fromEntries(
    names
      .filter((n): n is string => typeof n === 'string')
      .map((name): [string, Scalar] => {
        const value = properties[`${MARK.column}${name}`] ?? (isTaken(name) ? null : properties[name]);
        const word = recordOf(value)?.['number'];
        return [name, typeof word === 'string' ? (WORDS[word] ?? null) : scalarOf(value)];
      }),
  );
}
