/** Every resampling method against a slow plain version that follows loading.md §2.1 word for word. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  applyAffine,
  createRandom,
  Crs,
  GeoSlice,
  invertAffine,
  pointTransform,
  type Affine,
} from '../../../src/core/index.js';
import { planWarp, RESAMPLINGS, warpBlock, type Resampling } from '../../../src/pixels/index.js';
import { memoryRaster, warpAll, type MemoryRaster } from '../../support/memory-raster.js';

const [W, H] = [70, 64];
const SEED = 20261120;

interface Plain {
  at(c: number, r: number): number | undefined;
  readonly width: number;
  readonly height: number;
}

const inside = (s: Plain, u: number, v: number): boolean =>
  s.at(Math.floor(u + 1e-10), Math.floor(v + 1e-10)) !== undefined;
const tri = (t: number): number => Math.max(0, 1 - Math.abs(t));
function catmullRom(x: number): number {
  const t = Math.abs(x);
  const a = -0.5;
  if (t <= 1) return (a + 2) * t ** 3 - (a + 3) * t ** 2 + 1;
  return t < 2 ? a * t ** 3 - 5 * a * t ** 2 + 8 * a * t - 4 * a : 0;
}

/** Weighted mean over the whole file: every pixel is looked at, most have weight zero. */
function kernel(
  s: Plain,
  u: number,
  v: number,
  k: readonly [number, number],
  weight: (t: number) => number,
  reach: number,
): number | undefined {
  if (!inside(s, u, v)) return undefined;
  let [sum, total, missing] = [0, 0, 0];
  for (let r = Math.floor(v - reach * k[1]) - 1; r <= v + reach * k[1] + 1; r++) {
    for (let c = Math.floor(u - reach * k[0]) - 1; c <= u + reach * k[0] + 1; c++) {
      const [dx, dy] = [(c + 0.5 - u) / k[0], (r + 0.5 - v) / k[1]];
      if (Math.abs(dx) > reach || Math.abs(dy) > reach) continue;
      const value = s.at(c, r);
      if (value === undefined) missing++;
      else {
        sum += weight(dx) * weight(dy) * value;
        total += weight(dx) * weight(dy);
      }
    }
  }
  const isUnwidenedCubic = weight === catmullRom && k[0] === 1 && k[1] === 1;
  if (weight === catmullRom && ((isUnwidenedCubic && missing > 0) || total < 0.25 * k[0] * k[1]))
    return kernel(s, u, v, k, tri, 1);
  return sum / total;
}

function area(
  s: Plain,
  a: readonly [number, number],
  b: readonly [number, number],
  method: Resampling,
): number | undefined {
  const [x0, x1] = [Math.min(a[0], b[0]), Math.max(a[0], b[0])];
  const [y0, y1] = [Math.min(a[1], b[1]), Math.max(a[1], b[1])];
  const found: { value: number; area: number }[] = [];
  for (let r = 0; r < s.height; r++) {
    for (let c = 0; c < s.width; c++) {
      const w = Math.min(c + 1, x1) - Math.max(c, x0);
      const h = Math.min(r + 1, y1) - Math.max(r, y0);
      const value = s.at(c, r);
      if (w > 1e-9 && h > 1e-9 && value !== undefined) found.push({ value, area: w * h });
    }
  }
  if (found.length === 0) return undefined;
  const values = found.map((f) => f.value);
  if (method === 'min') return Math.min(...values);
  if (method === 'max') return Math.max(...values);
  if (method === 'average')
    return found.reduce((t, f) => t + f.value * f.area, 0) / found.reduce((t, f) => t + f.area, 0);
  const areas = new Map<number, number>();
  for (const f of found) areas.set(f.value, (areas.get(f.value) ?? 0) + f.area);
  const most = Math.max(...areas.values());
  return Math.min(...[...areas].filter(([, n]) => n > most * (1 - 1e-6)).map(([value]) => value));
}

function plainWarp(source: MemoryRaster, values: ArrayLike<number>, slice: GeoSlice, method: Resampling): number[] {
  const s: Plain = {
    width: source.width,
    height: source.height,
    at: (c, r) => {
      if (c < 0 || r < 0 || c >= source.width || r >= source.height) return undefined;
      const v = values[r * source.width + c]!;
      return v === source.nodata || Number.isNaN(v) ? undefined : v;
    },
  };
  const back = pointTransform(slice.crs, source.crs);
  const inverse = invertAffine(source.transform);
  const { scale } = planWarp(source, slice);
  const k: [number, number] = [Math.max(1, scale[0]), Math.max(1, scale[1])];
  const map = (c: number, r: number): [number, number] =>
    applyAffine(inverse, ...back(...applyAffine(slice.transform, c, r)));
  const [height, width] = slice.shape;
  return Array.from({ length: height * width }, (_, i) => {
    const [c, r] = [i % width, Math.floor(i / width)];
    const [u, v] = map(c + 0.5, r + 0.5);
    if (method === 'nearest')
      return (inside(s, u, v) ? s.at(Math.floor(u + 1e-10), Math.floor(v + 1e-10)) : undefined) ?? NaN;
    if (method === 'bilinear') return kernel(s, u, v, k, tri, 1) ?? NaN;
    if (method === 'cubic') return kernel(s, u, v, k, catmullRom, 2) ?? NaN;
    return area(s, map(c, r), map(c + 1, r + 1), method) ?? NaN;
  });
}

const base: Affine = [10, 0, 724930, 0, -10, 5309320];
const TRANSFORMS: Readonly<Record<string, Affine>> = {
  'north-up': base,
  'south-up': [10, 0, base[2], 0, 10, base[5] - 10 * H],
  rotated: [9.1, 4.1, base[2], 4.1, -9.1, base[5]],
};

function testValues(): Float64Array {
  const random = createRandom(SEED, 'kernels');
  const values = new Float64Array(W * H);
  for (let i = 0; i < values.length; i++)
    values[i] = random.uniform() < 0.07 ? -9 : Math.floor(random.uniform() * 5) * 3 + 1;
  for (let r = 30; r < 36; r++) values.fill(-9, r * W + 20, r * W + 31);
  return values;
}

describe(`warps equal the plain version (seed ${SEED})`, () => {
  for (const [name, transform] of Object.entries(TRANSFORMS)) {
    for (const crs of ['EPSG:32631', 'EPSG:32632']) {
      for (const zoom of [0.47, 1.31, 3.02, 6.7]) {
        test(`${name}, ${crs}, ${zoom} source pixels a pixel`, async () => {
          const values = testValues();
          const source = memoryRaster({
            values,
            width: W,
            height: H,
            dtype: 'float64',
            transform,
            crs: 'EPSG:32631',
            nodata: -9,
          });
          // Off the middle: corners that fall on edges of source pixels would leave the choice to rounding.
          const centre = applyAffine(transform, W / 2 + 0.1234, H / 2 - 0.2345);
          const [x, y] = pointTransform(source.crs, Crs.from(crs))(...centre);
          const res = 10 * zoom;
          const half = (26 / 2) * res;
          const slice = GeoSlice.create({ bounds: [x - half, y - half, x + half, y + half], resolution: res, crs });
          for (const method of RESAMPLINGS) {
            const got = await warpAll(source, slice, method);
            const want = plainWarp(source, values, slice, method);
            assert.ok(want.some((v) => !Number.isNaN(v)));
            for (const [i, w] of want.entries()) {
              assert.equal(Number.isNaN(got[i]!), Number.isNaN(w), `${method}: validity of pixel ${i}`);
              // Positions differ by ~1e-8 pixel (phase of the lattice, proj4's rounding), values span 12.
              if (!Number.isNaN(w))
                assert.ok(Math.abs(got[i]! - w) < 1e-5, `${method}: pixel ${i} is ${got[i]!}, plainly ${w}`);
            }
          }
        });
      }
    }
  }
});

describe('what a warp reads', () => {
  const source = (): MemoryRaster =>
    memoryRaster({
      values: new Uint8Array(1000 * 1000).fill(7),
      width: 1000,
      height: 1000,
      dtype: 'uint8',
      transform: [10, 0, 700000, 0, -10, 5310000],
      crs: 'EPSG:32631',
    });

  test('only the window that a block needs, plus the reach of the kernel', async () => {
    for (const [method, most] of [
      ['nearest', 23],
      ['bilinear', 25],
      ['cubic', 29],
    ] as const) {
      const raster = source();
      const slice = GeoSlice.create({ bounds: [702003, 5305003, 702203, 5305203], resolution: 10, crs: 'EPSG:32631' });
      const got = await warpAll(raster, slice, method);
      assert.ok(got.every((v) => v === 7));
      assert.equal(raster.reads.length, 1);
      assert.ok(raster.reads[0]!.width <= most && raster.reads[0]!.height <= most, JSON.stringify(raster.reads[0]));
    }
  });

  test('a plain copy reads exactly its window', async () => {
    const raster = source();
    await warpAll(
      raster,
      GeoSlice.create({ bounds: [702000, 5305000, 702200, 5305100], resolution: 10, crs: 'EPSG:32631' }),
      'cubic',
    );
    assert.deepEqual(raster.reads, [{ col: 200, row: 490, width: 20, height: 10 }]);
  });

  test('nothing when the block lies beside the file', async () => {
    const raster = source();
    const got = await warpAll(
      raster,
      GeoSlice.create({ bounds: [600000, 5305000, 600200, 5305100], resolution: 10, crs: 'EPSG:32632' }),
      'bilinear',
    );
    assert.ok(got.every(Number.isNaN));
    assert.deepEqual(raster.reads, []);
  });
});

describe('blocks', () => {
  const values = testValues();
  const source = memoryRaster({
    values,
    width: W,
    height: H,
    dtype: 'float64',
    transform: base,
    crs: 'EPSG:32631',
    nodata: -9,
  });
  const [x, y] = pointTransform(Crs.from('EPSG:32631'), Crs.from('EPSG:32632'))(...applyAffine(base, W / 2, H / 2));
  // Not on whole multiples of the resolution.
  const [left, top] = [Math.round(x) - 300.3, Math.round(y) + 300.7];

  for (const method of RESAMPLINGS) {
    for (const resolution of [3.7, 21.9]) {
      test(`slices cut from one lattice give the same bits: ${method} at ${resolution} m`, async () => {
        const n = Math.floor(600 / resolution);
        const all = GeoSlice.create({
          bounds: [left, top - n * resolution, left + n * resolution, top],
          resolution,
          crs: 'EPSG:32632',
        });
        const whole = await warpAll(source, all, method, 'knots');
        const [c0, r0, w, h] = [5, 9, n - 11, n - 12];
        const part = GeoSlice.fromWindow({ col: c0, row: r0, width: w, height: h }, all.transform, { crs: all.crs });
        assert.deepEqual([...part.shape], [h, w]);
        const cut = await warpAll(source, part, method, 'knots');
        for (let i = 0; i < cut.length; i++) {
          const j = (r0 + Math.floor(i / w)) * n + c0 + (i % w);
          assert.ok(Object.is(cut[i], whole[j]), `pixel ${i}: ${cut[i]!} and ${whole[j]!}`);
        }
        assert.ok(cut.some((v) => !Number.isNaN(v)));
      });
    }
  }

  test('a block whose window is too large is worked on in quarters without changing a bit', async () => {
    const big = new Uint16Array(2600 * 2600);
    for (let i = 0; i < big.length; i++) big[i] = (i * 7919) % 10007;
    const init = {
      values: big,
      width: 2600,
      height: 2600,
      dtype: 'uint16' as const,
      transform: [10, 0, 700000, 0, -10, 5310000] as const,
      crs: 'EPSG:32631',
    };
    const raster = memoryRaster(init);
    const slice = GeoSlice.create({ bounds: [700500, 5285000, 725500, 5309500], resolution: 500, crs: 'EPSG:32631' });
    const plan = planWarp(raster, slice);
    const [height, width] = slice.shape;
    const block = await warpBlock(plan, [{ band: 0, resampling: 'average' }], { col: 0, row: 0, width, height });
    assert.ok(raster.reads.length >= 4);
    for (const i of [0, 777, width * height - 1]) {
      const [c, r] = [i % width, Math.floor(i / width)];
      const one = await warpBlock(plan, [{ band: 0, resampling: 'average' }], { col: c, row: r, width: 1, height: 1 });
      assert.equal(block!.values[i], one!.values[0]);
    }
  });
});
