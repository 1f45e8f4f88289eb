/** Nadir: Open in Map. A notebook with the code that shows one file, run at once. */

import { open } from 'node:fs/promises';
import path from 'node:path';
import { l10n, window, type NotebookDocument, type Uri } from 'vscode';
import type { Kernels } from './controller.js';
import { showNotebook } from './notebooks.js';
import { MAP_EXTENSIONS, mapCells, mapKind } from './open-in-map-code.js';

/** How much of a file is looked at to tell STAC from other JSON and Parquet. */
const GLIMPSE_BYTES = 262_144;

/** Opens a file in a notebook of its own and runs it; asks for the file when none is given. */
export async function openInMap(kernels: Kernels, file: Uri | undefined): Promise<NotebookDocument | undefined> {
  const chosen = file ?? (await chooseFile());
  if (!chosen) return undefined;
  if (chosen.scheme !== 'file')
    throw new Error(l10n.t('{0} is not on this machine. Open in Map reads local files.', chosen.toString(true)));
  const kind = mapKind(chosen.fsPath, await glimpse(chosen.fsPath));
  if (!kind)
    throw new Error(
      l10n.t(
        '{0} cannot be shown on the map. Choose a GeoTIFF, GeoParquet, GeoJSON, FlatGeobuf, GeoPackage, Shapefile, NetCDF or STAC file.',
        path.basename(chosen.fsPath),
      ),
    );
  const editor = await showNotebook(mapCells(chosen.fsPath, kind));
  await kernels.select(editor);
  await kernels.run(editor.notebook, editor.notebook.getCells());
  return editor.notebook;
}

async function chooseFile(): Promise<Uri | undefined> {
  const filters = { [l10n.t('Rasters, vectors, cubes and catalogs')]: MAP_EXTENSIONS };
  const [file] = (await window.showOpenDialog({ canSelectMany: false, filters })) ?? [];
  return file;
}

/** The beginning of a JSON file or the end of a Parquet file, as text. */
async function glimpse(file: string): Promise<string> {
  const isParquet = /\.parquet$/i.test(file);
  if (!isParquet && !/\.(?:geo)?json$/i.test(file)) return '';
  const handle = await open(file);
  try {
    const { size } = await handle.stat();
    const length = Math.min(size, GLIMPSE_BYTES);
    const buffer = Buffer.alloc(length);
    await handle.read(buffer, 0, length, isParquet ? size - length : 0);
    return buffer.toString('latin1');
  } finally {
    await handle.close();
  }
}
