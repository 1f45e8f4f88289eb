/** CF grid mappings. Oracle: parameters written by pyproj, points projected by PROJ. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Crs, pointTransform } from '../../../../src/core/index.js';
import { projOfGridMapping } from '../../../../src/formats/cube/cf-projection.js';
import { EXPECTED } from './oracle.js';

describe('grid mappings by CF parameters', () => {
  for (const [name, { cf, lonlat, xy, epsg }] of Object.entries(EXPECTED.projections)) {
    test(`${name} puts a point where PROJ puts it, to a millimetre`, () => {
      const proj = projOfGridMapping(cf);
      assert.ok(proj !== null);
      const crs = Crs.from(proj);
      // Degrees on the same figure of the Earth, so that no datum shift is compared.
      const figure = /\+(?:datum|a)=.*?(?= \+units| \+no_defs)/.exec(proj)?.[0] ?? '';
      const degrees = Crs.from(`+proj=longlat ${figure} +no_defs`);
      const [x, y] = pointTransform(degrees, crs)(...lonlat);
      const tolerance = crs.isGeographic ? 1e-9 : 1e-3;
      assert.ok(
        Math.abs(x - xy[0]) < tolerance && Math.abs(y - xy[1]) < tolerance,
        `${proj}: ${x}, ${y} and ${xy.join(', ')}`,
      );
      // UTM and WGS 84 are known by their parameters.
      if (epsg !== null && (epsg === 4326 || (epsg > 32600 && epsg < 32800)))
        assert.equal(crs.canonical, `EPSG:${epsg}`);
    });
  }

  test('a mapping that is not read, or none, gives nothing', () => {
    assert.equal(projOfGridMapping({ grid_mapping_name: 'rotated_latitude_longitude' }), null);
    assert.equal(projOfGridMapping({ crs_wkt: 'x' }), null);
  });

  test('a scale factor stands for the standard parallel, and one parallel for two', () => {
    const polar = projOfGridMapping({
      grid_mapping_name: 'polar_stereographic',
      latitude_of_projection_origin: -90,
      straight_vertical_longitude_from_pole: 0,
      scale_factor_at_projection_origin: 0.994,
    });
    assert.match(polar ?? '', /\+lat_0=-90 \+k=0\.994 \+lon_0=0/);
    const cone = projOfGridMapping({
      grid_mapping_name: 'lambert_conformal_conic',
      standard_parallel: 25,
      longitude_of_central_meridian: -95,
      earth_radius: 6371229,
    });
    assert.match(cone ?? '', /\+lat_1=25 \+lat_2=25 \+lat_0=25 \+lon_0=-95 .*\+a=6371229 \+b=6371229/);
  });
});
