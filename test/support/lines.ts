/** Small catalogs of boxes in a line, over memory or read in batches. */
import { catalogOf, type GeoCatalog } from '../../src/catalog/index.js';
import type { ScanFilter } from '../../src/catalog/table.js';
import { Crs, days } from '../../src/core/index.js';
import { scannedSource } from '../contract/data/catalog-conformance/engines.js';
import { makeRow, type RowInit } from './rows.js';

const UTM = Crs.from('EPSG:32631');

/** A row of boxes, ten units apart, a day apart. */
export function line(n: number, columns: (i: number) => RowInit['columns'] = () => ({})): RowInit[] {
  return Array.from({ length: n }, (_, i): RowInit => ({
    id: `r${i}`,
    box: [i * 10, 0, i * 10 + 5, 5],
    interval: days(`2024-01-${String(1 + (i % 28)).padStart(2, '0')}`),
    columns: columns(i) ?? {},
  }));
}

/** A catalog over a source that is read in small batches, and what its scans were asked. */
export function scanned(rows: readonly RowInit[], crs = UTM): { catalog: GeoCatalog; scans: ScanFilter[] } {
  const scans: ScanFilter[] = [];
  const source = scannedSource(
    rows.map((r, i) => makeRow(r, i, crs)),
    crs,
    scans,
  );
  return { catalog: catalogOf(source), scans };
}
