/** Tables of SQLite databases, against what SQLite itself reads (test/oracles/vector/make-sqlite.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { isNadirError } from '../../../../src/core/index.js';
import { SqliteDatabase } from '../../../../src/formats/sqlite/index.js';
import { tableColumns } from '../../../../src/formats/sqlite/table-columns.js';
import { memorySource } from '../../../../src/io/index.js';

interface Case {
  readonly name: string;
  readonly bytes: string;
  readonly odd: readonly (readonly [number, string | null, number | null, number, string, number])[];
  readonly later: readonly (readonly [number, number, string, null])[];
}
// SAFETY: written by make-sqlite.py.
const CASES = JSON.parse(
  gunzipSync(readFileSync('test/oracles/vector/sqlite.json.gz')).toString('utf8'),
) as readonly Case[];
const open = (bytes: Uint8Array): Promise<SqliteDatabase> => SqliteDatabase.open(memorySource(bytes, 'a.db'));

describe('SQLite databases', () => {
  for (const { name, bytes, odd, later } of CASES) {
    test(`${name}: every value of every row is what SQLite reads`, async () => {
      const db = await open(Buffer.from(bytes, 'hex'));
      const tables = await db.tables();
      const rows = await db.all(tables.get('odd "name')!);
      assert.deepEqual(
        rows.map((r) => [
          r['fid'],
          r['a b'],
          r['real'],
          r['big'],
          r['bytes'] === null
            ? ''
            : Buffer.from(r['bytes'] as Uint8Array)
                .toString('hex')
                .toUpperCase(),
          r['bytes'] === null ? 1 : 0,
        ]),
        odd,
      );
      const found: unknown[] = [];
      for await (const row of db.rows(tables.get('later')!)) {
        const [x, y, z = null] = await row.values();
        found.push([row.rowId, x, y, z]);
      }
      assert.deepEqual(found, later);
    });
  }

  test('columns are found in any CREATE TABLE', () => {
    const names = (sql: string): string[] => tableColumns(sql).map((c) => (c.isRowId ? `*${c.name}` : c.name));
    assert.deepEqual(names('CREATE TABLE t(a,b INT,"c ""d" TEXT)'), ['a', 'b', 'c "d']);
    assert.deepEqual(names("CREATE TABLE t (id integer primary key, x DEFAULT (1+(2)), y DEFAULT '),(' )"), [
      '*id',
      'x',
      'y',
    ]);
    assert.deepEqual(names('CREATE TABLE t ("id" INTEGER NOT NULL, g BLOB, PRIMARY KEY ("id"))'), ['*id', 'g']);
    assert.deepEqual(names('CREATE TABLE t (id INT PRIMARY KEY, a)'), ['id', 'a'], 'only INTEGER is the row id');
    assert.deepEqual(names('CREATE TABLE t (a -- x, y\n, b /* , c */, FOREIGN KEY (a) REFERENCES u(b))'), ['a', 'b']);
    assert.deepEqual(names('CREATE TABLE t (a, v AS (a+1), s INT GENERATED ALWAYS AS (a) STORED)'), ['a', 's']);
  });

  test('a page that points back at its table, and one that lies outside, are errors, not loops', async () => {
    const original = Buffer.from(CASES[0]!.bytes, 'hex');
    const { rootPage } = (await (await open(original)).tables()).get('later')!;
    const at = (rootPage - 1) * 512;
    assert.equal(original[at], 5, 'the table has more than one page');
    for (const target of [rootPage, 100_000]) {
      const forged = Buffer.from(original);
      forged.writeUInt32BE(target, at + 8);
      const db = await open(forged);
      await assert.rejects(
        db.all((await db.tables()).get('later')!),
        (e) => isNadirError(e, 'FormatError') && e.code === 'bad-sqlite',
      );
    }
  });

  test('what is no database is an error that names it', async () => {
    await assert.rejects(
      open(Buffer.from('x'.repeat(200))),
      (e) => isNadirError(e, 'FormatError') && /a\.db/.test(e.message),
    );
  });
});
