import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RowGroups } from '../../../../../src/catalog/engines/duckdb/row-groups.js';
import { loadDuckdb } from '../../../../../src/catalog/engines/duckdb/driver.js';
import type { Part } from '../../../../../src/catalog/engines/duckdb/parts.js';
import { scanStatements } from '../../../../../src/catalog/engines/duckdb/statements.js';
import { createRandom, type Bounds, type Interval } from '../../../../../src/core/index.js';
import type { ColumnChunk, Footer } from '../../../../../src/formats/geoparquet/index.js';

interface Row {
  readonly box: Bounds;
  readonly interval: Interval | null;
}

const bytesOf = (value: number, time: boolean): Uint8Array => {
  const view = new DataView(new ArrayBuffer(8));
  if (time) view.setBigInt64(0, BigInt(value), true);
  else view.setFloat64(0, value, true);
  return new Uint8Array(view.buffer);
};

function chunk(path: string, values: readonly (number | null)[], silent: boolean): ColumnChunk {
  const time = !path.startsWith('bbox');
  const known = values.filter((v) => v !== null);
  const stat = (v: number): Uint8Array | undefined => (silent || known.length === 0 ? undefined : bytesOf(v, time));
  return {
    path,
    parts: path.split('.'),
    type: time ? 2 : 5,
    encodings: [],
    codec: 0,
    values: values.length,
    uncompressed: 0,
    compressed: 0,
    dataPage: 4,
    dictionaryPage: undefined,
    min: stat(Math.min(...known)),
    max: stat(Math.max(...known)),
    nulls: silent ? undefined : values.length - known.length,
    statistics: undefined,
  };
}

/** A footer whose statistics are those of the rows; some groups say nothing. */
function footerOf(groups: readonly (readonly Row[])[], silent: (g: number) => boolean): Footer {
  return {
    version: 1,
    rows: groups.reduce((n, g) => n + g.length, 0),
    schema: [],
    groups: groups.map((rows, g) => ({
      rows: rows.length,
      bytes: 0,
      columns: [
        chunk(
          'start_time',
          rows.map((r) => r.interval?.start ?? null),
          silent(g),
        ),
        chunk(
          'end_time',
          rows.map((r) => r.interval?.end ?? null),
          silent(g),
        ),
        ...(['xmin', 'ymin', 'xmax', 'ymax'] as const).map((side, s) =>
          chunk(
            `bbox.${side}`,
            rows.map((r) => r.box[s] ?? null),
            silent(g),
          ),
        ),
      ],
    })),
    metadata: [],
    createdBy: undefined,
    columnOrders: undefined,
  };
}

test('a selection never leaves out a row that passes, and leaves out most that do not', () => {
  const random = createRandom(1, 'groups');
  let [asked, total] = [0, 0];
  for (let k = 0; k < 60; k++) {
    const groups = Array.from({ length: 1 + random.int(200) }, () => {
      const [x, y, t] = [random.int(100), random.int(100), random.int(100)];
      return Array.from({ length: 1 + random.int(5) }, (): Row => {
        const [px, py, start] = [x + random.int(4), y + random.int(4), t + random.int(4)];
        return {
          box: [px, py, px + random.int(4), py + random.int(4)],
          interval: random.int(40) === 0 ? null : { start, end: start + random.int(6) },
        };
      });
    });
    const index = new RowGroups(
      footerOf(groups, () => random.int(50) === 0),
      'bbox',
    );
    const box: Bounds = [random.int(100), random.int(100), 0, 0];
    const boxes = [
      [box[0], box[1], box[0] + 5, box[1] + 5],
      [1, 1, 2, 2],
    ] as const;
    const interval = { start: random.int(100), end: 0 };
    interval.end = interval.start + random.int(5);
    const all = groups.flat();
    total += all.length;
    const passes = (r: Row): boolean =>
      (!r.interval || (r.interval.start <= interval.end && r.interval.end >= interval.start)) &&
      boxes.some((b) => r.box[0] <= b[2] && r.box[2] >= b[0] && r.box[1] <= b[3] && r.box[3] >= b[1]);
    const selection = index.select(boxes, interval, true);
    const ranges = selection ? (selection.ranges ?? [[0, all.length - 1]]) : [];
    assert.ok(ranges.length <= 64);
    ranges.forEach(([first], i) => assert.ok(i === 0 || first > (ranges[i - 1]?.[1] ?? 0)));
    all.forEach((row, i) => {
      const kept = ranges.some(([first, last]) => i >= first && i <= last);
      if (passes(row)) assert.ok(kept, `row ${i}`);
      if (kept) {
        asked++;
        if (!row.interval) assert.ok(selection?.undated);
      }
    });
  }
  assert.ok(asked < 0.2 * total, `${asked} of ${total}`);
});

test('what statistics do not say rules out nothing', () => {
  const rows: Row[] = [{ box: [0, 0, 1, 1], interval: { start: 0, end: 1 } }];
  const silent = new RowGroups(
    footerOf([rows], () => true),
    'bbox',
  );
  assert.deepEqual(silent.select([[50, 50, 51, 51]], { start: 9, end: 9 }, true), {
    ranges: null,
    undated: true,
    unboxed: true,
  });
  const known = new RowGroups(
    footerOf([rows], () => false),
    'bbox',
  );
  assert.equal(known.select([[50, 50, 51, 51]], null, true), null);
  assert.equal(known.select(null, { start: 9, end: 9 }, true), null);
  assert.ok(known.select(null, { start: 9, end: 9 }, false));
  assert.ok(
    new RowGroups(
      footerOf([rows], () => false),
      null,
    ).select([[50, 50, 51, 51]], null, true),
  );
});

test('a box that only touches, or touches after rounding to 32 bits, is kept', () => {
  const edge = Math.fround(0.1);
  const index = new RowGroups(
    footerOf([[{ box: [edge, 0, 1, 1], interval: null }]], () => false),
    'bbox',
  );
  assert.ok(index.select([[-1, 0, 0.1, 1]], null, true));
  assert.ok(index.select([[1, 1, 2, 2]], null, true));
  assert.equal(index.select([[1.001, 1, 2, 2]], null, true), null);
});

test('statements look through no more rows than there is room for, and together through all that may pass', () => {
  const random = createRandom(6, 'room');
  const sizes = [3, 40, 1, 0, 12, 5, 5, 5, 90];
  const schema = { columns: [], column: () => undefined, micros: true };
  const parts = sizes.map((size, p): Part => {
    const groups = Array.from({ length: Math.ceil(size / 4) }, (_, g) =>
      Array.from({ length: Math.min(4, size - 4 * g) }, (): Row => ({ box: [0, 0, 1, 1], interval: null })),
    );
    const path = `/part${p}.parquet`;
    const groupsOf = new RowGroups(
      footerOf(groups, () => false),
      null,
    );
    return { file: path, path, schema, geometryColumn: 'geometry', box: null, covering: null, groups: groupsOf };
  });
  for (let k = 0; k < 30; k++) {
    const room = 1 + random.int(60);
    const seen: string[] = [];
    for (const { sql, rows, parts: asked } of scanStatements(
      loadDuckdb(),
      parts,
      [],
      { boxes: null, interval: null, where: [] },
      () => room,
    )) {
      assert.ok(rows > 0 && rows <= room);
      const ranges = [...sql.matchAll(/BETWEEN (\d+) AND (\d+)/g)].map(([, a, b]) => [Number(a), Number(b)] as const);
      if (ranges.length > 0) assert.equal(asked.length, 1);
      for (const { path, groups } of asked)
        for (const [first, last] of ranges.length > 0 ? ranges : [[0, groups.rows - 1] as const])
          for (let i = first; i <= last; i++) seen.push(`${path} ${i}`);
    }
    assert.deepEqual(
      seen,
      sizes.flatMap((size, p) => Array.from({ length: size }, (_, i) => `/part${p}.parquet ${i}`)),
    );
  }
});
