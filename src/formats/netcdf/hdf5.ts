/** NetCDF-4 and other HDF5 files as cubes, by ranged reads, locally and on servers. */
import { isNadirError, UnsupportedDataError } from '../../core/index.js';
import { isRemote, type ReadOptions, type Source } from '../../io/index.js';
import { checkedSelection, elementsOf } from '../cube/selection.js';
import type { CubeAttributes, CubeFile, CubeGroup, CubeSelection, CubeValues, CubeVariable } from '../cube/types.js';
import { localBytes, pagedBytes } from './hdf5-bytes.js';
import { describeFile, type H5Dataset, type H5Group } from './hdf5-describe.js';
import { dimNames, HIDDEN_ATTRIBUTES, isBareDimension, numberedDims, variableName } from './hdf5-dims.js';
import { H5Handle } from './hdf5-handle.js';
import { h5DType, h5Values } from './hdf5-values.js';

/**
 * Filters that the library undoes: deflate, shuffle, fletcher32, nbit, scale-offset. For any other one it returns
 * bytes that are not the data, and no error.
 */
const READ_FILTERS: ReadonlySet<number> = new Set([1, 2, 3, 5, 6]);
const FILTER_NAMES: Readonly<Record<number, string>> = {
  4: 'szip',
  305: 'lzo',
  307: 'bzip2',
  32000: 'lzf',
  32001: 'blosc',
  32004: 'lz4',
  32008: 'bitshuffle',
  32013: 'zfp',
  32015: 'zstd',
  32026: 'blosc2',
};
/** A block is decoded as a whole in the library's memory. */
const MAX_CHUNK_BYTES = 256 << 20;

function checkReadable(dataset: H5Dataset, file: string): void {
  const { path, metadata, filters } = dataset;
  const details = { file, variable: path };
  const foreign = filters.find((f) => !READ_FILTERS.has(f.id));
  if (foreign) {
    const name = FILTER_NAMES[foreign.id] ?? foreign.name.split(/[\s;:]/, 1)[0] ?? '';
    throw new UnsupportedDataError(
      'hdf5-filter',
      `${file}: ${path} is compressed with HDF5 filter ${foreign.id}${name === '' ? '' : ` (${name})`}, which is not read.`,
      { hint: 'Rewrite the file with deflate, e.g. nccopy -d 4, or convert it to Zarr.', details },
    );
  }
  if (metadata.virtual_sources)
    throw new UnsupportedDataError('hdf5-virtual', `${file}: ${path} is a virtual dataset, which is not read.`, {
      details,
    });
  if (h5DType(metadata) === 'opaque')
    throw new UnsupportedDataError(
      'hdf5-type',
      `${file}: ${path} has a compound, reference or other type that is not read.`,
      {
        details,
      },
    );
  const chunkBytes = elementsOf(metadata.chunks ?? []) * metadata.size;
  if (chunkBytes > MAX_CHUNK_BYTES) {
    throw new UnsupportedDataError(
      'too-large',
      `${file}: ${path} is stored in blocks of ${chunkBytes} bytes; at most ${MAX_CHUNK_BYTES} are read.`,
      { hint: 'Rewrite the file with smaller chunks, e.g. nccopy -c.', details },
    );
  }
}

function readBox(handle: H5Handle, dataset: H5Dataset, box: CubeSelection, o: ReadOptions): Promise<CubeValues> {
  const { path, metadata: m } = dataset;
  const bytes = elementsOf(box.count) * m.size;
  const scalar = box.count.length === 0;
  const count = box.count.map(BigInt);
  return handle.run(
    path,
    (h5, id) => {
      if (bytes === 0) return h5Values(h5, new Uint8Array(0), m);
      const pointer = h5._malloc(bytes);
      if (pointer === 0)
        throw new UnsupportedDataError('too-large', `${handle.name}: no memory for ${bytes} bytes of ${path}.`);
      try {
        h5.HEAPU8.fill(0, pointer, pointer + bytes);
        const status = h5.get_dataset_data(
          id,
          path,
          scalar ? null : count,
          scalar ? null : box.start.map(BigInt),
          scalar ? null : count.map(() => 1n),
          BigInt(pointer),
        );
        if (status < 0) throw new Error(`status ${status}`);
        const values = h5Values(h5, h5.HEAPU8.slice(pointer, pointer + bytes), m);
        if (m.vlen) {
          if (scalar) h5.reclaim_vlen_memory(id, path, '', BigInt(pointer));
          else h5.reclaim_vlen_memory_count(id, path, '', BigInt(pointer), count);
        }
        return values;
      } finally {
        h5._free(pointer);
      }
    },
    o,
  );
}

function shown(attributes: CubeAttributes): CubeAttributes {
  return Object.fromEntries(Object.entries(attributes).filter(([name]) => !HIDDEN_ATTRIBUTES.has(name)));
}

function toVariable(handle: H5Handle, dataset: H5Dataset, dims: readonly string[]): CubeVariable {
  const { path, metadata } = dataset;
  const attributes = shown(dataset.attributes);
  const shape = metadata.shape ?? [0];
  const dtype = h5DType(metadata);
  return {
    name: variableName(dataset),
    path,
    dims: metadata.shape ? dims : ['empty'],
    shape,
    dtype,
    chunks: metadata.chunks,
    attributes,
    fillValue: attributes['_FillValue'] ?? null,
    async read(selection, o = {}) {
      checkReadable(dataset, handle.name);
      const box = checkedSelection({ path, shape, dtype }, selection, handle.name);
      return readBox(handle, dataset, box, o);
    },
  };
}

function toGroup(
  handle: H5Handle,
  group: H5Group,
  numbered: ReadonlyMap<number, string>,
  inherited: ReadonlyMap<string, number>,
): CubeGroup {
  const dims = new Map(inherited);
  const variables = new Map<string, CubeVariable>();
  const phony = new Map<string, { readonly name: string; readonly length: number }>();
  for (const dataset of group.datasets) {
    const own = dimNames(dataset, numbered, phony);
    own.forEach((name, d) => dims.set(name, dataset.metadata.shape?.[d] ?? 0));
    if (isBareDimension(dataset)) continue;
    const variable = toVariable(handle, dataset, own);
    variables.set(variable.name, variable);
  }
  return {
    path: group.path,
    attributes: shown(group.attributes),
    dims,
    variables,
    groups: group.groups.map((g) => toGroup(handle, g, numbered, dims)),
  };
}

/**
 * Opens an HDF5 file, netCDF-4 or not. The source is closed with the file, also when opening fails.
 *
 * Local files are read where HDF5 looks; on servers, pages of 128 KiB are fetched as they are missed.
 *
 * @throws {@link FormatError} `hdf5`; {@link UnsupportedDataError} `too-many-objects`.
 */
export async function openHdf5(source: Source, file: string, o: ReadOptions = {}): Promise<CubeFile> {
  const bytes = source.url.protocol === 'file:' && !isRemote(file) ? localBytes(source) : pagedBytes(source, file);
  const handle = new H5Handle(file, bytes);
  try {
    const described = await describeFile((what, fn) => handle.run(what, fn, o), file);
    return {
      format: 'hdf5',
      name: file,
      root: toGroup(handle, described, numberedDims(described), new Map()),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    if (isNadirError(error) && error.details === undefined) throw handle.failure('the file', error.message);
    throw error;
  }
}
