/** Classic NetCDF. Oracle: netCDF4 on files with all types, fixed, record and scalar variables. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { openNetcdf } from '../../../../src/formats/netcdf/index.js';
import { countingSource, memorySource } from '../../../../src/io/index.js';
import { EXPECTED, FILES, shown } from '../cube/oracle.js';

describe('classic NetCDF', () => {
  for (const [name, expected] of Object.entries(EXPECTED.classic)) {
    test(`${name} has the names, types and values that netCDF4 reads`, async () => {
      const file = await openNetcdf(memorySource(readFileSync(`${FILES}/${name}`)), name);
      assert.equal(file.format, 'netcdf3');
      assert.deepEqual(Object.fromEntries(file.root.dims), expected.dims);
      assert.deepEqual({ ...file.root.attributes }, expected.attributes);
      assert.deepEqual([...file.root.variables.keys()], Object.keys(expected.variables));
      for (const [key, want] of Object.entries(expected.variables)) {
        const v = file.root.variables.get(key)!;
        assert.deepEqual(
          [v.dims, v.shape, v.dtype, v.attributes['units'] ?? null],
          [want.dims, want.shape, want.dtype, want.units],
          key,
        );
        assert.deepEqual(shown(await v.read()), want.values, key);
        const corner = { start: want.shape.map(() => 1), count: want.shape.map(() => 2) };
        assert.deepEqual(shown(await v.read(corner)), want.corner, key);
      }
      await file.close();
    });
  }

  test('only the header and the box that is asked for are read', async () => {
    const source = countingSource(memorySource(readFileSync(`${FILES}/single-record-i1.nc`)));
    const file = await openNetcdf(source, 'x.nc');
    const v = file.root.variables.get('record')!;
    const before = source.count.reads;
    await v.read({ start: [1, 1], count: [2, 3] });
    assert.equal(source.count.reads - before, 1);
  });

  test('boxes outside the variable are argument errors', async () => {
    const file = await openNetcdf(memorySource(readFileSync(`${FILES}/cdf1.nc`)), 'cdf1.nc');
    const v = file.root.variables.get('fixed_f8')!;
    for (const box of [
      { start: [0, 0], count: [4, 5] },
      { start: [-1, 0], count: [1, 1] },
      { start: [0], count: [1] },
      { start: [0, 0.5], count: [1, 1] },
    ])
      await assert.rejects(v.read(box), { code: 'bad-selection', name: 'ArgumentError' });
    assert.equal((await v.read({ start: [0, 0], count: [0, 5] })).length, 0);
  });
});
