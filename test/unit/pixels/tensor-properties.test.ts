/** Operations of tensors against plain loops, on random shapes, types, values and validity. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { arrayOf, createRandom, isFloat, isNadirError, type DType, type Random } from '../../../src/core/index.js';
import { GeoTensor, polygonsFromMask, type Dim } from '../../../src/pixels/index.js';

const DTYPES: DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'];
const DIMS: Dim[][] = [
  ['y', 'x'],
  ['band', 'y', 'x'],
  ['time', 'y', 'x'],
  ['time', 'band', 'y', 'x'],
  ['band', 'time', 'y', 'x'],
];

/** Small integers, so that every type holds them; floats have halves. */
function randomTensor(random: Random, dtype: DType, dims: readonly Dim[], shape: readonly number[]): GeoTensor {
  const values = arrayOf(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  const low = dtype.startsWith('u') ? 0 : -60;
  for (let i = 0; i < values.length; i++) values[i] = low + random.int(120) + (isFloat(dtype) ? random.int(2) / 2 : 0);
  const valid = random.int(3) === 0 ? null : Uint8Array.from(values, () => (random.uniform() < 0.7 ? 1 : 0));
  return GeoTensor.create({
    values,
    valid,
    dims,
    shape,
    transform: [10, 0, 500000, 0, -20, 5000000],
    crs: 'EPSG:32631',
  });
}
const shapeFor = (random: Random, dims: readonly Dim[]): number[] =>
  dims.map((d) => 1 + random.int(d === 'y' || d === 'x' ? 90 : 4));
const isValid = (t: GeoTensor, i: number): boolean => t.valid === null || t.valid[i] === 1;

const OPERATIONS = {
  add: (a: number, b: number) => a + b,
  sub: (a: number, b: number) => a - b,
  mul: (a: number, b: number) => a * b,
  div: (a: number, b: number) => a / b,
  gt: (a: number, b: number) => Number(a > b),
  ge: (a: number, b: number) => Number(a >= b),
  lt: (a: number, b: number) => Number(a < b),
  le: (a: number, b: number) => Number(a <= b),
  eq: (a: number, b: number) => Number(a === b),
  ne: (a: number, b: number) => Number(a !== b),
  and: (a: number, b: number) => Number(BigInt(a) & BigInt(b)),
  or: (a: number, b: number) => Number(BigInt(a) | BigInt(b)),
  xor: (a: number, b: number) => Number(BigInt(a) ^ BigInt(b)),
} as const;

describe('operations of two tensors equal a plain loop', () => {
  for (const [name, plain] of Object.entries(OPERATIONS) as [
    keyof typeof OPERATIONS,
    (a: number, b: number) => number,
  ][]) {
    test(name, () => {
      const random = createRandom(11, name);
      const isBits = name === 'and' || name === 'or' || name === 'xor';
      const isComparison = /^[gl][te]$|^eq$|^ne$/.test(name);
      const types = isBits ? DTYPES.filter((d) => !isFloat(d)) : DTYPES;
      for (const dtype of types) {
        const dims = DIMS[random.int(DIMS.length)]!;
        const shape = shapeFor(random, dims);
        const a = randomTensor(random, dtype, dims, shape);
        for (const b of [randomTensor(random, dtype, dims, shape), 3]) {
          const got = a[name](b);
          assert.deepEqual([got.shape, got.dims, got.transform], [a.shape, a.dims, a.transform]);
          const isFloat32 = dtype === 'float32' && !isComparison;
          for (let i = 0; i < a.values.length; i++) {
            const other = typeof b === 'number' ? b : b.values[i]!;
            let wanted = plain(a.values[i]!, other);
            if (isFloat32) wanted = Math.fround(wanted);
            const holds = isValid(a, i) && (typeof b === 'number' || isValid(b, i)) && !Number.isNaN(wanted);
            assert.equal(isValid(got, i), holds);
            if (holds)
              assert.ok(
                Object.is(got.values[i], wanted),
                `${dtype} ${a.values[i]} ${name} ${other} = ${got.values[i]}`,
              );
            else assert.ok(Object.is(got.values[i], got.fillValue));
            if (!holds && isComparison) assert.equal(got.values[i], 0);
          }
        }
      }
    });
  }
});

const REDUCTIONS = {
  sum: (v: number[]) => v.reduce((a, b) => a + b, 0),
  mean: (v: number[]) => v.reduce((a, b) => a + b, 0) / v.length,
  min: (v: number[]) => Math.min(...v),
  max: (v: number[]) => Math.max(...v),
  median: (v: number[]) => {
    const s = [...v].sort((a, b) => a - b);
    return (s[(s.length - 1) >> 1]! + s[s.length >> 1]!) / 2;
  },
  std: (v: number[]) => {
    const mean = v.reduce((a, b) => a + b, 0) / v.length;
    return Math.sqrt(v.reduce((a, b) => a + (b - mean) ** 2, 0) / v.length);
  },
} as const;

describe('reductions over any axes equal a plain loop', () => {
  for (const [name, plain] of Object.entries(REDUCTIONS) as [keyof typeof REDUCTIONS, (v: number[]) => number][]) {
    test(name, () => {
      const random = createRandom(12, name);
      for (let round = 0; round < 60; round++) {
        const dims = DIMS[random.int(DIMS.length)]!;
        const t = randomTensor(random, DTYPES[random.int(8)]!, dims, shapeFor(random, dims));
        const over = dims.filter(() => random.int(2) === 0);
        const kept = dims.filter((d) => !over.includes(d));
        const groups = new Map<string, number[]>();
        for (let i = 0; i < t.values.length; i++) {
          let rest = i;
          const index = [...t.shape]
            .reverse()
            .map((n) => [rest % n, (rest = Math.floor(rest / n))][0]!)
            .reverse();
          const key = index.filter((_, axis) => kept.includes(dims[axis]!)).join();
          const list = groups.get(key) ?? groups.set(key, []).get(key)!;
          if (isValid(t, i)) list.push(t.values[i]!);
        }
        const got = t[name](over);
        assert.deepEqual(got.dims, kept);
        assert.equal(got instanceof GeoTensor, kept.includes('y') && kept.includes('x'));
        if (got instanceof GeoTensor) assert.deepEqual([got.transform, got.crs], [t.transform, t.crs]);
        // A Map keeps the order of first pixels, which is that of the result.
        [...groups.values()].forEach((list, k) => {
          const v = got.values[k]!;
          if (list.length === 0) {
            if (got instanceof GeoTensor) assert.ok(got.valid?.[k] === 0 && Object.is(v, got.fillValue));
            else assert.ok(Number.isNaN(v));
          } else {
            const wanted = plain(list);
            const tolerance = got.values instanceof Float32Array ? 1e-6 : 1e-12;
            assert.ok(
              Math.abs(v - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
              `${name}: ${v}, not ${wanted}`,
            );
            if (got instanceof GeoTensor) assert.ok(isValid(got, k));
          }
        });
        const all: number[] = [...groups.values()].flat();
        const total = t[name]();
        if (all.length === 0) assert.ok(Number.isNaN(total));
        else assert.ok(Math.abs(total - plain(all)) <= 1e-10 * Math.max(1, Math.abs(plain(all))));
      }
    });
  }
});

describe('parts and joins', () => {
  test('isel with steps keeps each pixel at its place on Earth', () => {
    const random = createRandom(13, 'isel');
    for (let round = 0; round < 40; round++) {
      const dims = DIMS[random.int(DIMS.length)]!;
      const t = randomTensor(random, 'int16', dims, shapeFor(random, dims));
      const range = (n: number) => {
        const start = random.int(n);
        return { start, stop: start + 1 + random.int(n - start), step: 1 + random.int(4) };
      };
      const [y, x] = [range(t.height), range(t.width)];
      const s = t.isel({ y, x });
      assert.deepEqual(
        [s.height, s.width],
        [Math.ceil((y.stop - y.start) / y.step), Math.ceil((x.stop - x.start) / x.step)],
      );
      const [r, c] = [random.int(s.height), random.int(s.width)];
      const [row, col] = [y.start + r * y.step, x.start + c * x.step];
      // The corner of a chosen pixel does not move.
      assert.equal(s.transform[2] + c * s.transform[0], t.transform[2] + col * t.transform[0]);
      assert.equal(s.transform[5] + r * s.transform[4], t.transform[5] + row * t.transform[4]);
      const planes = t.values.length / (t.height * t.width);
      for (let p = 0; p < planes; p++) {
        const [i, j] = [(p * s.height + r) * s.width + c, (p * t.height + row) * t.width + col];
        assert.equal(s.values[i], t.values[j]);
        assert.equal(isValid(s, i), isValid(t, j));
      }
    }
  });

  test('a window read and written back changes nothing; outside it is invalid', () => {
    const random = createRandom(14, 'window');
    for (let round = 0; round < 40; round++) {
      const dims = DIMS[random.int(DIMS.length)]!;
      const t = randomTensor(random, 'float32', dims, shapeFor(random, dims));
      const window = {
        col: random.int(t.width + 20) - 10,
        row: random.int(t.height + 20) - 10,
        width: 1 + random.int(30),
        height: 1 + random.int(30),
      };
      const part = t.readWindow(window);
      assert.equal(part.transform[2], t.transform[2] + window.col * 10);
      assert.equal(part.transform[5], t.transform[5] - window.row * 20);
      const planes = t.values.length / (t.height * t.width);
      for (let p = 0, i = 0; p < planes; p++) {
        for (let r = window.row; r < window.row + window.height; r++) {
          for (let c = window.col; c < window.col + window.width; c++, i++) {
            const isInside = r >= 0 && c >= 0 && r < t.height && c < t.width;
            const j = (p * t.height + r) * t.width + c;
            assert.equal(isValid(part, i), isInside && isValid(t, j));
            assert.ok(Object.is(part.values[i], isInside ? t.values[j] : NaN));
          }
        }
      }
      const back = t.writeWindow(window, part);
      assert.deepEqual([back.values, back.valid?.includes(0) ?? false], [t.values, t.valid?.includes(0) ?? false]);
      assert.deepEqual(t.add(back).values, t.mul(2).values);
    }
  });

  test('stacking and selecting, joining and splitting undo each other; JSON gives every tensor back', () => {
    const random = createRandom(15, 'join');
    for (const dtype of DTYPES) {
      for (const dims of DIMS) {
        const t = randomTensor(
          random,
          dtype,
          dims,
          shapeFor(random, dims).map((n) => Math.min(n, 9)),
        );
        const back = GeoTensor.fromJSON(JSON.parse(JSON.stringify(t)));
        assert.deepEqual(
          [back.values, back.valid, back.shape, back.dims, back.transform, back.fillValue, back.crs.canonical],
          [t.values, t.valid, t.shape, t.dims, t.transform, t.fillValue, t.crs.canonical],
        );
        const other = randomTensor(random, dtype, dims, t.shape);
        const free = (['time', 'band'] as const).find((d) => !dims.includes(d));
        if (free) {
          const s = GeoTensor.stack([t, other], free);
          assert.deepEqual(s.isel({ [free]: 0 }).values, t.values);
          assert.deepEqual(s.isel({ [free]: 1 }).values, other.values);
          assert.deepEqual(t.expandDims(free).isel({ [free]: 0 }).values, t.values);
        }
        const axis = dims[0]!;
        if (axis === 'time' || axis === 'band') {
          const joined = GeoTensor.concatenate([t, other], axis);
          const n = t.shape[0]!;
          assert.deepEqual(joined.isel({ [axis]: { start: n } }).values, other.values);
          assert.deepEqual(joined.isel({ [axis]: { stop: n } }).values, t.values);
        }
      }
    }
  });

  test('a JSON with another value than numbers, or another shape, is refused', () => {
    const json = { values: [[1, 2]], transform: [1, 0, 0, 0, -1, 0], crs: 'EPSG:4326' };
    assert.equal(GeoTensor.fromJSON(json).values[1], 2);
    for (const patch of [{ values: [['1', 2]] }, { values: 3 }, { crs: 4326 }, { dtype: 'int64' }, { valid: [[1]] }])
      assert.throws(
        () => GeoTensor.fromJSON({ ...json, ...patch }),
        (e) => isNadirError(e, 'ArgumentError'),
      );
  });
});

describe('footprints', () => {
  const [height, width] = [40, 50];
  const random = createRandom(16, 'footprint');
  const blank = { values: new Uint8Array(2 * height * width), shape: [2, height, width], crs: 'EPSG:32631' } as const;
  const north = [10, 0, 500000, 0, -10, 5000000] as const;
  const area = (rings: number[][][]): number =>
    rings.reduce(
      (sum, ring) => sum + ring.slice(1).reduce((s, [x, y], i) => s + (ring[i]![0]! * y! - x! * ring[i]![1]!) / 2, 0),
      0,
    );

  for (const transform of [north, [10, 0, 500000, 0, 10, 5000000], [8, 6, 500000, 6, -8, 5000000]] as const) {
    test(`of valid pixels keep single pixels and holes, with transform [${transform.join(', ')}]`, () => {
      const valid = Uint8Array.from(blank.values, () => (random.uniform() < 0.3 ? 1 : 0));
      const t = GeoTensor.create({ ...blank, transform, valid });
      const either = Array.from({ length: height * width }, (_, i) => valid[i]! | valid[height * width + i]!);
      const count = either.reduce((a, b) => a + b, 0);
      const polygons = t.validFootprint().coordinates;
      // Outer rings counter-clockwise, holes clockwise: signed areas add up to that of the pixels.
      assert.ok(Math.abs(polygons.reduce((s, p) => s + area(p), 0) - count * 100) < 1e-3);
      assert.equal(
        polygons.length,
        polygonsFromMask({ values: Uint8Array.from(either), shape: [height, width] }).length,
      );
      for (const [outer] of polygons) assert.deepEqual(outer![0], outer!.at(-1));
    });
  }
  test('are the outline where all is valid, and empty where nothing is', () => {
    const t = GeoTensor.create({ ...blank, transform: north });
    assert.deepEqual(t.validFootprint().coordinates, [t.footprint().coordinates]);
    assert.deepEqual(t.validFootprint('EPSG:4326').coordinates, [t.footprint('EPSG:4326').coordinates]);
    const none = GeoTensor.create({ ...blank, transform: north, valid: new Uint8Array(blank.values.length) });
    assert.deepEqual(none.validFootprint().coordinates, []);
  });
  test('in another CRS follow the projected edges', () => {
    const valid = new Uint8Array(blank.values.length).fill(1);
    valid[0] = valid[height * width] = 0;
    // Pixels of 2 km: edges bend visibly.
    const t = GeoTensor.create({ ...blank, transform: [2000, 0, 400000, 0, -2000, 5000000], valid });
    const whole = area(GeoTensor.create({ ...t, valid: null }).footprint('EPSG:4326').coordinates);
    const got = t.validFootprint('EPSG:4326').coordinates;
    assert.equal(got.length, 1);
    const missing = area(t.isel({ y: { stop: 1 }, x: { stop: 1 } }).footprint('EPSG:4326').coordinates);
    assert.ok(Math.abs(area(got[0] as number[][][]) + missing - whole) < 1e-4 * whole);
  });
});
