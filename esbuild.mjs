// Builds everything that ships into dist/. `node esbuild.mjs [part …]` builds some parts: lib, kernel, extension, renderers.
import { build } from 'esbuild';
import { copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { buildWasm } from './scripts/lib/wasm.mjs';

const require = createRequire(import.meta.url);
const NODE = {
  platform: 'node',
  target: 'node20.12',
  bundle: true,
  logLevel: 'warning',
  metafile: true,
  minify: true,
  keepNames: true,
  sourcemap: true,
};
// CommonJS packages inside an ESM bundle call `require`.
const REQUIRE_BANNER = {
  js: "import{createRequire as $nadirRequire}from'node:module';const require=$nadirRequire(import.meta.url);",
};

/** Points `typescript` at the one copy in dist/, from bundles that lie `up` folders below it. */
const sharedTypeScript = (up) => ({
  name: 'shared-typescript',
  setup(b) {
    b.onResolve({ filter: /^typescript$/ }, () => ({ path: `${up}typescript.cjs`, external: true }));
  },
});

const parts = {
  /** Library (dist/index.js) and command line (dist/cli.js), sharing chunks. */
  async lib() {
    await buildWasm();
    // The thread that decodes blocks: one small file, so that it starts quickly.
    await build({
      ...NODE,
      keepNames: false,
      entryPoints: { 'decode-worker': 'src/formats/geotiff/decode-worker.ts' },
      outdir: 'dist',
      format: 'esm',
      sourcemap: false,
    });
    await copyFile(require.resolve('parquet-wasm/esm/parquet_wasm_bg.wasm'), 'dist/parquet_wasm_bg.wasm');
    // Codecs that are loaded when a file needs them; OpenJPEG's glue wants to be a CommonJS file of its own.
    const openjpeg = '@cornerstonejs/codec-openjpeg';
    await copyFile(require.resolve(`${openjpeg}/decodewasmjs`), 'dist/openjpegwasm_decode.cjs');
    await copyFile(require.resolve(`${openjpeg}/decodewasm`), 'dist/openjpegwasm_decode.wasm');
    await copyFile(require.resolve('@jsquash/webp/codec/dec/webp_dec.wasm'), 'dist/webp_dec.wasm');
    await copyFile(require.resolve('lerc/lerc-wasm.wasm'), 'dist/lerc-wasm.wasm');
    return build({
      ...NODE,
      // Names stay by not being shortened: keepNames would wrap every closure of a hot loop in a call.
      minify: false,
      minifyWhitespace: true,
      minifySyntax: true,
      keepNames: false,
      entryPoints: { index: 'src/index.ts', cli: 'src/cli/main.ts' },
      outdir: 'dist',
      format: 'esm',
      splitting: true,
      chunkNames: 'chunk-[hash]',
      banner: REQUIRE_BANNER,
      plugins: [sharedTypeScript('./')],
    });
  },
  /** Kernel child: main thread, control worker, compiler worker. */
  async kernel() {
    await build({
      ...NODE,
      keepNames: false,
      entryPoints: [require.resolve('typescript')],
      outfile: 'dist/typescript.cjs',
      format: 'cjs',
      sourcemap: false,
    });
    return build({
      ...NODE,
      entryPoints: {
        main: 'kernels/child/main.ts',
        control: 'kernels/child/control.ts',
        compiler: 'kernels/child/compiler.ts',
      },
      outdir: 'dist/kernel',
      format: 'esm',
      banner: REQUIRE_BANNER,
      plugins: [sharedTypeScript('../')],
    });
  },
  /** Extension host bundle. */
  extension: () =>
    build({
      ...NODE,
      entryPoints: ['src/extension/extension.ts'],
      outfile: 'dist/extension.cjs',
      format: 'cjs',
      external: ['vscode'],
    }),
  /** Notebook renderers, ES modules for the webview. */
  renderers: async () => {
    const { buildRenderers } = await import('./renderers/build.mjs');
    return buildRenderers();
  },
};

const wanted = process.argv.slice(2).filter((a) => a in parts);
const names = wanted.length ? wanted : Object.keys(parts);
await mkdir('dist', { recursive: true });
await mkdir('dist-test', { recursive: true });
await writeFile('dist/package.json', '{ "type": "module" }\n');
const made = new Set();
for (const [name, { metafile }] of await Promise.all(names.map(async (name) => [name, await parts[name]()]))) {
  await writeFile(`dist-test/meta-${name}.json`, JSON.stringify(metafile));
  for (const file of Object.keys(metafile.outputs)) made.add(path.normalize(file));
}
// What an earlier build left goes last, so that a process that runs from dist/ never finds it empty.
if (names.includes('lib')) {
  for (const file of await readdir('dist')) {
    if (file.startsWith('chunk-') && !made.has(path.join('dist', file))) await rm(path.join('dist', file));
  }
}
