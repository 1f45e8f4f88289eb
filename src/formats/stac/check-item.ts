/** Whether what stands in an item's place is one. */
import { messageOf, SourceError } from '../../core/index.js';
import { recordOf, type StacAsset, type StacItem } from './types.js';
import type { Geometry } from 'geojson';

/** An item that cannot be used, by file and item. */
export function badItem(where: string, reason: string, cause?: unknown, hint?: string): SourceError {
  const text = reason.startsWith(where) ? reason : `${where}: ${reason}`;
  return new SourceError('source.bad-item', `${text.replace(/\.$/, '')}.`, {
    details: { where },
    ...(cause !== undefined && { cause }),
    ...(hint !== undefined && { hint }),
  });
}

/** The error of one item, named by `where`; a `source.bad-item` stays as it is. */
export function asItemError(where: string, error: unknown): SourceError {
  if (error instanceof SourceError && error.code === 'source.bad-item') return error;
  const hint = error instanceof Error && 'hint' in error && typeof error.hint === 'string' ? error.hint : undefined;
  return badItem(where, messageOf(error), error, hint);
}

/**
 * The item that a value is: a Feature with id, properties and assets. Its geometry, links and assets may be bad; those who
 * need them look.
 *
 * @throws {@link SourceError} `source.bad-item`, naming `where` and the field.
 */
export function checkItem(value: unknown, where: string): StacItem<Geometry | null> {
  const item = recordOf(value);
  if (!item) throw badItem(where, `an item is a JSON object; got ${shown(value)}`);
  if (item['type'] !== 'Feature') throw badItem(where, `an item is a Feature; its type is ${shown(item['type'])}`);
  const id = item['id'];
  if (typeof id !== 'string' || id === '') throw badItem(where, `the item has no id (got ${shown(id)})`);
  const named = where.endsWith(` item ${id}`) ? where : `${where}, item ${id}`;
  const properties = recordOf(item['properties']);
  if (!properties) throw badItem(named, 'it has no properties');
  const assets = recordOf(item['assets']);
  if (!assets) throw badItem(named, 'it has no assets');
  const good: [string, StacAsset][] = [];
  for (const [key, value] of Object.entries(assets)) {
    const asset = recordOf(value);
    // stac-geoparquet has one field for each asset of any item: those of other items are null.
    // SAFETY: whoever takes an asset looks at its href.
    if (asset) good.push([key, asset as unknown as StacAsset]);
  }
  return {
    ...item,
    type: 'Feature',
    id,
    stac_version: typeof item['stac_version'] === 'string' ? item['stac_version'] : '1.0.0',
    // SAFETY: checked by whoever reads coordinates.
    geometry: (recordOf(item['geometry']) as unknown as Geometry | null) ?? null,
    properties,
    links: Array.isArray(item['links']) ? (item['links'] as StacItem['links']) : [],
    assets: Object.fromEntries(good),
  };
}

function shown(value: unknown): string {
  const text = JSON.stringify(value) as string | undefined;
  return text === undefined ? 'nothing' : text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
