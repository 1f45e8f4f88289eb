/**
 * Pieces of a tensor at and near full resolution, which a live kernel hands to views: 256 × 256 pixels of one band, at level
 * z one pixel for 2^z × 2^z of the tensor. One piece is at most 184 kB of text (`renderers.md` §3: 512 kB).
 */
import { ArgumentError } from '../core/index.js';
import { isCategorical } from './categorical.js';
import { planeOffset, tensorFacts, type TensorLike } from './objects.js';
import { bandOf } from './preview.js';
import { MOST_LEVELS, TILE_SIDE, type TileResult } from './wire/tile.js';
import { oneLine } from './words.js';

/** Pixels a side of a block that are averaged; of larger blocks an even 4 × 4 of them. */
const SAMPLES = 4;

/** Levels above full resolution that a preview with `step` pixels per pixel leaves to tiles. */
export function levelsFor(step: number): number {
  return step <= 1 ? 0 : Math.min(MOST_LEVELS, Math.ceil(Math.log2(step)));
}

function index(args: Readonly<Record<string, unknown>>, key: string, end: number): number {
  const value = args[key];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 0 || value >= end)
    throw new ArgumentError('no-such-tile', `${key} of a tile is a whole number from 0 to ${end - 1}.`);
  return value;
}

/** The tile that `{ frame, band, z, x, y }` names. @throws {ArgumentError} `no-such-tile` outside the tensor. */
export function makeTile(tensor: TensorLike, args: Readonly<Record<string, unknown>>): TileResult {
  const t = tensorFacts(tensor);
  const frame = index(args, 'frame', t.frames);
  const band = index(args, 'band', t.bands);
  const z = index(args, 'z', MOST_LEVELS + 1);
  const step = 2 ** z;
  const [x0, y0] = [
    index(args, 'x', Math.ceil(t.width / step / TILE_SIDE)) * TILE_SIDE,
    index(args, 'y', Math.ceil(t.height / step / TILE_SIDE)) * TILE_SIDE,
  ];
  const width = Math.min(TILE_SIDE, Math.ceil(t.width / step) - x0);
  const height = Math.min(TILE_SIDE, Math.ceil(t.height / step) - y0);
  const name = t.bandNames[band] ?? '';
  const nearest = isCategorical(name, tensor.attrs);
  const from = planeOffset(tensor, frame, band);
  const xs = Array.from({ length: width }, (_, i) => offsets((x0 + i) * step, step, t.width, nearest));
  // One list of columns, SAMPLES per pixel; −1 where an edge block has fewer.
  const columns = Int32Array.from(
    { length: width * SAMPLES },
    (_, i) => xs[Math.floor(i / SAMPLES)]?.[i % SAMPLES] ?? -1,
  );
  const plane = { values: new Float64Array(width * height), valid: new Uint8Array(width * height) };
  const counts = new Uint16Array(width * height);
  for (let r = 0; r < height; r++) {
    for (const y of offsets((y0 + r) * step, step, t.height, nearest))
      addRow(tensor, from + y * t.width, columns, plane.values, counts, r * width);
  }
  for (let k = 0; k < counts.length; k++) {
    const count = counts[k] ?? 0;
    if (count === 0) continue;
    plane.values[k] = (plane.values[k] ?? 0) / count;
    plane.valid[k] = 1;
  }
  const isInteger = !t.dtype.startsWith('float') && (z === 0 || nearest);
  const made = bandOf(oneLine(name), { ...plane, stats: null }, null, isInteger, true);
  return { width, height, band: made };
}

/** Adds the pixels of one source row to the sums and counts of a row of a tile that begins at `at`. */
function addRow(
  { values, valid }: TensorLike,
  row: number,
  columns: Int32Array,
  sums: Float64Array,
  counts: Uint16Array,
  at: number,
): void {
  for (let i = 0; i < columns.length; i++) {
    const x = columns[i] ?? -1;
    if (x < 0) continue;
    const v = values[row + x] ?? NaN;
    if (valid?.[row + x] === 0 || !Number.isFinite(v)) continue;
    const k = at + Math.floor(i / SAMPLES);
    sums[k] = (sums[k] ?? 0) + v;
    counts[k] = (counts[k] ?? 0) + 1;
  }
}

/** Positions along one axis that stand for a block: its middle for classes, else up to four evenly spaced ones. */
function offsets(start: number, step: number, end: number, nearest: boolean): readonly number[] {
  const length = Math.min(step, end - start);
  if (nearest) return [start + (length >> 1)];
  const n = Math.min(SAMPLES, length);
  return Array.from({ length: n }, (_, k) => start + Math.floor(((k + 0.5) * length) / n));
}
