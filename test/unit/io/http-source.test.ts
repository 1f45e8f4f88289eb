import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import {
  coalescingSource,
  countingSource,
  memorySource,
  openHttpSource,
  openSource,
  type Source,
} from '../../../src/io/index.js';

const DATA = Uint8Array.from({ length: 300_000 }, (_, i) => (i * 7 + (i >> 8)) & 255);
type Handler = (range: [number, number], response: ServerResponse, call: number) => boolean;

let server: Server;
let base = '';
let calls = 0;
/** Returns true when it answered by itself. */
let fault: Handler = () => false;
let tag = '"1"';

before(async () => {
  server = createServer((request: IncomingMessage, response) => {
    calls++;
    const m = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const from = Number(m?.[1]);
    const to = Math.min(Number(m?.[2]), DATA.length - 1);
    if (fault([from, to], response, calls)) return;
    response.writeHead(206, {
      'Content-Range': `bytes ${from}-${to}/${DATA.length}`,
      'Content-Length': to - from + 1,
      ETag: tag,
    });
    response.end(DATA.subarray(from, to + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a%20b.tif?token=secret`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});
beforeEach(() => {
  calls = 0;
  tag = '"1"';
  fault = () => false;
});
const open = (): Promise<Source> => openHttpSource(base, { backoffMs: 1 });
const code = (wanted: string) => (e: unknown) =>
  isNadirError(e, 'SourceError') &&
  e.code === wanted &&
  e.message.includes('/a%20b.tif') &&
  !e.message.includes('secret');

describe('ranged reads over HTTP', () => {
  test('the first 64 KiB come with the opening and are read from memory', async () => {
    const source = await open();
    assert.equal(source.size, DATA.length);
    assert.deepEqual(await source.read(10, 1000), DATA.slice(10, 1010));
    assert.equal(calls, 1);
    assert.deepEqual(await source.read(100_000, 50), DATA.slice(100_000, 100_050));
    assert.equal(calls, 2);
    assert.deepEqual(await source.read(DATA.length - 5, 100), DATA.slice(-5));
  });
  test('429, 503 and a broken connection are tried again', async () => {
    const source = await open();
    fault = (_, response, call) => {
      if (call === 2) response.writeHead(429).end();
      else if (call === 3) response.writeHead(503).end();
      else if (call === 4) response.destroy();
      else return false;
      return true;
    };
    assert.deepEqual(await source.read(200_000, 10), DATA.slice(200_000, 200_010));
    assert.equal(calls, 5);
  });
  test('a connection that breaks in the body is tried again', async () => {
    const source = await open();
    fault = ([from, to], response, call) => {
      if (call > 2) return false;
      response.writeHead(206, {
        'Content-Range': `bytes ${from}-${to}/${DATA.length}`,
        'Content-Length': to - from + 1,
        ETag: tag,
      });
      response.write(DATA.subarray(from, from + 10), () => response.destroy());
      return true;
    };
    assert.deepEqual(await source.read(100_000, 5000), DATA.slice(100_000, 105_000));
  });
  test('a server that stays broken is an error after five attempts', async () => {
    const source = await open();
    fault = (_, response) => (response.writeHead(500).end(), true);
    await assert.rejects(source.read(100_000, 5), code('source.failed'));
    assert.equal(calls, 6);
  });
  test('404 and 403 are not tried again', async () => {
    fault = (_, response) => (response.writeHead(404).end(), true);
    await assert.rejects(open(), code('source.missing'));
    fault = (_, response) => (response.writeHead(403).end(), true);
    await assert.rejects(open(), code('source.denied'));
    assert.equal(calls, 2);
  });
  test('a file that changes midway is detected', async () => {
    const source = await open();
    tag = '"2"';
    await assert.rejects(source.read(100_000, 5), code('source.changed'));
  });
  test('a wrong range is detected', async () => {
    const source = await open();
    fault = ([from, to], response) => {
      response.writeHead(206, { 'Content-Range': `bytes ${from + 1}-${to + 1}/${DATA.length}`, ETag: tag });
      response.end(DATA.subarray(from + 1, to + 2));
      return true;
    };
    await assert.rejects(source.read(100_000, 5), code('source.wrong-range'));
  });
  test('a server without ranges sends a small file whole, once; a large one is refused before it is read', async () => {
    fault = (_, response) => (response.writeHead(200).end(DATA), true);
    const source = await open();
    assert.equal(source.size, DATA.length);
    assert.deepEqual(await source.read(200_000, 10), DATA.slice(200_000, 200_010));
    assert.equal(calls, 1);
    fault = (_, response) => (response.writeHead(200, { 'Content-Length': 65 << 20 }).write(DATA), true);
    await assert.rejects(open(), code('source.no-range'));
  });
  test('a server that forgets ranges midway still gives the bytes that were asked for', async () => {
    const source = await open();
    fault = (_, response) => (response.writeHead(200, { ETag: tag }).end(DATA), true);
    assert.deepEqual(await source.read(200_000, 10), DATA.slice(200_000, 200_010));
  });
  test('an empty file has no bytes', async () => {
    fault = (_, response) => (response.writeHead(416, { 'Content-Range': 'bytes */0' }).end(), true);
    assert.equal((await open()).size, 0);
  });
  test('a body that goes on beyond its range is no answer', async () => {
    const source = await open();
    fault = ([from, to], response) => {
      response.writeHead(206, { 'Content-Range': `bytes ${from}-${to}/${DATA.length}`, ETag: tag });
      const more = (): void => void response.write(DATA, (error) => error ?? setImmediate(more));
      more();
      return true;
    };
    await assert.rejects(source.read(100_000, 50), code('source.truncated'));
  });
  test('an attempt without an answer ends after its time limit', async () => {
    fault = () => true;
    const begin = performance.now();
    await assert.rejects(
      openHttpSource(base, { attempts: 2, backoffMs: 1, timeoutMs: 30 }),
      (e) => code('source.network')(e) && /within 0\.03 s/.test((e as Error).message),
    );
    assert.ok(performance.now() - begin < 2000);
  });
  test('a server that nobody runs is an error that names it', async () => {
    await assert.rejects(
      openHttpSource('http://127.0.0.1:1/x.tif', { attempts: 2, backoffMs: 1 }),
      (e) => isNadirError(e, 'SourceError') && e.code === 'source.network',
    );
  });
  test('cancelling rejects with the reason, during the request and during the pause', async () => {
    const source = await open();
    for (const stuck of [
      (): boolean => true,
      (_: unknown, response: ServerResponse): boolean => (response.writeHead(503, { 'Retry-After': '20' }).end(), true),
    ]) {
      fault = stuck;
      const abort = new AbortController();
      const reason = new Error('enough');
      const read = source.read(100_000, 5, { signal: abort.signal });
      setTimeout(() => abort.abort(reason), 20);
      await assert.rejects(read, (e) => e === reason);
    }
  });
  test('neighbouring reads of one turn become one request', async () => {
    const source = await openSource(base);
    const [a, b] = await Promise.all([source.read(100_000, 100), source.read(100_200, 100)]);
    assert.deepEqual([a, b], [DATA.slice(100_000, 100_100), DATA.slice(100_200, 100_300)]);
    assert.equal(calls, 2);
  });
});

describe('joining reads', () => {
  test('distant reads stay apart, and each gets its own bytes', async () => {
    const counted = countingSource(memorySource(DATA));
    const source = coalescingSource(counted);
    const places = [5, 250_000, 60, 100_000, 10];
    const got = await Promise.all(places.map((at) => source.read(at, 20)));
    places.forEach((at, i) => assert.deepEqual(got[i], DATA.slice(at, at + 20)));
    assert.deepEqual(counted.count.ranges, [
      [5, 75],
      [100_000, 20],
      [250_000, 20],
    ]);
  });
});

describe('local files', () => {
  test('missing files and folders are named', async () => {
    await assert.rejects(
      openSource('/no/such/file.tif'),
      (e) => isNadirError(e, 'SourceError') && e.code === 'source.missing' && e.message.includes('/no/such/file.tif'),
    );
    await assert.rejects(openSource('test'), (e) => isNadirError(e, 'SourceError') && e.code === 'source.not-a-file');
  });
  test('reads stop at the end of the file', async () => {
    const source = await openSource('package.json');
    assert.equal((await source.read((source.size ?? 0) - 3, 100)).length, 3);
    assert.equal((await source.read((source.size ?? 0) + 3, 100)).length, 0);
    await source.close();
  });
});
