/** What an HDF5 file holds: groups, datasets, attributes, filters (the HDF5 library says it call by call). */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import { plainValue } from '../cube/attributes.js';
import type { CubeAttributes } from '../cube/types.js';
import { H5Kind, type H5Functions, type H5Metadata } from './hdf5-library.js';
import { h5DType, h5Values } from './hdf5-values.js';

/** A dataset as HDF5 describes it. */
export interface H5Dataset {
  readonly name: string;
  readonly path: string;
  readonly metadata: H5Metadata;
  readonly attributes: CubeAttributes;
  readonly filters: readonly { readonly id: number; readonly name: string }[];
  /** Path of the first dimension scale of each dimension. */
  readonly scales: readonly (string | null)[];
  /** NAME of a dimension scale; null for other datasets. */
  readonly scaleName: string | null;
}

export interface H5Group {
  readonly path: string;
  readonly attributes: CubeAttributes;
  readonly datasets: readonly H5Dataset[];
  readonly groups: readonly H5Group[];
}

/** An attribute of more bytes is not metadata. */
const MAX_ATTRIBUTE_BYTES = 16 << 20;
/** Links may form cycles; real products are a few levels deep. */
const MAX_DEPTH = 16;
const MAX_OBJECTS = 20_000;

/** One attribute; undefined for a type that is not read or an empty one. */
function attribute(h5: H5Functions, id: bigint, path: string, name: string): unknown {
  const m = h5.get_attribute_metadata(id, path, name);
  if (!m.shape || h5DType(m) === 'opaque') return undefined;
  const bytes = m.size * m.total_size;
  if (!(bytes >= 0 && bytes <= MAX_ATTRIBUTE_BYTES))
    throw new FormatError(
      'hdf5',
      `Attribute ${name} of ${path} takes ${bytes} bytes; at most ${MAX_ATTRIBUTE_BYTES} are read.`,
    );
  if (bytes === 0) return m.shape.length > 0 ? [] : '';
  const pointer = h5._malloc(bytes);
  if (pointer === 0) return undefined;
  try {
    h5.HEAPU8.fill(0, pointer, pointer + bytes);
    if (h5.get_attribute_data(id, path, name, BigInt(pointer)) < 0)
      throw new FormatError('hdf5', `Attribute ${name} of ${path} cannot be read.`);
    const values = h5Values(h5, h5.HEAPU8.slice(pointer, pointer + bytes), m);
    if (m.vlen) h5.reclaim_vlen_memory(id, path, name, BigInt(pointer));
    // netCDF-4 writes single values with one dimension, h5py without.
    return values.length === 1 ? plainValue(values[0]) : Array.from(values as ArrayLike<unknown>, plainValue);
  } finally {
    h5._free(pointer);
  }
}

function attributesOf(h5: H5Functions, id: bigint, path: string): CubeAttributes {
  const found: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const name of h5.get_attribute_names(id, path)) {
    const value = attribute(h5, id, path, name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** Describes one dataset. */
export function describeDataset(h5: H5Functions, id: bigint, path: string, name: string): H5Dataset {
  const metadata = h5.get_dataset_metadata(id, path);
  const attributes = attributesOf(h5, id, path);
  const isScale = attributes['CLASS'] === 'DIMENSION_SCALE';
  const rank = metadata.shape?.length ?? 0;
  return {
    name,
    path,
    metadata,
    attributes,
    filters: metadata.chunks ? h5.get_dataset_filters(id, path) : [],
    scales: Array.from({ length: rank }, (_, d) => (isScale ? null : (h5.get_attached_scales(id, path, d)[0] ?? null))),
    scaleName: isScale ? (h5.get_scale_name(id, path) ?? '') : null,
  };
}

/** Names of the members of a group, and which kind each is. */
export function membersOf(
  h5: H5Functions,
  id: bigint,
  path: string,
): readonly (readonly [name: string, kind: number])[] {
  const base = path === '/' ? '' : path;
  return h5.get_names(id, path, false).map((name) => [name, h5.get_type(id, `${base}/${name}`)] as const);
}

type Call = <T>(what: string, fn: (h5: H5Functions, id: bigint) => T) => Promise<T>;

/**
 * Describes a file from its root down. Each dataset is a call of its own, so that a missing page repeats little.
 *
 * @throws {@link UnsupportedDataError} `too-many-objects`.
 */
export async function describeFile(call: Call, file: string): Promise<H5Group> {
  let objects = 0;
  const describe = async (path: string, depth: number): Promise<H5Group> => {
    const attributes = await call(`the attributes of ${path}`, (h5, id) => attributesOf(h5, id, path));
    const members = await call(`group ${path}`, (h5, id) => membersOf(h5, id, path));
    objects += members.length;
    if (objects > MAX_OBJECTS || depth > MAX_DEPTH) {
      throw new UnsupportedDataError(
        'too-many-objects',
        `${file} holds more than ${MAX_OBJECTS} objects or groups deeper than ${MAX_DEPTH}.`,
        { details: { file } },
      );
    }
    const datasets: H5Dataset[] = [];
    const groups: H5Group[] = [];
    for (const [name, kind] of members) {
      const own = `${path === '/' ? '' : path}/${name}`;
      if (kind === H5Kind.dataset)
        datasets.push(await call(`dataset ${own}`, (h5, id) => describeDataset(h5, id, own, name)));
      else if (kind === H5Kind.group) groups.push(await describe(own, depth + 1));
    }
    return { path, attributes, datasets, groups };
  };
  return describe('/', 0);
}
