/** Series of real files against rasterio and numpy. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { days, formatTime, GeoSlice } from '../../../src/core/index.js';
import { closeLoadContext, loadRaster, loadRasterTimeseries } from '../../../src/load/index.js';
import type { GeoTensor } from '../../../src/pixels/index.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA } from '../../support/places.js';

const noPython = pythonSkip(['rasterio', 'numpy']);
const skip = needsSharedData.skip || noPython;

/** Per frame and band: valid pixels, their sum, and the sum weighted by position, which shuffled pixels change. */
function digest(t: GeoTensor): number[][] {
  const size = t.height * t.width;
  return Array.from({ length: t.values.length / size }, (_, k) => {
    let [count, sum, moment] = [0, 0, 0];
    for (let i = 0; i < size; i++) {
      if (t.valid && t.valid[k * size + i] === 0) continue;
      const v = t.values[k * size + i]!;
      count++;
      sum += v;
      moment += v * ((i % 97) + 1);
    }
    return [count, sum, moment];
  });
}

const DIGEST = `
import sys, json, glob, os
import numpy as np
import rasterio
def digest(a, valid):
    out = []
    w = (np.arange(a[0].size) % 97 + 1).reshape(a[0].shape)
    for v, m in zip(a, valid):
        v = np.where(m, v, 0).astype('float64')
        out.append([int(m.sum()), float(v.sum()), float((v * w).sum())])
    return out
`;

describe('series of shared data', { skip }, () => {
  test('three Sentinel-2 dates: each day, their mean and their median equal numpy', async () => {
    const folder = path.join(SHARED_DATA, 'sentinel2/openeo_be');
    const catalog = await buildRasterCatalog(path.join(folder, '*.tif'), {
      filenameRegex: /openEO_(?<date>\d{4}-\d{2}-\d{2})Z\.tif$/,
      dateFormat: '%Y-%m-%d',
    });
    const one = (await catalog.query({}).toArray())[0]!;
    const [a, , x, , e, y] = one.native!.transform;
    const { height, width } = one.native!;
    const slice = GeoSlice.create({
      bounds: [x, y + e * height, x + a * width, y],
      resolution: [a, -e],
      crs: one.crs,
      interval: days('2023-06-01', '2023-06-10'),
    });
    const want = python(
      `${DIGEST}
files = sorted(glob.glob(os.path.join(sys.argv[1], '*.tif')))
a = np.stack([rasterio.open(f).read() for f in files])
ok = a != -32768
f = np.where(ok, a, np.nan).astype('float32')
some = ok.any(axis=0)
print(json.dumps({'each': digest(a.reshape(-1, *a.shape[2:]), ok.reshape(-1, *a.shape[2:])),
  'mean': digest((np.where(ok, a, 0).sum(axis=0, dtype='float64') / np.maximum(ok.sum(axis=0), 1)).astype('float32'), some),
  'median': digest(np.nan_to_num(np.nanmedian(f, axis=0)), some)}))`,
      folder,
    ) as Record<'each' | 'mean' | 'median', number[][]>;
    const each = await loadRasterTimeseries(catalog, slice);
    assert.deepEqual(
      each.times!.map((t) => formatTime(t).slice(0, 10)),
      ['2023-06-01', '2023-06-04', '2023-06-06'],
    );
    assert.deepEqual([...each.shape], [3, 3, height, width]);
    assert.deepEqual(digest(each), want.each);
    for (const temporalAggregation of ['mean', 'median'] as const) {
      const t = await loadRasterTimeseries(catalog, slice, { tStep: 10, temporalAggregation });
      assert.deepEqual(digest(t), want[temporalAggregation]);
    }
    await closeLoadContext(catalog);
  });

  test('a year of Landsat over three path/rows: the files of a day are one frame, equal to rasterio', async () => {
    const folder = path.join(SHARED_DATA, 'landsat/l8ny18');
    const catalog = await buildRasterCatalog(path.join(folder, '*/*_B4.TIF'), {
      filenameRegex: /LC08_L1TP_\d{6}_(?<date>\d{8})_/,
    });
    const side = { left: 430000, top: 4760000, res: 3000, width: 140, height: 140 };
    const slice = GeoSlice.create({
      bounds: [side.left, side.top - side.res * side.height, side.left + side.res * side.width, side.top],
      resolution: side.res,
      crs: 'EPSG:32618',
      interval: days('2018-01-01', '2018-12-31'),
    });
    const t = await loadRasterTimeseries(catalog, slice, { resampling: 'nearest', transform: 'exact' });
    const want = python(
      `${DIGEST}
import re
from rasterio.transform import from_origin
from rasterio.vrt import WarpedVRT
g = json.loads(sys.argv[2])
days = {}
for f in sorted(glob.glob(os.path.join(sys.argv[1], '*', '*_B4.TIF'))):
    days.setdefault(re.search(r'LC08_L1TP_[0-9]{6}_([0-9]{8})_', f).group(1), []).append(f)
frames, oks, n = [], [], []
for day in sorted(days):
    out = np.zeros((g['height'], g['width']), 'uint16'); ok = np.zeros(out.shape, bool)
    for f in days[day]:
        with rasterio.open(f) as src, WarpedVRT(src, crs='EPSG:32618', transform=from_origin(g['left'], g['top'], g['res'], g['res']),
              width=g['width'], height=g['height'], resampling=rasterio.enums.Resampling.nearest, add_alpha=True) as vrt:
            a, m = vrt.read(1), vrt.read(2) > 0
        out[m] = a[m]; ok |= m
    frames.append(out); oks.append(ok); n.append(len(days[day]))
print(json.dumps({'days': sorted(days), 'files': n, 'digest': digest(frames, oks)}))`,
      folder,
      JSON.stringify(side),
    ) as { readonly days: string[]; readonly files: number[]; readonly digest: number[][] };
    assert.deepEqual(
      t.times!.map((m) => formatTime(m).slice(0, 10).replaceAll('-', '')),
      want.days,
    );
    assert.deepEqual(
      (t.attrs['sources'] as string[][]).map((f) => f.length),
      want.files,
    );
    assert.ok(want.files.some((n) => n > 1));
    assert.deepEqual(digest(t), want.digest);
    await closeLoadContext(catalog);
  });
});

describe('masks on a real scene classification', { skip }, () => {
  test('classes of clouds and their shadows are invalid; nodata of the classification hides nothing by itself', async () => {
    const file = path.join(SHARED_DATA, 'sentinel2/other/scl_small.tif');
    const catalog = await buildRasterCatalog(file);
    const one = (await catalog.query({}).toArray())[0]!;
    const [a, , x, , e, y] = one.native!.transform;
    const { height, width } = one.native!;
    const slice = GeoSlice.create({ bounds: [x, y + e * height, x + a * width, y], resolution: [a, -e], crs: one.crs });
    const t = await loadRaster(catalog, slice, { mask: { band: 1, classes: [3, 8, 9, 10] } });
    const want = python(
      `${DIGEST}
a = rasterio.open(sys.argv[1]).read()
print(json.dumps(digest(a, ~np.isin(a, [3, 8, 9, 10]) & (a != 0))))`,
      file,
    );
    assert.deepEqual(digest(t), want);
    await closeLoadContext(catalog);
  });
});
