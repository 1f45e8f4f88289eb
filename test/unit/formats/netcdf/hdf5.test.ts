/** HDF5 through h5wasm. Oracle: netCDF4; filters that h5wasm does not undo must be refused. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { openCube } from '../../../../src/formats/cube/index.js';
import { h5Library } from '../../../../src/formats/netcdf/hdf5-library.js';
import { openNetcdf } from '../../../../src/formats/netcdf/index.js';
import { countingSource, memorySource, type Source } from '../../../../src/io/index.js';
import { EXPECTED, FILES, shown } from '../cube/oracle.js';

/** The two ways that bytes come: at once from a local file, by missed pages from elsewhere. */
const WAYS: readonly (readonly [string, (name: string) => ReturnType<typeof openCube>])[] = [
  ['a local file', (name) => openCube(`${FILES}/${name}`)],
  ['missed pages', (name) => openNetcdf(memorySource(readFileSync(`${FILES}/${name}`), name), name)],
];

describe('HDF5', () => {
  for (const [way, open] of WAYS) {
    test(`types.nc by ${way} has the names, types and values that netCDF4 reads`, async () => {
      const expected = EXPECTED.hdf5['types.nc']!;
      const file = await open('types.nc');
      assert.equal(file.format, 'hdf5');
      for (const [key, want] of Object.entries(expected.variables)) {
        const v = file.root.variables.get(key)!;
        assert.deepEqual([v.dims, v.shape], [want.dims, want.shape], key);
        assert.deepEqual(v.dtype, want.dtype === 'str' ? 'string' : want.dtype, key);
        assert.deepEqual(shown(await v.read()), want.values, key);
        const box = { start: want.shape.map(() => 1), count: want.shape.map(() => 2) };
        assert.deepEqual(shown(await v.read(box)), want.corner, key);
      }
      assert.deepEqual(new Set(file.root.variables.keys()), new Set(Object.keys(expected.variables)));
      const deep = file.root.groups[0]?.variables.get('deep');
      assert.deepEqual([deep?.path, deep?.dims, deep?.shape], ['/inner/deep', ['y', 'x'], [3, 5]]);
      await file.close();
      await file.close(); // twice does no harm
    });

    test(`filters that cannot be undone are refused by ${way}, and only when their variable is read`, async () => {
      const file = await open('lzf.h5');
      assert.deepEqual(shown(await file.root.variables.get('x')!.read()), [0, 1, 2, 3]);
      assert.deepEqual(file.root.variables.get('data')!.dims, ['y', 'x']);
      await assert.rejects(file.root.variables.get('data')!.read(), {
        name: 'UnsupportedDataError',
        code: 'hdf5-filter',
        message: /lzf\.h5.*\/data.*32000 \(lzf\)/,
      });
      await file.close();
    });

    test(`long texts and 4-byte lengths are read by ${way}`, async () => {
      const file = await open('small-sizes.h5');
      const v = file.root.variables.get('texts')!;
      assert.deepEqual([await v.read(), v.attributes['note']], [['z'.repeat(5000), 'Größe', ''], 'short']);
      await file.close();
    });

    test(`a superblock behind a user block and scale-offset filters are read by ${way}`, async () => {
      const file = await open('user-block.h5');
      assert.deepEqual(shown(await file.root.variables.get('scaled')!.read({ start: [2, 3], count: [1, 4] })), [
        '23',
        '24',
        '25',
        '26',
      ]);
      await file.close();
    });
  }

  test('files are read side by side through one instance', async () => {
    const names = Array.from({ length: 12 }, (_, i) =>
      i % 3 === 0 ? 'types.nc' : i % 3 === 1 ? 'lzf.h5' : 'groups.nc',
    );
    const found = await Promise.all(
      names.map(async (name, i) => {
        const file = await WAYS[i % 2]![1](name);
        const x =
          name === 'groups.nc' ? null : await file.root.variables.get(name === 'lzf.h5' ? 'x' : 'plain_i1')!.read();
        await file.close();
        return [name, x?.length ?? file.root.groups.length];
      }),
    );
    assert.deepEqual(
      found,
      names.map((n) => [n, n === 'types.nc' ? 15 : n === 'lzf.h5' ? 4 : 1]),
    );
  });

  test('a file goes on in a fresh instance when another one broke the library', async () => {
    const file = await openCube(`${FILES}/types.nc`);
    const v = file.root.variables.get('plain_f8')!;
    const before = shown(await v.read());
    const library = await h5Library();
    const trap = Object.assign(new Error('unreachable'), { name: 'RuntimeError' });
    assert.throws(
      () =>
        library.call(() => {
          throw trap;
        }),
      trap,
    );
    assert.deepEqual([library.broken, library.worn], [true, true]);
    const [a, b] = await Promise.all([h5Library(), h5Library()]);
    assert.ok(a === b && a !== library);
    assert.deepEqual(shown(await v.read()), before);
    await file.close();
  });

  test('a large remote file is described from a part of its bytes', async () => {
    const small = readFileSync(`${FILES}/lzf.h5`);
    const big = new Uint8Array(40 << 20);
    big.set(small);
    const counted = countingSource(memorySource(big, 'big.h5'));
    const file = await openNetcdf(counted, 'big.h5');
    assert.equal(file.root.variables.size, 3);
    assert.ok(counted.count.bytes < 1 << 20, `${counted.count.bytes} bytes`);
    await file.close();
  });

  test('faults of the source are reported as they are, and cancelling ends with the reason', async () => {
    const bytes = readFileSync(`${FILES}/types.nc`);
    const whole = memorySource(bytes, 'types.nc');
    let reads = 0;
    const failing: Source = {
      ...whole,
      read: (offset, length, o) =>
        reads++ > 0 ? Promise.reject(new Error('the wire was cut')) : whole.read(offset, length, o),
    };
    await assert.rejects(openNetcdf(failing, 'types.nc'), /the wire was cut/);
    const stop = new AbortController();
    stop.abort(new Error('enough'));
    await assert.rejects(openNetcdf(memorySource(bytes), 'types.nc', { signal: stop.signal }), /enough/);
  });

  test('what is neither NetCDF nor HDF5 is named', async () => {
    await assert.rejects(openNetcdf(memorySource(Uint8Array.from([0x0e, 3, 0x13, 1, 0, 0, 0, 0])), 'old.hdf'), {
      code: 'hdf4',
    });
    await assert.rejects(openNetcdf(memorySource(new TextEncoder().encode('<html>404</html>')), 'a.nc'), {
      code: 'not-netcdf',
      message: /a\.nc.*html/,
    });
    await assert.rejects(openNetcdf(memorySource(new Uint8Array(0)), 'empty.nc'), { code: 'not-netcdf' });
  });
});
