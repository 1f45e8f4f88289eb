/** loadVector: the features of a slice as classes, instances or boxes (loading.md §5). */
import type { GeoCatalog } from '../catalog/types.js';
import {
  ArgumentError,
  checkOptionNames,
  startTask,
  type Bounds,
  type GeoSlice,
  type LongTask,
} from '../core/index.js';
import { Burner, checkBurnOptions, GeoTensor, labelOf } from '../pixels/index.js';
import { checkSize } from './result-size.js';
import { emptyError, requireBackend, requireSlice, rowsFor } from './rows.js';
import { featuresNear, layersOf, type FileFeature } from './vector-features.js';
import { asBoxReport, type DetectionResult, type Instance, type InstanceResult } from './vector-results.js';

export type VectorTask = 'semantic_segmentation' | 'instance_segmentation' | 'object_detection';

export interface VectorLoadOptions extends LongTask {
  readonly task: VectorTask;
  /** Field with the class of each feature, a whole number. Default: every label is 1. */
  readonly labelField?: string;
  /** For instances: one raster of ids (default), or a raster each. */
  readonly layout?: 'ids' | 'stack';
  /** Burns every pixel that a shape touches instead of those whose centre it holds. Default false. */
  readonly allTouched?: boolean;
  /** Drops the time filter. */
  readonly ignoreTime?: boolean;
}

const TASKS: readonly VectorTask[] = ['semantic_segmentation', 'instance_segmentation', 'object_detection'];

function checkOptions(o: VectorLoadOptions): void {
  const names = ['task', 'labelField', 'layout', 'allTouched', 'ignoreTime', 'signal', 'onProgress'];
  checkOptionNames('loadVector', o, names);
  checkBurnOptions(o);
  const {
    task,
    layout,
    ignoreTime,
  }: { readonly task?: unknown; readonly layout?: unknown; readonly ignoreTime?: unknown } = o;
  if (ignoreTime !== undefined && typeof ignoreTime !== 'boolean')
    throw new ArgumentError('bad-option', `ignoreTime is true or false; got ${JSON.stringify(ignoreTime)}.`);
  if (!(TASKS as readonly unknown[]).includes(task))
    throw new ArgumentError('bad-option', `task is one of ${TASKS.join(', ')}; got ${JSON.stringify(task)}.`);
  if (layout !== undefined && layout !== 'ids' && layout !== 'stack')
    throw new ArgumentError('bad-option', `layout is 'ids' or 'stack'; got ${JSON.stringify(layout)}.`);
  if (layout !== undefined && task !== 'instance_segmentation')
    throw new ArgumentError('bad-option', `layout belongs to instance_segmentation; the task is ${String(task)}.`);
}

/** A feature that has been set in the burner and meets the grid. */
type Visit = (feature: FileFeature, label: number) => void;

/** Sets a feature in the burner, under all longitudes that meet the grid; whether there are any. */
function place(burner: Burner, { feature: { geometry }, project, name, shifts }: FileFeature): boolean {
  const met = shifts.filter((shift) => {
    burner.set(geometry, project, name, [shift]);
    return burner.meetsGrid;
  });
  if (shifts.length > 1 && met.length > 0) burner.set(geometry, project, name, met);
  return met.length > 0;
}

/** Calls `visit` for each feature that meets the slice, files in load order; returns the files. */
async function eachFeature(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: VectorLoadOptions,
  burner: Burner,
  visit: Visit,
): Promise<readonly string[]> {
  const task = startTask('loadVector', o);
  try {
    const { signal } = task;
    signal?.throwIfAborted();
    const rows = await rowsFor(
      catalog,
      slice,
      o.ignoreTime === undefined ? {} : { ignoreTime: o.ignoreTime },
      signal ? { signal } : {},
    );
    if (rows.length === 0) throw await emptyError(catalog, slice);
    const layers = layersOf(rows);
    for (const [i, layer] of layers.entries()) {
      for await (const item of featuresNear(layer, slice, signal)) {
        const { feature, name } = item;
        if (!place(burner, item)) continue;
        visit(item, labelOf(feature.properties, o.labelField, name, o.task === 'object_detection'));
      }
      task.report({ done: i + 1, total: layers.length, unit: 'layer' });
    }
    return [...new Set(layers.map((l) => l.file))];
  } finally {
    task.end();
  }
}

const gridOf = ({
  shape,
  transform,
  crs,
}: GeoSlice): Pick<GeoSlice, 'transform' | 'crs'> & { fillValue: number } & {
  readonly shape: readonly [number, number];
} => ({ shape, transform, crs, fillValue: 0 });

async function loadClasses(catalog: GeoCatalog, slice: GeoSlice, o: VectorLoadOptions): Promise<GeoTensor> {
  checkSize(slice, 1, 'int32');
  const burner = new Burner(slice, o.allTouched === true);
  const sources = await eachFeature(catalog, slice, o, burner, (_, label) => {
    burner.burn(label);
  });
  return GeoTensor.create({
    ...gridOf(slice),
    values: burner.values,
    shape: [1, ...slice.shape],
    bandNames: ['label'],
    attrs: { slice: slice.toJSON(), sources, categorical: true },
  });
}

interface Candidate {
  readonly label: number;
  readonly bbox: Bounds;
  readonly featureId: string | number | null;
}

async function loadInstances(catalog: GeoCatalog, slice: GeoSlice, o: VectorLoadOptions): Promise<InstanceResult> {
  checkSize(slice, 1, 'int32');
  const [height, width] = slice.shape;
  const raster = new Int32Array(height * width);
  const burner = new Burner(slice, o.allTouched === true, raster);
  const candidates: Candidate[] = [];
  const sources = await eachFeature(catalog, slice, o, burner, ({ feature }, label) => {
    const bbox = burner.box;
    if (!bbox) return;
    candidates.push({ label, bbox, featureId: feature.id ?? null });
    burner.burn(candidates.length);
  });
  // Features that later ones cover wholly, or that hold no centre, have no pixel and no id.
  const isSeen = new Uint8Array(candidates.length + 1);
  for (const id of raster) isSeen[id] = 1;
  const ids = new Int32Array(candidates.length + 1);
  const instances: Instance[] = [];
  for (const [i, { label, bbox, featureId }] of candidates.entries()) {
    if (isSeen[i + 1] === 0) continue;
    ids[i + 1] = instances.length + 1;
    instances.push({ id: instances.length + 1, label, bbox, featureId });
  }
  for (let i = 0; i < raster.length; i++) raster[i] = ids[raster[i] ?? 0] ?? 0;
  const isStack = o.layout === 'stack';
  if (isStack) checkSize(slice, instances.length, 'uint8');
  const tensor = GeoTensor.create<Int32Array | Uint8Array>({
    ...gridOf(slice),
    values: isStack ? stackOf(raster, instances.length) : raster,
    shape: [isStack ? instances.length : 1, height, width],
    attrs: { slice: slice.toJSON(), sources, categorical: true },
  });
  return asBoxReport(
    { tensor, instances },
    'Instances',
    instances.map(({ id, label, bbox }) => [id, label, bbox]),
  );
}

/** A raster of 0 and 1 for each id. */
function stackOf(raster: Int32Array, count: number): Uint8Array {
  const stack = new Uint8Array(count * raster.length);
  for (let i = 0; i < raster.length; i++) {
    const id = raster[i] ?? 0;
    if (id > 0) stack[(id - 1) * raster.length + i] = 1;
  }
  return stack;
}

async function loadBoxes(catalog: GeoCatalog, slice: GeoSlice, o: VectorLoadOptions): Promise<DetectionResult> {
  const found: (readonly [label: number, box: Bounds])[] = [];
  const burner = new Burner(slice, false, new Uint8Array(0));
  await eachFeature(catalog, slice, o, burner, (_, label) => {
    const { box } = burner;
    // Measured as it is stored: a box thinner than Float32 can tell has no area either.
    const [x0, y0, x1, y1] = (box ?? [0, 0, 0, 0]).map(Math.fround) as [number, number, number, number];
    if (x1 > x0 && y1 > y0) found.push([label, [x0, y0, x1, y1]]);
  });
  return asBoxReport(
    {
      boxes: { values: Float32Array.from(found.flatMap(([, box]) => box)), shape: [found.length, 4] },
      labels: { values: Int32Array.from(found, ([label]) => label), shape: [found.length] },
    },
    'Boxes',
    found.map(([label, box], i) => [i, label, box]),
  );
}

/**
 * The features of a vector catalog in a slice: projected to its CRS (vertices only; they stay joined by straight lines),
 * clipped to its window and burned by the rule of {@link rasterize}, files in the order of start time and path, features
 * in file order, so that later ones win.
 *
 * - `semantic_segmentation`: (1, height, width) of labels, background 0; Uint8 when all labels burned are at most 255,
 *   else Int32.
 * - `instance_segmentation`: ids 1 … N and the list of instances; those left without a pixel are dropped.
 * - `object_detection`: boxes and labels; boxes without area inside the window (of points, say) are dropped.
 *
 * @throws {@link EmptySelectionError} `no-rows`; {@link CatalogError} `wrong-backend`; {@link LabelError} naming file
 * and feature; {@link TransformError} `outside-domain`; {@link ArgumentError}; errors of the formats.
 */
export function loadVector(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: VectorLoadOptions & { readonly task: 'semantic_segmentation' },
): Promise<GeoTensor>;
export function loadVector(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: VectorLoadOptions & { readonly task: 'instance_segmentation' },
): Promise<InstanceResult>;
export function loadVector(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: VectorLoadOptions & { readonly task: 'object_detection' },
): Promise<DetectionResult>;
export async function loadVector(
  catalog: GeoCatalog,
  slice: GeoSlice,
  o: VectorLoadOptions,
): Promise<GeoTensor | InstanceResult | DetectionResult> {
  checkOptions(o);
  requireBackend(catalog, 'vector', 'loadVector');
  requireSlice(slice);
  if (o.task === 'semantic_segmentation') return await loadClasses(catalog, slice, o);
  if (o.task === 'instance_segmentation') return await loadInstances(catalog, slice, o);
  return await loadBoxes(catalog, slice, o);
}
