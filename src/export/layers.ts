/** Layers of a recipe with their catalogs opened. */
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Crs, ExportError } from '../core/index.js';
import type { GeoSlice } from '../core/index.js';
import type { CatalogRow, GeoCatalog } from '../catalog/types.js';
import type { RasterLoadOptions } from '../load/index.js';
import { isRemote } from '../io/index.js';
import type { Engine } from './engine.js';
import { hasChanged, rowFromJson } from './source-rows.js';
import type { LayerSpec, Recipe } from './types.js';

export interface OpenLayer {
  readonly spec: LayerSpec;
  readonly catalog: GeoCatalog;
  /** Options of `loadRaster` for this layer. */
  readonly load: RasterLoadOptions;
}

function loadOptions(spec: LayerSpec): RasterLoadOptions {
  return {
    ...(spec.bands && { bandIndexes: spec.bands }),
    ...(spec.resampling && { resampling: spec.resampling }),
    ...(spec.merge && { mergeMethod: spec.merge }),
    ...(spec.mask && { mask: spec.mask }),
    ...(spec.nodata !== undefined && { nodata: spec.nodata }),
    ...(spec.ignoreTime !== undefined && { ignoreTime: spec.ignoreTime }),
  };
}

/**
 * The layers of a recipe, ready to be read. Every local file must still be what the recipe was made with.
 *
 * @throws {@link ExportError} `export.no-location`, `export.missing-source`, `export.changed-source`.
 */
export function openLayers(recipe: Recipe, engine: Engine): readonly OpenLayer[] {
  return recipe.layers.map((spec) => {
    const folder = recipe.locations?.[spec.name];
    const local = spec.catalog.rows.filter((r) => !isRemote(r.file));
    if (folder === undefined && local.length > 0) {
      throw new ExportError(
        'export.no-location',
        `The recipe does not say where the files of layer "${spec.name}" are.`,
        {
          hint: `Add locations: { ${JSON.stringify(spec.name)}: "<folder>" }, or use nadir export --data.`,
          details: { layer: spec.name },
        },
      );
    }
    for (const row of local) {
      const file = path.join(folder ?? '.', ...row.file.split('/'));
      if (hasChanged(row, file)) throw changed(file, row.content?.bytes ?? 0);
    }
    const rows = spec.catalog.rows.map((row) => rowFromJson(row, folder ?? '.'));
    return { spec, catalog: engine.catalog(rows, Crs.from(spec.catalog.crs)), load: loadOptions(spec) };
  });
}

/**
 * Local files that are no longer what the recipe was made with. A file that is gone is none of them: items that needed it
 * are in the ledger, and what was read before was right.
 */
export function changedSources(recipe: Recipe): readonly string[] {
  const files = recipe.layers.flatMap(({ name, catalog }) =>
    catalog.rows
      .filter((row) => !isRemote(row.file))
      .map((row) => ({ row, file: path.join(recipe.locations?.[name] ?? '.', ...row.file.split('/')) })),
  );
  return [...new Set(files.filter(({ row, file }) => existsSync(file) && hasChanged(row, file)).map((f) => f.file))];
}

function changed(file: string, bytes: number): ExportError {
  return new ExportError(
    'export.changed-source',
    `The source ${file} is not the file this recipe was made with (${bytes} bytes then).`,
    {
      hint: 'Restore it, or make a new recipe.',
      details: { file },
    },
  );
}

/** The rows of a layer that can fill a slice. */
export function rowsFor(layer: OpenLayer, slice: GeoSlice): Promise<readonly CatalogRow[]> {
  const isTimeless = layer.spec.ignoreTime === true;
  return layer.catalog.query(isTimeless ? { bounds: slice.bounds, crs: slice.crs } : slice).toArray();
}
