/** Loads over HTTP from a server that misbehaves: the pixels of the file, or a typed error; never others (reliability.md). */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { buildRasterCatalog } from '../../../src/catalog/index.js';
import { createRandom, GeoSlice, isNadirError, type Affine } from '../../../src/core/index.js';
import { closeLoadContext, loadChips, loadRaster } from '../../../src/load/index.js';
import { writeRaster } from '../../support/raster-files.js';

const SIDE = 1100;
const TRANSFORM: Affine = [10, 0, 600_000, 0, -10, 5_700_000];
// Noise hardly packs, so that the blocks lie beyond the 64 KiB that come with the opening.
const noise = createRandom(7, 'remote');
const VALUES = Uint16Array.from({ length: SIDE * SIDE }, () => noise.int(65536));

interface Request {
  readonly range: readonly [from: number, to: number];
  readonly count: number;
  readonly response: ServerResponse;
}
/** Returns true when it answered by itself. */
let fault: (r: Request) => boolean = () => false;
let tag = '"1"';
let count = 0;
let bytes: Buffer;
let server: Server;
let url = '';
const folder = mkdtempSync(path.join(tmpdir(), 'nadir-remote-'));

before(async () => {
  const shape = [1, SIDE, SIDE] as const;
  const file = await writeRaster(folder, {
    name: 'a.tif',
    values: VALUES,
    shape,
    transform: TRANSFORM,
    crs: 'EPSG:32631',
  });
  bytes = readFileSync(file);
  server = createServer((request, response) => {
    count++;
    const [, from = '0', to = '0'] = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '') ?? [];
    const range = [Number(from), Math.min(Number(to), bytes.length - 1)] as const;
    if (fault({ range, count, response })) return;
    send(response, range);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tif?sig=secret`;
});
after(() => {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});
beforeEach(() => {
  fault = () => false;
  tag = '"1"';
  count = 0;
});

function send(
  response: ServerResponse,
  [from, to]: readonly [number, number],
  body = bytes.subarray(from, to + 1),
): void {
  response.writeHead(206, {
    'Content-Range': `bytes ${from}-${to}/${bytes.length}`,
    'Content-Length': to - from + 1,
    ETag: tag,
  });
  response.end(body);
}

const sliceAt = (col: number, row: number, side = 200): GeoSlice =>
  GeoSlice.fromWindow({ col, row, width: side, height: side }, TRANSFORM, { crs: 'EPSG:32631' });

function assertPixels(values: ArrayLike<number>, col: number, row: number, side = 200): void {
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      if (values[y * side + x] !== VALUES[(row + y) * SIDE + col + x]) assert.fail(`pixel ${col + x}, ${row + y}`);
}

const typed = (code: string) => (e: unknown) =>
  isNadirError(e, 'SourceError') && e.code === code && e.message.includes('/a.tif') && !e.message.includes('secret');

describe('loading over HTTP', () => {
  test('a window costs few requests, and the header comes with the first', async () => {
    const catalog = await buildRasterCatalog(url);
    assert.equal(count, 1);
    const tensor = await loadRaster(catalog, sliceAt(400, 400, 300));
    assertPixels(tensor.values, 400, 400, 300);
    // Four blocks of 512²: two rows of two that lie behind each other.
    assert.ok(count <= 1 + 1 + 2, `${count} requests`);
    await closeLoadContext(catalog);
  });

  test('faults that pass change no pixel', async () => {
    const catalog = await buildRasterCatalog(url);
    const random = createRandom(11, 'faults');
    const seen = new Set<number>();
    let last = -1;
    fault = ({ range, response }) => {
      // Every second request at most fails, so that five attempts are enough.
      const kind = last === -1 ? random.int(6) : -1;
      last = kind === 5 ? -1 : kind;
      seen.add(kind);
      if (kind === 0) response.writeHead(429, { 'Retry-After': '0' }).end();
      else if (kind === 1) response.writeHead(503, { 'Retry-After': '0' }).end('<html>busy</html>');
      else if (kind === 2) response.destroy();
      else if (kind === 3) {
        response.writeHead(206, {
          'Content-Range': `bytes ${range[0]}-${range[1]}/${bytes.length}`,
          'Content-Length': range[1] - range[0] + 1,
          ETag: tag,
        });
        response.write(bytes.subarray(range[0], range[0] + 100), () => response.destroy());
      } else if (kind === 4) setTimeout(() => send(response, range), 50);
      else return false;
      return true;
    };
    const corners = Array.from({ length: 12 }, () => [random.int(SIDE - 200), random.int(SIDE - 200)] as const);
    const chips = loadChips(
      catalog,
      corners.map(([col, row]) => sliceAt(col, row)),
      { onError: 'raise' },
    );
    let n = 0;
    for await (const { index, tensor } of chips) {
      const [col, row] = corners[index]!;
      assertPixels(tensor.values, col, row);
      n++;
    }
    assert.equal(n, 12);
    assert.ok(seen.size >= 4, `kinds of faults met: ${[...seen].join(' ')}`);
    await closeLoadContext(catalog);
  });

  for (const [what, code, answer] of [
    [
      'a file that is replaced while it is read',
      'source.changed',
      ({ range, count: n, response }: Request) => {
        // Again and again: opening it anew, as the next load does, does not help.
        tag = `"${n}"`;
        send(response, range);
        return true;
      },
    ],
    [
      'a proxy that answers another range',
      'source.wrong-range',
      ({ range, response }: Request) => {
        send(response, [range[0] + 8, range[1]]);
        return true;
      },
    ],
    [
      'a file that is deleted',
      'source.missing',
      ({ response }: Request) => {
        response.writeHead(404).end();
        return true;
      },
    ],
    [
      'a signature that has run out',
      'source.denied',
      ({ response }: Request) => {
        response.writeHead(403).end();
        return true;
      },
    ],
    [
      'a file that became shorter',
      'source.changed',
      ({ response }: Request) => {
        response.writeHead(416, { 'Content-Range': 'bytes */100' }).end();
        return true;
      },
    ],
  ] as const) {
    test(`${what} is an error that names it, never pixels`, async () => {
      const catalog = await buildRasterCatalog(url);
      // Open, then break: the header is known, the blocks are not.
      await loadRaster(catalog, sliceAt(0, 0, 16));
      fault = answer;
      await assert.rejects(loadRaster(catalog, sliceAt(700, 700)), typed(code));
      // The same through chips: left out and listed.
      const chips = loadChips(catalog, [sliceAt(800, 200)]);
      for await (const chip of chips) assert.fail(`chip ${chip.index} came`);
      assert.ok(typed(code)(chips.errors[0]?.error));
      await closeLoadContext(catalog);
    });
  }

  test('a file that was replaced is opened anew by the next load', async () => {
    const catalog = await buildRasterCatalog(url);
    await loadRaster(catalog, sliceAt(0, 0, 16));
    const [old, oldValues] = [bytes, VALUES.slice()];
    try {
      // Other pixels in the same place, under another tag.
      VALUES.forEach((v, i) => (VALUES[i] = v ^ 1));
      const other = await writeRaster(folder, {
        name: 'b.tif',
        values: VALUES,
        shape: [1, SIDE, SIDE],
        transform: TRANSFORM,
        crs: 'EPSG:32631',
      });
      bytes = readFileSync(other);
      tag = '"2"';
      // Several that read when it is noticed.
      const failed = await Promise.allSettled([0, 200, 400].map((row) => loadRaster(catalog, sliceAt(700, 100 + row))));
      assert.ok(failed.some((f) => f.status === 'rejected'));
      for (const f of failed) if (f.status === 'rejected') assert.ok(typed('source.changed')(f.reason));
      // Tiles of the file that was are forgotten too.
      for (const [col, row] of [
        [700, 700],
        [0, 0],
      ] as const)
        assertPixels((await loadRaster(catalog, sliceAt(col, row))).values, col, row);
    } finally {
      bytes = old;
      VALUES.set(oldValues);
      await closeLoadContext(catalog);
    }
  });

  test('cancelling ends the load with the reason while the server is silent', async () => {
    const catalog = await buildRasterCatalog(url);
    await loadRaster(catalog, sliceAt(0, 0, 16));
    fault = () => true;
    const abort = new AbortController();
    const reason = new Error('enough');
    setTimeout(() => abort.abort(reason), 50);
    await assert.rejects(loadRaster(catalog, sliceAt(700, 700), { signal: abort.signal }), (e) => e === reason);
    await closeLoadContext(catalog);
  });
});
