import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { buildRasterCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import { createRandom, GeoSlice, isNadirError, type Affine, type GeoSliceInit } from '../../../src/core/index.js';
import { contextOf } from '../../../src/load/context.js';
import { closeLoadContext, loadChips, loadRaster } from '../../../src/load/index.js';
import { GeoTensor, masks, MERGE_METHODS, RESAMPLINGS, sliceOf } from '../../../src/pixels/index.js';
import { withFolder } from '../../support/places.js';
import { recordWarnings, writeRaster } from '../../support/raster-files.js';

const SEED = 7;
const N = 96;
const ORIGIN = [500000, 5300000] as const;
const T: Affine = [10, 0, ORIGIN[0], 0, -10, ORIGIN[1]];
const DATES = ['20240601', '20240611', '20240621', '20240701'] as const;

function box(col: number, row: number, width: number, height: number, init: Partial<GeoSliceInit> = {}): GeoSlice {
  const [x, y] = [ORIGIN[0] + col * 10, ORIGIN[1] - row * 10];
  return GeoSlice.create({
    bounds: [x, y - height * 10, x + width * 10, y],
    resolution: 10,
    crs: 'EPSG:32631',
    ...init,
  });
}

/** Values of a date and band: nodata 0 in a third of the pixels, different ones each date. */
function stackValues(date: number, bands = 2): Uint16Array {
  const random = createRandom(SEED, `date-${date}`);
  return Uint16Array.from({ length: bands * N * N }, () =>
    random.uniform() < 0.33 ? 0 : 1 + Math.floor(random.uniform() * 9000),
  );
}

async function inFolder(fn: (folder: string) => Promise<void>): Promise<void> {
  await withFolder(fn);
}

async function writeStack(folder: string): Promise<void> {
  for (const [i, date] of DATES.entries()) {
    await writeRaster(folder, {
      name: `S2_${date}.tif`,
      values: stackValues(i),
      shape: [2, N, N],
      transform: T,
      crs: 'EPSG:32631',
      nodata: 0,
      bandNames: ['B02', 'B8A'],
    });
  }
}

const dated = { filenameRegex: /_(?<date>\d{8})/ };

async function closing(catalog: GeoCatalog, fn: (c: GeoCatalog) => Promise<void>): Promise<void> {
  try {
    await fn(catalog);
  } finally {
    await closeLoadContext(catalog);
  }
}

describe('grid and metadata of the result', () => {
  test('the result has exactly the shape, transform and CRS of the slice, and says where it comes from', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const slice = box(3, 5, 40, 30);
        const t = await loadRaster(catalog, slice, { mergeMethod: 'mean' });
        assert.deepEqual([...t.shape], [2, 30, 40]);
        assert.deepEqual([...t.transform], [...slice.transform]);
        assert.ok(t.crs.equals(slice.crs));
        assert.deepEqual(t.bandNames, ['B02', 'B8A']);
        assert.equal(t.fillValue, 0);
        assert.equal(sliceOf(t).hash(), slice.hash());
        assert.deepEqual(
          (t.attrs['sources'] as string[]).map((f) => path.basename(f)),
          DATES.map((d) => `S2_${d}.tif`),
        );
        assert.notEqual(sliceOf(t.isel({ x: { stop: 10 } })).hash(), slice.hash());
      });
    }));
});

/** Merging as loading.md §2.3 words it, one pixel at a time, from oldest to newest. */
function plainMerge(method: (typeof MERGE_METHODS)[number], pixel: readonly number[]): number | undefined {
  const valid = pixel.filter((v) => v !== 0);
  if (method === 'count') return valid.length;
  if (valid.length === 0) return undefined;
  const sum = valid.reduce((a, b) => a + b, 0);
  const sorted = [...valid].sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  switch (method) {
    case 'first':
      return valid[0];
    case 'last':
      return valid.at(-1);
    case 'min':
      return sorted[0];
    case 'max':
      return sorted.at(-1);
    case 'sum':
      return sum;
    case 'mean':
      return Math.fround(sum / valid.length);
    case 'median':
      return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1]! + sorted[half]!) / 2;
  }
}

describe('merging', () => {
  const TYPES: Readonly<Record<string, string>> = {
    first: 'Uint16Array',
    last: 'Uint16Array',
    min: 'Uint16Array',
    max: 'Uint16Array',
    sum: 'Uint32Array',
    count: 'Uint16Array',
    mean: 'Float32Array',
    median: 'Float32Array',
  };
  for (const method of MERGE_METHODS) {
    test(`${method} equals the plain rule, for any order of the files`, () =>
      inFolder(async (folder) => {
        await writeStack(folder);
        const files = DATES.map((d) => path.join(folder, `S2_${d}.tif`));
        const stacks = DATES.map((_, i) => stackValues(i));
        for (const order of [files, [...files].reverse(), [files[2]!, files[0]!, files[3]!, files[1]!]]) {
          await closing(await buildRasterCatalog(order, dated), async (catalog) => {
            const t = await loadRaster(catalog, box(0, 0, N, N), { mergeMethod: method });
            assert.equal(t.values.constructor.name, TYPES[method]);
            for (let i = 0; i < t.values.length; i++) {
              const want = plainMerge(
                method,
                stacks.map((s) => s[i]!),
              );
              const isValid = t.valid?.[i] !== 0;
              assert.equal(isValid, want !== undefined, `validity of ${i}`);
              assert.equal(t.values[i], want ?? 0, `value ${i}`);
            }
          });
        }
      }));
  }

  test('aligned tiles cut from a raster give its bytes back, for any order and any of first, last, min, max', () =>
    inFolder(async (folder) => {
      const [w, h] = [130, 70];
      const random = createRandom(SEED, 'tiles');
      const values = Int16Array.from({ length: w * h }, () => Math.floor(random.uniform() * 4000) - 2000);
      const cuts = [0, 41, 77, 130];
      const files: string[] = [];
      for (let k = 0; k + 1 < cuts.length; k++) {
        const [c0, c1] = [cuts[k]!, cuts[k + 1]!];
        const tile = new Int16Array((c1 - c0) * h);
        for (let r = 0; r < h; r++) tile.set(values.subarray(r * w + c0, r * w + c1), r * (c1 - c0));
        files.push(
          await writeRaster(folder, {
            name: `t${k}.tif`,
            values: tile,
            shape: [1, h, c1 - c0],
            transform: [10, 0, ORIGIN[0] + c0 * 10, 0, -10, ORIGIN[1]],
            crs: 'EPSG:32631',
          }),
        );
      }
      for (const order of [files, [...files].reverse()]) {
        await closing(await buildRasterCatalog(order), async (catalog) => {
          for (const mergeMethod of ['first', 'last', 'min', 'max'] as const) {
            const t = await loadRaster(catalog, box(0, 0, w, h), { mergeMethod });
            assert.deepEqual(t.values, values);
            assert.equal(t.valid, null);
          }
        });
      }
    }));

  test('the type holds all sources, each source keeps its own nodata, and true zeros survive', () =>
    inFolder(async (folder) => {
      const a = Uint8Array.from({ length: 100 }, (_, i) => (i < 50 ? 255 : i - 50));
      const b = Int16Array.from({ length: 100 }, (_, i) => (i < 50 ? -5 : -1));
      const common = { shape: [1, 10, 10] as const, transform: T, crs: 'EPSG:32631' };
      await writeRaster(folder, { ...common, name: 'x_20240101.tif', values: a, nodata: 255 });
      await writeRaster(folder, { ...common, name: 'x_20240102.tif', values: b, nodata: -1 });
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const t = await loadRaster(catalog, box(0, 0, 10, 10));
        assert.ok(t.values instanceof Int16Array);
        assert.deepEqual(
          [...t.values],
          Array.from({ length: 100 }, (_, i) => (i < 50 ? -5 : i - 50)),
        );
        assert.equal(t.valid, null);
        assert.equal(t.fillValue, 255);
        await assert.rejects(
          loadRaster(catalog, box(0, 0, 10, 10), { nodata: 1e6 }),
          (e) => isNadirError(e, 'ArgumentError') && e.code === 'bad-nodata',
        );
      });
    }));

  test('invalid pixels hold the fill value: nodata of the call, else of the first source', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const t = await loadRaster(catalog, box(-4, 0, 8, 8), { nodata: 65535 });
        assert.equal(t.values[0], 65535);
        assert.equal(t.valid?.[0], 0);
      });
    }));
});

describe('order, time and bands', () => {
  let folder = '';
  let done: () => void;
  let catalog: GeoCatalog;
  before(async () => {
    await new Promise<void>((ready) => {
      void withFolder(async (f) => {
        folder = f;
        const constant = (name: string, value: number) =>
          writeRaster(f, {
            name,
            values: new Uint8Array(200).fill(value),
            shape: [2, 10, 10],
            transform: T,
            crs: 'EPSG:32631',
            bandNames: ['B02', 'B8A'],
          });
        await constant('a_20240301.tif', 3);
        await constant('b_20240101.tif', 1);
        await constant('c_20240201.tif', 2);
        await constant('static.tif', 9);
        const held = new Promise<void>((resolve) => (done = resolve));
        ready();
        await held;
      });
    });
    catalog = await buildRasterCatalog(folder, { filenameRegex: /(?:_(?<date>\d{8}))?\.tif$/ });
  });
  after(async () => {
    await closeLoadContext(catalog);
    done();
  });

  const value = async (o: Parameters<typeof loadRaster>[2], init: Partial<GeoSliceInit> = {}): Promise<number> =>
    (await loadRaster(catalog, box(0, 0, 10, 10, init), o)).values[0]!;

  test('last is the most recent and first the static one, as if older than anything dated', async () => {
    assert.equal(await value({}), 3);
    assert.equal(await value({ mergeMethod: 'first' }), 9);
    assert.equal(await value({ order: 'reverse-time' }), 9);
    assert.equal(await value({ order: 'reverse-time', mergeMethod: 'first' }), 3);
  });

  test('the interval selects rows, static rows always count, and ignoreTime drops the filter', async () => {
    const interval = ['2024-01-01', '2024-01-31'] as const;
    assert.equal(await value({}, { interval }), 1);
    assert.equal(await value({ ignoreTime: true }, { interval }), 3);
    assert.equal(await value({}, { interval: ['2020-01-01', '2020-02-01'] }), 9);
  });

  test('bands are found by number or name, ignoring case and leading zeros', async () => {
    for (const band of [2, 'B8A', 'b08a', 'B08A']) {
      const t = await loadRaster(catalog, box(0, 0, 4, 4), { bandIndexes: [band] });
      assert.deepEqual(t.bandNames, ['B8A']);
    }
    const both = await loadRaster(catalog, box(0, 0, 4, 4), { bandIndexes: ['B8A', 'B2'] });
    assert.deepEqual(both.bandNames, ['B8A', 'B02']);
    for (const band of ['B8', 'B08', 3]) {
      await assert.rejects(
        loadRaster(catalog, box(0, 0, 4, 4), { bandIndexes: [band] }),
        (e) => isNadirError(e, 'BandNotFoundError') && e.message.includes('1 B02, 2 B8A'),
      );
    }
    await assert.rejects(
      loadRaster(catalog, box(0, 0, 4, 4), { bandIndexes: [0] }),
      (e) => isNadirError(e, 'ArgumentError') && (e.hint ?? '').includes('from 1'),
    );
  });

  test('a slice that no file meets is an error that prints both extents, or an invalid tensor on request', async () => {
    const far = box(5000, 0, 10, 10);
    await assert.rejects(
      loadRaster(catalog, far),
      (e) =>
        isNadirError(e, 'EmptySelectionError') &&
        e.message.includes('[550000, 5299900, 550100, 5300000]') &&
        e.message.includes('[500000, 5299900, 500100, 5300000]'),
    );
    const t = await loadRaster(catalog, far, { onEmpty: 'nodata', bandIndexes: ['B02', 'B8A'] });
    assert.deepEqual([...t.shape], [2, 10, 10]);
    assert.ok(t.valid?.every((v) => v === 0));
  });

  test('unknown options are named', async () => {
    for (const o of [
      { mergeMethod: 'newest' },
      { resampling: 'lanczos' },
      { onError: 'ignore' },
      { mask: { band: 'SCL', bits: [] } },
    ]) {
      await assert.rejects(loadRaster(catalog, box(0, 0, 4, 4), o as never), (e) => isNadirError(e, 'ArgumentError'));
    }
  });

  test('a cancelled load rejects with the reason of the signal', async () => {
    const reason = new Error('enough');
    await assert.rejects(
      loadRaster(catalog, box(0, 0, 10, 10), { signal: AbortSignal.abort(reason) }),
      (e) => e === reason,
    );
  });
});

describe('masks', () => {
  async function scene(folder: string, date: string, value: number, scl: readonly number[]): Promise<void> {
    const values = new Uint16Array(2 * 16);
    values.fill(value, 0, 16);
    values.set(scl, 16);
    await writeRaster(folder, {
      name: `s_${date}.tif`,
      values,
      shape: [2, 4, 4],
      transform: T,
      crs: 'EPSG:32631',
      nodata: 0,
      bandNames: ['B04', 'SCL'],
    });
  }

  test('the most recent clear pixel: masked per source before merging', () =>
    inFolder(async (folder) => {
      const row = (...v: number[]): number[] => [...v, ...v, ...v, ...v];
      await scene(folder, '20240101', 100, row(4, 4, 4, 9));
      await scene(folder, '20240201', 200, row(4, 9, 3, 8));
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const t = await loadRaster(catalog, box(0, 0, 4, 4), { bandIndexes: ['B04'], mask: masks.s2scl });
        assert.deepEqual([...t.values.subarray(0, 4)], [200, 100, 100, 0]);
        assert.deepEqual([...(t.valid?.subarray(0, 4) ?? [])], [1, 1, 1, 0]);
        // The list names fallbacks: there is no QA60, so SCL decides.
        const same = await loadRaster(catalog, box(0, 0, 4, 4), {
          bandIndexes: ['B04'],
          mask: [masks.s2qa60, masks.s2scl],
        });
        assert.deepEqual(same.values, t.values);
        await assert.rejects(
          loadRaster(catalog, box(0, 0, 4, 4), { mask: masks.s2qa60 }),
          (e) => isNadirError(e, 'BandNotFoundError') && e.message.includes('"QA60"'),
        );
      });
    }));

  test('bits are tested on the unsigned value, and nodata of the mask band (0, clear) hides nothing', () =>
    inFolder(async (folder) => {
      const values = Int16Array.from([5, 6, 7, 8, 0, 1 << 10, 1 << 11, -32768]);
      await writeRaster(folder, {
        name: 'q.tif',
        values,
        shape: [2, 2, 2],
        transform: T,
        crs: 'EPSG:32631',
        nodata: 0,
        bandNames: ['B04', 'QA60'],
      });
      await closing(await buildRasterCatalog(folder), async (catalog) => {
        const t = await loadRaster(catalog, box(0, 0, 2, 2), { bandIndexes: [1], mask: masks.s2qa60 });
        assert.deepEqual([...(t.valid ?? [])], [1, 0, 0, 1]);
        const top = await loadRaster(catalog, box(0, 0, 2, 2), { bandIndexes: [1], mask: { band: 2, bits: [15] } });
        assert.deepEqual([...(top.valid ?? [])], [1, 1, 1, 0]);
      });
    }));
});

describe('warnings', () => {
  test('rows without a valid pixel are warned of, never silent', () =>
    inFolder(async (folder) => {
      await writeRaster(folder, {
        name: 'e.tif',
        values: new Uint8Array(16),
        shape: [1, 4, 4],
        transform: T,
        crs: 'EPSG:32631',
        nodata: 0,
      });
      await closing(await buildRasterCatalog(folder), async (catalog) => {
        const { result, warnings } = await recordWarnings(() => loadRaster(catalog, box(0, 0, 4, 4)));
        assert.ok(result.valid?.every((v) => v === 0));
        assert.equal(warnings.length, 1);
        assert.match(warnings[0]!, /no pixel is valid/);
      });
    }));

  test('classes are nearest by default; interpolating them is obeyed with a warning', () =>
    inFolder(async (folder) => {
      const values = Uint8Array.from({ length: 2 * 64 }, (_, i) => (i % 2 === 0 ? 10 : 20));
      await writeRaster(folder, {
        name: 'c.tif',
        values,
        shape: [2, 8, 8],
        transform: T,
        crs: 'EPSG:32631',
        bandNames: ['B04', 'SCL'],
      });
      await closing(await buildRasterCatalog(folder), async (catalog) => {
        const slice = GeoSlice.create({ bounds: [500003, 5299933, 500073, 5299993], resolution: 7, crs: 'EPSG:32631' });
        const quiet = await recordWarnings(() => loadRaster(catalog, slice));
        assert.deepEqual(quiet.warnings, []);
        const [spectral, classes] = [quiet.result.isel({ band: 0 }), quiet.result.isel({ band: 1 })];
        assert.deepEqual(new Set(classes.values), new Set([10, 20]));
        assert.ok(new Set(spectral.values).size > 2);
        const loud = await recordWarnings(() => loadRaster(catalog, slice, { resampling: 'bilinear' }));
        assert.match(loud.warnings.join(), /SCL/);
      });
    }));

  test('files with different band counts fail unless bands are asked for by name', () =>
    inFolder(async (folder) => {
      await writeRaster(folder, {
        name: 'a.tif',
        values: new Uint8Array(16).fill(1),
        shape: [1, 4, 4],
        transform: T,
        crs: 'EPSG:32631',
        bandNames: ['B04'],
      });
      await writeRaster(folder, {
        name: 'b.tif',
        values: new Uint8Array(32).fill(2),
        shape: [2, 4, 4],
        transform: T,
        crs: 'EPSG:32631',
        bandNames: ['B03', 'B04'],
      });
      await closing(await buildRasterCatalog(folder), async (catalog) => {
        await assert.rejects(
          loadRaster(catalog, box(0, 0, 4, 4)),
          (e) => isNadirError(e, 'CatalogError') && e.code === 'band-counts-differ',
        );
        assert.equal((await loadRaster(catalog, box(0, 0, 4, 4), { bandIndexes: ['B04'] })).values[0], 2);
      });
    }));

  test('a file that cannot be read raises by default and is listed with skip', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        await writeFile(path.join(folder, `S2_${DATES[3]}.tif`), 'no longer a TIFF');
        await assert.rejects(
          loadRaster(catalog, box(0, 0, 9, 9)),
          (e) => isNadirError(e, 'FormatError') && e.message.includes(`S2_${DATES[3]}.tif`),
        );
        const { result, warnings } = await recordWarnings(() =>
          loadRaster(catalog, box(0, 0, N, N), { onError: 'skip' }),
        );
        const errors = result.attrs['errors'] as readonly { item: string; error: unknown }[];
        assert.equal(errors.length, 1);
        assert.ok(isNadirError(errors[0]!.error, 'FormatError'));
        assert.equal(warnings.length, 1);
        const want = stackValues(2);
        const both = stackValues(1);
        const i = want.findIndex((v, k) => v !== 0 && both[k] !== 0);
        assert.equal(result.values[i], want[i]);
      });
    }));
});

describe('properties', () => {
  test('a constant source stays constant under every resampling method and CRS', () =>
    inFolder(async (folder) => {
      await writeRaster(folder, {
        name: 'k.tif',
        values: new Float32Array(N * N).fill(42.5),
        shape: [1, N, N],
        transform: T,
        crs: 'EPSG:32631',
      });
      await closing(await buildRasterCatalog(folder), async (catalog) => {
        const area = box(10, 10, 60, 60);
        for (const crs of ['EPSG:32631', 'EPSG:32632', 'EPSG:4326', 'EPSG:3857', 'EPSG:3035']) {
          const same = area.toCrs(crs);
          for (const factor of [0.6, 3.3]) {
            const slice = same.with({ resolution: [same.resolution[0] * factor, same.resolution[1] * factor] });
            for (const resampling of RESAMPLINGS) {
              const t = await loadRaster(catalog, slice, { resampling });
              const seen = [...t.values].filter((_, i) => t.valid?.[i] !== 0);
              assert.ok(seen.length > 100 && seen.every((v) => v === 42.5), `${resampling} in ${crs}`);
            }
          }
        }
      });
    }));

  test('min ≤ median ≤ max, count is the number of contributors, sum = mean × count, also when warped', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const slice = box(2, 2, 50, 50).toCrs('EPSG:32632');
        const [min, median, max, sum, mean, count] = await Promise.all(
          (['min', 'median', 'max', 'sum', 'mean', 'count'] as const).map((mergeMethod) =>
            loadRaster(catalog, slice, { mergeMethod }),
          ),
        );
        for (let i = 0; i < count!.values.length; i++) {
          assert.equal(min!.valid?.[i] !== 0, count!.values[i]! > 0);
          if (count!.values[i] === 0) continue;
          assert.ok(min!.values[i]! <= median!.values[i]! && median!.values[i]! <= max!.values[i]!);
          assert.ok(Math.abs(sum!.values[i]! - mean!.values[i]! * count!.values[i]!) <= 1e-6 * sum!.values[i]!);
        }
        assert.equal(count!.valid, null);
      });
    }));

  for (const crs of ['EPSG:32631', 'EPSG:32632']) {
    test(`chips equal loads, and tiles of a grid equal one load of the whole, bit for bit (${crs})`, () =>
      inFolder(async (folder) => {
        await writeStack(folder);
        await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
          const all = box(1, 1, 90, 84).toCrs(crs);
          const [height, width] = all.shape;
          const side = 37;
          const windows = [0, 37, 74].flatMap((row) =>
            [0, 37, 74].map((col) => ({
              col,
              row,
              width: Math.min(side, width - col),
              height: Math.min(side, height - row),
            })),
          );
          const slices = windows.map((w) => GeoSlice.fromWindow(w, all.transform, { crs }));
          for (const resampling of RESAMPLINGS) {
            const whole = await loadRaster(catalog, all, { resampling });
            let stitched: GeoTensor = whole.mul(0);
            const indexes: number[] = [];
            for await (const { index, slice, tensor } of loadChips(catalog, slices, {
              resampling,
              prefetch: 3,
              concurrency: 2,
            })) {
              indexes.push(index);
              const alone = await loadRaster(catalog, slice, { resampling });
              assert.deepEqual(tensor.values, alone.values);
              assert.deepEqual(tensor.valid, alone.valid);
              stitched = stitched.writeWindow(windows[index]!, tensor);
            }
            assert.deepEqual(
              indexes,
              windows.map((_, i) => i),
            );
            assert.deepEqual([...stitched.values], [...whole.values], resampling);
          }
        });
      }));
  }
});

describe('loadChips', () => {
  test('chips that share source tiles decode each of them once', () =>
    inFolder(async (folder) => {
      const [w, h] = [1100, 600];
      await writeRaster(folder, {
        name: 'big.tif',
        values: new Uint8Array(w * h).fill(5),
        shape: [1, h, w],
        transform: T,
        crs: 'EPSG:32631',
      });
      await closing(await buildRasterCatalog(folder), async (catalog) => {
        const slices = [0, 1, 2, 3, 4, 5].flatMap((r) =>
          Array.from({ length: 11 }, (_, c) => box(c * 100, r * 100, 100, 100)),
        );
        let n = 0;
        for await (const { tensor } of loadChips(
          catalog.where(() => true),
          slices,
          { resampling: 'cubic' },
        )) {
          n += tensor.values.length;
        }
        assert.equal(n, w * h);
        // 512 × 512 tiles: three across, two down. The filtered catalog shares the context of its root.
        assert.equal(contextOf(catalog).cache.decoded, 6);
      });
    }));

  test('a failed chip is left out and listed by item id; raise stops at it', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const slices = [box(0, 0, 8, 8), box(9000, 0, 8, 8), box(8, 8, 8, 8)];
        const stream = loadChips(catalog, slices);
        const { result, warnings } = await recordWarnings(async () => {
          const seen: number[] = [];
          for await (const chip of stream) seen.push(chip.index);
          return seen;
        });
        assert.deepEqual(result, [0, 2]);
        assert.deepEqual(
          stream.errors.map((e) => [e.item, e.error.name]),
          [[slices[1]!.hash().slice(0, 16), 'EmptySelectionError']],
        );
        assert.match(warnings.join(), /1 of 3 chips failed/);
        await assert.rejects(async () => {
          for await (const chip of loadChips(catalog, slices, { onError: 'raise' })) assert.ok(chip.tensor);
        }, /No file of the catalog/);
      });
    }));

  test('at most `prefetch` chips are begun ahead of the reader, and leaving the loop ends the work', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        let asked = 0;
        function* endless(): Generator<GeoSlice> {
          for (;;) {
            asked++;
            yield box(asked % 50, 0, 8, 8);
          }
        }
        let seen = 0;
        for await (const chip of loadChips(catalog, endless(), { prefetch: 4 })) {
          assert.ok(chip.tensor);
          seen++;
          assert.ok(asked <= seen + 4, `${asked} asked for when ${seen} were read`);
          if (seen === 20) break;
        }
        assert.equal(seen, 20);
      });
    }));

  test('a cancelled stream rejects with the reason of the signal', () =>
    inFolder(async (folder) => {
      await writeStack(folder);
      await closing(await buildRasterCatalog(folder, dated), async (catalog) => {
        const stop = new AbortController();
        const reason = new Error('enough');
        await assert.rejects(
          async () => {
            for await (const chip of loadChips(catalog, [box(0, 0, 8, 8), box(8, 0, 8, 8), box(16, 0, 8, 8)], {
              signal: stop.signal,
              prefetch: 1,
            })) {
              assert.ok(chip.tensor);
              stop.abort(reason);
            }
          },
          (e) => e === reason,
        );
      });
    }));
});
