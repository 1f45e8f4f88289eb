/** What the package depends on (`style.md` §4): only what the table of `architecture.md` names, in exact versions, under known licences. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { VERSION } from '../../src/core/index.js';

interface Package {
  readonly version: string;
  readonly license?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}
// SAFETY: our own manifest, and those of installed packages.
const read = (file: string): Package => JSON.parse(readFileSync(file, 'utf8')) as Package;
const manifest = read('package.json');

/** Packages of the dependency table of architecture.md: those that ship, then those that build and test. */
const SHIPPED = [
  // The table: `geotiff`; its codecs one by one, where other samples than GDAL's came out of it.
  'lerc',
  'zstddec',
  '@jsquash/webp',
  '@cornerstonejs/codec-openjpeg',
  'proj4',
  '@duckdb/node-api',
  'hyparquet',
  'hyparquet-writer',
  'parquet-wasm',
  'apache-arrow',
  'flatbush',
  'h5wasm',
  'zarrita',
  'jsts',
  'polyclip-ts', // the table: `jsts` or a small clipper
  'flatgeobuf',
  'shpjs',
  'node-sqlite3-wasm',
  'jpeg-js',
  'sharp',
  'onnxruntime-node',
  'stac-ts',
  'h3-js',
  'commander',
  'citty',
  'ts-blank-space',
  'typescript',
  'bullmq',
];
const TOOLS = [
  'maplibre-gl',
  'world-atlas',
  'preact',
  '@preact/signals',
  'esbuild',
  'assemblyscript',
  'typescript',
  'eslint',
  'typescript-eslint',
  'prettier',
  'mocha',
  'playwright-core',
  'axe-core',
  '@vscode/test-electron',
  '@vscode/vsce',
  '@types/vscode',
  '@types/vscode-notebook-renderer',
];
/** What the table does not name: types, the lint of doc comments, the decoder of world-atlas, and Markdown for report pages (bundled into the CLI). */
const HELPERS = [
  // The optional peer, for tests.
  '@duckdb/node-api',
  '@types/geojson',
  '@types/mocha',
  '@types/node',
  '@types/proj4',
  '@types/topojson-client',
  'topojson-client',
  'markdown-it',
  '@types/markdown-it',
  'eslint-plugin-jsdoc',
];
const LICENCES = [
  'MIT',
  'Apache-2.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'MIT OR Apache-2.0',
  '(MIT OR Apache-2.0)',
  'Apache-2.0 OR MIT',
  'CC0-1.0',
  '(MIT AND Zlib)',
  'MIT AND BSD-3-Clause',
  '(EDL-1.0 OR EPL-1.0)',
];
/** Packages whose manifest points to a file or misspells its licence: their licence files were read. NIST's lets anyone use, copy and modify with its notice. */
const READ_LICENCES: Readonly<Record<string, string>> = { h5wasm: 'NIST-Software', 'splaytree-ts': 'BSD-3-Clause' };

describe('package.json', () => {
  test('ships only what architecture.md names', () => {
    const shipped = Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies });
    assert.deepEqual(
      shipped.filter((name) => !SHIPPED.includes(name)),
      [],
    );
    const tools = Object.keys(manifest.devDependencies ?? {});
    assert.deepEqual(
      tools.filter((name) => ![...TOOLS, ...HELPERS].includes(name)),
      [],
    );
  });

  test('has exact versions', () => {
    const all = Object.entries({
      ...manifest.dependencies,
      ...manifest.optionalDependencies,
      ...manifest.devDependencies,
    });
    assert.deepEqual(
      all.filter(([, version]) => !/^\d+\.\d+\.\d+(-r\.\d+)?$/.test(version)),
      [],
    );
  });

  test('ships packages, and what these need, under permissive licences', () => {
    const seen = new Map<string, string>();
    const visit = (name: string, from: string): void => {
      const nested = path.join(from, 'node_modules', name, 'package.json');
      const file = existsSync(nested) ? nested : path.join('node_modules', name, 'package.json');
      if (seen.has(file) || !existsSync(file)) return;
      const found = read(file);
      seen.set(file, READ_LICENCES[name] ?? found.license ?? 'none');
      for (const needed of Object.keys(found.dependencies ?? {})) visit(needed, path.dirname(file));
    };
    for (const name of Object.keys(manifest.dependencies ?? {})) visit(name, '.');
    assert.ok(seen.size >= Object.keys(manifest.dependencies ?? {}).length, 'dependencies are installed');
    assert.deepEqual(
      [...seen].filter(([, licence]) => ![...LICENCES, ...Object.values(READ_LICENCES)].includes(licence)),
      [],
    );
  });

  test('has the version that the library says', () => {
    assert.equal(VERSION, manifest.version);
  });
});
