// `npm run demo [-- --data DIR]`: installs, builds, and runs examples/quickstart.ipynb on the real kernel, without an editor.
// Leaves out/quickstart/ with the curated dataset, the executed notebook and report.html.
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { spawnSync } from 'node:child_process';
import { ensureBuilt, ensureInstalled, ROOT } from './lib/setup.mjs';

const at = process.argv.indexOf('--data');
const userData = at < 0 ? undefined : process.argv[at + 1];
if (at >= 0 && (!userData || !existsSync(userData))) {
  console.error(`--data needs an existing folder of GeoTIFFs; got ${userData ?? 'nothing'}.`);
  process.exit(1);
}
ensureInstalled();
ensureBuilt();

const out = path.join(ROOT, 'out', 'quickstart');
const dataset = path.join(out, 'dataset');
rmSync(dataset, { recursive: true, force: true });
const notebook = path.join(ROOT, 'examples', userData ? 'your-data.ipynb' : 'quickstart.ipynb');
const data = userData ? path.resolve(userData) : path.join(out, 'data');
const startedAt = Date.now();
console.log(`Running ${path.relative(ROOT, notebook)} …`);
const args = [
  'dist/cli.js',
  'run',
  notebook,
  '-p',
  `data=${JSON.stringify(data)}`,
  '-p',
  `out=${JSON.stringify(dataset)}`,
  '-o',
  path.join(out, path.basename(notebook)),
  '--html',
  path.join(out, 'report.html'),
  '--cwd',
  path.dirname(notebook),
];
const done = spawnSync(process.execPath, args, { cwd: ROOT, stdio: 'inherit' });
if (done.status !== 0) process.exit(done.status ?? 1);

const files = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((e) => e.isFile())
    .map((e) => path.join(e.parentPath ?? e.path, e.name));
const size = (list) => `${(list.reduce((sum, f) => sum + statSync(f).size, 0) / 1e6).toFixed(1)} MB`;
const made = files(dataset);
const manifest = createHash('sha256')
  .update(readFileSync(path.join(dataset, 'manifest.json')))
  .digest('hex');
const show = (f) => path.relative(process.cwd(), f);
console.log(`
Made in ${((Date.now() - startedAt) / 1000).toFixed(1)} s:
  ${show(path.join(out, 'report.html'))}    the notebook with its maps: open it in a browser
  ${show(dataset)}/        the curated dataset: ${made.length} files, ${size(made)}
  ${show(path.join(out, path.basename(notebook)))}  the executed notebook
${userData ? '' : `  ${show(data)}/           the sample data: synthetic, ${size(files(data))}\n`}
manifest sha256 ${manifest}  (the same on every run)
Next: npm run editor opens the same notebook in a real VS Code in your browser.`);
