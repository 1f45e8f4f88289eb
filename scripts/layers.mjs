// Runs layers of the tests: `node scripts/layers.mjs [layer …]`. Each prints what it did; the last line counts the tests.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled, ROOT } from './lib/setup.mjs';

const NODE = process.execPath;
const bin = (name) => path.join(ROOT, 'node_modules/.bin', name);
/** A layer that installs its own editor; these cannot be faked, so a machine without a browser names them as skipped. */
const needsBrowser = ['renderers', 'host', 'host-min', 'vsix'];
const browser =
  process.env.CHROMIUM ??
  ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'].find((p) => existsSync(p));

/** A command that passes or fails as one test. */
const step = (title, command, ...args) => ({ title, command, args, kind: 'step' });
/** A run of node:test files, counted by its own summary. */
const suite = (title, ...places) => ({ title, command: NODE, args: ['scripts/run-tests.mjs', ...places], kind: 'tap' });
/** A run that writes { passed, failed } to a JSON file. */
const reported = (title, file, command, ...args) => ({ title, command, args, kind: 'json', file });

const layers = {
  check: [
    // `tsc --noEmit` marks declarations as written that are not.
    step('types', bin('tsc'), '-b', ...(existsSync(path.join(ROOT, 'dist/types/src/index.d.ts')) ? [] : ['--force'])),
    step('types of tests', bin('tsc'), '-p', 'tsconfig.lint.json'),
    step('types as published', bin('tsc'), '-p', 'test/types'),
    step('lint and floors', bin('eslint'), '.', '--max-warnings', '0'),
    step('format', bin('prettier'), '--check', '--log-level', 'warn', '.'),
  ],
  unit: [suite('unit', 'test/unit')],
  kernel: [suite('kernel contract', 'test/contract/kernel')],
  data: [suite('conformance', 'test/contract/data')],
  renderers: [suite('renderer harness', 'test/renderers')],
  examples: [suite('examples', 'test/contract/examples')],
  host: [
    step('install editor host', 'sh', 'test/host/install.sh'),
    reported('real VS Code', 'test-results/integration-host.json', NODE, 'test/host/run.mjs', 'test/host'),
  ],
  'host-min': [
    step('install oldest editor host', 'sh', 'test/host-min/install.sh'),
    reported('oldest VS Code', 'test-results/integration-host-min.json', NODE, 'test/host/run.mjs', 'test/host-min'),
  ],
  vsix: [
    step('package and size', NODE, 'scripts/package.mjs'),
    reported('packaged extension', 'test-results/integration-vsix.json', NODE, 'test/host/vsix.mjs'),
  ],
  electron: [reported('desktop VS Code', 'test-results/integration-electron.json', NODE, 'test/electron/run.mjs')],
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((w) => !(w in layers));
if (unknown.length) {
  console.error(`No test layer called ${unknown.join(', ')}; there are ${Object.keys(layers).join(', ')}.`);
  process.exit(1);
}
ensureInstalled();
if (wanted.length === 0 || wanted.some((w) => !['check', 'unit'].includes(w))) ensureBuilt();
mkdirSync(path.join(ROOT, 'test-results'), { recursive: true });

function execute({ command, args, kind }) {
  return new Promise((resolve) => {
    const env = { ...process.env, ...(browser ? { CHROMIUM: browser } : {}) };
    const child = spawn(command, args, { cwd: ROOT, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    const take = (chunk, out) => {
      text += chunk;
      if (kind !== 'tap') out.write(chunk);
    };
    child.stdout.on('data', (c) => take(c, process.stdout));
    child.stderr.on('data', (c) => take(c, process.stderr));
    child.on('error', (e) => resolve({ code: 1, text: `${text}\n${e.message}` }));
    child.on('close', (code) => resolve({ code: code ?? 1, text }));
  });
}

/** From TAP: counts, names of skipped tests, and the blocks of failed ones. */
function readTap(text) {
  const count = (what) => Number(new RegExp(`^# ${what} (\\d+)$`, 'm').exec(text)?.[1] ?? 0);
  const skips = [...text.matchAll(/^\s*ok \d+ - (.*) # SKIP ?(.*)$/gm)].map(
    (m) => `${m[1]} (${m[2] || 'no reason given'})`,
  );
  const failures = text
    .split('\n')
    .flatMap((line, i, all) => (/^\s*not ok /.test(line) ? [all.slice(i, i + 18).join('\n')] : []));
  return { passed: count('pass'), failed: count('fail') + count('cancelled'), skips, failures };
}

const total = { passed: 0, failed: 0, skipped: [] };
for (const name of wanted.length ? wanted : Object.keys(layers)) {
  if (needsBrowser.includes(name) && !browser) {
    console.log(`\n== ${name}: SKIPPED, no Chromium found (set CHROMIUM to its path)`);
    total.skipped.push(`layer ${name}: no Chromium`);
    // On a person's machine a missing browser is named; CI installs one, so there it is a failure.
    if (process.env.CI) total.failed++;
    continue;
  }
  for (const part of layers[name]) {
    const startedAt = Date.now();
    console.log(`\n== ${name}: ${part.title}`);
    if (part.file) rmSync(path.join(ROOT, part.file), { force: true });
    const { code, text } = await execute(part);
    let result = { passed: code === 0 ? 1 : 0, failed: code === 0 ? 0 : 1, skips: [], failures: [] };
    if (part.kind === 'tap') result = readTap(text);
    if (part.kind === 'json') {
      const skipped = /^SKIPPED: (.*)$/m.exec(text);
      const file = path.join(ROOT, part.file);
      if (existsSync(file)) result = { skips: [], failures: [], ...JSON.parse(readFileSync(file, 'utf8')) };
      else if (code === 0 && skipped)
        result = { passed: 0, failed: 0, skips: [`layer ${name}: ${skipped[1]}`], failures: [] };
    }
    // A run that died without naming a failure still failed.
    if (code !== 0 && result.failed === 0) result.failed = 1;
    if (part.kind === 'tap' && (result.failures.length || code !== 0))
      console.log(result.failures.join('\n') || text.slice(-4000));
    for (const s of result.skips) console.log(`skipped: ${s}`);
    console.log(
      `-- ${part.title}: ${result.passed} passed, ${result.failed} failed in ${((Date.now() - startedAt) / 1000).toFixed(1)} s`,
    );
    total.passed += result.passed;
    total.failed += result.failed;
    total.skipped.push(...result.skips);
    if (part.kind === 'step' && code !== 0 && name !== 'check') break;
  }
}
if (total.skipped.length) console.log(`\n${total.skipped.length} skipped, named above.`);
console.log(`\n${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed ? 1 : 0);
