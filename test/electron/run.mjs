// Bundles and runs test/electron/run.ts (Node 20 cannot run TypeScript).
import { build } from 'esbuild';
import path from 'node:path';
import { buildIntegration } from '../../scripts/build-integration.mjs';
import { ROOT } from '../../scripts/host.mjs';

process.chdir(ROOT);
await buildIntegration();
const outfile = path.join(ROOT, 'dist-test/electron/run.mjs');
await build({
  entryPoints: ['test/electron/run.ts'],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  logLevel: 'warning',
});
process.argv[1] = outfile;
await import(outfile);
