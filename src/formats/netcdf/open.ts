/** Opens NetCDF and HDF5 files, whichever a file is by its first bytes. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions, Source } from '../../io/index.js';
import type { CubeFile } from '../cube/types.js';
import { openHdf5 } from './hdf5.js';
import { openNetcdf3 } from './netcdf3.js';

const HDF5 = '\x89HDF\r\n\x1a\n';
const HDF4 = '\x0e\x03\x13\x01';
/** An HDF5 superblock stands at 0, 512, 1024, 2048 …; user blocks are rarely larger than this. */
const LAST_SUPERBLOCK = 1 << 16;

const latin1 = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');

async function isHdf5(source: Source, first: string, o: ReadOptions): Promise<boolean> {
  if (first.startsWith(HDF5)) return true;
  for (let at = 512; at <= LAST_SUPERBLOCK && at < (source.size ?? 0); at *= 2) {
    if (latin1(await source.read(at, 8, o)) === HDF5) return true;
  }
  return false;
}

/**
 * Opens a NetCDF classic, NetCDF-4 or HDF5 file. The source is closed with the file, also when opening fails.
 *
 * @throws {@link FormatError} `not-netcdf` and those of the formats; {@link UnsupportedDataError} `hdf4`.
 */
export async function openNetcdf(source: Source, file: string, o: ReadOptions = {}): Promise<CubeFile> {
  try {
    const first = latin1(await source.read(0, 8, o));
    const version = first.startsWith('CDF') ? first.charCodeAt(3) : 0;
    if (version === 1 || version === 2 || version === 5) return await openNetcdf3(source, version, file, o);
    if (await isHdf5(source, first, o)) return await openHdf5(source, file, o);
    if (first.startsWith(HDF4)) {
      throw new UnsupportedDataError('hdf4', `${file} is HDF4, which is not read.`, {
        hint: 'Convert it, e.g. with gdal_translate or h4toh5.',
        details: { file },
      });
    }
    throw new FormatError(
      'not-netcdf',
      `${file} is neither NetCDF nor HDF5: it starts with ${JSON.stringify(first)}.`,
      {
        hint: 'Check that it is the right file and was fetched as a whole.',
        details: { file },
      },
    );
  } catch (error) {
    await source.close();
    throw error;
  }
}
