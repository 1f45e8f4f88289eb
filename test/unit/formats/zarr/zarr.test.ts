/** Zarr 2 and 3: codecs, shards, listing, servers, zip files. Oracle: arrays written by zarr-python. */
import assert from 'node:assert/strict';
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { describeCube, openCube } from '../../../../src/formats/cube/index.js';
import { withFolder } from '../../../support/places.js';
import { EXPECTED, FILES, shown } from '../cube/oracle.js';

let server: Server;
let base = '';

before(async () => {
  server = createServer((request, response) => {
    let bytes: Buffer;
    try {
      bytes = readFileSync(path.join(FILES, decodeURIComponent(new URL(request.url ?? '/', 'http://x').pathname)));
    } catch {
      response.writeHead(404).end();
      return;
    }
    const m = /^bytes=(\d+)-(\d+)$/.exec(request.headers.range ?? '');
    const [from, to] = [Number(m?.[1]), Math.min(Number(m?.[2]), bytes.length - 1)];
    response.writeHead(206, {
      'Content-Range': `bytes ${from}-${to}/${bytes.length}`,
      'Content-Length': to - from + 1,
    });
    response.end(bytes.subarray(from, to + 1));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
after(() => server.close());

const expected = EXPECTED.zarrValues;

describe('Zarr arrays', () => {
  for (const name of ['blosc', 'zstd', 'gzip', 'raw', 'sharded']) {
    test(`${name} has the values that zarr wrote, whole and in boxes across blocks`, async () => {
      const file = await openCube(`${FILES}/codecs.zarr`);
      const v = file.root.variables.get(name)!;
      assert.deepEqual(
        [v.dims, v.shape],
        [
          ['y', 'x'],
          [7, 5],
        ],
      );
      assert.deepEqual(shown(await v.read()), expected);
      for (const [y, x, h, w] of [
        [0, 0, 1, 1],
        [2, 1, 3, 3],
        [6, 4, 1, 1],
        [3, 0, 4, 5],
      ] as const) {
        const want = Array.from({ length: h * w }, (_, i) => expected[(y + Math.floor(i / w)) * 5 + x + (i % w)]);
        assert.deepEqual(shown(await v.read({ start: [y, x], count: [h, w] })), want);
      }
      await file.close();
    });
  }

  test('blocks that were never written hold the fill value', async () => {
    const file = await openCube(`${FILES}/codecs.zarr`);
    const values = shown(await file.root.variables.get('holes')!.read());
    assert.deepEqual(
      values,
      Array.from({ length: 35 }, (_, i) => (i < 15 && i % 5 < 2 ? 5 : -1)),
    );
  });

  test('a block that is shorter than its shape is damage, not zeros', async () => {
    await withFolder(async (folder) => {
      const copy = path.join(folder, 'cut.zarr');
      cpSync(`${FILES}/codecs.zarr`, copy, { recursive: true });
      const block = path.join(copy, 'raw/c/0/0');
      writeFileSync(block, readFileSync(block).subarray(0, 8));
      const file = await openCube(copy);
      await assert.rejects(file.root.variables.get('raw')!.read(), { name: 'FormatError', message: /raw/ });
    });
  });

  test('a block that claims to unpack to gigabytes is refused before memory is taken', async () => {
    await withFolder(async (folder) => {
      const copy = path.join(folder, 'bomb.zarr');
      cpSync(`${FILES}/codecs.zarr`, copy, { recursive: true });
      const block = path.join(copy, 'blosc/c/0/0');
      const bytes = readFileSync(block);
      bytes.writeUInt32LE(0x7fffff00, 4);
      writeFileSync(block, bytes);
      const file = await openCube(copy);
      await assert.rejects(file.root.variables.get('blosc')!.read(), {
        name: 'FormatError',
        message: /2147483392 bytes/,
      });
    });
  });

  test('an unknown codec is named', async () => {
    await withFolder(async (folder) => {
      const copy = path.join(folder, 'codec.zarr');
      cpSync(`${FILES}/codecs.zarr`, copy, { recursive: true });
      const meta = path.join(copy, 'gzip/zarr.json');
      writeFileSync(meta, readFileSync(meta, 'utf8').replace('"gzip"', '"jpeg_xs"'));
      const file = await openCube(copy);
      await assert.rejects(file.root.variables.get('gzip')!.read(), {
        name: 'UnsupportedDataError',
        code: 'zarr-codec',
        message: /jpeg_xs/,
      });
    });
  });
});

describe('Zarr hierarchies', () => {
  for (const place of ['v2-consolidated.zarr', 'v3-consolidated.zarr', 'stored.zarr.zip', 'deflated.zarr.zip']) {
    test(`${place} is read over HTTP by ranges`, async () => {
      const [local, remote] = await Promise.all([openCube(`${FILES}/${place}`), openCube(`${base}/${place}?token=1`)]);
      const [a, b] = [await describeCube(local), await describeCube(remote)];
      assert.deepEqual(b.cells, a.cells);
      assert.deepEqual(b.time, a.time);
      const box = { start: [1, 2, 3], count: [1, 2, 2] };
      assert.deepEqual(shown(await remote.root.variables.get('v')!.read(box)), [39, 40, 45, 46]);
      assert.deepEqual(shown(await local.root.variables.get('v')!.read(box)), [39, 40, 45, 46]);
      await remote.close();
    });
  }

  for (const name of ['cdf5.nc', 'types.nc']) {
    test(`${name} is read over HTTP as from the disk, and its address keeps its secrets`, async () => {
      const [local, remote] = await Promise.all([
        openCube(`${FILES}/${name}`),
        openCube(`${base}/${name}?token=secret`),
      ]);
      assert.ok(!remote.name.includes('secret'));
      assert.deepEqual([...remote.root.variables.keys()], [...local.root.variables.keys()]);
      for (const [key, v] of local.root.variables)
        assert.deepEqual(await remote.root.variables.get(key)!.read(), await v.read(), key);
      await Promise.all([local.close(), remote.close()]);
    });
  }

  test('without consolidated metadata a server cannot list, and the message says what to do', async () => {
    await assert.rejects(openCube(`${base}/v2-listed.zarr`), {
      name: 'UnsupportedDataError',
      code: 'zarr-not-consolidated',
    });
    await assert.rejects(openCube(`${base}/nothing.zarr`), { name: 'FormatError', code: 'not-zarr' });
  });

  test('an array alone is a cube of one variable', async () => {
    const file = await openCube(`${FILES}/codecs.zarr/raw`);
    assert.deepEqual([...file.root.variables.keys()], ['raw']);
    assert.equal((await file.root.variables.get('raw')!.read()).length, 35);
  });

  test('keys that lead out of the hierarchy are refused', async () => {
    await withFolder(async (folder) => {
      const copy = path.join(folder, 'evil.zarr');
      cpSync(`${FILES}/v2-consolidated.zarr`, copy, { recursive: true });
      const meta = path.join(copy, '.zmetadata');
      writeFileSync(meta, readFileSync(meta, 'utf8').replaceAll('"v/.z', '"../v/.z'));
      await assert.rejects(openCube(copy), { name: 'FormatError', code: 'zarr-metadata' });
    });
  });

  test('a folder without metadata and damaged metadata are named', async () => {
    await withFolder(async (folder) => {
      await assert.rejects(openCube(folder), { code: 'not-zarr' });
      const copy = path.join(folder, 'a.zarr');
      cpSync(`${FILES}/v3-listed.zarr`, copy, { recursive: true });
      writeFileSync(path.join(copy, 'x/zarr.json'), '{"zarr_format": 3,');
      await assert.rejects(openCube(copy), { name: 'FormatError', code: 'zarr-metadata', message: /x\/zarr\.json/ });
      rmSync(path.join(copy, 'x/zarr.json'));
      await assert.rejects(
        openCube(copy).then((f) => describeCube(f)),
        { code: 'no-spatial-dims' },
      );
    });
  });
});
