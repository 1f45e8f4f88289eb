/** What rows have in common: how often each CRS, band set, data type, layer, asset … occurs. */
import type { Facet } from '../wire/payload.js';
import { samplePositions } from './inline.js';

/** Facts that are counted, with the words of the summary. */
const FACETS = [
  ['crs', 'file CRS'],
  ['bands', 'bands'],
  ['dtype', 'data type'],
  ['size', 'size in pixels'],
  ['nodata', 'nodata'],
  ['data_vars', 'variables'],
  ['n_timesteps', 'steps'],
  ['time_resolution', 'time between steps'],
  ['layer', 'layer'],
  ['geometry_type', 'geometry type'],
  ['n_features', 'features'],
  ['stac_collection', 'collection'],
  ['asset_key', 'asset'],
] as const;
/** Values that are named; the others are counted. */
const MOST_VALUES = 12;
/** Up to so many rows all are counted, above it a seeded sample of the second number. */
const COUNT_ALL = 50_000;
const SAMPLE = 10_000;

/** Facets of rows; facts that no row has are left out. */
export function facetsOf(facts: Iterable<Readonly<Record<string, unknown>>>): Facet[] {
  const counts = new Map<string, Map<string, number>>(FACETS.map(([name]) => [name, new Map<string, number>()]));
  let rows = 0;
  for (const fact of facts) {
    rows += 1;
    for (const [name, of] of counts) {
      const value = fact[name];
      if (value === undefined || value === null) continue;
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      of.set(text, (of.get(text) ?? 0) + 1);
    }
  }
  return FACETS.flatMap(([name, label]) => {
    const sorted = [...(counts.get(name) ?? [])].sort((a, b) => b[1] - a[1]);
    if (sorted.length === 0) return [];
    const values = sorted.slice(0, MOST_VALUES).map(([value, count]) => ({ value: value.slice(0, 200), count }));
    return [{ label, rows, values, others: sorted.length - values.length }];
  });
}

/** Positions of the rows whose facts are counted: all, or a seeded sample when there are more than 50 000. */
export function facetPositions(total: number, seed: string): Uint32Array {
  return total <= COUNT_ALL ? Uint32Array.from({ length: total }, (_, i) => i) : samplePositions(total, SAMPLE, seed);
}
