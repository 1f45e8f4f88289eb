// Set-up that every README command does by itself on a fresh clone. Plain Node, no packages.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../..');
const STAMP = path.join(ROOT, 'node_modules/.nadir-lock');

/** Runs a command in the repository, shows its output, and ends the process when it fails. */
export function run(command, args, options = {}) {
  const done = spawnSync(command, args, { cwd: ROOT, stdio: 'inherit', ...options });
  if (done.error) throw done.error;
  if (done.status !== 0) {
    console.error(`\n${command} ${args.join(' ')} failed (exit ${done.status ?? done.signal}).`);
    process.exit(done.status ?? 1);
  }
}

/** Installs the packages of the lockfile unless they are there already. */
export function ensureInstalled() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 12)) {
    console.error(`Nadir needs Node 20.12 or newer; this is ${process.versions.node}.`);
    process.exit(1);
  }
  const hash = createHash('sha256')
    .update(readFileSync(path.join(ROOT, 'package-lock.json')))
    .digest('hex');
  if (existsSync(STAMP) && readFileSync(STAMP, 'utf8') === hash) return;
  console.log('Installing packages …');
  run('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'], {
    shell: process.platform === 'win32',
  });
  writeFileSync(STAMP, hash);
}

const SOURCES = ['src', 'kernels', 'renderers', 'wasm', 'esbuild.mjs', 'package.json', 'scripts/make-basemap.mjs'];

function newest(place) {
  if (!existsSync(place)) return 0;
  const s = statSync(place);
  return s.isDirectory() ? Math.max(0, ...readdirSync(place).map((f) => newest(path.join(place, f)))) : s.mtimeMs;
}

/** Builds dist/ when a source is newer than the last build. */
export function ensureBuilt() {
  const stamp = path.join(ROOT, 'dist/.built');
  const since = existsSync(stamp) ? statSync(stamp).mtimeMs : 0;
  if (SOURCES.every((s) => newest(path.join(ROOT, s)) < since)) return;
  console.log('Building …');
  run(process.execPath, ['esbuild.mjs']);
  mkdirSync(path.join(ROOT, 'dist'), { recursive: true });
  writeFileSync(stamp, '');
}
