/** Zarr arrays as variables of a cube. */
import { FormatError, isNadirError, mapConcurrent, messageOf, UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import { checkedSelection, cubeItemSize, elementsOf } from '../cube/selection.js';
import type { CubeDType, CubeSelection, CubeValues, CubeVariable } from '../cube/types.js';
import type { JsonObject, ZarrNode } from './metadata.js';
import type { ZarrStore } from './store.js';

/** A block is unpacked as a whole. */
const MAX_BLOCK_BYTES = 512 << 20;
/** Blocks fetched and unpacked at once. */
const BLOCKS_AT_ONCE = 16;

const V2_TYPES: Readonly<Record<string, CubeDType>> = {
  b1: 'bool',
  i1: 'int8',
  u1: 'uint8',
  i2: 'int16',
  u2: 'uint16',
  i4: 'int32',
  u4: 'uint32',
  i8: 'int64',
  u8: 'uint64',
  f2: 'float16',
  f4: 'float32',
  f8: 'float64',
};
const V3_TYPES: ReadonlySet<string> = new Set([...Object.values(V2_TYPES), 'string']);

function dtypeOf(node: ZarrNode): CubeDType {
  const given = node.version === 2 ? node.metadata['dtype'] : node.metadata['data_type'];
  if (typeof given !== 'string') return 'opaque';
  // SAFETY: V3_TYPES holds names of CubeDType only.
  if (node.version === 3) return V3_TYPES.has(given) ? (given as CubeDType) : 'opaque';
  const type = given.replace(/^[<>|=]/, '');
  if (/^[SU]\d+$/.test(type)) return 'string';
  const filters = node.metadata['filters'];
  const isText =
    type === 'O' &&
    Array.isArray(filters) &&
    (filters as JsonObject[]).some((f) => ['vlen-utf8', 'json2'].includes(String(f['id'])));
  return isText ? 'string' : (V2_TYPES[type] ?? 'opaque');
}

function lengths(value: unknown, least: number): readonly number[] | null {
  if (!Array.isArray(value)) return null;
  const list = value as unknown[];
  return list.every((n) => Number.isSafeInteger(n) && (n as number) >= least) ? (list as number[]) : null;
}

/** Shape of stored blocks: the inner ones of shards. */
function blocksOf(node: ZarrNode): readonly number[] | null {
  if (node.version === 2) return lengths(node.metadata['chunks'], 1);
  const grid = node.metadata['chunk_grid'] as { name?: unknown; configuration?: JsonObject } | undefined;
  const outer = grid?.name === 'regular' ? lengths(grid.configuration?.['chunk_shape'], 1) : null;
  const codecs = node.metadata['codecs'];
  const shard = Array.isArray(codecs)
    ? (codecs as { name?: unknown; configuration?: JsonObject }[]).find((c) => c.name === 'sharding_indexed')
    : undefined;
  return shard && outer ? lengths(shard.configuration?.['chunk_shape'], 1) : outer;
}

function dimsOf(node: ZarrNode, rank: number): readonly string[] {
  const given = node.version === 2 ? node.attributes['_ARRAY_DIMENSIONS'] : node.metadata['dimension_names'];
  const names: unknown[] = Array.isArray(given) && given.length === rank ? (given as unknown[]) : [];
  return Array.from({ length: rank }, (_, i) => (typeof names[i] === 'string' ? names[i] : `dim_${i}`));
}

interface Block {
  readonly data: ArrayLike<unknown> | { readonly length: number; get(i: number): unknown };
  readonly shape: readonly number[];
  readonly stride: readonly number[];
}
interface ZarrArray {
  getChunk(coords: number[], o: { signal?: AbortSignal }): Promise<Block>;
}

/** The typed error for what zarrita throws. */
function typed(error: unknown, where: string, details: Readonly<Record<string, unknown>>): unknown {
  for (let e: unknown = error; e instanceof Error; e = e.cause) if (isNadirError(e)) return e;
  const tag = typeof error === 'object' && error !== null && '_tag' in error ? error._tag : '';
  const inner = error instanceof Error && error.cause instanceof Error ? `: ${error.cause.message}` : '';
  const message = `${where} cannot be read: ${messageOf(error)}${inner}.`;
  if (tag === 'UnknownCodecError' || tag === 'UnsupportedError')
    return new UnsupportedDataError('zarr-codec', message, {
      hint: 'Codecs that are read: blosc, zstd, lz4, gzip, zlib, delta, shuffle, bitround, scale and offset, shards.',
      details,
    });
  return new FormatError('zarr', message, { details, cause: error });
}

async function openArray(store: ZarrStore, node: ZarrNode): Promise<ZarrArray> {
  const [{ open, root }, { installCodecs }] = await Promise.all([import('zarrita'), import('./codecs.js')]);
  installCodecs();
  // Without a fill value, cells that were never written may be anything; zarrita fails on 64-bit integers then.
  const isText = dtypeOf(node) === 'string';
  const described = { ...node.metadata, fill_value: node.metadata['fill_value'] ?? (isText ? '' : 0) };
  const metadata = new Map<string, unknown>(
    node.version === 3
      ? [['/zarr.json', described]]
      : [
          ['/.zarray', described],
          ['/.zattrs', {}],
        ],
  );
  const prefix = node.key === '' ? '' : `${node.key}/`;
  // A store of this array alone, so that no name is ever parsed as an address.
  const own = {
    get: (key: string, o: ReadOptions = {}): Promise<Uint8Array | undefined> => {
      const known = metadata.get(key);
      if (known !== undefined) return Promise.resolve(new TextEncoder().encode(JSON.stringify(known)));
      return store.get(`${prefix}${key.slice(1)}`, undefined, o);
    },
    getRange: (
      key: string,
      range: { offset: number; length: number } | { suffixLength: number },
      o: ReadOptions = {},
    ): Promise<Uint8Array | undefined> => store.get(`${prefix}${key.slice(1)}`, range, o),
  };
  const location = root(own as never);
  const array: unknown = await (node.version === 3
    ? open.v3(location, { kind: 'array' })
    : open.v2(location, { kind: 'array' }));
  // SAFETY: zarrita's Array has this method for whatever element type.
  return array as ZarrArray;
}

type Output = Exclude<CubeValues, readonly string[]> | string[];

function outputOf(dtype: CubeDType, n: number): Output {
  switch (dtype) {
    case 'int8':
      return new Int8Array(n);
    case 'int16':
      return new Int16Array(n);
    case 'uint16':
      return new Uint16Array(n);
    case 'int32':
      return new Int32Array(n);
    case 'uint32':
      return new Uint32Array(n);
    case 'int64':
      return new BigInt64Array(n);
    case 'uint64':
      return new BigUint64Array(n);
    case 'float16':
    case 'float32':
      return new Float32Array(n);
    case 'float64':
      return new Float64Array(n);
    case 'string':
      return new Array<string>(n).fill('');
    default:
      return new Uint8Array(n);
  }
}

/** Copies what a block and a box share, whatever the order of the block's elements is. */
function copyBlock(out: Output, box: CubeSelection, block: Block, origin: readonly number[]): void {
  const rank = box.count.length;
  const from = origin.map((first, d) => Math.max(first, box.start[d] ?? 0));
  const to = origin.map((first, d) =>
    Math.min(first + (block.shape[d] ?? 0), (box.start[d] ?? 0) + (box.count[d] ?? 0)),
  );
  const at = (i: number): unknown =>
    'get' in block.data && typeof block.data.get === 'function'
      ? block.data.get(i)
      : (block.data as ArrayLike<unknown>)[i];
  const text = Array.isArray(out);
  // SAFETY: values of a block have the type of the array, which the output was made for.
  const target = out as unknown[];
  // Neighbours in the block are neighbours in the output: whole rows are copied at once.
  const { data } = block;
  const rows = block.stride[rank - 1] === 1 && ArrayBuffer.isView(data) && data.constructor === out.constructor;
  const walk = (d: number, source: number, place: number): void => {
    if (rows && d === rank - 1) {
      const at = source + (from[d] ?? 0) - (origin[d] ?? 0);
      const into = place + (from[d] ?? 0) - (box.start[d] ?? 0);
      // SAFETY: both are typed arrays of one class.
      (out as Float64Array).set(
        (data as unknown as Float64Array).subarray(at, at + (to[d] ?? 0) - (from[d] ?? 0)),
        into,
      );
      return;
    }
    if (d === rank) {
      const value = at(source);
      target[place] = text
        ? typeof value === 'string'
          ? value
          : JSON.stringify(value)
        : typeof value === 'boolean'
          ? Number(value)
          : value;
      return;
    }
    const stride = block.stride[d] ?? 0;
    const length = elementsOf(box.count.slice(d + 1));
    for (let i = from[d] ?? 0; i < (to[d] ?? 0); i++)
      walk(d + 1, source + (i - (origin[d] ?? 0)) * stride, place + (i - (box.start[d] ?? 0)) * length);
  };
  walk(0, 0, 0);
}

/** Coordinates of the blocks that a box touches. */
function blocksWithin(box: CubeSelection, blocks: readonly number[]): number[][] {
  let all: number[][] = [[]];
  box.start.forEach((first, d) => {
    const size = blocks[d] ?? 1;
    const [low, high] = [Math.floor(first / size), Math.floor((first + (box.count[d] ?? 0) - 1) / size)];
    all = all.flatMap((c) => Array.from({ length: high - low + 1 }, (_, i) => [...c, low + i]));
  });
  return all;
}

/**
 * A Zarr array as a variable. Its name is the last part of its key.
 *
 * @throws {@link FormatError} `zarr-metadata` when shape or chunks are no lengths.
 */
export function zarrVariable(store: ZarrStore, node: ZarrNode, file: string): CubeVariable {
  const path = `/${node.key}`;
  const details = { file, variable: path };
  const found = lengths(node.metadata['shape'], 0);
  const blocks = blocksOf(node);
  if (!found || blocks?.length !== found.length)
    throw new FormatError('zarr-metadata', `${file}: array ${path} has no proper shape and chunks.`, { details });
  const shape: readonly number[] = found;
  const dtype = dtypeOf(node);
  let opened: Promise<ZarrArray> | null = null;
  const read = async (box: CubeSelection, o: ReadOptions): Promise<CubeValues> => {
    const bytes = elementsOf(blocks) * cubeItemSize(dtype);
    if (dtype === 'opaque' || bytes > MAX_BLOCK_BYTES) {
      const why =
        dtype === 'opaque'
          ? 'has a type that is not read'
          : `is stored in blocks of ${bytes} bytes, at most ${MAX_BLOCK_BYTES} are read`;
      throw new UnsupportedDataError(dtype === 'opaque' ? 'zarr-type' : 'too-large', `${file}: array ${path} ${why}.`, {
        details,
      });
    }
    const out = outputOf(dtype, elementsOf(box.count));
    if (out.length === 0) return out;
    opened ??= openArray(store, node);
    const array = await opened;
    await mapConcurrent(
      blocksWithin(box, blocks),
      BLOCKS_AT_ONCE,
      async (coords) => {
        const block = await array.getChunk(coords, o.signal ? { signal: o.signal } : {});
        if (block.data.length !== elementsOf(block.shape))
          throw new FormatError(
            'zarr',
            `${file}: block ${coords.join('.')} of ${path} has ${block.data.length} elements instead of ${elementsOf(block.shape)}.`,
            {
              details,
            },
          );
        copyBlock(
          out,
          box,
          block,
          coords.map((c, d) => c * (blocks[d] ?? 1)),
        );
      },
      o.signal,
    );
    return out;
  };
  return {
    name: node.key.slice(node.key.lastIndexOf('/') + 1),
    path,
    dims: dimsOf(node, shape.length),
    shape,
    dtype,
    chunks: blocks,
    attributes: Object.fromEntries(Object.entries(node.attributes).filter(([name]) => name !== '_ARRAY_DIMENSIONS')),
    fillValue: node.metadata['fill_value'] ?? null,
    fillIsMissing: node.version === 2,
    async read(selection, o = {}) {
      const box = checkedSelection({ path, shape, dtype }, selection, file);
      try {
        return await read(box, o);
      } catch (error) {
        o.signal?.throwIfAborted();
        throw typed(error, `${file}: array ${path}`, details);
      }
    },
  };
}
