// Bundles test files with esbuild (Node 20 cannot run TypeScript) and runs them with `node --test`.
// usage: node scripts/run-tests.mjs <file or folder>… [-- extra node flags]
import { build } from 'esbuild';
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { buildWasm } from './lib/wasm.mjs';

const split = process.argv.indexOf('--');
const places = process.argv.slice(2, split < 0 ? undefined : split);
const flags = split < 0 ? [] : process.argv.slice(split + 1);

function testFiles(place) {
  if (!statSync(place).isDirectory()) return [place];
  return readdirSync(place, { recursive: true })
    .map((f) => path.join(place, String(f)))
    .filter((f) => f.endsWith('.test.ts'))
    .sort();
}

const files = places.flatMap(testFiles);
if (files.length === 0) {
  console.error(`no test files under ${places.join(', ')}`);
  process.exit(1);
}
const entryPoints = Object.fromEntries(files.map((f) => [path.relative('.', f).replace(/\.ts$/, ''), f]));
await buildWasm();
await build({
  entryPoints,
  outdir: 'dist-test',
  outExtension: { '.js': '.mjs' },
  bundle: true,
  packages: 'external',
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  platform: 'node',
  target: 'node20',
  format: 'esm',
  sourcemap: true,
  logLevel: 'warning',
  jsx: 'automatic',
  jsxImportSource: 'preact',
});
const built = Object.keys(entryPoints).map((e) => path.join('dist-test', `${e}.mjs`));
const run = spawnSync(process.execPath, ['--test', '--enable-source-maps', ...flags, ...built], { stdio: 'inherit' });
process.exit(run.status ?? 1);
