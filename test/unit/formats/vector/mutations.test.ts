/** Damaged vector files: every mutant is read or refused with a typed error, in bounded time (`reliability.md`). */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { createRandom, isNadirError, type Random } from '../../../../src/core/index.js';
import { openVector } from '../../../../src/formats/vector/index.js';
import { withFolder } from '../../../support/places.js';

const MUTANTS = 2000;
/** What one mutant may take, in ms; the promise is 5 s. */
const SLOWEST_MS = 2000;

interface Case {
  readonly name: string;
  readonly main: string;
  readonly files: Readonly<Record<string, string>>;
}
// SAFETY: written by make-cases.py.
const CASES = JSON.parse(gunzipSync(readFileSync('test/oracles/vector/cases.json.gz')).toString('utf8')) as Case[];
const find = (name: string): Case => CASES.find((c) => c.name === name)!;

/** Forged counts, sizes and signs. */
const EVIL = [0, 1, 0x7f, 0x80, 0xff, 0x22, 0x5b, 0x7b, 0x7d];

/** Changes one to four places, cuts the end off, or repeats a part; mostly near the beginning, where headers are. */
function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let out = Uint8Array.from(bytes);
  const near = (): number => (random.uniform() < 0.5 ? random.int(Math.min(256, out.length)) : random.int(out.length));
  for (let n = 1 + random.int(4); n > 0 && out.length > 8; n--) {
    const at = near();
    switch (random.int(5)) {
      case 0:
        out[at] = EVIL[random.int(EVIL.length)]!;
        break;
      case 1:
        out[at] = out[at]! ^ (1 << random.int(8));
        break;
      case 2:
        out.fill(random.uniform() < 0.5 ? 0xff : 0, at, at + 4);
        break;
      case 3:
        if (random.uniform() < 0.3) out = out.slice(0, at);
        break;
      default:
        out.copyWithin(at, random.int(out.length), Math.min(out.length, at + 16));
    }
  }
  return out;
}

async function readAll(file: string): Promise<'read' | 'refused'> {
  try {
    const vector = await openVector(file);
    try {
      for (const layer of vector.layers) {
        await vector.describe(layer);
        for await (const feature of vector.features(layer)) assert.equal(feature.type, 'Feature');
      }
    } finally {
      await vector.close();
    }
    return 'read';
  } catch (error) {
    assert.ok(isNadirError(error), `no typed error: ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
    return 'refused';
  }
}

const SEEDS: readonly (readonly [format: string, source: string, part: string])[] = [
  ['GeoJSON', 'geojson mixed, with null', 'a.geojson'],
  ['newline-delimited GeoJSON', 'newline-delimited geojson', 'a.geojsonl'],
  ['FlatGeobuf', 'fgb multipolygon', 'a.fgb'],
  ['FlatGeobuf without index', 'fgb mixed, with null', 'a.fgb'],
  ['Shapefile', 'shp polygon', 'a.shp'],
  ['the table of a Shapefile', 'shp point', 'a.dbf'],
  ['GeoPackage', 'gpkg mixed, with null', 'a.gpkg'],
  ['GeoParquet', 'parquet mixed, with null', 'a.parquet'],
];

describe('damaged vector files', () => {
  for (const [format, source, part] of SEEDS) {
    test(`${MUTANTS} mutants of ${format} are read or refused with a typed error`, async () => {
      await withFolder(async (folder) => {
        const { files, main } = find(source);
        for (const [name, hex] of Object.entries(files))
          writeFileSync(path.join(folder, name), Buffer.from(hex, 'hex'));
        const original = Buffer.from(files[part]!, 'hex');
        const random = createRandom(11, source + part);
        const counts = { read: 0, refused: 0 };
        for (let i = 0; i < MUTANTS; i++) {
          writeFileSync(path.join(folder, part), mutate(original, random));
          const begin = performance.now();
          counts[await readAll(path.join(folder, main))]++;
          const took = performance.now() - begin;
          assert.ok(took < SLOWEST_MS, `mutant ${i} took ${took} ms`);
        }
        // Both outcomes occur, so the mutations neither miss nor only break the first byte.
        assert.ok(counts.read > 0 && counts.refused > 0, JSON.stringify(counts));
      });
    });
  }
});
