/** Names of bands: which a layer has, and which make a picture. */
import type { LayerSpec, SourceRow } from './types.js';

/** B2 and B02 are one band, in any case; B8 and B8A are two (`loading.md` §2). */
function plain(name: string): string {
  return name.toLowerCase().replace(/(^|\D)0+(?=\d)/g, '$1');
}

/** Position (0-based) of a band in a list of names, by name or 1-based number; −1 when there is none. */
export function findBand(band: number | string, names: readonly (string | null)[]): number {
  if (typeof band === 'number') return Number.isInteger(band) && band >= 1 && band <= names.length ? band - 1 : -1;
  const wanted = plain(band);
  return names.findIndex((name) => name !== null && plain(name) === wanted);
}

/** Names of the bands of one file, `band 2` where it names none. */
export function namesOf(row: SourceRow): readonly string[] {
  const count = row.native?.count ?? 0;
  return Array.from({ length: count }, (_, i) => row.native?.bandNames[i] ?? `band ${i + 1}`);
}

/** Names of the bands that a layer's chips have, from its first file; empty when no file says. */
export function layerBands(layer: LayerSpec): readonly string[] {
  const first = layer.catalog.rows.find((r) => r.native !== null);
  if (!first) return [];
  const all = namesOf(first);
  return layer.bands?.map((b) => (typeof b === 'number' ? (all[b - 1] ?? `band ${b}`) : b)) ?? all;
}

/** Triples that look natural, in order of preference: Sentinel-2, Landsat 8–9, plain words. */
const NATURAL: readonly (readonly string[])[] = [
  ['B04', 'B03', 'B02'],
  ['SR_B4', 'SR_B3', 'SR_B2'],
  ['red', 'green', 'blue'],
  ['r', 'g', 'b'],
];

/** Bands (0-based) of the default picture of a layer: natural colours, else its first three, else its first. */
export function pictureBands(names: readonly string[]): readonly number[] {
  for (const triple of NATURAL) {
    const found = triple.map((b) => findBand(b, names));
    if (found.every((i) => i >= 0)) return found;
  }
  return names.length >= 3 ? [0, 1, 2] : [0];
}
