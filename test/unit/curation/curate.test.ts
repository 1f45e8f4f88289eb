import assert from 'node:assert/strict';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, test } from 'node:test';
import { createHash } from 'node:crypto';
import { memoryCatalog } from '../../../src/catalog/catalog.js';
import { boxPolygon } from '../../../src/catalog/geometry.js';
import type { CatalogRow } from '../../../src/catalog/types.js';
import { Crs, days, GeoSlice, isNadirError, kindOf, type Bounds } from '../../../src/core/index.js';
import { curate, itemId, replaySteps, type CurationStep } from '../../../src/curation/index.js';
import type { CurationStep as WireStep } from '../../../src/display/wire/payload.js';
import { GeoTensor, sliceOf } from '../../../src/pixels/index.js';
import { gridSampler } from '../../../src/sampling/index.js';

const LONLAT = Crs.from('EPSG:4326');

function row(id: string, bbox: Bounds, cloud: number, day: string | null = '2024-06-01'): CatalogRow {
  return {
    id,
    filepath: `/data/${id}.tif`,
    geometry: boxPolygon(bbox),
    bbox,
    interval: day === null ? null : days(day),
    static: day === null,
    crs: LONLAT,
    native: {
      transform: [0.01, 0, bbox[0], 0, -0.01, bbox[3]],
      width: 100,
      height: 100,
      count: 1,
      dtype: 'uint8',
      nodata: null,
      bandNames: [null],
      overviews: [],
    },
    columns: { 'eo:cloud_cover': cloud },
  };
}

const rows = [
  row('a', [10, 46, 11, 47], 5),
  row('b', [11, 46, 12, 47], 40, '2024-07-01'),
  row('c', [20, 46, 21, 47], 80),
  row('static', [10, 46, 11, 47], 0, null),
];
const scenes = memoryCatalog(rows, { backend: 'raster', crs: LONLAT, targetResolution: null, config: {} });
const ids = async (catalog: { toArray(): Promise<readonly CatalogRow[]> }): Promise<string[]> =>
  (await catalog.toArray()).map((r) => r.id);
const isCode = (code: string) => (error: unknown) => isNadirError(error) && error.code === code;

describe('curate(catalog)', () => {
  test('parts are catalogs, and together they are the whole', async () => {
    const s = curate(scenes).keep(['a']).reject(['c'], 'haze');
    assert.deepEqual(await ids(s.kept), ['a']);
    assert.deepEqual(await ids(s.rejected), ['c']);
    assert.deepEqual(await ids(s.undecided), ['b', 'static']);
    assert.equal(kindOf(s.kept), 'catalog');
    assert.deepEqual(s.notes, { c: 'haze' });
    assert.deepEqual(s.counts, { total: 4, kept: 1, rejected: 1, undecided: 2, tagged: 0 });
  });

  test('a step returns a new selection and leaves the old one as it was', () => {
    const before = curate(scenes);
    const after = before.reject(['a']);
    assert.equal(before.counts.rejected, 0);
    assert.equal(before.steps.length, 0);
    assert.equal(after.counts.rejected, 1);
  });

  test('later verdicts win, and undecide takes a verdict back', () => {
    const s = curate(scenes).reject(['a', 'b']).keep(['a']).undecide(['b']);
    assert.equal(s.verdictOf('a'), 'kept');
    assert.equal(s.verdictOf('b'), 'undecided');
  });

  test('an export takes everything not rejected until something is kept, then only what is kept', () => {
    const none = curate(scenes);
    assert.deepEqual(none.exportedIds, ['a', 'b', 'c', 'static']);
    assert.deepEqual(none.reject(['c']).exportedIds, ['a', 'b', 'static']);
    assert.deepEqual(none.reject(['c']).keep(['b']).exportedIds, ['b']);
    assert.deepEqual(none.keep(['b']).reject(['b']).exportedIds, ['a', 'c', 'static']);
  });

  test('unknown ids are an error that names the nearest ones', () => {
    assert.throws(
      () => curate(scenes).reject(['statik']),
      (e) => isNadirError(e, 'SelectionError') && e.code === 'unknown-id' && /static/.test(e.hint ?? ''),
    );
  });

  test('a string where ids belong is refused: it would be read letter by letter', () => {
    // @ts-expect-error: null is no list of ids
    assert.throws(() => curate(scenes).tag(null, 'x'), isCode('bad-ids'));
    assert.throws(() => curate(scenes).reject('a'), isCode('bad-ids'));
  });

  test('tags are added once, taken away, and listed by id', () => {
    const s = curate(scenes).tag(['a', 'b'], 'flood', 'snow').tag(['a'], 'flood').untag(['b'], 'snow', 'flood');
    assert.deepEqual(s.tags, { a: ['flood', 'snow'] });
    assert.throws(() => s.tag(['a']), isCode('bad-tag'));
  });

  test('an item called __proto__ keeps its tags and pollutes nothing', () => {
    const odd = memoryCatalog([row('__proto__', [0, 0, 1, 1], 1)], {
      backend: 'raster',
      crs: LONLAT,
      targetResolution: null,
      config: {},
    });
    const { tags } = curate(odd).tag(['__proto__'], 'x');
    assert.deepEqual(Object.entries(tags), [['__proto__', ['x']]]);
    assert.equal(Object.getPrototypeOf({}), Object.prototype);
  });

  test('within rejects what does not meet a ring in longitude and latitude; touching counts', () => {
    const s = curate(scenes).within([
      [9, 45],
      [11, 45],
      [11, 48],
      [9, 48],
    ]);
    assert.deepEqual([...s.exportedIds], ['a', 'b', 'static']);
    assert.deepEqual([...curate(scenes).within([19.5, 46.2, 20.5, 46.4]).exportedIds], ['c']);
    assert.throws(
      () =>
        curate(scenes).within([
          [1, 2],
          [3, 4],
        ]),
      isCode('bad-area'),
    );
    assert.throws(() => curate(scenes).within([5, 0, 1, 9]), isCode('bad-area'));
  });

  test('within takes bounds in another CRS', () => {
    // The image of [20.2, 46.2, 20.4, 46.4] in UTM 34 by pyproj 3: 438278…453877 E, 5116444…5138803 N; the box is well inside.
    assert.deepEqual([...curate(scenes).within([440000, 5118000, 450000, 5130000], 'EPSG:32634').exportedIds], ['c']);
  });

  test('where takes an expression, a callback, or ids; a callback is stored as the ids it let pass', () => {
    assert.deepEqual([...curate(scenes).where('`eo:cloud_cover` < 50').exportedIds], ['a', 'b', 'static']);
    assert.deepEqual([...curate(scenes).where("start_time >= '2024-06-15'").exportedIds], ['b']);
    assert.deepEqual([...curate(scenes).where('`eo:cloud_cover` < @most', { most: 10 }).exportedIds], ['a', 'static']);
    const s = curate(scenes).where((r) => r.static);
    assert.deepEqual([...s.exportedIds], ['static']);
    assert.deepEqual(s.steps, [{ op: 'where', args: [['static']] }]);
    assert.throws(() => curate(scenes).where('cloud < 5'), isCode('unknown-column'));
  });

  test('replaying the steps, also after JSON, gives the same selection', () => {
    const s = curate(scenes)
      .within([
        [9, 45],
        [13, 45],
        [13, 48],
      ])
      .where('`eo:cloud_cover` < @most', { most: 50 })
      .where((r) => r.id !== 'b')
      .reject(['a'], 'haze')
      .keep(['static'])
      .undecide(['a'])
      .tag(['a', 'b'], 'x', 'y')
      .untag(['b'], 'y');
    const again = replaySteps(scenes, JSON.parse(JSON.stringify(s.steps)) as CurationStep[]);
    assert.deepEqual(JSON.parse(JSON.stringify(again)), JSON.parse(JSON.stringify(s)));
    assert.deepEqual(again.exportedIds, s.exportedIds);
  });

  test('steps are wire steps', () => {
    const steps: readonly WireStep[] = curate(scenes).keep(['a']).steps;
    assert.deepEqual(steps, [{ op: 'keep', args: [['a']] }]);
  });

  test('ids come from a file only when its SHA-256 is the one in the code', () => {
    const file = path.join(mkdtempSync(path.join(tmpdir(), 'nadir-')), 'x.selection.json');
    const text = JSON.stringify({ ids: ['a', 'c'] });
    writeFileSync(file, text);
    const digest = createHash('sha256').update(text).digest('hex');
    const s = curate(scenes).rejectFrom(file, digest);
    assert.deepEqual(s.exportedIds, ['b', 'static']);
    assert.deepEqual(replaySteps(scenes, s.steps).exportedIds, s.exportedIds);
    assert.deepEqual(curate(scenes).keepFrom(file, digest).exportedIds, ['a', 'c']);
    writeFileSync(file, JSON.stringify(['a']));
    assert.throws(() => curate(scenes).rejectFrom(file, digest), isCode('changed-file'));
    assert.throws(() => curate(scenes).rejectFrom(`${file}.none`, digest), isCode('unreadable-ids'));
  });

  test('an unknown step of a log is an error', () => {
    assert.throws(() => replaySteps(scenes, [{ op: 'explode' as 'keep', args: [] }]), isCode('unknown-step'));
  });
});

describe('curate(slices)', () => {
  const square = (x: number): GeoSlice =>
    GeoSlice.create({ bounds: [x, 0, x + 640, 640], resolution: 10, crs: 'EPSG:32631' });

  test('ids are the first 16 hexadecimal digits of the hash, and equal slices are one item', () => {
    const s = curate([square(0), square(640), square(0)]);
    assert.deepEqual(s.ids, [itemId(square(0)), itemId(square(640))]);
    assert.equal(
      itemId(square(0)),
      createHash('sha256')
        .update(JSON.stringify(square(0)))
        .digest('hex')
        .slice(0, 16),
    );
  });

  test('parts of a sequence are sequences that name their catalog', async () => {
    const chips = await gridSampler(
      scenes.where((r) => r.id === 'a'),
      { chipSize: 50 },
    );
    const s = curate(chips).reject([itemId(chips.at(0))]);
    assert.equal(s.of, 'samples');
    assert.equal(kindOf(s.exported), 'samples');
    assert.equal(s.undecided.length, chips.length - 1);
    assert.equal(s.undecided.at(0).key, chips.at(1).key);
    assert.deepEqual(
      [...s.undecided].map((x) => x.key),
      [...chips].slice(1).map((x) => x.key),
    );
  });

  test('tensors are curated by their slices and come back as tensors', () => {
    const tensor = (x: number, label: string): GeoTensor =>
      GeoTensor.create({
        values: new Uint8Array(16),
        shape: [1, 4, 4],
        transform: [10, 0, x, 0, -10, 40],
        crs: 'EPSG:32631',
        attrs: { label },
      });
    const [a, b] = [tensor(0, 'one'), tensor(40, 'two')];
    const s = curate([a, b]).where("label == 'two'");
    assert.deepEqual(s.undecided, [b]);
    assert.deepEqual(s.exportedIds, [itemId(sliceOf(b))]);
  });

  test('anything else is refused by name', () => {
    // @ts-expect-error: not curatable
    assert.throws(() => curate(42), isCode('not-curatable'));
    // @ts-expect-error: not curatable
    assert.throws(() => curate([1]), isCode('not-curatable'));
    assert.throws(
      // @ts-expect-error: not curatable
      () => curate(Promise.resolve(scenes)),
      (e) => isNadirError(e) && /Await/.test(e.hint ?? ''),
    );
  });
});
