/** Rows of catalogs in words. */
import type { FootprintRow } from '../../src/display/wire/payload.js';
import { formatCell, formatDegrees, formatInterval } from '../shared/format.js';
import type { Fact } from '../shared/ui.js';

/** A box as text: south-west to north-east. */
export function boxText(box: readonly [number, number, number, number]): string {
  const [w, s, e, n] = box;
  const step = Math.max(1e-5, Math.min(0.1, (n - s) / 100));
  const lats = `${formatDegrees(s, 'lat', step)} – ${formatDegrees(n, 'lat', step)}`;
  if (e - w >= 359.999) return `all longitudes, ${lats}`;
  return `${formatDegrees(w, 'lon', step)} – ${formatDegrees(e, 'lon', step)}, ${lats}`;
}

/** Everything about a row. */
export function rowFacts(row: FootprintRow): Fact[] {
  return [
    { label: 'id', value: row.id },
    { label: 'time', value: formatInterval(row.startMicros, row.endMicros) },
    { label: 'bounds', value: boxText(row.bbox) },
    ...Object.entries(row.properties).map(([label, value]) => ({ label, value: formatCell(value) })),
  ];
}
