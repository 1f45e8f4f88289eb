/** Packed Hilbert R-trees over tables that are asked often, shared by all views of the same boxes. */
import Flatbush from 'flatbush';
import type { Bounds } from '../../core/index.js';
import type { CatalogTable, TableView } from '../table.js';
import { viewIndex, viewLength } from '../table-view.js';

/** At or below this many rows a scan is faster than a tree. */
const SCAN_ROWS = 512;

/** Scans of a table before a tree is made of it: a tree costs some hundred, and batches of a scan are asked once. */
const SCANS_BEFORE_TREE = 8;

const trees = new WeakMap<Float64Array, Flatbush>();
const scans = new WeakMap<Float64Array, number>();
/** One mark per row of the table that belongs to the subset. */
const memberships = new WeakMap<Uint32Array, Uint8Array>();

/** The tree over all rows of a table that has any. */
function spatialTree({ boxes, length }: CatalogTable): Flatbush {
  const tree = new Flatbush(length);
  for (let at = 0; at < length * 4; at += 4) {
    // SAFETY: four numbers a row.
    tree.add(boxes[at] as number, boxes[at + 1] as number, boxes[at + 2], boxes[at + 3]);
  }
  tree.finish();
  trees.set(boxes, tree);
  return tree;
}

/** The tree of a table, unless it has been asked too seldom for one to pay. */
function treeOf(table: CatalogTable): Flatbush | undefined {
  const tree = trees.get(table.boxes);
  if (tree) return tree;
  const before = scans.get(table.boxes) ?? 0;
  if (before >= SCANS_BEFORE_TREE) return spatialTree(table);
  scans.set(table.boxes, before + 1);
  return undefined;
}

function membership(indices: Uint32Array, length: number): Uint8Array {
  let marks = memberships.get(indices);
  if (!marks) {
    marks = new Uint8Array(length);
    for (const i of indices) marks[i] = 1;
    memberships.set(indices, marks);
  }
  return marks;
}

/** Indices into the table, in no order, of the rows of a view whose boxes touch a box and that are accepted. */
export function rowsTouching(view: TableView, box: Bounds, accept: (i: number) => boolean): number[] {
  const { table, indices } = view;
  const length = viewLength(view);
  const tree = length > SCAN_ROWS ? treeOf(table) : undefined;
  if (tree) {
    if (!indices) return tree.search(...box, accept);
    const marks = membership(indices, table.length);
    return tree.search(...box, (i) => marks[i] === 1 && accept(i));
  }
  const { boxes } = table;
  const found: number[] = [];
  for (let k = 0; k < length; k++) {
    const i = viewIndex(view, k);
    const touches =
      (boxes[i * 4] ?? NaN) <= box[2] &&
      (boxes[i * 4 + 1] ?? NaN) <= box[3] &&
      (boxes[i * 4 + 2] ?? NaN) >= box[0] &&
      (boxes[i * 4 + 3] ?? NaN) >= box[1];
    if (touches && accept(i)) found.push(i);
  }
  return found;
}
