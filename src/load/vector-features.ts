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
  /** What may have to be added to x in the CRS of the slice, so that the feature meets it: whole turns of longitude. */
  readonly shifts: readonly number[];
}

/** Degrees after which longitudes repeat. */
const TURN = 360;
const NO_TURN: readonly number[] = [0];
const WHOLE_TURNS: readonly number[] = [0, TURN, -TURN, 2 * TURN, -2 * TURN];

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

/** All longitudes that files write: within ±180, from 0 to 360, or on beyond ±180. */
const ALL_LONGITUDES = [-2 * TURN, 2 * TURN] as const;

/** Where features are looked for, in the CRS of their layer. */
interface Search {
  /** Undefined: everywhere. */
  readonly bounds: Bounds | undefined;
  /** Whether all longitudes are, so that features may be whole turns away from the slice. */
  readonly turns: boolean;
}

const around = ([, south, , north]: Bounds): Search => ({
  bounds: [ALL_LONGITUDES[0], south, ALL_LONGITUDES[1], north],
  turns: true,
});

/** Whether a box of longitudes lies within ±180. */
const isOrdinary = ([west, , east]: Bounds): boolean => west >= -TURN / 2 && west <= east && east <= TURN / 2;

/** The window of a slice in the CRS of a layer, a little widened; everywhere where it has no such box. */
function searchOf({ bounds, crs, resolution }: GeoSlice, row: CatalogRow): Search {
  const [width, height] = [bounds[2] - bounds[0], bounds[3] - bounds[1]];
  const [dx, dy] = [MARGIN * width + resolution[0], MARGIN * height + resolution[1]];
  const wide: Bounds = [bounds[0] - dx, bounds[1] - dy, bounds[2] + dx, bounds[3] + dy];
  const isBeyond = crs.isGeographic && !isOrdinary(bounds);
  // A row around the globe may be one across ±180, in longitudes that go on beyond.
  const isAround = row.crs.isGeographic && row.bbox[2] - row.bbox[0] >= TURN;
  if (row.crs.equals(crs))
    return isBeyond || (isAround && crs.isGeographic) ? around(wide) : { bounds: wide, turns: false };
  try {
    const box = transformBounds(wide, crs, row.crs);
    if (row.crs.isGeographic && (isBeyond || isAround || !isOrdinary(box))) return around(box);
    return { bounds: box, turns: isBeyond };
  } catch (error) {
    if (!isNadirError(error)) throw error;
    return { bounds: undefined, turns: crs.isGeographic };
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
    const project = row.crs.equals(slice.crs) ? null : pointTransform(row.crs, slice.crs);
    const shown = vector.layers.length > 1 ? `${file}, layer "${name}"` : file;
    let index = 0;
    const search = async function* ({ bounds, turns }: Search): AsyncGenerator<FileFeature> {
      const shifts = turns && slice.crs.isGeographic ? WHOLE_TURNS : NO_TURN;
      for await (const feature of vector.features(name, { ...(bounds ? { bounds } : {}), signal })) {
        signal?.throwIfAborted();
        const at = index++;
        const { id } = feature;
        yield {
          feature,
          project,
          shifts,
          name: () => `${shown}, feature ${id === undefined ? `${at} of those near the slice` : JSON.stringify(id)}`,
        };
      }
    };
    const first = searchOf(slice, row);
    yield* search(first);
    // The row's box is within ±180; its features may be written in other longitudes.
    if (index === 0 && first.bounds && !first.turns && row.crs.isGeographic) yield* search(around(first.bounds));
  } finally {
    await vector.close();
  }
}
