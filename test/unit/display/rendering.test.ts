import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chooseRendering } from '../../../src/display/rendering.js';
import { pickBands } from '../../../src/display/chips.js';
import { classesOf, SCL_CLASSES, WORLDCOVER_CLASSES } from '../../../src/display/categorical.js';

const named = (names: string[], dtype = 'uint16') => chooseRendering({ bandNames: names, dtype });

test('true colour is found by name in any order and spelling', () => {
  const table: readonly [string[], string, number[]][] = [
    [['B02', 'B03', 'B04', 'B08'], 'uint16', [2, 1, 0]],
    [['B2', 'B3', 'B4'], 'uint16', [2, 1, 0]],
    [['blue', 'green', 'red', 'nir'], 'float32', [2, 1, 0]],
    [['R', 'G', 'B'], 'uint8', [0, 1, 2]],
    [['SR_B2', 'SR_B3', 'SR_B4'], 'uint16', [2, 1, 0]],
    [['SCL', 'B04', 'B03', 'B02'], 'uint16', [1, 2, 3]],
    [['band 1', 'band 2', 'band 3'], 'uint8', [0, 1, 2]],
    [['band 1', 'band 2', 'band 3', 'band 4'], 'uint8', [0, 1, 2]],
    [['band 1', 'band 2', 'band 3'], 'int16', [0, 1, 2]],
  ];
  for (const [names, dtype, bands] of table) assert.deepEqual(named(names, dtype).bands, bands, names.join());
});

test('numbered bands of a stack are no sensor bands', () => {
  const names = Array.from({ length: 12 }, (_, i) => `band ${i + 1}`);
  assert.deepEqual(named(names).bands, [0]);
});

test('B8A does not stand in for a band of true colour, nor does one of three', () => {
  assert.deepEqual(named(['B8A', 'B03', 'B02']).bands, [0]);
});

test('a single measurement is gray, a quantity viridis, an index or a change diverges from zero', () => {
  assert.equal(named(['B08']).ramp, 'gray');
  for (const name of ['NDVI', 'ndwi', 'NBR', 'dNBR', 'NDVI_2024', 'temperature anomaly', 'change'])
    assert.equal(named([name], 'float32').ramp, 'diverging', name);
  assert.equal(named(['reflectance'], 'float32').ramp, 'viridis');
  assert.equal(named(['elevation'], 'int16').ramp, 'viridis');
});

test('the first measurement is shown rather than a class band before it', () => {
  assert.deepEqual(named(['SCL', 'B08']).bands, [1]);
});

test('class bands get their colour tables', () => {
  const scl = chooseRendering({ bandNames: ['SCL'], dtype: 'uint8', valuesOf: () => [0, 4, 6] });
  assert.deepEqual(scl.classes, SCL_CLASSES);
  const cover = chooseRendering({ bandNames: ['Map'], dtype: 'uint8', valuesOf: () => [10, 80] });
  assert.deepEqual(cover.classes, WORLDCOVER_CLASSES);
  const label = chooseRendering({ bandNames: ['crop_label'], dtype: 'uint8', valuesOf: () => [3, 1] });
  assert.deepEqual(
    label.classes?.map((c) => [c.value, c.name]),
    [
      [1, '1'],
      [3, '3'],
    ],
  );
});

test('a tensor’s own classes win, and colours that are none are replaced', () => {
  const attrs = {
    classes: [
      { value: 1, name: 'water', colour: '#0000ff' },
      { value: 2, colour: 'url(x)' },
    ],
  };
  const r = chooseRendering({ bandNames: ['x'], dtype: 'uint8', attrs, valuesOf: () => [1, 2] });
  assert.equal(r.classes?.[0]?.colour, '#0000ff');
  assert.match(r.classes[1]?.colour ?? '', /^#[0-9a-f]{6}$/);
});

test('chips carry true colour and near infrared, four bands at most', () => {
  const names = ['B01', 'B02', 'B03', 'B04', 'B05', 'B08', 'SCL'];
  const look = pickBands(names, named(names));
  assert.deepEqual(look.bandNames, ['B04', 'B03', 'B02', 'B08']);
  assert.deepEqual(look.rendering.bands, [0, 1, 2]);
});

test('a colour table without names does not hide the names of a known product', () => {
  const attrs = { classes: [{ value: 4, name: '4', colour: '#123456' }] };
  assert.equal(classesOf('SCL', [4], attrs)?.find((k) => k.value === 4)?.name, 'vegetation');
  assert.deepEqual(classesOf('band 1', [4], attrs), attrs.classes);
  const named = { classes: [{ value: 4, name: 'forest', colour: '#123456' }] };
  assert.deepEqual(classesOf('SCL', [4], named), named.classes);
});
