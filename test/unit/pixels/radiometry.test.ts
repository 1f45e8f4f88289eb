import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createRandom, isNadirError, type NumericArray } from '../../../src/core/index.js';
import {
  binBands,
  earthSunDistance,
  gaussianSrf,
  GeoTensor,
  radianceToReflectance,
  type RadianceUnit,
} from '../../../src/pixels/index.js';

const numpy = JSON.parse(readFileSync('test/oracles/radiometry/cases.json', 'utf8')) as {
  readonly distance: Readonly<Record<string, number>>;
  readonly reflectance: Readonly<Record<RadianceUnit, readonly number[]>>;
  readonly srf: readonly number[];
  readonly binned: readonly (number | null)[];
};

/** The formula of test/oracles/radiometry/make.py. */
function uniform(n: number, seed: number): Float64Array {
  let state = seed;
  return new Float64Array(n).map(() => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) / 2 ** 32);
}
function tensor(values: NumericArray, shape: number[], more: object = {}): GeoTensor {
  return GeoTensor.create({ values, shape, transform: [30, 0, 0, 0, -30, 0], crs: 'EPSG:32633', ...more });
}
const argument = (code: string) => (e: unknown) => isNadirError(e, 'ArgumentError') && e.code === code;

describe('the distance of Earth and Sun', () => {
  test('equals numpy by the day of the year, in UTC', () => {
    for (const [day, d] of Object.entries(numpy.distance)) {
      assert.ok(Math.abs(earthSunDistance(day) - d) < 1e-15, day);
      assert.equal(earthSunDistance(`${day}T23:59:59.999Z`), earthSunDistance(day));
    }
  });
  test('is least early in January and most early in July, as the almanac has it', () => {
    // Perihelion 2024-01-03 at 0.98331, aphelion 2024-07-05 at 1.01673 (U.S. Naval Observatory).
    assert.ok(Math.abs(earthSunDistance('2024-01-03') - 0.98331) < 2e-4);
    assert.ok(Math.abs(earthSunDistance(new Date('2024-07-05T00:00:00Z')) - 1.01673) < 2e-4);
  });
});

describe('reflectance of radiance', () => {
  const radiance = tensor(
    uniform(12, 3).map((v) => v * 120),
    [3, 2, 2],
    {
      valid: Uint8Array.of(1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1),
      bandNames: ['a', 'b', 'c'],
    },
  );
  const options = { irradiance: [1959.7, 1823.2, 1512.1], solarZenith: 38.5, date: '2022-08-27' } as const;
  for (const unit of ['W', 'mW', 'uW/cm2'] as const) {
    test(`equals numpy in ${unit}; invalid stays invalid`, () => {
      const t = radianceToReflectance(radiance, { ...options, unit });
      assert.ok(t.values instanceof Float32Array);
      assert.deepEqual([t.valid, t.bandNames, t.fillValue], [radiance.valid, radiance.bandNames, NaN]);
      numpy.reflectance[unit].forEach((v, i) => {
        if (i === 5) assert.ok(Number.isNaN(t.values[i]));
        else assert.ok(Math.abs(t.values[i]! - v) <= 1e-6 * v);
      });
    });
  }
  test('each band takes its irradiance, whichever outer axis comes first', () => {
    const frames = GeoTensor.stack([radiance, radiance.mul(2)], 'time', { times: [0, 1] });
    const a = radianceToReflectance(frames, { ...options, unit: 'W' });
    const b = radianceToReflectance(frames.transpose(['band', 'time', 'y', 'x']), { ...options, unit: 'W' });
    assert.deepEqual(b.transpose(['time', 'band', 'y', 'x']).values, a.values);
    const alone = radianceToReflectance(radiance.isel({ band: [1] }), { ...options, irradiance: 1823.2, unit: 'W' });
    assert.deepEqual(a.isel({ time: 0, band: [1] }).values, alone.values);
  });
  test('options without sense are refused', () => {
    const bad = (patch: object, code: string): void =>
      assert.throws(
        () => radianceToReflectance(radiance, { ...options, unit: 'W', ...patch } as never),
        argument(code),
      );
    bad({ unit: 'kW' }, 'bad-option');
    bad({ solarZenith: 90 }, 'bad-option');
    bad({ solarZenith: NaN }, 'bad-option');
    bad({ irradiance: 0 }, 'bad-option');
    bad({ irradiance: [1, 2] }, 'band-count');
    bad({ zenith: 3 }, 'unknown-option');
  });
});

describe('binning of bands', () => {
  const wavelengths = Array.from({ length: 60 }, (_, i) => 400 + 10 * i);
  const srf = gaussianSrf(wavelengths, { center: 665, fwhm: 30 });
  const values = uniform(300, 11);
  const cube = tensor(values, [60, 1, 5], { valid: Uint8Array.from(values, (v) => (v < 0.4 ? 0 : 1)) });

  test('a Gaussian response equals numpy, sums to 1 and is half as high half a width away', () => {
    srf.forEach((w, i) => assert.ok(Math.abs(w - numpy.srf[i]!) <= 1e-15));
    assert.ok(Math.abs(srf.reduce((a, b) => a + b, 0) - 1) < 1e-15);
    const [peak, side] = gaussianSrf([500, 515], { center: 500, fwhm: 30 });
    assert.ok(Math.abs(side! / peak! - 0.5) < 1e-15);
    assert.throws(() => gaussianSrf([0.4, 0.5], { center: 665, fwhm: 30 }), argument('no-response'));
    assert.throws(() => gaussianSrf([500], { center: 500, fwhm: 0 }), argument('bad-option'));
  });

  test('the mean is over valid bands, and invalid below half of the weight, as with numpy', () => {
    const t = binBands(cube, srf);
    assert.deepEqual(
      [[...t.dims], [...t.shape]],
      [
        ['y', 'x'],
        [1, 5],
      ],
    );
    numpy.binned.forEach((v, i) => {
      assert.equal(t.valid === null || t.valid[i] === 1, v !== null);
      if (v === null) assert.ok(Number.isNaN(t.values[i]));
      else assert.ok(Math.abs(t.values[i]! - v) < 1e-14);
    });
  });

  test('exactly half of the weight is enough; NaN counts as invalid', () => {
    const t = tensor(Float32Array.of(3, 3, NaN, 7, NaN, 11), [3, 1, 2]);
    const half = binBands(t, [1, 1, 0]);
    assert.deepEqual([[...half.values], half.valid], [[3, 5], null]);
    const less = binBands(t, [1, 1, 1]);
    assert.deepEqual([...(less.valid ?? [])], [0, 1]);
  });

  test('a record of weights gives named bands, equal to a plain loop', () => {
    const random = createRandom(3, 'bins');
    const v = Float32Array.from({ length: 2 * 7 * 6 }, () => random.uniform() * 1e4);
    const valid = Uint8Array.from(v, () => (random.uniform() < 0.7 ? 1 : 0));
    const t = tensor(v, [2, 7, 2, 3], { valid, times: [0, 1] });
    const weights = {
      B02: Float64Array.from({ length: 7 }, () => random.uniform()),
      B03: [0, 0, 1, 2, 1, 0, 0],
    };
    const out = binBands(t, weights);
    assert.deepEqual(
      [[...out.dims], [...out.shape], out.bandNames, out.times],
      [
        ['time', 'band', 'y', 'x'],
        [2, 2, 2, 3],
        ['B02', 'B03'],
        [0, 1],
      ],
    );
    Object.values(weights).forEach((w, k) => {
      for (let f = 0; f < 2; f++) {
        for (let p = 0; p < 6; p++) {
          const at = (b: number): number => (f * 7 + b) * 6 + p;
          const kept = [0, 1, 2, 3, 4, 5, 6].filter((b) => valid[at(b)] === 1);
          const total = kept.reduce((s, b) => s + w[b]!, 0);
          const mean = kept.reduce((s, b) => s + w[b]! * v[at(b)]!, 0) / total;
          const isValid = total >= 0.5 * [...w].reduce((a, b) => a + b, 0);
          const o = (f * 2 + k) * 6 + p;
          assert.equal(out.valid?.[o] !== 0, isValid);
          if (isValid) assert.ok(Math.abs(out.values[o]! - mean) <= 1e-12 * mean);
        }
      }
    });
  });

  test('weights that do not fit are refused', () => {
    assert.throws(() => binBands(cube, [1, 2]), argument('band-count'));
    assert.throws(
      () =>
        binBands(
          cube,
          srf.map(() => 0),
        ),
      argument('bad-weights'),
    );
    assert.throws(
      () =>
        binBands(
          cube,
          srf.map((w) => -w),
        ),
      argument('bad-weights'),
    );
    assert.throws(() => binBands(cube, {}), argument('bad-weights'));
  });
});
