/** Places outside the repository that some tests use, and the reason to skip where they are absent. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** The shared data: `../shared/data` beside the repository, or NADIR_SHARED_DATA. */
export const SHARED_DATA = process.env['NADIR_SHARED_DATA'] ?? path.resolve('../shared/data');
/** Option of a test that needs shared data. */
export const needsSharedData = { skip: existsSync(SHARED_DATA) ? false : 'the shared data folder is not here' };

/** A Python with rasterio, geopandas and pyarrow: NADIR_PYTHON, else `python3`. */
const PYTHON = process.env['NADIR_PYTHON'] ?? 'python3';

/** Why a Python check cannot run here, or false. */
export function pythonSkip(modules: readonly string[]): string | false {
  const found = spawnSync(PYTHON, ['-c', modules.map((m) => `import ${m}`).join('\n')]).status === 0;
  return found ? false : `no Python with ${modules.join(', ')} here (set NADIR_PYTHON)`;
}

/** Runs a Python script and returns what it prints as JSON. */
export function python(script: string, ...args: readonly string[]): unknown {
  const run = spawnSync(PYTHON, ['-c', script, ...args], { encoding: 'utf8', maxBuffer: 1 << 28 });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout);
}

/** Runs with a fresh folder that is removed afterwards. */
export async function withFolder<T>(fn: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-test-'));
  try {
    return await fn(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
