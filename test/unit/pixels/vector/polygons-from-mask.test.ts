/** Masks to polygons and back: exact edges, valid geometry, and what shapely and rasterio say of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createRandom, Crs, type Affine } from '../../../../src/core/index.js';
import {
  GeoTensor,
  polygonsFromMask,
  rasterize,
  type MaskFeature,
  type MaskInput,
} from '../../../../src/pixels/index.js';
import { python, pythonSkip } from '../../../support/places.js';
import type { Position } from 'geojson';

const UTM = Crs.from('EPSG:32631');
const NORTH_UP: Affine = [10, 0, 500000, 0, -10, 4600000];
const TRANSFORMS: readonly Affine[] = [NORTH_UP, [10, 0, 300000, 0, 10, -4500000], [7, 3, 123456, 2, -9, 654321]];

function mask(text: string, transform: Affine = NORTH_UP): MaskInput {
  const rows = text.trim().split(/\s+/);
  const values = Uint8Array.from(rows.join(''), (c) => Number(c === '#'));
  return { values, shape: [rows.length, rows[0]!.length], transform, crs: UTM };
}

function randomMask(seed: number): MaskInput {
  const random = createRandom(seed, 'mask');
  const [height, width] = [1 + Math.floor(random.uniform() * 16), 1 + Math.floor(random.uniform() * 16)];
  const share = 0.2 + 0.6 * random.uniform();
  const values = Uint8Array.from({ length: height * width }, () => Number(random.uniform() < share));
  return { values, shape: [height, width], transform: TRANSFORMS[seed % 3]!, crs: UTM };
}

const ringsOf = ({ geometry: g }: MaskFeature): Position[][][] =>
  g.type === 'Polygon' ? [g.coordinates] : g.coordinates;
const signedArea = (ring: readonly Position[]): number =>
  ring.slice(1).reduce((sum, [x, y], i) => sum + (ring[i]![0]! * y! - x! * ring[i]![1]!) / 2, 0);

/** Sizes of components by flooding, pixel by pixel. */
function flooded({ values, shape }: MaskInput, connectivity: 4 | 8): number[] {
  const [height, width] = shape as [number, number];
  const left = new Set(Array.from(values.keys()).filter((i) => values[i] !== 0));
  const sizes: number[] = [];
  for (const start of [...left]) {
    if (!left.delete(start)) continue;
    const queue = [start];
    for (const at of queue) {
      const [row, col] = [Math.floor(at / width), at % width];
      for (const dr of [-1, 0, 1])
        for (const dc of [-1, 0, 1]) {
          const [r, c] = [row + dr, col + dc];
          if ((connectivity === 4 && dr !== 0 && dc !== 0) || r < 0 || r >= height || c < 0 || c >= width) continue;
          if (left.delete(r * width + c)) queue.push(r * width + c);
        }
    }
    sizes.push(queue.length);
  }
  return sizes;
}

describe('polygonsFromMask', () => {
  test('areas are pixels times their area, and burning gives the mask back, for any transform', () => {
    for (let seed = 0; seed < 200; seed++) {
      const given = randomMask(seed);
      const connectivity = seed % 2 === 0 ? 4 : 8;
      const features = polygonsFromMask(given, { connectivity });
      const [a, b, , d, e] = given.transform!;
      assert.deepEqual(
        features.map((f) => f.properties.pixels),
        flooded(given, connectivity),
        `seed ${seed}`,
      );
      for (const f of features) {
        const pixelArea = Math.abs(a * e - b * d);
        assert.equal(f.properties.area, f.properties.pixels * pixelArea);
        let area = 0;
        for (const rings of ringsOf(f))
          rings.forEach((ring, i) => {
            assert.deepEqual(ring[0], ring.at(-1));
            assert.ok(signedArea(ring) > 0 === (i === 0), `seed ${seed}: ring ${i} runs the wrong way round`);
            area += signedArea(ring);
          });
        assert.ok(Math.abs(area - f.properties.area) < 1e-6 * pixelArea * given.values.length, `seed ${seed}`);
      }
      const grid = { shape: given.shape, transform: given.transform!, crs: UTM };
      assert.deepEqual([...rasterize(features, grid).values], [...given.values], `seed ${seed}`);
    }
  });

  test('diagonal neighbours are two polygons, or one MultiPolygon with connectivity 8', () => {
    const given = mask('#. .#');
    assert.deepEqual(
      polygonsFromMask(given).map((f) => [f.geometry.type, f.id]),
      [
        ['Polygon', 1],
        ['Polygon', 2],
      ],
    );
    const [both] = polygonsFromMask(given, { connectivity: 8 });
    assert.equal(both?.geometry.type, 'MultiPolygon');
    assert.deepEqual(both.properties, { id: 1, pixels: 2, area: 200 });
  });

  test('a hole that touches the outer ring at a corner is a hole of its own', () => {
    const [ring] = polygonsFromMask(mask('#### #.## ##.# ####'));
    assert.deepEqual(
      ringsOf(ring!).map((rings) => rings.map((r) => r.length)),
      [[5, 5, 5]],
    );
    // The pocket is closed but for a corner.
    const [pocket] = polygonsFromMask(mask('##.. #.#. ####'));
    assert.deepEqual(
      ringsOf(pocket!).map((rings) => rings.map((r) => r.length)),
      [[9, 5]],
    );
  });

  test('invalid, zero and NaN pixels are not set; any other value is', () => {
    const tensor = GeoTensor.create({
      values: new Float32Array([NaN, 0, -2, 0.5]),
      valid: new Uint8Array([1, 1, 1, 0]),
      shape: [1, 2, 2],
      transform: NORTH_UP,
      crs: 'EPSG:32631',
    });
    const [only, ...none] = polygonsFromMask(tensor);
    assert.deepEqual(none, []);
    assert.deepEqual(only?.geometry.coordinates, [
      [
        [500000, 4599990],
        [500000, 4599980],
        [500010, 4599980],
        [500010, 4599990],
        [500000, 4599990],
      ],
    ]);
    assert.deepEqual(only.crs, { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } });
  });

  test('minArea leaves out components of fewer pixels; an empty mask has no polygons', () => {
    const given = mask('##.# ##.. ...#');
    assert.deepEqual(
      polygonsFromMask(given, { minArea: 2 }).map((f) => f.properties.pixels),
      [4],
    );
    assert.deepEqual(polygonsFromMask(mask('... ...')), []);
  });

  test('buffers grow and erode by pixels; erosion may split or drop', () => {
    const dumbbell = mask('###..### ######## ###..###');
    const [whole] = polygonsFromMask(dumbbell);
    const [grown] = polygonsFromMask(dumbbell, { buffer: 1 });
    // A buffer adds perimeter × distance and a disc, less what its reflex corners overlap.
    assert.ok(grown!.properties.area > whole!.properties.area + 2000);
    const [split] = polygonsFromMask(dumbbell, { buffer: -0.75 });
    assert.equal(split?.geometry.type, 'MultiPolygon');
    // Two squares of 1.5 pixels, with a little more towards the bridge.
    const area = split.properties.area / 100;
    assert.ok(area > 2 * 1.5 ** 2 && area < 2 * 1.5 ** 2 + 0.5, `${area}`);
    assert.deepEqual(polygonsFromMask(mask('#'), { buffer: -0.5 }), []);
  });

  test('simplified rings have fewer vertices, all within the tolerance', () => {
    const stairs = mask('#...... ##..... ###.... ####... #####.. ######. #######');
    const [exact] = polygonsFromMask(stairs);
    const [simple] = polygonsFromMask(stairs, { simplify: 1 });
    assert.ok(simple!.geometry.coordinates[0]!.length < exact!.geometry.coordinates[0]!.length / 2);
    assert.ok(Math.abs(simple!.properties.area - exact!.properties.area) < 28 * 100 * 0.25);
    // Too small for the tolerance: it stays as it is.
    assert.equal(polygonsFromMask(mask('#'), { simplify: 50 })[0]?.properties.area, 100);
  });

  test('options and masks that cannot be are refused by name', () => {
    const call =
      (given: unknown, o: object = {}) =>
      (): unknown =>
        polygonsFromMask(given as MaskInput, o);
    const good = mask('#');
    assert.throws(call(good, { minarea: 1 }), { code: 'unknown-option' });
    for (const o of [{ connectivity: 6 }, { minArea: -1 }, { simplify: NaN }, { buffer: Infinity }, { transform: [1] }])
      assert.throws(call(good, o), { code: 'bad-option' }, JSON.stringify(o));
    assert.throws(call({ values: new Uint8Array(8), shape: [2, 2, 2] }), { code: 'bad-mask' });
    assert.throws(call({ values: new Uint8Array(3), shape: [2, 2] }), { code: 'bad-mask' });
    assert.throws(call({ values: [1, 0], shape: [1, 2] }), { code: 'bad-array' });
    assert.throws(call(undefined), { code: 'bad-array' });
  });

  test(
    'shapely finds every geometry valid, also simplified and buffered; areas equal those of rasterio and shapely',
    {
      skip: pythonSkip(['rasterio', 'shapely']),
    },
    () => {
      const cases = Array.from({ length: 60 }, (_, seed) => {
        const given = { ...randomMask(seed), transform: NORTH_UP };
        const connectivity = seed % 2 === 0 ? 4 : 8;
        const [exact, simple] = [0, 1.2].map((simplify) => polygonsFromMask(given, { connectivity, simplify }));
        const distance = seed % 5 === 0 ? -0.3 : 0.7;
        const buffered = polygonsFromMask(given, { connectivity, buffer: distance });
        return { values: [...given.values], shape: given.shape, connectivity, exact, simple, buffered, distance };
      });
      const script = `
import json, sys
import numpy as np
from affine import Affine
from rasterio.features import shapes
from shapely.geometry import shape
wrong = []
for i, c in enumerate(json.load(open(sys.argv[1]))):
    a = np.array(c["values"], dtype="uint8").reshape(c["shape"])
    theirs = [shape(g).area for g, v in shapes(a, mask=a > 0, connectivity=c["connectivity"], transform=Affine(10, 0, 500000, 0, -10, 4600000))]
    exact = [shape(f["geometry"]) for f in c["exact"]]
    if sorted(theirs) != sorted(g.area for g in exact): wrong.append([i, "areas"])
    buffers = [g for g in (g.buffer(c["distance"] * 10, quad_segs=8) for g in exact) if not g.is_empty]
    if len(buffers) != len(c["buffered"]) or any(abs(g.area - f["properties"]["area"]) > 1e-6 * g.area for g, f in zip(buffers, c["buffered"])): wrong.append([i, "buffers"])
    for kind in ("exact", "simple", "buffered"):
        if not all(shape(f["geometry"]).is_valid for f in c[kind]): wrong.append([i, kind])
print(json.dumps(wrong))`;
      assert.deepEqual(pythonWithInput(script, JSON.stringify(cases)), []);
    },
  );
});

/** Gives a script its input through a file: it may be longer than an argument. */
function pythonWithInput(script: string, input: string): unknown {
  const file = path.join(mkdtempSync(path.join(tmpdir(), 'nadir-test-')), 'input.json');
  writeFileSync(file, input);
  try {
    return python(script, file);
  } finally {
    rmSync(path.dirname(file), { recursive: true });
  }
}
