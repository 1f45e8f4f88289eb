import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Crs } from '../../../src/core/index.js';

// Made with PROJ by test/oracles/core/make.py.
const texts = JSON.parse(readFileSync('test/oracles/core/crs-texts.json', 'utf8')) as Record<
  'wkt1' | 'wkt2',
  Record<string, string>
> & {
  projjson: Record<string, Record<string, unknown>>;
};

describe('Crs', () => {
  for (const form of ['wkt1', 'wkt2'] as const) {
    for (const [code, wkt] of Object.entries(texts[form]))
      test(`${form} of EPSG:${code} is EPSG:${code}`, () => assert.equal(Crs.from(wkt).canonical, `EPSG:${code}`));
  }
  for (const [code, json] of Object.entries(texts.projjson)) {
    test(`PROJJSON of EPSG:${code} is EPSG:${code}`, () => assert.equal(Crs.from(json).canonical, `EPSG:${code}`));
  }

  test('WKT without an authority is identified by its parameters', () => {
    const bare = texts.wkt1['32631']!.replace(/,AUTHORITY\["EPSG","\d+"\]/g, '');
    assert.ok(!bare.includes('AUTHORITY'));
    assert.equal(Crs.from(bare).canonical, 'EPSG:32631');
    assert.equal(Crs.from(texts.wkt1['32733']!.replace(/,AUTHORITY\["EPSG","\d+"\]/g, '')).canonical, 'EPSG:32733');
  });

  test('PROJ strings of WGS 84, its UTM zones and web Mercator are identified', () => {
    assert.equal(Crs.from('+proj=utm +zone=31 +datum=WGS84').canonical, 'EPSG:32631');
    assert.equal(Crs.from('+proj=utm +zone=33 +south +datum=WGS84 +units=m').canonical, 'EPSG:32733');
    assert.equal(Crs.from('+proj=longlat +datum=WGS84').canonical, 'EPSG:4326');
    assert.equal(Crs.from('+proj=merc +a=6378137 +b=6378137 +units=m').canonical, 'EPSG:3857');
  });

  test('another datum or scale is not mistaken for WGS 84 UTM', () => {
    assert.notEqual(Crs.from('+proj=utm +zone=31 +ellps=intl +towgs84=-87,-98,-121').canonical, 'EPSG:32631');
    assert.notEqual(Crs.from('+proj=tmerc +lon_0=3 +k=1 +x_0=500000 +datum=WGS84').canonical, 'EPSG:32631');
  });

  test('aliases have one identity', () => {
    assert.ok(Crs.from('OGC:CRS84').equals(Crs.from('EPSG:4326')));
    assert.ok(Crs.from('urn:ogc:def:crs:OGC:1.3:CRS84').equals(Crs.from('epsg:4326')));
    assert.equal(Crs.from('EPSG:900913').canonical, 'EPSG:3857');
  });

  test('an unknown code says how to register it, and registering helps', () => {
    assert.throws(
      () => Crs.from('EPSG:59999'),
      (e: Error & { hint?: string; code?: string }) =>
        e.name === 'CrsError' && e.code === 'unknown-crs' && /Crs\.register/.test(e.hint ?? ''),
    );
    Crs.register(
      'EPSG:59999',
      '+proj=lcc +lat_0=47.5 +lon_0=13.3333333333333 +lat_1=49 +lat_2=46 +x_0=400000 +y_0=400000 +ellps=bessel +units=m',
    );
    assert.equal(Crs.from('EPSG:59999').canonical, 'EPSG:59999');
  });

  test('a code that came with its definition is made again from the portable text', () => {
    const wkt = `PROJCS["CH1903+ / LV95",GEOGCS["CH1903+",DATUM["CH1903+",SPHEROID["Bessel 1841",6377397.155,299.1528128]],
      PRIMEM["Greenwich",0],UNIT["degree",0.0174532925199433]],PROJECTION["Mercator_1SP"],PARAMETER["central_meridian",7],
      PARAMETER["scale_factor",1],PARAMETER["false_easting",2600000],PARAMETER["false_northing",1200000],
      UNIT["metre",1],AUTHORITY["EPSG","29999"]]`;
    const crs = Crs.from(wkt);
    assert.equal(crs.canonical, 'EPSG:29999');
    assert.throws(() => Crs.from(crs.canonical), { code: 'unknown-crs' });
    const again = Crs.from(crs.portable);
    assert.ok(again.equals(crs));
    assert.deepEqual(again.toProjJson(), crs.toProjJson());
    const json = { ...crs.toProjJson() };
    assert.ok(Crs.from(Crs.from(json).portable).equals(crs));
    for (const code of ['EPSG:4326', 'EPSG:32631', '+proj=sinu +a=6371007.181 +b=6371007.181'])
      assert.equal(Crs.from(code).portable, Crs.from(code).canonical);
  });

  test('nonsense is a CrsError that shows it', () => {
    for (const bad of ['', 'EPSG:', 'banana', '{"type":', 'GEOGCS['])
      assert.throws(() => Crs.from(bad), { name: 'CrsError' }, JSON.stringify(bad));
  });

  test('units follow the projection', () => {
    assert.deepEqual([Crs.from('EPSG:4326').unit, Crs.from('EPSG:32631').unit], ['degree', 'metre']);
    assert.equal(Crs.from('+proj=lcc +lat_1=41 +lat_2=40 +lat_0=40 +lon_0=-74 +units=us-ft +ellps=GRS80').unit, 'foot');
  });

  test('own PROJJSON reads back to the same CRS for every built-in definition', () => {
    for (const code of [
      4326, 3857, 4087, 3035, 3413, 3031, 3995, 6933, 5070, 2154, 32601, 32660, 32733, 25832, 26918, 4269,
    ]) {
      const crs = Crs.from(`EPSG:${code}`);
      const { id, ...anonymous } = crs.toProjJson();
      assert.deepEqual(id, { authority: 'EPSG', code });
      assert.ok(anonymous['type'], String(code));
      assert.equal(Crs.from(crs.toProjJson()).canonical, `EPSG:${code}`);
    }
  });
});
