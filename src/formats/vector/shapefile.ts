/** Shapefiles: .shp with its neighbours .shx, .dbf and .prj, read in ranges. */
import { FormatError, isNadirError } from '../../core/index.js';
import { openSource, showSource, type Source } from '../../io/index.js';
import { CheckedView } from './checked-view.js';
import { dbfHeaderBytes, dbfRecord, parseDbfHeader, type DbfHeader } from './dbf.js';
import { Extent, saneBounds } from './extent.js';
import { geometryTouches, measureGeometry } from './geojson-geometry.js';
import { layerName } from './geojson.js';
import { crsOrProblem, type ReadCrs } from './layer-crs.js';
import { plainShapeType, SHAPE_NAMES, shapeGeometry } from './shape-record.js';
import { WindowReader } from './window-reader.js';
import type { FeatureOptions, LayerFacts, VectorFeature, VectorFile } from './types.js';

const FILE_CODE = 9994;
const HEADER_BYTES = 100;
/** A definition longer than this is none. */
const MAX_PRJ_BYTES = 65536;

/** The path or address of a neighbour, in the letter case of the .shp itself first. */
function neighbours(place: string, extension: string): string[] {
  const m = /^(.*\.)(shp)([?#].*)?$/is.exec(place);
  const stem = m?.[1] ?? `${place}.`;
  const upper = m?.[2] === 'SHP';
  const both = [extension, extension.toUpperCase()];
  return (upper ? both.reverse() : both).map((e) => `${stem}${e}${m?.[3] ?? ''}`);
}

async function openNeighbour(
  place: string,
  extension: string,
  signal: AbortSignal | undefined,
): Promise<Source | null> {
  for (const candidate of neighbours(place, extension)) {
    try {
      return await openSource(candidate, { signal });
    } catch (error) {
      if (!isNadirError(error) || error.code !== 'source.missing') throw error;
    }
  }
  return null;
}

async function readPrj(place: string, signal: AbortSignal | undefined): Promise<ReadCrs> {
  const source = await openNeighbour(place, 'prj', signal);
  if (!source) return { crs: null, crsProblem: null };
  try {
    const bytes = await source.read(0, MAX_PRJ_BYTES, { signal });
    const text = new TextDecoder().decode(bytes).replace(/\0/g, '').trim();
    return text === '' ? { crs: null, crsProblem: null } : crsOrProblem(text, showSource(source.url));
  } finally {
    await source.close();
  }
}

interface Table {
  readonly reader: WindowReader;
  readonly header: DbfHeader;
  readonly name: string;
  close(): Promise<void>;
}

async function openTable(place: string, signal: AbortSignal | undefined): Promise<Table | null> {
  const source = await openNeighbour(place, 'dbf', signal);
  if (!source) return null;
  try {
    const name = showSource(source.url);
    const reader = new WindowReader(source, name);
    const bytes = dbfHeaderBytes(await reader.bytes(0, 32, signal), name);
    const header = parseDbfHeader(new Uint8Array(await reader.bytes(0, Math.max(32, bytes), signal)), name);
    return { reader, header, name, close: () => source.close() };
  } catch (error) {
    await source.close();
    throw error;
  }
}

/**
 * Opens a shapefile. A missing .shx is made up for by reading on, a missing .dbf leaves features without attributes, a
 * missing .prj leaves the CRS unknown; .cpg is not looked at.
 *
 * @throws {@link FormatError} `not-shapefile`, `bad-dbf`, `truncated`; {@link SourceError}.
 */
export async function openShapefile(source: Source, place: string, signal?: AbortSignal): Promise<VectorFile> {
  const name = showSource(source.url);
  const reader = new WindowReader(source, name);
  const view = new CheckedView(new Uint8Array(await reader.bytes(0, HEADER_BYTES, signal)), name);
  if (view.i32(0, false) !== FILE_CODE) throw new FormatError('not-shapefile', `${name} is no shapefile.`);
  const type = view.i32(32);
  const typeName = SHAPE_NAMES[plainShapeType(type, name)] ?? 'Geometry';
  const headerBounds = saneBounds([view.f64(36), view.f64(44), view.f64(52), view.f64(60)]);
  const prj = await readPrj(place, signal);
  const table = await openTable(place, signal);
  const layers = [layerName(name)];

  async function* shapes(o?: AbortSignal): AsyncGenerator<VectorFeature & { readonly index: number }> {
    let index = 0;
    for (let at = HEADER_BYTES; at + 8 <= reader.size; index++) {
      o?.throwIfAborted();
      const where = `${name}, record ${index + 1}`;
      const words = new CheckedView(await reader.bytes(at, 8, o), where).i32(4, false);
      if (words < 2) throw new FormatError('bad-shape', `${where}: its length is ${words * 2} bytes.`);
      const geometry = shapeGeometry(new Uint8Array(await reader.bytes(at + 8, words * 2, o)), where);
      at += 8 + words * 2;
      let properties: Record<string, unknown> | null = null;
      if (table && index < table.header.count) {
        const { recordBytes, headerBytes, fields } = table.header;
        properties = dbfRecord(await table.reader.bytes(headerBytes + index * recordBytes, recordBytes, o), fields);
      }
      yield { type: 'Feature', properties, geometry, index };
    }
  }
  async function* features(_: string, { bounds, signal: o }: FeatureOptions = {}): AsyncGenerator<VectorFeature> {
    for await (const { properties, geometry } of shapes(o))
      if (!bounds || geometryTouches(geometry, bounds)) yield { type: 'Feature', properties, geometry };
  }
  /** Records by the index file: 8 bytes each after a header of 100. */
  async function indexedCount(o?: AbortSignal): Promise<number | null> {
    const shx = await openNeighbour(place, 'shx', o);
    if (!shx) return null;
    const bytes = shx.size ?? 0;
    await shx.close();
    const count = (bytes - HEADER_BYTES) / 8;
    // Each record takes at least 12 bytes, so an index that claims more is not of this file.
    return Number.isInteger(count) && count >= 0 && count * 12 + HEADER_BYTES <= reader.size ? count : null;
  }
  const describe = async (o?: AbortSignal): Promise<LayerFacts> => {
    const facts = { name: layers[0] ?? '', ...prj, fields: table?.header.fields.map((f) => f.name) ?? [] };
    const count = await indexedCount(o);
    if (count !== null && (count === 0 || (headerBounds && type !== 0)))
      return { ...facts, count, bounds: count === 0 ? null : headerBounds, geometryType: typeName };
    const extent = new Extent();
    let found = 0;
    for await (const { geometry } of shapes(o)) {
      if (geometry) measureGeometry(geometry, extent, `${name}, record ${found + 1}`);
      found++;
    }
    return { ...facts, count: found, bounds: extent.bounds, geometryType: typeName };
  };
  let facts: LayerFacts | undefined;
  return {
    format: 'shapefile',
    layers,
    describe: async (_, { signal: o } = {}) => (facts ??= await describe(o)),
    features,
    close: async () => {
      await table?.close();
      await source.close();
    },
  };
}
