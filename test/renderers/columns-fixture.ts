/** A catalog payload of many rows, its buffers written byte by byte: a lattice of boxes, one degree apart. */
import { Buffer } from 'node:buffer';
import type { ColumnsData, WireColumn } from '../../src/display/wire/columns.js';
import type { CatalogData, FootprintRow, Payload } from '../../src/display/wire/payload.js';

const DAY = 86_400e6;
const FIRST = Date.UTC(2024, 0, 1) * 1000;

/** Box of row i: half a degree wide, on a lattice of `across` columns from 0°E 40°N eastwards and southwards. */
export function latticeBox(i: number, across: number): readonly [number, number, number, number] {
  const [x, y] = [i % across, 40 - Math.floor(i / across)];
  return [x, y, x + 0.5, y + 0.5];
}

/** Start of row i; every 50th has none. */
export function latticeStart(i: number): number | null {
  return i % 50 === 7 ? null : FIRST + (i % 300) * DAY;
}

function little(length: number, size: number, write: (b: Buffer, i: number) => void): string {
  const buffer = Buffer.alloc(length * size);
  for (let i = 0; i < length; i++) write(buffer, i);
  return buffer.toString('base64');
}

/** Columns of the rows `indices`. */
export function latticeColumns(indices: readonly number[], across: number, withIds = true): ColumnsData {
  const n = indices.length;
  const columns: Record<string, WireColumn> = {};
  ['xmin', 'ymin', 'xmax', 'ymax'].forEach((name, k) => {
    columns[name] = {
      type: 'f32',
      values: little(n, 4, (b, i) => b.writeFloatLE(latticeBox(indices[i]!, across)[k]!, i * 4)),
    };
  });
  const valid = Buffer.alloc(Math.ceil(n / 8));
  indices.forEach((row, i) => {
    if (latticeStart(row) !== null) valid[i >> 3]! |= 1 << (i & 7);
  });
  columns['startMicros'] = {
    type: 'f64',
    values: little(n, 8, (b, i) => b.writeDoubleLE(latticeStart(indices[i]!) ?? 0, i * 8)),
    valid: valid.toString('base64'),
  };
  if (withIds) {
    const ids = indices.map((row) => `tile-${row}`);
    let at = 0;
    const offsets = [0, ...ids.map((id) => (at += Buffer.byteLength(id)))];
    columns['id'] = {
      type: 'utf8',
      values: Buffer.from(ids.join('')).toString('base64'),
      offsets: little(n + 1, 4, (b, i) => b.writeInt32LE(offsets[i]!, i * 4)),
    };
    columns['platform'] = {
      type: 'dict',
      values: little(n, 4, (b, i) => b.writeInt32LE(indices[i]! % 2, i * 4)),
      dictionary: ['Sentinel-2A', 'Sentinel-2B'],
    };
  }
  return { length: n, columns };
}

/** Row i as the kernel would describe it. */
export function latticeRow(i: number, across: number): FootprintRow {
  const [w, s, e, n] = latticeBox(i, across);
  const start = latticeStart(i);
  return {
    id: `tile-${i}`,
    bbox: [w, s, e, n],
    outline: [
      [
        [
          [w, s],
          [e, s],
          [e, n],
          [w, n],
          [w, s],
        ],
      ],
    ],
    startMicros: start,
    endMicros: start,
    properties: { file: `tile-${i}.tif`, detail: `all of ${i}` },
  };
}

/** The payload: `inline` of `total` rows, evenly chosen. */
export function latticePayload(
  total: number,
  across: number,
  inline = total,
): Payload<'catalog', CatalogData> & { readonly kind: 'catalog' } {
  const indices = Array.from({ length: inline }, (_, k) => Math.floor((k * total) / inline));
  const starts = Array.from({ length: total }, (_, i) => latticeStart(i));
  const counts = Array.from({ length: 300 }, () => 0);
  for (const s of starts) if (s !== null) counts[(s - FIRST) / DAY]! += 1;
  const dated = starts.filter((s) => s !== null).length;
  const rows = Math.ceil(total / across);
  // One cell a degree: the count of each is 1 where the lattice has a box.
  const cells = Buffer.alloc(across * 2);
  for (let x = 0; x < across; x++) cells.writeUInt16LE(rows, x * 2);
  return {
    kind: 'catalog',
    version: 1,
    viewId: 'cell-columns:0',
    datasetId: 'sha256:columns',
    title: `${total} tiles`,
    alt: `${total} tiles, 2024-01-01 to 2024-10-26`,
    producer: 'nadir 0.1.0',
    live: true,
    truncated: inline < total ? `showing ${inline} of ${total} rows` : 'boxes instead of outlines',
    data: {
      crs: 'EPSG:4326',
      counts: { rows: total, dated, static: total - dated, skipped: 0 },
      bbox: [0, 41 - rows, across - 0.5, 40.5],
      interval: { startMicros: FIRST, endMicros: FIRST + 299 * DAY },
      rows: [],
      skipped: [],
      columns: latticeColumns(indices, across),
      spanSeconds: 0,
      density: {
        box: [0, 41 - rows, across - 0.5, 40.5],
        width: across,
        height: 1,
        type: 'u16',
        values: cells.toString('base64'),
      },
      histogram: { startMicros: FIRST, endMicros: FIRST + 300 * DAY, counts },
      facets: [{ label: 'file CRS', rows: total, values: [{ value: 'EPSG:32632', count: total }], others: 0 }],
    },
  };
}
