/** loadVector, polygonsFromMask and saveGeoJson on real labels, against rasterio, geopandas and shapely. */
import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildVectorCatalog } from '../../../src/catalog/index.js';
import { GeoSlice, type CrsInput } from '../../../src/core/index.js';
import { openRaster } from '../../../src/formats/open-raster.js';
import { loadVector } from '../../../src/load/index.js';
import { polygonsFromMask, rasterize, saveGeoJson } from '../../../src/pixels/index.js';
import { needsSharedData, python, pythonSkip, SHARED_DATA, withFolder } from '../../support/places.js';

/** Labels and the image they belong to; in another CRS where the note says so. */
const PAIRS: Readonly<Record<string, readonly [labels: string, image: string]>> = {
  'reservoir, degrees on degrees': [
    'sentinel2/boadella_es/Boadella_2020-02-02_labels.geojson',
    'sentinel2/boadella_es/Boadella_2020-01-13.tif',
  ],
  'footprints, UTM on UTM at 0.5 m': [
    'vhr/spacenet_atlanta/geotiff_labels.geojson',
    'vhr/spacenet_atlanta/sample_geotiff.tif',
  ],
  'fields, degrees on UTM': ['landsat/elkton_va/L8-Labels-Elkton-VA.geojson', 'landsat/elkton_va/L8-B4-Elkton-VA.tiff'],
  'buildings, degrees on NAD 83 UTM': ['elevation/alexandria/buildings.geojson', 'elevation/alexandria/hag.tif'],
  'buildings, shapefile': ['elevation/alexandria/buildings.shp', 'elevation/alexandria/hag.tif'],
  'land cover, UTM on degrees': [
    'sentinel2/beaufort_nc/rcr_landcover.shp',
    'sentinel2/beaufort_nc/2018-10-13_Sentinel-2B_L1C_B04.tiff',
  ],
};

async function sliceOf(image: string): Promise<GeoSlice> {
  const raster = await openRaster(path.join(SHARED_DATA, image));
  const { width, height, transform, crs } = raster.header;
  await raster.close();
  const [a, , c, , e, f] = transform;
  const bounds = [c, f + e * height, c + a * width, f] as const;
  return GeoSlice.create({ bounds, resolution: [a, -e], crs: crs as CrsInput });
}

/** Cells of both rules, boxes, as rasterio and shapely have them after geopandas' projection. */
const SCRIPT = `
import base64, json, sys
import geopandas, numpy as np, rasterio, shapely
from rasterio.features import rasterize
with rasterio.open(sys.argv[2]) as src:
    crs, transform, shape = src.crs, src.transform, src.shape
frame = geopandas.read_file(sys.argv[1])
frame = frame[~frame.geometry.isna() & ~frame.geometry.is_empty]
if frame.crs != crs:
    frame = frame.to_crs(crs)
out = {"boxes": []}
for rule in ("centre", "touched"):
    burned = rasterize([(g, 1) for g in frame.geometry], out_shape=shape, transform=transform, all_touched=rule == "touched", dtype="uint8")
    out[rule] = base64.b64encode(burned.tobytes()).decode()
for g in frame.geometry:
    p = shapely.transform(g, lambda c: np.column_stack(~transform * (c[:, 0], c[:, 1])))
    p = shapely.clip_by_rect(p, 0, 0, shape[1], shape[0])
    if not p.is_empty and p.area > 0:
        out["boxes"].append(p.bounds)
print(json.dumps(out))`;

interface Theirs {
  readonly centre: string;
  readonly touched: string;
  readonly boxes: readonly (readonly number[])[];
}

describe('labels of the shared data', needsSharedData, () => {
  for (const [name, [labels, image]] of Object.entries(PAIRS)) {
    test(
      `${name}: every cell and box as rasterio and shapely`,
      {
        skip: pythonSkip(['rasterio', 'geopandas', 'shapely']),
      },
      async () => {
        const slice = await sliceOf(image);
        const catalog = await buildVectorCatalog([path.join(SHARED_DATA, labels)]);
        // SAFETY: printed by the script.
        const theirs = python(SCRIPT, path.join(SHARED_DATA, labels), path.join(SHARED_DATA, image)) as Theirs;
        for (const rule of ['centre', 'touched'] as const) {
          const task = 'semantic_segmentation';
          const ours = await loadVector(catalog, slice, { task, allTouched: rule === 'touched', ignoreTime: true });
          const cells = Buffer.from(theirs[rule], 'base64');
          assert.ok(cells.includes(1));
          assert.equal(
            cells.findIndex((v, i) => v !== ours.values[i]),
            -1,
            rule,
          );
        }
        const { boxes } = await loadVector(catalog, slice, { task: 'object_detection', ignoreTime: true });
        assert.deepEqual(boxes.shape, [theirs.boxes.length, 4]);
        const worst = Math.max(...theirs.boxes.flat().map((v, i) => Math.abs(v - boxes.values[i]!)));
        // Float32, and PROJ against proj4.
        assert.ok(worst < 1e-3, `${worst} pixels`);
        await catalog.dispose();
      },
    );
  }

  test('instances of buildings become polygons that GDAL reads in place and that burn back', async () => {
    const slice = await sliceOf('vhr/spacenet_atlanta/sample_geotiff.tif');
    const catalog = await buildVectorCatalog([path.join(SHARED_DATA, 'vhr/spacenet_atlanta/geotiff_labels.geojson')]);
    const o = { task: 'instance_segmentation', ignoreTime: true } as const;
    const { tensor, instances } = await loadVector(catalog, slice, o);
    assert.equal(instances.length, 43);
    const stack = await loadVector(catalog, slice, { ...o, layout: 'stack' });
    assert.equal(stack.tensor.sum(), tensor.values.filter((v) => v > 0).length);
    const features = polygonsFromMask(tensor);
    const back = rasterize(features, slice);
    assert.ok(tensor.values.every((v, i) => Number(v > 0) === back.values[i]));
    await withFolder(async (folder) => {
      const file = path.join(folder, 'buildings.geojson');
      await saveGeoJson(file, features);
      const again = await buildVectorCatalog([file]);
      const read = await loadVector(again, slice, { task: 'semantic_segmentation', labelField: 'id' });
      assert.ok(tensor.values.every((v, i) => v > 0 === read.values[i]! > 0));
      await again.dispose();
    });
    await catalog.dispose();
  });

  test('the burned-in raster of Elkton is its GeoJSON, burned: each class where the raster has it', async () => {
    const file = 'landsat/elkton_va/L8-Labels-Elkton-VA.tiff';
    const slice = await sliceOf(file);
    const raster = await openRaster(path.join(SHARED_DATA, file));
    const { width, height } = raster.header;
    const { values } = await raster.readWindow({ col: 0, row: 0, width, height });
    await raster.close();
    const catalog = await buildVectorCatalog([path.join(SHARED_DATA, 'landsat/elkton_va/L8-Labels-Elkton-VA.geojson')]);
    const { tensor, instances } = await loadVector(catalog, slice, {
      task: 'instance_segmentation',
      labelField: 'id',
      ignoreTime: true,
    });
    // Its classes begin at 0, so its background is the nodata value 255.
    const ours = Array.from(tensor.values, (id) => instances[id - 1]?.label ?? 255);
    assert.ok(ours.includes(0) && ours.includes(1) && ours.includes(2));
    assert.deepEqual(ours, [...values]);
    await catalog.dispose();
  });
});
