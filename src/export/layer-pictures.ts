/** Which layers are drawn, with which bands and limits. */
import type { GeoSlice } from '../core/index.js';
import { findBand, layerBands, pictureBands } from './bands.js';
import type { Engine } from './engine.js';
import type { Job } from './job.js';
import type { Staging } from './staging.js';
import { resolveStretch, type ResolvedStretch } from './stretch.js';
import type { Recipe } from './types.js';
import type { LayerPicture } from './write-item.js';

/** Layers that are drawn, with bands and limits: those of `png`, and the first, which the overview shows. */
export async function resolvePictures(
  job: Job,
  staging: Staging,
  slices: readonly GeoSlice[],
): Promise<ReadonlyMap<string, LayerPicture>> {
  const { layers, task, engine } = job;
  const png = pngOutput(job.recipe);
  const drawn = pngLayers(job.recipe);
  const pictures = new Map<string, LayerPicture>();
  const measured: Record<string, ResolvedStretch> = {};
  for (const [i, layer] of layers.entries()) {
    const { name } = layer.spec;
    if (i > 0 && !drawn.has(name)) continue;
    const names = layerBands(layer.spec);
    const wanted = drawn.has(name) ? png?.bands?.map((b) => findBand(b, names)) : undefined;
    const bands = wanted ?? pictureBands(names);
    const load = (slice: GeoSlice): ReturnType<Engine['load']> =>
      engine.load(layer.catalog, slice, {
        ...layer.load,
        ...(task.signal && { signal: task.signal }),
        onProgress: () => undefined,
      });
    const known = staging.stretch?.layers[name];
    const stretch = known ?? (await resolveStretch(png?.stretch ?? 'p2-98', bands, slices, load, task.signal));
    measured[name] = stretch;
    pictures.set(name, { bands, bandNames: bands.map((b) => names[b] ?? `band ${b + 1}`), stretch });
  }
  if (!staging.stretch) await staging.journal.append({ type: 'stretch', layers: measured });
  return pictures;
}

function pngOutput(recipe: Recipe): Extract<Recipe['outputs'][number], { format: 'png' }> | undefined {
  return recipe.outputs.find((o) => o.format === 'png');
}

/** Layers that get PNG files: those named, or all that have the bands. */
export function pngLayers(recipe: Recipe): ReadonlySet<string> {
  const png = pngOutput(recipe);
  if (!png) return new Set();
  const { bands } = png;
  const able = recipe.layers.filter((l) => bands === undefined || bands.every((b) => findBand(b, layerBands(l)) >= 0));
  return new Set(able.map((l) => l.name).filter((name) => png.layers?.includes(name) ?? true));
}
