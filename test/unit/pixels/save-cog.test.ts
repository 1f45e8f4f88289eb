import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import {
  arrayOf,
  createRandom,
  isNadirError,
  type Affine,
  type DType,
  type Progress,
} from '../../../src/core/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { cogBytes, GeoTensor, saveCog, type CogOptions } from '../../../src/pixels/index.js';
import { python, pythonSkip, withFolder } from '../../support/places.js';

const DTYPES: DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'];
const NORTH: Affine = [10, 0, 600000, 0, -10, 5700000];

interface Case {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly transform?: Affine;
  readonly crs?: string;
  readonly options?: CogOptions;
  readonly masked?: boolean;
}
const CASES: Readonly<Record<string, Case>> = {
  ...Object.fromEntries(DTYPES.map((dtype) => [dtype, { dtype, shape: [2, 530, 1043] }])),
  ...Object.fromEntries(DTYPES.map((dtype) => [`${dtype} masked`, { dtype, shape: [3, 97, 515], masked: true }])),
  ...Object.fromEntries(
    DTYPES.map((dtype) => [
      `${dtype} stored plainly`,
      { dtype, shape: [2, 9, 519], masked: true, options: { compress: 'none' } as const },
    ]),
  ),
  'one pixel': { dtype: 'int16', shape: [1, 1, 1] },
  'one pixel without a band axis': { dtype: 'float32', shape: [1, 1] },
  'one row': { dtype: 'uint16', shape: [1, 1, 1537] },
  'one column': { dtype: 'uint16', shape: [1, 1537, 1] },
  'exactly a tile': { dtype: 'uint8', shape: [1, 512, 512] },
  'one less than a tile': { dtype: 'uint8', shape: [1, 511, 511] },
  'one more than two tiles': { dtype: 'uint8', shape: [1, 1025, 1025] },
  'two hundred bands': { dtype: 'int16', shape: [200, 33, 17] },
  rotated: { dtype: 'uint8', shape: [1, 20, 30], transform: [8, 6, 600000, 6, -8, 5700000] },
  'south-up': { dtype: 'uint8', shape: [1, 20, 30], transform: [10, 0, 600000, 0, 10, 5600000] },
  degrees: { dtype: 'float64', shape: [1, 20, 30], transform: [0.1, 0, -180, 0, -0.1, 90], crs: 'EPSG:4326' },
  'a CRS without a code': {
    dtype: 'uint8',
    shape: [1, 20, 30],
    crs: '+proj=laea +lat_0=45 +lon_0=100 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
  },
  'sinusoidal on a sphere': {
    dtype: 'uint8',
    shape: [1, 20, 30],
    crs: '+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs',
  },
};

function tensorOf({ dtype, shape, transform = NORTH, crs = 'EPSG:32631', masked }: Case, seed: string): GeoTensor {
  const random = createRandom(7, seed);
  const values = arrayOf(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  const isFloating = dtype.startsWith('float');
  for (let i = 0; i < values.length; i++)
    values[i] = isFloating
      ? (random.uniform() - 0.5) * 10 ** (i % 9)
      : 1 + random.int(2 ** 32) - (dtype.startsWith('u') ? 0 : 2 ** 31);
  const fillValue = isFloating ? -9999 : dtype.startsWith('u') ? 0 : -128;
  // No valid pixel equals the fill value.
  for (let i = 0; i < values.length; i++) if (values[i] === fillValue) values[i] = 7;
  const valid = masked === true ? Uint8Array.from(values, () => (random.uniform() < 0.8 ? 1 : 0)) : null;
  return GeoTensor.create({ values, valid, shape, transform, crs, fillValue });
}

describe('saved files', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-save-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const names = Object.keys(CASES);
  const fileOf = (name: string): string => path.join(folder, `${name.replaceAll(' ', '_')}.tif`);

  for (const name of names) {
    test(`read back as they were: ${name}`, async () => {
      const c = CASES[name]!;
      const t = tensorOf(c, name);
      await saveCog(t, fileOf(name), c.options ?? {});
      const tiff = await openGeoTiff(fileOf(name));
      const { values } = await tiff.readWindow({ col: 0, row: 0, width: t.width, height: t.height });
      await tiff.close();
      assert.deepEqual(tiff.header.transform, t.transform);
      // The radius of a sphere comes back as two equal axes.
      if (c.crs?.includes('+R=') !== true) assert.ok(tiff.header.crs?.equals(t.crs));
      const wanted = t.values.map((v, i) => (t.valid?.[i] === 0 ? t.fillValue : v));
      assert.deepEqual(values, wanted);
    });
  }

  test(
    'keep all rules of a COG, and GDAL reads the same values, CRS and places',
    { skip: pythonSkip(['rasterio', 'numpy']) },
    () => {
      const found = python(readFileSync('test/support/validate-cog.py', 'utf8'), ...names.map(fileOf)) as string[][];
      assert.deepEqual(
        found.map((bad, i) => [names[i], bad]),
        names.map((name) => [name, []]),
      );
      const script = `
import sys, json, hashlib, rasterio
from rasterio.crs import CRS
out = []
for path, crs in zip(sys.argv[1::2], sys.argv[2::2]):
    with rasterio.open(path) as d:
        out.append([hashlib.sha256(d.read().tobytes()).hexdigest(), d.dtypes[0], list(d.transform)[:6], d.nodata, d.crs == CRS.from_user_input(crs) or d.crs.to_dict() == CRS.from_user_input(crs).to_dict()])
print(json.dumps(out))`;
      const seen = python(script, ...names.flatMap((n) => [fileOf(n), CASES[n]!.crs ?? 'EPSG:32631'])) as unknown[];
      names.forEach((name, i) => {
        const t = tensorOf(CASES[name]!, name);
        const wanted = t.values.map((v, k) => (t.valid?.[k] === 0 ? t.fillValue : v));
        const hash = createHash('sha256').update(new Uint8Array(wanted.buffer)).digest('hex');
        assert.deepEqual([name, seen[i]], [name, [hash, CASES[name]!.dtype, [...t.transform], t.fillValue, true]]);
      });
    },
  );
});

describe('overviews', () => {
  async function overviewOf(t: GeoTensor, o?: CogOptions): Promise<number[]> {
    return withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      await saveCog(t, file, o);
      const tiff = await openGeoTiff(file);
      const [width, height] = tiff.header.overviews[0]!;
      const { values } = await tiff.readWindow({ col: 0, row: 0, width, height }, { level: 0 });
      await tiff.close();
      return [...values];
    });
  }
  const random = createRandom(9, 'overviews');
  const [height, width] = [3, 513];
  const classes = (bands: number): GeoTensor =>
    GeoTensor.create({
      values: Uint8Array.from({ length: bands * height * width }, () => random.int(4)),
      shape: [bands, height, width],
      transform: NORTH,
      crs: 'EPSG:32631',
      bandNames: ['B04', 'SCL'].slice(-bands),
      fillValue: 255,
    });
  /** The valid ones of the 2 × 2 pixels under each overview pixel of a band. */
  function blocks(t: GeoTensor, band: number): number[][] {
    const out: number[][] = [];
    for (let y = 0; y < height; y += 2) {
      for (let x = 0; x < width; x += 2) {
        const at = [
          [y, x],
          [y, x + 1],
          [y + 1, x],
          [y + 1, x + 1],
        ] as const;
        const inside = at.filter(([r, c]) => r < height && c < width).map(([r, c]) => (band * height + r) * width + c);
        out.push(inside.filter((i) => t.valid === null || t.valid[i] === 1).map((i) => t.values[i]!));
      }
    }
    return out;
  }
  const mean = (v: number[]): number => Math.floor(v.reduce((a, b) => a + b, 0) / v.length + 0.5);

  test('mode is the most frequent valid value, the smallest of several', async () => {
    const all = classes(1);
    const t = GeoTensor.create({ ...all, valid: Uint8Array.from(all.values, () => random.int(3) && 1) });
    const wanted = blocks(t, 0).map((v) => {
      if (v.length === 0) return 255;
      const counts = new Map<number, number>();
      for (const c of v) counts.set(c, (counts.get(c) ?? 0) + 1);
      return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0])[0]![0];
    });
    assert.deepEqual(await overviewOf(t, { overviewResampling: 'mode' }), wanted);
  });

  test('by itself each band takes what suits it: reflectance is averaged, classes are not', async () => {
    const t = classes(2);
    const got = await overviewOf(t);
    const half = got.length / 2;
    assert.deepEqual(got.slice(0, half), blocks(t, 0).map(mean));
    assert.deepEqual(
      got.slice(half),
      blocks(t, 1).map((v) => v[0]),
    );
  });

  test('a mean never falls on the nodata value', async () => {
    const t = GeoTensor.create({
      values: Int16Array.from({ length: 512 * 2 }, (_, i) => (i % 2 === 0 ? -5 : 5)),
      shape: [1, 2, 512],
      transform: NORTH,
      crs: 'EPSG:32631',
      fillValue: 0,
    });
    assert.deepEqual([...new Set(await overviewOf(t))], [1]);
  });

  test('float means leave out NaN and invalid pixels', async () => {
    const values = Float32Array.from({ length: height * width }, () =>
      random.int(4) === 0 ? NaN : random.int(100) / 4,
    );
    const t = GeoTensor.create({
      values,
      valid: Uint8Array.from(values, (v) => (Number.isNaN(v) || random.int(5) === 0 ? 0 : 1)),
      shape: [height, width],
      transform: NORTH,
      crs: 'EPSG:32631',
    });
    const wanted = blocks(t, 0).map((v) =>
      v.length === 0 ? NaN : Math.fround(v.reduce((a, b) => a + b, 0) / v.length),
    );
    assert.deepEqual(await overviewOf(t), wanted);
  });
});

describe('saving is careful', () => {
  const big = tensorOf({ dtype: 'uint16', shape: [2, 1100, 1500] }, 'big');

  test('bytes do not depend on the run, and progress counts blocks up to all of them', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      const seen: Progress[] = [];
      await saveCog(big, file, { onProgress: (p) => void seen.push(p) });
      const [a, b] = await Promise.all([cogBytes(big), cogBytes(big)]);
      assert.ok(Buffer.from(a).equals(b) && readFileSync(file).equals(Buffer.from(a)));
      // 3 × 3 tiles, and 2 × 2 and 1 of overviews.
      assert.deepEqual(
        seen.map((p) => p.done),
        Array.from({ length: 14 }, (_, i) => i + 1),
      );
      assert.equal(seen.at(-1)?.total, seen.length);
    }));

  test('a byte that the disk writes wrongly is found, and the old file stays', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      const handle = await open(path.join(folder, 'probe'), 'w');
      const prototype = Object.getPrototypeOf(handle) as { write: (...a: unknown[]) => Promise<unknown> };
      await handle.close();
      rmSync(path.join(folder, 'probe'));
      const { write } = prototype;
      const chunks = 1 + (await countWrites(prototype, () => saveCog(big, file)));
      writeFileSync(file, 'old');
      for (let bad = 0; bad < chunks - 1; bad++) {
        let n = 0;
        prototype.write = function (this: unknown, bytes, ...rest): Promise<unknown> {
          const copy = Buffer.from(bytes as Uint8Array);
          if (n++ === bad) copy[Math.floor(copy.length / 2)]! ^= 4;
          return write.call(this, copy, ...rest);
        };
        try {
          await assert.rejects(
            saveCog(big, file),
            (e) => isNadirError(e, 'ExportError') && e.code === 'export.verify' && e.details?.['file'] === file,
            `write ${bad}`,
          );
        } finally {
          prototype.write = write;
        }
        assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(folder)], ['old', ['a.tif']]);
      }
    }));

  test('cancelled at any block it leaves the old file and nothing beside it', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      writeFileSync(file, 'old');
      for (const at of [1, 5, 9, 13]) {
        const stop = new AbortController();
        const reason = new Error('enough');
        const onProgress = (p: Progress): void => {
          if (p.done === at) stop.abort(reason);
        };
        await assert.rejects(saveCog(big, file, { signal: stop.signal, onProgress }), (e) => e === reason);
        assert.deepEqual([readFileSync(file, 'utf8'), readdirSync(folder)], ['old', ['a.tif']]);
      }
    }));

  test('options without sense are refused before anything is written', () =>
    withFolder(async (folder) => {
      const file = path.join(folder, 'a.tif');
      const code = (c: string) => (e: unknown) => isNadirError(e, 'ArgumentError') && e.code === c;
      await assert.rejects(saveCog(big, file, { compress: 'lzw' as never }), code('bad-option'));
      await assert.rejects(saveCog(big, file, { overviewResampling: 'cubic' as never }), code('bad-option'));
      await assert.rejects(saveCog(big, file, { overviews: 1 } as never), code('unknown-option'));
      await assert.rejects(saveCog(big, file, { descriptions: ['a'] }), code('band-count'));
      assert.throws(() => statSync(file));
    }));
});

async function countWrites(
  prototype: { write: (...a: unknown[]) => Promise<unknown> },
  run: () => Promise<unknown>,
): Promise<number> {
  const { write } = prototype;
  let n = 0;
  prototype.write = function (this: unknown, ...rest): Promise<unknown> {
    n++;
    return write.apply(this, rest);
  };
  try {
    await run();
  } finally {
    prototype.write = write;
  }
  return n;
}
