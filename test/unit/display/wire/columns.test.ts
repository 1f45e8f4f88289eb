import { Bool, Dictionary, Float64, Int32, makeVector, Utf8, vectorFromArray } from 'apache-arrow';
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { decodeColumn, readColumns, type ColumnsData, type WireColumn } from '../../../../src/display/wire/columns.js';
import { parseColumnsResult } from '../../../../src/display/wire/message.js';
import { isProblem, parsePayload } from '../../../../src/display/wire/parse.js';
import { attempt } from '../../../../src/display/wire/read.js';
import { latticeBox, latticePayload, latticeStart } from '../../../renderers/columns-fixture.js';
import { random } from '../../../renderers/fixtures.js';

const MUTANTS = 2000;
const SEED = 20261120;

const base64 = (bytes: ArrayBufferView): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('base64');
const cells = (column: WireColumn, length: number): unknown[] => {
  const decoded = decodeColumn(column);
  return Array.from({ length }, (_, i) => decoded.cell(i));
};
const problemOf = (columns: unknown): string => {
  const outcome = attempt(() => readColumns(columns, 'columns'));
  return outcome.ok ? '' : outcome.problem;
};

describe('columns', () => {
  test('have the layout of Arrow: its buffers decode to its values', () => {
    const texts = ['Ötztal', null, '', 'a'.repeat(300), null, '東京', 'x', 'y', null];
    const arrow = vectorFromArray(texts, new Utf8()).data[0]!;
    const utf8: WireColumn = {
      type: 'utf8',
      values: base64(arrow.values.subarray(0, arrow.valueOffsets[texts.length])),
      offsets: base64(arrow.valueOffsets.subarray(0, texts.length + 1)),
      valid: base64(arrow.nullBitmap.subarray(0, 2)),
    };
    assert.deepEqual(cells(utf8, texts.length), texts);
    const flags = [true, false, null, true, true, false, true, false, true];
    const bools = vectorFromArray(flags, new Bool()).data[0]!;
    const bool: WireColumn = {
      type: 'bool',
      values: base64(bools.values.subarray(0, 2)),
      valid: base64(bools.nullBitmap.subarray(0, 2)),
    };
    assert.deepEqual(cells(bool, flags.length), flags);
    const numbers = makeVector({ data: Float64Array.of(1.5, -2, 1e300), type: new Float64() }).data[0]!;
    assert.deepEqual(cells({ type: 'f64', values: base64(numbers.values) }, 3), [1.5, -2, 1e300]);
    const words = vectorFromArray(['b', 'a', 'b'], new Dictionary(new Utf8(), new Int32()));
    const dict: WireColumn = {
      type: 'dict',
      values: base64(words.data[0]!.values),
      dictionary: words.data[0]!.dictionary!.toArray() as string[],
    };
    assert.deepEqual(cells(dict, 3), ['b', 'a', 'b']);
  });

  test('are refused before anything is decoded when a length does not fit', () => {
    const column = { type: 'f32', values: 'AAAAAA==' };
    assert.equal(problemOf({ length: 1, columns: { a: column } }), '');
    assert.match(
      problemOf({ length: 2, columns: { a: column } }),
      /columns\.a\.values should hold 8 bytes and holds 4/,
    );
    assert.match(problemOf({ length: 1e9, columns: { a: column } }), /should lie in 0…1000000/);
    assert.match(problemOf({ length: 1, columns: { a: { ...column, valid: 'AAA=' } } }), /valid should hold 1 bytes/);
    assert.match(problemOf({ length: 1, columns: { a: { ...column, type: 'f16' } } }), /should be one of f32/);
    const offsets = base64(Int32Array.of(0, 2 ** 31 - 1));
    assert.match(problemOf({ length: 1, columns: { a: { type: 'utf8', values: '', offsets } } }), /should lie in/);
  });

  test('offsets that run backwards or out of the buffer give empty or cut texts', () => {
    const offsets = base64(Int32Array.of(0, 50, -3, 1, 3));
    const values = Buffer.from('abc').toString('base64');
    assert.deepEqual(cells({ type: 'utf8', values, offsets }, 4), ['abc', '', '', 'bc']);
    assert.deepEqual(cells({ type: 'dict', values: base64(Int32Array.of(0, 7, -1)), dictionary: ['x'] }, 3), [
      'x',
      null,
      null,
    ]);
  });

  test('numbers that are not finite are no values', () => {
    assert.deepEqual(cells({ type: 'f32', values: base64(Float32Array.of(NaN, Infinity, 2)) }, 3), [null, null, 2]);
  });

  test('a payload of columns is read as it is', () => {
    const payload = latticePayload(500, 25);
    const parsed = parsePayload(JSON.parse(JSON.stringify(payload)));
    assert.deepEqual(parsed, payload);
    const { columns } = payload.data.columns!;
    assert.deepEqual(
      ['xmin', 'ymin', 'xmax', 'ymax'].map((name) => decodeColumn(columns[name]!).cell(77)),
      latticeBox(77, 25),
    );
    assert.deepEqual(
      [7, 8].map((i) => decodeColumn(columns['startMicros']!).cell(i)),
      [null, latticeStart(8)],
    );
  });

  test(`${MUTANTS} mutants give a payload whose buffers have their lengths, or a reason (seed ${SEED})`, () => {
    const rand = random(SEED);
    let problems = 0;
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutated(latticePayload(9, 3), rand);
      const parsed = parsePayload(mutant);
      if (isProblem(parsed)) {
        problems += 1;
        assert.ok(parsed.problem.length > 0 && parsed.problem.length < 400, parsed.problem);
        continue;
      }
      assert.ok(parsed.kind === 'catalog');
      const found: ColumnsData | undefined = parsed.data.columns;
      for (const column of Object.values(found?.columns ?? {}))
        for (const cell of cells(column, found!.length))
          assert.ok(cell === null || typeof cell !== 'number' || Number.isFinite(cell));
      assert.equal(parseColumnsResult({ columns: found ?? null, matched: 9, density: null }).ok, true);
    }
    assert.ok(problems > MUTANTS / 4, `only ${problems} mutants were refused: the mutations do not bite`);
  });
});

const HOSTILE: readonly unknown[] = [
  null, undefined, -1, 1e9, 2.5, NaN, '', 'AAAA', '<img src=x onerror=alert(1)>', '====', 'A'.repeat(5000), [], {}, true,
  JSON.parse('{"__proto__":{"polluted":true}}'),
]; // prettier-ignore

/** A copy with one to three changed places below `data.columns`, `density` or `histogram`. */
function mutated(payload: unknown, rand: () => number): unknown {
  const copy = structuredClone(payload) as { data: Record<string, unknown> };
  const changes = 1 + Math.floor(rand() * 3);
  for (let c = 0; c < changes; c++) {
    let node = copy.data[['columns', 'columns', 'density', 'histogram'][Math.floor(rand() * 4)]!] as Record<
      string,
      unknown
    >;
    for (let depth = 0; depth < 6; depth++) {
      const keys = Object.keys(node);
      const key = keys[Math.floor(rand() * keys.length)];
      if (key === undefined) break;
      const child = node[key];
      if (typeof child === 'object' && child !== null && rand() < 0.85) {
        node = child as Record<string, unknown>;
        continue;
      }
      if (typeof child === 'string' && rand() < 0.5) node[key] = child.slice(0, Math.floor(rand() * child.length));
      else if (typeof child === 'number' && rand() < 0.5) node[key] = child * 1000 + 1;
      else if (rand() < 0.2) delete node[key];
      else node[key] = HOSTILE[Math.floor(rand() * HOSTILE.length)];
      break;
    }
  }
  return copy;
}
