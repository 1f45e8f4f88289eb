/** The boxes of a JP2 file (ISO/IEC 15444-1, annex I), read by their headers only; a bare codestream has none. */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import type { PageSource } from '../../io/index.js';
import type { Rgba } from '../raster/index.js';

/** What the boxes say of the image. */
export interface Jp2Boxes {
  /** Bytes of the codestream in the file. */
  readonly codestream: readonly [start: number, end: number];
  /** The small GeoTIFF of a GeoJP2 box. */
  readonly geoTiff: Uint8Array | null;
  /** XML of GMLJP2 boxes, in the order of the file. */
  readonly gml: readonly string[];
  readonly palette: readonly Rgba[] | null;
}

/** UUID of the box of GeoJP2 1.0, which holds a GeoTIFF of one pixel. */
const GEOJP2 = 'b14bf8bd083d4b43a5ae8cd7d5a6ce03';
/** More boxes than any writer makes; a forged file may have millions of empty ones. */
const MAX_BOXES = 1000;
/** Larger texts and tables are no georeference. */
const MAX_BOX_BYTES = 4 << 20;
const SYCC = 18;
const TEXT = new TextDecoder('utf-8');

interface Found {
  codestream: readonly [number, number] | null;
  geoTiff: Uint8Array | null;
  gml: string[];
  palette: Rgba[] | null;
  boxes: number;
}

/** Whether a file begins as a JP2 file or as a JPEG 2000 codestream. */
export function isJp2(head: Uint8Array): boolean {
  const start = Buffer.from(head.subarray(0, 8)).toString('hex');
  return start === '0000000c6a502020' || start.startsWith('ff4fff51');
}

/**
 * Walks the boxes of a file.
 *
 * @throws {@link FormatError} `bad-box`, `truncated` naming the byte; {@link UnsupportedDataError} `palette`,
 * `colour-space` for pictures that would need colour conversion.
 */
export async function readBoxes(source: PageSource, name: string, signal?: AbortSignal): Promise<Jp2Boxes> {
  const size = source.size ?? Infinity;
  const head = await source.readPaged(0, 12, { signal });
  if (head[0] === 0xff) return { codestream: [0, size], geoTiff: null, gml: [], palette: null };
  const found: Found = { codestream: null, geoTiff: null, gml: [], palette: null, boxes: 0 };
  await walk(source, name, 0, size, 0, found, signal);
  if (!found.codestream) throw bad(name, 'truncated', 'it has no codestream');
  const { codestream, geoTiff, gml, palette } = found;
  return { codestream, geoTiff, gml, palette };
}

function bad(name: string, code: string, what: string): FormatError {
  return new FormatError(code, `${name}: ${what}.`, {
    hint: 'The file is damaged or was not written completely; get it again.',
    details: { file: name },
  });
}

async function walk(
  source: PageSource,
  name: string,
  from: number,
  to: number,
  depth: number,
  found: Found,
  signal: AbortSignal | undefined,
): Promise<void> {
  let at = from;
  while (at + 8 <= to) {
    if (++found.boxes > MAX_BOXES) throw bad(name, 'bad-box', `it has more than ${MAX_BOXES} boxes`);
    const head = await source.readPaged(at, 16, { signal });
    if (head.byteLength < 8) return;
    const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
    const type = Buffer.from(head.subarray(4, 8)).toString('latin1');
    let length = view.getUint32(0);
    let body = at + 8;
    if (length === 1) {
      if (head.byteLength < 16) throw bad(name, 'truncated', `the box at byte ${at} ends early`);
      length = Number(view.getBigUint64(8));
      body = at + 16;
    } else if (length === 0) {
      length = to - at; // up to the end of the file
    }
    const end = at + length;
    if (end < body) throw bad(name, 'bad-box', `the ${type} box at byte ${at} claims ${length} bytes`);
    if (type === 'jp2c') {
      // A codestream may claim more than there is: what is missing shows when its tiles are read.
      found.codestream = [body, Math.min(end, to)];
      return;
    }
    if (end > to) throw bad(name, 'truncated', `the ${type} box at byte ${at} goes beyond byte ${to}`);
    if ((type === 'jp2h' || type === 'asoc') && depth < 8)
      await walk(source, name, body, end, depth + 1, found, signal);
    else if (end - body <= MAX_BOX_BYTES) await readBox(source, name, type, body, end, found, signal);
    at = end;
  }
}

async function readBox(
  source: PageSource,
  name: string,
  type: string,
  body: number,
  end: number,
  found: Found,
  signal: AbortSignal | undefined,
): Promise<void> {
  const content = (): Promise<Uint8Array> => source.readPaged(body, end - body, { signal });
  if (type === 'uuid' && end - body > 16) {
    const bytes = await content();
    if (Buffer.from(bytes.subarray(0, 16)).toString('hex') === GEOJP2) found.geoTiff ??= bytes.slice(16);
  } else if (type === 'xml ') {
    const text = TEXT.decode(await content());
    if (text.includes('RectifiedGrid')) found.gml.push(text);
  } else if (type === 'colr') {
    const bytes = await content();
    if (bytes[0] === 1 && Buffer.from(bytes).readUInt32BE(Math.min(3, Math.max(0, bytes.length - 4))) === SYCC)
      throw new UnsupportedDataError(
        'colour-space',
        `${name} holds YCC colours, which Nadir does not read from JPEG 2000.`,
        { hint: 'Convert it with gdal_translate -of COG.', details: { file: name } },
      );
  } else if (type === 'pclr') {
    found.palette = readPalette(await content(), name);
  }
}

/** A palette of 8-bit colours (I.5.3.4). */
function readPalette(bytes: Uint8Array, name: string): Rgba[] {
  const entries = ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  const columns = bytes[2] ?? 0;
  const depths = bytes.subarray(3, 3 + columns);
  if ((columns !== 3 && columns !== 4) || depths.some((d) => d !== 7) || entries > 256)
    throw new UnsupportedDataError(
      'palette',
      `${name} has a palette of ${entries} × ${columns} values that are not 8-bit RGB or RGBA.`,
      { hint: 'Convert it with gdal_translate -of COG.', details: { file: name } },
    );
  const at = 3 + columns;
  if (bytes.length < at + entries * columns) throw bad(name, 'truncated', 'its palette ends early');
  return Array.from({ length: entries }, (_, i) => {
    const v = (c: number): number => bytes[at + i * columns + c] ?? 0;
    return [v(0), v(1), v(2), columns === 4 ? v(3) : 255] as const;
  });
}
