/** The borders of the components of a mask, followed along pixel edges. */
import { componentAt, type MaskRuns } from './mask-runs.js';

/** Rings of pixel corners, set pixels on the right when y points down: outer rings run clockwise on the screen. */
export interface TracedRings {
  /** x, y of corners one after another; rings are closed, and neighbouring edges are never parallel. */
  readonly corners: Int32Array;
  /** One past the last number of each ring in `corners`. */
  readonly ends: readonly number[];
  /** Component of each ring; its first ring is its outer one. */
  readonly components: readonly number[];
}

/** Bit of a cell whose upper edge has been followed. */
const FOLLOWED = 2;
const SET = 1;

/** A list of corners that grows. */
class Corners {
  values = new Int32Array(4096);
  length = 0;

  push(x: number, y: number): void {
    if (this.length + 2 > this.values.length) {
      const grown = new Int32Array(2 * this.values.length);
      grown.set(this.values);
      this.values = grown;
    }
    this.values[this.length] = x;
    this.values[this.length + 1] = y;
    this.length += 2;
  }
}

/**
 * All rings of a mask. `cells` is the padded mask; its second bit is used for notes.
 *
 * Where two pixels of one component touch at a corner only, the ring goes on along the other pixel: so no ring touches
 * itself, holes that touch there stay separate, and every polygon is valid (OGC 06-103r4 §6.1.11). Where they belong to
 * two components, each ring stays with its own.
 */
export function traceRings(cells: Uint8Array, runs: MaskRuns): TracedRings {
  const { width, height, rowStarts, starts, ends, components } = runs;
  const stride = width + 2;
  const corners = new Corners();
  const ringEnds: number[] = [];
  const ringComponents: number[] = [];
  for (let row = 0; row < height; row++) {
    const lastRun = rowStarts[row + 1] ?? 0;
    const base = (row + 1) * stride + 1;
    for (let run = rowStarts[row] ?? 0; run < lastRun; run++) {
      const end = base + (ends[run] ?? 0);
      for (let cell = base + (starts[run] ?? 0); cell < end; cell++) {
        if (((cells[cell - stride] ?? 0) & SET) === SET || ((cells[cell] ?? 0) & FOLLOWED) !== 0) continue;
        follow(cells, runs, corners, cell);
        ringEnds.push(corners.length);
        ringComponents.push(components[run] ?? 0);
      }
    }
  }
  return { corners: corners.values.subarray(0, corners.length), ends: ringEnds, components: ringComponents };
}

/** Follows one ring from the upper left corner of a cell. Directions are 0 east, 1 south, 2 west, 3 north. */
function follow(cells: Uint8Array, runs: MaskRuns, corners: Corners, start: number): void {
  const stride = runs.width + 2;
  // The cell south-east of a corner is its place; the other three around it lie at these distances.
  const ahead = [1, stride, -1, -stride];
  const right = [0, -1, -stride - 1, -stride];
  const left = [-stride, 0, -1, -stride - 1];
  let [at, direction] = [start, 0];
  let x = (start % stride) - 1;
  let y = Math.floor(start / stride) - 1;
  corners.push(x, y);
  for (;;) {
    if (direction === 0) {
      cells[at] = (cells[at] ?? 0) | FOLLOWED;
      x++;
    } else if (direction === 1) y++;
    else if (direction === 2) x--;
    else y--;
    at += ahead[direction] ?? 0;
    const isRight = ((cells[at + (right[direction] ?? 0)] ?? 0) & SET) === SET;
    const isLeft = ((cells[at + (left[direction] ?? 0)] ?? 0) & SET) === SET;
    if (isRight && !isLeft) continue;
    corners.push(x, y);
    if (isRight || (isLeft && crosses(runs, x, y, direction))) direction = (direction + 3) & 3;
    else direction = (direction + 1) & 3;
    // The edge that leaves the first corner to the east is the one that the ring began with.
    if (at === start && direction === 0) return;
  }
}

/** Whether a ring that meets a corner of diagonal pixels goes over to the other one: when both are one component. */
function crosses(runs: MaskRuns, x: number, y: number, direction: number): boolean {
  // Heading east or west the pixels are south-west and north-east, else north-west and south-east.
  const [westRow, eastRow] = direction === 0 || direction === 2 ? [y, y - 1] : [y - 1, y];
  return componentAt(runs, x - 1, westRow) === componentAt(runs, x, eastRow);
}
