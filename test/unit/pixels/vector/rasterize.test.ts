/** Burning shapes against GDAL (test/oracles/rasterize/make.py), against a plain rule, and its refusals. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createRandom, Crs, GeoSlice, isNadirError, type Affine } from '../../../../src/core/index.js';
import { rasterize, type GeoFeature, type RasterGrid } from '../../../../src/pixels/index.js';
import { python, pythonSkip } from '../../../support/places.js';
import type { Geometry, Position } from 'geojson';

interface Case {
  readonly shape: [number, number];
  readonly transform: Affine;
  readonly shapes: readonly (readonly [Geometry, number])[];
  readonly centre: string;
  readonly touched: string;
}
const UTM = Crs.from('EPSG:32631');
const feature = (geometry: Geometry, label = 1): GeoFeature => ({ type: 'Feature', properties: { label }, geometry });

/** How many rasters of both rules differ from GDAL's in any cell, by number of the case. */
function differing(cases: readonly Case[]): string[] {
  return cases.flatMap((c, i) =>
    (['centre', 'touched'] as const)
      .filter((rule) => {
        const grid = { shape: c.shape, transform: c.transform, crs: UTM };
        const o = { labelField: 'label', allTouched: rule === 'touched', crs: UTM };
        const ours = rasterize(
          c.shapes.map(([g, label]) => feature(g, label)),
          grid,
          o,
        );
        return !Buffer.from(c[rule], 'base64').equals(Buffer.from(ours.values));
      })
      .map((rule) => `${i} ${rule}`),
  );
}

/** The rule of loading.md §5, pixel by pixel, for rings without horizontal sides on rows of centres. */
function plainFill(rings: readonly (readonly Position[])[], height: number, width: number): number[] {
  return Array.from({ length: height * width }, (_, i) => {
    const [px, py] = [(i % width) + 0.5, Math.floor(i / width) + 0.5];
    let crossings = 0;
    for (const ring of rings)
      for (let k = 1; k < ring.length; k++) {
        const [[x0, y0], [x1, y1]] = [ring[k - 1] as [number, number], ring[k] as [number, number]];
        if (y0 <= py === y1 <= py) continue;
        if (x0 + ((py - y0) / (y1 - y0)) * (x1 - x0) < px) crossings++;
      }
    return crossings % 2;
  });
}

describe('rasterize', () => {
  test('burns 150 sets of random shapes as GDAL, cell for cell, by both rules', () => {
    // SAFETY: written by make.py.
    const cases = JSON.parse(readFileSync('test/oracles/rasterize/cases.json', 'utf8')) as Case[];
    assert.equal(cases.length, 150);
    const burned = cases.filter((c) => Buffer.from(c.centre, 'base64').some((v) => v > 0)).length;
    assert.ok(burned > 120, `${burned} cases burn anything`);
    assert.deepEqual(differing(cases), []);
  });

  test('burns 2000 more as the GDAL that is here', { skip: pythonSkip(['rasterio']) }, () => {
    const seed = Date.now() % 1e6;
    const script = readFileSync('test/oracles/rasterize/make.py', 'utf8');
    // SAFETY: printed by make.py.
    const cases = python(script, `${seed}`, '2000') as Case[];
    assert.deepEqual(differing(cases), [], `seed ${seed}`);
  });

  test('fills by the number of sides to the left of each centre', () => {
    const random = createRandom(3, 'rasterize');
    for (let i = 0; i < 100; i++) {
      const [height, width] = [1 + Math.floor(random.uniform() * 20), 1 + Math.floor(random.uniform() * 20)];
      const rings = Array.from({ length: 1 + (i % 3) }, () => {
        const ring = Array.from({ length: 3 + Math.floor(random.uniform() * 40) }, () => [
          random.uniform() * (width + 8) - 4,
          random.uniform() * (height + 8) - 4,
        ]);
        return [...ring, ring[0]!];
      });
      const grid = { shape: [height, width], transform: [1, 0, 0, 0, 1, 0] as const, crs: UTM };
      const ours = rasterize(feature({ type: 'Polygon', coordinates: rings }), grid, { crs: UTM });
      assert.deepEqual([...ours.values], plainFill(rings, height, width), `case ${i}`);
    }
  });

  test('a centre on a horizontal edge of an outer ring is inside; spans are open left and closed right', () => {
    const square = [
      [1.5, 1.5],
      [3.5, 1.5],
      [3.5, 3.5],
      [1.5, 3.5],
      [1.5, 1.5],
    ];
    const grid = { shape: [5, 5], transform: [1, 0, 0, 0, -1, 5] as const, crs: UTM };
    const flipped = square.map(([x, y]) => [x!, 5 - y!]);
    const ours = rasterize(feature({ type: 'Polygon', coordinates: [flipped] }), grid, { crs: UTM });
    assert.deepEqual(
      Array.from({ length: 5 }, (_, r) => [...ours.values.slice(5 * r, 5 * r + 5)].join('')),
      ['00000', '00110', '00110', '00110', '00000'],
    );
  });

  test('features are in their crs member, else in that of the collection, else in the option, else in EPSG:4326', () => {
    const slice = GeoSlice.create({ bounds: [500000, 0, 500100, 100], resolution: 10, crs: 'EPSG:32631' });
    const utm: Geometry = { type: 'Point', coordinates: [500055, 55] };
    const degrees: Geometry = { type: 'Point', coordinates: [3.0005, 0.0005] };
    const member = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } } as const;
    const burned = (t: { readonly values: ArrayLike<number> }): number => Array.from(t.values).indexOf(1);
    assert.equal(burned(rasterize([{ ...feature(utm), crs: member }], slice)), 45);
    assert.equal(burned(rasterize({ type: 'FeatureCollection', crs: member, features: [feature(utm)] }, slice)), 45);
    assert.equal(burned(rasterize([feature(utm)], slice, { crs: UTM })), 45);
    assert.equal(burned(rasterize([feature(degrees)], slice)), 45);
  });

  test('later features win; labels above 255 make Int32; every pixel is valid', () => {
    const grid: RasterGrid = { shape: [2, 2], transform: [1, 0, 0, 0, 1, 0], crs: UTM };
    const dot = (x: number, y: number, label: number): GeoFeature =>
      feature({ type: 'Point', coordinates: [x, y] }, label);
    const o = { labelField: 'label', crs: UTM };
    const small = rasterize([dot(0.5, 0.5, 7), dot(0.5, 0.5, 255)], grid, o);
    assert.deepEqual([small.values, small.shape, small.valid], [new Uint8Array([255, 0, 0, 0]), [1, 2, 2], null]);
    const large = rasterize([dot(0.5, 0.5, 7), dot(1.5, 0.5, 70000), dot(0.5, 1.5, 8)], grid, o);
    assert.deepEqual(large.values, new Int32Array([7, 70000, 8, 0]));
  });

  test('labels that are missing, no whole numbers, negative or too large are errors naming the feature', () => {
    const grid: RasterGrid = { shape: [2, 2], transform: [1, 0, 0, 0, 1, 0], crs: UTM };
    const at = (properties: Record<string, unknown> | null): GeoFeature => ({
      type: 'Feature',
      id: 'f7',
      properties,
      geometry: { type: 'Point', coordinates: [0.5, 0.5] },
    });
    const cases: readonly (readonly [unknown, string])[] = [
      [undefined, 'missing-label'],
      [null, 'missing-label'],
      [1.5, 'not-an-integer'],
      ['3', 'not-an-integer'],
      [NaN, 'not-an-integer'],
      [true, 'not-an-integer'],
      [-1, 'negative-label'],
      [2 ** 31, 'label-range'],
    ];
    for (const [label, code] of cases)
      assert.throws(
        () => rasterize([at({ label })], grid, { labelField: 'label', crs: UTM }),
        (e) => isNadirError(e, 'LabelError') && e.code === code && /Feature 0 \(id "f7"\)/.test(e.message),
        String(label),
      );
    assert.throws(() => rasterize([at(null)], grid, { labelField: 'label', crs: UTM }), { code: 'missing-label' });
    // Outside the grid nothing is burned, so nothing is asked.
    const outside = { ...at(null), geometry: { type: 'Point', coordinates: [9, 9] } } as GeoFeature;
    assert.deepEqual([...rasterize([outside], grid, { labelField: 'label', crs: UTM }).values], [0, 0, 0, 0]);
  });

  test('what is no feature, no geometry, no place and no option is refused by name', () => {
    const grid: RasterGrid = { shape: [2, 2], transform: [1, 0, 0, 0, 1, 0], crs: UTM };
    const call =
      (features: unknown, o: object = { crs: UTM }, g: unknown = grid) =>
      (): unknown =>
        rasterize(features as GeoFeature[], g as RasterGrid, o);
    assert.throws(call(7), { code: 'not-features' });
    assert.throws(call([{ type: 'Point', coordinates: [1, 1] }]), { code: 'not-features' });
    assert.throws(call([feature({ type: 'Circle' } as unknown as Geometry)]), { code: 'bad-geometry' });
    for (const position of [[NaN, 1], ['1', 2], null, [1], [Infinity, 0]])
      assert.throws(call([feature({ type: 'LineString', coordinates: [position, [0, 0]] } as never)]), {
        code: 'bad-geometry',
      });
    assert.throws(call([], { labelFeild: 'x' }), { code: 'unknown-option' });
    assert.throws(call([], { allTouched: 1 }), { code: 'bad-option' });
    assert.throws(call([], {}, { shape: [2, 2] }), { code: 'bad-grid' });
    const pole = feature({ type: 'Point', coordinates: [0, 95] });
    const mercator = { shape: [2, 2], transform: [1, 0, 0, 0, 1, 0], crs: Crs.from('EPSG:3857') };
    assert.throws(call([pole], {}, mercator), (e) => isNadirError(e, 'TransformError') && /Feature 0/.test(e.message));
    assert.deepEqual([...rasterize([], grid).values], [0, 0, 0, 0]);
    assert.deepEqual([...rasterize([{ ...pole, geometry: null }], grid).values], [0, 0, 0, 0]);
  });

  test('huge coordinates cost no time', () => {
    const grid: RasterGrid = { shape: [1000, 1000], transform: [1, 0, 0, 0, 1, 0], crs: UTM };
    const far = 1e15;
    const line: Geometry = {
      type: 'LineString',
      coordinates: [
        [-far, -far],
        [far, far],
        [far, -far / 3],
      ],
    };
    const ring = [
      [-far, -far],
      [far, -far],
      [far, far],
      [-far, far],
      [-far, -far],
    ];
    const started = performance.now();
    for (const allTouched of [false, true]) {
      rasterize([feature(line)], grid, { crs: UTM, allTouched });
      const all = rasterize([feature({ type: 'Polygon', coordinates: [ring] })], grid, { crs: UTM, allTouched });
      assert.ok(all.values.every((v) => v === 1));
    }
    assert.ok(performance.now() - started < 1000);
  });
});

test('spans of every length from every column are burned, and nothing beside them', () => {
  // 61 columns: rows begin at every place of a word; the last pixels fill none.
  const [height, width] = [3, 61];
  for (let from = 0; from < width; from++)
    for (let end = from + 1; end <= width; end++) {
      const square: Position[] = [
        [from, 0],
        [end, 0],
        [end, height],
        [from, height],
        [from, 0],
      ];
      const { values } = rasterize(
        [feature({ type: 'Polygon', coordinates: [square] }, 200)],
        { shape: [height, width], transform: [1, 0, 0, 0, 1, 0], crs: UTM },
        { labelField: 'label', crs: UTM },
      );
      const wrong = Array.from(values).findIndex((v, i) => v !== (i % width >= from && i % width < end ? 200 : 0));
      assert.equal(wrong, -1, `columns ${from} to ${end}`);
    }
});
