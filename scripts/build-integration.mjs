// Bundles the suites that run inside the extension host (CommonJS, dist-test/integration/index.cjs) and the end-to-end
// journey that drives the workbench (dist-test/e2e/journey.mjs).
import { build } from 'esbuild';
import path from 'node:path';
import { ROOT } from './host.mjs';

const COMMON = {
  bundle: true,
  platform: 'node',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  absWorkingDir: ROOT,
};

/** Bundles both. */
export async function buildIntegration() {
  await build({
    ...COMMON,
    entryPoints: ['test/integration/index.ts'],
    outfile: 'dist-test/integration/index.cjs',
    format: 'cjs',
    external: ['vscode', 'mocha'],
  });
  await build({
    ...COMMON,
    entryPoints: ['test/integration/e2e/journey.ts'],
    outfile: 'dist-test/e2e/journey.mjs',
    format: 'esm',
    packages: 'external',
  });
}

if (process.argv[1] === path.join(ROOT, 'scripts/build-integration.mjs')) await buildIntegration();
