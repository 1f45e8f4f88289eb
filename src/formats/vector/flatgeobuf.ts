/** FlatGeobuf 3: header, packed R-tree, features; read in ranges, so that a box reads what it needs. */
import { boxesTouch, FormatError, type Bounds } from '../../core/index.js';
import { showSource, type Source } from '../../io/index.js';
import { CheckedView } from './checked-view.js';
import { Extent, joinTypes, saneBounds } from './extent.js';
import { FlatTable } from './flatbuffer.js';
import { fgbGeometry, fgbProperties, parseFgbHeader, TYPE_NAMES } from './flatgeobuf-header.js';
import { geometryTouches, measureGeometry } from './geojson-geometry.js';
import { layerName } from './geojson.js';
import { WindowReader } from './window-reader.js';
import type { FeatureOptions, LayerFacts, VectorFeature, VectorFile } from './types.js';

/** `fgb`, major version 3, `fgb`, patch version of any value. */
const MAGIC = [0x66, 0x67, 0x62, 3, 0x66, 0x67, 0x62];
const MAGIC_BYTES = 8;
/** The largest header that the reference implementations accept. */
const MAX_HEADER_BYTES = 10 << 20;
/** A node of the index: four doubles and an offset. */
const NODE_BYTES = 40;

/** First node of each level of the packed R-tree, leaves last, and the number of nodes. */
function treeLevels(count: number, nodeSize: number): { readonly starts: readonly number[]; readonly nodes: number } {
  const sizes = [count];
  for (let n = count; n > 1;) sizes.push((n = Math.ceil(n / nodeSize)));
  // A tree over one feature has a root above its leaf.
  if (count === 1) sizes.push(1);
  sizes.reverse();
  let nodes = 0;
  const starts = sizes.map((size) => {
    const start = nodes;
    nodes += size;
    return start;
  });
  return { starts, nodes };
}

/** @throws {@link FormatError} `not-flatgeobuf`, `bad-header`, `truncated`. */
export async function openFlatGeobuf(source: Source, signal?: AbortSignal): Promise<VectorFile> {
  const name = showSource(source.url);
  const reader = new WindowReader(source, name);
  const magic = await reader.bytes(0, MAGIC_BYTES + 4, signal);
  if (MAGIC.some((byte, i) => magic[i] !== byte))
    throw new FormatError('not-flatgeobuf', `${name} is no FlatGeobuf file of version 3.`);
  const headerBytes = new CheckedView(magic, name).u32(MAGIC_BYTES);
  if (headerBytes > MAX_HEADER_BYTES)
    throw new FormatError('bad-header', `${name}: its header claims ${headerBytes} bytes.`);
  const header = parseFgbHeader(new Uint8Array(await reader.bytes(MAGIC_BYTES + 4, headerBytes, signal)), name);
  const { columns, count, nodeSize, geometryType } = header;
  const indexAt = MAGIC_BYTES + 4 + headerBytes;
  const indexed = nodeSize >= 2 && count > 0;
  // The smallest feature has a size and an empty table.
  if (count * 8 > reader.size)
    throw new FormatError('bad-header', `${name}: its header claims ${count} features in ${reader.size} bytes.`);
  const tree = indexed ? treeLevels(count, nodeSize) : { starts: [], nodes: 0 };
  const featuresAt = indexAt + tree.nodes * NODE_BYTES;
  const layer = header.name ?? '';
  const layers = [layer === '' ? layerName(name) : layer];

  const node = async (i: number, o?: AbortSignal): Promise<{ box: Bounds; offset: number }> => {
    const view = new CheckedView(await reader.bytes(indexAt + i * NODE_BYTES, NODE_BYTES, o), `${name}, index`);
    return { box: [view.f64(0), view.f64(8), view.f64(16), view.f64(24)], offset: view.u64(32) };
  };
  const featureAt = async (
    at: number,
    index: number,
    o?: AbortSignal,
  ): Promise<{ feature: VectorFeature; end: number }> => {
    const where = `${name}, feature ${index}`;
    const length = new CheckedView(await reader.bytes(at, 4, o), where).u32(0);
    const table = FlatTable.root(new CheckedView(new Uint8Array(await reader.bytes(at + 4, length, o)), where));
    const geometry = table.table(0);
    const own = table.tables(2).map((c) => ({ name: c.text(0) ?? '', type: c.u8(1) }));
    const feature: VectorFeature = {
      type: 'Feature',
      properties: fgbProperties(table.bytes(1), own.length > 0 ? own : columns, where),
      geometry: geometry ? fgbGeometry(geometry, geometryType) : null,
    };
    return { feature, end: at + 4 + length };
  };
  async function* inOrder(o?: AbortSignal): AsyncGenerator<VectorFeature> {
    let at = featuresAt;
    for (let i = 0; at < reader.size; i++) {
      o?.throwIfAborted();
      const { feature, end } = await featureAt(at, i, o);
      yield feature;
      at = end;
    }
  }
  /** Offsets of the features whose boxes touch, in file order. */
  async function search(bounds: Bounds, o?: AbortSignal): Promise<number[]> {
    let level = [0];
    for (let l = 0; l + 1 < tree.starts.length; l++) {
      const next: number[] = [];
      const from = tree.starts[l + 1] ?? 0;
      const to = tree.starts[l + 2] ?? tree.nodes;
      for (const i of level) {
        const { box } = await node(i, o);
        if (!boxesTouch(box, bounds)) continue;
        const first = from + (i - (tree.starts[l] ?? 0)) * nodeSize;
        for (let child = first; child < Math.min(first + nodeSize, to); child++) next.push(child);
      }
      level = next;
    }
    const offsets: number[] = [];
    for (const leaf of level) {
      const { box, offset } = await node(leaf, o);
      if (boxesTouch(box, bounds)) offsets.push(offset);
    }
    return offsets.sort((a, b) => a - b);
  }
  async function* features(_: string, { bounds, signal: o }: FeatureOptions = {}): AsyncGenerator<VectorFeature> {
    if (bounds && indexed) {
      for (const [i, offset] of (await search(bounds, o)).entries()) {
        const { feature } = await featureAt(featuresAt + offset, i, o);
        if (geometryTouches(feature.geometry, bounds)) yield feature;
      }
      return;
    }
    for await (const feature of inOrder(o)) if (!bounds || geometryTouches(feature.geometry, bounds)) yield feature;
  }

  const describe = async (o?: AbortSignal): Promise<LayerFacts> => {
    const facts = {
      name: layers[0] ?? '',
      crs: header.crs,
      crsProblem: header.crsProblem,
      fields: columns.map((c) => c.name),
    };
    const declared = TYPE_NAMES[geometryType] ?? `type ${geometryType}`;
    // The root of the index is the box of everything, also where the header has no envelope.
    const bounds = header.envelope ?? (indexed ? saneBounds((await node(0, o)).box) : null);
    if (count > 0 && bounds) return { ...facts, count, bounds, geometryType: declared };
    const extent = new Extent();
    const types = new Set<string>();
    let found = 0;
    for await (const { geometry } of inOrder(o)) {
      if (geometry) types.add(measureGeometry(geometry, extent, `${name}, feature ${found}`));
      found++;
    }
    return {
      ...facts,
      count: found,
      bounds: extent.bounds,
      geometryType: geometryType === 0 ? joinTypes(types) : declared,
    };
  };
  let facts: LayerFacts | undefined;
  return {
    format: 'flatgeobuf',
    layers,
    describe: async (_, { signal: o } = {}) => (facts ??= await describe(o)),
    features,
    close: () => source.close(),
  };
}
