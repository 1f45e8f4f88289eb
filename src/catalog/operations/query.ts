/** Rows that meet an area and a time (`catalog.md` §4). */
import { boxesTouch, formatTime, warn, type Bounds, type Crs, type RunningTask } from '../../core/index.js';
import type { PreparedQuery } from '../area.js';
import { footprintBounds, isBox, meets, type Area } from '../geometry.js';
import type { CatalogTable, TableView } from '../table.js';
import { around, boxAt, filterView, viewLength } from '../table-view.js';
import { filterLater } from '../turns.js';
import type { Operation } from './operation.js';
import { rowsTouching } from './spatial-index.js';

/** Boxes that a statement compares rows with, at most. */
const MOST_BOXES = 8;

interface PreparedArea {
  readonly area: Area;
  readonly bounds: Bounds;
  readonly box: boolean;
}

function rowMeets(table: CatalogTable, i: number, { area, bounds, box }: PreparedArea): boolean {
  // Two rectangles whose boxes touch share a point; the tree has tested that.
  if (box && table.boxed[i] === 1) return true;
  return meets(table.geometry(i), area, boxAt(table, i), bounds);
}

/** The rows of a view that meet one of some areas, in order, and that are accepted; `meet` is the exact test. */
function inSpace(
  view: TableView,
  areas: readonly PreparedArea[],
  accept: (i: number) => boolean,
  meet: typeof rowMeets = rowMeets,
): TableView {
  const { table } = view;
  const search = (a: PreparedArea): number[] => rowsTouching(view, a.bounds, (i) => accept(i) && meet(table, i, a));
  const [first, ...others] = areas;
  const hits = first ? search(first) : [];
  const found = others.length === 0 ? hits : new Set([...hits, ...others.flatMap(search)]);
  return { table, indices: Uint32Array.from(found).sort() };
}

/** As {@link inSpace}, with turns of the event loop between exact tests. */
function inSpaceLater(
  view: TableView,
  areas: readonly PreparedArea[],
  accept: (i: number) => boolean,
  task: RunningTask,
): Promise<TableView> {
  const { table } = view;
  const near = inSpace(view, areas, accept, () => true);
  const meets = (i: number): boolean =>
    areas.some((a) => (areas.length === 1 || boxesTouch(boxAt(table, i), a.bounds)) && rowMeets(table, i, a));
  return filterLater(near, meets, task);
}

/** Whether all numbers of a box could be degrees. */
function inDegrees([xmin, ymin, xmax, ymax]: Bounds): boolean {
  return Math.max(Math.abs(xmin), Math.abs(xmax)) <= 360 && Math.max(Math.abs(ymin), Math.abs(ymax)) <= 90;
}

/** Degrees against metres, or the reverse, where box and CRS differ: such a box finds nothing and says nothing. */
function warnOfUnits(bounds: Bounds, total: Bounds, crs: Crs): void {
  const misses = total[0] > bounds[2] || bounds[0] > total[2] || total[1] > bounds[3] || bounds[1] > total[3];
  const looksGeographic = inDegrees(bounds);
  if (!misses || looksGeographic === inDegrees(total)) return;
  const [seen, proposal] = looksGeographic
    ? ['degrees', "crs: 'EPSG:4326'"]
    : ['metres', "their crs, e.g. crs: 'EPSG:32631'"];
  warn(
    `The query bounds [${bounds.join(', ')}] miss the whole catalog and look like ${seen}, but the catalog is in ${crs.canonical}. Pass ${proposal} with them.`,
  );
}

function describeQuery({ given, interval }: PreparedQuery): string {
  return [
    ...(given === null ? [] : [`meets ${given}`]),
    ...(interval ? [`${formatTime(interval.start)} to ${formatTime(interval.end)}`] : []),
  ].join(', ');
}

/** Boxes for a scan: all of them, or the one around many. */
function scanBoxes(areas: readonly PreparedArea[]): readonly Bounds[] {
  const boxes = areas.map((a) => a.bounds);
  return boxes.length <= MOST_BOXES ? boxes : [boxes.reduce(around)];
}

/** Filter by area and time. */
export function queryOperation(query: PreparedQuery, crs: Crs): Operation {
  const { interval, bareBounds } = query;
  const areas =
    query.areas?.map((area): PreparedArea => ({ area, bounds: footprintBounds(area), box: isBox(area) })) ?? null;
  const inTime = (table: CatalogTable): ((i: number) => boolean) => {
    if (!interval) return () => true;
    const { starts, ends } = table;
    return (i) => (starts[i] ?? NaN) <= interval.end && (ends[i] ?? NaN) >= interval.start;
  };
  let warned = false;
  return {
    name: 'query',
    detail: describeQuery(query),
    shrinks: true,
    readsRows: areas !== null,
    filter: { boxes: areas && scanBoxes(areas), interval },
    start: () => ({
      apply(view) {
        if (areas) return inSpace(view, areas, inTime(view.table));
        return interval ? filterView(view, inTime(view.table)) : view;
      },
      applyLater(view, task) {
        if (areas) return inSpaceLater(view, areas, inTime(view.table), task);
        return Promise.resolve(interval ? filterView(view, inTime(view.table)) : view);
      },
      async removed(input, output, task) {
        const placed = viewLength(areas ? await inSpaceLater(input, areas, () => true, task) : input);
        return { space: viewLength(input) - placed, time: placed - viewLength(output), predicate: 0 };
      },
    }),
    // The envelope of a large catalog takes longer than a query: it is asked for only where it could tell.
    ...(bareBounds &&
      inDegrees(bareBounds) !== crs.isGeographic && {
        onNothing(total: Bounds) {
          if (warned) return;
          warned = true;
          warnOfUnits(bareBounds, total, crs);
        },
      }),
  };
}

/** Keeps the rows of every `step`-th distinct start time, counted in time order; static rows stay. */
export function strideOperation(step: number): Operation {
  return {
    name: 'query',
    detail: `tStep ${step}`,
    start() {
      const distinct = new Set<number>();
      let kept: ReadonlySet<number> | undefined;
      return {
        survey: (view) => {
          filterView(view, (i) => {
            distinct.add(view.table.starts[i] ?? NaN);
            return false;
          });
        },
        apply(view) {
          if (!kept) {
            distinct.delete(-Infinity);
            kept = new Set([...distinct].sort((a, b) => a - b).filter((_, k) => k % step === 0)).add(-Infinity);
          }
          const keep = kept;
          return filterView(view, (i) => keep.has(view.table.starts[i] ?? NaN));
        },
        removed: (input, output) => ({ space: 0, time: viewLength(input) - viewLength(output), predicate: 0 }),
      };
    },
  };
}
