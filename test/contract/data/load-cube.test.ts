/** loadCube on the shared cubes, against xarray and netCDF4 (test/oracles/load-cube/make.py); Zarr as Python reads it. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildCubeCatalog } from '../../../src/catalog/index.js';
import { GeoSlice, type Bounds } from '../../../src/core/index.js';
import { loadCube } from '../../../src/load/index.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA, withFolder } from '../../support/places.js';

interface Case {
  readonly file: string;
  readonly variable: string;
  readonly isel: Readonly<Record<string, number>>;
  readonly box: Bounds;
  readonly shape: readonly number[];
  readonly x: readonly [number, number];
  readonly y: readonly [number, number];
  readonly valid: number;
  readonly sum: number;
  readonly values: readonly (number | null)[];
}
// SAFETY: written by make.py.
const CASES = JSON.parse(readFileSync('test/oracles/load-cube/shared.json', 'utf8')) as readonly Case[];

const load = async (c: Case): Promise<Awaited<ReturnType<typeof loadCube>>> => {
  const catalog = await buildCubeCatalog(path.join(SHARED_DATA, c.file));
  const slice = GeoSlice.create({ bounds: c.box, resolution: 1e-3, crs: catalog.crs });
  return loadCube(catalog, slice, { dataVars: [c.variable], isel: c.isel });
};

describe('loadCube on shared cubes', needsSharedData, () => {
  for (const c of CASES) {
    test(`${c.file} ${c.variable} in ${c.box.map((v) => Math.round(v * 100) / 100).join()} is what xarray gives`, async () => {
      const cube = await load(c);
      const v = cube.vars[c.variable]!;
      // A scalar time of the file is a dimension of the cube.
      const shape = v.shape.length > c.shape.length ? v.shape.slice(1) : v.shape;
      assert.deepEqual(shape, c.shape);
      const [x, y] = [cube.coords['x']!, cube.coords['y']!];
      const tolerance = Math.abs(cube.transform![0]) * 1e-3;
      [x[0], x.at(-1), y[0], y.at(-1)].forEach((own, i) => {
        const want = [...c.x, ...c.y][i]!;
        const turn = cube.crs.isGeographic && i < 2 ? Math.round((Number(own) - want) / 360) * 360 : 0;
        assert.ok(Math.abs(Number(own) - turn - want) <= tolerance, `${own ?? ''} and ${want}`);
      });
      const valid = Array.from(v.values).filter((n) => !Number.isNaN(n));
      assert.equal(valid.length, c.valid);
      const sum = valid.reduce((a, b) => a + b, 0);
      const size = valid.reduce((a, b) => a + Math.abs(b), 0);
      // xarray computes some packed values in float32, netCDF and we in doubles.
      assert.ok(Math.abs(sum - c.sum) <= 1e-6 * Math.max(1, size), `${sum} and ${c.sum}`);
      c.values.forEach((want, i) => {
        const own = v.values[i]!;
        assert.ok(want === null ? Number.isNaN(own) : Math.abs(own - want) <= 1e-6 * Math.max(1, Math.abs(want)));
      });
    });
  }

  const skip = pythonSkip(['xarray', 'zarr', 'rasterio', 'pyproj']);
  for (const name of [
    'climate/tmmx_20190121.nc',
    'climate/eraint_uvz.nc',
    'climate/MODIS_ARRAY.nc',
    'multisensor/worldcereal_be/worldcereal_preprocessed_inputs.nc',
  ]) {
    test(`a part of ${name} saved as Zarr is read back by us, by xarray and by GDAL`, { skip }, async () => {
      const c = CASES.find((x) => x.file === name)!;
      const cube = await load(c);
      await withFolder(async (folder) => {
        const target = path.join(folder, 'part.zarr');
        await cube.saveZarr(target);
        const again = await buildCubeCatalog(target);
        const slice = GeoSlice.create({ bounds: c.box, resolution: 1e-3, crs: cube.crs });
        const back = await loadCube(again, slice);
        assert.ok(back.crs.equals(cube.crs));
        assert.deepEqual(back.dims, cube.dims);
        back.transform!.forEach((own, i) =>
          assert.ok(Math.abs(own - cube.transform![i]!) <= 1e-9 * Math.abs(own) + 1e-12),
        );
        assert.deepEqual(back.vars[c.variable]!.values, cube.vars[c.variable]!.values);
        assert.deepEqual(back.vars[c.variable]!.attrs, cube.vars[c.variable]!.attrs);
        assert.deepEqual(back.coords['time'], cube.coords['time']);
        // SAFETY: the script prints these.
        const seen = python(READ, target, c.variable) as {
          readonly dims: readonly string[];
          readonly shape: readonly number[];
          readonly valid: number;
          readonly sum: number;
          readonly times: readonly string[];
          readonly crsIsSame: boolean;
          readonly gdal: readonly number[];
          readonly gdalCrs: boolean;
          readonly gdalSum: number;
          readonly warnings: readonly string[];
        };
        const v = cube.vars[c.variable]!;
        assert.deepEqual(seen.warnings, []);
        assert.deepEqual([seen.dims, seen.shape], [v.dims, v.shape]);
        const valid = Array.from(v.values).filter((n) => !Number.isNaN(n));
        assert.equal(seen.valid, valid.length);
        const sum = valid.reduce((a, b) => a + b, 0);
        assert.ok(Math.abs(seen.sum - sum) <= 1e-9 * Math.max(1, Math.abs(sum)));
        const times = cube.coords['time'];
        assert.deepEqual(
          seen.times,
          Array.from((times ?? []) as Float64Array, (t) => new Date(t / 1000).toISOString().slice(0, 19)),
        );
        assert.ok(seen.crsIsSame, 'pyproj reads the CRS');
        assert.ok(seen.gdalCrs, 'GDAL reads the CRS');
        cube.transform!.forEach((own, i) =>
          assert.ok(Math.abs(own - seen.gdal[i]!) <= 1e-6 * Math.abs(own) + 1e-9, `${own} and ${seen.gdal[i] ?? ''}`),
        );
        assert.ok(Math.abs(seen.gdalSum - sum) <= 1e-9 * Math.max(1, Math.abs(sum)));
      });
    });
  }
});

const READ = `
import json, pathlib, shutil, sys, warnings
import numpy as np, pyproj, rasterio, xarray as xr
path, name = sys.argv[1:]
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    d = xr.open_zarr(path)
    v = d[name]
    values = v.values.astype("f8")
wkt = d["spatial_ref"].attrs["crs_wkt"]
crs = pyproj.CRS(wkt)
assert crs.equals(pyproj.CRS(d["spatial_ref"].attrs["spatial_ref"]))
def in_gdal(path):
    with rasterio.open(f'ZARR:"{path}":/{name}') as f:
        return f.read().astype("f8"), list(f.transform)[:6], f.crs == rasterio.crs.CRS.from_wkt(wkt)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    try:
        bands, gdal, same = in_gdal(path)
    except rasterio.errors.RasterioIOError as error:
        # GDAL up to 3.10 reads no Zarr 3 of today: it knows the codec "bytes" by its name in a draft.
        assert "bytes" in str(error), error
        older = path + "-older"
        shutil.copytree(path, older)
        for f in pathlib.Path(older).rglob("zarr.json"):
            j = json.loads(f.read_text().replace('"bytes"', '"endian"'))
            j.pop("consolidated_metadata", None)
            f.write_text(json.dumps(j))
        bands, gdal, same = in_gdal(older)
print(json.dumps({
    "dims": list(v.dims), "shape": list(v.shape), "valid": int(np.isfinite(values).sum()), "sum": float(np.nansum(values)),
    "times": [str(t)[:19] for t in d["time"].values] if "time" in d else [],
    "crsIsSame": v.attrs.get("grid_mapping", v.encoding.get("grid_mapping")) == "spatial_ref" and crs.to_wkt() != "",
    "gdal": gdal, "gdalCrs": same, "gdalSum": float(np.nansum(bands)), "warnings": [str(w.message) for w in said],
}))
`;
