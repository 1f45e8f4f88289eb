/** The packed table of the EPSG registry against places made by PROJ (test/oracles/core/make-epsg.py). */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Crs, isNadirError, pointTransform } from '../../../src/core/index.js';

interface Sample {
  readonly code: number;
  readonly geographic: boolean;
  /** Longitude, latitude, x, y. */
  readonly points: readonly (readonly [number, number, number, number])[];
}
const samples = JSON.parse(readFileSync('test/oracles/core/epsg.json', 'utf8')) as readonly Sample[];
const EARTH_RADIUS = 6371000;
/** In metres: what `scripts/epsg/pack.mjs` allows where PROJ changes the datum shift from place to place. */
const TOLERANCE = 1;

/** CRSs of the sample that are left out, because one datum shift does not do for them or proj4 lacks the projection. */
const LEFT_OUT = samples.filter(({ code }) => {
  try {
    Crs.from(`EPSG:${code}`);
    return false;
  } catch (error) {
    return isNadirError(error, 'CrsError') && error.code === 'unknown-crs';
  }
});

describe('CRSs of the EPSG registry', () => {
  test('those of national mapping and of the shared data are built in', () => {
    for (const code of [
      2056, 21781, 2193, 31985, 27700, 31370, 28992, 2180, 3006, 28355, 7855, 2263, 31467, 3577, 3978,
    ])
      assert.doesNotThrow(() => Crs.from(`EPSG:${code}`), `EPSG:${code}`);
    assert.ok(LEFT_OUT.length < samples.length / 3, `${LEFT_OUT.length} of ${samples.length} left out`);
  });

  test('places agree with PROJ, there and back', () => {
    const wgs84 = Crs.from('EPSG:4326');
    let tested = 0;
    for (const { code, geographic, points } of samples) {
      if (LEFT_OUT.some((s) => s.code === code)) continue;
      const crs = Crs.from(`EPSG:${code}`);
      assert.equal(crs.isGeographic, geographic);
      const metres = geographic ? (Math.PI / 180) * EARTH_RADIUS : crs.unit === 'foot' ? 0.3048 : 1;
      for (const [lon, lat, x, y] of points) {
        const there = pointTransform(wgs84, crs)(lon, lat);
        const back = pointTransform(crs, wgs84)(x, y);
        const dx = geographic ? ((there[0] - x + 540) % 360) - 180 : there[0] - x;
        const off = Math.hypot(dx, there[1] - y) * metres;
        assert.ok(off <= TOLERANCE, `EPSG:${code} at ${lon}, ${lat}: ${off} m`);
        const turn = ((back[0] - lon + 540) % 360) - 180;
        const offBack =
          Math.hypot(turn * Math.cos((lat * Math.PI) / 180), back[1] - lat) * (Math.PI / 180) * EARTH_RADIUS;
        assert.ok(offBack <= TOLERANCE, `EPSG:${code} back at ${x}, ${y}: ${offBack} m`);
      }
      tested++;
    }
    assert.ok(tested > 150);
  });

  test('names and units are those of the registry', () => {
    assert.equal(Crs.from('EPSG:2056').name, 'CH1903+ / LV95');
    assert.equal(Crs.from('EPSG:2263').unit, 'foot');
    assert.equal(Crs.from('EPSG:4283').unit, 'degree');
  });

  test('what is registered by hand goes before the table', () => {
    Crs.register('EPSG:31467', '+proj=tmerc +lon_0=9 +x_0=3500000 +ellps=bessel +towgs84=1,2,3');
    const { definition } = Crs.from('EPSG:31467');
    assert.ok(typeof definition === 'string' && definition.includes('towgs84=1,2,3'));
  });

  test('PROJJSON names the geographic CRS, so that readers find its datum', () => {
    const json = Crs.from('EPSG:2056').toProjJson() as {
      base_crs: { id: object; datum: { name: string } };
      id: object;
    };
    assert.deepEqual(json.base_crs.id, { authority: 'EPSG', code: 4150 });
    assert.equal(json.base_crs.datum.name, 'CH1903+');
    assert.deepEqual(json.id, { authority: 'EPSG', code: 2056 });
    assert.ok(Crs.from(json).equals(Crs.from('EPSG:2056')));
  });
});
