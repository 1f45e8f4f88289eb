/** Rows of a catalog as rows of a view. */
import type { Crs } from '../core/index.js';
import type { CatalogTable } from '../catalog/table.js';
import type { CatalogRow, NativeGrid, Scalar } from '../catalog/types.js';
import { withoutSecrets } from './bundle.js';
import { orNowhere, placeOfGeometry } from './place.js';
import type { Cell, FootprintRow } from './wire/payload.js';

/** The last part of a path or URL. */
export function fileName(path: string): string {
  return withoutSecrets(path).split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

/** Microseconds of a wire payload: finite, or null for none and for open ends. */
export function wireMicros(micros: number | undefined): number | null {
  return micros !== undefined && Math.abs(micros) <= 8.64e18 ? micros : null;
}

/** File, CRS, grid facts and own columns of row `i`, in display order. */
export function footprintFacts(table: CatalogTable, i: number): Record<string, Cell> {
  const facts = factsOf(table.filepath(i), table.crs(i), table.native(i));
  for (const name of table.columnNames) if (!Object.hasOwn(facts, name)) facts[name] = shownValue(table.value(name, i));
  return withoutTwins(facts);
}

function factsOf(filepath: string, crs: Crs, native: NativeGrid | null): Record<string, Cell> {
  const named = native?.bandNames.filter((n) => n !== null) ?? [];
  const facts: Record<string, Cell> = {
    file: fileName(filepath),
    path: withoutSecrets(filepath),
    crs: crs.canonical.slice(0, 200),
  };
  if (native) {
    facts['size'] = `${native.width} × ${native.height}`;
    facts['bands'] = named.length > 0 ? named.join(', ') : native.count;
    if (native.dtype !== null) facts['dtype'] = native.dtype;
    if (native.nodata !== null && Number.isFinite(native.nodata)) facts['nodata'] = native.nodata;
  }
  return facts;
}

/** The bands of a cube are its variables, which have a column of their own. */
function withoutTwins(facts: Record<string, Cell>): Record<string, Cell> {
  if (typeof facts['data_vars'] === 'string') delete facts['bands'];
  return facts;
}

function shownValue(value: Scalar): Cell {
  if (typeof value === 'number' && !Number.isFinite(value)) return null;
  return typeof value === 'string' ? withoutSecrets(value) : value;
}

/** One row: outline in degrees, file, CRS, grid facts, then its own columns. */
export function footprintRow(row: CatalogRow, crs: Crs): FootprintRow {
  const place = orNowhere(placeOfGeometry(row.geometry, crs));
  const facts = factsOf(row.filepath, row.crs, row.native);
  for (const [name, value] of Object.entries(row.columns))
    if (!Object.hasOwn(facts, name)) facts[name] = shownValue(value);
  return {
    id: row.id,
    bbox: place.bbox,
    outline: place.outline,
    startMicros: wireMicros(row.interval?.start),
    endMicros: wireMicros(row.interval?.end),
    properties: withoutTwins(facts),
  };
}
