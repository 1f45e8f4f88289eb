/** What makes two rows the same row (`catalog.md` §6). */
import type { CatalogTable } from '../table.js';

/** Key of a row by file, layer, asset and times: what `difference` by identity compares. */
export function identityKey(table: CatalogTable, i: number): string {
  return JSON.stringify([
    table.filepath(i),
    table.columnNames.includes('layer') ? table.value('layer', i) : null,
    table.columnNames.includes('asset_key') ? table.value('asset_key', i) : null,
    // JSON has no infinities: a static row has no times.
    table.interval(i),
  ]);
}

/** Key of a row by identity and footprint: rows of one key are duplicates for `union`. */
export function duplicateKey(table: CatalogTable, i: number): string {
  return `${identityKey(table, i)}${Buffer.from(table.wkb(i)).toString('latin1')}`;
}
