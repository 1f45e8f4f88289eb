/** Rows of a catalog as rows of a view. */
import type { Crs } from '../core/index.js';
import type { CatalogRow } from '../catalog/types.js';
import { withoutSecrets } from './bundle.js';
import { orNowhere, placeOfGeometry } from './place.js';
import type { FootprintRow } from './wire/payload.js';

/** The last part of a path or URL. */
export function fileName(path: string): string {
  return withoutSecrets(path).split(/[\\/]/).filter(Boolean).at(-1) ?? path;
}

/** Microseconds of a wire payload: finite, or null for none and for open ends. */
export function wireMicros(micros: number | undefined): number | null {
  return micros !== undefined && Math.abs(micros) <= 8.64e18 ? micros : null;
}

/** One row: outline in degrees, file, CRS, grid facts, then its own columns. */
export function footprintRow(row: CatalogRow, crs: Crs): FootprintRow {
  const place = orNowhere(placeOfGeometry(row.geometry, crs));
  const { native } = row;
  const named = native?.bandNames.filter((n) => n !== null) ?? [];
  const facts: Record<string, string | number | boolean | null> = {
    file: fileName(row.filepath),
    path: withoutSecrets(row.filepath),
    crs: row.crs.canonical.slice(0, 200),
  };
  if (native) {
    facts['size'] = `${native.width} × ${native.height}`;
    facts['bands'] = named.length > 0 ? named.join(', ') : native.count;
    facts['dtype'] = native.dtype;
    if (native.nodata !== null && Number.isFinite(native.nodata)) facts['nodata'] = native.nodata;
  }
  for (const [name, value] of Object.entries(row.columns)) {
    if (Object.hasOwn(facts, name)) continue;
    facts[name] =
      typeof value === 'number' && !Number.isFinite(value)
        ? null
        : typeof value === 'string'
          ? withoutSecrets(value)
          : value;
  }
  return {
    id: row.id,
    bbox: place.bbox,
    outline: place.outline,
    startMicros: wireMicros(row.interval?.start),
    endMicros: wireMicros(row.interval?.end),
    properties: facts,
  };
}
