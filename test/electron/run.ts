/** The integration suites in desktop VS Code, for the floor and the stable version (`testing.md` §4). */

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { downloadAndUnzipVSCode, runTests } from '@vscode/test-electron';

const ROOT = process.cwd();
const VERSIONS = ['1.100.0', 'stable'];
const RESULTS = path.join(ROOT, 'test-results/integration-electron.json');

interface Summary {
  passed: number;
  failed: number;
  results: unknown[];
}

async function main(): Promise<number> {
  if (process.platform === 'linux' && !process.env['DISPLAY'] && process.env['NADIR_XVFB'] !== '1') {
    const run = spawnSync('xvfb-run', ['-a', process.execPath, ...process.argv.slice(1)], {
      stdio: 'inherit',
      env: { ...process.env, NADIR_XVFB: '1' },
    });
    if (!run.error) return run.status ?? 1; // Without xvfb-run the download is tried all the same, and says what is missing.
  }
  const total: Summary = { passed: 0, failed: 0, results: [] };
  for (const version of VERSIONS) {
    let program: string;
    try {
      program = await downloadAndUnzipVSCode({ version, cachePath: path.join(tmpdir(), 'nadir-vscode') });
    } catch (error) {
      console.log(`no VS Code ${version}: ${error instanceof Error ? error.message : String(error)}`);
      console.log('SKIPPED: no VS Code download');
      return 0;
    }
    const state = mkdtempSync(path.join(tmpdir(), 'nadir-electron-'));
    const results = path.join(state, 'results.json');
    try {
      cpSync(path.join(ROOT, 'test/workspace'), path.join(state, 'workspace'), { recursive: true });
      await runTests({
        vscodeExecutablePath: program,
        extensionDevelopmentPath: ROOT,
        extensionTestsPath: path.join(ROOT, 'dist-test/integration/index.cjs'),
        extensionTestsEnv: { NADIR_TEST_RESULTS: results },
        launchArgs: [
          path.join(state, 'workspace'),
          '--user-data-dir',
          path.join(state, 'user'),
          '--disable-extensions',
          '--disable-workspace-trust',
        ],
      }).catch(() => 1); // Failures are in the results; a run without results is one failure.
      const part = existsSync(results)
        ? (JSON.parse(readFileSync(results, 'utf8')) as Summary)
        : { passed: 0, failed: 1, results: [] };
      total.passed += part.passed;
      total.failed += part.failed;
      total.results.push(...part.results);
    } finally {
      rmSync(state, { recursive: true, force: true });
    }
  }
  writeFileSync(RESULTS, `${JSON.stringify(total, null, 1)}\n`);
  console.log(`electron: ${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
}

process.exitCode = await main();
