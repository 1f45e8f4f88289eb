/** Damaged and forged files: a typed error or success, quickly and without much memory (`reliability.md`). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { createRandom, Crs, isNadirError } from '../../../../src/core/index.js';
import { describeCube, type CubeFile, type CubeGroup, type CubeVariable } from '../../../../src/formats/cube/index.js';
import { openNetcdf } from '../../../../src/formats/netcdf/index.js';
import { openZarr, openZipStore } from '../../../../src/formats/zarr/index.js';
import { memorySource } from '../../../../src/io/index.js';
import { FILES } from './oracle.js';

const TARGET = Crs.from('EPSG:4326');
const MUTATIONS: Readonly<Record<string, number>> = {
  'cdf1.nc': 500,
  'cdf5.nc': 500,
  'utm-daily.nc': 400,
  'stored.zarr.zip': 200,
  'types.nc': 150,
  'groups.nc': 150,
  'user-block.h5': 100,
};

function* variablesOf(group: CubeGroup): Generator<CubeVariable> {
  yield* group.variables.values();
  for (const child of group.groups) yield* variablesOf(child);
}

async function open(bytes: Uint8Array, name: string): Promise<CubeFile> {
  const source = memorySource(bytes, name);
  return name.endsWith('.zip') ? openZarr(await openZipStore(source, name), name) : openNetcdf(source, name);
}

/** Opens, describes and reads all of a file. Anything but a typed error fails the test. */
async function useAll(bytes: Uint8Array, name: string): Promise<string> {
  const outcome = async (fn: () => Promise<unknown>): Promise<string> => {
    try {
      await fn();
      return 'ok';
    } catch (error) {
      if (!isNadirError(error)) throw error;
      assert.notEqual(error.message, '');
      return error.code;
    }
  };
  let file: CubeFile | undefined;
  const opened = await outcome(async () => (file = await open(bytes, name)));
  if (!file) return opened;
  const { root } = file;
  await outcome(() => describeCube(file as CubeFile, { targetCrs: TARGET }));
  for (const v of variablesOf(root)) await outcome(() => v.read());
  await file.close();
  return opened;
}

describe('damaged cubes', () => {
  for (const [name, n] of Object.entries(MUTATIONS)) {
    test(`${n} mutations of ${name} give typed errors or success, each within 5 s and all within 512 MB`, async () => {
      const original = readFileSync(`${FILES}/${name}`);
      const random = createRandom(20261120, name);
      const before = process.memoryUsage().rss;
      let failures = 0;
      for (let i = 0; i < n; i++) {
        let bytes = Uint8Array.from(original);
        const hits = 1 + random.int(4);
        const places: string[] = [];
        for (let k = 0; k < hits; k++) {
          // Headers, which lie at the front, are hit more often.
          const at = Math.floor(random.uniform() ** 2 * bytes.length);
          const value = [0, 255, 127, random.int(256)][random.int(4)] ?? 0;
          const length = random.int(3) === 0 ? 4 : 1;
          bytes.fill(value, at, at + length);
          places.push(`${at}=${value}x${length}`);
        }
        if (random.int(10) === 0) bytes = bytes.slice(0, random.int(bytes.length));
        const start = performance.now();
        const code = await useAll(bytes, name).catch((error: unknown) => {
          throw new Error(`mutation ${i} (${places.join(' ')}, ${bytes.length} bytes)`, { cause: error });
        });
        if (code !== 'ok') failures++;
        assert.ok(performance.now() - start < 5000, `mutation ${i} (${places.join(' ')}) took too long`);
      }
      assert.ok(failures > 0, 'mutations that never hit anything test nothing');
      assert.ok(process.memoryUsage().rss - before < 512e6, `${(process.memoryUsage().rss - before) / 1e6} MB more`);
    });
  }

  for (const name of ['cdf1.nc', 'types.nc', 'lzf.h5', 'deflated.zarr.zip']) {
    test(`${name} cut anywhere is a typed error or reads what is left`, async () => {
      const original = readFileSync(`${FILES}/${name}`);
      for (let i = 0; i < 40; i++) await useAll(original.subarray(0, Math.floor((original.length * i) / 40)), name);
      assert.notEqual(await useAll(original.subarray(0, 20), name), 'ok');
    });
  }

  test('forged lengths of a classic header take no memory', async () => {
    const before = process.memoryUsage().rss;
    const bytes = Uint8Array.from(readFileSync(`${FILES}/utm-daily.nc`));
    const at = Buffer.from(bytes).indexOf('x\0\0\0') + 4; // the length of dimension x
    new DataView(bytes.buffer).setUint32(at, 0x7ffffff0);
    const file = await open(bytes, 'forged.nc');
    assert.equal(file.root.dims.get('x'), 0x7ffffff0);
    await assert.rejects(describeCube(file), (e) => isNadirError(e) && ['too-large', 'truncated'].includes(e.code));
    await assert.rejects(file.root.variables.get('x')!.read(), (e) => isNadirError(e));
    const counts = Uint8Array.from([0x43, 0x44, 0x46, 1, 0, 0, 0, 0, 0, 0, 0, 10, 0xff, 0xff, 0xff, 0xff]);
    await assert.rejects(open(counts, 'counts.nc'), { name: 'FormatError', code: 'netcdf-header' });
    assert.ok(process.memoryUsage().rss - before < 100e6);
  });

  test('a global heap that would make HDF5 loop is an error, and other files go on being read', async () => {
    const bytes = Uint8Array.from(readFileSync(`${FILES}/types.nc`));
    const whole = await open(readFileSync(`${FILES}/types.nc`), 'whole.nc');
    const at = Buffer.from(bytes).indexOf('GCOL');
    // Every object becomes free space of no length.
    bytes.fill(0, at + 16, at + 4096);
    const broken = await open(bytes, 'broken.nc').catch((e: unknown) => e);
    if (isNadirError(broken)) assert.equal(broken.name, 'FormatError');
    else
      await assert.rejects((broken as CubeFile).root.variables.get('names')!.read(), {
        name: 'FormatError',
        code: 'hdf5',
      });
    assert.equal((await whole.root.variables.get('plain_f8')!.read()).length, 15);
  });
});
