// Compiles wasm/ (AssemblyScript) into dist/blocks.wasm, unless that is newer than its sources.
import { existsSync, mkdirSync, readdirSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { ROOT } from './setup.mjs';

const FROM = path.join(ROOT, 'wasm');
const TO = path.join(ROOT, 'dist/blocks.wasm');

export async function buildWasm() {
  const since = existsSync(TO) ? statSync(TO).mtimeMs : 0;
  if (readdirSync(FROM).every((f) => statSync(path.join(FROM, f)).mtimeMs < since)) return;
  mkdirSync(path.dirname(TO), { recursive: true });
  const { default: asc } = await import('assemblyscript/asc');
  const made = `${TO}.${process.pid}`;
  const { error, stderr } = await asc.main([
    path.join(FROM, 'index.ts'),
    ...['-o', made, '-O3', '--noAssert', '--runtime', 'stub', '--memoryBase', '0'],
    ...['--enable', 'simd', '--enable', 'bulk-memory'],
  ]);
  if (error) throw new Error(`wasm/ does not compile:\n${stderr.toString()}`);
  // Processes that run from dist/ never see half a file.
  renameSync(made, TO);
}
