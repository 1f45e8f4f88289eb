/** Opens a vector file by its content, whatever its name. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import { openSource, showSource, type Source } from '../../io/index.js';
import { openFlatGeobuf } from './flatgeobuf.js';
import { openGeoJson } from './geojson.js';
import { openGeoPackage } from './geopackage.js';
import { openGeoParquetVector } from './geoparquet.js';
import { openShapefile } from './shapefile.js';
import type { VectorFile } from './types.js';

/** Lower-case endings of the files that are looked for in folders. */
export const VECTOR_EXTENSIONS = [
  '.geojson',
  '.geojsonl',
  '.geojsons',
  '.geojsonseq',
  '.ndjson',
  '.parquet',
  '.geoparquet',
  '.fgb',
  '.shp',
  '.gpkg',
] as const;

const SNIFFED_BYTES = 64;
const startsWith = (bytes: Uint8Array, text: string): boolean =>
  text.split('').every((c, i) => bytes[i] === c.charCodeAt(0));

function unsupported(source: Source, what: string, hint: string): UnsupportedDataError {
  const file = showSource(source.url);
  return new UnsupportedDataError('vector-format', `${file} is ${what}, which Nadir does not read.`, {
    hint,
    details: { file },
  });
}

async function openByContent(source: Source, place: string, signal: AbortSignal | undefined): Promise<VectorFile> {
  const head = await source.read(0, SNIFFED_BYTES, { signal });
  const file = showSource(source.url);
  if (head.byteLength === 0)
    throw new FormatError('not-vector', `${file} is empty.`, { hint: 'It may not have been written yet.' });
  if (startsWith(head, 'fgb')) return openFlatGeobuf(source, signal);
  if (startsWith(head, 'SQLite format 3')) return openGeoPackage(source, place, signal);
  if (startsWith(head, 'PAR1')) return openGeoParquetVector(source, signal);
  if (startsWith(head, '\0\0\x27\x0a')) return openShapefile(source, place, signal);
  if (startsWith(head, 'PK')) throw unsupported(source, 'a ZIP archive', 'Unpack it and give the files in it.');
  if (startsWith(head, '\x1f\x8b')) throw unsupported(source, 'compressed with gzip', 'Unpack it first.');
  const text = new TextDecoder().decode(head).replace(/^[\uFEFF\s\x1e]+/, '');
  if (/^<(?:!doctype\s+)?html/i.test(text))
    throw unsupported(source, 'a web page (HTML)', 'Check the address; it may need a login or a signature.');
  if (text.startsWith('<')) throw unsupported(source, 'XML (KML or GML)', 'Convert it, e.g. with ogr2ogr to GeoJSON.');
  if (text.startsWith('{') || (text === '' && head.every((c) => c !== 0))) return openGeoJson(source);
  throw new FormatError('not-vector', `${file} is no vector file that Nadir knows.`, {
    hint: 'GeoJSON, GeoParquet, FlatGeobuf, Shapefile (.shp) and GeoPackage are read.',
    details: { file },
  });
}

/**
 * Opens a vector file or address: GeoJSON, GeoParquet, FlatGeobuf, Shapefile (its .shp) or GeoPackage, told apart by
 * content. Nothing is read but headers until a layer is described or its features are asked for.
 *
 * @throws {@link SourceError}; {@link FormatError} `not-vector`, or what the format says; {@link UnsupportedDataError}
 * `vector-format` for KML, GML and archives.
 */
export async function openVector(
  place: string,
  o: { readonly signal?: AbortSignal | undefined } = {},
): Promise<VectorFile> {
  const source = await openSource(place, o);
  try {
    return await openByContent(source, place, o.signal);
  } catch (error) {
    await source.close();
    throw error;
  }
}
