import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { BUNDLE_METADATA, ExportError, FormatError, GeoSlice, KIND, sha256 } from '../../../src/core/index.js';
import { curate } from '../../../src/curation/index.js';
import { GeoTensor } from '../../../src/pixels/index.js';
import { withoutSecrets } from '../../../src/display/bundle.js';
import { displayCatalog } from '../../../src/display/catalog.js';
import { displayTensors } from '../../../src/display/chips.js';
import { displayCuration } from '../../../src/display/curation.js';
import { fitRows } from '../../../src/display/fit.js';
import { footprintRow } from '../../../src/display/footprint.js';
import { displayGeoSlice } from '../../../src/display/geoslice.js';
import { displayReport } from '../../../src/display/report.js';
import { displaySamples } from '../../../src/display/samples.js';
import { displayTensor } from '../../../src/display/tensor.js';
import '../../../src/display/register.js';
import { parseBandsResult, parseChipResult, parseRowsResult } from '../../../src/display/wire/message.js';
import type { DisplayBundle } from '../../../src/core/index.js';
import type { CurationData, Preview } from '../../../src/display/wire/payload.js';
import { catalogOf, installHost, payloadOf, row, sequenceOf, textOf } from './fakes.js';

const DAY = 86_400_000_000;
const JUNE = Date.UTC(2024, 5, 1) * 1000;
const HOSTILE = '<img src=x onerror=alert(1)>\n\u001b[31m"\'&';

function slice(i: number, size = 64): GeoSlice {
  const x = 500_000 + i * size * 10;
  return GeoSlice.create({ bounds: [x, 5_000_000, x + size * 10, 5_000_000 + size * 10], resolution: 10, crs: 'EPSG:32632', interval: [JUNE + i * DAY, JUNE + i * DAY] }); // prettier-ignore
}

function chip(i: number, size = 64, bandNames: readonly string[] = ['B04', 'B03', 'B02', 'B08']): GeoTensor {
  const s = slice(i, size);
  const values = Uint16Array.from({ length: bandNames.length * size * size }, (_, k) => (k * 31 + i * 977) % 4000);
  return GeoTensor.create({
    values,
    shape: [bandNames.length, size, size],
    transform: s.transform,
    crs: s.crs,
    bandNames,
    attrs: { slice: s.toJSON() },
  });
}

const rows = (count: number) =>
  Array.from({ length: count }, (_, i) =>
    row(`scene_${i}`, [10 + (i % 50) / 10, 46 + (i % 30) / 10, 10.2 + (i % 50) / 10, 46.2 + (i % 30) / 10], {
      interval: { start: JUNE + (i % 60) * DAY, end: JUNE + (i % 60) * DAY },
      static: false,
    }),
  );

/** Made once: most tests only look. */
let made: Promise<Record<string, DisplayBundle>> | undefined;
const bundles = () => (made ??= all());

async function all(): Promise<Record<string, DisplayBundle>> {
  return {
    catalog: await displayCatalog(catalogOf(rows(12))),
    geoslice: displayGeoSlice(slice(0)),
    tensor: displayTensor(chip(0)),
    chips: displayTensors([chip(0), chip(1)])!,
    samples: displaySamples(sequenceOf([slice(0), slice(1), slice(2)])),
    curation: await displayCuration(curate([chip(0), chip(1), chip(2)])),
    report: displayReport({ facts: [{ label: 'items', value: 3 }], warnings: [], errors: [] }),
  };
}

describe('every bundle', () => {
  test('is valid for its view, and comes as JSON, PNG, HTML for reports only, text', async () => {
    for (const [kind, bundle] of Object.entries(await bundles())) {
      assert.equal(payloadOf(bundle).kind, kind);
      const html = kind === 'report' ? ['text/html'] : [];
      assert.deepEqual(Object.keys(bundle.data), [
        `application/vnd.nadir.${kind}.v1+json`,
        'image/png',
        ...html,
        'text/plain',
      ]);
    }
  });

  test('has a PNG of twice the CSS size it states, and an alt text', async () => {
    for (const [kind, bundle] of Object.entries(await bundles())) {
      const png = Buffer.from(bundle.data['image/png'] as string, 'base64');
      const size = bundle.metadata!['image/png'] as { width: number; height: number };
      assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20)], [size.width * 2, size.height * 2], kind);
      assert.equal(bundle.metadata!['vscode_altText'], payloadOf(bundle).alt);
      assert.ok(png.length < 200_000, `${kind}: ${png.length}`);
    }
  });

  test('has at most 40 lines of text', async () => {
    const many = Object.assign({}, await bundles(), { big: await displayCatalog(catalogOf(rows(500))), chips: displayTensors(Array.from({ length: 70 }, (_, i) => chip(i, 8)))! }); // prettier-ignore
    for (const [kind, bundle] of Object.entries(many)) assert.ok(textOf(bundle).split('\n').length <= 40, kind);
  });

  test('has the same bytes again', async () => {
    const digest = (bundles: object): string => sha256(JSON.stringify(bundles));
    assert.equal(digest(await bundles()), digest(await all()));
  });

  test('is static without a host and live with one', async () => {
    const still = payloadOf(displayGeoSlice(slice(0)));
    assert.deepEqual([still.viewId, still.live], ['static:0', false]);
    const host = installHost();
    try {
      const live = payloadOf(await displayCatalog(catalogOf(rows(2))));
      assert.deepEqual([live.viewId, live.live], ['cell:0', true]);
      assert.ok(host.views.has('cell:0'));
    } finally {
      host.remove();
    }
  });
});

describe('catalogs', () => {
  test('count rows, dates and skipped files', async () => {
    const error = new FormatError('not-a-tiff', 'broken.tif is not a TIFF.');
    const bundle = await displayCatalog(
      catalogOf([...rows(3), row('dem', [10, 46, 11, 47])], { skipped: [{ item: 'broken.tif', error }] }),
    );
    const payload = payloadOf(bundle);
    assert.ok(payload.kind === 'catalog');
    assert.deepEqual(payload.data.counts, { rows: 4, dated: 3, static: 1, skipped: 1 });
    assert.deepEqual(payload.data.skipped[0], {
      item: 'broken.tif',
      code: 'not-a-tiff',
      message: 'broken.tif is not a TIFF.',
      hint: null,
    });
    assert.deepEqual(payload.data.bbox, [10, 46, 11, 47]);
    assert.equal(payload.alt, '4 rasters, 2024-06-01 to 2024-06-03, 10.00–11.00°E 46.00–47.00°N, 1 file skipped');
    assert.match(textOf(bundle), /scene_0\.tif {2}2024-06-01/);
    assert.match(textOf(bundle), /broken\.tif is not a TIFF/);
  });

  test('empty ones are shown as such', async () => {
    const payload = payloadOf(await displayCatalog(catalogOf([])));
    assert.equal(payload.alt, '0 rasters, no date, empty catalog');
  });

  test('from 20 000 rows on they are columns with true counts, within the limit', async () => {
    const few = payloadOf(await displayCatalog(catalogOf(rows(4000))));
    assert.ok(few.kind === 'catalog' && few.data.columns === undefined && few.data.rows.length === 4000);
    const many = payloadOf(await displayCatalog(catalogOf(rows(25_000))));
    assert.ok(many.kind === 'catalog');
    assert.deepEqual([many.data.counts.rows, many.data.rows.length, many.data.columns?.length], [25_000, 0, 25_000]);
    assert.ok(JSON.stringify(many).length < 2_000_000);
  });

  test('columns go before outlines, outlines before rows, and the sample is that of its seed', () => {
    const wide = rows(300).map((r) => footprintRow({ ...r, columns: { note: 'x'.repeat(300) } }, r.crs));
    const bytes = JSON.stringify(wide).length;
    const ids = (fitted: ReturnType<typeof fitRows>): string[] => fitted.rows.map((r) => r.id);
    assert.equal(fitRows(wide, bytes, 'a').truncated, null);
    const narrow = fitRows(wide, bytes * 0.6, 'a');
    assert.equal(narrow.truncated, 'columns left out');
    assert.ok(narrow.rows.every((r) => r.outline.length > 0 && r.properties['note'] === undefined));
    const boxes = fitRows(wide, 60_000, 'a');
    assert.equal(boxes.truncated, 'columns left out; boxes instead of outlines');
    assert.equal(boxes.rows.length, 300);
    const few = fitRows(wide, 10_000, 'a');
    assert.match(few.truncated ?? '', /^showing \d+ of 300 rows; columns left out; boxes instead of outlines$/);
    assert.ok(JSON.stringify(few.rows).length <= 10_300);
    assert.deepEqual(ids(few), ids(fitRows(wide, 10_000, 'a')));
    assert.notDeepEqual(ids(few), ids(fitRows(wide, 10_000, 'b')));
  });

  test('answer for rows that are not inline', async () => {
    const host = installHost();
    try {
      await displayCatalog(catalogOf(rows(30)));
      const answer = host.views.get('cell:0')!('rows', { datasetId: '', from: 10, to: 13 });
      const parsed = parseRowsResult(answer);
      assert.ok(parsed.ok);
      assert.deepEqual(
        parsed.value.rows.map((r) => r.id),
        ['scene_10', 'scene_11', 'scene_12'],
      );
      assert.throws(() => host.views.get('cell:0')!('constructor', {}), /does not answer/);
    } finally {
      host.remove();
    }
  });

  test('signatures of URLs are not saved', async () => {
    const signed = row('a', [0, 0, 1, 1], {
      filepath: 'https://user:pw@host/x.tif?sig=SECRET#t',
      columns: { href: 's3://b/k?token=SECRET' },
    });
    const bundle = await displayCatalog(catalogOf([signed]));
    assert.doesNotMatch(JSON.stringify(bundle.data), /SECRET|user|pw@/);
    assert.equal(withoutSecrets('/data/a?b.tif'), '/data/a?b.tif');
  });
});

describe('hostile names', () => {
  test('stay one line of data in text and are escaped in HTML', async () => {
    const bundle = await displayCatalog(
      catalogOf([row(HOSTILE, [0, 0, 1, 1], { filepath: HOSTILE, columns: { [HOSTILE]: HOSTILE } })]),
    );
    const payload = payloadOf(bundle);
    assert.ok(payload.kind === 'catalog');
    assert.equal(payload.data.rows[0]!.id, HOSTILE);
    assert.doesNotMatch(textOf(bundle), /\u001b/);
    const report = displayReport({
      title: HOSTILE,
      facts: [{ label: HOSTILE, value: HOSTILE }],
      warnings: [HOSTILE],
      errors: [{ item: HOSTILE, error: new ExportError('x', HOSTILE) }],
    });
    assert.doesNotMatch(report.data['text/html'] as string, /<img|["']/);
    assert.doesNotMatch(textOf(report), /\u001b/);
    assert.doesNotMatch(payloadOf(report).title, /[\n\u001b]/);
  });

  test('of bands do not break lines either', () => {
    const bundle = displayTensor(chip(0, 8, [HOSTILE]));
    assert.doesNotMatch(textOf(bundle), /\u001b/);
    assert.equal(payloadOf(bundle).title.split('\n').length, 1);
  });
});

describe('tensors', () => {
  test('fit their output with all bands of a Sentinel-2 scene', () => {
    const names = Array.from({ length: 13 }, (_, i) => `B${String(i + 1).padStart(2, '0')}`);
    const payload = payloadOf(displayTensor(chip(0, 600, names)));
    assert.ok(payload.kind === 'tensor');
    assert.equal(payload.data.preview.bands.length, 13);
    assert.deepEqual(payload.data.rendering.bands, [3, 2, 1]);
    assert.equal(payload.truncated, null);
    assert.ok(JSON.stringify(payload).length < 1_600_000);
  });

  test('with 200 bands carry the first and say so', () => {
    const names = Array.from({ length: 200 }, (_, i) => `w${i}`);
    const payload = payloadOf(displayTensor(chip(0, 16, names)));
    assert.ok(payload.kind === 'tensor');
    assert.equal(payload.data.preview.bands.length, 16);
    assert.equal(payload.truncated, 'showing 16 of 200 bands');
  });

  test('answer for other bands and for pixels', () => {
    const host = installHost();
    try {
      const tensor = chip(0, 16);
      const payload = payloadOf(displayTensor(tensor));
      assert.ok(payload.kind === 'tensor');
      const view = host.views.get('cell:0')!;
      const { width, height } = payload.data.preview;
      const bands = parseBandsResult(view('bands', { datasetId: '', bands: [3, 99, -1], frame: 0 }), width * height);
      assert.ok(bands.ok);
      assert.deepEqual(
        bands.value.bands.map((b) => b.name),
        ['B08'],
      );
      const detail = view('detail', { row: 2, column: 5 }) as { values: { band: string; value: number }[] };
      assert.deepEqual(detail.values[1], { band: 'B03', value: tensor.values[256 + 2 * 16 + 5] });
    } finally {
      host.remove();
    }
  });

  test('of other pixels have other fingerprints', () => {
    const other = chip(0, 8);
    const changed = GeoTensor.create({
      ...other,
      values: Uint16Array.from(other.values, (v, i) => (i === 0 ? v + 1 : v)),
    });
    assert.notEqual(payloadOf(displayTensor(other)).datasetId, payloadOf(displayTensor(changed)).datasetId);
  });

  test('with dates carry one preview per date', () => {
    const t = GeoTensor.create({
      values: Uint8Array.from({ length: 2 * 3 * 16 }, (_, i) => i),
      shape: [2, 3, 4, 4],
      transform: [10, 0, 5e5, 0, -10, 5e6],
      crs: 'EPSG:32632',
      times: [JUNE, JUNE + DAY],
    });
    const payload = payloadOf(displayTensor(t));
    assert.ok(payload.kind === 'tensor');
    assert.equal(payload.data.frames?.length, 2);
    const firstByte = (p: Preview): number =>
      p.bands[0]!.offset + p.bands[0]!.scale * Buffer.from(p.bands[0]!.q, 'base64').readUInt16LE(0);
    assert.deepEqual(payload.data.frames.map(firstByte), [0, 48]);
  });
});

describe('chips', () => {
  test('carry pixels of the first 64; the others come on demand', () => {
    const host = installHost();
    try {
      const payload = payloadOf(displayTensors(Array.from({ length: 70 }, (_, i) => chip(i, 128)))!);
      assert.ok(payload.kind === 'chips');
      assert.equal(payload.data.items.filter((i) => i.preview).length, 64);
      assert.equal(payload.data.curation?.source, 'scenes');
      assert.ok(JSON.stringify(payload).length < 1_600_000);
      const reply = parseChipResult(
        host.views.get('cell:0')!('chip', { datasetId: '', id: payload.data.items[69]!.id, maxSize: 1024 }),
      );
      assert.ok(reply.ok);
      assert.deepEqual([reply.value.preview.width, reply.value.preview.step], [128, 1]);
    } finally {
      host.remove();
    }
  });

  test('of equal slices keep ids apart', () => {
    const payload = payloadOf(displayTensors([chip(0), chip(0)])!);
    assert.ok(payload.kind === 'chips');
    assert.equal(new Set(payload.data.items.map((i) => i.id)).size, 2);
  });

  test('arrays of anything else are left to others', () => {
    assert.equal(displayTensors([chip(0), 5]), undefined);
    assert.equal(displayTensors([]), undefined);
  });

  test('kernels get them as a plain bundle through the shared symbol', () => {
    const show = Reflect.get(globalThis, Symbol.for('nadir.displayArray')) as (
      v: unknown[],
    ) => Record<PropertyKey, unknown>;
    const bundle = show([chip(0)]);
    assert.equal(typeof bundle['image/png'], 'string');
    assert.ok(bundle[BUNDLE_METADATA]);
  });
});

describe('samples', () => {
  test('endless sequences show their beginning', () => {
    const endless = { ...sequenceOf([], Infinity), *[Symbol.iterator]() { for (let i = 0; ; i++) yield slice(i % 100); }, [KIND]: 'samples' as const }; // prettier-ignore
    const payload = payloadOf(displaySamples(endless));
    assert.ok(payload.kind === 'samples');
    assert.equal(payload.data.length, 1000);
    assert.equal(payload.truncated, 'showing 1000 of endlessly many chips');
  });

  test('of 20 000 chips stay within their output', () => {
    const payload = payloadOf(displaySamples(sequenceOf(Array.from({ length: 20_000 }, (_, i) => slice(i % 200)))));
    assert.ok(payload.kind === 'samples');
    assert.equal(payload.data.length, 20_000);
    assert.match(payload.truncated ?? '', /^showing \d+ of 20 000 chips$|^showing \d+ \d+ of 20 000 chips$/);
    assert.ok(JSON.stringify(payload).length < 1_600_000);
  });

  test('tell seed, size and place', () => {
    assert.equal(
      payloadOf(displaySamples(sequenceOf([slice(0)]))).alt,
      '1 chip of 64 × 64 pixels, 2024-06-01, 9.0000–9.0081°E 45.1535–45.1592°N, seed 7',
    );
  });
});

describe('curation', () => {
  test('tells verdicts, steps and the name of what is curated', async () => {
    const host = installHost();
    try {
      const start = curate([chip(0), chip(1), chip(2)]);
      const [a = '', b = ''] = start.ids;
      const bundle = await displayCuration(start.keep([a]).reject([b], 'haze').tag([a], 'flood'));
      const payload = payloadOf(bundle);
      const { curation } = payload.data as CurationData;
      assert.equal(curation.source, 'scenes');
      assert.deepEqual(
        curation.steps.map((s) => s.op),
        ['keep', 'reject', 'tag'],
      );
      assert.deepEqual(curation.verdicts, { kept: [a], rejected: [b], tags: { [a]: ['flood'] } });
      assert.match(payload.alt, /1 kept, 1 rejected, 1 undecided/);
    } finally {
      host.remove();
    }
  });

  test('of thousands of items with many columns stays within its output', async () => {
    const columns = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`column_${i}`, 'x'.repeat(60)]));
    const source = catalogOf(rows(3000).map((r) => ({ ...r, columns })));
    const ids = rows(3000).map((r) => r.id);
    const stub = {
      of: 'catalog',
      source,
      ids,
      steps: [],
      tags: {},
      counts: { kept: 3000, rejected: 0, undecided: 0, tagged: 0 },
      verdictOf: () => 'kept',
    };
    const payload = payloadOf(await displayCuration(stub as unknown as Parameters<typeof displayCuration>[0]));
    assert.ok(payload.kind === 'curation');
    assert.equal(payload.data.count, 3000);
    assert.match(payload.truncated ?? '', /^showing \d+ of 3000 chips$/);
    assert.ok(JSON.stringify(payload).length < 1_600_000);
  });

  test('joins the view of the same chips', async () => {
    const chips = [chip(0), chip(1)];
    assert.equal(
      payloadOf(await displayCuration(curate(chips))).datasetId,
      payloadOf(displayTensors(chips)!).datasetId,
    );
  });

  test('without a host what is curated is called (value)', async () => {
    const { curation } = payloadOf(await displayCuration(curate([chip(0)]))).data as CurationData;
    assert.equal(curation.source, '(value)');
  });
});

test('a slice shows bounds, grid and place', () => {
  const lines = textOf(displayGeoSlice(slice(0))).split('\n');
  assert.deepEqual(lines, [
    'GeoSlice of 64 × 64 pixels of 10 m',
    '  time    2024-06-01',
    // rasterio.warp.transform_bounds('EPSG:32632', 'EPSG:4326', …) gives 9.0, 45.153477, 9.008143, 45.159238.
    '  place   9.0000–9.0081°E 45.1535–45.1592°N',
    '  CRS     EPSG:32632 (WGS 84 / UTM zone 32N)',
    '  bounds  [500000, 5000000, 500640, 5000640]',
    '  shape   64 rows, 64 columns',
  ]);
});
