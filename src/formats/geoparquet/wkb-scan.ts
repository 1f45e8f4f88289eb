/** Envelopes of WKB polygons without decoding them: a million footprints are checked and measured in one pass. */
import { FormatError } from '../../core/index.js';
import { decodeWkb } from './wkb.js';
import { footprintBounds } from './write.js';

/** Bytes of a little-endian polygon of one ring with five points. */
const BOX_BYTES = 93;
const POLYGON = 3;

/** What a scan finds, as flags. */
export const WKB_BOX = 1;
/** Not little-endian x and y only: to be written anew. */
export const WKB_FOREIGN = 2;

/** Whether five points, walked around, are exactly the rectangle of their envelope. */
function isRectangle(view: DataView, at: number): boolean {
  const x = (k: number): number => view.getFloat64(at + k * 16, true);
  const y = (k: number): number => view.getFloat64(at + k * 16 + 8, true);
  const [x0, y0, x1, y1, x2, y2, x3, y3] = [x(0), y(0), x(1), y(1), x(2), y(2), x(3), y(3)];
  if (x(4) !== x0 || y(4) !== y0 || x0 === x2 || y0 === y2) return false;
  return (x0 === x1 && y1 === y2 && x2 === x3 && y3 === y0) || (y0 === y1 && x1 === x2 && y2 === y3 && x3 === x0);
}

/** Least and greatest coordinates of one little-endian ring into `box`; false when one is not finite. */
function measure(view: DataView, at: number, points: number, box: Float64Array, to: number): boolean {
  let [xmin, ymin, xmax, ymax] = [Infinity, Infinity, -Infinity, -Infinity];
  for (let k = 0; k < points; k++) {
    const x = view.getFloat64(at + k * 16, true);
    const y = view.getFloat64(at + k * 16 + 8, true);
    if (!Number.isFinite(x) || !Number.isFinite(y)) return false;
    if (x < xmin) xmin = x;
    if (x > xmax) xmax = x;
    if (y < ymin) ymin = y;
    if (y > ymax) ymax = y;
  }
  box[to] = xmin;
  box[to + 1] = ymin;
  box[to + 2] = xmax;
  box[to + 3] = ymax;
  return points > 0;
}

/**
 * Checks the WKB of a footprint in `view` from `from` to `to`, writes its envelope to `boxes` at `index · 4`, and
 * returns {@link WKB_BOX} and {@link WKB_FOREIGN} as they apply. `where` names file and row, called on failure only.
 *
 * @throws {@link FormatError} `bad-wkb`; {@link UnsupportedDataError} `geometry-type`.
 */
export function scanWkb(
  view: DataView,
  from: number,
  to: number,
  boxes: Float64Array,
  index: number,
  where: () => string,
): number {
  const length = to - from;
  const plainPolygon = length >= 13 && view.getUint8(from) === 1 && view.getUint32(from + 1, true) === POLYGON;
  // Nearly all footprints are one ring of known length; everything else goes the long way.
  if (plainPolygon && view.getUint32(from + 5, true) === 1) {
    const points = view.getUint32(from + 9, true);
    if (13 + points * 16 === length && measure(view, from + 13, points, boxes, index * 4))
      return length === BOX_BYTES && isRectangle(view, from + 13) ? WKB_BOX : 0;
  }
  return scanSlowly(new Uint8Array(view.buffer, view.byteOffset + from, length), boxes, index, where);
}

function scanSlowly(bytes: Uint8Array, boxes: Float64Array, index: number, where: () => string): number {
  const geometry = decodeWkb(bytes, where());
  const box = footprintBounds(geometry);
  const polygons = geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates;
  const finite = polygons.every(
    (rings) => rings.length > 0 && rings.every((ring) => ring.flat().every(Number.isFinite)),
  );
  if (!finite || !box.every(Number.isFinite))
    throw new FormatError('bad-wkb', `${where()}: the footprint is empty or not finite.`, {
      hint: 'Drop the row or repair its geometry.',
    });
  boxes.set(box, index * 4);
  const points = polygons.reduce((n, rings) => n + rings.reduce((m, ring) => m + 4 + ring.length * 16, 9), 0);
  const plain = bytes[0] === 1 && bytes.byteLength === points + (geometry.type === 'Polygon' ? 0 : 9);
  return plain ? 0 : WKB_FOREIGN;
}
