import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

interface Manifest {
  readonly contributes: {
    readonly commands: readonly { readonly command: string }[];
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
  readonly capabilities: { readonly untrustedWorkspaces: { readonly restrictedConfigurations: readonly string[] } };
}

const text = readFileSync('package.json', 'utf8');
const manifest = JSON.parse(text) as Manifest;
const texts = JSON.parse(readFileSync('package.nls.json', 'utf8')) as Record<string, string>;
const source = readdirSync('src/extension')
  .map((f) => readFileSync(`src/extension/${f}`, 'utf8'))
  .join('\n');

test('every text key of the manifest has a text, and no text is without a use', () => {
  const keys = new Set([...text.matchAll(/"%([\w.]+)%"/g)].map((m) => m[1]));
  assert.deepEqual([...keys].sort(), Object.keys(texts).sort());
});

test('every setting of the manifest is read by the extension', () => {
  for (const key of Object.keys(manifest.contributes.configuration.properties))
    assert.ok(source.includes(`'${key.replace(/^nadir\./, '')}'`), `${key} is never read`);
});

test('restricted settings exist', () => {
  for (const key of manifest.capabilities.untrustedWorkspaces.restrictedConfigurations)
    assert.ok(key in manifest.contributes.configuration.properties, key);
});

test('every command of the manifest has a handler', () => {
  for (const { command } of manifest.contributes.commands)
    assert.match(source, new RegExp(`^    ${command.replace('nadir.', '')}[:,]`, 'm'), command);
});

test('files that the manifest names are there', () => {
  const files = [...text.matchAll(/"(media\/[^"]+)"/g)].map((m) => m[1] ?? '');
  assert.ok(files.length > 0);
  for (const file of files) assert.ok(existsSync(file), file);
});

test('the composition root has at most 60 lines', () => {
  const lines = readFileSync('src/extension/extension.ts', 'utf8').trimEnd().split('\n').length;
  assert.ok(lines <= 60, `${lines} lines`);
});

test('the bundle of interface texts is up to date', () => {
  const run = spawnSync(process.execPath, ['scripts/make-l10n.mjs', '--check'], { encoding: 'utf8' });
  assert.equal(run.status, 0, run.stderr);
});
