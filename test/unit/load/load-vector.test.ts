/** loadVector on small layers made here: order, labels, dropping, boxes, refusals. Real data: test/contract/data. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog, buildVectorCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import { createRandom, GeoSlice, isNadirError } from '../../../src/core/index.js';
import '../../../src/display/register.js';
import { loadVector, type VectorLoadOptions } from '../../../src/load/index.js';
import { rasterize, type GeoFeature } from '../../../src/pixels/index.js';
import { withFolder } from '../../support/places.js';
import { writeRaster } from '../../support/raster-files.js';

const ORIGIN = [500000, 5300000] as const;
const CRS = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } } as const;
/** A window of 10 × 10 pixels of 10 m. */
const SLICE = GeoSlice.create({
  bounds: [ORIGIN[0], ORIGIN[1] - 100, ORIGIN[0] + 100, ORIGIN[1]],
  resolution: 10,
  crs: 'EPSG:32631',
});

/** A rectangle in pixels of the window. */
function box(x0: number, y0: number, x1: number, y1: number, properties: object, id?: string | number): GeoFeature {
  const at = (x: number, y: number): number[] => [ORIGIN[0] + x * 10, ORIGIN[1] - y * 10];
  const ring = [at(x0, y0), at(x0, y1), at(x1, y1), at(x1, y0), at(x0, y0)];
  return {
    type: 'Feature',
    ...(id === undefined ? {} : { id }),
    properties: { ...properties },
    geometry: { type: 'Polygon', coordinates: [ring] },
  };
}

async function withLayers(
  layers: Readonly<Record<string, readonly GeoFeature[]>>,
  fn: (catalog: GeoCatalog, folder: string) => Promise<void>,
): Promise<void> {
  await withFolder(async (folder) => {
    for (const [name, features] of Object.entries(layers))
      writeFileSync(path.join(folder, name), JSON.stringify({ type: 'FeatureCollection', crs: CRS, features }));
    const files = Object.keys(layers).map((name) => path.join(folder, name));
    const catalog = await buildVectorCatalog(files, { filenameRegex: /(?<date>\d{8})?\.geojson$/ });
    try {
      await fn(catalog, folder);
    } finally {
      await catalog.dispose();
    }
  });
}

describe('loadVector', () => {
  test('files burn in order of time, then path; later ones win', async () => {
    const layers = {
      'b_20240102.geojson': [box(0, 0, 4, 4, { class: 3 })],
      'a_20240103.geojson': [box(0, 0, 2, 2, { class: 4 })],
      'c_20240101.geojson': [box(0, 0, 10, 10, { class: 1 }), box(6, 6, 8, 8, { class: 2 })],
    };
    await withLayers(layers, async (catalog, folder) => {
      const tensor = await loadVector(catalog, SLICE, { task: 'semantic_segmentation', labelField: 'class' });
      const at = (x: number, y: number): unknown => tensor.values[y * 10 + x];
      assert.deepEqual([at(0, 0), at(3, 3), at(6, 6), at(9, 9)], [4, 3, 2, 1]);
      assert.deepEqual([tensor.shape, tensor.values.constructor, tensor.valid], [[1, 10, 10], Uint8Array, null]);
      assert.deepEqual(
        tensor.attrs['sources'],
        ['c_20240101', 'b_20240102', 'a_20240103'].map((f) => path.join(folder, `${f}.geojson`)),
      );
    });
  });

  test('classes equal those of rasterize, for random shapes in any tiling', async () => {
    const random = createRandom(5, 'load-vector');
    const u = (): number => random.uniform() * 14 - 2;
    const features = Array.from({ length: 30 }, (_, i) => box(u(), u(), u(), u(), { class: 1 + i * 20 }));
    await withLayers({ 'x.geojson': features }, async (catalog) => {
      const o = { task: 'semantic_segmentation', labelField: 'class' } as const;
      const whole = await loadVector(catalog, SLICE, o);
      const plain = rasterize({ type: 'FeatureCollection', crs: CRS, features }, SLICE, { labelField: 'class' });
      assert.ok(whole.values instanceof Int32Array);
      assert.deepEqual([...whole.values], [...plain.values]);
      const [x0, , , y1] = SLICE.bounds;
      const bounds = [x0 + 30, y1 - 80, x0 + 80, y1 - 20] as const;
      const part = await loadVector(catalog, GeoSlice.create({ bounds, resolution: 10, crs: 'EPSG:32631' }), o);
      assert.deepEqual(
        [...part.values],
        [...part.values.keys()].map((i) => whole.values[(2 + Math.floor(i / 5)) * 10 + 3 + (i % 5)]),
      );
    });
  });

  test('instances without a pixel are dropped from all lists, and ids stay consecutive', async () => {
    const features = [
      box(0, 0, 3, 3, { class: 7 }, 'first'),
      box(5, 5, 7, 7, { class: 8 }, 'covered'),
      box(8.6, 8.6, 8.9, 8.9, { class: 9 }, 'between centres'),
      box(4, 4, 8, 8, { class: 10 }, 'cover'),
      box(-5, -5, -1, -1, { class: 11 }, 'outside'),
      box(9, -2, 12, 1, { class: 12 }),
    ];
    await withLayers({ 'x.geojson': features }, async (catalog) => {
      const o = { task: 'instance_segmentation', labelField: 'class' } as const;
      const { tensor, instances } = await loadVector(catalog, SLICE, o);
      assert.deepEqual(instances, [
        { id: 1, label: 7, bbox: [0, 0, 3, 3], featureId: 'first' },
        { id: 2, label: 10, bbox: [4, 4, 8, 8], featureId: 'cover' },
        { id: 3, label: 12, bbox: [9, 0, 10, 1], featureId: null },
      ]);
      assert.ok(tensor.values instanceof Int32Array);
      assert.deepEqual(
        [0, 1, 2, 3].map((id) => tensor.values.filter((v) => v === id).length),
        [100 - 9 - 16 - 1, 9, 16, 1],
      );
      const stack = await loadVector(catalog, SLICE, { ...o, layout: 'stack' });
      assert.deepEqual([stack.tensor.shape, stack.tensor.values.constructor], [[3, 10, 10], Uint8Array]);
      assert.deepEqual(stack.instances, instances);
      for (let i = 0; i < 100; i++)
        for (let k = 0; k < 3; k++)
          assert.equal(stack.tensor.values[k * 100 + i], Number(tensor.values[i] === k + 1), `${k} ${i}`);
    });
  });

  test('boxes are those of the clipped shapes; none has zero area', async () => {
    const at = (x: number, y: number): number[] => [ORIGIN[0] + x * 10, ORIGIN[1] - y * 10];
    const polygon = (label: number, ...points: readonly (readonly [number, number])[]): GeoFeature => ({
      type: 'Feature',
      properties: { class: label },
      geometry: { type: 'Polygon', coordinates: [[...points, points[0]!].map(([x, y]) => at(x, y))] },
    });
    const features = [
      // A triangle that leaves the window: its clipped part is narrower than its clipped box.
      polygon(-3, [8, 8], [14, 8], [8, 14]),
      // It passes the corner by.
      polygon(2, [8, 13], [13, 8], [13, 13]),
      // It holds the whole window.
      polygon(4, [-50, -50], [60, -50], [60, 60], [-50, 60]),
      // It touches the border only.
      polygon(5, [10, 2], [12, 2], [12, 4], [10, 4]),
      { type: 'Feature', properties: { class: 6 }, geometry: { type: 'Point', coordinates: at(5, 5) } },
      polygon(7, [1, 1], [2, 1], [2, 2.5], [1, 2.5]),
    ] as GeoFeature[];
    await withLayers({ 'x.geojson': features }, async (catalog) => {
      const found = await loadVector(catalog, SLICE, { task: 'object_detection', labelField: 'class' });
      assert.deepEqual(found.boxes, {
        values: new Float32Array([8, 8, 10, 10, 0, 0, 10, 10, 1, 1, 2, 2.5]),
        shape: [3, 4],
      });
      assert.deepEqual(found.labels, { values: new Int32Array([-3, 4, 7]), shape: [3] });
      // SAFETY: results have the display method.
      const showing = found as unknown as { [key: symbol]: () => Promise<Record<string, string>> };
      const shown = await showing[Symbol.for('Jupyter.display')]!();
      assert.match(shown['text/plain']!, /^Boxes\n.*objects +3\n.*classes +3/s);
    });
  });

  test('a window without features is background, of shape (0, 4), or without instances; no row is an error', async () => {
    const corners = [box(-100, -100, -99, -99, {}), box(100, 100, 101, 101, {})];
    await withLayers({ 'x.geojson': corners }, async (catalog) => {
      const classes = await loadVector(catalog, SLICE, { task: 'semantic_segmentation' });
      assert.ok(classes.values.every((v) => v === 0));
      const { boxes, labels } = await loadVector(catalog, SLICE, { task: 'object_detection' });
      assert.deepEqual([boxes.shape, boxes.values.length, labels.shape], [[0, 4], 0, [0]]);
      const stack = await loadVector(catalog, SLICE, { task: 'instance_segmentation', layout: 'stack' });
      assert.deepEqual([stack.instances, stack.tensor.shape], [[], [0, 10, 10]]);
      const far = GeoSlice.create({ bounds: [0, 0, 100, 100], resolution: 10, crs: 'EPSG:32631' });
      await assert.rejects(loadVector(catalog, far, { task: 'semantic_segmentation' }), (e) =>
        isNadirError(e, 'EmptySelectionError'),
      );
    });
  });

  test('time filters rows unless ignoreTime', async () => {
    await withLayers({ 'x_20200101.geojson': [box(0, 0, 1, 1, {})] }, async (catalog) => {
      const later = SLICE.with({ interval: ['2024-01-01', '2024-02-01'] });
      const task = 'semantic_segmentation';
      await assert.rejects(loadVector(catalog, later, { task }), { code: 'no-rows' });
      assert.equal((await loadVector(catalog, later, { task, ignoreTime: true })).values[0], 1);
    });
  });

  test('bad labels name file and feature; negative ones fail for segmentation only', async () => {
    const features = [box(0, 0, 2, 2, { class: 1, half: 1.5, below: -1 }), box(3, 3, 5, 5, { half: 2 }, 'f5')];
    await withLayers({ 'x.geojson': features }, async (catalog) => {
      const task = 'semantic_segmentation';
      const fails = async (labelField: string, code: string, name: RegExp): Promise<void> => {
        await assert.rejects(
          loadVector(catalog, SLICE, { task, labelField }),
          (e) => isNadirError(e, 'LabelError') && e.code === code && name.test(e.message),
        );
      };
      await fails('class', 'missing-label', /x\.geojson, feature "f5"/);
      await fails('half', 'not-an-integer', /x\.geojson, feature 0/);
      await fails('below', 'negative-label', /x\.geojson/);
    });
  });

  test('features in other CRSs are projected: a layer in degrees burns as one in metres', async () => {
    await withFolder(async (folder) => {
      const { pointTransform, Crs } = await import('../../../src/core/index.js');
      const toDegrees = pointTransform(Crs.from('EPSG:32631'), Crs.from('EPSG:4326'));
      const metres = [box(1.3, 2.2, 7.6, 5.7, {}), box(3.3, 1.2, 4.6, 9.1, {})];
      const degrees = metres.map((f) => {
        // SAFETY: made by box.
        const { coordinates } = f.geometry as { coordinates: number[][][] };
        const moved = coordinates.map((ring) => ring.map(([x, y]) => toDegrees(x!, y!)));
        return { ...f, geometry: { type: 'Polygon', coordinates: moved } };
      });
      const file = path.join(folder, 'x.geojson');
      writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features: degrees }));
      const catalog = await buildVectorCatalog([file]);
      const ours = await loadVector(catalog, SLICE, { task: 'semantic_segmentation' });
      assert.deepEqual(
        [...ours.values],
        [...rasterize({ type: 'FeatureCollection', crs: CRS, features: metres }, SLICE).values],
      );
      await catalog.dispose();
    });
  });

  test('other catalogs, misspelt options and cancelling are refused', async () => {
    await withLayers({ 'x.geojson': [box(0, 0, 1, 1, {})] }, async (catalog, folder) => {
      const call = (o: object): Promise<unknown> =>
        loadVector(catalog, SLICE, o as VectorLoadOptions & { readonly task: 'object_detection' });
      await assert.rejects(call({}), { code: 'bad-option' });
      await assert.rejects(call({ task: 'segmentation' }), { code: 'bad-option' });
      await assert.rejects(call({ task: 'object_detection', layout: 'stack' }), { code: 'bad-option' });
      await assert.rejects(call({ task: 'object_detection', label: 'x' }), { code: 'unknown-option' });
      const reason = new Error('enough');
      await assert.rejects(call({ task: 'object_detection', signal: AbortSignal.abort(reason) }), reason);
      await assert.rejects(loadVector(catalog, 7 as never, { task: 'object_detection' }), { code: 'not-a-slice' });
      await writeRaster(folder, {
        name: 'r.tif',
        values: new Uint8Array(4),
        shape: [1, 2, 2],
        transform: [10, 0, ORIGIN[0], 0, -10, ORIGIN[1]],
        crs: 'EPSG:32631',
      });
      const rasters = await buildRasterCatalog([path.join(folder, 'r.tif')]);
      await assert.rejects(loadVector(rasters, SLICE, { task: 'object_detection' }), { code: 'wrong-backend' });
      await rasters.dispose();
    });
  });
});
