import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  boxPolygons,
  featureCollection,
  fillOpacity,
  graticule,
  graticuleStep,
  scaleBar,
  ticks,
  unionBox,
} from '../../../renderers/map/geometry.js';
import { bitIndices, countBits, emptyBits, withBits } from '../../../renderers/shared/bits.js';
import {
  formatBytes,
  formatCell,
  formatDegrees,
  formatDuration,
  formatInterval,
  formatNumber,
  formatPercent,
} from '../../../renderers/shared/format.js';
import { createHost, NoKernelError } from '../../../renderers/shared/host.js';
import { sortedRows } from '../../../renderers/shared/sort.js';
import { random } from '../../renderers/fixtures.js';
import type { ViewRequest } from '../../../src/display/wire/payload.js';

test('bit sets agree with a plain set over random changes', () => {
  const rand = random(3);
  const plain = new Set<number>();
  let bits = emptyBits(200);
  for (let i = 0; i < 300; i++) {
    const [on, off] = [Math.floor(rand() * 200), Math.floor(rand() * 200)];
    plain.delete(off);
    plain.add(on);
    bits = withBits(bits, [on], [off]);
  }
  assert.deepEqual(
    bitIndices(bits),
    [...plain].sort((a, b) => a - b),
  );
  assert.equal(countBits(bits), plain.size);
});

test('numbers, shares, durations and degrees read well', () => {
  assert.deepEqual(
    [formatNumber(0.12345), formatNumber(12_345_678), formatNumber(-3), formatNumber(1e-9), formatNumber(2.5)],
    ['0.1235', '12\u202f345\u202f678', '−3', '1.00e-9', '2.5'],
  );
  assert.deepEqual(
    [formatPercent(1), formatPercent(0.9996), formatPercent(0), formatPercent(0.034)],
    ['100\u202f%', '100.0\u202f%', '0\u202f%', '3.4\u202f%'],
  );
  assert.deepEqual(
    [formatDuration(8200), formatDuration(125_000), formatDuration(4_320_000)],
    ['8 s', '2 min 05 s', '1 h 12 min'],
  );
  assert.deepEqual(
    [
      formatDegrees(-11.5, 'lon', 0.5),
      formatDegrees(46, 'lat', 1),
      formatDegrees(190, 'lon', 10),
      formatDegrees(0, 'lat', 1),
    ],
    ['11.5°W', '46°N', '170°W', '0°'],
  );
  assert.deepEqual([formatBytes(999), formatBytes(11_400_000)], ['999 B', '11.4 MB']);
  assert.deepEqual([formatCell(null), formatCell(true), formatCell('x')], ['–', 'yes', 'x']);
});

test('intervals: a day, a span, none, and times beyond any calendar', () => {
  const day = Date.UTC(2024, 5, 1) * 1000;
  assert.equal(formatInterval(day, day + 86_400e6 - 1), '2024-06-01');
  assert.equal(formatInterval(day, day + 3 * 86_400e6), '2024-06-01 – 2024-06-04');
  assert.equal(formatInterval(null, null), 'static');
  assert.equal(formatInterval(9e18, 9e18), '–');
});

test('a box across the antimeridian is split there', () => {
  const parts = boxPolygons([170, -10, -170, 10]);
  assert.deepEqual(
    parts.map((p) => p[0]!.map((c) => c[0]!)),
    [
      [170, 180, 180, 170, 170],
      [-180, -170, -170, -180, -180],
    ],
  );
  assert.deepEqual(
    unionBox([
      [170, -10, -170, 10],
      [165, 0, 168, 20],
    ]),
    [165, -10, 190, 20],
  );
  assert.equal(unionBox([]), null);
});

test('graticule lines are as far apart as asked, and inside Mercator', () => {
  assert.equal(graticuleStep(100), 2);
  assert.equal(graticuleStep(0.5), 30);
  assert.deepEqual(ticks(10.29, 10.61, 0.1), [10.3, 10.4, 10.5, 10.6]);
  const [feature] = graticule([-180, -85, 180, 85], 30).features;
  assert.ok(feature?.geometry.type === 'MultiLineString');
  for (const [, y] of feature.geometry.coordinates.flat()) assert.ok(Math.abs(y ?? 99) <= 85);
});

test('stacked scenes are drawn lighter than single ones, and many rows as boxes', () => {
  const one = { row: 0, bbox: [10, 46, 11, 47] as const, outline: [], state: 'undecided' as const };
  assert.ok(fillOpacity([one]) > 3 * fillOpacity(Array.from({ length: 10 }, () => one)));
  const outline = [
    [
      [
        [10, 46],
        [11, 46],
        [10, 47],
        [10, 46],
      ] as const,
    ],
  ];
  const many = Array.from({ length: 5001 }, (_, i) => ({ ...one, row: i, outline }));
  const first = featureCollection(many).features[0]!;
  assert.ok(first.geometry.type === 'MultiPolygon');
  assert.equal(first.geometry.coordinates[0]![0]!.length, 5);
});

test('scale bars are round and fit', () => {
  assert.deepEqual(scaleBar(100, 110), { label: '10 km', pixels: 100 });
  assert.equal(scaleBar(0.7, 110).label, '50 m');
});

test('sorting keeps ties in order and empty cells last both ways', () => {
  const rows = [[3], [null], [1], [3], [2]];
  assert.deepEqual(sortedRows(rows, { column: 0, descending: false }), [2, 4, 0, 3, 1]);
  assert.deepEqual(sortedRows(rows, { column: 0, descending: true }), [0, 3, 4, 2, 1]);
});

interface FakeHost {
  readonly host: ReturnType<typeof createHost>;
  readonly sent: ViewRequest[];
  readonly reply: (message: unknown) => void;
}

function fakeHost(withMessaging = true): FakeHost {
  const sent: ViewRequest[] = [];
  const listeners: ((m: unknown) => void)[] = [];
  let state: unknown;
  const context = {
    workspace: { isTrusted: true },
    getState: () => state,
    setState: (s: unknown) => (state = s),
    getRenderer: () => Promise.resolve(undefined),
    ...(withMessaging
      ? {
          postMessage: (m: unknown) => sent.push(m as ViewRequest),
          onDidReceiveMessage: (f: (m: unknown) => void) => (listeners.push(f), { dispose: () => undefined }),
        }
      : {}),
  };
  return {
    host: createHost(context),
    sent,
    reply: (m) => listeners.forEach((f) => f(m)),
  };
}

const ok = (r: ViewRequest, result: unknown): unknown => ({
  viewId: r.viewId,
  requestId: r.requestId,
  ok: true,
  result,
});
const settle = (): Promise<void> => new Promise((done) => setImmediate(done));

test('at most four requests of a view are under way, and the newest waiting one goes next', async () => {
  const { host, sent, reply } = fakeHost();
  const results = [0, 1, 2, 3, 4, 5].map((i) => host.ask('v', 'chip', { i }));
  await settle();
  assert.deepEqual(
    sent.map((r) => (r.args as { i: number }).i),
    [0, 1, 2, 3],
  );
  reply(ok(sent[0]!, 'zero'));
  assert.equal(await results[0], 'zero');
  await settle();
  assert.deepEqual(
    sent.map((r) => (r.args as { i: number }).i),
    [0, 1, 2, 3, 5],
  );
  for (const r of sent.slice(1)) reply(ok(r, null));
  await settle();
  reply(ok(sent[5]!, 'last'));
  assert.equal(await results[4], 'last');
});

test('without messaging, with a refusing kernel and with an aborted view, requests end by name', async () => {
  await assert.rejects(fakeHost(false).host.ask('v', 'chip', {}), NoKernelError);
  const { host, sent, reply } = fakeHost();
  const refused = host.ask('v', 'chip', {});
  await settle();
  reply({ viewId: 'v', requestId: sent[0]!.requestId, ok: false, error: 'unknown chip' });
  await assert.rejects(refused, /unknown chip/);
  const leaving = new AbortController();
  const left = host.ask('v', 'chip', {}, leaving.signal);
  await settle();
  leaving.abort();
  await assert.rejects(left);
  reply({ nonsense: true });
});

test('view state is kept for the 64 latest views and never above 4 kB each', () => {
  const { host } = fakeHost();
  for (let i = 0; i < 70; i++) host.writeState(`v${i}`, { tab: i });
  assert.deepEqual(host.readState('v5'), {});
  assert.deepEqual(host.readState('v6'), { tab: 6 });
  host.writeState('v69', { huge: 'x'.repeat(5000) });
  assert.deepEqual(host.readState('v69'), { tab: 69 });
});
