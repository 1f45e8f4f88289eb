import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { duplicateKey, Duplicates, Identities, identityKey } from '../../../../src/catalog/algebra/identity.js';
import { boxPolygon } from '../../../../src/catalog/geometry.js';
import { createRandom } from '../../../../src/core/index.js';
import { tableOf } from './tables.js';

describe('rows found by identity', () => {
  for (const files of [3, 200]) {
    const random = createRandom(files, 'identity');
    const rows = (): ReturnType<typeof tableOf> =>
      tableOf(
        Array.from({ length: 300 }, () => {
          const start = random.int(3);
          return {
            geometry: boxPolygon([0, 0, 1 + random.int(2), 1]),
            filepath: `file-${random.int(files)}`,
            interval: random.int(4) > 0 ? { start, end: start + random.int(2) } : null,
            columns: { layer: [null, 'a', '1', 1][random.int(4)] ?? null },
          };
        }),
      );
    const tables = [rows(), rows()] as const;

    test(`with ${files} files they are those of equal keys`, () => {
      const [left, right] = tables;
      const identities = new Identities(right);
      const keys = new Set<string>();
      for (let i = 0; i < right.length; i++) {
        identities.add(i);
        keys.add(identityKey(right, i));
      }
      const found = Array.from({ length: left.length }, (_, i) => identities.has(left, i));
      assert.deepEqual(
        found,
        Array.from({ length: left.length }, (_, i) => keys.has(identityKey(left, i))),
      );
      assert.equal(new Set(found).size, 2, 'both occur');
    });

    test(`with ${files} files duplicates are those of equal keys, across tables`, () => {
      const duplicates = new Duplicates();
      const keys = new Set<string>();
      for (const table of tables) {
        for (let i = 0; i < table.length; i++) {
          const isNew = !keys.has(duplicateKey(table, i));
          keys.add(duplicateKey(table, i));
          assert.equal(duplicates.isNew(table, i), isNew, `row ${i}`);
        }
      }
      assert.ok(keys.size < 600);
    });
  }
});
