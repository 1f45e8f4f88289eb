import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createRandom, isNadirError, type NumericArray } from '../../../src/core/index.js';
import { bandStatistics, GeoTensor, type BandStatistics, type BandSummary } from '../../../src/pixels/index.js';

interface Expected extends Pick<BandSummary, 'count' | 'min' | 'max' | 'mean' | 'sd'> {
  readonly quantiles: readonly number[];
}
const { statistics: expected } = JSON.parse(readFileSync('test/oracles/radiometry/cases.json', 'utf8')) as {
  statistics: Record<string, Expected>;
};

/** The inputs of test/oracles/radiometry/make.py. */
function inputs(): Record<string, NumericArray> {
  const n = 20000;
  const u = new Float64Array(n);
  let state = 7;
  for (let i = 0; i < n; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    u[i] = state / 2 ** 32;
  }
  const eighth = u.map((v) => v * v * (v * v) * (v * v * (v * v)));
  return {
    uniform: u,
    skewed: eighth.map((v) => v * 1e6),
    constant: u.map(() => 0.1),
    offset: u.map((v) => v + 1e9),
    negative: eighth.map((v) => -1e15 - v * 100),
    nan: Float32Array.from(u, (v, i) => (i % 7 === 0 ? NaN : v * 100 - 50)),
    outlier: u.map((v, i) => (i === 5 ? 1e12 : v)),
    huge: u.map((v) => (v - 0.5) * 3e150),
    tiny: u.map((v) => v * 1e-150),
    uint8: Uint8Array.from(eighth, (v) => Math.floor(v * 256)),
    int16: Int16Array.from(u, (v) => Math.floor(v * 65536) - 32768),
    int32: Int32Array.from(u, (v) => Math.floor(v * 4294967296) - 2147483648),
  };
}
const band = (values: NumericArray, valid: Uint8Array | null = null): GeoTensor =>
  GeoTensor.create({
    values,
    valid,
    shape: [1, 1, values.length],
    transform: [1, 0, 0, 0, -1, 0],
    crs: 'EPSG:32631',
    bandNames: ['b'],
  });
const close = (a: number, b: number, tolerance: number): boolean =>
  Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

function agrees(got: BandStatistics, name: string): void {
  const [s] = got.bands;
  const want = expected[name];
  assert.ok(s && want);
  assert.deepEqual([s.count, s.min, s.max], [want.count, want.min, want.max]);
  assert.ok(close(s.mean, want.mean, 1e-12), `mean ${s.mean}, not ${want.mean}`);
  assert.ok(close(s.sd, want.sd, 1e-12), `sd ${s.sd}, not ${want.sd}`);
  const tolerance = name.startsWith('uint8') || name === 'int16' ? 0 : 1e-3 * (want.max / 2 - want.min / 2) * 2;
  Object.values(s.quantiles).forEach((q, i) => {
    const w = want.quantiles[i]!;
    assert.ok(Math.abs(q - w) <= tolerance + Math.abs(w) * 1e-15, `quantile ${i}: ${q}, not ${w}`);
  });
}

describe('statistics of bands equal numpy', () => {
  for (const [name, values] of Object.entries(inputs())) {
    test(`${name}, at once`, async () => agrees(await bandStatistics([band(values)]), name));
    test(`${name}, in parts of any size and order, which merge`, async () => {
      const random = createRandom(5, name);
      const parts: GeoTensor[] = [];
      for (let at = 0; at < values.length;) {
        const size = Math.min(values.length - at, 1 + random.int(3000));
        parts.push(band(values.slice(at, at + size)));
        at += size;
      }
      parts.sort(() => random.uniform() - 0.5);
      const whole = await bandStatistics([band(values)]);
      const streamed = await bandStatistics(parts);
      const [first, ...rest] = await Promise.all(parts.map((p) => bandStatistics([p])));
      assert.ok(first);
      const merged = first.merge(...rest);
      for (const s of [streamed, merged]) {
        agrees(s, name);
        // Bins nest: quantiles do not depend on the parts at all.
        assert.deepEqual(s.bands[0]?.quantiles, whole.bands[0]?.quantiles);
        assert.ok(close(s.bands[0]!.sd, whole.bands[0]!.sd, 1e-12));
      }
    });
  }
});

test('statistics leave out invalid pixels and infinities, of each band alone, in every frame', async () => {
  const values = Float32Array.of(1, 2, 3, Infinity, 10, 20, 30, 40, 5, 6, 7, 8, 50, 60, 70, 80);
  const valid = new Uint8Array(16).fill(1);
  valid[4] = 0;
  const t = GeoTensor.create({ values, valid, shape: [2, 2, 2, 2], transform: [1, 0, 0, 0, -1, 0], crs: 'EPSG:32631' });
  for (const s of [await bandStatistics([t]), await bandStatistics([t.transpose(['band', 'time', 'y', 'x'])])]) {
    assert.deepEqual(
      s.bands.map((b) => [b.count, b.min, b.max, b.mean]),
      [
        [7, 1, 8, 32 / 7],
        [7, 20, 80, 50],
      ],
    );
  }
});

test('statistics of nothing are NaN and count 0', async () => {
  assert.deepEqual((await bandStatistics([])).bands, []);
  const [s] = (await bandStatistics([band(Float32Array.of(NaN)), band(Float32Array.of(1), Uint8Array.of(0))])).bands;
  assert.ok(s);
  assert.deepEqual([s.count, s.min, s.mean, s.sd, s.quantiles[50]], [0, NaN, NaN, NaN, NaN]);
  const merged = (await bandStatistics([])).merge(await bandStatistics([band(Uint8Array.of(3))]));
  assert.deepEqual([merged.bands[0]?.mean, merged.bands[0]?.name], [3, 'b']);
});

test('what does not go together is refused, and a cancelled run ends with its reason', async () => {
  const code = (c: string) => (e: unknown) => isNadirError(e, 'ArgumentError') && e.code === c;
  const a = band(Uint8Array.of(1));
  await assert.rejects(bandStatistics(a as never), code('bad-tensors'));
  await assert.rejects(bandStatistics([a, band(Float32Array.of(1))]), code('dtype-differs'));
  await assert.rejects(bandStatistics([a, GeoTensor.create({ ...a, bandNames: ['c'] })]), code('bands-differ'));
  const other = await bandStatistics([band(Float32Array.of(1))]);
  await assert.rejects(async () => (await bandStatistics([a])).merge(other), code('dtype-differs'));
  const reason = new Error('enough');
  await assert.rejects(bandStatistics([a], { signal: AbortSignal.abort(reason) }), (e) => e === reason);
});
