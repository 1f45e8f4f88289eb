/** The rows of two catalogs one after the other (`catalog.md` §6). */
import { sha256, type Crs } from '../../core/index.js';
import { duplicateKey, projectTableSync } from '../algebra/index.js';
import { RowIds } from '../row-id.js';
import type { Relation } from '../relation.js';
import type { CatalogTable, TableView } from '../table.js';
import { filterView, viewIndex, viewLength } from '../table-view.js';
import type { Scalar } from '../types.js';
import { ConcatTable } from './concat-table.js';
import { compact, DerivedTable } from './derived-table.js';
import { NOTHING_REMOVED, type Operation } from './operation.js';

/** A table with more columns, null where it has none, and maybe other ids. */
class UnitedTable extends DerivedTable {
  readonly #names: readonly string[];
  readonly #own: ReadonlySet<string>;
  readonly #ids: (() => readonly string[]) | null;

  constructor(base: CatalogTable, names: readonly string[], ids: (() => readonly string[]) | null) {
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
    return this.#ids?.()[i] ?? super.id(i);
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

function claimIds(ids: RowIds, view: TableView): string[] {
  const { table } = view;
  const layered = table.columnNames.includes('layer');
  const keyed = table.columnNames.includes('asset_key');
  return Array.from({ length: viewLength(view) }, (_, k) => {
    const i = viewIndex(view, k);
    const layer = layered ? text(table.value('layer', i)) : '';
    return ids.claim(table.id(i), table.filepath(i), layer, keyed ? text(table.value('asset_key', i)) : '');
  });
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
      const seen = new Set<string>();
      const ids = new RowIds();
      let names: readonly string[] = other.columnNames;
      /** Left rows whose ids are not yet known to be taken; of a left side that comes in batches none is kept. */
      let left: TableView | null = null;
      const fresh = (view: TableView): TableView => {
        if (dedupe === 'none') return view;
        return filterView(view, (i) => {
          const before = seen.size;
          return seen.add(sha256(duplicateKey(view.table, i))).size > before;
        });
      };
      return {
        apply(input) {
          names = united(input.table.columnNames);
          const view = fresh(input);
          if (whole) left = view;
          else claimIds(ids, view);
          return { table: unite(view.table, names), indices: view.indices };
        },
        tail(rows) {
          const projected = facts.crs.equals(crs)
            ? rows
            : { table: projectTableSync(rows, facts.crs, crs), indices: null };
          const view = fresh(projected);
          let claimed: readonly string[] | undefined;
          const own = (): readonly string[] => {
            if (left) claimIds(ids, left);
            left = null;
            return (claimed ??= claimIds(ids, view));
          };
          if (!whole) own();
          return { table: new UnitedTable(compact(view), names, own), indices: null };
        },
        removed: (input, output) =>
          dedupe === 'none'
            ? NOTHING_REMOVED
            : { space: 0, time: 0, predicate: viewLength(input) - viewLength(output) },
      };
    },
  };
}
