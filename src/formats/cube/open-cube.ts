/** Opens any cube: NetCDF, HDF5 or Zarr, by path or address. */
import { stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { isRemote, openSource, showSource, type ReadOptions } from '../../io/index.js';
import { openNetcdf } from '../netcdf/index.js';
import { folderStore, httpStore, openZarr, openZipStore } from '../zarr/index.js';
import type { CubeFile } from './types.js';

/** `PK` and the signatures of an entry or of an empty directory. */
const ZIP = [0x504b0304, 0x504b0506];

/**
 * Opens a cube: a folder or an address that ends in `.zarr` is Zarr; a file is Zarr in a zip file, NetCDF or HDF5 by its
 * first bytes. Only descriptions are read; `close` gives back what was opened.
 *
 * @throws {@link SourceError} when it cannot be had; {@link FormatError}, {@link UnsupportedDataError} of the formats.
 */
export async function openCube(pathOrUrl: string, o: ReadOptions = {}): Promise<CubeFile> {
  // What an address holds beside its path may be a secret, which no message shows.
  const name = isRemote(pathOrUrl) ? showSource(new URL(pathOrUrl)) : pathOrUrl;
  if (isRemote(pathOrUrl)) {
    if (/\.zarr\/*$/i.test(new URL(pathOrUrl).pathname)) return openZarr(httpStore(pathOrUrl), name, o);
  } else {
    const place = pathOrUrl.startsWith('file://') ? fileURLToPath(pathOrUrl) : pathOrUrl;
    const found = await stat(place).catch(() => null); // what is missing is reported by opening it
    if (found?.isDirectory() === true) return openZarr(folderStore(place), name, o);
  }
  const source = await openSource(pathOrUrl, o);
  let first;
  try {
    first = await source.read(0, 4, o);
  } catch (error) {
    await source.close();
    throw error;
  }
  if (first.length === 4 && ZIP.includes(new DataView(first.buffer, first.byteOffset).getUint32(0))) {
    let store;
    try {
      store = await openZipStore(source, name, o);
    } catch (error) {
      await source.close();
      throw error;
    }
    return openZarr(store, name, o);
  }
  return openNetcdf(source, name, o);
}
