/** What a newcomer passes by mistake to operations on tensors and cubes: refused by name, never a TypeError or nonsense. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import {
  bandStatistics,
  binBands,
  DataCube,
  dnToReflectance,
  gaussianSrf,
  GeoTensor,
  normalizedDifference,
  radianceToReflectance,
  saveCog,
} from '../../../src/pixels/index.js';

const tensor = GeoTensor.create({
  values: Uint8Array.from({ length: 12 }, (_, i) => 20 * i),
  shape: [1, 3, 4],
  transform: [10, 0, 500000, 0, -10, 4000000],
  crs: 'EPSG:32631',
});
const SUN = { irradiance: 1, solarZenith: 1, date: '2020-01-01', unit: 'W' } as const;
const WRONG: readonly unknown[] = [undefined, null, 5, 'x', {}, [], new Float32Array(3), Promise.resolve(tensor)];

/** Runs with values that types forbid. */
async function refused(what: string, run: () => unknown): Promise<void> {
  try {
    await run();
  } catch (error) {
    assert.ok(isNadirError(error), `${what}: ${String(error)}`);
    return;
  }
  assert.fail(`${what} was taken`);
}

describe('wrong arguments', () => {
  // SAFETY: tests of callers without types.
  const any = (value: unknown): never => value as never;

  test('what is no tensor is refused; a Promise and a chip are told apart', async () => {
    for (const wrong of WRONG) {
      const said = String(wrong);
      await refused(`binBands ${said}`, () => binBands(any(wrong), [1]));
      await refused(`normalizedDifference ${said}`, () => normalizedDifference(any(wrong), 1, 2));
      await refused(`dnToReflectance ${said}`, () => dnToReflectance(any(wrong)));
      await refused(`radianceToReflectance ${said}`, () => radianceToReflectance(any(wrong), SUN));
      await refused(`bandStatistics ${said}`, () =>
        bandStatistics([any(wrong)].filter((w) => !((w as unknown) instanceof Promise)).concat(any(null))),
      );
      await refused(`saveCog ${said}`, () => saveCog(any(wrong), 'never.tif'));
      if (wrong !== 5)
        for (const name of ['add', 'and', 'gt'] as const)
          await refused(`${name} ${said}`, () => tensor[name](any(wrong)));
      await refused(`stack ${said}`, () => GeoTensor.stack(any(wrong), 'time'));
      await refused(`stack [${said}]`, () => GeoTensor.stack([any(wrong)], 'time'));
      await refused(`concatenate ${said}`, () => GeoTensor.concatenate([tensor, any(wrong)], 'band'));
      await refused(`shape ${said}`, () => GeoTensor.create({ ...tensor, shape: any(wrong) }));
      await refused(`transform ${said}`, () => GeoTensor.create({ ...tensor, transform: any(wrong) }));
    }
    const late: unknown = Promise.resolve(tensor);
    assert.throws(() => dnToReflectance(any(late)), { code: 'not-a-tensor', hint: /await/ });
    await assert.rejects(bandStatistics([any({ index: 0, tensor })]), {
      code: 'not-a-tensor',
      hint: /tensor of the chip/,
    });
    await assert.rejects(saveCog(any([tensor, tensor]), 'never.tif'), { code: 'not-a-tensor', hint: /one by one/ });
  });

  test('options of the wrong type are refused, not computed with', async () => {
    for (const wrong of [null, [], '30', {}, NaN, 90, -1])
      await refused(`solarZenith ${JSON.stringify(wrong)}`, () =>
        radianceToReflectance(tensor, { ...SUN, solarZenith: any(wrong) }),
      );
    for (const wrong of [5, 'x', {}, [1], [NaN, 1], [2, 1]])
      await refused(`clamp ${JSON.stringify(wrong)}`, () => dnToReflectance(tensor, { clamp: any(wrong) }));
    for (const wrong of [undefined, null, 5, 'x', [], ['1'], { a: null }, { a: [NaN] }])
      await refused(`weights ${JSON.stringify(wrong)}`, () => binBands(tensor, any(wrong)));
    for (const wrong of [undefined, null, 5, 'x', [], ['1'], {}])
      await refused(`wavelengths ${JSON.stringify(wrong)}`, () => gaussianSrf(any(wrong), { center: 1, fwhm: 1 }));
    for (const wrong of ['x', [5], {}])
      await refused(`descriptions ${JSON.stringify(wrong)}`, () =>
        saveCog(tensor, 'never.tif', { descriptions: any(wrong) }),
      );
    for (const wrong of ['x', 5, ['a'], { a: 5 }])
      await refused(`tags ${JSON.stringify(wrong)}`, () => saveCog(tensor, 'never.tif', { tags: any(wrong) }));
  });

  test('a cube takes positions and labels by dimension only', async () => {
    const cube: DataCube = tensor.toCube();
    for (const wrong of [undefined, null, 5, 'x', []]) {
      await refused(`isel ${String(wrong)}`, () => cube.isel(any(wrong)));
      await refused(`sel ${String(wrong)}`, () => cube.sel(any(wrong)));
      await refused(`toSeries ${String(wrong)}`, () => cube.toSeries(any(wrong)));
      await refused(`toTensor ${String(wrong)}`, () => cube.toTensor(any(wrong)));
    }
    for (const wrong of [null, 'x', true]) await refused(`isel x ${String(wrong)}`, () => cube.isel({ x: any(wrong) }));
  });

  test('tensors beyond memory are refused before they are made', () => {
    const code = 'tensor-too-large';
    assert.throws(() => tensor.pad(1e6, 1e6), { code });
    assert.throws(() => tensor.resize({ shape: [1e6, 1e6] }), { code });
    assert.throws(() => tensor.readWindow({ col: 0, row: 0, width: 1e6, height: 1e6 }), { code });
  });

  test('bits of a constant that the type does not hold are an error, not lost', () => {
    assert.throws(() => tensor.or(256), { code: 'out-of-range' });
    assert.throws(() => tensor.and(2 ** 40), { code: 'out-of-range' });
    assert.deepEqual([...tensor.and(255).values], [...tensor.values]);
    // −1 has all bits, as in NumPy's complement.
    assert.deepEqual(
      [...tensor.xor(-1).values],
      Array.from(tensor.values, (v) => 255 - v),
    );
  });
});

test('a pixel with exactly half of the weight is valid, whatever the weights round to', () => {
  // 0.1 + 0.2 + 0.3 is 0.6000000000000001 in doubles, half of which exceeds 0.3.
  const three = GeoTensor.create({
    ...tensor,
    values: Uint8Array.of(9, 9, 7),
    shape: [3, 1, 1],
    valid: Uint8Array.of(0, 0, 1),
  });
  const binned = binBands(three, [0.1, 0.2, 0.3]);
  assert.deepEqual([Math.fround(binned.values[0] ?? NaN), binned.valid], [7, null]);
});
