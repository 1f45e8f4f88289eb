/** The cube that several files make together: its lattice, times and variables (loading.md §4, rule 5). */
import { ArgumentError, GridAlignmentError, northUp, type Affine, type Crs, type Micros } from '../core/index.js';
import type { CubeIndexes, CubeLabels } from '../pixels/index.js';
import type { CubeSource, OtherDim, SourceVar } from './cube-source.js';
import { TURN } from './cube-window.js';

/** Largest disagreement of two grids that is rounding noise, in cells. */
const SAME_CELL = 0.01;
/** Columns around the globe beyond which gaps are not looked for: 10 m at the equator are 4 million. */
const MAX_COLUMNS = 1 << 26;
const DIGITS = 13;
const tidy = (v: number): number => Number(v.toPrecision(DIGITS)) + 0;

/** A variable of the result. */
export interface LayoutVar {
  readonly name: string;
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly isWide: boolean;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** A dimension beside time, y and x, with the positions of the files that the result has. */
export interface LayoutDim extends OtherDim {
  readonly positions: readonly number[];
  /** Whether these are those that `isel` asks for; else it is applied to the result. */
  readonly isChosen: boolean;
}

export interface CubeLayout {
  readonly crs: Crs;
  readonly transform: Affine;
  readonly width: number;
  readonly height: number;
  readonly times: readonly Micros[];
  readonly others: ReadonlyMap<string, LayoutDim>;
  readonly vars: readonly LayoutVar[];
  /** Column and row of the result where a run of a file begins. */
  readonly columnOf: (source: CubeSource, run: { readonly at: number }) => number;
  readonly rowOf: (source: CubeSource, run: { readonly at: number }) => number;
}

function disagree(a: CubeSource, b: CubeSource, why: string): GridAlignmentError {
  return new GridAlignmentError(
    'grids-differ',
    `${a.row.filepath} and ${b.row.filepath} are not on one grid: ${why}.`,
    {
      hint: 'Keep one kind of file with where(), or load them one by one and regrid each to the slice.',
      details: { files: [a.row.filepath, b.row.filepath] },
    },
  );
}

/** Places lattice positions of one axis on a common one. @throws {@link GridAlignmentError} `grids-differ`. */
function latticeOf(
  sources: readonly CubeSource[],
  axis: 'x' | 'y',
): { readonly edge: number; readonly step: number; readonly count: number; readonly place: CubeLayout['columnOf'] } {
  // SAFETY: callers have at least one source.
  const first = sources[0] as CubeSource;
  const { edge, step } = first[axis];
  const runsOf = (s: CubeSource): CubeSource['xRuns'] => (axis === 'x' ? s.xRuns : s.yRuns);
  const direction = axis === 'x' ? 1 : -1;
  const position = (s: CubeSource, at: number): number =>
    (direction * (s[axis].edge + direction * at * s[axis].step - edge)) / step;
  const found: { readonly at: number; readonly count: number }[] = [];
  for (const source of sources) {
    for (const run of runsOf(source)) {
      const [from, to] = [position(source, run.at), position(source, run.at + run.count)];
      const off = Math.max(Math.abs(from - Math.round(from)), Math.abs(to - from - run.count));
      if (!(off <= SAME_CELL)) {
        throw disagree(
          first,
          source,
          `along ${axis} their cells are ${step} and ${source[axis].step} long and ${off.toPrecision(3)} cells out of step`,
        );
      }
      found.push({ at: Math.round(from), count: run.count });
    }
  }
  const isAround = axis === 'x' && sources.every((s) => s.isAround);
  const turned = isAround ? aroundGap(found, edge, step) : (at: number): number => at;
  const low = Math.min(...found.map((run) => turned(run.at)));
  const high = Math.max(...found.map((run) => turned(run.at) + run.count));
  return {
    edge: tidy(edge + direction * low * step),
    step,
    count: high - low,
    place: (source, run) => turned(Math.round(position(source, run.at))) - low,
  };
}

/**
 * Where a box goes around the globe but the cells do not, the result begins after the widest gap between them: a cube of
 * the Pacific stays in one piece. Gives the place of a run by its place from the edge.
 */
function aroundGap(
  runs: readonly { readonly at: number; readonly count: number }[],
  edge: number,
  step: number,
): (at: number) => number {
  const period = Math.round(TURN / step);
  const mod = (n: number): number => ((n % period) + period) % period;
  if (Math.abs(TURN / step - period) > SAME_CELL || period > MAX_COLUMNS) return (at) => at;
  const used = new Uint8Array(period);
  for (const { at, count } of runs) for (let i = 0; i < count; i++) used[mod(at + i)] = 1;
  let [start, widest] = [0, 0];
  // Twice around, so that a gap across the end is seen whole.
  for (let i = 0, gap = 0; i < 2 * period; i++) {
    if (used[i % period] === 1) {
      if (gap > widest) [start, widest] = [i % period, gap];
      gap = 0;
    } else gap++;
  }
  if (widest === 0) return (at) => at;
  const first = start - period * Math.floor((edge + start * step + TURN / 2) / TURN + SAME_CELL / period);
  return (at) => first + mod(at - first);
}

const sameLabels = (a: CubeLabels, b: CubeLabels): boolean =>
  a.length === b.length && Array.from<unknown>(a).every((v, i) => v === b[i]);

/** Positions that a choice takes of a dimension: what it leaves out is not read. */
function chosenOf(
  choice: CubeIndexes[string] | undefined,
  length: number,
): { readonly positions: readonly number[]; readonly isChosen: boolean } {
  const all = Array.from({ length }, (_, i) => i);
  const wanted = typeof choice === 'number' ? [choice] : Array.isArray(choice) ? (choice as readonly number[]) : null;
  const positions = wanted?.map((i) => (i < 0 ? i + length : i));
  // Ranges, and positions that do not exist, are left to the isel of the result.
  return positions?.every((i) => i in all) === true && new Set(positions).size === positions.length
    ? { positions, isChosen: true }
    : { positions: all, isChosen: false };
}

function mergeDims(sources: readonly CubeSource[], isel: CubeIndexes): Map<string, LayoutDim> {
  const found = new Map<string, { readonly source: CubeSource; readonly dim: OtherDim }>();
  for (const source of sources) {
    for (const [name, dim] of source.others) {
      const known = found.get(name);
      if (!known) found.set(name, { source, dim });
      else if (!sameLabels(known.dim.labels, dim.labels))
        throw disagree(known.source, source, `dimension ${name} has other labels`);
    }
  }
  return new Map(
    [...found].map(([name, { dim }]) => {
      return [name, { ...dim, ...chosenOf(isel[name], dim.labels.length) }];
    }),
  );
}

function dimsOf(v: SourceVar): string[] {
  const others = v.dims.filter((dim) => dim !== 'time' && dim !== 'y' && dim !== 'x');
  return [...(v.addsTime || v.dims.includes('time') ? ['time'] : []), ...others, 'y', 'x'];
}

/**
 * The common layout of files in load order.
 *
 * @throws {@link GridAlignmentError} `grids-differ`.
 */
export function layoutOf(sources: readonly CubeSource[], isel: CubeIndexes): CubeLayout {
  const first = sources[0];
  if (!first) throw new ArgumentError('no-sources', 'A cube needs a file.');
  const other = sources.find((s) => !s.crs.equals(first.crs));
  if (other) throw disagree(first, other, `they are in ${first.crs.canonical} and ${other.crs.canonical}`);
  const [x, y] = [latticeOf(sources, 'x'), latticeOf(sources, 'y')];
  const times = [...new Set(sources.flatMap((s) => s.times.map((t) => t.time)))].sort((a, b) => a - b);
  const others = mergeDims(sources, isel);
  const vars = new Map<string, LayoutVar & { readonly source: CubeSource }>();
  for (const source of sources) {
    for (const v of source.vars) {
      const dims = dimsOf(v);
      const known = vars.get(v.name);
      if (known && known.dims.join() !== dims.join())
        throw disagree(
          known.source,
          source,
          `variable ${v.name} is on (${known.dims.join(', ')}) and on (${dims.join(', ')})`,
        );
      const lengths: Readonly<Record<string, number>> = { time: times.length, y: y.count, x: x.count };
      vars.set(v.name, {
        name: v.name,
        dims,
        shape: dims.map((dim) => lengths[dim] ?? others.get(dim)?.positions.length ?? 0),
        isWide: v.decoding.isWide || known?.isWide === true,
        attrs: known?.attrs ?? v.attrs,
        source: known?.source ?? source,
      });
    }
  }
  return {
    crs: first.crs,
    transform: northUp(x.edge, y.edge, [x.step, y.step]),
    width: x.count,
    height: y.count,
    times,
    others,
    vars: [...vars.values()],
    columnOf: x.place,
    rowOf: y.place,
  };
}

/** Labels are rounded to about this part of a cell, in decimal digits: stored decimals come out as they were. */
const LABEL_DIGITS = 7;

/** Centres of cells from an edge. */
export function centres(edge: number, step: number, count: number): Float64Array {
  const decimals = Math.max(0, Math.min(15, LABEL_DIGITS - Math.floor(Math.log10(Math.abs(step)))));
  return Float64Array.from({ length: count }, (_, i) => Number((edge + (i + 0.5) * step).toFixed(decimals)) + 0);
}
