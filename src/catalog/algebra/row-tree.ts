/** A packed tree over boxes and spans of time: which rows overlap a box and meet a span. */

/** Rows of a leaf: below this, looking at all is faster than descending. */
const LEAF = 16;
/** Rows looked at to choose the axis of a split; a wrong axis costs least where few rows are left. */
const SAMPLE = 48;
const SAMPLE_OF_FEW = 12;
const FEW = 2048;
/** Numbers of a row or node: xmin, ymin, tmin, xmax, ymax, tmax. */
const WIDTH = 6;

/** Envelopes of rows, four numbers each, and their spans; ±Infinity for all time. */
export interface RowExtents {
  readonly boxes: Float64Array;
  readonly lows: Float64Array;
  readonly highs: Float64Array;
  /** Length of the spans that searches ask for, where rows have none of their own to tell. */
  readonly reach?: number;
}

/** A list of row numbers that grows. */
export class RowList {
  length = 0;
  #rows = new Uint32Array(1024);

  push(row: number): void {
    if (this.length === this.#rows.length) {
      const grown = new Uint32Array(this.length * 2);
      grown.set(this.#rows);
      this.#rows = grown;
    }
    this.#rows[this.length++] = row;
  }
  at(k: number): number {
    return this.#rows[k] ?? NaN;
  }
  /** Sorts what was added since `from`. */
  sortFrom(from: number): void {
    const rows = this.#rows;
    if (this.length - from > 24) {
      rows.subarray(from, this.length).sort();
      return;
    }
    for (let i = from + 1; i < this.length; i++) {
      // SAFETY: i < length.
      const row = rows[i] as number;
      let k = i;
      for (; k > from && (rows[k - 1] as number) > row; k--) rows[k] = rows[k - 1] as number;
      rows[k] = row;
    }
  }
  /** What was added, as an array of its own. */
  toArray(): Uint32Array {
    return this.#rows.slice(0, this.length);
  }
}

/**
 * Rows in a balanced binary tree. Every split is at the median along the axis on which rows lie farthest apart for
 * their size, so tiles in space and a stack of dates over one place are both told apart.
 */
export class RowTree {
  /** Rows in tree order. */
  readonly rows: Uint32Array;
  /** Extents of the rows in tree order: xmin, ymin, tmin, xmax, ymax, tmax. */
  readonly items: Float64Array;
  /** Extents of nodes. Children of k are 2k + 1 and 2k + 2; rows lo … hi − 1 are halved at (lo + hi) >>> 1. */
  readonly nodes: Float64Array;
  /** The first node without children. */
  readonly firstLeaf: number;
  readonly #levels: number;
  readonly #stack: Float64Array;

  constructor(rows: Uint32Array, extents: RowExtents) {
    this.rows = rows.slice();
    const n = rows.length;
    this.#levels = Math.max(0, Math.ceil(Math.log2(n / LEAF)));
    this.items = new Float64Array(n * WIDTH);
    this.nodes = new Float64Array((2 ** (this.#levels + 1) - 1) * WIDTH);
    this.firstLeaf = 2 ** this.#levels - 1;
    this.#stack = new Float64Array(3 * (this.#levels + 2));
    const keys: Keys = [new Float64Array(n), new Float64Array(n), new Float64Array(n)];
    fillKeys(rows, extents, keys);
    this.#split(0, 0, n, this.#levels, extents, keys);
  }

  /** Splits rows lo … hi − 1 below node k and computes its extent. */
  #split(k: number, lo: number, hi: number, depth: number, x: RowExtents, keys: Keys): void {
    const nodes = this.nodes;
    const at = k * WIDTH;
    nodes.fill(Infinity, at, at + 3);
    nodes.fill(-Infinity, at + 3, at + WIDTH);
    if (depth === 0) {
      for (let i = lo; i < hi; i++) {
        // SAFETY: i < n.
        const row = this.rows[i] as number;
        const [from, item] = [row * 4, i * WIDTH];
        this.items[item] = x.boxes[from] as number;
        this.items[item + 1] = x.boxes[from + 1] as number;
        this.items[item + 2] = x.lows[row] as number;
        this.items[item + 3] = x.boxes[from + 2] as number;
        this.items[item + 4] = x.boxes[from + 3] as number;
        this.items[item + 5] = x.highs[row] as number;
        extend(nodes, at, this.items, item);
      }
      return;
    }
    const mid = (lo + hi) >>> 1;
    select(this.rows, keys, axisOf(this.rows, lo, hi, x), lo, hi, mid);
    this.#split(2 * k + 1, lo, mid, depth - 1, x, keys);
    this.#split(2 * k + 2, mid, hi, depth - 1, x, keys);
    extend(nodes, at, nodes, (2 * k + 1) * WIDTH);
    extend(nodes, at, nodes, (2 * k + 2) * WIDTH);
  }

  /** Adds the rows whose boxes share area with a box and whose spans meet a span, in no order. */
  search(xmin: number, ymin: number, xmax: number, ymax: number, low: number, high: number, found: RowList): void {
    const nodes = this.nodes;
    const items = this.items;
    const stack = this.#stack;
    const { firstLeaf } = this;
    let top = 0;
    stack[top++] = 0;
    stack[top++] = 0;
    stack[top++] = this.rows.length;
    // SAFETY (all reads): the stack holds nodes and ranges of the tree.
    while (top > 0) {
      const hi = stack[--top] as number;
      const lo = stack[--top] as number;
      const k = stack[--top] as number;
      if (!overlaps(nodes, k * WIDTH, xmin, ymin, xmax, ymax, low, high)) continue;
      if (k >= firstLeaf) {
        for (let i = lo; i < hi; i++)
          if (overlaps(items, i * WIDTH, xmin, ymin, xmax, ymax, low, high)) found.push(this.rows[i] as number);
        continue;
      }
      const mid = (lo + hi) >>> 1;
      stack[top++] = 2 * k + 2;
      stack[top++] = mid;
      stack[top++] = hi;
      stack[top++] = 2 * k + 1;
      stack[top++] = lo;
      stack[top++] = mid;
    }
  }
}

/** Whether a row or node, six numbers from `i`, shares area with a box and an instant with a span. */
export function overlaps(
  at: Float64Array,
  i: number,
  xmin: number,
  ymin: number,
  xmax: number,
  ymax: number,
  low: number,
  high: number,
): boolean {
  // SAFETY: six numbers a row or node.
  return (
    (at[i] as number) < xmax &&
    (at[i + 3] as number) > xmin &&
    (at[i + 1] as number) < ymax &&
    (at[i + 4] as number) > ymin &&
    (at[i + 2] as number) <= high &&
    (at[i + 5] as number) >= low
  );
}

function extend(nodes: Float64Array, at: number, by: Float64Array, i: number): void {
  for (let c = 0; c < 3; c++) {
    // SAFETY: six numbers a row or node. Comparisons leave NaN out.
    if ((by[i + c] as number) < (nodes[at + c] as number)) nodes[at + c] = by[i + c] as number;
    if ((by[i + 3 + c] as number) > (nodes[at + 3 + c] as number)) nodes[at + 3 + c] = by[i + 3 + c] as number;
  }
}

type Keys = readonly [x: Float64Array, y: Float64Array, t: Float64Array];

const lowOf = ({ boxes, lows }: RowExtents, axis: number, row: number): number =>
  (axis === 2 ? lows[row] : boxes[row * 4 + axis]) ?? NaN;
const highOf = ({ boxes, highs }: RowExtents, axis: number, row: number): number =>
  (axis === 2 ? highs[row] : boxes[row * 4 + 2 + axis]) ?? NaN;

/** Twice the centres; −Infinity for all time, and where there is none. */
function centre(x: RowExtents, axis: number, row: number): number {
  const sum = lowOf(x, axis, row) + highOf(x, axis, row);
  return Number.isNaN(sum) ? -Infinity : sum;
}

function fillKeys(rows: Uint32Array, x: RowExtents, keys: Keys): void {
  const [kx, ky, kt] = keys;
  for (let i = 0; i < rows.length; i++) {
    // SAFETY: i < length.
    const row = rows[i] as number;
    kx[i] = centre(x, 0, row);
    ky[i] = centre(x, 1, row);
    kt[i] = centre(x, 2, row);
  }
}

/** The axis along which a sample of the rows lies farthest apart for its size. */
function axisOf(rows: Uint32Array, lo: number, hi: number, x: RowExtents): number {
  let best = 0;
  let most = -Infinity;
  const step = Math.max(1, Math.floor((hi - lo) / (hi - lo > FEW ? SAMPLE : SAMPLE_OF_FEW)));
  for (let axis = 0; axis < 3; axis++) {
    let [low, high, n] = [Infinity, -Infinity, 0];
    let size = 0;
    for (let i = lo; i < hi; i += step) {
      // SAFETY: i < n.
      const row = rows[i] as number;
      const c = centre(x, axis, row) / 2;
      if (!Number.isFinite(c)) continue;
      if (c < low) low = c;
      if (c > high) high = c;
      size += highOf(x, axis, row) - lowOf(x, axis, row);
      n++;
    }
    // Rows without a centre are in both halves' reach: an axis of which there are many tells little apart.
    const share = n / Math.ceil((hi - lo) / step);
    const apart =
      n > 1 ? (share * (high - low)) / (size / n + (axis === 2 ? (x.reach ?? 0) : 0) + (high - low) * 1e-6) : 0;
    if (apart > most) [best, most] = [axis, apart];
  }
  return best;
}

/** Partitions rows lo … hi − 1 so that the one at `k` is in sorted place along an axis (Hoare's selection). */
function select(rows: Uint32Array, keys: Keys, axis: number, lo: number, hi: number, k: number): void {
  const by = keys[axis] as Float64Array;
  let [left, right] = [lo, hi - 1];
  while (left < right) {
    // Median of three: sorted input is common.
    const [a, b, c] = [by[left] as number, by[(left + right) >>> 1] as number, by[right] as number];
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [left, right];
    while (i <= j) {
      while ((by[i] as number) < pivot) i++;
      while ((by[j] as number) > pivot) j--;
      if (i <= j) swap(rows, keys, i++, j--);
    }
    if (k <= j) right = j;
    else if (k >= i) left = i;
    else return;
  }
}

function swap(rows: Uint32Array, [x, y, t]: Keys, i: number, j: number): void {
  // SAFETY: i and j are within the lists. Spelt out: this is most of the work of building a tree.
  const row = rows[i] as number;
  rows[i] = rows[j] as number;
  rows[j] = row;
  const cx = x[i] as number;
  x[i] = x[j] as number;
  x[j] = cx;
  const cy = y[i] as number;
  y[i] = y[j] as number;
  y[j] = cy;
  const ct = t[i] as number;
  t[i] = t[j] as number;
  t[j] = ct;
}
