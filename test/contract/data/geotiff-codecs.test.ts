// Blocks of every codec that GDAL writes, against rasterio's arrays. Made by test/oracles/geotiff/codecs.py.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { isNadirError } from '../../../src/core/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { memorySource } from '../../../src/io/index.js';

interface Case {
  readonly name: string;
  readonly codec: string;
  readonly dtype: string;
  readonly shape: readonly [number, number, number];
  readonly sha256: string;
  readonly tiff: string;
  /** What GDAL read, where another decoder differs. */
  readonly values?: string;
  /** Checksum of what Pillow (libjpeg-turbo) reads. */
  readonly turbo?: string;
}
const { cases, refused } = JSON.parse(
  gunzipSync(readFileSync('test/oracles/geotiff/codecs.json.gz')).toString('utf8'),
) as { cases: Case[]; refused: Record<string, string> };
const open = (tiff: string, name: string) => openGeoTiff(memorySource(Buffer.from(tiff, 'base64'), name));

/**
 * The wheel of rasterio holds IJG's libjpeg 9, which scales halved chroma inside its DCT; GDAL is usually built with
 * libjpeg-turbo, which interpolates it as Nadir does. Smooth colours differ by a few counts, noise by more.
 */
const IJG_TOLERANCE = 8;

describe('blocks of every codec are read as rasterio reads them', () => {
  for (const c of cases) {
    test(c.name, async () => {
      const tiff = await open(c.tiff, c.name);
      const [count, height, width] = c.shape;
      assert.deepEqual(
        [tiff.header.count, tiff.header.height, tiff.header.width, tiff.header.dtype],
        [...c.shape, c.dtype],
      );
      const { values } = await tiff.readWindow({ col: 0, row: 0, width, height });
      const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
      const sum = createHash('sha256').update(bytes).digest('hex');
      assert.equal(sum, c.turbo ?? c.sha256);
      if (c.turbo !== undefined && !c.name.endsWith('noise')) {
        const expected = Buffer.from(c.values!, 'base64');
        assert.ok(expected.every((v, i) => Math.abs(v - bytes[i]!) <= IJG_TOLERANCE));
      }
      const part = await tiff.readWindow({ col: 9, row: 3, width: 20, height: 6 }, { bands: [count - 1] });
      for (let r = 0; r < 6; r++)
        for (let x = 0; x < 20; x++)
          assert.ok(
            Object.is(part.values[r * 20 + x], values[((count - 1) * height + r + 3) * width + x + 9]),
            `pixel ${r}, ${x} of a window`,
          );
      await tiff.close();
    });
  }
});

describe('codecs that are not read are refused by name', () => {
  for (const [name, text] of [
    ['lzma', /LZMA/],
    ['jxl', /JPEG XL/],
    ['jpeg-12', /JPEG with 12 bits/],
    ['lerc-float-big-endian', /big-endian floats in LERC/],
  ] as const) {
    test(name, { skip: name in refused ? false : 'the GDAL that made the oracles cannot write it' }, async () => {
      await assert.rejects(
        async () => {
          const tiff = await open(refused[name]!, name);
          await tiff.readWindow({ col: 0, row: 0, width: 4, height: 4 });
        },
        (error) => isNadirError(error, 'UnsupportedDataError') && text.test(error.message),
      );
    });
  }
});
