/** loadRasterTimeseries (loading.md §3): against xarray (test/oracles/timeseries/make.py) and a plain version here. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import {
  days,
  formatTime,
  GeoSlice,
  isNadirError,
  MICROS_PER_DAY,
  parseTime,
  startOfDay,
  type Affine,
  type GeoSliceInit,
  type Progress,
} from '../../../src/core/index.js';
import { closeLoadContext, loadRaster, loadRasterTimeseries, type TimeseriesOptions } from '../../../src/load/index.js';
import { masks, type GeoTensor, type MergeMethod } from '../../../src/pixels/index.js';
import { readNpy } from '../../support/npy.js';
import { withFolder } from '../../support/places.js';
import { recordWarnings, writeRaster } from '../../support/raster-files.js';

const ORACLE = path.resolve('test/oracles/timeseries');
const oracle = JSON.parse(readFileSync(path.join(ORACLE, 'cases.json'), 'utf8')) as {
  readonly shape: readonly [number, number];
  readonly start: string;
  readonly end: string;
  readonly files: readonly (readonly [stamp: string, c0: number, c1: number])[];
  readonly cases: readonly {
    readonly how: NonNullable<TimeseriesOptions['temporalAggregation']>;
    readonly step: number;
    readonly file: string;
    readonly times: readonly number[];
  }[];
};
const [H, W] = oracle.shape;
const [LEFT, TOP] = [500000, 5300000];

/** The pixel of a file; 0 is nodata. The same formula as in make.py. */
function pixel(d: number, r: number, c: number): number {
  if ((r * 3 + c * 5 + d * 7) % 6 === 0) return 0;
  return 1 + ((d * 331 + r * 97 + c * 53 + (((d + 3) * r * c) % 17) * 40) % 2503);
}

async function writeFiles(folder: string): Promise<void> {
  for (const [d, [stamp, c0, c1]] of oracle.files.entries()) {
    const width = c1 - c0;
    await writeRaster(folder, {
      name: `s_${stamp}.tif`,
      values: Uint16Array.from({ length: H * width }, (_, i) => pixel(d, Math.floor(i / width), c0 + (i % width))),
      shape: [1, H, width],
      transform: [10, 0, LEFT + c0 * 10, 0, -10, TOP],
      crs: 'EPSG:32631',
      nodata: 0,
    });
  }
}

const dated = { filenameRegex: /_(?<date>\d{8}T\d{6})\.tif$/, dateFormat: '%Y%m%dT%H%M%S' };

function box(init: Partial<GeoSliceInit> = {}): GeoSlice {
  return GeoSlice.create({
    bounds: [LEFT, TOP - H * 10, LEFT + W * 10, TOP],
    resolution: 10,
    crs: 'EPSG:32631',
    interval: days(oracle.start, oracle.end),
    ...init,
  });
}

async function withCatalog(
  fn: (catalog: GeoCatalog, folder: string) => Promise<void>,
  more: (folder: string) => Promise<unknown> = () => Promise.resolve(),
  options: Parameters<typeof buildRasterCatalog>[1] = dated,
): Promise<void> {
  await withFolder(async (folder) => {
    await writeFiles(folder);
    await more(folder);
    const catalog = await buildRasterCatalog(folder, options);
    try {
      await fn(catalog, folder);
    } finally {
      await closeLoadContext(catalog);
    }
  });
}

/** Values with −1 where invalid. */
const filled = (t: GeoTensor): number[] => Array.from(t.values, (v, i) => (t.valid && t.valid[i] === 0 ? -1 : v));
const daysOf = (t: GeoTensor): string[] => (t.times ?? []).map((m) => formatTime(m).slice(0, 10));
const namesOf = (t: GeoTensor): string[][] =>
  (t.attrs['sources'] as string[][]).map((f) => f.map((p) => path.basename(p, '.tif').slice(2)));

describe('series equal xarray', () => {
  test('for every aggregation and step, whatever the order of the files', () =>
    withFolder(async (folder) => {
      await writeFiles(folder);
      const files = oracle.files.map(([stamp]) => path.join(folder, `s_${stamp}.tif`));
      for (const list of [files, [...files].reverse()]) {
        const catalog = await buildRasterCatalog(list, dated);
        for (const c of oracle.cases) {
          const t = await loadRasterTimeseries(catalog, box(), { temporalAggregation: c.how, tStep: c.step });
          const want = readNpy(path.join(ORACLE, c.file));
          const name = `${c.how}, ${c.step} days`;
          assert.deepEqual(t.times, c.times, name);
          assert.deepEqual([...t.shape], [want.shape[0], 1, H, W], name);
          assert.deepEqual(filled(t), Array.from(want.values), name);
        }
        await closeLoadContext(catalog);
      }
    }));

  test('means and medians are Float32 of integers, the others keep the type', () =>
    withCatalog(async (catalog) => {
      for (const c of oracle.cases.filter((k) => k.step === 10)) {
        const t = await loadRasterTimeseries(catalog, box(), { temporalAggregation: c.how, tStep: c.step });
        const isMixed = c.how === 'mean' || c.how === 'median';
        assert.equal(t.values.constructor, isMixed ? Float32Array : Uint16Array);
        assert.equal(t.fillValue, 0);
      }
    }));
});

/** loading.md §3 word by word, one pixel at a time; mosaics of a day by `merge` from oldest to newest. */
function plainNearest(step: number, merge: MergeMethod, start: string, end: string): Map<number, number[]> {
  const [from, to] = [parseTime(start), parseTime(end)];
  const t0 = Math.floor(from / MICROS_PER_DAY) * MICROS_PER_DAY;
  const frames = new Map<number, number[]>();
  for (let left = t0; left <= to; left += step * MICROS_PER_DAY) {
    const right = Math.min(left + step * MICROS_PER_DAY - 1, to);
    const inside = oracle.files
      .map(([stamp, c0, c1], d) => {
        const iso = stamp.replace(/(....)(..)(..)T(..)(..)(..)/, '$1-$2-$3T$4:$5:$6Z');
        return { d, c0, c1, at: Math.max(parseTime(iso), t0), starts: parseTime(iso) };
      })
      // A file lasts one second: it meets the interval when that second does.
      .filter((f) => f.starts + 999_999 >= from && f.starts <= to && f.at >= left && f.at <= right);
    if (inside.length === 0) continue;
    let best: { day: number; distance: number } | undefined;
    for (const f of inside) {
      const day = Math.floor(f.at / MICROS_PER_DAY) * MICROS_PER_DAY;
      const distance = Math.abs(day + (MICROS_PER_DAY - 1) / 2 - (left + right) / 2);
      if (!best || distance < best.distance || (distance === best.distance && day < best.day)) best = { day, distance };
    }
    const chosen = inside.filter((f) => Math.floor(f.at / MICROS_PER_DAY) * MICROS_PER_DAY === best!.day);
    const frame: number[] = [];
    for (let r = 0; r < H; r++) {
      for (let c = 0; c < W; c++) {
        const v = chosen.flatMap((f) => (c >= f.c0 && c < f.c1 ? [pixel(f.d, r, c)] : [])).filter((p) => p !== 0);
        if (merge === 'count') frame.push(v.length);
        else if (v.length === 0) frame.push(-1);
        else if (merge === 'first') frame.push(v[0]!);
        else if (merge === 'max') frame.push(Math.max(...v));
        else if (merge === 'sum') frame.push(v.reduce((a, b) => a + b));
        else frame.push(v.at(-1)!);
      }
    }
    frames.set(left, frame);
  }
  return frames;
}

describe('nearest', () => {
  for (const mergeMethod of ['last', 'first', 'max', 'sum', 'count'] as const) {
    test(`takes the day closest to the middle of the bin, mosaicked by ${mergeMethod}, equal to the plain rule`, () =>
      withCatalog(async (catalog) => {
        for (const [start, end] of [
          ['2024-03-01', '2024-03-31T23:59:59.999999Z'],
          ['2024-03-02T18:00:00Z', '2024-03-29T06:00:00Z'],
          ['2024-03-03', '2024-03-14'],
        ] as const) {
          for (const tStep of [1, 2, 3, 7, 16, 40]) {
            const t = await loadRasterTimeseries(catalog, box({ interval: [start, end] }), { tStep, mergeMethod });
            const want = plainNearest(tStep, mergeMethod, start, end);
            assert.deepEqual(t.times, [...want.keys()], `${start}, ${tStep} days`);
            assert.deepEqual(filled(t), [...want.values()].flat(), `${start}, ${tStep} days`);
          }
        }
      }));
  }

  test('of two days as close the earlier wins', () =>
    withCatalog(async (catalog) => {
      // 6 and 7 March lie on both sides of the middle of the two days.
      const t = await loadRasterTimeseries(catalog, box({ interval: days('2024-03-06', '2024-03-07') }), { tStep: 2 });
      assert.deepEqual(namesOf(t), [['20240306T101500', '20240306T101600']]);
    }));

  test('order: reverse-time turns the mosaic of a day around', () =>
    withCatalog(async (catalog) => {
      const slice = box({ interval: days('2024-03-06') });
      const newest = await loadRasterTimeseries(catalog, slice);
      const oldest = await loadRasterTimeseries(catalog, slice, { order: 'reverse-time' });
      assert.deepEqual(namesOf(oldest), [['20240306T101600', '20240306T101500']]);
      const first = await loadRasterTimeseries(catalog, slice, { mergeMethod: 'first' });
      assert.deepEqual(filled(oldest), filled(first));
      assert.notDeepEqual(filled(oldest), filled(newest));
    }));
});

describe('bins', () => {
  test('start at the UTC day of the interval, end with it, and say what went in', () =>
    withCatalog(async (catalog) => {
      const t = await loadRasterTimeseries(
        catalog,
        box({ interval: ['2024-03-02T12:00:00Z', '2024-03-08T06:00:00Z'] }),
        {
          tStep: 4,
          temporalAggregation: 'mean',
        },
      );
      assert.deepEqual(daysOf(t), ['2024-03-02', '2024-03-06']);
      assert.deepEqual(t.attrs['bins'], [
        { start: parseTime('2024-03-02'), end: parseTime('2024-03-05T23:59:59.999999Z') },
        { start: parseTime('2024-03-06'), end: parseTime('2024-03-08T06:00:00Z') },
      ]);
      assert.deepEqual(namesOf(t), [
        ['20240302T235959', '20240303T000000'],
        ['20240306T101500', '20240306T101600', '20240307T101500'],
      ]);
      assert.deepEqual(t.dims, ['time', 'band', 'y', 'x']);
    }));

  test('a file belongs to the day of its start in UTC, one second before midnight or at it', () =>
    withCatalog(async (catalog) => {
      const t = await loadRasterTimeseries(catalog, box({ interval: days('2024-03-02', '2024-03-03') }));
      assert.deepEqual(daysOf(t), ['2024-03-02', '2024-03-03']);
      assert.deepEqual(namesOf(t), [['20240302T235959'], ['20240303T000000']]);
    }));

  test('a slice that ends at the instant a file starts has it in a bin of its own', () =>
    withCatalog(async (catalog) => {
      const t = await loadRasterTimeseries(catalog, box({ interval: ['2024-03-02', '2024-03-03'] }));
      assert.deepEqual(daysOf(t), ['2024-03-02', '2024-03-03']);
    }));

  test('a file that began before the first day counts on it; files without dates do not count', () =>
    withFolder(async (folder) => {
      const common = { shape: [1, 2, 2] as const, transform: [10, 0, LEFT, 0, -10, TOP] as Affine, crs: 'EPSG:32631' };
      await writeRaster(folder, { ...common, name: 'month_20240201_20240229.tif', values: new Uint8Array(4).fill(2) });
      await writeRaster(folder, { ...common, name: 'day_20240216_20240216.tif', values: new Uint8Array(4).fill(16) });
      await writeRaster(folder, { ...common, name: 'static.tif', values: new Uint8Array(4).fill(99) });
      const catalog = await buildRasterCatalog(folder, {
        filenameRegex: /(?:_(?<start>\d{8})_(?<stop>\d{8}))?\.tif$/,
      });
      const slice = box({ interval: days('2024-02-15', '2024-02-20'), bounds: [LEFT, TOP - 20, LEFT + 20, TOP] });
      const t = await loadRasterTimeseries(catalog, slice);
      assert.deepEqual(daysOf(t), ['2024-02-15', '2024-02-16']);
      assert.deepEqual([...t.values], [2, 2, 2, 2, 16, 16, 16, 16]);
      const wide = await loadRasterTimeseries(catalog, slice, { tStep: 30, temporalAggregation: 'mean' });
      assert.deepEqual([...wide.values], [9, 9, 9, 9]);
      await assert.rejects(
        loadRasterTimeseries(catalog, slice.with({ interval: days('2023-01-01') })),
        (e) => isNadirError(e, 'EmptySelectionError') && e.message.includes('static.tif'),
      );
      const none = await loadRasterTimeseries(catalog, slice.with({ interval: days('2023-01-01', '2023-01-03') }), {
        onEmpty: 'nodata',
        dense: true,
        bandIndexes: [1],
      });
      assert.deepEqual([...none.shape], [3, 1, 2, 2]);
      assert.ok(none.valid?.every((v) => v === 0));
      await closeLoadContext(catalog);
    }));

  test('dense keeps empty bins as invalid frames and changes no other', () =>
    withCatalog(async (catalog) => {
      for (const temporalAggregation of ['nearest', 'median'] as const) {
        const o = { tStep: 2, temporalAggregation, nodata: 7 } as const;
        const sparse = await loadRasterTimeseries(catalog, box(), o);
        const dense = await loadRasterTimeseries(catalog, box(), { ...o, dense: true });
        assert.equal(dense.shape[0], 16);
        const size = W * H;
        const kept = dense.times!.flatMap((t, k) => (sparse.times!.includes(t) ? [k] : []));
        assert.equal(kept.length, sparse.shape[0]);
        assert.deepEqual(
          kept.flatMap((k) => filled(dense).slice(k * size, (k + 1) * size)),
          filled(sparse),
        );
        for (let k = 0; k < 16; k++) {
          if (kept.includes(k)) continue;
          assert.ok(dense.valid!.subarray(k * size, (k + 1) * size).every((v) => v === 0));
          assert.ok(dense.values.subarray(k * size, (k + 1) * size).every((v) => v === 7));
          assert.deepEqual((dense.attrs['sources'] as string[][])[k], []);
        }
      }
    }));

  test('each frame of a day is what loadRaster gives for that day', () =>
    withCatalog(async (catalog) => {
      const t = await loadRasterTimeseries(catalog, box({ crs: 'EPSG:32631' }), { resampling: 'cubic' });
      for (const [k, time] of t.times!.entries()) {
        const one = await loadRaster(catalog, box({ interval: days(formatTime(time).slice(0, 10)) }), {
          resampling: 'cubic',
        });
        const frame = t.isel({ time: k });
        assert.equal(startOfDay(time), time);
        assert.deepEqual(filled(frame), filled(one));
      }
    }));
});

describe('arguments, failures, cancelling', () => {
  test('wrong options and slices without an interval are named', () =>
    withCatalog(async (catalog) => {
      for (const o of [
        { tStep: 0 },
        { tStep: 1.5 },
        { temporalAggregation: 'max' },
        { dense: 'yes' },
        { tstep: 2 },
        { ignoreTime: true },
        { mergeMethod: 'newest' },
      ]) {
        await assert.rejects(loadRasterTimeseries(catalog, box(), o as never), (e) => isNadirError(e, 'ArgumentError'));
      }
      await assert.rejects(
        loadRasterTimeseries(catalog, box({ interval: null })),
        (e) => isNadirError(e, 'ArgumentError') && e.code === 'no-interval',
      );
      await assert.rejects(loadRasterTimeseries({ ...catalog, backend: 'cube' } as never, box()), (e) =>
        isNadirError(e),
      );
      await assert.rejects(
        loadRasterTimeseries(catalog, box({ interval: days('2020-01-01') })),
        (e) => isNadirError(e, 'EmptySelectionError') && e.message.includes('2024-03-30'),
      );
    }));

  test('no frame is the answer of onEmpty: nodata without dense', () =>
    withCatalog(async (catalog) => {
      const t = await loadRasterTimeseries(catalog, box({ interval: days('2020-01-01') }), { onEmpty: 'nodata' });
      assert.deepEqual([...t.shape], [0, 1, H, W]);
    }));

  test('a result that no array holds is refused before anything is read', () =>
    withCatalog(async (catalog) => {
      await assert.rejects(
        loadRasterTimeseries(catalog, box({ resolution: 0.01 }), { dense: true }),
        (e) => isNadirError(e, 'ArgumentError') && e.code === 'slice-too-large' && e.message.includes('31 frame(s)'),
      );
    }));

  test('a file that cannot be read fails the load, or is left out: nearest then takes the next day', () =>
    withCatalog(async (catalog, folder) => {
      // The file breaks after it was catalogued.
      const bad = path.join(folder, 's_20240307T101500.tif');
      await writeFile(bad, Buffer.from('II*\0nothing'));
      const slice = box({ interval: days('2024-03-06', '2024-03-08') });
      const o = { tStep: 3 } as const;
      await assert.rejects(
        loadRasterTimeseries(catalog, slice, o),
        (e) => isNadirError(e) && e.message.includes('0307'),
      );
      const { result: t, warnings } = await recordWarnings(() =>
        loadRasterTimeseries(catalog, slice, { ...o, onError: 'skip' }),
      );
      assert.deepEqual(namesOf(t), [['20240306T101500', '20240306T101600']]);
      assert.equal((t.attrs['errors'] as unknown[]).length, 1);
      assert.equal(warnings.length, 1);
      // A bin of nothing but broken files is an empty bin.
      const { result: one } = await recordWarnings(() => loadRasterTimeseries(catalog, slice, { onError: 'skip' }));
      assert.deepEqual(daysOf(one), ['2024-03-06']);
      const { result: dense } = await recordWarnings(() =>
        loadRasterTimeseries(catalog, slice, { onError: 'skip', dense: true }),
      );
      assert.deepEqual(daysOf(dense), ['2024-03-06', '2024-03-07', '2024-03-08']);
    }));

  test('progress counts frames; a cancelled load rejects with the reason of the signal', () =>
    withCatalog(async (catalog) => {
      const seen: Progress[] = [];
      await loadRasterTimeseries(catalog, box(), { tStep: 10, onProgress: (p) => seen.push(p) });
      assert.deepEqual(
        seen.map((p) => [p.done, p.total, p.unit]),
        [
          [1, 3, 'frame'],
          [2, 3, 'frame'],
          [3, 3, 'frame'],
        ],
      );
      const reason = new Error('enough');
      const stop = new AbortController();
      await assert.rejects(
        loadRasterTimeseries(catalog, box(), { signal: stop.signal, onProgress: () => stop.abort(reason) }),
        (e) => e === reason,
      );
    }));
});

describe('masks', () => {
  /** A file of two bands: the value everywhere, and classes or bits. */
  async function scene(
    folder: string,
    name: string,
    band: string,
    value: number,
    codes: readonly number[],
  ): Promise<void> {
    const values = new Uint16Array(8).fill(value, 0, 4);
    values.set(codes, 4);
    await writeRaster(folder, {
      name,
      values,
      shape: [2, 2, 2],
      transform: [10, 0, LEFT, 0, -10, TOP],
      crs: 'EPSG:32631',
      nodata: 0,
      bandNames: ['B04', band],
    });
  }
  const small = (): GeoSlice => box({ bounds: [LEFT, TOP - 20, LEFT + 20, TOP] });

  test('hide pixels of each file before the files of a bin are aggregated', () =>
    withFolder(async (folder) => {
      await scene(folder, 's_20240301T000000.tif', 'SCL', 100, [4, 8, 4, 3]);
      await scene(folder, 's_20240302T000000.tif', 'SCL', 200, [4, 4, 9, 10]);
      await scene(folder, 's_20240303T000000.tif', 'SCL', 600, [0, 6, 11, 2]);
      const catalog = await buildRasterCatalog(folder, dated);
      const load = async (temporalAggregation: TimeseriesOptions['temporalAggregation']): Promise<number[]> =>
        filled(
          await loadRasterTimeseries(catalog, small(), {
            tStep: 31,
            bandIndexes: ['B04'],
            mask: masks.s2,
            ...(temporalAggregation ? { temporalAggregation } : {}),
          }),
        );
      assert.deepEqual(await load('mean'), [300, 400, 350, 600]);
      assert.deepEqual(await load('median'), [200, 400, 350, 600]);
      assert.deepEqual(await load('first'), [100, 200, 100, 600]);
      assert.deepEqual(await load('last'), [600, 600, 600, 600]);
      await closeLoadContext(catalog);
    }));

  test('masks.s2 takes SCL where a file has it, else QA60, also with bit 15 set; a file with neither is an error', () =>
    withFolder(async (folder) => {
      await scene(folder, 's_20240301T000000.tif', 'QA60', 100, [0, 1 << 10, 1 << 11, (1 << 15) | 3]);
      await scene(folder, 's_20240302T000000.tif', 'SCL', 200, [1 << 10, 8, 5, 5]);
      const catalog = await buildRasterCatalog(folder, dated);
      const t = await loadRasterTimeseries(catalog, small(), { bandIndexes: ['B04'], mask: masks.s2 });
      assert.deepEqual(filled(t), [100, -1, -1, 100, 200, -1, 200, 200]);
      await assert.rejects(
        loadRasterTimeseries(catalog, small(), { bandIndexes: ['B04'], mask: masks.s2qa60 }),
        (e) => isNadirError(e, 'BandNotFoundError') && e.message.includes('20240302'),
      );
      await closeLoadContext(catalog);
    }));

  test('the mask is read by nearest whatever the resampling, also on a grid that is not the file’s', () =>
    withFolder(async (folder) => {
      await scene(folder, 's_20240301T000000.tif', 'SCL', 100, [4, 8, 4, 4]);
      const catalog = await buildRasterCatalog(folder, dated);
      const fine = box({ bounds: [LEFT, TOP - 20, LEFT + 20, TOP], resolution: 5 });
      const t = await loadRasterTimeseries(catalog, fine, {
        bandIndexes: ['B04'],
        mask: masks.s2scl,
        resampling: 'bilinear',
      });
      assert.deepEqual(
        filled(t)
          .map((v) => (v === -1 ? 'x' : '.'))
          .join(''),
        ['..xx', '..xx', '....', '....'].join(''),
      );
      await closeLoadContext(catalog);
    }));
});
