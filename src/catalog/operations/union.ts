/** The rows of two catalogs one after the other (`catalog.md` §6). */
import type { Crs, RunningTask } from '../../core/index.js';
import { duplicateDigest, Duplicates, projectTable, projectTableSync } from '../algebra/index.js';
import { runSteps, runSync, type Steps } from '../algebra/steps.js';
import { RowIds } from '../build/row-id.js';
import type { Relation } from '../relation.js';
import type { CatalogTable, TableView } from '../table.js';
import { filterView, viewIndex, viewLength } from '../table-view.js';
import { eachRow, filterLater } from '../turns.js';
import type { Scalar } from '../types.js';
import { ConcatTable } from './concat-table.js';
import { compact, DerivedTable } from './derived-table.js';
import { NOTHING_REMOVED, type Operation } from './operation.js';

/** A table with more columns, null where it has none, and maybe other ids. */
class UnitedTable extends DerivedTable {
  readonly #names: readonly string[];
  readonly #own: ReadonlySet<string>;
  readonly #ids: ClaimedIds | null;

  constructor(base: CatalogTable, names: readonly string[], ids: ClaimedIds | null) {
    super(base);
    this.#names = names;
    this.#own = new Set(base.columnNames);
    this.#ids = ids;
  }
  /** The same rows with more columns. */
  with(names: readonly string[]): UnitedTable {
    return new UnitedTable(this.base, names, this.#ids);
  }
  override get columnNames(): readonly string[] {
    return this.#names;
  }
  override value(name: string, i: number): Scalar {
    return this.#own.has(name) ? super.value(name, i) : null;
  }
  override id(i: number): string {
    return this.#ids?.now()[i] ?? super.id(i);
  }
  override async prepare(task: RunningTask): Promise<void> {
    await super.prepare(task);
    await this.#ids?.prepare(task);
  }
}

/** A table with the columns of a union; unions of unions are no deeper than one. */
function unite(table: CatalogTable, names: readonly string[]): CatalogTable {
  if (table instanceof ConcatTable)
    return new ConcatTable(
      table.parts.map((part) => unite(part, names)),
      names,
    );
  return table instanceof UnitedTable ? table.with(names) : new UnitedTable(table, names, null);
}

const text = (value: Scalar): string => (value === null ? '' : String(value));

function* claimSteps(ids: RowIds, view: TableView): Steps<string[]> {
  const { table } = view;
  const layered = table.columnNames.includes('layer');
  const keyed = table.columnNames.includes('asset_key');
  const claimed: string[] = [];
  yield* eachRow(viewLength(view), (k) => {
    const i = viewIndex(view, k);
    const layer = layered ? text(table.value('layer', i)) : '';
    const key = keyed ? text(table.value('asset_key', i)) : '';
    claimed.push(ids.claim(table.id(i), table.filepath(i), layer, key));
  });
  return claimed;
}

/** The ids of right rows, claimed when first asked for: those of left rows come first. */
class ClaimedIds {
  readonly #ids: RowIds;
  readonly #left: TableView | null;
  readonly #right: TableView;
  #claimed: readonly string[] | undefined;

  /** @param left rows whose ids are not known to be taken yet. */
  constructor(ids: RowIds, left: TableView | null, right: TableView) {
    this.#ids = ids;
    this.#left = left;
    this.#right = right;
  }
  *#steps(): Steps<readonly string[]> {
    // Claims that were cancelled half-way are no claims.
    const ids = this.#left ? new RowIds() : this.#ids;
    if (this.#left) yield* claimSteps(ids, this.#left);
    return yield* claimSteps(ids, this.#right);
  }
  now(): readonly string[] {
    return (this.#claimed ??= runSync(this.#steps()));
  }
  async prepare(task: RunningTask): Promise<void> {
    this.#claimed ??= await runSteps(this.#steps(), task);
  }
}

/** Left rows, then right rows in the left's CRS; `exact` drops later rows equal in identity and footprint. */
export function unionOperation(crs: Crs, other: Relation, dedupe: 'none' | 'exact'): Operation {
  const { facts } = other.source;
  const united = (names: readonly string[]): readonly string[] => [...new Set([...names, ...other.columnNames])];
  return {
    name: 'union',
    detail: `${facts.backend} catalog in ${facts.crs.canonical}${dedupe === 'exact' ? ', without exact duplicates' : ''}`,
    columnNames: united,
    other,
    appends: true,
    start(whole) {
      const seen = whole ? new Duplicates() : new Set<string>();
      const ids = new RowIds();
      let names: readonly string[] = other.columnNames;
      /** Left rows whose ids are not yet known to be taken; of a left side that comes in batches none is kept. */
      let left: TableView | null = null;
      const isNew = (table: CatalogTable, i: number): boolean => {
        if (seen instanceof Duplicates) return seen.isNew(table, i);
        // Batches are not kept.
        const before = seen.size;
        return seen.add(duplicateDigest(table, i)).size > before;
      };
      const fresh = (view: TableView): TableView =>
        dedupe === 'none' ? view : filterView(view, (i) => isNew(view.table, i));
      const freshLater = async (view: TableView, task: RunningTask): Promise<TableView> =>
        dedupe === 'none' ? view : filterLater(view, (i) => isNew(view.table, i), task);
      const shown = (view: TableView): TableView => ({ table: unite(view.table, names), indices: view.indices });
      const claimed = (view: TableView): ClaimedIds => new ClaimedIds(ids, left, view);
      const appended = (view: TableView, own: ClaimedIds): TableView => ({
        table: new UnitedTable(compact(view), names, own),
        indices: null,
      });
      const isHere = facts.crs.equals(crs);
      const projection = { from: facts.crs, to: crs, within: null };
      return {
        apply(input) {
          names = united(input.table.columnNames);
          const view = fresh(input);
          if (whole) left = view;
          else runSync(claimSteps(ids, view));
          return shown(view);
        },
        async applyLater(input, task) {
          names = united(input.table.columnNames);
          const view = await freshLater(input, task);
          if (whole) left = view;
          else await runSteps(claimSteps(ids, view), task);
          return shown(view);
        },
        tail(rows) {
          const view = fresh(isHere ? rows : { table: projectTableSync(rows, projection), indices: null });
          const own = claimed(view);
          if (!whole) own.now();
          return appended(view, own);
        },
        async tailLater(rows, task) {
          const there = isHere ? rows : { table: await projectTable(rows, projection, task), indices: null };
          const view = await freshLater(there, task);
          const own = claimed(view);
          if (!whole) await own.prepare(task);
          return appended(view, own);
        },
        removed: (input, output) =>
          dedupe === 'none'
            ? NOTHING_REMOVED
            : { space: 0, time: 0, predicate: viewLength(input) - viewLength(output) },
      };
    },
  };
}
