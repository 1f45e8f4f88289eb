/** PROJJSON that we write of CRSs of every projection, as PROJ reads it: the same places. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { Crs, isNadirError } from '../../../src/core/index.js';
import { python, pythonSkip, withFolder } from '../../support/places.js';

/** Prints the largest difference in metres for each CRS; NaN where PROJ cannot read it. */
const SCRIPT = `
import json, sys
import numpy as np
from pyproj import CRS, Transformer, network
network.set_network_enabled(False)
out = {}
for s in json.load(open(sys.argv[1])):
    crs = CRS.from_json_dict(s["json"])
    p = np.array(s["points"])
    x, y = Transformer.from_crs(4326, crs, always_xy=True).transform(p[:, 0], p[:, 1])
    out[s["code"]] = float(np.max(np.hypot(x - p[:, 2], y - p[:, 3])) * (111000 if s["geographic"] else 1))
print(json.dumps(out))
`;
/** On other prime meridians PROJ chooses another datum shift when it does not know the CRS by its code. */
const OTHER_SHIFT = /\((Paris|Oslo|Bern|Bogota|Ferro|Jakarta|Lisbon|Brussels)\)/;

test('PROJ places points by our PROJJSON as by the EPSG code', { skip: pythonSkip(['pyproj']) }, async () => {
  const samples = (
    JSON.parse(readFileSync('test/oracles/core/epsg.json', 'utf8')) as { code: number; points: number[][] }[]
  ).flatMap((s) => {
    try {
      return [{ ...s, json: Crs.from(`EPSG:${s.code}`).toProjJson() }];
    } catch (error) {
      if (isNadirError(error, 'CrsError') && ['unknown-crs', 'no-projjson'].includes(error.code)) return [];
      throw error;
    }
  });
  assert.ok(samples.length > 140, `${samples.length} CRSs`);
  const found = await withFolder((folder) => {
    const file = path.join(folder, 'samples.json');
    writeFileSync(file, JSON.stringify(samples));
    return Promise.resolve(python(SCRIPT, file) as Record<string, number>);
  });
  const wrong = samples.filter(
    ({ code, json }) => !((found[code] ?? NaN) <= 1) && !OTHER_SHIFT.test(String(json['name'])),
  );
  assert.deepEqual(
    wrong.map(({ code, json }) => `EPSG:${code} ${String(json['name'])}: ${found[code]} m`),
    [],
  );
});
