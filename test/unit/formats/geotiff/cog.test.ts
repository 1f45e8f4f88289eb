import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { Crs, arrayOf, dtypeOf, isNadirError, type DType, type NumericArray } from '../../../../src/core/index.js';
import { encodeCog, openGeoTiff, type CogEncodeOptions, type CogImage } from '../../../../src/formats/geotiff/index.js';
import { memorySource, writeFileAtomic, type PlacedBytes } from '../../../../src/io/index.js';
import { python, pythonSkip } from '../../../support/places.js';

const DTYPES: DType[] = ['uint8', 'int8', 'uint16', 'int16', 'uint32', 'int32', 'float32', 'float64'];

/** Values over the whole range of a type, by a seeded generator. */
function fill(dtype: DType, length: number): NumericArray {
  const values = arrayOf(dtype, length);
  let state = 7;
  for (let i = 0; i < length; i++) {
    state = (Math.imul(state, 1103515245) + 12345) >>> 0;
    values[i] = dtype.startsWith('float')
      ? (state / 2 ** 31 - 1) * 10 ** (i % 9)
      : state - (dtype.startsWith('u') ? 0 : 2 ** 31);
  }
  return values;
}
async function bytesOf(image: CogImage, o?: CogEncodeOptions): Promise<Uint8Array> {
  const parts: PlacedBytes[] = [];
  for await (const part of encodeCog(image, o)) parts.push(part);
  parts.sort((a, b) => a.at - b.at);
  parts.reduce((end, part) => (assert.equal(part.at, end, 'without gaps'), end + part.bytes.length), 0);
  return new Uint8Array(Buffer.concat(parts.map((part) => part.bytes)));
}
const base = { transform: [10, 0, 600000, 0, -10, 5700000], crs: Crs.from('EPSG:32631'), nodata: null } as const;

describe('a written COG reads back', () => {
  for (const dtype of DTYPES) {
    for (const [bands, height, width] of [
      [1, 513, 700],
      [3, 30, 40],
    ] as const) {
      for (const bigTiff of [false, true]) {
        test(`${dtype} ${bands} × ${height} × ${width}${bigTiff ? ' BigTIFF' : ''}, bit for bit`, async () => {
          const values = fill(dtype, bands * height * width);
          const tiff = await openGeoTiff(
            memorySource(await bytesOf({ ...base, values, shape: [bands, height, width] }, { bigTiff })),
          );
          const { header } = tiff;
          assert.deepEqual([header.dtype, header.count, header.height, header.width], [dtype, bands, height, width]);
          assert.deepEqual(header.transform, base.transform);
          assert.equal(header.crs?.canonical, 'EPSG:32631');
          const back = await tiff.readWindow({ col: 0, row: 0, width, height });
          assert.deepEqual(back.values, values);
        });
      }
    }
  }
  test('names, tags, nodata and colours come back', async () => {
    const values = Uint8Array.from({ length: 100 }, (_, i) => i % 4);
    const image: CogImage = {
      ...base,
      values,
      shape: [1, 10, 10],
      nodata: 3,
      bandNames: ['SCL <&> "ü"'],
      tags: { A: 'x & y', B: '<b>' },
      colorTable: [
        [0, 0, 0, 255],
        [255, 0, 10, 255],
        [1, 2, 3, 255],
      ],
    };
    const { header } = await openGeoTiff(memorySource(await bytesOf(image)));
    assert.deepEqual(header.bandNames, image.bandNames);
    assert.deepEqual(header.tags, image.tags);
    assert.equal(header.nodata, 3);
    assert.deepEqual(header.colorTable?.slice(0, 3), image.colorTable);
    assert.deepEqual(header.categorical, [true]);
  });
  test('rotated and south-up transforms come back', async () => {
    for (const transform of [
      [8.66, 5, 600000, 5, -8.66, 5700000],
      [10, 0, 600000, 0, 10, 5700000],
    ] as const) {
      const { header } = await openGeoTiff(
        memorySource(await bytesOf({ ...base, transform, values: new Uint8Array(4), shape: [1, 2, 2] })),
      );
      assert.deepEqual(header.transform, transform);
    }
  });
  for (const nodata of [NaN, -9999, -3.4028234663852886e38, Infinity]) {
    test(`nodata ${nodata} comes back`, async () => {
      const { header } = await openGeoTiff(
        memorySource(await bytesOf({ ...base, nodata, values: new Float32Array(4), shape: [1, 2, 2] })),
      );
      assert.ok(Object.is(header.nodata, nodata));
    });
  }
  test('invalid pixels are written as nodata', async () => {
    const tiff = await openGeoTiff(
      memorySource(
        await bytesOf({
          ...base,
          nodata: 255,
          values: Uint8Array.of(1, 2, 3, 4),
          valid: Uint8Array.of(1, 0, 1, 0),
          shape: [1, 2, 2],
        }),
      ),
    );
    assert.deepEqual([...(await tiff.readWindow({ col: 0, row: 0, width: 2, height: 2 })).values], [1, 255, 3, 255]);
  });
});

describe('CRSs of a written COG', () => {
  for (const text of [
    'EPSG:4326',
    'EPSG:3035',
    'EPSG:3857',
    '+proj=tmerc +lat_0=10 +lon_0=21 +k=0.9993 +x_0=500000 +y_0=-5300000 +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs',
    '+proj=lcc +lat_0=46 +lon_0=14 +lat_1=49 +lat_2=46 +x_0=400000 +y_0=400000 +datum=WGS84 +units=m +no_defs',
    '+proj=laea +lat_0=45 +lon_0=100 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
    '+proj=aea +lat_0=30 +lon_0=10 +lat_1=43 +lat_2=62 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
    '+proj=stere +lat_0=90 +lat_ts=60 +lon_0=10 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
    '+proj=sinu +lon_0=0 +x_0=0 +y_0=0 +a=6371007.181 +b=6371007.181 +units=m +no_defs',
    '+proj=cea +lat_ts=40 +lon_0=5 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
    '+proj=longlat +ellps=bessel +towgs84=598.1,73.7,418.2,0.202,0.045,-2.455,6.7 +no_defs',
  ]) {
    test(text, async () => {
      const crs = Crs.from(text);
      const { header } = await openGeoTiff(
        memorySource(await bytesOf({ ...base, crs, values: new Uint8Array(4), shape: [1, 2, 2] })),
      );
      assert.equal(header.crsProblem, null);
      assert.deepEqual(points(header.crs), points(crs));
    });
  }
  test('one that GeoTIFF cannot express is an error that says so', () => {
    const crs = Crs.from('+proj=robin +lon_0=0 +datum=WGS84 +units=m +no_defs');
    assert.throws(
      () => encodeCog({ ...base, crs, values: new Uint8Array(4), shape: [1, 2, 2] }),
      (e) => isNadirError(e, 'CrsError') && e.code === 'not-writable',
    );
  });
});

/** The parts of a definition that say what it is, in one order. */
function points(crs: Crs | null): string[] {
  return (crs?.canonical ?? '').split(' ').sort();
}

describe('overviews', () => {
  /** The slow plain version: the mean of the valid pixels under each overview pixel. */
  function plainHalf(values: number[], width: number, height: number, nodata: number): number[] {
    const out: number[] = [];
    for (let y = 0; y < Math.ceil(height / 2); y++) {
      for (let x = 0; x < Math.ceil(width / 2); x++) {
        const four = [
          [0, 0],
          [1, 0],
          [0, 1],
          [1, 1],
        ]
          .map(([dx, dy]) => [2 * x + dx!, 2 * y + dy!] as const)
          .filter(([c, r]) => c < width && r < height);
        const valid = four.map(([c, r]) => values[r * width + c]!).filter((v) => v !== nodata);
        out.push(valid.length === 0 ? nodata : Math.floor(valid.reduce((a, b) => a + b, 0) / valid.length + 0.5));
      }
    }
    return out;
  }
  const [height, width] = [601, 1031];
  const values = (fill('uint8', width * height) as Uint8Array).map((v) => (v < 90 ? 0 : v));

  test('averages leave out nodata, round half up, and cover odd edges', async () => {
    const tiff = await openGeoTiff(
      memorySource(await bytesOf({ ...base, values, nodata: 0, shape: [1, height, width] })),
    );
    assert.deepEqual(tiff.header.overviews, [
      [516, 301],
      [258, 151],
    ]);
    const first = plainHalf([...values], width, height, 0);
    const second = plainHalf(first, 516, 301, 0);
    assert.deepEqual(
      [...(await tiff.readWindow({ col: 0, row: 0, width: 516, height: 301 }, { level: 0 })).values],
      first,
    );
    assert.deepEqual(
      [...(await tiff.readWindow({ col: 0, row: 0, width: 258, height: 151 }, { level: 1 })).values],
      second,
    );
  });
  test('classes are taken from a pixel, never mixed', async () => {
    const tiff = await openGeoTiff(
      memorySource(await bytesOf({ ...base, values, categorical: true, shape: [1, height, width] })),
    );
    const half = (await tiff.readWindow({ col: 0, row: 0, width: 516, height: 301 }, { level: 0 })).values;
    half.forEach((v, i) => assert.equal(v, values[2 * Math.floor(i / 516) * width + 2 * (i % 516)]));
  });
  test('an image below 512 has none', async () => {
    const tiff = await openGeoTiff(
      memorySource(await bytesOf({ ...base, values: new Uint8Array(511 * 4), shape: [1, 4, 511] })),
    );
    assert.deepEqual(tiff.header.overviews, []);
  });
});

describe('the writer', () => {
  test('gives equal bytes for equal images', async () => {
    const image: CogImage = {
      ...base,
      values: fill('float32', 600 * 600),
      shape: [1, 600, 600],
      tags: { b: '1', a: '2' },
    };
    assert.deepEqual(await bytesOf({ ...image, tags: { a: '2', b: '1' } }), await bytesOf(image));
  });
  for (const compression of ['deflate', 'none'] as const)
    for (const dtype of ['uint16', 'float32', 'float64'] as const)
      test(`nothing of an image shows in the bytes of the next, smaller one (${dtype}, ${compression})`, async () => {
        const small: CogImage = { ...base, values: fill(dtype, 2 * 30 * 40), shape: [2, 30, 40] };
        const large: CogImage = { ...base, values: fill(dtype, 2 * 512 * 512), shape: [2, 512, 512] };
        const none: CogImage = { ...base, values: arrayOf(dtype, 2 * 512 * 512), shape: [2, 512, 512] };
        await bytesOf(none);
        const before = await bytesOf(small, { compression });
        await bytesOf(large);
        assert.ok(Buffer.from(await bytesOf(small, { compression })).equals(before));
      });
  test('refuses what contradicts itself', () => {
    const wrong = (patch: Partial<CogImage>, code: string): void =>
      assert.throws(
        () => encodeCog({ ...base, values: new Uint8Array(4), shape: [1, 2, 2], ...patch }),
        (e) => isNadirError(e, 'ArgumentError') && e.code === code,
      );
    wrong({ shape: [1, 2, 3] }, 'shape');
    wrong({ valid: new Uint8Array(3) }, 'shape');
    wrong({ bandNames: ['a', 'b'] }, 'band-count');
    wrong({ nodata: -1 }, 'nodata');
    wrong({ nodata: NaN }, 'nodata');
    wrong({ valid: Uint8Array.of(1, 0, 1, 1) }, 'nodata');
    wrong({ values: new Float32Array(4), colorTable: [] }, 'color-table');
    wrong({ transform: [NaN, 0, 0, 0, -1, 0] }, 'transform');
  });
  test('stops when it is cancelled', async () => {
    const reason = new Error('enough');
    await assert.rejects(
      bytesOf(
        { ...base, values: new Uint8Array(1200 * 1200), shape: [1, 1200, 1200] },
        { signal: AbortSignal.abort(reason) },
      ),
      (e) => e === reason,
    );
  });
});

describe('GDAL calls the file a COG and reads the same', { skip: pythonSkip(['rasterio', 'numpy']) }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-cog-'));
  after(() => rmSync(folder, { recursive: true, force: true }));
  const SCRIPT = `
import sys, json, rasterio
with rasterio.open(sys.argv[1]) as d:
    a = d.read()
    print(json.dumps(dict(layout=d.tags(ns='IMAGE_STRUCTURE').get('LAYOUT'), sum=[float(b.astype('float64').sum()) for b in a], first=float(a[0,0,0]), last=float(a[-1,-1,-1]),
        hex=__import__('hashlib').sha256(a.tobytes()).hexdigest(), dtype=d.dtypes[0], shape=a.shape, crs=d.crs.to_epsg(), transform=list(d.transform)[:6], nodata=d.nodata,
        names=d.descriptions, overviews=d.overviews(1), block=d.block_shapes[0], tags=d.tags().get('K'))))`;
  for (const dtype of DTYPES) {
    for (const bigTiff of [false, true]) {
      test(`${dtype}${bigTiff ? ' BigTIFF' : ''}`, async () => {
        const [bands, height, width] = [2, 530, 1040];
        const values = fill(dtype, bands * height * width);
        const file = path.join(folder, `${dtype}${bigTiff ? 'b' : ''}.tif`);
        await writeFileAtomic(
          file,
          encodeCog(
            {
              ...base,
              values,
              nodata: 0,
              shape: [bands, height, width],
              bandNames: ['B04 <&>', 'ü'],
              tags: { K: 'a & b' },
            },
            { bigTiff },
          ),
        );
        const got = python(SCRIPT, file) as Record<string, unknown>;
        const { createHash } = await import('node:crypto');
        const hex = createHash('sha256').update(new Uint8Array(values.buffer)).digest('hex');
        assert.deepEqual(
          {
            layout: got['layout'],
            hex: got['hex'],
            dtype: got['dtype'],
            shape: got['shape'],
            crs: got['crs'],
            transform: got['transform'],
            nodata: got['nodata'],
            names: got['names'],
            overviews: got['overviews'],
            block: got['block'],
            tags: got['tags'],
          },
          {
            layout: 'COG',
            hex,
            dtype: dtypeOf(values),
            shape: [bands, height, width],
            crs: 32631,
            transform: [...base.transform],
            nodata: 0,
            names: ['B04 <&>', 'ü'],
            overviews: [2, 4],
            block: [512, 512],
            tags: 'a & b',
          },
        );
      });
    }
  }
});
