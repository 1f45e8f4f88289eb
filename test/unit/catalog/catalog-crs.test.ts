import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rasterFootprint, type CatalogRow } from '../../../src/catalog/index.js';
import { footprintBounds } from '../../../src/catalog/geometry.js';
import { createRandom, Crs, GeoSlice, pointTransform, transformBounds, type Bounds } from '../../../src/core/index.js';
import { idsOf, makeCatalog, type RowInit } from '../../support/rows.js';

const SEED = 5;
/** Metres, degrees, parallel axes and turned ones. */
const CRSS = ['EPSG:32631', 'EPSG:32632', 'EPSG:4326', 'EPSG:3857', 'EPSG:3035'];
const SIDE = 64;
/** Points of a file that stand for its area, along each axis. */
const SAMPLES = 9;

interface File {
  readonly crs: string;
  readonly bounds: Bounds;
}

/** Square files about 50 km wide around 6° E, 47° N, each in its own CRS. */
function files(): File[] {
  const random = createRandom(SEED, 'files');
  return CRSS.flatMap((crs) =>
    Array.from({ length: 12 }, (): File => {
      const [lon, lat] = [3 + 6 * random.uniform(), 45 + 4 * random.uniform()];
      const box = transformBounds([lon, lat, lon + 0.6, lat + 0.4], 'EPSG:4326', crs);
      return { crs, bounds: box };
    }),
  );
}

const footprintOf = ({ crs, bounds: [xmin, ymin, xmax, ymax] }: File, to: Crs): CatalogRow['geometry'] =>
  rasterFootprint(
    {
      transform: [(xmax - xmin) / SIDE, 0, xmin, 0, (ymin - ymax) / SIDE, ymax],
      width: SIDE,
      height: SIDE,
    },
    Crs.from(crs),
    to,
  );

/** Whether a point of a file lies within a slice: both are taken at their word, in their own CRSs. */
function overlapsSlice({ crs, bounds: [xmin, ymin, xmax, ymax] }: File, slice: GeoSlice): boolean {
  const project = pointTransform(Crs.from(crs), slice.crs);
  for (let i = 0; i < SAMPLES; i++)
    for (let j = 0; j < SAMPLES; j++) {
      const [x, y] = project(xmin + ((xmax - xmin) * i) / (SAMPLES - 1), ymin + ((ymax - ymin) * j) / (SAMPLES - 1));
      if (x >= slice.bounds[0] && x <= slice.bounds[2] && y >= slice.bounds[1] && y <= slice.bounds[3]) return true;
    }
  return false;
}

describe(`files, catalogs and slices in any CRS (seed ${SEED})`, () => {
  const all = files();
  for (const catalogCrs of CRSS) {
    test(`a catalog in ${catalogCrs} finds every file that a slice overlaps`, async () => {
      const crs = Crs.from(catalogCrs);
      const catalog = makeCatalog(
        all.map((file, i): RowInit => ({ id: `f${i}`, geometry: footprintOf(file, crs), nativeCrs: file.crs })),
        crs,
      );
      const random = createRandom(SEED, 'slices');
      let [overlapping, found] = [0, 0];
      for (const sliceCrs of CRSS) {
        for (let k = 0; k < 8; k++) {
          const [lon, lat] = [3 + 6 * random.uniform(), 45 + 4 * random.uniform()];
          const bounds = transformBounds([lon, lat, lon + 0.3, lat + 0.3], 'EPSG:4326', sliceCrs);
          const slice = GeoSlice.create({ bounds, resolution: (bounds[2] - bounds[0]) / 10, crs: sliceCrs });
          const got = new Set(await idsOf(catalog.query(slice)));
          const expected = all.flatMap((file, i) => (overlapsSlice(file, slice) ? [`f${i}`] : []));
          assert.deepEqual(
            expected.filter((id) => !got.has(id)),
            [],
            `${sliceCrs} ${bounds.join(', ')}`,
          );
          overlapping += expected.length;
          found += got.size;
        }
      }
      // Turned boxes reach a little further, not much.
      assert.ok(overlapping > 50 && found < 1.6 * overlapping, `${overlapping} overlap, ${found} found`);
    });

    test(`the pairs of a catalog in ${catalogCrs} with one in another CRS are those in one CRS`, async () => {
      const crs = Crs.from(catalogCrs);
      const inCrs = (to: Crs, from: number): ReturnType<typeof makeCatalog> =>
        makeCatalog(
          all.flatMap((file, i): RowInit[] =>
            i % 2 === from ? [{ id: `f${i}`, geometry: footprintOf(file, to), nativeCrs: file.crs }] : [],
          ),
          to,
        );
      const left = inCrs(crs, 0);
      const area = (c: readonly CatalogRow[]): Map<string, number> =>
        new Map(
          c.map((r) => {
            const [xmin, ymin, xmax, ymax] = footprintBounds(r.geometry);
            return [r.id, (xmax - xmin) * (ymax - ymin)];
          }),
        );
      const same = area(await left.intersect(inCrs(crs, 1)).toArray());
      assert.ok(same.size > 20);
      const widest = Math.max(...same.values());
      for (const other of CRSS) {
        const found = area(await left.intersect(inCrs(Crs.from(other), 1)).toArray());
        // Slivers at the edge may differ: straight edges of one CRS are curves in another.
        for (const [id, size] of same) assert.ok(found.has(id) || size < 0.01 * widest, `${other} misses ${id}`);
        for (const [id, size] of found) assert.ok(same.has(id) || size < 0.01 * widest, `${other} invents ${id}`);
      }
    });
  }
});
