/** Operations on pairs of rows of two catalogs: intersect, difference, nearestInTime (`catalog.md` §5, §6). */
import { boxesTouch, type Bounds, type Crs, type Interval, type RunningTask } from '../../core/index.js';
import {
  findPairs,
  findPairsSync,
  Identities,
  nearestPairs,
  nearestPairsSync,
  projectTable,
  projectTableSync,
  type NearestOptions,
  type NearestPairs,
  type Projection,
  type RowPairs,
} from '../algebra/index.js';
import { projectBox } from '../area.js';
import type { Relation } from '../relation.js';
import { runSteps, runSync, type Steps } from '../algebra/steps.js';
import type { ScanFilter, TableView } from '../table.js';
import { boxAt, filterView, viewIndex, viewLength } from '../table-view.js';
import { eachRow, filterLater } from '../turns.js';
import { isVast } from '../vast.js';
import { NearestTable, nearestColumns, pairColumns, PairTable } from './pair-table.js';
import type { Operation, Removed } from './operation.js';

/** Share of the side of a box added around it before it is projected: its image bulges between the points of its outline. */
const MARGIN = 0.02;

/** The rows of the other catalog in the CRS of the left, projected when first needed. */
class Other {
  readonly #view: TableView;
  readonly #crs: Projection;
  #projected: TableView | undefined;

  constructor(view: TableView, reach: ScanFilter | null, from: Crs, to: Crs) {
    const within = reach?.boxes ?? null;
    this.#crs = { from, to, within };
    this.#view = view;
    if (from.equals(to)) this.#projected = view;
    // Rows far from the left ones may have no image in their CRS, and need none.
    else if (within) this.#view = filterView(view, (i) => within.some((box) => boxesTouch(boxAt(view.table, i), box)));
  }
  now(): TableView {
    return (this.#projected ??= { table: projectTableSync(this.#view, this.#crs), indices: null });
  }
  async later(task: RunningTask): Promise<TableView> {
    return (this.#projected ??= { table: await projectTable(this.#view, this.#crs, task), indices: null });
  }
}

/** The part of a catalog that can meet a box and time of another, in its own CRS. */
function reach(from: Crs, to: Crs, spatialOnly: boolean): NonNullable<Operation['restrictOther']> {
  return ([xmin, ymin, xmax, ymax]: Bounds, extent: Interval | null): ScanFilter => {
    const interval = spatialOnly ? null : extent;
    if (from.equals(to)) return { boxes: [[xmin, ymin, xmax, ymax]], interval, where: [] };
    // The outline of a vast box does not say where it lies in the other CRS.
    if (isVast([xmin, ymin, xmax, ymax], from)) return { boxes: null, interval, where: [] };
    const [dx, dy] = [(xmax - xmin) * MARGIN, (ymax - ymin) * MARGIN];
    const wider: Bounds = [xmin - dx, ymin - dy, xmax + dx, ymax + dy];
    try {
      return { boxes: projectBox(from.isGeographic ? within(wider) : wider, from, to), interval, where: [] };
    } catch {
      // A box beyond the domain of the other CRS says nothing about which rows can meet it.
      return { boxes: null, interval, where: [] };
    }
  };
}

const within = ([xmin, ymin, xmax, ymax]: Bounds): Bounds => [
  Math.max(-180, xmin),
  Math.max(-90, ymin),
  Math.min(180, xmax),
  Math.min(90, ymax),
];

/** Number of distinct values of an ascending array. */
function distinct(ascending: Uint32Array): number {
  return ascending.reduce((n, v, k) => n + (k === 0 || v !== ascending[k - 1] ? 1 : 0), 0);
}

/** Left rows without partner: those without one in space, and those with one in space but none in time. */
async function unpaired(
  input: TableView,
  paired: number,
  other: TableView,
  spatialOnly: boolean,
  task: RunningTask,
): Promise<Removed> {
  const length = viewLength(input);
  const near = spatialOnly ? paired : distinct((await findPairs(input, other, { spatialOnly: true }, task)).left);
  return { space: length - near, time: near - paired, predicate: 0 };
}

const describeOther = (other: Relation): string =>
  `${other.source.facts.backend} catalog in ${other.source.facts.crs.canonical}`;

/** Pairs that share area and time. */
export function intersectOperation(crs: Crs, other: Relation, spatialOnly: boolean): Operation {
  const from = other.source.facts.crs;
  return {
    name: 'intersect',
    detail: `${describeOther(other)}${spatialOnly ? ', space only' : ''}`,
    columnNames: (input) => pairColumns(input, other.columnNames),
    other,
    readsRows: true,
    shrinks: true,
    restrictOther: reach(crs, from, spatialOnly),
    start(view, reached) {
      const right = new Other(view ?? nothing(), reached, from, crs);
      const rows = (input: TableView, partners: TableView, pairs: RowPairs): TableView => ({
        table: new PairTable(input.table, partners.table, pairs),
        indices: null,
      });
      return {
        apply: (input) => rows(input, right.now(), findPairsSync(input, right.now(), { spatialOnly })),
        async applyLater(input, task) {
          const partners = await right.later(task);
          return rows(input, partners, await findPairs(input, partners, { spatialOnly }, task));
        },
        removed: async (input, output, task) => {
          const paired = output.table instanceof PairTable ? distinct(output.table.leftRows) : 0;
          return unpaired(input, paired, await right.later(task), spatialOnly, task);
        },
      };
    },
  };
}

function nothing(): never {
  throw new RangeError('A set operation was started without its other side.');
}

/** Left rows without partner under the rules of intersect. */
export function differenceOperation(crs: Crs, other: Relation, spatialOnly: boolean): Operation {
  const from = other.source.facts.crs;
  return {
    name: 'difference',
    detail: `${describeOther(other)}${spatialOnly ? ', space only' : ''}`,
    other,
    readsRows: true,
    shrinks: true,
    restrictOther: reach(crs, from, spatialOnly),
    start(view, reached) {
      const right = new Other(view ?? nothing(), reached, from, crs);
      const without = (input: TableView, pairs: RowPairs): TableView => {
        const paired = new Set(pairs.left);
        return paired.size === 0 ? input : filterView(input, (i) => !paired.has(i));
      };
      return {
        apply: (input) => without(input, findPairsSync(input, right.now(), { spatialOnly })),
        applyLater: async (input, task) =>
          without(input, await findPairs(input, await right.later(task), { spatialOnly }, task)),
        removed: (input, output) => ({ space: viewLength(input) - viewLength(output), time: 0, predicate: 0 }),
      };
    },
  };
}

/** Left rows of which the other catalog has none with the same file, layer, asset and times. */
export function identityDifference(other: Relation): Operation {
  return {
    name: 'difference',
    detail: `${describeOther(other)}, by identity`,
    other,
    shrinks: true,
    start(view) {
      const { table, indices } = view ?? nothing();
      const right = { table, indices };
      let known: Identities | undefined;
      function* knownSteps(): Steps<Identities> {
        const identities = new Identities(table);
        yield* eachRow(viewLength(right), (k) => identities.add(viewIndex(right, k)));
        return identities;
      }
      return {
        apply(input) {
          const them = (known ??= runSync(knownSteps()));
          return filterView(input, (i) => !them.has(input.table, i));
        },
        async applyLater(input, task) {
          const them = (known ??= await runSteps(knownSteps(), task));
          return filterLater(input, (i) => !them.has(input.table, i), task);
        },
        removed: (input, output) => ({ space: 0, time: 0, predicate: viewLength(input) - viewLength(output) }),
      };
    },
  };
}

/** Left rows with the partner that is nearest in time. */
export function nearestOperation(crs: Crs, other: Relation, o: NearestOptions): Operation {
  const from = other.source.facts.crs;
  const space = reach(crs, from, false);
  return {
    name: 'nearestInTime',
    detail: `${describeOther(other)}, at most ${o.maxGapMicros / 1e6} s ${o.direction === 'both' ? 'apart' : o.direction}${o.oneToOne ? ', one to one' : ''}`,
    columnNames: (input) => nearestColumns(input, other.columnNames),
    other,
    readsRows: true,
    whole: o.oneToOne,
    shrinks: !o.oneToOne,
    restrictOther: (bounds) => space(bounds, null),
    start(view, reached) {
      const right = new Other(view ?? nothing(), reached, from, crs);
      const rows = (input: TableView, partners: TableView, pairs: NearestPairs): TableView => ({
        table: new NearestTable(input.table, partners.table, pairs),
        indices: null,
      });
      return {
        apply: (input) => rows(input, right.now(), nearestPairsSync(input, right.now(), o)),
        async applyLater(input, task) {
          const partners = await right.later(task);
          return rows(input, partners, await nearestPairs(input, partners, o, task));
        },
        // A row with a partner in space that has none here lacks one in time.
        removed: async (input, output, task) => {
          const near = distinct((await findPairs(input, await right.later(task), { spatialOnly: true }, task)).left);
          return { space: viewLength(input) - near, time: near - viewLength(output), predicate: 0 };
        },
      };
    },
  };
}
