/** A mask as runs of set pixels along rows, and the connected components that they form. */
import type { NumericArray } from '../../core/index.js';

/** Runs of set pixels, row by row, with the component of each. */
export interface MaskRuns {
  readonly width: number;
  readonly height: number;
  /** Index of the first run of each row, and one past the last run. */
  readonly rowStarts: Int32Array;
  /** First column of each run. */
  readonly starts: Int32Array;
  /** One past the last column of each run. */
  readonly ends: Int32Array;
  /** Component of each run by shared sides, numbered from 0 in order of their first pixel. */
  readonly components: Int32Array;
  readonly count: number;
  /** The group of each component: components that touch at corners are one where `connectivity` is 8. Numbered likewise. */
  readonly groups: Int32Array;
  readonly groupCount: number;
}

/** The mask with a border of one unset pixel around: 1 where a value is set (not 0, not NaN) and valid. */
export function paddedCells(values: NumericArray, valid: Uint8Array | null, width: number, height: number): Uint8Array {
  const stride = width + 2;
  const cells = new Uint8Array(stride * (height + 2));
  for (let row = 0; row < height; row++) {
    const to = (row + 1) * stride + 1;
    const from = row * width;
    for (let col = 0; col < width; col++) {
      const v = values[from + col] ?? 0;
      if (v !== 0 && v === v && (valid === null || valid[from + col] === 1)) cells[to + col] = 1;
    }
  }
  return cells;
}

function root(parents: Int32Array, i: number): number {
  let at = i;
  for (;;) {
    const parent = parents[at] ?? at;
    if (parent === at) return at;
    const above = parents[parent] ?? parent;
    parents[at] = above;
    at = above;
  }
}

/** Joins two sets; the smaller index stays the root, so that roots are first members. */
function join(parents: Int32Array, a: number, b: number): void {
  const x = root(parents, a);
  const y = root(parents, b);
  if (x < y) parents[y] = x;
  else parents[x] = y;
}

/** Numbers sets from 0 in order of their roots. */
function numbered(parents: Int32Array): { readonly of: Int32Array; readonly count: number } {
  const of = new Int32Array(parents.length);
  let count = 0;
  for (let i = 0; i < parents.length; i++) {
    const r = root(parents, i);
    of[i] = r === i ? count++ : (of[r] ?? 0);
  }
  return { of, count };
}

/** Columns of changes between unset and set, row by row. */
function findRuns(cells: Uint8Array, width: number, height: number): Pick<MaskRuns, 'rowStarts' | 'starts' | 'ends'> {
  const stride = width + 2;
  const rowStarts = new Int32Array(height + 1);
  let starts = new Int32Array(1024);
  let ends = new Int32Array(1024);
  let count = 0;
  for (let row = 0; row < height; row++) {
    rowStarts[row] = count;
    if (count + width > starts.length) {
      const grow = (old: Int32Array): Int32Array<ArrayBuffer> => {
        const grown = new Int32Array(Math.max(2 * old.length, count + width));
        grown.set(old);
        return grown;
      };
      starts = grow(starts);
      ends = grow(ends);
    }
    const base = (row + 1) * stride + 1;
    let before = 0;
    // One beyond the row: the border ends a run there.
    for (let col = 0; col <= width; col++) {
      const cell = cells[base + col] ?? 0;
      if (cell === before) continue;
      if (cell === 1) starts[count] = col;
      else ends[count++] = col;
      before = cell;
    }
  }
  rowStarts[height] = count;
  return { rowStarts, starts: starts.slice(0, count), ends: ends.slice(0, count) };
}

/** Sets of one member each. */
function alone(count: number): Int32Array {
  const parents = new Int32Array(count);
  for (let i = 0; i < count; i++) parents[i] = i;
  return parents;
}

/** Joins the sets of runs of neighbouring rows that share columns; with `reach` 1 also those that touch at a corner. */
function joinTouching(
  { rowStarts, starts, ends }: Pick<MaskRuns, 'rowStarts' | 'starts' | 'ends'>,
  height: number,
  reach: number,
  parents: Int32Array,
  setOf: Int32Array | null,
): void {
  for (let row = 1; row < height; row++) {
    let above = rowStarts[row - 1] ?? 0;
    const aboveEnd = rowStarts[row] ?? 0;
    const end = rowStarts[row + 1] ?? 0;
    for (let run = aboveEnd; run < end; run++) {
      const from = (starts[run] ?? 0) - reach;
      const to = (ends[run] ?? 0) + reach;
      while (above < aboveEnd && (ends[above] ?? 0) <= from) above++;
      for (let a = above; a < aboveEnd && (starts[a] ?? 0) < to; a++) {
        if (setOf === null) join(parents, a, run);
        else join(parents, setOf[a] ?? 0, setOf[run] ?? 0);
      }
    }
  }
}

/** Runs of a padded mask and their components. Source: two-pass labelling of runs with union by smallest index (Rosenfeld and Pfaltz 1966). */
export function maskRuns(cells: Uint8Array, width: number, height: number, connectivity: 4 | 8): MaskRuns {
  const { rowStarts, starts, ends } = findRuns(cells, width, height);
  const found = { rowStarts, starts, ends };
  const parents = alone(starts.length);
  joinTouching(found, height, 0, parents, null);
  const { of: components, count } = numbered(parents);
  const groupParents = alone(count);
  if (connectivity === 8) joinTouching(found, height, 1, groupParents, components);
  const { of: groups, count: groupCount } = numbered(groupParents);
  return { width, height, rowStarts, starts, ends, components, count, groups, groupCount };
}

/** The component of a set pixel. */
export function componentAt({ rowStarts, starts, components }: MaskRuns, col: number, row: number): number {
  let low = rowStarts[row] ?? 0;
  let high = (rowStarts[row + 1] ?? 0) - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((starts[middle] ?? 0) <= col) low = middle;
    else high = middle - 1;
  }
  return components[low] ?? 0;
}
