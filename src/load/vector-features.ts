/** The features of a vector catalog that may meet a slice, file by file. */
import type { CatalogRow } from '../catalog/types.js';
import {
  isNadirError,
  pointTransform,
  transformBounds,
  type Bounds,
  type GeoSlice,
  type PointTransform,
} from '../core/index.js';
import { openVector, type VectorFeature } from '../formats/vector/index.js';

/** Windows are widened by this part of their sides: their outline bends between the points that are projected. */
const MARGIN = 0.01;

/** A feature of a file, how it reaches the CRS of the slice (null: it is in it), and its name in messages. */
export interface FileFeature {
  readonly feature: VectorFeature;
  readonly project: PointTransform | null;
  readonly name: () => string;
}

/** One layer of one file. */
export interface VectorLayer {
  readonly file: string;
  /** Null for the first layer of the file. */
  readonly layer: string | null;
  readonly row: CatalogRow;
}

/** The layers of rows in their order, each once: joined catalogs repeat rows. */
export function layersOf(rows: readonly CatalogRow[]): readonly VectorLayer[] {
  const layers = new Map<string, VectorLayer>();
  for (const row of rows) {
    const { layer } = row.columns;
    const name = typeof layer === 'string' ? layer : null;
    const key = JSON.stringify([row.filepath, name]);
    if (!layers.has(key)) layers.set(key, { file: row.filepath, layer: name, row });
  }
  return [...layers.values()];
}

/** The window of a slice in the CRS of a layer, a little widened; undefined (all features) where it has no such box. */
function windowIn({ bounds, crs, resolution }: GeoSlice, row: CatalogRow): Bounds | undefined {
  const [width, height] = [bounds[2] - bounds[0], bounds[3] - bounds[1]];
  const [dx, dy] = [MARGIN * width + resolution[0], MARGIN * height + resolution[1]];
  const wide: Bounds = [bounds[0] - dx, bounds[1] - dy, bounds[2] + dx, bounds[3] + dy];
  if (row.crs.equals(crs)) return wide;
  try {
    const box = transformBounds(wide, crs, row.crs);
    // Across ±180 a box of longitudes runs backwards; all longitudes of these latitudes hold it.
    return box[0] <= box[2] ? box : [-360, box[1], 360, box[3]];
  } catch (error) {
    if (!isNadirError(error)) throw error;
    return undefined;
  }
}

/** Features of a layer whose box may meet the slice, in file order. Errors of {@link openVector}. */
export async function* featuresNear(
  { file, layer, row }: VectorLayer,
  slice: GeoSlice,
  signal: AbortSignal | undefined,
): AsyncGenerator<FileFeature> {
  const vector = await openVector(file, { signal });
  try {
    const name = layer ?? vector.layers[0] ?? '';
    const bounds = windowIn(slice, row);
    const project = row.crs.equals(slice.crs) ? null : pointTransform(row.crs, slice.crs);
    const shown = vector.layers.length > 1 ? `${file}, layer "${name}"` : file;
    let index = 0;
    for await (const feature of vector.features(name, { ...(bounds ? { bounds } : {}), signal })) {
      signal?.throwIfAborted();
      const at = index++;
      const { id } = feature;
      yield {
        feature,
        project,
        name: () => `${shown}, feature ${id === undefined ? `${at} of those near the slice` : JSON.stringify(id)}`,
      };
    }
  } finally {
    await vector.close();
  }
}
