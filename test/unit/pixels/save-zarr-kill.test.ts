/** Kills a process after each of the files of a Zarr folder: the old folder stays as it was, a new one is not there. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { withFolder } from '../../support/places.js';

let child = '';

before(async () => {
  // Beside the other bundles, so that packages resolve.
  mkdirSync('dist-test', { recursive: true });
  const folder = mkdtempSync(path.join('dist-test', 'kill-zarr-'));
  child = path.resolve(folder, 'child.mjs');
  await build({
    stdin: {
      contents: `
        import { DataCube } from './src/pixels/index.ts';
        const [target, stop, fill] = process.argv.slice(2);
        const values = new Float32Array(4).fill(Number(fill));
        const v = { dims: ['y', 'x'], shape: [2, 2], values };
        const cube = DataCube.create({ vars: { v }, coords: { y: [2, 1], x: [1, 2] }, crs: 'EPSG:4326' });
        const onProgress = ({ done }) => { if (done === Number(stop)) process.kill(process.pid, 'SIGKILL'); };
        console.log((await cube.saveZarr(target, { overwrite: true, onProgress })).files);`,
      resolveDir: process.cwd(),
      loader: 'ts',
    },
    outfile: child,
    bundle: true,
    packages: 'external',
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
});
after(() => rmSync(path.dirname(child), { recursive: true, force: true }));

const run = (target: string, stop: number, fill: number): { signal: string | null; files: number } => {
  const { signal, stdout } = spawnSync(process.execPath, [child, target, `${stop}`, `${fill}`], { encoding: 'utf8' });
  return { signal, files: Number(stdout) };
};

test('killed after any of its files, saveZarr leaves the old folder whole and no new one', () =>
  withFolder((folder) => {
    const [old, fresh] = [path.join(folder, 'old.zarr'), path.join(folder, 'fresh.zarr')];
    const { files } = run(old, 0, 1);
    const chunk = path.join(old, 'v/c/0/0');
    const before = readFileSync(chunk);
    for (let stop = 1; stop <= files; stop++) {
      assert.equal(run(old, stop, 2).signal, 'SIGKILL');
      assert.ok(readFileSync(chunk).equals(before), `after ${stop} files`);
    }
    assert.equal(run(fresh, files, 2).signal, 'SIGKILL');
    assert.equal(existsSync(fresh), false);
    assert.equal(run(old, 0, 2).files, files);
    assert.ok(!readFileSync(chunk).equals(before));
    return Promise.resolve();
  }));
