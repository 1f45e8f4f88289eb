import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { openCatalog, type CatalogRow } from '../../../src/catalog/index.js';
import { hasDuckdb } from '../../../src/catalog/engines/duckdb/driver.js';
import { boxPolygon } from '../../../src/catalog/geometry.js';
import type { CliContext } from '../../../src/cli/console.js';
import { runCli } from '../../../src/cli/program.js';
import { days, parseTime, type Bounds } from '../../../src/core/index.js';
import {
  encodeWkb,
  readGeoParquet,
  writeGeoParquet,
  writeParquetTable,
  type ColumnSpec,
} from '../../../src/formats/geoparquet/index.js';
import { makeItem, withServer } from '../formats/stac/server.js';
import { makeScenes, tempFolder, type Scenes } from '../export/support/scenes.js';
import { makeCatalog, type RowInit } from '../../support/rows.js';
import { withWarnings } from '../../support/host.js';

interface Outcome {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function nadir(...argv: string[]): Promise<Outcome> {
  let [out, err] = ['', ''];
  const context: CliContext = {
    stdout: { write: (t) => (out += t) },
    stderr: { write: (t) => (err += t) },
    signal: new AbortController().signal,
    onInterrupt: () => undefined,
    childPath: '/nowhere/main.js',
  };
  const { value: code } = await withWarnings(() => runCli(['catalog', ...argv], context));
  return { code, out, err };
}
/** The one JSON document on stdout. */
async function told(...argv: string[]): Promise<Record<string, unknown>> {
  const { code, out, err } = await nadir(...argv, '--json');
  assert.equal(code, 0, err);
  return JSON.parse(out) as Record<string, unknown>;
}

/** Bytes of a stac-geoparquet file of one item. */
function writeParquetItems(): Uint8Array {
  const assets = JSON.stringify({ data: { href: 'a.tif' } });
  return writeParquetTable({
    columns: [
      ...['id', 'type', 'assets', 'datetime'].map((name) => ({ name, type: 'string' as const })),
      { name: 'geometry', type: 'binary' },
    ],
    rows: {
      id: ['p'],
      type: ['Feature'],
      assets: [assets],
      datetime: ['2024-06-01T00:00:00Z'],
      geometry: [encodeWkb(boxPolygon([1, 2, 3, 4]))],
    },
  });
}

const at = (...parts: string[]): string => path.join(folder, ...parts);
const native = (bandNames: readonly string[]): CatalogRow['native'] => ({
  transform: [10, 0, 0, 0, -10, 0],
  width: 10,
  height: 10,
  count: bandNames.length,
  dtype: 'uint16',
  nodata: 0,
  bandNames,
  overviews: [],
});
/** Rows whose statistics are known by hand. */
const ROWS: readonly RowInit[] = [
  {
    id: 'a',
    box: [0, 0, 1, 1],
    interval: days('2023-12-31'),
    native: native(['B04', 'B08']),
    columns: { cloud: 5, note: 'x,"y"' },
    nativeCrs: 'EPSG:32631',
  },
  {
    id: 'b',
    box: [0, 0, 1, 1],
    interval: days('2024-01-02'),
    native: native(['B04']),
    columns: { cloud: 50 },
    nativeCrs: 'EPSG:32631',
  },
  { id: 'c', box: [3, 0, 4, 1], interval: days('2024-01-02'), columns: { cloud: 7 }, nativeCrs: 'EPSG:32632' },
  {
    id: 'd',
    box: [3, 0, 4, 1],
    interval: days('2024-02-10', '2024-02-12'),
    columns: { cloud: null },
    nativeCrs: 'EPSG:32632',
    filepath: '/data/row0.tif',
  },
  { id: 'e', box: [3, 0, 4, 1], columns: {}, nativeCrs: 'EPSG:32632' },
];

let folder: string;
let file: string;
let scenes: Scenes;
before(async () => {
  folder = tempFolder();
  scenes = await makeScenes();
  file = at('rows.parquet');
  await makeCatalog(ROWS, 'EPSG:4326').toGeoParquet(file, { sort: 'none' });
});

describe('nadir catalog build', () => {
  test('takes the kind from the names of the files and says so', async () => {
    const raster = await nadir('build', scenes.folder, '-o', at('r.parquet'));
    assert.equal(raster.code, 0, raster.err);
    assert.match(raster.err, /^indexing as raster /);
    const feature = { type: 'Feature', properties: {}, geometry: boxPolygon([1, 2, 3, 4]) };
    writeFileSync(at('fields.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [feature] }));
    const vector = await nadir('build', at('fields.geojson'), '-o', at('v.parquet'), '--json');
    assert.match(vector.err, /^indexing as vector /);
    assert.equal((JSON.parse(vector.out) as { kind: string }).kind, 'vector');
    writeFileSync(at('items.ndjson'), ['i', 'j'].map((id) => `${JSON.stringify(makeItem(id))}\n`).join(''));
    const stac = await nadir('build', at('items.ndjson'), '-o', at('s.parquet'));
    assert.match(stac.err, /^indexing as stac /);
    assert.deepEqual(
      (await (await openCatalog(at('s.parquet'))).toArray()).map((r) => r.filepath),
      [at('i.tif'), at('j.tif')],
    );
  });

  test('the most frequent kind of a folder wins and the others are named; a Zarr folder is one cube', async () => {
    mkdirSync(at('both/cube.zarr/0'), { recursive: true });
    writeFileSync(at('both/cube.zarr/zarr.json'), '{}');
    writeFileSync(at('both/cube.zarr/0/tile.tif'), '');
    for (const name of ['a.geojson', 'b.geojson', 'c.fgb']) writeFileSync(at('both', name), '{}');
    assert.match(
      (await nadir('build', at('both'), '-o', at('x.parquet'))).err,
      /^indexing as vector; the folder also has 1 cube /,
    );
    assert.match((await nadir('build', at('both/cube.zarr'), '-o', at('x.parquet'))).err, /^indexing as cube \(/);
    assert.equal(existsSync(at('x.parquet')), false);
  });

  test('flags of another kind, bad numbers and bad kinds are usage errors, and nothing is written', async () => {
    for (const flags of [
      ['--layer', '1'],
      ['--assets', 'a'],
      ['--kind', 'lidar'],
      ['--kind', 'vector', '--vars', 'x'],
      ['--concurrency', '0'],
      ['--densify', '1.5'],
      ['--resolution', 'fine'],
    ]) {
      const { code, err, out } = await nadir('build', scenes.folder, '-o', at('no.parquet'), ...flags);
      assert.equal(code, 1, `${flags.join(' ')}: ${err}`);
      assert.equal(out, '');
    }
    assert.equal((await nadir('build', scenes.folder, '-o', at('no.shp'))).code, 1, 'an ending without format');
    assert.equal(existsSync(at('no.parquet')), false);
  });

  test('what is skipped is named on stderr, in the JSON and in the report', async () => {
    const mixed = at('mixed');
    mkdirSync(mixed, { recursive: true });
    writeFileSync(path.join(mixed, 'items.ndjson'), `${JSON.stringify(makeItem('good'))}\n{\n`);
    const { code, out, err } = await nadir(
      'build',
      path.join(mixed, 'items.ndjson'),
      '-o',
      at('m.parquet'),
      '--skip-report',
      at('skipped.json'),
      '--json',
    );
    assert.equal(code, 0);
    assert.equal(err.includes('config.'), false, 'no words of the library');
    const skipped = (JSON.parse(out) as { skipped: { file: string; code: string }[] }).skipped;
    assert.deepEqual(JSON.parse(readFileSync(at('skipped.json'), 'utf8')), skipped);
    assert.equal(skipped[0]?.code, 'source.bad-item');
  });

  test('a file that is skipped is one line, with its name once, and hints name flags', async () => {
    const folder = at('bad ones');
    mkdirSync(folder, { recursive: true });
    for (const name of ['a.tif', "b 'q'.tif"]) writeFileSync(path.join(folder, name), 'no TIFF at all');
    for (const name of readdirSync(scenes.folder).filter((n) => n.endsWith('.tif')))
      writeFileSync(path.join(folder, name), readFileSync(path.join(scenes.folder, name)));
    const { code, err } = await nadir('build', folder, '-o', at('few.parquet'), '--kind', 'raster');
    assert.equal(code, 0, err);
    const lines = err.trim().split('\n');
    assert.deepEqual(
      lines
        .filter((line) => !line.startsWith('hint: '))
        .map((line) => /^skipped (.*): is not a TIFF file/.exec(line)?.[1]),
      [path.join(folder, 'a.tif'), path.join(folder, "b 'q'.tif")],
    );
  });

  test('hints of errors name flags, not options of the library', async () => {
    const far = at('far');
    mkdirSync(far, { recursive: true });
    const point = { type: 'Feature', properties: {}, geometry: boxPolygon([0, 89, 10, 90]) };
    writeFileSync(path.join(far, 'a.geojson'), JSON.stringify({ type: 'FeatureCollection', features: [point] }));
    const { code, err } = await nadir('build', far, '-o', at('far.parquet'), '--crs', 'EPSG:3857');
    assert.equal(code, 2, err);
    assert.match(err, /a\.geojson: its footprint has no image in EPSG:3857, the CRS of the catalog/);
    assert.match(err, /hint: .*--crs EPSG:4326/);
    assert.equal(err.includes('targetCrs'), false, err);
  });

  test('on a server: items are told from features by what they hold, signed or not; faults are I/O', async () => {
    const lines = ['i', 'j'].map((id) => `${JSON.stringify(makeItem(id))}\n`).join('');
    const feature = { type: 'Feature', properties: {}, geometry: boxPolygon([1, 2, 3, 4]) };
    const item = Buffer.from(writeParquetItems());
    const answers: Record<string, Buffer> = {
      '/items.ndjson': Buffer.from(lines),
      '/items.parquet': item,
      '/fields.geojson': Buffer.from(JSON.stringify({ type: 'FeatureCollection', features: [feature] })),
      '/page.geojson': Buffer.from('<!DOCTYPE html><html>Please log in</html>'),
    };
    await withServer(
      (asked, response) => {
        const bytes = answers[new URL(asked.url, 'http://x').pathname];
        response.writeHead(bytes ? 200 : 403, bytes ? { 'content-length': bytes.length } : {});
        response.end(asked.method === 'HEAD' ? undefined : bytes);
      },
      async ({ root }) => {
        for (const [name, kind] of [
          ['items.ndjson', 'stac'],
          ['items.parquet', 'stac'],
          ['fields.geojson', 'vector'],
        ] as const) {
          const { code, out, err } = await nadir(
            'build',
            `${root}/${name}?sig=S3CRET`,
            '-o',
            at('web.parquet'),
            '--json',
          );
          assert.equal(code, 0, err);
          assert.equal((JSON.parse(out) as { kind: string }).kind, kind, name);
          assert.doesNotMatch(out + err, /S3CRET/);
        }
        const page = await nadir('build', `${root}/page.geojson`, '-o', at('web.parquet'));
        assert.equal(page.code, 2);
        assert.match(page.err, /is a web page \(HTML\)/);
        const denied = await nadir('build', `${root}/none.tif`, '-o', at('web.parquet'));
        assert.equal(denied.code, 3, denied.err);
        assert.match(denied.err, /HTTP 403/);
      },
    );
  });

  test('a folder that is not there is said before the work', async () => {
    const { code, err } = await nadir('build', scenes.folder, '-o', at('no such folder', 'x.parquet'));
    assert.equal(code, 3);
    assert.match(err, /^error: Cannot write .*no such folder.* does not exist/);
  });

  test('a build without rows leaves the catalog that is there', async () => {
    const target = at('kept.parquet');
    const none = await nadir('build', scenes.folder, '--kind', 'stac', '-o', target);
    assert.equal(none.code, 2);
    assert.match(none.err, /is a folder without catalog\.json or collection\.json/);
    writeFileSync(at('one.json'), JSON.stringify(makeItem('one')));
    assert.equal((await nadir('build', at('one.json'), '-o', target)).code, 0);
    const before = readFileSync(target);
    writeFileSync(at('bad-time.json'), JSON.stringify({ ...makeItem('x'), properties: { datetime: 'yesterday' } }));
    writeFileSync(at('no-items.json'), '{"type":"FeatureCollection","features":[]}');
    for (const [source, code, text] of [
      ['bad-time.json', 2, /No item of .*bad-time\.json could be indexed: .*"yesterday" is no time/],
      ['no-items.json', 1, /^nothing matched: .*no-items\.json has no items; nothing was written/],
    ] as const) {
      const { code: got, err, out } = await nadir('build', at(source), '--kind', 'stac', '-o', target);
      assert.equal(got, code, err);
      assert.match(err, text);
      assert.equal(out, '');
      assert.deepEqual(readFileSync(target), before);
    }
    assert.equal((await nadir('build', at('one.json'), '-o', target, '--assets', 'nope')).code, 2);
    assert.deepEqual(readFileSync(target), before);
  });

  test('signatures of addresses never reach stdout', async () => {
    const item = { ...makeItem('signed'), assets: { data: { href: 'https://h/c/x.tif?v=1&sig=S3CRET' } } };
    writeFileSync(at('signed.json'), JSON.stringify(item));
    for (const flags of [[], ['--json'], ['--format', 'csv'], ['--format', 'geojson']]) {
      const { code, out, err } = await nadir('query', at('signed.json'), ...flags);
      assert.equal(code, 0, err);
      assert.match(out, /x\.tif\?v=1/);
      assert.doesNotMatch(out + err, /S3CRET/);
    }
  });

  test('writes STAC as well', async () => {
    assert.equal((await nadir('build', scenes.folder, '-o', at('scenes.json'))).code, 0);
    const collection = JSON.parse(readFileSync(at('scenes.json'), 'utf8')) as {
      type: string;
      features: { assets: object }[];
    };
    assert.equal(collection.type, 'FeatureCollection');
    assert.equal(collection.features.length, 2);
  });
});

describe('nadir catalog query', () => {
  const ids = async (...argv: string[]): Promise<string[]> => {
    const { code, out, err } = await nadir('query', file, '--json', ...argv);
    assert.ok(code === 0 || (code === 1 && err.endsWith('nothing matched\n')), err);
    return (JSON.parse(out) as { id: string }[]).map((r) => r.id);
  };

  test('areas, times, strides and conditions', async () => {
    writeFileSync(
      at('area.geojson'),
      JSON.stringify({
        type: 'FeatureCollection',
        features: [{ type: 'Feature', properties: null, geometry: boxPolygon([3.5, 0.5, 9, 9]) }],
      }),
    );
    for (const engine of [[], ['--engine', 'memory']]) {
      assert.deepEqual(await ids('--bounds', '0.5,0.5,0.6,0.6', ...engine), ['a', 'b']);
      assert.deepEqual(await ids('--geometry', at('area.geojson'), '--time', '2024-01-02', ...engine), ['c', 'e']);
      assert.deepEqual(await ids('--where', 'cloud < 10', ...engine), ['a', 'c']);
      assert.deepEqual(await ids('--where', "start_time >= '2024-01-01'", '--t-step', '2', ...engine), ['d']);
      assert.deepEqual(await ids('--t-step', '2', ...engine), ['a', 'd', 'e']);
      assert.deepEqual(await ids('--bounds', '8,8,9,9', ...engine), []);
    }
  });

  test(
    'DuckDB gives the same answers as memory',
    { skip: hasDuckdb() ? false : '@duckdb/node-api is not installed' },
    async () => {
      for (const flags of [
        ['query', '--bounds', '0.5,0.5,0.6,0.6', '--where', 'cloud < 10'],
        ['query', '--time', '2024-01-01/2024-03-01', '--t-step', '2'],
        ['stats'],
      ]) {
        const [command = '', ...rest] = flags;
        const [memory, duckdb] = [
          await told(command, file, ...rest, '--engine', 'memory'),
          await told(command, file, ...rest, '--engine', 'duckdb'),
        ];
        assert.deepEqual({ ...duckdb, engine: '' }, { ...memory, engine: '' });
      }
    },
  );

  test('--limit stops and says that more match', async () => {
    const { out, err } = await nadir('query', file, '--json', '--limit', '2');
    assert.equal((JSON.parse(out) as unknown[]).length, 2);
    assert.match(err, /the first 2 rows; more match/);
    assert.doesNotMatch((await nadir('query', file, '--limit', '5')).err, /more match/);
  });

  test('CSV quotes, GeoJSON is STAC, and --out has all rows whatever --limit prints', async () => {
    const csv = (await nadir('query', file, '--format', 'csv', '--where', "id == 'a' or id == 'e'")).out.split('\r\n');
    assert.deepEqual(csv, [
      'id,filepath,start,end,crs,xmin,ymin,xmax,ymax,cloud,note',
      'a,/data/row0.tif,2023-12-31T00:00:00.000000Z,2023-12-31T23:59:59.999999Z,EPSG:32631,0,0,1,1,5,"x,""y"""',
      'e,/data/row4.tif,,,EPSG:32632,3,0,4,1,,',
      '',
    ]);
    const geojson = await nadir('query', file, '--format', 'geojson', '--limit', '1', '-o', at('all.ndjson'));
    assert.deepEqual(
      (JSON.parse(geojson.out) as { features: { id: string }[] }).features.map((f) => f.id),
      ['a'],
    );
    assert.equal(readFileSync(at('all.ndjson'), 'utf8').trim().split('\n').length, 5);
  });

  test('wrong flags end with 1 and say what is right', async () => {
    writeFileSync(at('point.json'), JSON.stringify({ type: 'Point', coordinates: [0, 0] }));
    for (const [flags, message] of [
      [['--where', 'clod < 3'], /cloud/],
      [['--format', 'xml'], /table, json, geojson, csv/],
      [['--json', '--format', 'csv'], /exclude/],
      [['--limit', '0'], /--limit/],
      [['--engine', 'spark'], /memory, duckdb, auto/],
      [['--crs', 'EPSG:4326'], /--bounds/],
      [['--geometry', at('point.json')], /no polygon/],
      [['--bounds', '0,0,1,1', '--geometry', at('area.geojson')], /not both/],
    ] as const) {
      const { code, err, out } = await nadir('query', file, ...flags);
      assert.equal(code, 1, flags.join(' '));
      assert.match(err, message);
      assert.equal(out, '');
    }
    assert.equal((await nadir('query', file, '--geometry', at('none.json'))).code, 3);
  });
});

describe('nadir catalog info and stats', () => {
  test('count what is in the rows', async () => {
    const stats = await told('stats', file);
    assert.deepEqual(
      [stats['rows'], stats['static'], stats['bounds'], stats['start'], stats['end']],
      [5, 1, [0, 0, 4, 1], '2023-12-31T00:00:00.000000Z', '2024-02-12T23:59:59.999999Z'],
    );
    assert.deepEqual(stats['years'], { 2023: 1, 2024: 3 });
    assert.deepEqual(stats['months'], { '2023-12': 1, '2024-01': 2, '2024-02': 1 });
    assert.deepEqual(stats['gaps'], {
      count: 2,
      longest: [
        { from: '2024-01-03', to: '2024-02-09', days: 38 },
        { from: '2024-01-01', to: '2024-01-01', days: 1 },
      ],
    });
    assert.deepEqual(stats['nativeCrs'], { 'EPSG:32632': 3, 'EPSG:32631': 2 });
    assert.deepEqual(stats['bands'], { B04: 2, B08: 1 });
    assert.deepEqual([stats['dtypes'], stats['withoutGrid']], [{ uint16: 2 }, 3]);
    assert.deepEqual(stats['duplicates'], { rows: 1, files: ['/data/row0.tif'] });
    const coverage = stats['coverage'] as { area: number; share: number; meanRows: number; mostRows: number };
    // Two of four squares of a degree at the equator, over which two and three rows lie.
    const square = 6371.0072 ** 2 * (Math.PI / 180) * Math.sin(Math.PI / 180);
    assert.ok(Math.abs(coverage.area / (2 * square) - 1) < 1e-3, String(coverage.area));
    assert.ok(Math.abs(coverage.share - 0.5) < 1e-3 && Math.abs(coverage.meanRows - 2.5) < 1e-3);
    assert.equal(coverage.mostRows, 3);
    const info = await told('info', file);
    assert.deepEqual([info['rows'], info['columns'], info['bands']], [5, ['cloud', 'note'], ['B04', 'B08']]);
    assert.match((await nadir('stats', file)).out, /year +2023 +1\n/);
  });

  test('coverage is that of a fine count over random boxes, in metres', async () => {
    let seed = 7;
    const random = (): number => (seed = (seed * 16807) % 2147483647) / 2147483647;
    const boxes = Array.from({ length: 60 }, (): Bounds => {
      const [x, y] = [Math.round(random() * 900), Math.round(random() * 400)];
      return [x, y, x + 1 + Math.round(random() * 99), y + 1 + Math.round(random() * 99)];
    });
    await makeCatalog(
      boxes.map((box) => ({ box })),
      'EPSG:32631',
    ).toGeoParquet(at('boxes.parquet'));
    const covered = new Set<number>();
    for (const [x0, y0, x1, y1] of boxes)
      for (let x = x0; x < x1; x++) for (let y = y0; y < y1; y++) covered.add(x * 1000 + y);
    const { coverage } = (await told('stats', at('boxes.parquet'))) as { coverage: { area: number; unit: string } };
    assert.equal(coverage.unit, 'km²');
    assert.ok(Math.abs(coverage.area / (covered.size / 1e6) - 1) < 0.02, `${coverage.area} and ${covered.size / 1e6}`);
  });

  test('an empty catalog, a static one, one point in time', async () => {
    await makeCatalog([]).toGeoParquet(at('empty.parquet'));
    const empty = await told('stats', at('empty.parquet'));
    assert.deepEqual([empty['rows'], empty['bounds'], empty['coverage'], empty['years']], [0, null, null, {}]);
    assert.equal((await nadir('stats', at('empty.parquet'))).code, 0);
    const t = parseTime('1969-12-31T23:59:59.999999Z');
    await makeCatalog([{ interval: { start: t, end: t } }, {}]).toGeoParquet(at('one.parquet'));
    assert.deepEqual((await told('stats', at('one.parquet')))['months'], { '1969-12': 1 });
  });

  test('STAC in all its forms opens like a catalog', async () => {
    const items = { type: 'FeatureCollection', features: [makeItem('x'), makeItem('y')] };
    writeFileSync(at('c.json'), JSON.stringify(items));
    assert.equal((await told('info', at('c.json')))['rows'], 2);
    mkdirSync(at('static/i'), { recursive: true });
    writeFileSync(at('static/i/x.json'), JSON.stringify(makeItem('x')));
    writeFileSync(
      at('static/catalog.json'),
      JSON.stringify({
        type: 'Catalog',
        id: 'k',
        description: 'k',
        stac_version: '1.0.0',
        links: [{ rel: 'item', href: './i/x.json' }],
      }),
    );
    assert.equal((await told('info', at('static')))['rows'], 1);
    const junk = at('junk.json');
    writeFileSync(junk, '{"type":"Polygon"}');
    const bad = await nadir('info', junk);
    assert.equal(bad.code, 2);
    assert.match(bad.err, /junk\.json is no STAC document/);
  });
});

describe('nadir catalog convert', () => {
  test('Parquet, ItemCollection, lines and back: the same bytes', async () => {
    for (const [from, to] of [
      [file, 'c1.json'],
      [at('c1.json'), 'c2.ndjson'],
      [at('c2.ndjson'), 'c3.parquet'],
    ] as const) {
      const { code, err } = await nadir(
        'convert',
        from,
        '-o',
        at(to),
        ...(to.endsWith('parquet') ? ['--sort', 'none'] : []),
      );
      assert.equal(code, 0, err);
    }
    assert.deepEqual(readFileSync(at('c3.parquet')), readFileSync(file));
  });

  test('an existing target stays unless --replace is given; the source is never its own target', async () => {
    writeFileSync(at('old.json'), 'old');
    const kept = await nadir('convert', file, '-o', at('old.json'));
    assert.equal(kept.code, 1);
    assert.match(kept.err, /--replace/);
    assert.equal(readFileSync(at('old.json'), 'utf8'), 'old');
    assert.equal((await told('convert', file, '-o', at('old.json'), '--replace'))['rows'], 5);
    assert.equal((await nadir('convert', file, '-o', file, '--replace')).code, 1);
    assert.equal((await nadir('convert', file, '-o', at('x.tif'))).code, 1);
    assert.equal((await nadir('convert', file, '-o', at('x.bin'), '--to', 'ndjson', '--sort', 'none')).code, 1);
    assert.equal((await nadir('convert', file, '-o', folder, '--to', 'stac')).code, 1);
    assert.equal((await nadir('convert', file, '-o', at('gone/x.json'))).code, 3);
  });

  test('to a folder of shards by date, and more rows to it; a folder is not added to unasked', async () => {
    const hive = at('hive');
    const made = await told('convert', file, '-o', hive, '--to', 'folder');
    assert.deepEqual([made['rows'], made['format']], [5, 'folder']);
    const names = readdirSync(hive)
      .filter((n) => !n.startsWith('.'))
      .sort();
    assert.deepEqual(names, ['year=2023', 'year=2024', 'year=__HIVE_DEFAULT_PARTITION__']);
    const shards = readdirSync(hive, { recursive: true })
      .map(String)
      .filter((n) => n.endsWith('.parquet'))
      .sort();
    assert.equal((await nadir('convert', file, '-o', hive, '--to', 'folder')).code, 1);
    await makeCatalog(
      [{ id: 'new', box: [5, 5, 6, 6], interval: days('2025-03-01'), columns: { cloud: 1 } }],
      'EPSG:4326',
    ).toGeoParquet(at('new.parquet'));
    assert.equal((await told('convert', at('new.parquet'), '-o', hive, '--append'))['rows'], 1);
    const after = readdirSync(hive, { recursive: true }).map(String);
    assert.ok(
      shards.every((s) => after.includes(s)) &&
        after.some((n) => n.startsWith(path.join('year=2025', 'month=3', 'part-'))),
    );
    assert.equal((await told('info', hive))['rows'], 6);
    assert.equal(
      (await nadir('convert', file, '-o', hive, '--append', '--partition-by', 'year')).code,
      2,
      'another layout',
    );
    assert.equal((await nadir('convert', file, '-o', at('h2'), '--append', '--partition-by', 'week')).code, 1);
    assert.equal((await nadir('convert', file, '-o', at('h.parquet'), '--to', 'parquet', '--append')).code, 1);
    const built = at('hive-built');
    for (const rows of [2, 2])
      assert.equal(
        (
          await told(
            'build',
            scenes.folder,
            '-o',
            built,
            '--append',
            '--partition-by',
            'year',
            '--regex',
            'S2_(?<date>\\d{8})',
          )
        )['rows'],
        rows,
      );
    assert.equal((await told('info', built))['rows'], 4);
  });

  test('a failure leaves neither a part nor a temporary file', async () => {
    const away = at('away');
    mkdirSync(away);
    // A footprint that has no image in degrees.
    await makeCatalog([{ box: [1e9, 1e9, 2e9, 2e9] }], 'EPSG:3035').toGeoParquet(at('far.parquet'));
    const { code } = await nadir('convert', at('far.parquet'), '-o', path.join(away, 'x.json'));
    assert.notEqual(code, 0);
    assert.deepEqual(readdirSync(away), []);
  });
});

describe('nadir catalog migrate', () => {
  const old = (target: string): void => {
    const geometry = [boxPolygon([0, 0, 1, 1]), boxPolygon([2, 0, 3, 1])];
    writeFileSync(
      target,
      writeGeoParquet({
        crs: 'EPSG:4326',
        columns: [
          { name: 'filepath', type: 'string' },
          { name: 'start_time', type: 'timestamp' },
          { name: 'end_time', type: 'timestamp' },
          { name: '_backend', type: 'string' },
        ],
        rows: {
          geometry,
          filepath: ['/b.tif', '/a.tif'],
          start_time: [parseTime('2024-01-01'), parseTime('1900-01-01')],
          end_time: [parseTime('2024-01-02'), parseTime('2100-01-01')],
          _backend: ['raster', 'raster'],
        },
      }),
    );
  };

  test('writes version 1 in place, keeps the order of rows, and the second time does nothing', async () => {
    const target = at('old.parquet');
    old(target);
    const before = readFileSync(target);
    const dry = await told('migrate', target, '--dry-run');
    assert.deepEqual(dry['files'], [{ file: target, from: 0, to: 1, rows: 2 }]);
    assert.deepEqual(readFileSync(target), before);
    const { code, out } = await nadir('migrate', target);
    assert.equal(code, 0);
    assert.equal(out, `${target}: version 0 → 1, 2 rows\n`);
    const rows = await (await openCatalog(target, { strict: true })).toArray();
    assert.deepEqual(
      rows.map((r) => [r.id, r.static]),
      [
        ['b', false],
        ['a', true],
      ],
    );
    const [after, changed] = [readFileSync(target), statSync(target).mtimeMs];
    assert.equal((await nadir('migrate', target)).out, `${target}: version 1 already\n`);
    assert.deepEqual(readFileSync(target), after);
    assert.equal(statSync(target).mtimeMs, changed);
  });

  test('relative paths stay; columns that a catalog cannot hold are refused by name, and nothing changes', async () => {
    const target = at('relative.parquet');
    const geometry = [boxPolygon([0, 0, 1, 1]), boxPolygon([2, 2, 3, 3])];
    const write = (file: string, more: Record<string, readonly unknown[]>, columns: readonly ColumnSpec[]): void =>
      writeFileSync(
        file,
        writeGeoParquet({
          crs: 'EPSG:4326',
          columns: [{ name: 'filepath', type: 'string' }, { name: '_backend', type: 'string' }, ...columns],
          rows: { geometry, filepath: ['sub/a b.tif', '/abs/ö.tif'], _backend: ['raster', 'raster'], ...more },
        }),
      );
    write(target, { n: [1.5, null] }, [{ name: 'n', type: 'double' }]);
    assert.equal((await nadir('migrate', target)).code, 0);
    assert.deepEqual(readGeoParquet(readFileSync(target), target).table.columns['filepath'], [
      'sub/a b.tif',
      '/abs/ö.tif',
    ]);
    const rows = await (await openCatalog(target)).toArray();
    assert.deepEqual(
      rows.map((r) => [r.filepath, r.columns['n']]),
      [
        [at('sub/a b.tif'), 1.5],
        ['/abs/ö.tif', null],
      ],
    );

    // One part that cannot be kept whole: the folder stays as it is, with no leftovers.
    mkdirSync(at('lossy'));
    write(at('lossy/a.parquet'), {}, []);
    write(at('lossy/b.parquet'), { tags: [[1, 2], null], _x: [1, 2] }, [
      { name: 'tags', type: 'list<double>' },
      { name: '_x', type: 'double' },
    ]);
    writeFileSync(at('lossy/.a.parquet.migrate-0123456789ab'), 'left by a killed run');
    const before = readFileSync(at('lossy/a.parquet'));
    for (const flags of [['--dry-run'], []]) {
      const { code, err } = await nadir('migrate', at('lossy'), ...flags);
      assert.equal(code, 2, err);
      assert.match(err, /b\.parquet: the columns tags, _x would be lost/);
    }
    assert.deepEqual(readFileSync(at('lossy/a.parquet')), before);
    assert.deepEqual(readdirSync(at('lossy')), ['a.parquet', 'b.parquet']);
  });

  test('each file of a folder; what is no catalog or not there is named', async () => {
    mkdirSync(at('parts'));
    old(at('parts/a.parquet'));
    old(at('parts/b.parquet'));
    assert.equal((await told('migrate', at('parts')))['migrated'], 2);
    assert.equal((await told('migrate', at('parts')))['migrated'], 0);
    assert.equal((await nadir('migrate', at('none.parquet'))).code, 3);
    writeFileSync(at('bad.parquet'), 'PAR1 no PAR1');
    assert.equal((await nadir('migrate', at('bad.parquet'))).code, 2);
    assert.equal((await nadir('migrate', 'https://example.com/c.parquet')).code, 1);
  });
});
