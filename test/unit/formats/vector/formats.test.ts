/** Vector files that GDAL and geopandas wrote, against what they read back (test/oracles/vector/make-cases.py). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { openVector, type VectorFeature } from '../../../../src/formats/vector/index.js';
import { withFolder } from '../../../support/places.js';
import type { Bounds } from '../../../../src/core/index.js';

interface Layer {
  readonly name: string;
  readonly epsg: number | null;
  readonly count: number;
  readonly bounds: Bounds | null;
  readonly types: readonly string[];
  readonly fields: readonly string[];
  readonly features: readonly Pick<VectorFeature, 'geometry' | 'properties'>[];
}
interface Case {
  readonly name: string;
  readonly main: string;
  readonly files: Readonly<Record<string, string>>;
  readonly layers: readonly Layer[];
}
// SAFETY: written by make-cases.py.
const CASES = JSON.parse(
  gunzipSync(readFileSync('test/oracles/vector/cases.json.gz')).toString('utf8'),
) as readonly Case[];

function write(folder: string, { files, main }: Case): string {
  for (const [name, hex] of Object.entries(files)) writeFileSync(path.join(folder, name), Buffer.from(hex, 'hex'));
  return path.join(folder, main);
}
const collect = async (features: AsyncIterable<VectorFeature>): Promise<VectorFeature[]> => {
  const all: VectorFeature[] = [];
  for await (const feature of features) all.push(feature);
  return all;
};
/** Smallest box around all numbers that stand at the end of nested lists: the slow plain way. */
function boxOf(geometry: unknown): Bounds | null {
  const points: number[][] = [];
  const walk = (value: unknown): void => {
    if (Array.isArray(value) && typeof value[0] === 'number') points.push(value as number[]);
    else if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) walk(part);
  };
  walk(geometry);
  if (points.length === 0) return null;
  const [xs, ys] = [points.map((p) => p[0]!), points.map((p) => p[1]!)];
  return [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
}
const touches = (a: Bounds, b: Bounds): boolean => a[0] <= b[2] && b[0] <= a[2] && a[1] <= b[3] && b[1] <= a[3];
const keyOf = (f: Pick<VectorFeature, 'geometry' | 'properties'>): string => JSON.stringify([f.geometry, f.properties]);

describe('vector formats', () => {
  for (const one of CASES) {
    test(`${one.name}: facts and features are those that GDAL and geopandas read`, async () => {
      await withFolder(async (folder) => {
        const file = await openVector(write(folder, one));
        try {
          assert.deepEqual(
            file.layers,
            one.layers.map((l) => l.name),
          );
          for (const layer of one.layers) {
            const facts = await file.describe(layer.name);
            assert.equal(facts.crsProblem, null);
            assert.equal(facts.crs?.epsg, layer.epsg);
            assert.deepEqual([facts.count, facts.bounds], [layer.count, layer.bounds]);
            assert.deepEqual(facts.fields, layer.fields);
            const features = await collect(file.features(layer.name));
            assert.deepEqual(
              features.map(({ geometry, properties }) => ({ geometry, properties })),
              layer.features,
            );
          }
        } finally {
          await file.close();
        }
      });
    });

    test(`${one.name}: a box gives exactly the features whose boxes touch it`, async () => {
      await withFolder(async (folder) => {
        const file = await openVector(write(folder, one));
        try {
          for (const layer of one.layers) {
            const [xmin, ymin, xmax, ymax] = layer.bounds!;
            const [w, h] = [xmax - xmin, ymax - ymin];
            const boxes: Bounds[] = [
              [xmin, ymin, xmin + w / 3, ymin + h / 3],
              [xmin + w / 2, ymin + h / 2, xmax + 1, ymax + 1],
              [xmax, ymax, xmax + 1, ymax + 1],
              [xmax + 1, ymax + 1, xmax + 2, ymax + 2],
            ];
            for (const bounds of boxes) {
              const expected = layer.features.filter((f) => {
                const box = boxOf(f.geometry);
                return box !== null && touches(box, bounds);
              });
              const found = await collect(file.features(layer.name, { bounds }));
              assert.deepEqual(found.map(keyOf), expected.map(keyOf));
            }
          }
        } finally {
          await file.close();
        }
      });
    });
  }
});
