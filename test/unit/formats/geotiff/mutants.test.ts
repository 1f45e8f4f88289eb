// 2000 damaged TIFFs and 500 damaged JPEG 2000 files, the same in each run: pixels or a typed error, in time and memory.
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { isNadirError, type NumericArray } from '../../../../src/core/index.js';
import { openRaster } from '../../../../src/formats/open-raster.js';
import { memorySource } from '../../../../src/io/index.js';
import { mutateJp2, mutateTiff, seeded, skeletonOf } from '../../../support/mutants.js';
import { python, pythonSkip, withFolder } from '../../../support/places.js';

const load = (file: string): unknown => JSON.parse(gunzipSync(readFileSync(`test/oracles/${file}`)).toString('utf8'));
type Named = Readonly<Record<string, string>> & { readonly name: string };
const named = (list: readonly Named[], key: string, names: readonly string[]) =>
  names.map((name) => [name, new Uint8Array(Buffer.from(list.find((c) => c.name === name)![key]!, 'base64'))] as const);

const variants = load('geotiff/variants.json.gz') as Named[];
const codecs = (load('geotiff/codecs.json.gz') as { cases: Named[] }).cases;
const features = (load('geotiff/cases.json.gz') as { cases: Record<string, { tiff: string }> }).cases;
const jp2 = (load('jp2/cases.json.gz') as { cases: Named[] }).cases;
const TIFFS = [
  ...named(variants, 'tiff', [
    'uint8-none-p1-strips-band-little',
    'uint16-deflate-p2-tiles-pixel-little',
    'float32-zstd-p3-tiles-pixel-little',
    'uint8-lzw-p2-strips-pixel-big',
    'float64-packbits-p1-tiles-band-little',
  ]),
  ...named(codecs, 'tiff', [
    'jpeg-ycbcr-tiles-50',
    'webp-lossless-4',
    'lerc-nan',
    'lerc-lerc_deflate-uint16-pixel',
    'ccitt-ccittfax4',
    'ccitt-g3-2d',
  ]),
  ...['bigtiff', 'mask-overviews', 'sparse-nodata', 'palette'].map(
    (name) => [name, new Uint8Array(Buffer.from(features[name]!.tiff, 'base64'))] as const,
  ),
];
const JP2S = named(jp2, 'jp2', [
  'uint16-1-reversible-YES',
  'uint8-3-untiled-NO',
  'tiles-48-blocks-4-precincts-16,16-resolutions-3',
  'tile-parts',
  'codestream',
  'layers',
]);
const SEED = 20261120;
const [TIFF_MUTANTS, JP2_MUTANTS] = [2000, 500];
const MOST_MS = 5000;
const MOST_BYTES = 512 * 2 ** 20;
/** GDAL refuses these for tags that do not touch pixels, or for a palette without colours. */
const HARMLESS = /ExtraSamples|Colormap|SamplesPerPixel|zero scanline/;

interface Found {
  readonly what: string;
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly values: NumericArray;
}

/** Opens and reads what there is; null after a typed error. */
async function read(bytes: Uint8Array, name: string, what: string): Promise<Found | null> {
  const started = performance.now();
  try {
    const file = await openRaster(memorySource(bytes, name));
    try {
      const { header } = file;
      const [width, height, count] = [
        Math.min(header.width, 256),
        Math.min(header.height, 256),
        Math.min(header.count, 4),
      ];
      const bands = Array.from({ length: count }, (_, i) => i);
      const { values } = await file.readWindow({ col: 0, row: 0, width, height }, { bands });
      assert.equal(values.length, width * height * count);
      return { what, bytes, width, height, count, values };
    } finally {
      await file.close();
    }
  } catch (error) {
    assert.ok(isNadirError(error), `${what}: ${String(error)}`);
    assert.ok(error.message.includes(name), `${what}: the message names the file: ${error.message}`);
    return null;
  } finally {
    const ms = performance.now() - started;
    assert.ok(ms < MOST_MS, `${what}: ${ms.toFixed(0)} ms`);
  }
}

/** The largest memory of this process so far (`maxRSS` is in KiB). */
const peak = (): number => process.resourceUsage().maxRSS * 1024;

async function readTiffs(): Promise<Found[]> {
  const random = seeded(SEED);
  const found: Found[] = [];
  for (let i = 0; i < TIFF_MUTANTS; i++) {
    const [name, tiff] = TIFFS[i % TIFFS.length]!;
    const { bytes, what } = mutateTiff(tiff, skeletonOf(tiff), random);
    const one = await read(bytes, 'mutant.tif', `${i}, ${name}: ${what}`);
    if (one) found.push(one);
  }
  return found;
}

async function readJp2s(): Promise<Found[]> {
  const random = seeded(SEED);
  const found: Found[] = [];
  for (let i = 0; i < JP2_MUTANTS; i++) {
    const [name, bytes] = JP2S[i % JP2S.length]!;
    const mutant = mutateJp2(bytes, random);
    const one = await read(mutant.bytes, 'mutant.jp2', `${i}, ${name}: ${mutant.what}`);
    if (one) found.push(one);
  }
  return found;
}

describe('damaged rasters', () => {
  test('2000 TIFFs end in pixels or a typed error, each in 5 s, all within 512 MiB', async () => {
    const before = peak();
    const found = await readTiffs();
    assert.ok(found.length > 100 && found.length < 1000, `${found.length} mutants have pixels`);
    assert.ok(peak() - before < MOST_BYTES, `${((peak() - before) / 2 ** 20).toFixed(0)} MiB`);
  });

  test('500 JPEG 2000 files end in pixels or a typed error, each in 5 s, all within 512 MiB', async () => {
    const before = peak();
    const found = await readJp2s();
    assert.ok(found.length > 50 && found.length < 400, `${found.length} mutants have pixels`);
    assert.ok(peak() - before < MOST_BYTES, `${((peak() - before) / 2 ** 20).toFixed(0)} MiB`);
  });

  test('damage in one block leaves the others as they were', async () => {
    const [, tiff] = TIFFS.find(([name]) => name === 'uint16-deflate-p2-tiles-pixel-little')!;
    const { blocks } = skeletonOf(tiff);
    const whole = await read(tiff, 'whole.tif', 'whole');
    const [start, end] = blocks[0]!;
    const bytes = tiff.slice();
    bytes.fill(0x55, start, end);
    const file = await openRaster(memorySource(bytes, 'hurt.tif'));
    await assert.rejects(
      file.readWindow({ col: 0, row: 0, width: 1, height: 1 }),
      (e) => isNadirError(e, 'FormatError') && e.message.includes('block 0'),
    );
    const { values } = await file.readWindow({ col: 16, row: 0, width: 5, height: 18 }, { bands: [0] });
    for (let r = 0; r < 18; r++)
      for (let x = 0; x < 5; x++) assert.equal(values[r * 5 + x], whole!.values[r * 21 + 16 + x]);
  });

  test('a source of unknown length that ends before the places of its blocks is truncated, not empty', async () => {
    const [, tiff] = TIFFS.find(([name]) => name === 'uint16-deflate-p2-tiles-pixel-little')!;
    const { entries, blocks } = skeletonOf(tiff);
    // The same file with the places of its tiles at the end, where they are cut off.
    const offsets = entries.find((e) => e.tag === 324)!;
    const moved = Buffer.concat([tiff, tiff.subarray(offsets.valueAt, offsets.valueAt + 4 * blocks.length)]);
    moved.writeUInt32LE(tiff.length, offsets.at + 8);
    const whole = await openRaster(memorySource(moved, 'whole.tif'));
    await whole.readWindow({ col: 0, row: 0, width: 21, height: 18 });
    const short = memorySource(moved.subarray(0, tiff.length + 4), 'cut.tif');
    const cut = await openRaster({
      url: short.url,
      read: (...place) => short.read(...place),
      close: () => short.close(),
    });
    await assert.rejects(
      cut.readWindow({ col: 0, row: 0, width: 21, height: 18 }),
      (e) => isNadirError(e, 'FormatError') && e.code === 'truncated' && e.message.includes('cut.tif'),
    );
  });

  test('an offset without bytes and bytes without an offset are damage; neither is an empty block', async () => {
    for (const tag of [273, 279, 324, 325]) {
      for (const [name, tiff] of TIFFS) {
        const entry = skeletonOf(tiff).entries.find((e) => e.tag === tag);
        if (!entry || name.startsWith('sparse')) continue; // its first block may be empty
        const bytes = tiff.slice();
        bytes.fill(0, entry.valueAt, entry.valueAt + entry.size);
        const file = await openRaster(memorySource(bytes, 'hurt.tif'));
        await assert.rejects(
          file.readWindow({ col: 0, row: 0, width: 1, height: 1 }, { bands: [0] }),
          (e) => isNadirError(e, 'FormatError') && e.code === 'bad-place',
          `${name}, tag ${tag}`,
        );
      }
    }
  });
});

describe('where GDAL sees damage, so does Nadir', { skip: pythonSkip(['rasterio', 'numpy']) }, () => {
  const SCRIPT = `
import json, sys, warnings, logging, numpy as np, rasterio
from rasterio.windows import Window
warnings.filterwarnings('ignore'); logging.disable(logging.CRITICAL)
out = []
for p in json.load(open(sys.argv[1])):
    try:
        with rasterio.open(p) as d:
            a = d.read(list(range(1, min(d.count, 4) + 1)), window=Window(0, 0, min(d.width, 256), min(d.height, 256))).astype('float64')
        out.append(dict(shape=list(a.shape), nan=int(np.isnan(a).sum()), sum=repr(float(np.nansum(a)))))
    except Exception as e: out.append(dict(error=str(e) + ' ' + str(e.__cause__)))
print(json.dumps(out))`;
  interface Answer {
    readonly error?: string;
    readonly shape?: number[];
    readonly nan?: number;
    readonly sum?: string;
  }
  for (const [ext, all] of [
    ['tif', readTiffs],
    ['jp2', readJp2s],
  ] as const) {
    test(`${ext}: mutants that give pixels give GDAL's`, async () => {
      await withFolder(async (folder) => {
        // JPEG differs by the decoder that rasterio's wheel holds; every third of the others.
        const found = (await all()).filter((f) => !f.what.includes('jpeg')).filter((_, i) => i % 3 === 0);
        const files = found.map((f, i) => {
          const file = path.join(folder, `${i}.${ext}`);
          writeFileSync(file, f.bytes);
          return file;
        });
        writeFileSync(path.join(folder, 'list.json'), JSON.stringify(files));
        const answers = python(SCRIPT, path.join(folder, 'list.json')) as Answer[];
        let equal = 0;
        found.forEach((f, i) => {
          const a = answers[i]!;
          if (a.error !== undefined) {
            assert.ok(HARMLESS.test(a.error), `${f.what}: GDAL says ${a.error}`);
            return;
          }
          let [sum, nan] = [0, 0];
          for (const v of f.values) {
            if (Number.isNaN(v)) nan++;
            else sum += v;
          }
          assert.deepEqual([f.count, f.height, f.width], a.shape, f.what);
          // Deflate data behind a false checksum: libdeflate and zlib stop at different bytes.
          if (f.what.includes('deflate') && f.what.includes('damaged')) return;
          assert.equal(nan, a.nan, f.what);
          const expected = Number(a.sum);
          assert.ok(
            Math.abs(sum - expected) <= 1e-9 * Math.max(1, Math.abs(expected)),
            `${f.what}: ${sum} is ${expected}`,
          );
          equal++;
        });
        assert.ok(equal > 50, `${equal} mutants were compared`);
      });
    });
  }
});
