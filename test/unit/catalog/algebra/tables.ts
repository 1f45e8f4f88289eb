/** Tables for tests of set algebra. */
import { RowsTable } from '../../../../src/catalog/engines/memory/rows-table.js';
import { boxPolygon, footprintBounds } from '../../../../src/catalog/geometry.js';
import type { TableView } from '../../../../src/catalog/table.js';
import type { CatalogRow, MultiPolygon, Polygon } from '../../../../src/catalog/types.js';
import { Crs, startTask, type Bounds, type Interval, type Random } from '../../../../src/core/index.js';

export interface Given {
  readonly geometry: Polygon | MultiPolygon;
  readonly interval?: Interval | null;
  readonly filepath?: string;
  readonly columns?: CatalogRow['columns'];
}

/** A table of rows in EPSG:32631 that say what they are given. */
export function tableOf(rows: readonly Given[]): RowsTable {
  return new RowsTable(
    rows.map(({ geometry, interval = null, filepath, columns = {} }, i): CatalogRow => ({
      id: `row-${i}`,
      filepath: filepath ?? `${i}.tif`,
      geometry,
      bbox: footprintBounds(geometry),
      interval,
      static: interval === null,
      crs: Crs.from('EPSG:32631'),
      native: null,
      columns,
    })),
  );
}

/** All rows of a table of rows. */
export const viewOf = (rows: readonly Given[]): TableView => ({ table: tableOf(rows), indices: null });

/** Boxes on a grid of whole numbers, so that many touch exactly; a fifth static, the others of some whole days. */
export function randomRows(random: Random, count: number, shape: (box: Bounds) => Polygon = boxPolygon): Given[] {
  return Array.from({ length: count }, () => {
    const [x, y, w, h] = [random.int(30), random.int(30), 1 + random.int(5), 1 + random.int(5)];
    const start = random.int(20);
    return {
      geometry: shape([x, y, x + w, y + h]),
      interval: random.int(5) === 0 ? null : { start, end: start + random.int(4) },
      filepath: `${random.int(4)}.tif`,
    };
  });
}

/** A quadrilateral that leans to the east: no box, but one with whole corners. */
export function leaning([xmin, ymin, xmax, ymax]: Bounds): Polygon {
  return {
    type: 'Polygon',
    coordinates: [
      [
        [xmin, ymin],
        [xmax, ymin],
        [xmax + 1, ymax],
        [xmin + 1, ymax],
        [xmin, ymin],
      ],
    ],
  };
}

/** A task that reports nothing. */
export const quiet = startTask('test', { onProgress: () => undefined });
