/** The tags of a COG's directories. */
import { dtypeOf, dtypeSize, isFloat, type Affine } from '../../../core/index.js';
import type { Rgba } from '../../raster/index.js';
import { TAG } from '../directory.js';
import type { GeoKeyTags } from './crs-write.js';
import type { TagValue } from './directory.js';
import type { CogImage } from './image.js';
import { TILE, type Compression } from './tile.js';

const PHOTOMETRIC = { minIsBlack: 1, rgb: 2, palette: 3 } as const;
const COMPRESSION = { deflate: 8, none: 1 } as const;

/** Nodata as text that reads back to the same number. */
function nodataText(nodata: number): string {
  if (Number.isNaN(nodata)) return 'nan';
  return Number.isFinite(nodata) ? String(nodata) : nodata > 0 ? 'inf' : '-inf';
}

/** Where the image is: scale and corner, or the whole affine, and the GeoKeys. */
export function georeferencing(transform: Affine, keys: GeoKeyTags | null): TagValue[] {
  const [a, b, c, d, e, f] = transform;
  const tags: TagValue[] = [];
  if (b === 0 && d === 0 && a > 0 && e < 0) {
    tags.push(
      { tag: TAG.ModelPixelScale, type: 'double', values: [a, -e, 0] },
      { tag: TAG.ModelTiepoint, type: 'double', values: [0, 0, 0, c, f, 0] },
    );
  } else {
    tags.push({
      tag: TAG.ModelTransformation,
      type: 'double',
      values: [a, b, 0, c, d, e, 0, f, 0, 0, 0, 0, 0, 0, 0, 1],
    });
  }
  if (keys) {
    tags.push({ tag: TAG.GeoKeyDirectory, type: 'short', values: keys.directory });
    if (keys.doubles.length > 0) tags.push({ tag: TAG.GeoDoubleParams, type: 'double', values: keys.doubles });
    if (keys.ascii !== '') tags.push({ tag: TAG.GeoAsciiParams, type: 'ascii', values: keys.ascii });
  }
  return tags;
}

function colorMap(table: readonly Rgba[], bits: number): number[] {
  const size = 2 ** bits;
  return [0, 1, 2].flatMap((part) => Array.from({ length: size }, (_, i) => (table[i]?.[part] ?? 0) * 257));
}

/** Tags that describe one level, its tile places excepted. */
export function levelTags(
  image: CogImage,
  [height, width]: readonly [number, number],
  isOverview: boolean,
  compression: Compression,
): TagValue[] {
  const [bands] = image.shape;
  const dtype = dtypeOf(image.values);
  const bits = dtypeSize(dtype) * 8;
  const format = isFloat(dtype) ? 3 : dtype.startsWith('u') ? 1 : 2;
  const isRgb = bands === 3 && dtype === 'uint8';
  const photometric = image.colorTable ? PHOTOMETRIC.palette : isRgb ? PHOTOMETRIC.rgb : PHOTOMETRIC.minIsBlack;
  const extra = isRgb ? 0 : bands - 1;
  const repeat = (value: number, count: number): number[] => new Array<number>(count).fill(value);
  const tags: TagValue[] = [
    { tag: TAG.ImageWidth, type: 'long', values: [width] },
    { tag: TAG.ImageLength, type: 'long', values: [height] },
    { tag: TAG.BitsPerSample, type: 'short', values: repeat(bits, bands) },
    { tag: TAG.Compression, type: 'short', values: [COMPRESSION[compression]] },
    { tag: TAG.Photometric, type: 'short', values: [photometric] },
    { tag: TAG.SamplesPerPixel, type: 'short', values: [bands] },
    { tag: TAG.PlanarConfiguration, type: 'short', values: [1] },
    { tag: TAG.TileWidth, type: 'short', values: [TILE] },
    { tag: TAG.TileLength, type: 'short', values: [TILE] },
    { tag: TAG.SampleFormat, type: 'short', values: repeat(format, bands) },
  ];
  if (compression === 'deflate') tags.push({ tag: TAG.Predictor, type: 'short', values: [isFloat(dtype) ? 3 : 2] });
  if (isOverview) tags.push({ tag: TAG.NewSubfileType, type: 'long', values: [1] });
  if (extra > 0) tags.push({ tag: TAG.ExtraSamples, type: 'short', values: repeat(0, extra) });
  if (image.colorTable) tags.push({ tag: TAG.ColorMap, type: 'short', values: colorMap(image.colorTable, bits) });
  if (image.nodata !== null) tags.push({ tag: TAG.GdalNodata, type: 'ascii', values: nodataText(image.nodata) });
  return tags;
}
