// Every TIFF of the shared data against checksums of rasterio's arrays (test/oracles/geotiff/shared.py).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';
import { openRaster } from '../../../src/formats/open-raster.js';

const DATA = process.env['NADIR_SHARED_DATA'] ?? '../shared/data';
const skip = existsSync(DATA) ? false : `no shared data at ${DATA}`;

interface Entry {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly dtype: string;
  readonly window?: [number, number, number, number];
  readonly sha256?: string;
  readonly means?: number[];
  readonly codec?: string;
  readonly error?: string;
}
const expected = JSON.parse(readFileSync('test/oracles/geotiff/shared-checksums.json', 'utf8')) as Record<
  string,
  Entry
>;
/** Largest difference of a band's mean between two ways to enlarge chroma in JPEG, in grey levels of 255. */
const JPEG_MEAN_TOLERANCE = 0.6;

const readable = Object.entries(expected).filter(
  ([file, e]) => e.error === undefined && !file.startsWith('bad_inputs/'),
);

describe('TIFFs of the shared data read as rasterio reads them', { skip }, () => {
  for (const [file, e] of readable) {
    test(file, async () => {
      const place = path.join(DATA, file);
      const tiff = await openGeoTiff(place);
      assert.deepEqual([tiff.header.width, tiff.header.height, tiff.header.count], [e.width, e.height, e.count]);
      const [col, row, width, height] = e.window ?? [0, 0, e.width, e.height];
      const { values } = await tiff.readWindow({ col, row, width, height });
      await tiff.close();
      if (e.sha256 !== undefined) {
        assert.equal(
          createHash('sha256')
            .update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength))
            .digest('hex'),
          e.sha256,
        );
      } else {
        const pixels = width * height;
        e.means!.forEach((mean, b) => {
          let sum = 0;
          for (let i = b * pixels; i < (b + 1) * pixels; i++) sum += values[i]!;
          const ours = sum / pixels;
          assert.ok(Math.abs(ours - mean) <= JPEG_MEAN_TOLERANCE, `band ${b}: mean ${ours} is ${mean}`);
        });
      }
    });
  }
});

/** What each damaged raster comes to; rasterio refuses all but the one with pixels, which it reads too (jp2.test.ts). */
const OUTCOMES: Readonly<Record<string, string>> = {
  'corrupt.TIF': 'FormatError not-tiff',
  'corrupt.tif': 'FormatError truncated',
  'corrupt_image.TIF': 'FormatError not-tiff',
  'crash-0c7e0e8e11ce787078f00b5b0ca409a167f070e0.tif': 'FormatError bad-tag',
  'crash-0e16d3bfb83be87356d026d66919deaefca44dac.tif': 'FormatError forged-count',
  'crash-1185209cf7655b5aed8ae5e77784dfdd18ab59e9.tif': 'FormatError bad-tag',
  'crash-338516dbd2f0e83caddb8ce256c22db3bd6dc40f.tif': 'FormatError forged-count',
  'crash-4fb027452e6988530aa5dabee76eecacb3b79f8a.j2k': 'UnsupportedDataError components',
  'crash-63b1dffefc8c075ddc606c0a2f5fdc15ece78863.tif': 'FormatError bad-tag',
  'crash-7d4c83eb92150fb8f1653a697703ae06ae7c4998.j2k': 'UnsupportedDataError components',
  'crash-86214e58da443d2b80820cff9677a38a33dcbbca.tif': 'FormatError forged-count',
  'crash-ccca68ff40171fdae983d924e127a721cab2bd50.j2k': 'UnsupportedDataError components',
  'crash-d2c93af851d3ab9a19e34503626368b2ecde9c03.j2k': 'UnsupportedDataError components',
  'imgtiff_divide_by_zero_id_000000_sig_06_src.tif': 'FormatError bad-tag',
  'imgtiff_divide_by_zero_id_000002_sig_06_src.tif': 'FormatError bad-tag',
  'imgtiff_oom_crash_id_000001_sig_06_src.tif': 'FormatError forged-count',
  'invalid_header_length.jp2': 'pixels',
  'oom-225817ca0f8c663be7ab4b9e717b02c661e66834.tif': 'FormatError truncated',
};

describe('damaged inputs end in a typed error or in pixels, in time and memory', { skip }, () => {
  test('the outcome of every raster is known', () => {
    const files = readdirSync(path.join(DATA, 'bad_inputs')).filter((f) => /\.(?:tiff?|jp2|j2k)$/i.test(f));
    assert.deepEqual(files.sort(), Object.keys(OUTCOMES).sort());
  });
  for (const [file, outcome] of Object.entries(OUTCOMES)) {
    test(`${file}: ${outcome}`, async () => {
      const started = performance.now();
      const before = process.memoryUsage.rss();
      let peak = before;
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
      let found = 'pixels';
      try {
        const raster = await openRaster(path.join(DATA, 'bad_inputs', file));
        try {
          const { width, height } = raster.header;
          await raster.readWindow({ col: 0, row: 0, width: Math.min(width, 2048), height: Math.min(height, 2048) });
        } finally {
          await raster.close();
        }
      } catch (error) {
        assert.ok(isNadirError(error), String(error));
        assert.ok(error.message.includes(file), `the message names the file: ${error.message}`);
        found = `${error.name} ${error.code}`;
      } finally {
        clearInterval(watch);
      }
      peak = Math.max(peak, process.memoryUsage.rss());
      assert.equal(found, outcome);
      assert.ok(performance.now() - started < 5000, 'within 5 s');
      assert.ok(peak - before < 512 * 2 ** 20, 'within 512 MiB');
    });
  }
});
