/** Teaches every library object to show itself. Imported for its effect by the entry of the library. */
import { BUNDLE_METADATA, registerDisplay, type GeoSlice } from '../core/index.js';
import type { GeoCatalog } from '../catalog/types.js';
import type { CuratedSelection } from '../curation/index.js';
import type { DataCube } from '../pixels/index.js';
import type { SliceSequence } from '../sampling/index.js';
import { displayCatalog } from './catalog.js';
import { displayTensors } from './chips.js';
import { displayCube } from './cube.js';
import { displayCuration } from './curation.js';
import { displayGeoSlice } from './geoslice.js';
import type { TensorLike } from './objects.js';
import { displayReport, type ReportLike } from './report.js';
import { displaySamples } from './samples.js';
import { displayTensor } from './tensor.js';

/** Key under which kernels find the display of arrays, which carry no kind of their own. */
const DISPLAY_ARRAY = Symbol.for('nadir.displayArray');

// SAFETY (all below): the registry calls a function only with an object that carries its kind.
registerDisplay('catalog', (value) => displayCatalog(value as GeoCatalog));
registerDisplay('geoslice', (value) => displayGeoSlice(value as GeoSlice));
registerDisplay('tensor', (value) => displayTensor(value as TensorLike));
registerDisplay('cube', (value) => displayCube(value as DataCube));
registerDisplay('samples', (value) => displaySamples(value as SliceSequence));
registerDisplay('curation', (value) => displayCuration(value as CuratedSelection));
registerDisplay('report', (value) => displayReport(value as ReportLike));

/** The display of an array, in the form of `displayObject`; undefined when the array holds anything but tensors. */
function displayArray(values: readonly unknown[]): Record<PropertyKey, unknown> | undefined {
  const bundle = displayTensors(values);
  return bundle && { ...bundle.data, [BUNDLE_METADATA]: bundle.metadata };
}

// SAFETY: only this library writes the key.
(globalThis as { [DISPLAY_ARRAY]?: typeof displayArray })[DISPLAY_ARRAY] = displayArray;
