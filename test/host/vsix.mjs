// The packaged extension in an empty profile: the VSIX is installed, the sample opens from its command and runs offline.
// usage: node test/host/vsix.mjs   Writes test-results/integration-vsix.json.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildIntegration } from '../../scripts/build-integration.mjs';
import { ensureHost, openBrowser, ROOT, startServer, workbenchUrl } from '../../scripts/host.mjs';
import { packageExtension, vsixPath } from '../../scripts/package.mjs';

const dir = ensureHost('host');
if (!existsSync(vsixPath)) await packageExtension({ build: false });
await buildIntegration();
const { runJourney } = await import(path.join(ROOT, 'dist-test/e2e/journey.mjs'));
const screens = path.join(ROOT, 'test-results/screens/vsix');
mkdirSync(screens, { recursive: true });
const server = await startServer({ dir, vsix: vsixPath });
let results = [];
let opened;
try {
  opened = await openBrowser(server);
  const url = workbenchUrl(server, { develop: false });
  results = [
    ...(await runJourney({ page: opened.page, url, folder: server.folder, root: ROOT, screens, sample: true })),
  ];
  const error = opened.strangers.join('\n');
  results.push({
    title: 'vsix: no request leaves the machine',
    state: error ? 'failed' : 'passed',
    durationMs: 0,
    ...(error ? { error } : {}),
  });
} catch (error) {
  results.push({ title: 'vsix', state: 'failed', durationMs: 0, error: String(error?.stack ?? error) });
} finally {
  await opened?.browser.close();
  await server.stop();
}
const count = (state) => results.filter((r) => r.state === state).length;
const summary = { passed: count('passed'), failed: count('failed'), results };
writeFileSync(path.join(ROOT, 'test-results/integration-vsix.json'), `${JSON.stringify(summary, null, 1)}\n`);
for (const r of results) console.log(`  ${r.state} ${r.title}${r.error ? `\n    ${r.error}` : ''}`);
console.log(`vsix: ${summary.passed} passed, ${summary.failed} failed`);
process.exit(summary.failed > 0 ? 1 : 0);
