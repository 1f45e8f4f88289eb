import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, test } from 'node:test';
import { buildRasterCatalog, openCatalog, type GeoCatalog } from '../../../src/catalog/index.js';
import { GeoSlice, isNadirError, type Affine, type GeoSliceInit } from '../../../src/core/index.js';
import { contextOf } from '../../../src/load/context.js';
import { classesIn } from '../../../src/load/classes.js';
import {
  closeLoadContext,
  loadChips,
  loadChipsQuietly,
  loadRaster,
  loadRasterQuietly,
} from '../../../src/load/index.js';
import { gridSampler, randomSampler } from '../../../src/sampling/index.js';
import { withFolder } from '../../support/places.js';
import { joinPlaced, recordWarnings, writeRaster } from '../../support/raster-files.js';

const T: Affine = [10, 0, 500000, 0, -10, 5300000];
const wrong = (value: unknown): never => value as never;

function slice(init: Partial<GeoSliceInit> = {}): GeoSlice {
  return GeoSlice.create({ bounds: [500000, 5299840, 500160, 5300000], resolution: 10, crs: 'EPSG:32631', ...init });
}

/** A 16 × 16 file whose pixels are all 0 = nodata but one. */
async function withCatalog(fn: (catalog: GeoCatalog, folder: string) => Promise<void>): Promise<void> {
  await withFolder(async (folder) => {
    const values = new Uint8Array(256);
    values[255] = 3;
    await writeRaster(folder, {
      name: 'a_20240601.tif',
      values,
      shape: [1, 16, 16],
      transform: T,
      crs: 'EPSG:32631',
      nodata: 0,
    });
    const catalog = await buildRasterCatalog(folder);
    try {
      await fn(catalog, folder);
    } finally {
      await closeLoadContext(catalog);
    }
  });
}

async function codeOf(fn: () => unknown): Promise<string> {
  try {
    await fn();
  } catch (error) {
    assert.ok(isNadirError(error), error instanceof Error ? error.stack : String(error));
    return error.code;
  }
  return 'no error';
}

describe('what notebooks pass by mistake', () => {
  test('misspelt options are refused, never ignored', () =>
    withCatalog(async (catalog, folder) => {
      const calls = {
        loadRaster: () => loadRaster(catalog, slice(), wrong({ resamplig: 'nearest' })),
        loadChips: () => loadChips(catalog, [slice()], wrong({ bands: [1] })),
        gridSampler: () => gridSampler(catalog, wrong({ chipSize: 8, overlap: 3 })),
        randomSampler: () => randomSampler(catalog, wrong({ chipSize: 8, lenght: 3 })),
        buildRasterCatalog: () => buildRasterCatalog(folder, wrong({ regex: 'x' })),
        openCatalog: () => openCatalog('x.parquet', wrong({ motor: 'memory' })),
        query: () => catalog.query(wrong({ bbox: [0, 0, 1, 1] })),
      };
      for (const [name, call] of Object.entries(calls)) assert.equal(await codeOf(call), 'unknown-option', name);
    }));

  test('wrong kinds of arguments end in typed errors that say what to do', () =>
    withCatalog(async (catalog, folder) => {
      const t = await loadRaster(catalog, slice());
      const cases: readonly (readonly [string, () => unknown])[] = [
        ['not-a-catalog', () => loadRaster(wrong(undefined), slice())],
        ['not-a-catalog', () => loadRaster(wrong(Promise.resolve(catalog)), slice())],
        ['not-a-slice', () => loadRaster(catalog, wrong(undefined))],
        ['not-a-slice', () => loadRaster(catalog, wrong({ bounds: [0, 0, 1, 1], resolution: 1, crs: 'EPSG:4326' }))],
        ['bad-options', () => loadRaster(catalog, slice(), wrong(null))],
        ['bad-mask', () => loadRaster(catalog, slice(), { mask: wrong('SCL') })],
        ['not-slices', () => loadChips(catalog, wrong(slice()))],
        ['not-slices', () => loadChips(catalog, wrong(5))],
        ['bad-options', () => gridSampler(catalog, wrong(undefined))],
        ['bad-options', () => catalog.query(wrong(undefined))],
        ['bad-predicate', () => catalog.where(wrong(undefined))],
        ['bad-files', () => buildRasterCatalog(wrong(undefined))],
        ['bad-regex', () => buildRasterCatalog(folder, { filenameRegex: wrong(5) })],
        ['bad-date-format', () => buildRasterCatalog(folder, { dateFormat: wrong(5) })],
        ['bad-precision', () => buildRasterCatalog(folder, { datePrecision: wrong('month') })],
        ['bad-path', () => openCatalog(wrong(undefined))],
        ['bad-path', () => catalog.toGeoParquet(wrong(undefined))],
        ['bad-path', () => t.save(wrong(undefined))],
        ['no-axis', () => t.isel(wrong({ bnd: 0 }))],
        ['bad-size', () => t.resize(wrong({ height: 3, width: 3 }))],
      ];
      for (const [code, call] of cases) assert.equal(await codeOf(call), code, call.toString());
      const chips = loadChips(catalog, [wrong(undefined)]);
      assert.equal(await codeOf(() => chips[Symbol.asyncIterator]().next()), 'not-a-slice');
    }));

  test('a slice of 200 000 × 200 000 pixels is refused before anything is allocated, with its size', () =>
    withCatalog(async (catalog) => {
      const huge = slice({ resolution: 160 / 200_000 });
      await assert.rejects(
        loadRaster(catalog, huge),
        (e) => isNadirError(e, 'ArgumentError') && e.code === 'slice-too-large' && /74\.5 GB/.test(e.message),
      );
      const outside = huge.with({ bounds: [0, 0, 160, 160] });
      assert.equal(await codeOf(() => loadRaster(catalog, outside, { onEmpty: 'nodata' })), 'slice-too-large');
    }));

  test('degrees where metres are expected are named in the hint', () =>
    withCatalog(async (catalog) => {
      const degrees = slice({ bounds: [2.9, 47.8, 3.1, 47.9], resolution: 0.01 });
      await assert.rejects(
        loadRaster(catalog, degrees),
        (e) => isNadirError(e, 'EmptySelectionError') && e.hint?.includes('look like degrees') === true,
      );
    }));
});

test('quiet loads warn of nothing and give the same pixels', () =>
  withCatalog(async (catalog) => {
    const empty = slice({ bounds: [500000, 5299920, 500080, 5300000] });
    const loud = await recordWarnings(() => loadRaster(catalog, empty));
    assert.equal(loud.warnings.length, 1);
    const quiet = await recordWarnings(async () => {
      for await (const { tensor } of loadChipsQuietly(catalog, [empty]))
        assert.deepEqual(tensor.values, loud.result.values);
      return loadRasterQuietly(catalog, empty);
    });
    assert.deepEqual(quiet.warnings, []);
    assert.deepEqual(quiet.result.values, loud.result.values);
  }));

test('dispose of the root closes what loads hold open; of a derived catalog, nothing; the catalog stays usable', () =>
  withCatalog(async (catalog) => {
    await loadRaster(catalog, slice());
    const context = contextOf(catalog);
    const derived = catalog.query(slice());
    await derived.dispose();
    assert.equal(contextOf(derived), context);
    await catalog.dispose();
    assert.notEqual(contextOf(catalog), context);
    assert.equal((await loadRaster(catalog, slice())).values[255], 3);
  }));

test('classes are the valid values that have a colour, and none where two files disagree', () => {
  const table = [
    [0, 0, 0, 255],
    [255, 0, 10, 255],
    [1, 2, 3, 255],
  ] as const;
  const [values, valid] = [Uint8Array.of(2, 1, 0, 9), Uint8Array.of(1, 1, 0, 1)];
  assert.deepEqual(classesIn(values, valid, [table, table]), [
    { value: 1, name: '1', colour: '#ff000a' },
    { value: 2, name: '2', colour: '#010203' },
  ]);
  assert.equal(classesIn(values, valid, [table, null]), null);
  assert.equal(classesIn(values, valid, [table, [table[0], table[2], table[1]]]), null);
});

test('a file with a colour table gives its classes to the tensor, unless merging makes counts', () =>
  withFolder(async (folder) => {
    const { encodeCog } = await import('../../../src/formats/geotiff/index.js');
    const { Crs } = await import('../../../src/core/index.js');
    const { writeFile } = await import('node:fs/promises');
    const colorTable = Array.from({ length: 256 }, (_, i) => [i, 255 - i, 7, 255] as const);
    const image = {
      values: new Uint8Array(256).fill(4),
      shape: [1, 16, 16] as const,
      transform: T,
      crs: Crs.from('EPSG:32631'),
      nodata: null,
      bandNames: null,
      colorTable,
    };
    await writeFile(path.join(folder, 'classes.tif'), await joinPlaced(encodeCog(image)));
    const catalog = await buildRasterCatalog(folder);
    const t = await loadRaster(catalog, slice());
    assert.equal(t.attrs['categorical'], true);
    assert.deepEqual(t.attrs['classes'], [{ value: 4, name: '4', colour: '#04fb07' }]);
    const counts = await loadRaster(catalog, slice(), { mergeMethod: 'count' });
    assert.equal(counts.attrs['categorical'], undefined);
    assert.equal(counts.attrs['classes'], undefined);
    await catalog.dispose();
  }));

test('a load is cancelled between blocks, even when all its tiles are in memory', () =>
  withCatalog(async (catalog) => {
    await loadRaster(catalog, slice());
    const large = slice({ resolution: 160 / 4096 });
    const stop = new AbortController();
    const reason = new Error('enough');
    let blocks = 0;
    setTimeout(() => stop.abort(reason), 1);
    await assert.rejects(
      loadRaster(catalog, large, { resampling: 'cubic', signal: stop.signal, onProgress: () => blocks++ }),
      reason,
    );
    assert.ok(blocks < 60, `${blocks} of 64 blocks were done`);
  }));
