// Runs the suites of the extension host, then the end-to-end journey, in the editor of HOST_DIR.
// usage: node test/host/run.mjs [HOST_DIR] [--only=integration|e2e] [--grep=TEXT]
// Writes test-results/integration-<name>.json and test-results/screens/<name>/. Exits 0 only if everything passed.
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildIntegration } from '../../scripts/build-integration.mjs';
import { ensureHost, openBrowser, ROOT, startServer, workbenchUrl } from '../../scripts/host.mjs';

const LIMIT_MS = Number(process.env.NADIR_HOST_LIMIT_S ?? 180) * 1000;
const args = process.argv.slice(2);
const option = (name) => args.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
const dir = path.resolve(args.find((a) => !a.startsWith('--')) ?? path.join(ROOT, 'test/host'));
const name = path.basename(dir);
const only = option('only');
const resultsFile = path.join(ROOT, 'test-results', `integration-${name}.json`);

ensureHost(name);
await buildIntegration();
mkdirSync(path.dirname(resultsFile), { recursive: true });
rmSync(resultsFile, { force: true });

let code = 0;
if (only !== 'e2e') code = await integration();
// The journey needs the renderers as the current workbench shows them; the oldest host runs the suites only.
if (only !== 'integration' && name === 'host') code = (await journey()) || code;
const { passed = 0, failed = 0 } = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {};
if (passed + failed === 0) code ||= 1;
console.log(`${name}: ${passed} passed, ${failed} failed`);
process.exit(code || (failed > 0 ? 1 : 0));

/** Adds results to the JSON file of this host. */
function record(results) {
  const before = existsSync(resultsFile)
    ? JSON.parse(readFileSync(resultsFile, 'utf8'))
    : { passed: 0, failed: 0, results: [] };
  before.results.push(...results);
  before.passed += results.filter((r) => r.state === 'passed').length;
  before.failed += results.filter((r) => r.state === 'failed').length;
  writeFileSync(resultsFile, `${JSON.stringify(before, null, 1)}\n`);
}

async function integration() {
  const server = await startServer({
    dir,
    env: { NADIR_TEST_RESULTS: resultsFile, NADIR_TEST_GREP: option('grep') ?? '', ELECTRON_RUN_AS_NODE: '' },
  });
  let opened;
  try {
    opened = await openBrowser(server);
    const { page, strangers } = opened;
    const exit = Promise.withResolvers ? Promise.withResolvers() : deferred();
    await page.exposeFunction('codeAutomationLog', (_type, texts) => {
      const text = (Array.isArray(texts) ? texts : [texts]).map(String).join(' ');
      for (const line of text.split('\n'))
        if (/^\s*(TEST|[✓✔✗×]|\d+ (passing|failing|pending))/.test(line)) console.log(line.replace(/^TEST /, '  '));
    });
    await page.exposeFunction('codeAutomationExit', (status) => exit.resolve(Number(status)));
    const timer = setTimeout(() => exit.resolve(124), LIMIT_MS);
    await page.goto(workbenchUrl(server, { tests: path.join(ROOT, 'dist-test/integration/index.cjs') }));
    const status = await exit.promise;
    clearTimeout(timer);
    mkdirSync(path.join(ROOT, 'test-results/screens', name), { recursive: true });
    await page.screenshot({ path: path.join(ROOT, 'test-results/screens', name, 'integration-end.png') });
    if (status === 124)
      console.error(`${name}: the suites did not end within ${LIMIT_MS / 1000} s\n${server.log().slice(-2000)}`);
    record([requestsResult('integration', strangers)]);
    return status === 0 && strangers.length === 0 ? 0 : status || 1;
  } finally {
    await opened?.browser.close();
    await server.stop();
  }
}

async function journey() {
  const { runJourney } = await import(path.join(ROOT, 'dist-test/e2e/journey.mjs'));
  const server = await startServer({ dir });
  let opened;
  try {
    opened = await openBrowser(server);
    const screens = path.join(ROOT, 'test-results/screens', name);
    mkdirSync(screens, { recursive: true });
    const limit = new Promise((_resolve, reject) =>
      setTimeout(
        () => reject(new Error(`the journey did not end within ${(3 * LIMIT_MS) / 1000} s`)),
        3 * LIMIT_MS,
      ).unref(),
    );
    const results = await Promise.race([
      runJourney({
        page: opened.page,
        url: workbenchUrl(server),
        folder: server.folder,
        root: ROOT,
        screens,
        grep: option('grep') ?? '',
      }),
      limit,
    ]);
    record([...results, requestsResult('journey', opened.strangers)]);
    for (const r of results)
      console.log(`  ${r.state} ${r.title}${r.error ? `\n    ${r.error.split('\n').slice(0, 8).join('\n    ')}` : ''}`);
    return results.some((r) => r.state === 'failed') || opened.strangers.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(error);
    record([{ title: 'journey', state: 'failed', durationMs: 0, error: String(error) }]);
    return 1;
  } finally {
    await opened?.browser.close();
    await server.stop();
  }
}

function requestsResult(what, strangers) {
  const title = `${what}: no request leaves the machine`;
  for (const url of strangers) console.error(`  request to another host: ${url}`);
  return {
    title,
    state: strangers.length > 0 ? 'failed' : 'passed',
    durationMs: 0,
    ...(strangers.length > 0 ? { error: strangers.join('\n') } : {}),
  };
}

function deferred() {
  let resolve;
  const promise = new Promise((r) => (resolve = r));
  return { promise, resolve };
}
