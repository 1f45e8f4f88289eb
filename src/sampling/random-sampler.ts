/** Chips at random places and times (`sampling.md` §2). */
import { randomBytes } from 'node:crypto';
import {
  ArgumentError,
  checkOptionNames,
  createRandom,
  pointTransform,
  Crs,
  SamplerError,
  startTask,
  warn,
  type GeoSlice,
  type Interval,
  type Random,
  type Seed,
} from '../core/index.js';
import { boxPolygon, overlaps, type GeoCatalog } from '../catalog/index.js';
import { layTiles } from './grid-sampler.js';
import { sliceSequence, type SliceOrigin } from './sequence.js';
import { Spacing } from './spacing.js';
import { checkCommon, COMMON_OPTIONS, makeTiles, pixelBounds, sliceOfTile, type Tile } from './tile.js';
import type { RandomSamplerOptions, SkippedRow, SliceSequence } from './types.js';

/** Rejected draws in a row after which no further chip is expected to fit. */
const MAX_REJECTIONS = 1000;
const WEIGHTS: readonly string[] = ['area', 'uniform', 'placements', 'valid'];

const placements = ({ width, height, chip }: Tile): number => (width - chip[1] + 1) * (height - chip[0] + 1);

function weightOf(tile: Tile, weight: RandomSamplerOptions['weight']): number {
  if (weight === 'uniform') return 1;
  return weight === 'placements' ? placements(tile) : tile.width * tile.height;
}

/** A draw: four uniforms turned into a tile, a place and a time. */
interface Draw {
  readonly tile: Tile;
  readonly col: number;
  readonly row: number;
  readonly time: Interval | null;
}

/** Everything that makes the sequence: candidates with running weights, and what rejects a draw. */
interface Plan {
  readonly tiles: readonly Tile[];
  readonly cumulative: Float64Array;
  readonly seed: Seed;
  readonly instant: boolean;
  readonly minSpacingMetres: number;
}

function pickTile({ tiles, cumulative }: Plan, u: number): Tile {
  const wanted = u * (cumulative.at(-1) ?? 0);
  let [low, high] = [0, tiles.length - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((cumulative[middle] ?? 0) > wanted) high = middle;
    else low = middle + 1;
  }
  // SAFETY: there is at least one candidate, and low ≤ tiles.length − 1 (the last one guards against rounding).
  return tiles[low] as Tile;
}

function drawTime(interval: Interval | null, u: number, instant: boolean): Interval | null {
  if (!interval || !instant) return interval;
  const t = Math.min(interval.end, interval.start + Math.floor(u * (interval.end - interval.start + 1)));
  return { start: t, end: t };
}

/** All four uniforms are consumed even when unused, so that options do not shift the sequence. */
function draw(plan: Plan, random: Random): Draw {
  const [u1, u2, u3, u4] = [random.uniform(), random.uniform(), random.uniform(), random.uniform()] as const;
  const tile = pickTile(plan, u1);
  const col = Math.floor(u2 * (tile.width - tile.chip[1] + 1));
  const row = Math.floor(u3 * (tile.height - tile.chip[0] + 1));
  return { tile, col, row, time: drawTime(tile.interval, u4, plan.instant) };
}

function meetsRoi({ tile, col, row }: Draw): boolean {
  if (!tile.roi) return true;
  const box = boxPolygon(pixelBounds(tile, col, row, tile.chip));
  return tile.roi.some((area) => overlaps(box, area));
}

function centre({ tile, col, row }: Draw): readonly [lon: number, lat: number] {
  const [xmin, ymin, xmax, ymax] = pixelBounds(tile, col, row, tile.chip);
  return pointTransform(tile.crs, Crs.from('EPSG:4326'))((xmin + xmax) / 2, (ymin + ymax) / 2);
}

/** The accepted draws, from the first on. It ends only when draws are rejected `MAX_REJECTIONS` times in a row. */
function* accepted(plan: Plan): Generator<Draw, void> {
  const random = createRandom(plan.seed, 'randomSampler');
  const spacing = plan.minSpacingMetres > 0 ? new Spacing(plan.minSpacingMetres) : null;
  for (let rejected = 0; rejected < MAX_REJECTIONS; rejected++) {
    const next = draw(plan, random);
    if (!meetsRoi(next) || spacing?.accept(centre(next)) === false) continue;
    rejected = -1;
    yield next;
  }
}

const sliceOf = ({ tile, col, row, time }: Draw): GeoSlice => sliceOfTile(tile, col, row, tile.chip, time);

/** Draws on demand. Indexed access remembers what was drawn; iteration does not. */
class RandomOrigin implements SliceOrigin {
  readonly length: number;
  readonly #plan: Plan;
  readonly #memory: Draw[] = [];
  #rest: Generator<Draw, void> | undefined;

  constructor(plan: Plan, length: number) {
    this.#plan = plan;
    this.length = length;
  }

  at(index: number): GeoSlice {
    this.#rest ??= accepted(this.#plan);
    while (this.#memory.length <= index) {
      const { value } = this.#rest.next();
      if (!value)
        throw new SamplerError('out-of-range', `There is no slice ${index}: only ${this.#memory.length} chips fit.`);
      this.#memory.push(value);
    }
    // SAFETY: filled just above.
    return sliceOf(this.#memory[index] as Draw);
  }

  *iterate(): Generator<GeoSlice> {
    let k = 0;
    if (this.length === 0) return;
    for (const next of accepted(this.#plan)) {
      yield sliceOf(next);
      if (++k >= this.length) return;
    }
  }
}

function checkOptions(o: RandomSamplerOptions): void {
  if (o.weight !== undefined && !WEIGHTS.includes(o.weight))
    throw new ArgumentError('bad-weight', `weight is one of ${WEIGHTS.join(', ')}; got ${JSON.stringify(o.weight)}.`);
  if (o.weight === 'valid')
    throw new ArgumentError('not-yet', "weight 'valid' needs validity maps, which this version does not have.", {
      hint: "Use 'area', 'uniform' or 'placements'.",
    });
  const { length, minSpacingMetres = 0 } = o;
  if (length !== undefined && length !== Infinity && !(Number.isInteger(length) && length >= 0))
    throw new ArgumentError('bad-length', `length is a whole number or Infinity; got ${String(length)}.`);
  if (!(Number.isFinite(minSpacingMetres) && minSpacingMetres >= 0))
    throw new ArgumentError('bad-spacing', `minSpacingMetres is at least 0; got ${String(o.minSpacingMetres)}.`);
  if (o.time !== undefined && !['instant', 'interval'].includes(o.time))
    throw new ArgumentError('bad-time', `time is 'instant' or 'interval'; got ${JSON.stringify(o.time)}.`);
}

function noCandidate(tiles: readonly Tile[], skipped: readonly SkippedRow[]): SamplerError {
  const [largest] = [...tiles].sort((a, b) => b.width * b.height - a.width * a.height);
  if (!largest) {
    const why =
      skipped.length > 0
        ? `all ${skipped.length} rows lie outside the roi`
        : 'the catalog has no row, or none in the time of interest';
    return new SamplerError('no-candidate', `There is nothing to sample: ${why}.`, {
      hint: 'Check roi, toi and the query.',
    });
  }
  const [h, w] = largest.chip;
  return new SamplerError(
    'no-candidate',
    `No tile holds a chip of ${h} × ${w} pixels; the largest, ${largest.row.id}, has ${largest.height} × ${largest.width}.`,
    {
      hint: 'Use a smaller chipSize or a finer resolution.',
      details: { chip: largest.chip, largest: [largest.height, largest.width] },
    },
  );
}

/** How many accepted draws there are, up to a limit: they must be drawn to know. */
function countAccepted(plan: Plan, limit: number): number {
  const draws = accepted(plan);
  let count = 0;
  while (count < limit && draws.next().done !== true) count++;
  return count;
}

/** The length, after rejections; warns when fewer chips fit than were asked for. */
function settledLength(plan: Plan, wanted: number): number {
  const rejects = plan.minSpacingMetres > 0 || plan.tiles.some((t) => t.roi !== null);
  if (!rejects || wanted === 0) return wanted;
  // Chips with a spacing come to an end by themselves; with a roi alone one accepted draw shows that more will follow.
  const limit = wanted === Infinity && plan.minSpacingMetres === 0 ? 1 : wanted;
  const fit = countAccepted(plan, limit);
  const why =
    plan.minSpacingMetres > 0 ? `centres must be ${plan.minSpacingMetres} m apart` : 'chips must meet the roi';
  if (fit === 0)
    throw new SamplerError('none-accepted', `No chip was accepted in ${MAX_REJECTIONS} draws: ${why}.`, {
      hint: 'Loosen the limit, or sample a larger area.',
    });
  if (fit === limit) return wanted;
  warn(
    `randomSampler ends after ${fit} of ${wanted} chips: ${MAX_REJECTIONS} draws in a row were rejected, since ${why}.`,
  );
  return fit;
}

/**
 * Chips at random: a tile by weight, a place on its pixels, a moment of its time. Each draw consumes exactly four
 * uniforms of the package generator (purpose `randomSampler`), so the same seed gives the same slices everywhere.
 *
 * @throws {@link ArgumentError} for contradictory options; {@link SamplerError} `no-candidate` naming the largest tile
 * and the chip, `none-accepted`; the signal's reason when cancelled.
 */
export async function randomSampler(catalog: GeoCatalog, o: RandomSamplerOptions): Promise<SliceSequence> {
  checkOptionNames('randomSampler', o, [...COMMON_OPTIONS, 'length', 'seed', 'weight', 'minSpacingMetres', 'time']);
  const sizes = checkCommon(o);
  checkOptions(o);
  const task = startTask('Drawing chips', o);
  try {
    const rows = await catalog.toArray(task.signal ? { signal: task.signal } : {});
    const made = makeTiles(catalog, rows, o, sizes);
    const fits = (t: Tile): boolean => t.width >= t.chip[1] && t.height >= t.chip[0];
    const tiles = made.tiles.filter(fits);
    if (tiles.length === 0) throw noCandidate(made.tiles, made.skipped);
    const small = made.tiles
      .filter((t) => !fits(t))
      .map((t): SkippedRow => ({ row: t.row, reason: 'smaller-than-chip', count: 1 }));
    let total = 0;
    const cumulative = Float64Array.from(tiles, (tile) => (total += weightOf(tile, o.weight ?? 'area')));
    const seed = o.seed ?? randomBytes(6).toString('hex');
    const plan: Plan = {
      tiles,
      cumulative,
      seed,
      instant: o.time !== 'interval',
      minSpacingMetres: o.minSpacingMetres ?? 0,
    };
    const wanted = o.length ?? layTiles(tiles, 'shift').layouts.reduce((sum, l) => sum + l.count, 0);
    task.throwIfAborted();
    const origin = new RandomOrigin(plan, settledLength(plan, wanted));
    return sliceSequence(origin, {
      seed,
      skipped: Object.freeze([...made.skipped, ...small]),
      catalog,
      shard: o.shard,
    });
  } finally {
    task.end();
  }
}
