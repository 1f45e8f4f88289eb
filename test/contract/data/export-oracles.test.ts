/** A dataset seen by others: GDAL through rasterio, GeoParquet through geopandas, PNG through Pillow or zlib. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { curate, itemId } from '../../../src/curation/index.js';
import { exportDataset, verifyDataset } from '../../../src/export/index.js';
import { gridSampler } from '../../../src/sampling/index.js';
import { makeScenes, tempFolder, type Scenes } from '../../unit/export/support/scenes.js';

const SHARED = path.resolve(process.env['NADIR_SHARED_DATA'] ?? '../shared/data');

/** A Python with the packages, or the reason why there is none. */
function findPython(): { readonly python: string } | { readonly skip: string } {
  for (const python of [process.env['NADIR_PYTHON'], 'python3'].filter((p) => p !== undefined)) {
    try {
      execFileSync(python, ['-c', 'import rasterio, geopandas, numpy'], { stdio: 'ignore' });
      return { python };
    } catch {
      // The next candidate, or the skip below.
    }
  }
  return { skip: 'no Python with rasterio and geopandas (NADIR_PYTHON names one)' };
}
const found = findPython();
const options = 'skip' in found ? { skip: found.skip } : {};

function python(code: string, ...args: string[]): unknown {
  assert.ok('python' in found);
  return JSON.parse(execFileSync(found.python, ['-c', code, ...args], { encoding: 'utf8', maxBuffer: 64e6 }));
}

let scenes: Scenes;
let dir: string;
before(async () => {
  scenes = await makeScenes();
  dir = path.join(tempFolder(), 'out');
  const selection = curate(scenes.chips)
    .reject([itemId(scenes.chips.at(2))])
    .tag([itemId(scenes.chips.at(0))], 'flood');
  await exportDataset(
    {
      name: 'Oracle',
      items: selection,
      layers: [{ name: 's2', catalog: scenes.catalog }],
      outputs: [{ format: 'cog' }, { format: 'png' }],
    },
    dir,
  );
});

describe('a dataset in Python', () => {
  test('rasterio finds Cloud Optimized GeoTIFFs with the pixels of its own read of the source', options, () => {
    const code = `
import sys, json, glob, os, numpy as np, rasterio
from rasterio.windows import from_bounds
dir, data = sys.argv[1:]
out = []
for f in sorted(glob.glob(dir + '/cog/s2/*.tif')):
    with rasterio.open(f) as d:
        src = next(p for p in sorted(glob.glob(data + '/*.tif')) if rasterio.open(p).bounds.left <= d.bounds.left and d.bounds.right <= rasterio.open(p).bounds.right)
        with rasterio.open(src) as s:
            same = np.array_equal(s.read(window=from_bounds(*d.bounds, s.transform)), d.read())
        out.append(dict(same=bool(same), layout=d.tags(ns='IMAGE_STRUCTURE').get('LAYOUT'), crs=d.crs.to_string(), nodata=d.nodata, names=list(d.descriptions), shape=list(d.shape)))
print(json.dumps(out))`;
    const chips = python(code, dir, scenes.folder) as Record<string, unknown>[];
    assert.equal(chips.length, 7);
    for (const chip of chips)
      assert.deepEqual(chip, {
        same: true,
        layout: 'COG',
        crs: 'EPSG:32631',
        nodata: 0,
        names: ['B02', 'B03', 'B04'],
        shape: [32, 32],
      });
  });

  test('geopandas opens items.parquet: footprints are those of the chips, paths exist, tags are there', options, () => {
    const code = `
import sys, json, os, geopandas, rasterio
from shapely.geometry import box
g = geopandas.read_parquet(sys.argv[1] + '/items.parquet')
rows = []
for _, r in g.iterrows():
    with rasterio.open(os.path.join(sys.argv[1], r['cog_s2'])) as d:
        rows.append(dict(id=r['id'], equal=bool(r.geometry.equals(box(*d.bounds))), png=os.path.exists(os.path.join(sys.argv[1], r['png_s2'])), tags=r['tags'] if isinstance(r['tags'], str) else None, start=r['start_time'].isoformat()[:10], valid=r['valid_fraction_s2']))
print(json.dumps(dict(crs=g.crs.to_string(), rows=rows)))`;
    const table = python(code, dir) as {
      crs: string;
      rows: { id: string; equal: boolean; png: boolean; tags: string | null; start: string; valid: number }[];
    };
    assert.equal(table.crs, 'EPSG:32631');
    assert.equal(table.rows.length, 7);
    for (const row of table.rows) {
      assert.ok(row.equal && row.png, row.id);
      assert.match(row.start, /^2024-06-(01|11)$/);
    }
    const first = table.rows.find((r) => r.id === itemId(scenes.chips.at(0)));
    assert.equal(first?.tags, '["flood"]');
    // A corner of 5 × 7 pixels of 32 × 32 is nodata.
    assert.ok(Math.abs(first.valid - (1 - 35 / 1024)) < 1e-6);
  });

  test('pictures are the stated stretch of the chips, transparent where they are invalid', options, () => {
    const code = `
import sys, json, glob, numpy as np, rasterio
dir = sys.argv[1]
worst, alpha = 0, True
for f in sorted(glob.glob(dir + '/png/s2/*.json')):
    s = json.load(open(f))
    with rasterio.open(f[:-5] + '.png') as p, rasterio.open(f.replace('/png/', '/cog/')[:-5] + '.tif') as d:
        rgba, names = p.read(), list(d.descriptions)
        for i, (band, (lo, hi)) in enumerate(zip(s['bands'], s['stretch']['limits'])):
            v = d.read(names.index(band) + 1).astype(float)
            expected = np.clip(np.floor((v - lo) / (hi - lo) * 255 + 0.5), 0, 255)
            expected[v == 0] = 0
            worst = max(worst, float(np.abs(expected - rgba[i]).max()))
        alpha = alpha and np.array_equal(rgba[3] == 255, d.read(1) != 0)
print(json.dumps(dict(worst=worst, alpha=bool(alpha), bands=s['bands'], method=s['stretch']['method'])))`;
    assert.deepEqual(python(code, dir), { worst: 0, alpha: true, bands: ['B04', 'B03', 'B02'], method: 'p2-98' });
  });

  test('limits are low and middling ones of the percentiles that numpy finds for each chip', options, () => {
    const code = `
import sys, json, glob, numpy as np, rasterio
values = {b: [] for b in ('B04', 'B03', 'B02')}
for f in sorted(glob.glob(sys.argv[1] + '/cog/s2/*.tif')):
    with rasterio.open(f) as d:
        for i, name in enumerate(d.descriptions):
            v = d.read(i + 1).ravel()
            values[name].append(np.percentile(v[v != 0], [2, 98]))
# The dark fifth of the percentiles 2, and below the middle of the percentiles 98: clouds do not darken the rest.
print(json.dumps([[np.percentile([p[0] for p in v], 20), np.percentile([p[1] for p in v], 40)] for v in values.values()]))`;
    const limits = python(code, dir) as number[][];
    const [sidecar] = readdirSync(path.join(dir, 'png', 's2')).filter((f) => f.endsWith('.json'));
    const stated = JSON.parse(readFileSync(path.join(dir, 'png', 's2', sidecar!), 'utf8')) as {
      stretch: { limits: number[][]; sampledItems: number };
    };
    assert.equal(stated.stretch.sampledItems, 7);
    limits.flat().forEach((v, i) => assert.ok(Math.abs(v - stated.stretch.limits.flat()[i]!) < 1e-9));
  });
});

const be = path.join(SHARED, 'sentinel2', 'openeo_be');
test(
  'three real Sentinel-2 scenes become a dataset that verifies',
  existsSync(be) ? {} : { skip: `no shared data at ${path.relative('.', SHARED)}` },
  async () => {
    const catalog = await buildRasterCatalog(path.join(be, '*.tif'), {
      filenameRegex: 'openEO_(?<date>[\\d-]+)Z',
      dateFormat: '%Y-%m-%d',
    });
    const chips = await gridSampler(catalog, { chipSize: 32 });
    const out = path.join(tempFolder(), 'be');
    const report = await exportDataset(
      {
        name: 'Belgium',
        items: chips,
        layers: [{ name: 's2', catalog, bands: [1, 3] }],
        outputs: [{ format: 'cog' }, { format: 'png', bands: [2] }],
      },
      out,
    );
    assert.equal(report.failed, 0);
    // 73 × 58 pixels in chips of 32 shifted inwards: 3 columns, 2 rows, 3 dates.
    assert.equal(report.written, 18);
    assert.equal((await verifyDataset(out)).ok, true);
  },
);
