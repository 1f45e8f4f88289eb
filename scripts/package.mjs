// `npm run package`: builds what is missing, packs the VSIX with vsce and checks its files and size.
// usage: node scripts/package.mjs [--update] [--no-build]
//   --update    rewrites test/golden/vsix-files.txt   --no-build  takes dist/ as it is
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './host.mjs';
import { writeNotices } from './make-notices.mjs';

const GOLDEN = path.join(ROOT, 'test/golden/vsix-files.txt');
const LIMIT_MB = 8;
const { version } = JSON.parse(readFileSync(path.join(ROOT, 'package.json'), 'utf8'));

/** Path of the VSIX of the current version. */
export const vsixPath = path.join(ROOT, `nadir-${version}.vsix`);

/** Names of chunks carry a hash of their content; the list compares what stays. */
const normalise = (file) => file.replace(/-[A-Z0-9]{8}(\.\w+)$/, '-*$1');

/** The sample notebook of the VSIX: the quickstart as the examples have it. */
function bundleSample() {
  const target = path.join(ROOT, 'media/sample');
  rmSync(target, { recursive: true, force: true });
  const notebook = path.join(ROOT, 'examples/quickstart.ipynb');
  if (!existsSync(notebook)) return;
  mkdirSync(target, { recursive: true });
  cpSync(notebook, path.join(target, 'quickstart.ipynb'));
  cpSync(path.join(ROOT, 'examples/sample-data'), path.join(target, 'sample-data'), { recursive: true });
}

/** Packs the extension and returns what is wrong with the package; an empty list means that all is well. */
export async function packageExtension({ update = false, build = true } = {}) {
  if (build) {
    const run = spawnSync(process.execPath, ['esbuild.mjs'], { cwd: ROOT, stdio: 'inherit' });
    if (run.status !== 0) throw new Error('the build failed');
  }
  bundleSample();
  writeNotices();
  const { createVSIX, listFiles } = await import('@vscode/vsce');
  const found = [...new Set((await listFiles({ cwd: ROOT })).map(normalise))].sort();
  if (update) {
    mkdirSync(path.dirname(GOLDEN), { recursive: true });
    writeFileSync(GOLDEN, `${found.join('\n')}\n`);
  }
  const expected = existsSync(GOLDEN) ? readFileSync(GOLDEN, 'utf8').trim().split('\n') : [];
  await createVSIX({ cwd: ROOT, packagePath: vsixPath, allowMissingRepository: true, rewriteRelativeLinks: false });
  const megabytes = statSync(vsixPath).size / 2 ** 20;
  console.log(`${path.basename(vsixPath)}: ${megabytes.toFixed(2)} MB, ${found.length} kinds of files`);
  return [
    ...found.filter((f) => !expected.includes(f)).map((f) => `not in the golden list: ${f}`),
    ...expected.filter((f) => !found.includes(f)).map((f) => `missing: ${f}`),
    ...(megabytes > LIMIT_MB ? [`the VSIX has ${megabytes.toFixed(2)} MB, the limit is ${LIMIT_MB}`] : []),
  ];
}

if (process.argv[1] === import.meta.filename) {
  const problems = await packageExtension({
    update: process.argv.includes('--update'),
    build: !process.argv.includes('--no-build'),
  });
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) console.error('Right as it is? Run `npm run package -- --update` and commit the list.');
  process.exit(problems.length > 0 ? 1 : 0);
}
