/** Catalogs of files on a server that misbehaves in all ways that servers do (`stac-sources.md` §6). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { buildRasterCatalog, buildVectorCatalog } from '../../../../src/catalog/index.js';
import { isNadirError } from '../../../../src/core/index.js';
import { withWarnings } from '../../../support/host.js';
import { withFolder } from '../../../support/places.js';
import { writeTinyTiff } from '../../../support/tiny-tiff.js';

/** Answers itself when it returns true; `attempt` counts requests for the same file from 1. */
type Fault = (name: string, attempt: number, response: ServerResponse, body: Buffer) => boolean;

let server: Server;
let base = '';
let bodyOf: (name: string) => Buffer | null = () => null;
let fault: Fault = () => false;
let attempts = new Map<string, number>();
let underWay = 0;
let mostUnderWay = 0;

before(async () => {
  server = createServer((request, response) => {
    const name = decodeURIComponent(new URL(request.url!, 'http://x').pathname.slice(1));
    const attempt = (attempts.get(name) ?? 0) + 1;
    attempts.set(name, attempt);
    underWay++;
    mostUnderWay = Math.max(mostUnderWay, underWay);
    response.on('close', () => underWay--);
    const body = bodyOf(name);
    if (!body) {
      response.writeHead(404).end();
      return;
    }
    if (fault(name, attempt, response, body)) return;
    const m = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '')!;
    const [from, to] = [Number(m[1]), Math.min(Number(m[2]), body.length - 1)];
    response.writeHead(206, {
      'Content-Range': `bytes ${from}-${to}/${body.length}`,
      'Content-Length': to - from + 1,
      ETag: '"1"',
    });
    // A turn later, so that requests overlap.
    setImmediate(() => response.end(body.subarray(from, to + 1)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  attempts = new Map();
  [underWay, mostUnderWay] = [0, 0];
  [bodyOf, fault] = [() => null, () => false];
});

const pointOf = (name: string): Buffer => {
  const i = Number(/\d+/.exec(name)![0]);
  return Buffer.from(JSON.stringify({ type: 'Point', coordinates: [i / 100, -i / 100] }));
};

describe('catalogs of addresses', () => {
  test('3000 tiny files from a server with faults: all rows in order, at most 32 requests at once, the missing named', async () => {
    const urls = Array.from({ length: 3000 }, (_, i) => `${base}/p${i}.geojson`);
    bodyOf = (name) => (/^p\d*99\.geojson$/.test(name) ? null : pointOf(name));
    fault = (name, attempt, response, body) => {
      const i = Number(/\d+/.exec(name)![0]);
      if (attempt > 1 || i % 10 !== 0) return false;
      const range = { 'Content-Range': `bytes 0-${body.length - 1}/${body.length}`, 'Content-Length': body.length };
      if (i % 50 === 0) response.writeHead(429, { 'Retry-After': '0' }).end();
      else if (i % 50 === 10) response.writeHead(503, { 'Retry-After': '0' }).end();
      else if (i % 50 === 20) response.destroy();
      else if (i % 50 === 30) response.writeHead(206, range).write(body.subarray(0, 9), () => response.destroy());
      else response.writeHead(200).end(body);
      return true;
    };
    const { value, warnings } = await withWarnings(() => buildVectorCatalog(urls, { concurrency: 64 }));
    const rows = await value.toArray();
    assert.deepEqual(
      rows.map((r) => [r.filepath, r.bbox[0]]),
      urls.flatMap((url, i) => (i % 100 === 99 ? [] : [[url, i / 100]])),
    );
    assert.deepEqual(
      value.config.skipped!.map((s) => [s.item, s.error.code]),
      urls.flatMap((url, i) => (i % 100 === 99 ? [[url, 'source.missing']] : [])),
    );
    assert.match(warnings[0]!, /30 of 3000 files/);
    assert.ok(mostUnderWay <= 32, `${mostUnderWay} requests at once`);
    const count = (i: number): number => attempts.get(`p${i}.geojson`)!;
    assert.deepEqual([1, 40, 99].map(count), [1, 1, 1], 'a good, a whole and a missing file are asked for once');
    assert.deepEqual([50, 10, 20, 30].map(count), [2, 2, 2, 2], 'what may pass is tried again');
  });

  test('rasters and every vector format are read by ranges as from disk', async () => {
    await withFolder(async (folder) => {
      const tiff = writeTinyTiff(path.join(folder, 'a_20240601.tif'), {
        transform: [10, 0, 500000, 0, -10, 5400000],
        epsg: 32631,
        width: 8,
        height: 6,
      });
      const bytes = readFileSync(tiff);
      bodyOf = (name) => (name === 'a_20240601.tif' ? bytes : null);
      const remote = await buildRasterCatalog(`${base}/a_20240601.tif?token=x`, { filenameRegex: /(?<date>\d{8})/ });
      const local = await buildRasterCatalog(tiff, { filenameRegex: /(?<date>\d{8})/ });
      const [a, b] = [(await remote.toArray())[0]!, (await local.toArray())[0]!];
      assert.deepEqual([a.id, a.bbox, a.interval, a.native], [b.id, b.bbox, b.interval, b.native]);
    });
    // SAFETY: written by make-cases.py.
    const cases = JSON.parse(gunzipSync(readFileSync('test/oracles/vector/cases.json.gz')).toString('utf8')) as {
      readonly name: string;
      readonly main: string;
      readonly files: Readonly<Record<string, string>>;
      readonly layers: readonly { readonly count: number; readonly bounds: readonly number[]; readonly epsg: number }[];
    }[];
    for (const name of ['fgb many', 'gpkg many', 'parquet with covering', 'shp of UTM', 'newline-delimited']) {
      const one = cases.find((c) => c.name.startsWith(name.replace('gpkg many', 'gpkg of many')))!;
      bodyOf = (file) => (one.files[file] === undefined ? null : Buffer.from(one.files[file], 'hex'));
      const catalog = await buildVectorCatalog(`${base}/${one.main}?sig=x`, { onError: 'raise' });
      const [row] = await catalog.toArray();
      const [layer] = one.layers;
      assert.deepEqual(
        [row!.columns['n_features'], row!.bbox, row!.crs.epsg],
        [layer!.count, layer!.bounds, layer!.epsg],
      );
    }
  });

  test('a server that answers nothing is left at once when the build is cancelled', async () => {
    bodyOf = pointOf;
    fault = () => true;
    const abort = new AbortController();
    const reason = new Error('enough');
    const urls = Array.from({ length: 100 }, (_, i) => `${base}/p${i}.geojson`);
    const build = buildVectorCatalog(urls, { signal: abort.signal, concurrency: 32 });
    setTimeout(() => abort.abort(reason), 50);
    const begin = performance.now();
    await assert.rejects(build, (e) => e === reason);
    assert.ok(performance.now() - begin < 1000);
    assert.ok(attempts.size <= 32, 'nothing is asked for ahead');
  });

  test('a permanent fault is named without the secrets of the address, and raise throws it', async () => {
    bodyOf = pointOf;
    fault = (_, __, response) => (response.writeHead(403).end(), true);
    await assert.rejects(buildVectorCatalog(`${base}/p1.geojson?token=secret`, { onError: 'raise' }), (e) => {
      assert.ok(isNadirError(e, 'SourceError') && e.code === 'source.denied');
      return e.message.includes('/p1.geojson') && !e.message.includes('secret');
    });
    assert.equal(attempts.get('p1.geojson'), 1);
  });
});
