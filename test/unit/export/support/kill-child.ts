/** Runs one export in a process of its own and kills it: at a named abort point, or when the parent does. */
import { FAULT_POINTS, type FaultPoint } from '../../../../src/export/fault.js';
import { exportDataset } from '../../../../src/export/index.js';
import { makeScenes } from './scenes.js';

const [dataFolder = '', dir = '', mode = '', name = 'Test', options = '{}'] = process.argv.slice(2);
const [point, nth = '1'] = mode.split('#');
let left = Number(nth);

Object.assign(globalThis, {
  [Symbol.for('nadir.test.fault')]: (passed: FaultPoint) => {
    if (passed === point && --left === 0) process.kill(process.pid, 'SIGKILL');
  },
});
if (point !== '' && point !== 'none' && !FAULT_POINTS.includes(point as FaultPoint))
  throw new Error(`no abort point ${point}`);

const { catalog, chips } = await makeScenes(dataFolder);
process.stdout.write('ready\n');
await exportDataset(
  { name, items: chips, layers: [{ name: 's2', catalog }], outputs: [{ format: 'cog' }, { format: 'png' }] },
  dir,
  { workers: 2, ...(JSON.parse(options) as object) },
);
process.stdout.write('done\n');
