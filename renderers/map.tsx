/** Renderer `nadir-map`: catalogs, slices, tensors, samples and curation. MapLibre comes in its own chunk, when a map is seen. */
import type { ActivationFunction } from 'vscode-notebook-renderer';
import { CatalogView } from './map/catalog-view.js';
import { CurationView } from './map/curation-view.js';
import { GeoSliceView } from './map/geoslice-view.js';
import { SamplesView } from './map/samples-view.js';
import { TensorView } from './map/tensor-view.js';
import { createRenderer } from './shared/mount.js';

/** Starts the renderer. */
export const activate: ActivationFunction = (context) =>
  createRenderer(context, {
    catalog: { view: CatalogView, height: () => 420 },
    geoslice: { view: GeoSliceView, height: () => 260 },
    tensor: { view: TensorView, height: () => 420 },
    samples: { view: SamplesView, height: () => 420 },
    curation: { view: CurationView, height: () => 640 },
  });
