/** Decoding of sequential JPEG streams with 8 bits (ITU-T T.81), as TIFF blocks hold them; equal to libjpeg's samples. */
import { UnsupportedDataError } from '../../core/index.js';
import { BitReader, huffmanTable, type HuffmanTable } from './huffman.js';
import { inverseDct } from './idct.js';
import { upsample, ycbcrToRgb } from './upsample.js';

/** What a frame header (SOF) says. */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: readonly Component[];
}

interface Component {
  readonly id: number;
  readonly h: number;
  readonly v: number;
  readonly table: number;
  /** Samples without and with padding to whole MCUs. */
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly plane: Uint8Array;
}

interface Tables {
  readonly quantization: (Uint16Array | undefined)[];
  readonly dc: (HuffmanTable | undefined)[];
  readonly ac: (HuffmanTable | undefined)[];
}

/** Limits that the caller knows: a forged frame is refused before anything is allocated for it. */
export interface JpegLimits {
  readonly width: number;
  readonly minRows: number;
  readonly maxRows: number;
  readonly components: number;
}

/** Order of coefficients in the stream (T.81, figure 5). */
const ZIGZAG = (() => {
  const order = new Uint8Array(64);
  for (let sum = 0, i = 0; sum < 15; sum++) {
    for (let k = 0; k <= sum; k++) {
      const [row, col] = sum % 2 === 0 ? [sum - k, k] : [k, sum - k];
      if (row < 8 && col < 8) order[i++] = row * 8 + col;
    }
  }
  return order;
})();
const [SOI, EOI, SOS, DQT, DHT, DRI] = [0xd8, 0xd9, 0xda, 0xdb, 0xc4, 0xdd];
const REFUSED: Readonly<Record<number, string>> = {
  0xc2: 'progressive JPEG',
  0xc3: 'lossless JPEG',
  0xc9: 'JPEG with arithmetic coding',
  0xca: 'progressive JPEG with arithmetic coding',
};
/**
 * Samples of a JPEG stream, pixel-interleaved, `limits.width` × frame rows.
 *
 * @param tables An abbreviated stream with tables only, as TIFF's JPEGTables.
 * @param toRgb The components are YCbCr and wanted as RGB.
 * @throws Error when the stream is damaged, cut off or larger than the limits; {@link UnsupportedDataError}
 * `jpeg-precision`, `jpeg-process` for what is not read.
 */
export function decodeJpeg(
  stream: Uint8Array,
  tables: Uint8Array | null,
  limits: JpegLimits,
  toRgb: boolean,
  place: string,
): Uint8Array {
  const known: Tables = { quantization: [], dc: [], ac: [] };
  if (tables) readSegments(tables, known, null, place);
  const frame = readSegments(stream, known, limits, place);
  if (!frame) throw new Error('it has no JPEG frame');
  const maxH = Math.max(...frame.components.map((c) => c.h));
  const maxV = Math.max(...frame.components.map((c) => c.v));
  const { width, height } = frame;
  if (!toRgb && frame.components.some((c) => c.h !== maxH || c.v !== maxV))
    throw new Error('its components are subsampled though they are no YCbCr');
  const planes = frame.components.map((c) => upsample(c, maxH, maxV, width, height));
  if (toRgb && planes.length === 3) return ycbcrToRgb(planes, width * height);
  const [only] = planes;
  if (planes.length === 1 && only) return only;
  const out = new Uint8Array(width * height * planes.length);
  planes.forEach((plane, c) => {
    for (let i = 0, to = c; i < plane.length; i++, to += planes.length) out[to] = plane[i] ?? 0;
  });
  return out;
}

/** Walks the segments; fills tables, and decodes scans where there is a frame. */
function readSegments(bytes: Uint8Array, tables: Tables, limits: JpegLimits | null, place: string): Frame | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 4 || bytes[0] !== 0xff || bytes[1] !== SOI) throw new Error('it does not begin as a JPEG stream');
  let frame: Frame | null = null;
  let restartInterval = 0;
  const scanned = new Set<Component>();
  let at = 2;
  while (at + 4 <= bytes.length) {
    if (bytes[at] !== 0xff) {
      if (scanned.size === 0) throw new Error(`no marker stands at byte ${at}`);
      at++; // what is left of a scan
      continue;
    }
    const marker = bytes[at + 1] ?? 0;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (marker === EOI) break;
    if (marker === 0 || (marker >= 0xd0 && marker <= 0xd7)) {
      at += 2;
      continue;
    }
    const length = view.getUint16(at + 2);
    const end = at + 2 + length;
    if (length < 2 || end > bytes.length) throw new Error(`the marker at byte ${at} claims ${length} bytes`);
    const body = bytes.subarray(at + 4, end);
    if (marker === DQT) readQuantization(body, tables);
    else if (marker === DHT) readHuffman(body, tables);
    else if (marker === DRI) restartInterval = body.length >= 2 ? view.getUint16(at + 4) : 0;
    else if ((marker === 0xc0 || marker === 0xc1) && limits && !frame) frame = readFrame(body, limits, place);
    else if (marker in REFUSED)
      throw new UnsupportedDataError('jpeg-process', `${place} is ${REFUSED[marker]}, which Nadir does not read.`);
    else if (marker === SOS && frame) {
      for (const c of readScan(bytes, end, body, frame, tables, restartInterval)) scanned.add(c);
      if (scanned.size === frame.components.length) break;
    }
    at = end;
  }
  if (frame && scanned.size < frame.components.length) throw new Error('its JPEG data end early');
  return frame;
}

function readQuantization(body: Uint8Array, tables: Tables): void {
  for (let at = 0; at < body.length;) {
    const head = body[at++] ?? 0;
    const size = head >> 4 ? 2 : 1;
    if (at + 64 * size > body.length || (head & 15) > 3) throw new Error('its quantization table is damaged');
    const table = new Uint16Array(64);
    for (let i = 0; i < 64; i++, at += size)
      table[ZIGZAG[i] ?? 0] = size === 2 ? ((body[at] ?? 0) << 8) | (body[at + 1] ?? 0) : (body[at] ?? 0);
    tables.quantization[head & 15] = table;
  }
}

function readHuffman(body: Uint8Array, tables: Tables): void {
  for (let at = 0; at < body.length;) {
    const head = body[at] ?? 0;
    const counts = body.subarray(at + 1, at + 17);
    const total = counts.reduce((sum, v) => sum + v, 0);
    if (at + 17 + total > body.length || total > 256 || (head & 15) > 3)
      throw new Error('its Huffman table is damaged');
    (head >> 4 ? tables.ac : tables.dc)[head & 15] = huffmanTable(counts, body.slice(at + 17, at + 17 + total));
    at += 17 + total;
  }
}

function readFrame(body: Uint8Array, limits: JpegLimits, place: string): Frame {
  const [precision = 0, y1 = 0, y0 = 0, x1 = 0, x0 = 0, count = 0] = body;
  if (precision !== 8)
    throw new UnsupportedDataError('jpeg-precision', `${place} is JPEG with ${precision} bits; only 8 are read.`);
  const [width, height] = [(x1 << 8) | x0, (y1 << 8) | y0];
  if (width !== limits.width || height < limits.minRows || height > limits.maxRows)
    throw new Error(`its JPEG frame is ${width} × ${height}, the block is ${limits.width} × ${limits.minRows}`);
  if (count !== limits.components || body.length < 6 + 3 * count)
    throw new Error(`its JPEG frame has ${count} components instead of ${limits.components}`);
  const factors = Array.from({ length: count }, (_, i) => body[7 + 3 * i] ?? 0);
  if (factors.some((f) => f >> 4 < 1 || f >> 4 > 4 || (f & 15) < 1 || (f & 15) > 4))
    throw new Error('its sampling factors are out of range');
  const maxH = Math.max(...factors.map((f) => f >> 4));
  const maxV = Math.max(...factors.map((f) => f & 15));
  const [across, down] = [Math.ceil(width / (8 * maxH)), Math.ceil(height / (8 * maxV))];
  return {
    width,
    height,
    components: factors.map((f, i) => {
      const [h, v] = [f >> 4, f & 15];
      const stride = across * 8 * h;
      return {
        id: body[6 + 3 * i] ?? 0,
        h,
        v,
        table: body[8 + 3 * i] ?? 0,
        width: Math.ceil((width * h) / maxH),
        height: Math.ceil((height * v) / maxV),
        stride,
        plane: new Uint8Array(stride * down * 8 * v),
      };
    }),
  };
}

interface ScanPart {
  readonly component: Component;
  readonly dc: HuffmanTable;
  readonly ac: HuffmanTable;
  readonly quantization: Uint16Array;
  predicted: number;
}

/** Decodes one scan that begins at `at`; returns its components. */
function readScan(
  bytes: Uint8Array,
  at: number,
  body: Uint8Array,
  frame: Frame,
  tables: Tables,
  restartInterval: number,
): Component[] {
  const count = body[0] ?? 0;
  const parts: ScanPart[] = Array.from({ length: count }, (_, i) => {
    const component = frame.components.find((c) => c.id === body[1 + 2 * i]);
    const selector = body[2 + 2 * i] ?? 0;
    const dc = tables.dc[selector >> 4];
    const ac = tables.ac[selector & 15];
    const quantization = component && tables.quantization[component.table];
    if (!component || !dc || !ac || !quantization) throw new Error('its scan needs a table that is not there');
    return { component, dc, ac, quantization, predicted: 0 };
  });
  const [first] = parts;
  if (!first) throw new Error('its scan is empty');
  // A scan of one component goes block by block over its own samples, others MCU by MCU (A.2).
  const isSingle = count === 1;
  const maxH = Math.max(...frame.components.map((c) => c.h));
  const maxV = Math.max(...frame.components.map((c) => c.v));
  const across = isSingle ? Math.ceil(first.component.width / 8) : Math.ceil(frame.width / (8 * maxH));
  const down = isSingle ? Math.ceil(first.component.height / 8) : Math.ceil(frame.height / (8 * maxV));
  const reader = new BitReader(bytes, at);
  const block = new Int32Array(64);
  let left = restartInterval;
  let restarts = 0;
  for (let mcu = 0; mcu < across * down; mcu++) {
    if (restartInterval > 0 && left === 0) {
      if (reader.overrun > 0) throw new Error('its JPEG data end early');
      if (reader.restart() !== restarts++ % 8) throw new Error('its restart markers are out of order');
      for (const part of parts) part.predicted = 0;
      left = restartInterval;
    }
    left--;
    const [mx, my] = [mcu % across, Math.floor(mcu / across)];
    for (const part of parts) {
      const { h, v, stride, plane } = part.component;
      const [columns, rows] = isSingle ? [1, 1] : [h, v];
      for (let i = 0; i < columns * rows; i++) {
        readBlock(reader, part, block);
        const x = mx * columns + (i % columns);
        const y = my * rows + Math.floor(i / columns);
        inverseDct(block, plane, y * 8 * stride + x * 8, stride);
      }
    }
    if (reader.overrun > 0) throw new Error('its JPEG data end early');
  }
  return parts.map((p) => p.component);
}

/** Coefficients of one block, dequantized, in natural order (F.2.2). */
function readBlock(reader: BitReader, part: ScanPart, block: Int32Array): void {
  const { dc, ac, quantization } = part;
  block.fill(0);
  const category = reader.symbol(dc);
  if (category > 15) throw new Error('it has an impossible coefficient');
  part.predicted = (part.predicted + reader.signed(category)) | 0;
  block[0] = Math.imul(part.predicted, quantization[0] ?? 0);
  for (let k = 1; k < 64; k++) {
    const symbol = reader.symbol(ac);
    const size = symbol & 15;
    if (size === 0) {
      if (symbol !== 0xf0) break; // the rest is zero
      k += 15;
      continue;
    }
    k += symbol >> 4;
    if (k > 63) throw new Error('it has too many coefficients');
    const to = ZIGZAG[k] ?? 0;
    block[to] = Math.imul(reader.signed(size), quantization[to] ?? 0);
  }
}
