import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { createRandom } from '../../../src/core/index.js';
import { GeoTensor } from '../../../src/pixels/index.js';
import { rowStep } from '../../../src/display/plane.js';
import { displayTensor, tensorFingerprint } from '../../../src/display/tensor.js';
import { levelsFor, makeTile } from '../../../src/display/tile.js';
import { centred } from '../../../src/display/wire/ramp.js';
import { parsePixelResult, parseTileResult } from '../../../src/display/wire/tile.js';
import type { PreviewBand, TensorData } from '../../../src/display/wire/payload.js';
import { installHost, payloadOf, textOf } from './fakes.js';

const SEED = 20261121;

type Values = Uint8Array | Uint16Array | Int16Array | Float32Array;

function tensor(values: Values, shape: number[], extra: object = {}): GeoTensor {
  const init = { values, shape, transform: [10, 0, 500_000, 0, -10, 5_000_000] as const, crs: 'EPSG:32632', ...extra };
  return GeoTensor.create(init);
}

function dataOf(t: GeoTensor): TensorData {
  const payload = payloadOf(displayTensor(t));
  assert.ok(payload.kind === 'tensor');
  return payload.data;
}

/** Values of a band with null where its own bits say invalid, the slow way. */
function decode(band: PreviewBand): (number | null)[] {
  const q = Buffer.from(band.q, 'base64');
  const bits = Buffer.from(band.valid ?? '', 'base64');
  return Array.from({ length: q.length / 2 }, (_, i) =>
    band.valid !== undefined && ((bits[i >> 3]! >> (i & 7)) & 1) === 0
      ? null
      : band.offset + band.scale * q.readUInt16LE(2 * i),
  );
}

describe('tiles', () => {
  const random = createRandom(SEED, 'tiles');
  const [height, width] = [300, 530];
  const values = Uint16Array.from({ length: 2 * height * width }, () => Math.floor(random.uniform() * 65_536));
  const valid = Uint8Array.from(values, () => (random.uniform() < 0.9 ? 1 : 0));
  const noisy = tensor(values, [2, height, width], { valid });

  test(`at full resolution every pixel comes back as it is (seed ${SEED})`, () => {
    for (const [x, y, w, h] of [
      [0, 0, 256, 256],
      [2, 1, 18, 44],
    ] as const) {
      const tile = makeTile(noisy, { frame: 0, band: 1, z: 0, x, y });
      assert.deepEqual([tile.width, tile.height], [w, h]);
      decode(tile.band).forEach((v, k) => {
        const i = height * width + (y * 256 + Math.floor(k / w)) * width + x * 256 + (k % w);
        assert.equal(v, valid[i] === 1 ? values[i] : null, `pixel ${k} of tile ${x}/${y}`);
      });
    }
  });

  test('at a coarser level a pixel is the mean of the valid ones of its block, also at the edge', () => {
    const tile = makeTile(noisy, { frame: 0, band: 0, z: 2, x: 0, y: 0 });
    assert.deepEqual([tile.width, tile.height], [133, 75]);
    decode(tile.band).forEach((v, k) => {
      const [r, c] = [Math.floor(k / 133) * 4, (k % 133) * 4];
      const block: number[] = [];
      for (let y = r; y < Math.min(r + 4, height); y++)
        for (let x = c; x < Math.min(c + 4, width); x++)
          if (valid[y * width + x] === 1) block.push(values[y * width + x]!);
      if (block.length === 0) {
        assert.equal(v, null);
        return;
      }
      const mean = block.reduce((a, b) => a + b, 0) / block.length;
      assert.ok(Math.abs(v! - mean) <= tile.band.scale / 2 + 1e-6, `pixel ${k}: ${v} is not ${mean}`);
    });
  });

  test('classes are picked, and one huge value does not flatten a tile', () => {
    const scl = tensor(
      Uint8Array.from({ length: 600 * 600 }, (_, i) => [4, 6, 11][i % 3]!),
      [1, 600, 600],
      { bandNames: ['SCL'] },
    );
    for (const v of decode(makeTile(scl, { frame: 0, band: 0, z: 1, x: 0, y: 0 }).band))
      assert.ok([4, 6, 11].includes(v!), String(v));
    const floats = Float32Array.from({ length: 10_000 }, (_, i) => (i % 100) / 100);
    floats[777] = 3e38;
    const back = decode(makeTile(tensor(floats, [1, 100, 100]), { frame: 0, band: 0, z: 0, x: 0, y: 0 }).band);
    assert.ok(Math.abs(back[50]! - 0.5) < 0.001);
  });

  test('the largest tile is less than 512 kB of text, and its reader accepts it', () => {
    const tile = makeTile(noisy, { frame: 0, band: 0, z: 0, x: 0, y: 0 });
    const text = JSON.stringify(tile);
    assert.ok(text.length < 200_000, `${text.length} characters`);
    assert.ok(parseTileResult(JSON.parse(text)).ok);
  });

  test('what is no tile of the tensor is refused by name', () => {
    const good = { frame: 0, band: 0, z: 0, x: 0, y: 0 };
    for (const bad of [
      { x: 3 },
      { y: 2 },
      { x: -1 },
      { z: 17 },
      { z: 0.5 },
      { band: 2 },
      { frame: 1 },
      { x: '0' },
      { x: NaN },
    ])
      assert.throws(() => makeTile(noisy, { ...good, ...bad }), { code: 'no-such-tile' }, JSON.stringify(bad));
  });

  test('a forged reply is a problem, never an allocation', () => {
    const good: unknown = JSON.parse(JSON.stringify(makeTile(noisy, { frame: 0, band: 0, z: 2, x: 0, y: 0 })));
    assert.ok(typeof good === 'object' && good !== null && 'band' in good);
    const band = good.band as PreviewBand;
    for (const bad of [
      null,
      { ...good, width: 257 },
      { ...good, width: 1e9, height: 1e9 },
      { ...good, height: 76 },
      { ...good, band: { ...band, q: band.q.slice(4) } },
      { ...good, band: { ...band, valid: 'AAAA' } },
      { ...good, band: { ...band, valid: '<script>' } },
      { ...good, band: { ...band, scale: null } },
    ])
      assert.equal(parseTileResult(bad).ok, false);
    assert.equal(parsePixelResult({ values: [{ band: 'B04', value: 'x' }] }).ok, false);
    assert.deepEqual(parsePixelResult({ values: [{ band: 'B04', value: null }] }), {
      ok: true,
      value: [{ band: 'B04', value: null }],
    });
  });

  test('levels reach from full resolution to the preview', () => {
    assert.deepEqual([1, 1.5, 2, 2.1, 21.4].map(levelsFor), [0, 1, 1, 2, 5]);
  });
});

describe('what a tensor says of itself', () => {
  test('the kernel offers tiles exactly where the preview leaves pixels out', () => {
    const host = installHost();
    try {
      assert.equal(dataOf(tensor(new Uint16Array(100 * 100), [1, 100, 100])).levels, undefined);
      const payload = payloadOf(displayTensor(tensor(new Uint16Array(100 * 1500), [1, 100, 1500])));
      assert.ok(payload.kind === 'tensor');
      assert.equal(payload.data.levels, 2);
      const answer = host.views.get(payload.viewId)!('tile', { frame: 0, band: 0, z: 0, x: 5, y: 0 });
      assert.ok(parseTileResult(answer).ok);
    } finally {
      host.remove();
    }
  });

  test('a band that is valid elsewhere than the others carries its own bits', () => {
    const values = Uint16Array.from({ length: 2 * 12 }, (_, i) => i + 1);
    const valid = Uint8Array.from(values, (_, i) => (i === 3 || i === 15 || i === 17 ? 0 : 1));
    const t = tensor(values, [2, 3, 4], { valid, bandNames: ['B08', 'B11'] });
    const { preview } = dataOf(t);
    assert.equal(preview.bands[0]!.valid, undefined);
    assert.deepEqual(
      decode(preview.bands[1]!)
        .map((v, i) => (v === null ? i : -1))
        .filter((i) => i >= 0),
      [3, 5],
    );
  });

  test('units come as one text, as a list or by band name', () => {
    const of = (units: unknown): readonly string[] | undefined =>
      dataOf(tensor(new Float32Array(8), [2, 2, 2], { bandNames: ['t2m', 'tp'], attrs: { units } })).units;
    assert.deepEqual(of('K'), ['K', 'K']);
    assert.deepEqual(of(['K', 'mm']), ['K', 'mm']);
    assert.deepEqual(of({ tp: 'mm' }), ['', 'mm']);
    assert.equal(of(undefined), undefined);
    assert.equal(of([1, {}]), undefined);
  });

  test('class bands beside true colour bring their classes', () => {
    const names = ['B02', 'B03', 'B04', 'SCL'];
    const data = dataOf(tensor(new Uint16Array(4 * 4).fill(4), [4, 2, 2], { bandNames: names }));
    assert.deepEqual(data.rendering.bands, [2, 1, 0]);
    assert.equal(data.classBands?.[0]?.band, 3);
    assert.equal(data.classBands[0].classes.find((c) => c.value === 4)?.name, 'vegetation');
  });

  test('bytes of 0 and 1 alone are a mask; a black picture, or one with a 2, is not', () => {
    const classesOf = (values: number[], bands = 1): string[] | undefined =>
      dataOf(tensor(Uint8Array.from(values), [bands, 2, values.length / bands / 2])).rendering.classes?.map(
        (c) => c.name,
      );
    assert.deepEqual(classesOf([0, 1, 1, 0]), ['no', 'yes']);
    assert.deepEqual(classesOf([0, 0, 0, 0]), ['no', 'yes']);
    assert.equal(classesOf([0, 1, 2, 0]), undefined);
    assert.equal(classesOf(new Array<number>(12).fill(0), 3), undefined);
  });

  test('a nameless float on both sides of zero within −1 … 1 diverges, others do not', () => {
    const ramp = (values: number[], extra: object = {}): string =>
      dataOf(tensor(Float32Array.from(values), [1, 2, 2], extra)).rendering.ramp;
    assert.equal(ramp([-0.4, 0.1, 0.8, NaN]), 'diverging');
    assert.equal(ramp([0.1, 0.2, 0.8, 1]), 'viridis');
    assert.equal(ramp([-3, 0.2, 0.8, 1]), 'viridis');
    assert.equal(ramp([-0.4, 0.1, 0.8, 1], { bandNames: ['wind'] }), 'viridis');
  });

  test('the middle of a diverging ramp is zero where values lie on both sides', () => {
    assert.deepEqual(centred('diverging', [-0.2, 0.9]), [-0.9, 0.9]);
    assert.deepEqual(centred('diverging', [0.1, 0.9]), [0.1, 0.9]);
    assert.deepEqual(centred('viridis', [-0.2, 0.9]), [-0.2, 0.9]);
  });

  test('a tensor without a valid pixel says so in words', () => {
    assert.match(textOf(displayTensor(tensor(new Float32Array(4).fill(NaN), [1, 2, 2]))), /No valid pixel/);
    assert.doesNotMatch(textOf(displayTensor(tensor(new Float32Array(4), [1, 2, 2]))), /No valid pixel/);
  });

  test('of a plane of 36 million pixels every fourth row is read, and the view says so', () => {
    assert.equal(rowStep(1000, 1000, 512), 1);
    assert.equal(rowStep(6000, 6000, 512), 4);
    const t = tensor(new Uint8Array(36e6).fill(9), [1, 6000, 6000], { bandNames: ['B08'] });
    const bundle = displayTensor(t);
    const payload = payloadOf(bundle);
    assert.ok(payload.kind === 'tensor');
    assert.equal(payload.data.statsEvery, 4);
    assert.match(textOf(bundle), /statistics of every 4th row/);
    assert.deepEqual(payload.data.preview.bands[0]!.stats, { min: 9, max: 9, mean: 9, p2: 9, p98: 9 });
  });

  test('the fingerprint of a large array follows its values and its length', () => {
    const large = new Uint8Array(70e6);
    const first = tensorFingerprint(tensor(large, [1, 7000, 10_000]));
    assert.equal(tensorFingerprint(tensor(large, [1, 7000, 10_000])), first);
    assert.notEqual(tensorFingerprint(tensor(large, [1, 10_000, 7000])), first);
    const other = large.slice().fill(1, 0, 35e6);
    assert.notEqual(tensorFingerprint(tensor(other, [1, 7000, 10_000])), first);
  });
});
