/** The smallest GeoTIFFs: one strip, uncompressed, uint8, little-endian. For tests about headers and places. */
import { writeFileSync } from 'node:fs';

export interface TinyTiff {
  readonly width: number;
  readonly height: number;
  /** `[a, b, c, d, e, f]`; omitted: no georeferencing. */
  readonly transform?: readonly [number, number, number, number, number, number];
  /** Omitted: no GeoKeys. */
  readonly epsg?: number;
  readonly nodata?: number;
  /** One value for all pixels, or one per pixel. */
  readonly value?: number | readonly number[];
}

const SHORT = 3;
const LONG = 4;
const DOUBLE = 12;
const ASCII = 2;

type Entry = readonly [tag: number, type: number, values: readonly number[]];

function geoKeys(epsg: number): number[] {
  const geographic = epsg >= 4000 && epsg < 5000;
  // GTModelType, GTRasterType (pixel is area), then the code of the CRS.
  return [1, 1, 0, 3, 1024, 0, 1, geographic ? 2 : 1, 1025, 0, 1, 1, geographic ? 2048 : 3072, 0, 1, epsg];
}

/** Bytes of a tiny GeoTIFF. */
export function tinyTiff({ width, height, transform, epsg, nodata, value = 1 }: TinyTiff): Uint8Array {
  const pixels = typeof value === 'number' ? new Uint8Array(width * height).fill(value) : Uint8Array.from(value);
  const entries: Entry[] = [
    [256, LONG, [width]],
    [257, LONG, [height]],
    [258, SHORT, [8]],
    [259, SHORT, [1]],
    [262, SHORT, [1]],
    [273, LONG, [8]],
    [277, SHORT, [1]],
    [278, LONG, [height]],
    [279, LONG, [pixels.length]],
  ];
  if (transform) {
    const [a, b, c, d, e, f] = transform;
    if (b === 0 && d === 0 && a > 0 && e < 0)
      entries.push([33550, DOUBLE, [a, -e, 0]], [33922, DOUBLE, [0, 0, 0, c, f, 0]]);
    else entries.push([34264, DOUBLE, [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1]]);
  }
  if (epsg !== undefined) entries.push([34735, SHORT, geoKeys(epsg)]);
  if (nodata !== undefined) entries.push([42113, ASCII, [...`${nodata}\0`].map((ch) => ch.charCodeAt(0))]);
  const sizes: Readonly<Record<number, number>> = { [SHORT]: 2, [LONG]: 4, [DOUBLE]: 8, [ASCII]: 1 };
  const directory = 8 + pixels.length + (pixels.length % 2);
  let extra = directory + 2 + entries.length * 12 + 4;
  const total = entries.reduce(
    (sum, [, type, v]) => sum + (v.length * sizes[type]! > 4 ? v.length * sizes[type]! + 8 : 0),
    extra,
  );
  const bytes = new Uint8Array(total);
  const view = new DataView(bytes.buffer);
  bytes.set([0x49, 0x49, 42, 0]);
  view.setUint32(4, directory, true);
  bytes.set(pixels, 8);
  view.setUint16(directory, entries.length, true);
  const put = (at: number, type: number, v: number): void => {
    if (type === SHORT) view.setUint16(at, v, true);
    else if (type === LONG) view.setUint32(at, v, true);
    else if (type === DOUBLE) view.setFloat64(at, v, true);
    else view.setUint8(at, v);
  };
  entries.forEach(([tag, type, values], i) => {
    const at = directory + 2 + i * 12;
    const size = sizes[type]!;
    view.setUint16(at, tag, true);
    view.setUint16(at + 2, type, true);
    view.setUint32(at + 4, values.length, true);
    let place = at + 8;
    if (values.length * size > 4) {
      extra += (8 - (extra % 8)) % 8;
      view.setUint32(at + 8, extra, true);
      place = extra;
      extra += values.length * size;
    }
    values.forEach((v, k) => put(place + k * size, type, v));
  });
  return bytes.subarray(0, extra + 2 > total ? total : extra + 2);
}

/** Writes a tiny GeoTIFF and returns its path. */
export function writeTinyTiff(path: string, init: TinyTiff): string {
  writeFileSync(path, tinyTiff(init));
  return path;
}
