/** loadVector where longitudes repeat: the same features are found however files and slices write their meridians. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { buildVectorCatalog } from '../../../src/catalog/index.js';
import { GeoSlice, type Bounds } from '../../../src/core/index.js';
import { loadVector } from '../../../src/load/index.js';
import { withFolder } from '../../support/places.js';

type Box = readonly [west: number, east: number, label: number];

/** Boxes from the equator to 1° north. */
async function classes(
  boxes: readonly Box[],
  bounds: Bounds,
  crs = 'EPSG:4326',
  resolution = 0.5,
): Promise<number[][]> {
  return await withFolder(async (folder) => {
    const file = path.join(folder, 'x.geojson');
    const features = boxes.map(([w, e, label]) => {
      const ring = [
        [w, 0],
        [e, 0],
        [e, 1],
        [w, 1],
        [w, 0],
      ];
      return { type: 'Feature', properties: { label }, geometry: { type: 'Polygon', coordinates: [ring] } };
    });
    writeFileSync(file, JSON.stringify({ type: 'FeatureCollection', features }));
    const catalog = await buildVectorCatalog([file]);
    const slice = GeoSlice.create({ bounds, resolution, crs });
    const o = { labelField: 'label' } as const;
    const { values, width } = await loadVector(catalog, slice, { ...o, task: 'semantic_segmentation' });
    const rows = Array.from({ length: values.length / width }, (_, r) => [...values.slice(r * width, (r + 1) * width)]);
    const { instances } = await loadVector(catalog, slice, { ...o, task: 'instance_segmentation' });
    assert.deepEqual(
      [...new Set(instances.map((i) => i.label))].sort(),
      [...new Set(rows.flat())].filter((v) => v > 0).sort(),
    );
    assert.equal(instances.length, new Set(instances.map((i) => i.label)).size, 'a feature is one instance');
    await catalog.dispose();
    return rows;
  });
}

test('a slice across ±180 has the features of both sides, however both are written', async () => {
  const both = [1, 1, 2, 2];
  const writings: readonly (readonly Box[])[] = [
    [
      [179, 180, 1],
      [-180, -179, 2],
    ],
    [
      [179, 180, 1],
      [180, 181, 2],
    ],
    [
      [-181, -180, 1],
      [-180, -179, 2],
    ],
  ];
  for (const boxes of writings) {
    for (const west of [179, -181]) {
      const rows = await classes(boxes, [west, 0, west + 2, 1]);
      assert.deepEqual(rows, [both, both], `${JSON.stringify(boxes)} from ${west}`);
    }
  }
});

test('features in longitudes of 0 to 360 are found by slices west of Greenwich, and the other way round', async () => {
  assert.deepEqual(await classes([[350, 355, 3]], [-6, 0, -4, 1]), [
    [3, 3, 0, 0],
    [3, 3, 0, 0],
  ]);
  assert.deepEqual(await classes([[-10, -5, 3]], [354, 0, 356, 1]), [
    [3, 3, 0, 0],
    [3, 3, 0, 0],
  ]);
  const utm = await classes([[356, 358, 3]], [490_000, 0, 510_000, 20_000], 'EPSG:32630', 10_000);
  assert.deepEqual(utm, [
    [3, 3],
    [3, 3],
  ]);
});

test('one feature around the globe is burned wherever a slice lies', async () => {
  for (const west of [-181, -1, 179, 359])
    assert.deepEqual(await classes([[-180, 180, 5]], [west, 0, west + 1, 0.5]), [[5, 5]]);
});
