import assert from 'node:assert/strict';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { openCatalog } from '../../../../src/catalog/index.js';
import { groupsOf, readCatalogBox } from '../../../../src/catalog/stored/stored-box.js';
import { openCatalogFiles } from '../../../../src/catalog/stored/stored-files.js';
import { createRandom, days } from '../../../../src/core/index.js';
import type { Bounds, Interval } from '../../../../src/core/index.js';
import { withFolder } from '../../../support/places.js';
import { makeCatalog, type RowInit } from '../../../support/rows.js';

const random = createRandom(8, 'box');
const rows = Array.from({ length: 45_000 }, (_, i): RowInit => {
  const [x, y] = [random.uniform() * 100, random.uniform() * 100];
  return {
    id: `r${i}`,
    box: [x, y, x + 0.5, y + 0.5],
    interval: i % 3 === 0 ? null : days(`2024-0${1 + random.int(3)}-01`),
    columns: { n: i },
  };
});

describe('reading a box of a stored catalog', () => {
  test('finds the rows that a look at every row finds, from the row groups that may hold them', async () => {
    await withFolder(async (folder) => {
      const file = path.join(folder, 'c.parquet');
      await makeCatalog(rows, 'EPSG:32631').toGeoParquet(file);
      const all = await (await openCatalog(file, { engine: 'memory' })).toArray();
      const stored = await openCatalogFiles(file, {});
      await stored.close();
      const cases: readonly { bounds?: Bounds; time?: Interval }[] = [
        { bounds: [10, 10, 12, 12] },
        { bounds: [90, 5, 99, 9], time: days('2024-02-01') },
        { time: days('2024-03-01', '2024-03-05') },
        { bounds: [200, 200, 201, 201] },
        {},
      ];
      for (const filter of cases) {
        const { bounds: b, time: t } = filter;
        const expected = all.filter(
          (r) =>
            (!b || (r.bbox[0] <= b[2] && r.bbox[1] <= b[3] && r.bbox[2] >= b[0] && r.bbox[3] >= b[1])) &&
            (!t || !r.interval || (r.interval.start <= t.end && r.interval.end >= t.start)),
        );
        const { table, indices } = await readCatalogBox(file, filter);
        const found = Array.from(indices ?? Array(table.length).keys(), (i) => table.row(i));
        assert.deepEqual(
          found.map((r) => ({ ...r, crs: r.crs.canonical })),
          expected.map((r) => ({ ...r, crs: r.crs.canonical })),
        );
      }
      const groups = (filter: (typeof cases)[number]): number => groupsOf(stored.files[0]!, filter).length;
      assert.equal(groups({}), 5);
      assert.equal(groups({ bounds: [200, 200, 201, 201] }), 0);
      assert.ok(groups({ time: days('2024-03-01') }) < 5);
    });
  });

  test('parts of a folder are looked at one by one', async () => {
    await withFolder(async (folder) => {
      const one = path.join(folder, 'one.parquet');
      await makeCatalog(rows.slice(0, 100), 'EPSG:32631').toGeoParquet(one);
      mkdirSync(path.join(folder, 'more'));
      copyFileSync(one, path.join(folder, 'more', 'two.parquet'));
      const { table, indices } = await readCatalogBox(folder, { bounds: [0, 0, 100, 50] });
      const all = await (await openCatalog(folder, { engine: 'memory' })).toArray();
      assert.equal(all.length, 200);
      assert.deepEqual(
        Array.from(indices ?? Array(table.length).keys(), (i) => table.id(i)),
        all.filter((r) => r.bbox[1] <= 50).map((r) => r.id),
      );
    });
  });
});
