/** What makes two rows the same row (`catalog.md` §6). */
import type { CatalogTable } from '../table.js';
import type { Scalar } from '../types.js';

/** Layer and asset of a row as text; empty where it has neither. */
function partOf(table: CatalogTable, i: number): string {
  const value = (name: string): Scalar => (table.columnNames.includes(name) ? table.value(name, i) : null);
  const [layer, asset] = [value('layer'), value('asset_key')];
  return layer === null && asset === null ? '' : JSON.stringify([layer, asset]);
}

/** Layer, asset and times of a row: what tells rows of one file apart. */
function withinFile(table: CatalogTable, i: number): string {
  const start = table.starts[i] ?? NaN;
  // A static row has no times.
  return `${start === -Infinity ? '' : `${start} ${table.ends[i] ?? NaN}`}${partOf(table, i)}`;
}

/**
 * Key of a row by file, layer, asset and times: what `difference` by identity compares. The file, which may hold any
 * character, comes last.
 */
export function identityKey(table: CatalogTable, i: number): string {
  return `${withinFile(table, i)}\n${table.filepath(i)}`;
}

/** The identities of rows. Most files have one row each: their paths alone are hashed. */
export class Identities {
  readonly #table: CatalogTable;
  /** The only row of a file, or what tells its rows apart. */
  readonly #files = new Map<string, number | Set<string>>();

  constructor(table: CatalogTable) {
    this.#table = table;
  }

  /** Adds a row of the table. */
  add(i: number): void {
    const file = this.#table.filepath(i);
    const known = this.#files.get(file);
    if (known === undefined) this.#files.set(file, i);
    else if (typeof known === 'object') known.add(withinFile(this.#table, i));
    else this.#files.set(file, new Set([withinFile(this.#table, known), withinFile(this.#table, i)]));
  }

  /** Whether a row of any table has the identity of one of them. */
  has(table: CatalogTable, i: number): boolean {
    const known = this.#files.get(table.filepath(i));
    if (known === undefined) return false;
    if (typeof known === 'object') return known.has(withinFile(table, i));
    const [a, b] = [this.#table, table];
    const sameTimes = a.starts[known] === b.starts[i] && (a.starts[known] === -Infinity || a.ends[known] === b.ends[i]);
    return sameTimes && partOf(a, known) === partOf(b, i);
  }
}

/** Key of a row by identity and footprint: rows of one key are duplicates for `union`. */
export function duplicateKey(table: CatalogTable, i: number): string {
  return `${identityKey(table, i)}${Buffer.from(table.wkb(i)).toString('latin1')}`;
}
