import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, test } from 'node:test';
import {
  createRandom,
  days,
  GeoSlice,
  gridResidual,
  isGridAligned,
  type Bounds,
  type GeoSliceInit,
} from '../../../src/core/index.js';

const UTM = 'EPSG:32631';
const at = (
  bounds: Bounds,
  resolution: number | readonly [number, number] = 10,
  rest: Partial<GeoSliceInit> = {},
): GeoSlice => GeoSlice.create({ bounds, resolution, crs: UTM, ...rest });
const random = createRandom(5, 'slices');
const someBounds = (): Bounds => {
  const [x, y] = [(random.uniform() - 0.5) * 1e6, (random.uniform() - 0.5) * 1e7];
  return [x, y, x + 0.01 + random.uniform() * 3000, y + 0.01 + random.uniform() * 3000];
};

describe('construction', () => {
  test('bounds must be finite and ordered, and the message names the field', () => {
    for (const bad of [
      [1, 0, 1, 1],
      [2, 0, 1, 1],
      [0, 1, 1, 1],
      [0, 2, 1, 1],
    ] as Bounds[])
      assert.throws(() => at(bad), { name: 'SliceError', code: 'bounds-order' });
    for (const bad of [
      [-Infinity, 0, 1, 1],
      [0, NaN, 1, 1],
      [0, 0, Infinity, 1],
    ] as Bounds[])
      assert.throws(() => at(bad), { name: 'SliceError', code: 'non-finite' });
    assert.throws(() => at([0, 0, 1] as unknown as Bounds), { code: 'bounds-shape' });
  });

  test('a geographic box with xmin > xmax points to split180', () => {
    assert.throws(
      () => GeoSlice.create({ bounds: [170, 0, -170, 1], resolution: 1, crs: 'EPSG:4326' }),
      (e: Error & { hint?: string }) => /split180/.test(e.hint ?? ''),
    );
  });

  test('resolutions are positive and finite; a negative one is never made positive', () => {
    for (const bad of [0, -10, NaN, Infinity, [10, -10] as const])
      assert.throws(() => at([0, 0, 10, 10], bad), { name: 'SliceError', code: 'bad-resolution' });
  });

  test('an instant is legal, a reversed interval is not', () => {
    assert.equal(
      at([0, 0, 10, 10], 10, { interval: ['2024-01-01', '2024-01-01'] }).interval!.start,
      at([0, 0, 10, 10], 10, { interval: ['2024-01-01', '2024-01-01'] }).interval!.end,
    );
    assert.throws(() => at([0, 0, 10, 10], 10, { interval: ['2024-01-02', '2024-01-01'] }), {
      name: 'IntervalError',
      code: 'reversed',
    });
  });

  test('instances are frozen and -0 becomes 0', () => {
    const s = at([-0, -0, 10, 10]);
    assert.ok(Object.is(s.bounds[0], 0));
    assert.throws(() => {
      (s.bounds as unknown as number[])[0] = 5;
    }, TypeError);
  });
});

describe('shape', () => {
  test('25 m at 10 m is 2 pixels, 35 m is 4, 3 m is 1 (half to even, never 0)', () => {
    for (const [extent, pixels] of [
      [25, 2],
      [35, 4],
      [3, 1],
    ] as const)
      assert.deepEqual(at([0, 0, extent, extent]).shape, [pixels, pixels]);
  });

  test('it is at least 1 and within half a pixel of the bounds (seed 5)', () => {
    for (let i = 0; i < 500; i++) {
      const s = at(someBounds());
      const [h, w] = s.shape;
      assert.ok(h >= 1 && w >= 1);
      const [dx, dy] = [Math.abs(w * 10 - (s.bounds[2] - s.bounds[0])), Math.abs(h * 10 - (s.bounds[3] - s.bounds[1]))];
      assert.ok(dx <= (w === 1 ? 10 : 5) + 1e-5 && dy <= (h === 1 ? 10 : 5) + 1e-5);
    }
  });

  test('alignedShape names both residuals when pixels are fractional', () => {
    assert.throws(
      () => at([0, 0, 47, 30]).alignedShape(),
      (e: Error & { details?: { residual?: { x: number; y: number } } }) =>
        e.name === 'GridAlignmentError' && Math.abs(e.details!.residual!.x) > 0.2 && e.details!.residual!.y === 0,
    );
    assert.deepEqual(at([0, 0, 50, 30]).alignedShape(), [3, 5]);
  });
});

describe('snap', () => {
  test('it keeps the north-west corner and grows south and east', () => {
    assert.deepEqual(at([0, 0, 47, 30], 10, { align: 'snap' }).bounds, [0, 0, 50, 30]);
    const tall = at([0, 0, 30, 47], 10, { align: 'snap' });
    assert.deepEqual(tall.bounds, [0, -3, 30, 47]);
    assert.deepEqual(tall.shape, [5, 3]);
  });

  test('it is idempotent, contains its input and never moves the corner (seed 5)', () => {
    for (let i = 0; i < 300; i++) {
      const bounds = someBounds();
      const once = at(bounds, 10, { align: 'snap' });
      const twice = at(once.bounds, 10, { align: 'snap' });
      assert.deepEqual(twice.bounds, once.bounds);
      assert.ok(once.bounds[0] === bounds[0] && once.bounds[3] === bounds[3]);
      // Extents within a thousandth of a pixel of whole ones may shrink by that much.
      assert.ok(once.bounds[2] >= bounds[2] - 0.01 && once.bounds[1] <= bounds[1] + 0.01);
    }
  });
});

describe('lattices', () => {
  test('alignment hangs from ymax, not ymin', () => {
    const a = at([0, 0, 100, 100]);
    assert.ok(isGridAligned(a, at([20, 7, 100, 130])));
    assert.ok(!isGridAligned(a, at([20, 0, 100, 103])));
    assert.deepEqual(gridResidual(a, at([0, 0, 100, 103])), { x: 0, y: -3 });
  });
});

describe('wire format', () => {
  test('keys, order and text are those of the specification, and the hash is its SHA-256', () => {
    const s = GeoSlice.create({
      bounds: [1, 2, 3, 4],
      interval: days('2022-03-04'),
      resolution: 0.5,
      crs: 'EPSG:4326',
    });
    const text =
      '{"type":"GeoSlice","version":1,"bounds":[1,2,3,4],"interval":{"start":"2022-03-04T00:00:00.000000Z","end":"2022-03-04T23:59:59.999999Z","closed":"both"},"resolution":[0.5,0.5],"crs":"EPSG:4326"}';
    assert.equal(JSON.stringify(s), text);
    assert.equal(s.key, text);
    assert.equal(s.hash(), createHash('sha256').update(text).digest('hex'));
  });

  test('the round trip is exact down to a microsecond (seed 5)', () => {
    for (let i = 0; i < 200; i++) {
      const start = Math.floor(random.uniform() * 2e15);
      const s = at(someBounds(), [random.uniform() + 0.1, random.uniform() + 0.1], {
        interval: { start, end: start + 1 },
      });
      const back = GeoSlice.fromJSON(JSON.parse(JSON.stringify(s)));
      assert.ok(back.equals(s));
      assert.equal(back.hash(), s.hash());
      assert.deepEqual(back.interval, s.interval);
    }
  });

  test('a missing closed means both, unknown keys are ignored, anything else names its path', () => {
    const json = { ...at([0, 0, 10, 10], 10, { interval: days('2024-01-01') }).toJSON() } as Record<string, unknown>;
    const { start, end } = json['interval'] as { start: string; end: string };
    assert.ok(GeoSlice.fromJSON({ ...json, interval: { start, end }, extra: 1 }).equals(GeoSlice.fromJSON(json)));
    for (const [patch, path] of [
      [{ type: 'Other' }, 'type'],
      [{ version: 2 }, 'version'],
      [{ interval: { start, end, closed: 'left' } }, 'interval.closed'],
      [{ interval: { start: end, end: start } }, 'interval.end'],
      [{ interval: { start: 5, end } }, 'interval.start'],
      [{ bounds: [0, 0, 'x', 1] }, 'bounds'],
      [{ resolution: -1 }, 'resolution'],
    ] as const) {
      assert.throws(
        () => GeoSlice.fromJSON({ ...json, ...patch }),
        (e: Error) => e.name === 'SliceError' && e.message.includes(path),
        path,
      );
    }
  });

  test('any compared field changes the hash, align does not', () => {
    const s = at([0, 0, 100, 100], 10, { interval: days('2024-01-01') });
    assert.ok(s.with({}).equals(s));
    assert.equal(s.with({ align: 'snap' }).hash(), s.hash());
    for (const patch of [
      { bounds: [0, 0, 100, 110] as Bounds },
      { resolution: 20 },
      { crs: 'EPSG:32632' },
      { interval: null },
    ])
      assert.notEqual(s.with(patch).hash(), s.hash());
  });
});

describe('other CRSs and windows', () => {
  test('toCrs keeps the shape and the interval, and the same CRS returns the same object', () => {
    const s = at([500000, 5000000, 502560, 5002560], 10, { interval: days('2024-01-01') });
    assert.equal(s.toCrs('EPSG:32631'), s);
    const g = s.toCrs('EPSG:4326');
    assert.deepEqual(g.shape, s.shape);
    assert.deepEqual(g.interval, s.interval);
  });

  test('a slice that would cross ±180 says to split', () => {
    const s = GeoSlice.create({ bounds: [200000, 5000000, 700000, 5100000], resolution: 1000, crs: 'EPSG:32601' });
    assert.throws(
      () => s.toCrs('EPSG:4326'),
      (e: Error & { hint?: string }) => e.name === 'TransformError' && /split180/.test(e.hint ?? ''),
    );
  });

  test('split180 tiles the area west to east', () => {
    const box = (bounds: Bounds): readonly Bounds[] =>
      GeoSlice.split180({ bounds, resolution: 1, crs: 'EPSG:4326' }).map((s) => s.bounds);
    assert.deepEqual(box([170, -10, -170, 10]), [
      [170, -10, 180, 10],
      [-180, -10, -170, 10],
    ]);
    assert.deepEqual(box([170, -10, 190, 10]), [
      [170, -10, 180, 10],
      [-180, -10, -170, 10],
    ]);
    assert.deepEqual(box([-190, 0, -170, 1]), [
      [170, 0, 180, 1],
      [-180, 0, -170, 1],
    ]);
    assert.deepEqual(box([10, 0, 20, 1]), [[10, 0, 20, 1]]);
    assert.throws(() => GeoSlice.split180({ bounds: [0, 0, 1, 1], resolution: 1, crs: UTM }), { name: 'CrsError' });
  });

  test('bounds → window → bounds is exact to 1e-9 of the extent (seed 5)', () => {
    const transform = [10, 0, 399960, 0, -10, 5600040] as const;
    for (let i = 0; i < 200; i++) {
      const s = at(someBounds());
      const back = GeoSlice.fromWindow(s.toWindow(transform), transform, { crs: UTM });
      back.bounds.forEach((v, k) => assert.ok(Math.abs(v - s.bounds[k]!) <= 1e-9 * 1e7));
    }
    assert.throws(() => at([0, 0, 10, 10]).toWindow([10, 1, 0, 1, -10, 0]), {
      name: 'TransformError',
      code: 'not-north-up',
    });
  });
});
