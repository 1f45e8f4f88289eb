import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Crs, isNadirError } from '../../../../src/core/index.js';
import { encodeCog, openGeoTiff, type CogImage } from '../../../../src/formats/geotiff/index.js';
import { joinPlaced } from '../../../support/raster-files.js';
import { BlockCache } from '../../../../src/formats/raster/index.js';
import { countingSource, memorySource, type Source } from '../../../../src/io/index.js';

const WIDTH = 1500;
const HEIGHT = 1300;

function noise(length: number): Uint16Array {
  let state = 1;
  return Uint16Array.from({ length }, () => (state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 16);
}
const image: CogImage = {
  values: noise(2 * WIDTH * HEIGHT),
  shape: [2, HEIGHT, WIDTH],
  transform: [10, 0, 600000, 0, -10, 5700000],
  crs: Crs.from('EPSG:32631'),
  nodata: 0,
};
const file = await joinPlaced(encodeCog(image));

describe('windowed reads', () => {
  test('a window inside one tile costs the header and that tile only', async () => {
    const source = countingSource(memorySource(file));
    const tiff = await openGeoTiff(source);
    const header = source.count.bytes;
    assert.ok(header <= 32768, `header ${header} bytes`);
    await tiff.readWindow({ col: 600, row: 600, width: 100, height: 100 });
    // A 512 × 512 tile of two bands of 16-bit noise is 1 MiB and does not compress.
    const tile = source.count.bytes - header;
    assert.ok(tile > 0.9 * 2 ** 20 && tile < 1.1 * 2 ** 20, `tile ${tile} bytes`);
  });
  test('a window over four tiles costs four reads, and a second time none', async () => {
    const source = countingSource(memorySource(file));
    const tiff = await openGeoTiff(source);
    const window = { col: 480, row: 480, width: 64, height: 64 };
    const before = source.count.reads;
    const first = await tiff.readWindow(window);
    assert.equal(source.count.reads - before, 4);
    assert.deepEqual(await tiff.readWindow(window), first);
    assert.equal(source.count.reads - before, 4);
  });
  test('simultaneous windows decode a shared tile once', async () => {
    const cache = new BlockCache();
    const tiff = await openGeoTiff(memorySource(file), { cache });
    await Promise.all(
      Array.from({ length: 8 }, (_, i) => tiff.readWindow({ col: i * 10, row: 0, width: 5, height: 5 })),
    );
    assert.equal(cache.decoded, 1);
  });
  test('a window of an overview reads overview tiles', async () => {
    const source = countingSource(memorySource(file));
    const tiff = await openGeoTiff(source);
    assert.deepEqual(tiff.header.overviews, [
      [750, 650],
      [375, 325],
    ]);
    const before = source.count.bytes;
    await tiff.readWindow({ col: 0, row: 0, width: 375, height: 325 }, { level: 1, bands: [1] });
    assert.ok(source.count.bytes - before < 1.1 * 2 ** 20);
  });
  test('windows beyond the image, unknown bands and levels are refused', async () => {
    const tiff = await openGeoTiff(memorySource(file));
    const bad = (code: string) => (e: unknown) => isNadirError(e, 'ArgumentError') && e.code === code;
    await assert.rejects(tiff.readWindow({ col: -1, row: 0, width: 5, height: 5 }), bad('window'));
    await assert.rejects(tiff.readWindow({ col: WIDTH - 4, row: 0, width: 5, height: 5 }), bad('window'));
    await assert.rejects(tiff.readWindow({ col: 0.5, row: 0, width: 5, height: 5 }), bad('window'));
    await assert.rejects(tiff.readWindow({ col: 0, row: 0, width: 5, height: 5 }, { bands: [2] }), bad('band'));
    await assert.rejects(tiff.readWindow({ col: 0, row: 0, width: 5, height: 5 }, { level: 2 }), bad('level'));
  });
});

describe('the cache of decoded blocks', () => {
  test('keeps to its limit and drops the block unused for longest', async () => {
    const tile = 512 * 512 * 2 * 2;
    const cache = new BlockCache(2 * tile);
    const tiff = await openGeoTiff(memorySource(file), { cache });
    const at = (x: number): Promise<unknown> => tiff.readWindow({ col: x * 512, row: 511, width: 1, height: 1 });
    await at(0);
    await at(1);
    await at(0);
    await at(2);
    assert.equal(cache.bytes, 2 * tile);
    assert.equal(cache.decoded, 3);
    await at(0);
    assert.equal(cache.decoded, 3, 'tile 0 was used after tile 1, so it stayed');
    await at(1);
    assert.equal(cache.decoded, 4);
    await tiff.close();
    assert.equal(cache.bytes, 0, 'closing a file frees its blocks');
  });
  test('a block is decoded as far down as a window needs, and goes on from there', async () => {
    const cache = new BlockCache();
    const tiff = await openGeoTiff(memorySource(file), { cache });
    const rowBytes = 512 * 2 * 2;
    const at = (row: number, height: number) => tiff.readWindow({ col: 3, row, width: 7, height });
    const pixels = (row: number, height: number): Uint16Array => {
      const out = new Uint16Array(2 * height * 7);
      for (let b = 0, i = 0; b < 2; b++)
        for (let y = row; y < row + height; y++)
          for (let x = 3; x < 10; x++) out[i++] = image.values[(b * HEIGHT + y) * WIDTH + x]!;
      return out;
    };
    assert.deepEqual((await at(0, 40)).values, pixels(0, 40));
    // 40 rows, made full to a sixteenth of the block, and what the stream may look back to.
    assert.ok(cache.bytes <= 64 * rowBytes + 32768, `${cache.bytes} bytes`);
    assert.deepEqual((await at(30, 3)).values, pixels(30, 3));
    assert.equal(cache.decoded, 1, 'rows that are there are not decoded again');
    const both = await Promise.all([at(20, 300), at(100, 412)]);
    assert.deepEqual(both[0].values, pixels(20, 300));
    assert.deepEqual(both[1].values, pixels(100, 412));
    assert.equal(cache.bytes, 512 * rowBytes);
    await tiff.close();
    assert.equal(cache.bytes, 0);
  });
  test('one caller that cancels does not disturb another that waits for the same block', async () => {
    let release = (): void => undefined;
    const gate = new Promise<void>((resolve) => (release = resolve));
    const inner = memorySource(file);
    let gated = false;
    const source: Source = {
      ...inner,
      read: async (offset, length, o) => (gated && (await gate), inner.read(offset, length, o)),
    };
    const tiff = await openGeoTiff(source);
    gated = true;
    const abort = new AbortController();
    const window = { col: 0, row: 0, width: 2, height: 2 };
    const cancelled = tiff.readWindow(window, { signal: abort.signal });
    const patient = tiff.readWindow(window, { signal: new AbortController().signal });
    const reason = new Error('enough');
    abort.abort(reason);
    await assert.rejects(cancelled, (e) => e === reason);
    release();
    assert.equal((await patient).values[0], image.values[0]);
  });
  test('a read that failed is tried anew', async () => {
    const inner = memorySource(file);
    let broken = false;
    const source: Source = {
      ...inner,
      read: (offset, length, o) => (broken ? Promise.reject(new Error('gone')) : inner.read(offset, length, o)),
    };
    const tiff = await openGeoTiff(source);
    broken = true;
    await assert.rejects(tiff.readWindow({ col: 0, row: 0, width: 2, height: 2 }), /gone/);
    broken = false;
    assert.equal((await tiff.readWindow({ col: 0, row: 0, width: 2, height: 2 })).values[0], image.values[0]);
  });
});

describe('damaged files', () => {
  const small = joinPlaced(encodeCog({ ...image, values: noise(2 * 40 * 30), shape: [2, 30, 40] }));
  const isTyped = (e: unknown): boolean => isNadirError(e, 'FormatError') || isNadirError(e, 'UnsupportedDataError');

  async function readAll(bytes: Uint8Array): Promise<void> {
    const tiff = await openGeoTiff(memorySource(bytes, 'mutant.tif'));
    try {
      const { width, height } = tiff.header;
      await tiff.readWindow(
        { col: 0, row: 0, width: Math.min(width, 256), height: Math.min(height, 256) },
        { bands: [0] },
      );
    } finally {
      await tiff.close();
    }
  }
  test('a file cut anywhere ends in a typed error', async () => {
    const whole = await small;
    await readAll(whole);
    for (let length = 0; length < whole.length; length += 97) {
      await assert.rejects(readAll(whole.slice(0, length)), isTyped, `cut to ${length} bytes`);
    }
  });
  const SEED = 20261120;
  test(`2000 mutants of a header end in pixels or a typed error (seed ${SEED})`, async () => {
    const whole = await small;
    let state = SEED;
    const random = (n: number): number => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) % n;
    const started = performance.now();
    let failed = 0;
    for (let i = 0; i < 2000; i++) {
      const mutant = whole.slice();
      for (let k = 0; k <= random(4); k++) mutant[random(900)] = [0, 1, 0x7f, 0x80, 0xff, random(256)][random(6)]!;
      try {
        await readAll(mutant);
      } catch (error) {
        failed++;
        assert.ok(isTyped(error), `mutant ${i}: ${String(error)}`);
      }
    }
    assert.ok(failed > 100, `the mutations reach the reader: ${failed} failed`);
    assert.ok(performance.now() - started < 60_000, 'in bounded time');
  });
  test('a block count that the file cannot hold is refused before it is allocated', async () => {
    const whole = (await small).slice();
    const view = new DataView(whole.buffer);
    const directory = view.getUint32(4, true);
    // Width and height of 2 billion each, in the first directory.
    for (let i = 0; i < view.getUint16(directory, true); i++) {
      const at = directory + 2 + i * 12;
      if ([256, 257].includes(view.getUint16(at, true))) view.setUint32(at + 8, 2_000_000_000, true);
    }
    await assert.rejects(
      openGeoTiff(memorySource(whole)),
      (e) => isNadirError(e, 'FormatError') && e.code === 'truncated' && /blocks/.test(e.message),
    );
  });
  test('directories that form a loop are refused', async () => {
    const whole = (await small).slice();
    const view = new DataView(whole.buffer);
    const directory = view.getUint32(4, true);
    view.setUint32(directory + 2 + view.getUint16(directory, true) * 12, directory, true);
    await assert.rejects(
      openGeoTiff(memorySource(whole)),
      (e) => isNadirError(e, 'FormatError') && e.code === 'directory-loop',
    );
  });
  test('what is no TIFF is called so', async () => {
    await assert.rejects(
      openGeoTiff(memorySource(Buffer.from('{"type": "FeatureCollection"}'), 'x.tif')),
      (e) => isNadirError(e, 'FormatError') && e.code === 'not-tiff' && e.message.includes('x.tif'),
    );
    await assert.rejects(
      openGeoTiff(memorySource(new Uint8Array(0))),
      (e) => isNadirError(e, 'FormatError') && e.code === 'not-tiff',
    );
  });
});
