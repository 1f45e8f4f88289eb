/** Cubes as Zarr: what our reader and zarr-python find in them, and what is left when writing ends early. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { Crs, createRandom, parseTime, type DType } from '../../../../src/core/index.js';
import { describeCube, openCube } from '../../../../src/formats/cube/index.js';
import { chunkShape } from '../../../../src/formats/zarr/write-array.js';
import { writeZarr } from '../../../../src/formats/zarr/index.js';
import { DataCube, makeArray } from '../../../../src/pixels/index.js';
import { python, pythonSkip, withFolder } from '../../../support/places.js';

const DTYPES: readonly DType[] = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'float32', 'float64'];

function sample(crs: string, width = 700, height = 600): DataCube {
  const random = createRandom(9, 'zarr');
  const wide = Float32Array.from({ length: 3 * width * height }, () =>
    random.uniform() < 0.2 ? NaN : random.uniform(),
  );
  const small = DTYPES.map((dtype) => {
    const values = makeArray(dtype, 6);
    for (let i = 0; i < 6; i++) values[i] = random.int(100);
    return [dtype, { dims: ['time', 'name'], shape: [3, 2], values }] as const;
  });
  return DataCube.create({
    vars: {
      v: { dims: ['time', 'y', 'x'], shape: [3, height, width], values: wide, attrs: { units: 'K', flags: [1, 2] } },
      ...Object.fromEntries(small),
    },
    coords: {
      time: ['2020-01-01', '2020-01-02T03:04:05.000006Z', '2021-01-01'].map((t) => parseTime(t)),
      name: ['äöü', 'plain'],
      y: Float64Array.from({ length: height }, (_, i) => 4e6 - 10 * i - 5),
      x: Float64Array.from({ length: width }, (_, i) => 5e5 + 10 * i + 5),
    },
    crs,
  });
}

/** All files of a folder with the hash of their bytes. */
function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((e) => e.isFile());
  return Object.fromEntries(
    files
      .map((e) => path.join(e.parentPath, e.name))
      .sort()
      .map((f) => [path.relative(folder, f), createHash('sha256').update(readFileSync(f)).digest('hex')]),
  );
}

describe('saveZarr', () => {
  for (const crs of [
    'EPSG:32631',
    'EPSG:3035',
    '+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +R=6371007.181 +units=m +no_defs',
    '+proj=lcc +lat_1=25 +lat_2=60 +lat_0=42.5 +lon_0=-100 +datum=WGS84 +units=m',
  ]) {
    test(`values, CRS and transform come back (${crs.slice(0, 12)})`, async () => {
      await withFolder(async (folder) => {
        const cube = sample(crs);
        const target = path.join(folder, 'a.zarr');
        const report = await cube.saveZarr(target);
        assert.equal(report.files, Object.keys(hashes(target)).length);
        const file = await openCube(target);
        const description = await describeCube(file);
        assert.ok(description.crs.equals(Crs.from(crs)), description.crs.canonical);
        assert.deepEqual(description.cells.transform, cube.transform);
        assert.deepEqual(description.time!.instants, Array.from(cube.coords['time'] as Float64Array));
        for (const name of Object.keys(cube.vars)) {
          assert.deepEqual(await file.root.variables.get(name)!.read(), cube.vars[name]!.values, name);
        }
        assert.deepEqual(await file.root.variables.get('name')!.read(), cube.coords['name']);
        await file.close();
      });
    });
  }

  test(
    'zarr-python and xarray read the same values, names and texts',
    { skip: pythonSkip(['xarray', 'zarr']) },
    async () => {
      await withFolder(async (folder) => {
        const cube = sample('EPSG:32631');
        const target = path.join(folder, 'a.zarr');
        await cube.saveZarr(target);
        const script = `
import hashlib, json, sys
import numpy as np, xarray as xr, zarr
g = zarr.open_group(sys.argv[1], mode="r")
d = xr.open_zarr(sys.argv[1])
h = lambda a: hashlib.sha256(np.ascontiguousarray(a).tobytes()).hexdigest()
print(json.dumps({
  "values": {k: [str(g[k].dtype), h(g[k][...])] for k in sorted(g.array_keys()) if k not in ("name", "spatial_ref", "time")},
  "name": d["name"].values.tolist(), "time": [str(t)[:26] for t in d["time"].values],
  "units": d["v"].attrs["units"], "dims": list(d["v"].dims), "nan": int(np.isnan(d["v"].values).sum()),
}))`;
        // SAFETY: the script prints these.
        const seen = python(script, target) as {
          values: Record<string, [string, string]>;
          name: string[];
          time: string[];
          units: string;
          dims: string[];
          nan: number;
        };
        for (const [name, v] of [
          ...Object.entries(cube.vars),
          ...['x', 'y'].map((d) => [d, { values: cube.coords[d] as Float64Array }] as const),
        ]) {
          const { buffer, byteOffset, byteLength } = v.values;
          const want = createHash('sha256')
            .update(new Uint8Array(buffer, byteOffset, byteLength))
            .digest('hex');
          assert.equal(seen.values[name]![1], want, name);
        }
        assert.deepEqual(
          DTYPES.map((d) => seen.values[d]![0]),
          DTYPES,
        );
        assert.deepEqual(seen.name, ['äöü', 'plain']);
        assert.deepEqual(seen.time, [
          '2020-01-01T00:00:00.000000',
          '2020-01-02T03:04:05.000006',
          '2021-01-01T00:00:00.000000',
        ]);
        assert.deepEqual([seen.units, seen.dims], ['K', ['time', 'y', 'x']]);
        assert.equal(seen.nan, cube.vars['v']!.values.filter((n) => Number.isNaN(n)).length);
      });
    },
  );

  test('the same cube gives the same bytes, and chunks of missing values alone are not stored', async () => {
    await withFolder(async (folder) => {
      const [a, b, c] = ['a', 'b', 'c'].map((n) => path.join(folder, `${n}.zarr`)) as [string, string, string];
      await sample('EPSG:32631').saveZarr(a);
      await sample('EPSG:32631').saveZarr(b);
      assert.deepEqual(hashes(a), hashes(b));
      const empty = { dims: ['y', 'x'], shape: [2, 2], values: new Float32Array(4).fill(NaN) };
      await DataCube.create({ vars: { v: empty }, coords: { y: [2, 1], x: [1, 2] }, crs: 'EPSG:4326' }).saveZarr(c);
      assert.deepEqual(readdirSync(path.join(c, 'v')), ['zarr.json']);
    });
  });

  test('an integer variable has a fill value that none of its values is', async () => {
    await withFolder(async (folder) => {
      const target = path.join(folder, 'a.zarr');
      const values = Uint8Array.of(255, 254, 0, 1);
      await DataCube.create({
        vars: { v: { dims: ['y', 'x'], shape: [2, 2], values } },
        coords: { y: [2, 1], x: [1, 2] },
        crs: 'EPSG:4326',
      }).saveZarr(target);
      const json = JSON.parse(readFileSync(path.join(target, 'v/zarr.json'), 'utf8')) as { fill_value: number };
      assert.equal(json.fill_value, 253);
    });
  });

  test('chunks are squares of at most 512, with as many times as fit 2^20 elements', () => {
    assert.deepEqual(chunkShape([]), []);
    assert.deepEqual(chunkShape([7]), [7]);
    assert.deepEqual(chunkShape([365, 2, 600, 100]), [10, 2, 512, 100]);
    assert.deepEqual(chunkShape([365, 30, 600, 600]), [1, 4, 512, 512]);
    assert.deepEqual(chunkShape([1000, 3, 4]), [1000, 3, 4]);
  });

  test('what is there is replaced only when asked, and only when it is Zarr', async () => {
    await withFolder(async (folder) => {
      const target = path.join(folder, 'a.zarr');
      const cube = sample('EPSG:32631', 20, 20);
      await cube.saveZarr(`${target}/`);
      const before = hashes(target);
      await assert.rejects(sample('EPSG:32632', 20, 20).saveZarr(target), { name: 'ArgumentError', code: 'exists' });
      assert.deepEqual(hashes(target), before);
      await sample('EPSG:32632', 20, 20).saveZarr(target, { overwrite: true });
      assert.notDeepEqual(hashes(target), before);
      assert.deepEqual(readdirSync(folder), ['a.zarr']);
      const other = path.join(folder, 'photos');
      mkdirSync(other);
      writeFileSync(path.join(other, 'cat.jpg'), 'x');
      await assert.rejects(cube.saveZarr(other, { overwrite: true }), { code: 'exists' });
      assert.deepEqual(readdirSync(other), ['cat.jpg']);
      await assert.rejects(cube.saveZarr(path.join(folder, 'no/where.zarr')), {
        name: 'SourceError',
        code: 'source.missing',
      });
      await assert.rejects(cube.saveZarr(''), { code: 'bad-path' });
      await assert.rejects(cube.saveZarr(target, { overwrit: true } as never), { code: 'unknown-option' });
    });
  });

  test('names that lead elsewhere are refused', async () => {
    await withFolder(async (folder) => {
      for (const name of ['../out', 'a/b', '', '..', 'x', 'spatial_ref', 'zarr.json']) {
        const vars = { [name]: { dims: ['x'], shape: [1], values: new Float32Array(1) } };
        await assert.rejects(
          DataCube.create({ vars, coords: {}, crs: 'EPSG:4326' }).saveZarr(path.join(folder, 'a.zarr')),
          { code: 'bad-name' },
          name,
        );
      }
      assert.deepEqual(readdirSync(folder), []);
    });
  });

  test('cancelled after any file, it leaves what was there and nothing else', async () => {
    await withFolder(async (folder) => {
      const target = path.join(folder, 'a.zarr');
      const old = sample('EPSG:32632', 20, 20);
      await old.saveZarr(target);
      const before = hashes(target);
      const total = (await sample('EPSG:32631', 600, 20).saveZarr(path.join(folder, 'count.zarr'))).files;
      for (let stop = 1; stop < total; stop++) {
        const abort = new AbortController();
        const reason = new Error(`after ${stop}`);
        const cancelled = sample('EPSG:32631', 600, 20).saveZarr(target, {
          overwrite: true,
          signal: abort.signal,
          onProgress: ({ done }) => {
            if (done === stop) abort.abort(reason);
          },
        });
        await assert.rejects(cancelled, (e) => e === reason);
        assert.deepEqual(hashes(target), before);
        assert.deepEqual(readdirSync(folder).sort(), ['a.zarr', 'count.zarr']);
      }
    });
  });

  test('while it writes, nothing is at its place', async () => {
    await withFolder(async (folder) => {
      const target = path.join(folder, 'a.zarr');
      const values = new Float32Array(64).map((_, i) => i);
      const arrays = Array.from({ length: 40 }, (_, i) => ({
        name: `v${i}`,
        dims: ['x'],
        shape: [64],
        values,
        fillValue: 'NaN',
        attributes: {},
      }));
      let files = 0;
      await writeZarr(
        target,
        { attributes: {}, arrays },
        {
          onFile: () => {
            assert.ok(!existsSync(target));
            files++;
          },
        },
      );
      assert.ok(files > 40 && existsSync(path.join(target, 'zarr.json')));
    });
  });
});
