/** Building a catalog from vector files (`catalog.md` §3): one row per layer. */
import { ArgumentError, CatalogError, type Crs } from '../../core/index.js';
import { openVector, VECTOR_EXTENSIONS, type LayerFacts, type VectorFile } from '../../formats/vector/index.js';
import type { BuildOptions } from './build-options.js';
import { buildCatalog, type Builder, type FoundProblem, type FoundRow, type ReadContext } from './building.js';
import { asNadirError } from './build-failure.js';
import type { FileInput } from './expand-files.js';
import { baseName, stemOf, type NamedFiles } from './file-name.js';
import { boundsFootprint } from '../footprint.js';
import type { GeoCatalog } from '../types.js';

export interface VectorBuildOptions extends BuildOptions, NamedFiles {
  /** The layer to take, by name or by number from 0. Default: all layers of a file, one row each. */
  readonly layer?: string | number;
}

const VECTOR: Builder<VectorBuildOptions> = {
  name: 'buildVectorCatalog',
  backend: 'vector',
  what: 'GeoJSON, GeoParquet, FlatGeobuf, Shapefile or GeoPackage',
  extensions: VECTOR_EXTENSIONS,
  named: true,
  extraOptions: ['layer'],
  read: readLayers,
};

/** Names of the layers that are wanted; one that a file lacks fails the file. */
function wantedLayers(file: string, { layers }: VectorFile, layer: string | number | undefined): readonly string[] {
  if (layer === undefined) return layers;
  const name = typeof layer === 'number' ? layers[layer] : layers.find((l) => l === layer);
  if (name !== undefined) return [name];
  throw new CatalogError('no-layer', `${baseName(file)} has no layer ${JSON.stringify(layer)}.`, {
    hint: `It has ${layers.map((l, i) => `${i}: ${l}`).join(', ')}.`,
    details: { file, layer, layers },
  });
}

async function readLayers(
  file: string,
  context: ReadContext,
  { layer }: VectorBuildOptions,
): Promise<readonly (FoundRow | FoundProblem)[]> {
  const { signal } = context;
  const vector = await openVector(file, { signal });
  try {
    const found: (FoundRow | FoundProblem)[] = [];
    for (const name of wantedLayers(file, vector, layer)) {
      try {
        found.push(rowOf(file, await vector.describe(name, { signal }), context));
      } catch (error) {
        signal?.throwIfAborted();
        found.push({ problem: asNadirError(file, error), raises: true });
      }
    }
    return found;
  } finally {
    await vector.close();
  }
}

function crsOf(file: string, { name, crs, crsProblem }: LayerFacts, targetCrs: Crs | null): Crs {
  // A CRS that the file names but Nadir cannot read is never replaced by the target: the footprint would be elsewhere.
  const read = crs ?? (crsProblem ? null : targetCrs);
  if (read) return read;
  throw new CatalogError('no-crs', crsProblem?.message ?? `${baseName(file)}, layer "${name}", has no CRS.`, {
    hint: crsProblem?.hint ?? 'Pass targetCrs to say what it is.',
    details: { file, layer: name },
    cause: crsProblem,
  });
}

function rowOf(
  file: string,
  facts: LayerFacts,
  { targetCrs, interval, densify }: ReadContext,
): FoundRow | FoundProblem {
  const { name, bounds, count } = facts;
  if (!bounds) {
    const text = count === 0 ? 'has no features' : `has ${count} features but none with geometry`;
    const problem = new CatalogError('no-features', `${baseName(file)}, layer "${name}", ${text}.`, {
      details: { file, layer: name },
    });
    return { problem, raises: false };
  }
  const crs = crsOf(file, facts, targetCrs);
  return {
    wantedId: stemOf(file),
    filepath: file,
    crs,
    interval,
    native: null,
    layer: name,
    columns: { layer: name, n_features: count, geometry_type: facts.geometryType, fields: facts.fields.join(',') },
    footprint: (target) => boundsFootprint(bounds, crs, target, densify),
  };
}

/**
 * A catalog with one row per vector file and layer, in input order: GeoJSON (also newline-delimited), GeoParquet,
 * FlatGeobuf, Shapefile and GeoPackage, told apart by content.
 *
 * The footprint is the box of all features, projected to the catalog's CRS; features on both sides of ±180 make it span
 * the world, as total bounds do. Columns are `layer`, `n_features` (those without geometry included), `geometry_type`
 * and `fields` (joined by commas). Files without CRS are taken to be in `targetCrs`. Layers without any geometry are
 * left out with a warning.
 *
 * @throws {@link CatalogError} `no-files-matched`, `no-rows` and those of names; {@link ArgumentError}; with `onError:
 * 'raise'` the first error of a file; the signal's reason when cancelled.
 */
export async function buildVectorCatalog(files: FileInput, options: VectorBuildOptions = {}): Promise<GeoCatalog> {
  const layer: unknown = (options as VectorBuildOptions | null)?.layer;
  if (layer !== undefined && typeof layer !== 'string' && !(Number.isInteger(layer) && Number(layer) >= 0))
    throw new ArgumentError('bad-layer', `layer is a name or a number from 0; got ${JSON.stringify(layer)}.`);
  return buildCatalog(VECTOR, files, options);
}
