/** Kills a process at random moments while it saves a COG over another: the file is the old one or the new one, whole. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { build } from 'esbuild';
import { createRandom } from '../../../src/core/index.js';
import { cogBytes, GeoTensor } from '../../../src/pixels/index.js';
import { withFolder } from '../../support/places.js';

const SEED = 20261120;
const KILLS = 8;
let child = '';

before(async () => {
  // Beside the other bundles, so that packages resolve.
  const folder = mkdtempSync(path.join('dist-test', 'kill-cog-'));
  child = path.resolve(folder, 'child.mjs');
  await build({
    stdin: {
      contents: `
        import { GeoTensor, saveCog } from './src/pixels/index.ts';
        const values = new Uint16Array(2 * 1400 * 1400).map((_, i) => (i * 7919) % 5003);
        const t = GeoTensor.create({ values, shape: [2, 1400, 1400], transform: [10, 0, 0, 0, -10, 0], crs: 'EPSG:32631' });
        console.log('ready');
        await saveCog(t, process.argv[2]);`,
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

/** Runs the child, killed that long after it was ready; resolves with how long it took from then on. */
function run(file: string, killAfterMs?: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const p = spawn(process.execPath, [child, file], { stdio: ['ignore', 'pipe', 'inherit'] });
    let startedAt = 0;
    p.stdout.once('data', () => {
      startedAt = performance.now();
      if (killAfterMs !== undefined) setTimeout(() => p.kill('SIGKILL'), killAfterMs);
    });
    p.on('error', reject);
    p.on('exit', () => resolve(performance.now() - startedAt));
  });
}

test(`killed at ${KILLS} random moments (seed ${SEED}) the file is old or new, never in between`, () =>
  withFolder(async (folder) => {
    const values = new Uint16Array(2 * 1400 * 1400).map((_, i) => (i * 7919) % 5003);
    const shape = [2, 1400, 1400];
    const wanted = Buffer.from(
      await cogBytes(GeoTensor.create({ values, shape, transform: [10, 0, 0, 0, -10, 0], crs: 'EPSG:32631' })),
    );
    const file = path.join(folder, 'a.tif');
    const whole = await run(file);
    assert.ok(readFileSync(file).equals(wanted));
    const random = createRandom(SEED, 'kill');
    let kept = 0;
    for (let i = 0; i < KILLS; i++) {
      writeFileSync(file, 'old');
      await run(file, random.uniform() * whole * 1.1);
      const now = readFileSync(file);
      if (now.toString('latin1') === 'old') kept++;
      else assert.ok(now.equals(wanted));
    }
    assert.ok(kept > 0, 'at least one run was killed before its end');
  }));
