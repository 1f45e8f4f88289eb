/** Indices, binning and statistics of real images, beside rasterio and numpy. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { bandStatistics, binBands, gaussianSrf, GeoTensor, normalizedDifference } from '../../../src/pixels/index.js';
import { python, pythonSkip, SHARED_DATA, needsSharedData } from '../../support/places.js';

const skip = needsSharedData.skip || pythonSkip(['rasterio', 'numpy']);

async function tensorOf(file: string): Promise<GeoTensor> {
  const tiff = await openGeoTiff(file);
  const { width, height, count, nodata, transform, crs, bandNames } = tiff.header;
  const { values } = await tiff.readWindow({ col: 0, row: 0, width, height });
  await tiff.close();
  const valid = nodata === null ? null : Uint8Array.from(values, (v) => (v === nodata ? 0 : 1));
  return GeoTensor.create({
    values,
    valid,
    shape: [count, height, width],
    transform,
    crs: crs ?? 'EPSG:4326',
    bandNames: bandNames.map((n, i) => n ?? `b${i + 1}`),
  });
}
function near(got: ArrayLike<number>, wanted: readonly (number | null)[], tolerance: number): void {
  assert.equal(got.length, wanted.length);
  wanted.forEach((w, i) => {
    if (w === null) assert.ok(Number.isNaN(got[i]), `${i}: ${got[i]} where numpy has none`);
    else assert.ok(Math.abs(got[i]! - w) <= tolerance * Math.max(1, Math.abs(w)), `${i}: ${got[i]}, not ${w}`);
  });
}

describe('an EnMAP image of 224 bands', { skip }, () => {
  const file = path.join(SHARED_DATA, 'hyperspectral/enmap_potsdam/images/enmap_potsdam_tile_128_0.tif');
  const seen = skip
    ? null
    : (python(
        `
import sys, json, numpy as np, rasterio
with rasterio.open(sys.argv[1]) as d:
    a = d.read(masked=True).astype("float64")
    w = np.array([float(d.tags(i + 1)["wavelength"]) for i in range(d.count)])
out = {}
for name, center, fwhm in [("B02", 492.4, 66), ("B8A", 864.7, 21), ("B10", 1373.5, 30)]:
    s = np.exp(-0.5 * ((w - center) / (fwhm / (2 * np.sqrt(2 * np.log(2))))) ** 2)
    s /= s.sum()
    share = ((~np.ma.getmaskarray(a)) * s[:, None, None]).sum(axis=0)
    with np.errstate(all="ignore"):
        m = (np.ma.filled(a, 0) * s[:, None, None]).sum(axis=0) / share
    out[name] = [None if p < 0.5 else float(v) for v, p in zip(m.ravel(), share.ravel())]
stats = []
for b in a:
    v = b.compressed()
    stats.append([len(v)] + ([float(v.min()), float(v.max()), float(v.mean()), float(v.std())] + [float(q) for q in np.percentile(v, [1, 2, 50, 98, 99])] if len(v) else []))
print(json.dumps(dict(wavelengths=w.tolist(), out=out, stats=stats)))`,
        file,
      ) as { wavelengths: number[]; out: Record<string, (number | null)[]>; stats: number[][] });

  test('binned to bands of Sentinel-2 equals numpy to 1e-9; absorption bands without data do not enter', async () => {
    const t = await tensorOf(file);
    const { wavelengths, out } = seen!;
    const srf = (center: number, fwhm: number): Float64Array => gaussianSrf(wavelengths, { center, fwhm });
    const weights = { B02: srf(492.4, 66), B8A: srf(864.7, 21), B10: srf(1373.5, 30) };
    const binned = binBands(t, weights);
    assert.deepEqual(binned.bandNames, ['B02', 'B8A', 'B10']);
    const plane = t.height * t.width;
    Object.values(out).forEach((wanted, k) => near(binned.values.subarray(k * plane, (k + 1) * plane), wanted, 1e-9));
  });

  test('statistics of each band equal numpy', async () => {
    const { bands } = await bandStatistics([await tensorOf(file)]);
    seen!.stats.forEach(([count, min, max, mean, sd, ...quantiles], i) => {
      const b = bands[i]!;
      assert.equal(b.count, count);
      if (count === 0) return;
      assert.deepEqual([b.min, b.max], [min, max]);
      near([b.mean, b.sd], [mean!, sd!], 1e-12);
      Object.values(b.quantiles).forEach((q, k) => assert.ok(Math.abs(q - quantiles[k]!) <= 1e-3 * (max! - min!)));
    });
  });
});

test('the NDVI of a Sentinel-2 image equals rasterio and numpy', { skip }, async () => {
  const file = path.join(SHARED_DATA, 'sentinel2/boadella_es/Boadella_2020-01-13.tif');
  const t = await tensorOf(file);
  const [nir, red] = [8, 4];
  const wanted = python(
    `
import sys, json, numpy as np, rasterio
with rasterio.open(sys.argv[1]) as d:
    n, r = (d.read(int(i), masked=True).astype("float64") for i in sys.argv[2:4])
with np.errstate(all="ignore"):
    v = (n - r) / (n + r)
print(json.dumps([None if m or not np.isfinite(x) else float(x) for x, m in zip(np.ma.getdata(v).ravel(), np.ma.getmaskarray(v).ravel())]))`,
    file,
    String(nir),
    String(red),
  ) as (number | null)[];
  const ndvi = normalizedDifference(t, nir, red);
  assert.ok(
    wanted.some((v) => v !== null && v > 0.3),
    'there is vegetation',
  );
  near(ndvi.values, wanted, 1e-7);
});
