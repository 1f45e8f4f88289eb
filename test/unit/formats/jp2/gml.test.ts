import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readGmlGrid } from '../../../../src/formats/jp2/gml.js';

const grid = (srs: string, origin: string, first: string, second: string): string => `
<gml:RectifiedGridCoverage><gml:RectifiedGrid dimension="2"><gml:origin><gml:Point srsName="${srs}">
<gml:pos>${origin}</gml:pos></gml:Point></gml:origin>
<gml:offsetVector srsName="${srs}">${first}</gml:offsetVector><gml:offsetVector srsName="${srs}">${second}</gml:offsetVector>
</gml:RectifiedGrid></gml:RectifiedGridCoverage>`;

describe('GMLJP2 grids', () => {
  test('the origin is the centre of the first pixel', () => {
    const g = readGmlGrid(grid('urn:ogc:def:crs:EPSG::32631', '399990 4799970', '60 0', '0 -60'))!;
    assert.deepEqual(g.transform, [60, 0, 399960, 0, -60, 4800000]);
    assert.equal(g.crs?.canonical, 'EPSG:32631');
  });
  test('formal names of geographic CRSs have latitude first, plain names longitude', () => {
    const formal = readGmlGrid(grid('http://www.opengis.net/def/crs/EPSG/0/4326', '46.75 12.25', '0 0.5', '-0.5 0'))!;
    const plain = readGmlGrid(grid('EPSG:4326', '12.25 46.75', '0.5 0', '0 -0.5'))!;
    assert.deepEqual(formal.transform, [0.5, 0, 12, 0, -0.5, 47]);
    assert.deepEqual(plain.transform, formal.transform);
  });
  test('a CRS that is not known is a problem, never a guess', () => {
    const g = readGmlGrid(grid('gmljp2://xml/CRSDictionary.gml#ogrcrs1', '0 0', '1 0', '0 -1'))!;
    assert.equal(g.crs, null);
    assert.match(g.problem!, /ogrcrs1/);
  });
  test('text without a grid, without numbers, or with a flat grid gives none', () => {
    assert.equal(readGmlGrid('<gml:RectifiedGrid dimension="2">'), null);
    assert.equal(readGmlGrid(grid('EPSG:4326', 'a b', '1 0', '0 -1')), null);
    assert.equal(readGmlGrid(grid('EPSG:4326', '0 0', '1 0', '2 0')), null);
    assert.equal(readGmlGrid('RectifiedGrid '.repeat(20000)), null);
  });
});
