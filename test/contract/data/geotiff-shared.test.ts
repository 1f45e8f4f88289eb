// Every TIFF of the shared data against checksums of rasterio's arrays (test/oracles/geotiff/shared.py).
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import { openGeoTiff } from '../../../src/formats/geotiff/index.js';

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
/** Largest difference of a band's mean between two JPEG decoders, in grey levels of 255. */
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

describe('damaged inputs end in a typed error or in pixels, in time and memory', { skip }, () => {
  const files = skip ? [] : readdirSync(path.join(DATA, 'bad_inputs')).sort();
  for (const file of files) {
    test(file, async () => {
      const started = performance.now();
      const before = process.memoryUsage.rss();
      let peak = before;
      const watch = setInterval(() => (peak = Math.max(peak, process.memoryUsage.rss())), 5);
      try {
        const tiff = await openGeoTiff(path.join(DATA, 'bad_inputs', file));
        try {
          const { width, height } = tiff.header;
          await tiff.readWindow({ col: 0, row: 0, width: Math.min(width, 2048), height: Math.min(height, 2048) });
        } finally {
          await tiff.close();
        }
      } catch (error) {
        assert.ok(isNadirError(error, 'FormatError') || isNadirError(error, 'UnsupportedDataError'), String(error));
        assert.ok(error.message.includes(file), `the message names the file: ${error.message}`);
      } finally {
        clearInterval(watch);
      }
      peak = Math.max(peak, process.memoryUsage.rss());
      assert.ok(performance.now() - started < 5000, 'within 5 s');
      assert.ok(peak - before < 512 * 2 ** 20, 'within 512 MiB');
    });
  }
});
