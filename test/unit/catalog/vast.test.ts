import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { boxPolygon } from '../../../src/catalog/geometry.js';
import { Crs, transformBounds, type Bounds } from '../../../src/core/index.js';
import { withWarnings } from '../../support/host.js';
import { scanned } from '../../support/lines.js';
import { idsOf, makeCatalog } from '../../support/rows.js';

/** A tile of each CRS, and where it is in degrees by pyproj 3.7 (west, south, east, north), rounded outwards. */
const TILES: readonly (readonly [crs: string, tile: Bounds, degrees: Bounds])[] = [
  ['EPSG:32631', [500_000, 4_450_000, 600_000, 4_550_000], [3, 40.1, 4.2, 41.2]],
  ['EPSG:32733', [500_000, 7_000_000, 600_000, 7_100_000], [15, -27.2, 16.1, -26.2]],
  ['EPSG:32601', [400_000, 6_000_000, 500_000, 6_100_000], [-178.6, 54.1, -177, 55.1]],
  ['EPSG:3413', [100_000, -500_000, 200_000, -400_000], [-33.8, 85, -18.4, 86.3]],
  ['EPSG:3031', [-50_000, -50_000, 50_000, 50_000], [-180, -90, 180, -89.3]],
  ['EPSG:3857', [300_000, 6_000_000, 400_000, 6_100_000], [2.6, 47.3, 3.6, 48]],
  ['EPSG:3035', [4_000_000, 3_000_000, 4_100_000, 3_100_000], [5.4, 50, 7, 51]],
];
const AREAS: readonly Bounds[] = [
  [-180, -90, 180, 90],
  [-180, 0, 180, 90],
  [-180, -90, 180, 0],
  [-90, -80, 90, 80],
  [170, -90, -170, 90],
  [-25, 34, 45, 72],
  [-180, 60, 180, 84.5],
];

const meet = ([w, s, e, n]: Bounds, [west, south, east, north]: Bounds): boolean =>
  (west <= east ? w <= east && e >= west : w <= east || e >= west) && s <= north && n >= south;

describe('areas as large as continents', () => {
  for (const [crs, tile, degrees] of TILES)
    test(`find the tile in ${crs} exactly where they hold it`, async () => {
      const box = transformBounds(tile, crs, 'EPSG:4326');
      assert.ok(box.every((v, k) => Math.abs(v - degrees[k]!) <= 0.11), String(box)); // prettier-ignore
      const c = makeCatalog([{ box: tile }], crs);
      for (const bounds of AREAS) {
        const wanted = meet(degrees, bounds) ? 1 : 0;
        assert.equal(await c.query({ bounds, crs: 'EPSG:4326' }).count(), wanted, `box ${bounds.join(' ')}`);
        if (bounds[0] > bounds[2]) continue;
        const geometry = boxPolygon(bounds);
        assert.equal(await c.query({ geometry, crs: 'EPSG:4326' }).count(), wanted, `polygon ${bounds.join(' ')}`);
      }
    });

  test('one that lies beyond the CRS as a whole is an error at the call', () => {
    const c = makeCatalog([{ box: [0, 0, 1, 1] }], 'EPSG:3857');
    assert.throws(() => c.query({ bounds: [-180, -90, 180, -89.9], crs: 'EPSG:4326' }), { code: 'outside-domain' });
  });

  test('a scan is asked for one box around many', async () => {
    const { catalog, scans } = scanned([{ id: 'a', box: [500_000, 4_450_000, 600_000, 4_550_000] }]);
    assert.deepEqual(await idsOf(catalog.query({ bounds: [-180, -90, 180, 90], crs: 'EPSG:4326' })), ['a']);
    assert.equal(scans[0]!.boxes!.length, 1);
  });
});

describe('catalogs as large as the world', () => {
  test('on the left, they meet what is in a CRS of one zone', async () => {
    const degrees = makeCatalog(
      [
        { id: 'world', box: [-180, -90, 180, 90] },
        { id: 'here', box: [3, 40, 4, 41] },
        { id: 'there', box: [100, 40, 101, 41] },
      ],
      'EPSG:4326',
    );
    const [[crs, box]] = TILES as unknown as [(typeof TILES)[number]];
    for (const right of [makeCatalog([{ id: 't', box }], crs), scanned([{ id: 't', box }], Crs.from(crs)).catalog]) {
      assert.deepEqual(await idsOf(degrees.intersect(right)), ['world__t', 'here__t']);
      assert.deepEqual(await idsOf(degrees.difference(right)), ['there']);
    }
  });

  test('on the right, they meet what is in a CRS of one zone; without left side to look at they are left out', async () => {
    const world = makeCatalog([{ id: 'world', box: [-180, -90, 180, 90] }], 'EPSG:4326');
    for (const [crs, box] of TILES) {
      const tile = makeCatalog([{ id: 't', box }], crs);
      const { value, warnings } = await withWarnings(async () => [
        await idsOf(tile.intersect(world)),
        await idsOf(tile.union(world)),
      ]);
      assert.deepEqual(value[0], ['t__world'], crs);
      const [pair] = await tile.intersect(world).toArray();
      assert.ok(
        pair!.bbox.every((v, k) => Math.abs(v - box[k]!) < 1),
        `${crs}: ${String(pair!.bbox)}`,
      );
      assert.deepEqual(value[1], ['t'], crs);
      assert.equal(warnings.length, 1, crs);
    }
  });
});
