/** Catalogs and hosts made of plain objects, for displays. */
import { Crs, KIND, type GeoSlice, type NadirHost, type ViewHandler } from '../../../src/core/index.js';
import { isProblem, parsePayload, type AnyPayload } from '../../../src/display/wire/parse.js';
import type { DisplayBundle } from '../../../src/core/index.js';
import type { CatalogRow, GeoCatalog } from '../../../src/catalog/types.js';
import type { SliceSequence } from '../../../src/sampling/index.js';

/** A row whose footprint is a box of degrees. */
export function row(
  id: string,
  [w, s, e, n]: readonly [number, number, number, number],
  extra: Partial<CatalogRow> = {},
): CatalogRow {
  return {
    id,
    filepath: `/data/${id}.tif`,
    geometry: {
      type: 'Polygon',
      coordinates: [
        [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ],
      ],
    },
    bbox: [w, s, e, n],
    interval: null,
    static: true,
    crs: Crs.from('EPSG:4326'),
    native: null,
    columns: {},
    ...extra,
  };
}

/** A catalog that can be listed, and no more. */
export function catalogOf(rows: readonly CatalogRow[], config: GeoCatalog['config'] = {}): GeoCatalog {
  const partial = {
    backend: 'raster',
    engine: 'memory',
    crs: Crs.from('EPSG:4326'),
    targetResolution: null,
    config,
    toArray: () => Promise.resolve(rows),
    count: () => Promise.resolve(rows.length),
    [KIND]: 'catalog',
  };
  return partial as unknown as GeoCatalog;
}

/** A sequence of slices. */
export function sequenceOf(slices: readonly GeoSlice[], length = slices.length): SliceSequence {
  const partial = {
    length,
    seed: 7,
    skipped: [],
    at: (i: number) => slices[i],
    [Symbol.iterator]: () => slices[Symbol.iterator](),
    [KIND]: 'samples',
  };
  return partial as unknown as SliceSequence;
}

/** A host that remembers its views; `remove` takes it away again. */
export function installHost(maxInlineBytes = 2_000_000): { readonly views: Map<string, ViewHandler>; remove(): void } {
  const views = new Map<string, ViewHandler>();
  let next = 0;
  const host: NadirHost = {
    signal: () => undefined,
    progress: () => undefined,
    warn: () => undefined,
    nextViewId: () => `cell:${next++}`,
    registerView: (id, handler) => void views.set(id, handler),
    nameOf: () => 'scenes',
    maxInlineBytes,
  };
  const key = Symbol.for('nadir.host');
  Reflect.set(globalThis, key, host);
  return { views, remove: () => void Reflect.deleteProperty(globalThis, key) };
}

/** The payload of a bundle as a view would read it after a trip through JSON. Fails on any problem. */
export function payloadOf(bundle: DisplayBundle): AnyPayload {
  const [mime] = Object.keys(bundle.data);
  const parsed = parsePayload(JSON.parse(JSON.stringify(bundle.data[mime!])));
  if (isProblem(parsed)) throw new Error(parsed.problem);
  return parsed;
}

/** The text summary of a bundle. */
export function textOf(bundle: DisplayBundle): string {
  return bundle.data['text/plain'] as string;
}
