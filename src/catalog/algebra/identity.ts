/** What makes two rows the same row (`catalog.md` §6). */
import { sha256 } from '../../core/index.js';
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

function sameWithinFile(a: CatalogTable, k: number, b: CatalogTable, i: number): boolean {
  const start = a.starts[k];
  return start === b.starts[i] && (start === -Infinity || a.ends[k] === b.ends[i]) && partOf(a, k) === partOf(b, i);
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
    return sameWithinFile(this.#table, known, table, i);
  }
}

/** Key of a row by identity and footprint: rows of one key are duplicates for `union`. */
export function duplicateKey(table: CatalogTable, i: number): string {
  return `${identityKey(table, i)}${Buffer.from(table.wkb(i)).toString('latin1')}`;
}

/** Numbers of rows that a table may have, to number those of several. */
const ROWS = 2 ** 32;

/** Tells rows that equal none before in identity and footprint, of tables that are in memory anyway. */
export class Duplicates {
  readonly #tables: CatalogTable[] = [];
  /** The only row of a file by number, or digests of the keys of its rows. */
  readonly #files = new Map<string, number | Set<string>>();

  isNew(table: CatalogTable, i: number): boolean {
    if (this.#tables.at(-1) !== table) this.#tables.push(table);
    const file = table.filepath(i);
    const known = this.#files.get(file);
    if (known === undefined) {
      this.#files.set(file, (this.#tables.length - 1) * ROWS + i);
      return true;
    }
    if (typeof known === 'object') {
      const before = known.size;
      return known.add(duplicateDigest(table, i)).size > before;
    }
    // SAFETY: only rows of these tables are numbered.
    const other = this.#tables[Math.floor(known / ROWS)] as CatalogTable;
    const k = known % ROWS;
    if (sameWithinFile(other, k, table, i) && Buffer.compare(other.wkb(k), table.wkb(i)) === 0) return false;
    this.#files.set(file, new Set([duplicateDigest(other, k), duplicateDigest(table, i)]));
    return true;
  }
}

/** A short stand-in for the key of a row by identity and footprint. */
export function duplicateDigest(table: CatalogTable, i: number): string {
  return sha256(duplicateKey(table, i));
}
