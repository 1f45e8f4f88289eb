// GeoTIFFs written by GDAL, against rasterio's arrays (checksums) and against the formula that made them.
// Made by test/oracles/geotiff/make.py.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { after, before, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { Crs, arrayOf, isNadirError, pointTransform, type DType, type NumericArray } from '../../../src/core/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { blocksWasm, replaceBlocksWasm, type BlocksWasm } from '../../../src/formats/geotiff/wasm.js';
import { memorySource } from '../../../src/io/index.js';

const load = (name: string): unknown =>
  JSON.parse(gunzipSync(readFileSync(`test/oracles/geotiff/${name}.json.gz`)).toString('utf8'));
const sha = (a: NumericArray): string =>
  createHash('sha256')
    .update(new Uint8Array(a.buffer, a.byteOffset, a.byteLength))
    .digest('hex');
const open = (tiff: string, name: string) => openGeoTiff(memorySource(Buffer.from(tiff, 'base64'), name));

interface Variant {
  readonly name: string;
  readonly dtype: string;
  readonly sha256: string;
  readonly tiff: string;
}
const [BANDS, HEIGHT, WIDTH] = [2, 18, 21];

/** The formula of `sample` in make.py. */
function formula(dtype: string): NumericArray {
  const out = arrayOf((dtype.endsWith('int64') ? 'float64' : dtype) as DType, BANDS * HEIGHT * WIDTH);
  let i = 0;
  for (let b = 0; b < BANDS; b++) {
    for (let y = 0; y < HEIGHT; y++) {
      for (let x = 0; x < WIDTH; x++) {
        const v = (b * 1009 + y * 131 + x * 17 + x * y * 3) % 251;
        const value = {
          uint8: v,
          int8: v - 125,
          uint16: v * 257,
          int16: v * 257 - 32000,
          uint32: v * 16000001,
          int32: v * 16000001 - 2000000000,
          int64: v * 3500000000001,
          uint64: v * 3500000000001,
        }[dtype];
        out[i++] = value ?? ((x + y) % 13 === 5 ? NaN : v / 7 - 10);
      }
    }
  }
  return out;
}

for (const wasm of [blocksWasm(), null]) {
  describe(`every layout that GDAL writes reads as rasterio reads it, ${wasm ? 'decoded in WebAssembly' : 'decoded without it'}`, () => {
    let usual: BlocksWasm | null;
    before(() => (usual = replaceBlocksWasm(wasm)));
    after(() => replaceBlocksWasm(usual));
    for (const v of load('variants') as Variant[]) {
      test(v.name, async () => {
        const tiff = await open(v.tiff, v.name);
        const whole = await tiff.readWindow({ col: 0, row: 0, width: WIDTH, height: HEIGHT });
        assert.deepEqual(whole.values, formula(v.dtype));
        // numpy's NaN and ours have the same bits, so checksums agree for floats too.
        assert.equal(sha(whole.values), v.sha256);
        const part = await tiff.readWindow({ col: 9, row: 7, width: 11, height: 10 }, { bands: [1, 0] });
        const expected = arrayOf(tiff.header.dtype, 2 * 110);
        let i = 0;
        for (const b of [1, 0]) {
          for (let y = 7; y < 17; y++) {
            for (let x = 9; x < 20; x++) expected[i++] = whole.values[(b * HEIGHT + y) * WIDTH + x]!;
          }
        }
        assert.deepEqual(part.values, expected);
        await tiff.close();
      });
    }
  });
}

interface Case {
  readonly tiff: string;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly sha256: string;
  readonly nodata: number | 'nan' | null;
  readonly transform: number[];
  readonly descriptions: (string | null)[];
  readonly scales: number[];
  readonly offsets: number[];
  readonly mask: string | null;
  readonly overviews: [number, number][];
  readonly overviewSums: string[];
  readonly epsg: number | null;
  readonly center: [number, number];
  readonly lonlat: [number, number] | null;
  readonly tags: Record<string, string>;
  readonly palette: number[][] | null;
}
const { cases, refused } = load('cases') as { cases: Record<string, Case>; refused: Record<string, string> };

describe('every feature of a GeoTIFF reads as rasterio reads it', () => {
  for (const [name, c] of Object.entries(cases)) {
    test(name, async () => {
      const tiff = await open(c.tiff, name);
      const { header } = tiff;
      const window = { col: 0, row: 0, width: c.width, height: c.height };
      assert.deepEqual([header.width, header.height, header.count], [c.width, c.height, c.count]);
      const { values, valid } = await tiff.readWindow(window);
      assert.equal(sha(values), c.sha256);
      assert.ok(
        Object.is(header.nodata, c.nodata === 'nan' ? NaN : c.nodata),
        `nodata ${String(header.nodata)} is ${String(c.nodata)}`,
      );
      header.transform.forEach((v, i) =>
        assert.ok(
          Math.abs(v - c.transform[i]!) <= 1e-9 * Math.max(1, Math.abs(v)),
          `transform ${i}: ${v} is ${c.transform[i]!}`,
        ),
      );
      assert.deepEqual(header.bandNames, c.descriptions);
      assert.deepEqual(header.scales, c.scales);
      assert.deepEqual(header.offsets, c.offsets);
      assert.deepEqual(header.tags, c.tags);
      assert.equal(header.hasMask, c.mask !== null);
      assert.equal(valid === null ? null : sha(valid.subarray(0, c.width * c.height)), c.mask);
      if (valid)
        for (let b = 1; b < c.count; b++)
          assert.deepEqual(
            valid.slice(b * c.width * c.height, (b + 1) * c.width * c.height),
            valid.slice(0, c.width * c.height),
          );
      assert.deepEqual(header.overviews, c.overviews);
      for (const [level, [width, height]] of c.overviews.entries()) {
        const reduced = await tiff.readWindow({ col: 0, row: 0, width, height }, { level });
        assert.equal(sha(reduced.values), c.overviewSums[level], `overview ${level}`);
        assert.equal(reduced.valid !== null, c.mask !== null);
      }
      assert.equal(header.colorTable !== null, c.palette !== null);
      assert.equal(header.categorical[0], c.palette !== null);
      if (header.colorTable) assert.deepEqual(header.colorTable.slice(0, 4), c.palette);
      await tiff.close();
    });
  }
});

describe('a CRS in a GeoTIFF means the place that PROJ finds', () => {
  for (const [name, c] of Object.entries(cases).filter(([n]) => n.startsWith('crs-'))) {
    test(name, async () => {
      const { header } = await open(c.tiff, name);
      assert.ok(header.crs, header.crsProblem ?? 'no CRS');
      const known = name.startsWith('crs-own') ? null : c.epsg;
      if (known !== null) assert.equal(header.crs.canonical, `EPSG:${known}`);
      const [lon, lat] = pointTransform(header.crs, Crs.from('EPSG:4326'))(...c.center);
      // 1e-7 degrees is a centimetre.
      assert.ok(
        Math.abs(lon - c.lonlat![0]) < 1e-7 && Math.abs(lat - c.lonlat![1]) < 1e-7,
        `${lon}, ${lat} is ${c.lonlat!.join(', ')}`,
      );
    });
  }
  test('UTM in parameters is the same CRS as its code', async () => {
    assert.equal((await open(cases['crs-own-utm']!.tiff, 'x')).header.crs?.canonical, 'EPSG:32633');
  });
});

describe('what cannot be read is refused by name', () => {
  const read = async (name: string) => {
    const tiff = await open(refused[name]!, name);
    return tiff.readWindow({ col: 0, row: 0, width: 4, height: 4 });
  };
  for (const [name, code, text] of [
    ['complex', 'bit-depth', /complex float/],
    ['int64-too-large', 'integer-too-large', /1152921504606846977.*2\^53/],
  ] as const) {
    test(name, async () => {
      await assert.rejects(
        read(name),
        (error) =>
          isNadirError(error, 'UnsupportedDataError') &&
          error.code === code &&
          text.test(error.message) &&
          error.message.includes(name),
      );
    });
  }
});
