import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createRandom, isNadirError } from '../../../../src/core/index.js';
import { readParquetTable, writeParquetTable } from '../../../../src/formats/geoparquet/index.js';
import { decodeBits, encodeLevels } from '../../../../src/formats/geoparquet/levels.js';
import { PageSink, packNumbers, packValues } from '../../../../src/formats/geoparquet/snappy-pack.js';
import { unpackSnappy } from '../../../../src/formats/geoparquet/snappy-unpack.js';

const random = createRandom(17, 'pages');

/** A stream of what `fill` writes, with the length before it. */
function stream(full: number, fill: (sink: PageSink) => void): Uint8Array {
  const sink = new PageSink();
  sink.room(2 * full + 80);
  sink.varint(full);
  fill(sink);
  return sink.bytes.slice(0, sink.at);
}

/** Values as Parquet has them, made the slow way. */
function plain(values: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    values.flatMap((v) => {
      const length = Buffer.alloc(4);
      length.writeUInt32LE(v.length);
      return [length, Buffer.from(v)];
    }),
  );
}

describe('pages', () => {
  test('levels of any pattern come back', () => {
    for (let k = 0; k < 300; k++) {
      const run = 1 + random.int(k % 3 === 0 ? 40 : 4);
      const levels = Uint8Array.from(
        { length: 1 + random.int(200) },
        (_, i) => (Math.floor(i / run) + random.int(2)) & 1,
      );
      const bytes = encodeLevels(levels, 1);
      const back = decodeBits(bytes, levels.length);
      assert.ok(back);
      const found =
        typeof back.levels === 'string'
          ? new Uint8Array(levels.length).fill(back.levels === 'all' ? 1 : 0)
          : back.levels;
      assert.deepEqual(found, levels, `pattern ${k} of seed 17`);
      assert.equal(back.end, bytes.length);
    }
  });

  test('packed texts and footprints of any length unpack to their plain values', () => {
    for (let k = 0; k < 300; k++) {
      const geometry = k % 2 === 0;
      let last = new Uint8Array(0);
      const values = Array.from({ length: 1 + random.int(60) }, () => {
        const value = Uint8Array.from({ length: random.int(k % 5 === 0 ? 400 : 120) }, (_, i) =>
          random.int(3) > 0 ? (last[i] ?? 7) : random.int(256),
        );
        if (random.int(4) > 0) last = value;
        return random.int(5) === 0 ? last : value;
      });
      const offsets = new Int32Array(values.length + 1);
      values.forEach((v, i) => (offsets[i + 1] = (offsets[i] ?? 0) + v.length));
      const expected = plain(values);
      const data = new Uint8Array(Buffer.concat(values));
      const packed = stream(expected.length, (sink) => {
        packValues(sink, { data, offsets, valid: null, geometry }, 0, values.length);
      });
      assert.deepEqual(Buffer.from(unpackSnappy(packed, expected.length)), expected, `case ${k} of seed 17`);
    }
  });

  test('runs of equal numbers are stored in a few bytes and come back', () => {
    for (const width of [4, 8]) {
      const numbers = Uint8Array.from({ length: width * 5000 }, (_, i) => Math.floor(i / width / 1700) + (i % width));
      const packed = stream(numbers.length, (sink) => {
        packNumbers(sink, numbers, width);
      });
      assert.ok(packed.length < numbers.length / 15);
      assert.deepEqual(unpackSnappy(packed, numbers.length), numbers);
    }
  });

  test('a stream that claims more than it can hold is refused', () => {
    assert.throws(
      () => unpackSnappy(new Uint8Array(100), 1e9),
      (e) => isNadirError(e, 'FormatError'),
    );
  });

  test('lists with nulls, empty ones and all types come back by another decoder', () => {
    const n = 777;
    const pick = <T>(value: T): T | null => (random.int(4) === 0 ? null : value);
    const rows = {
      text: Array.from({ length: n }, (_, i) => pick(`t${i % 9}`)),
      flag: Array.from({ length: n }, () => pick(random.int(2) === 1)),
      small: Array.from({ length: n }, () => pick(random.int(99) - 50)),
      real: Array.from({ length: n }, () => pick(random.uniform())),
      reals: Array.from({ length: n }, () => pick(Array.from({ length: random.int(4) }, () => random.uniform()))),
      texts: Array.from({ length: n }, () =>
        pick(Array.from({ length: random.int(3) }, (_, i) => (i === 1 ? null : 'é'))),
      ),
    };
    const bytes = writeParquetTable({
      columns: [
        { name: 'text', type: 'string' },
        { name: 'flag', type: 'bool' },
        { name: 'small', type: 'int32' },
        { name: 'real', type: 'double' },
        { name: 'reals', type: 'list<double>' },
        { name: 'texts', type: 'list<string>' },
      ],
      rows,
      rowGroupRows: 300,
    });
    const { columns } = readParquetTable(bytes, 'x');
    for (const [name, values] of Object.entries(rows)) assert.deepEqual(columns[name], values, name);
  });
});
