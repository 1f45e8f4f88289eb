/** Every notebook of examples/ runs from a clean kernel through the built command line, as a user runs it. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';

const shared = path.resolve(process.env['NADIR_SHARED_DATA'] ?? '../shared/data');
const work = mkdtempSync(path.join(tmpdir(), 'nadir examples é-'));
after(() => rmSync(work, { recursive: true, force: true }));

interface Manifest {
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

function runNotebook(
  name: string,
  folder: string,
  params: Record<string, string>,
): { status: number | null; stderr: string; notebook: Notebook; html: string } {
  const out = path.join(folder, name);
  const html = path.join(folder, 'report.html');
  const args = [
    'dist/cli.js',
    'run',
    path.join('examples', name),
    '-o',
    out,
    '--html',
    html,
    ...Object.entries(params).flatMap(([k, v]) => ['-p', `${k}=${JSON.stringify(v)}`]),
  ];
  const done = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 120_000 });
  return {
    status: done.status,
    stderr: done.stderr,
    notebook: JSON.parse(readFileSync(out, 'utf8')) as Notebook,
    html: readFileSync(html, 'utf8'),
  };
}

interface Notebook {
  readonly cells: readonly {
    readonly id: string;
    readonly cell_type: string;
    readonly outputs?: readonly {
      readonly output_type: string;
      readonly data?: Readonly<Record<string, unknown>>;
      readonly text?: unknown;
    }[];
  }[];
}

const mimesOf = (notebook: Notebook, id: string): string[] =>
  notebook.cells.find((c) => c.id === id)?.outputs?.flatMap((o) => Object.keys(o.data ?? {})) ?? [];

function hashes(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter(
    (e) => e.isFile() && e.name !== 'run.json',
  );
  return Object.fromEntries(
    files
      .map((e) => path.join(e.parentPath, e.name))
      .sort()
      .map((f) => [path.relative(folder, f), createHash('sha256').update(readFileSync(f)).digest('hex')]),
  );
}

describe('quickstart.ipynb', () => {
  const first = path.join(work, 'first');
  const second = path.join(work, 'second');

  test('it runs, and each object shows itself as data, picture and text', () => {
    const { status, stderr, notebook, html } = runNotebook('quickstart.ipynb', first, {
      data: path.join(first, 'data'),
      out: path.join(first, 'dataset'),
    });
    assert.equal(status, 0, stderr);
    for (const [cell, kind] of [
      ['index', 'catalog'],
      ['slice', 'geoslice'],
      ['load', 'tensor'],
      ['chips', 'samples'],
      ['curate', 'curation'],
      ['export', 'report'],
    ] as const) {
      const mimes = mimesOf(notebook, cell);
      for (const mime of [`application/vnd.nadir.${kind}.v1+json`, 'text/plain'])
        assert.ok(mimes.includes(mime), `${cell}: ${mimes.join(', ')}`);
      if (kind !== 'report') assert.ok(mimes.includes('image/png'), `${cell} has no picture`);
    }
    assert.ok((html.match(/data:image\/png/g) ?? []).length >= 5, 'the report shows the maps');
    assert.ok(!/<script/i.test(html), 'the report has no script');
  });

  test('the manifest tells the truth about every file', () => {
    const dataset = path.join(first, 'dataset');
    const manifest = JSON.parse(readFileSync(path.join(dataset, 'manifest.json'), 'utf8')) as Manifest;
    const found = hashes(dataset);
    assert.ok(manifest.files.length > 20);
    for (const f of manifest.files) assert.equal(found[f.path], f.sha256, f.path);
    assert.ok(
      manifest.files.some((f) => f.path.endsWith('.tif')) &&
        manifest.files.some((f) => f.path.endsWith('.png')) &&
        manifest.files.some((f) => f.path.endsWith('.parquet')),
    );
  });

  test('the same twice, in another folder, gives the same hashes of data and dataset', () => {
    const { status, stderr } = runNotebook('quickstart.ipynb', second, {
      data: path.join(second, 'data'),
      out: path.join(second, 'dataset'),
    });
    assert.equal(status, 0, stderr);
    assert.deepEqual(hashes(path.join(second, 'data')), hashes(path.join(first, 'data')));
    assert.deepEqual(hashes(path.join(second, 'dataset')), hashes(path.join(first, 'dataset')));
  });
});

describe('catalogs.ipynb', () => {
  const folder = path.join(work, 'catalogs');
  const data = path.join(folder, 'data');
  const out = path.join(folder, 'stored');
  const textOf = (notebook: Notebook, id: string): string =>
    (notebook.cells.find((c) => c.id === id)?.outputs ?? [])
      .map((o) => o.data?.['text/plain'] ?? o.text)
      // nbformat keeps a text as one string or as a list of lines.
      .map((text) => (Array.isArray(text) ? text.map(String).join('') : typeof text === 'string' ? text : ''))
      .join('');

  test('three kinds of files, their algebra and their copies on disk say what they hold', () => {
    const { status, stderr, notebook } = runNotebook('catalogs.ipynb', folder, { data, out });
    assert.equal(status, 0, stderr);
    for (const [cell, first, holds] of [
      ['scenes', /^12 rasters$/m, /bands/],
      ['climate', /^1 cube$/m, /variables/],
      ['parcels', /^1 vector file$/m, /features/],
    ] as const) {
      const mimes = mimesOf(notebook, cell);
      for (const mime of ['application/vnd.nadir.catalog.v1+json', 'image/png', 'text/plain'])
        assert.ok(mimes.includes(mime), `${cell}: ${mimes.join(', ')}`);
      assert.match(textOf(notebook, cell), first);
      assert.match(textOf(notebook, cell), holds);
      assert.doesNotMatch(textOf(notebook, cell), /^ {2}\w+(?: CRS)?\s*$/m, `${cell} has a line without a value`);
    }
    assert.ok(mimesOf(notebook, 'explain').includes('application/vnd.nadir.report.v1+json'));
    for (const step of ['build', 'query', 'where', 'intersect'])
      assert.match(textOf(notebook, 'explain'), new RegExp(`\\b${step}\\b`));
    assert.equal((textOf(notebook, 'months').match(/scenes, of them/g) ?? []).length, 6, 'six months have scenes');
    const items = (JSON.parse(readFileSync(path.join(out, 'scenes.json'), 'utf8')) as { features: unknown[] }).features;
    assert.equal(textOf(notebook, 'write').trim(), String(items.length));
    assert.match(textOf(notebook, 'read'), new RegExp(`^${items.length} rasters$`, 'm'));
  });

  test('the catalog on disk answers the command line', () => {
    const args = ['dist/cli.js', 'catalog', 'info', path.join(out, 'scenes.parquet'), '--json'];
    const done = spawnSync(process.execPath, args, { encoding: 'utf8', timeout: 60_000 });
    assert.equal(done.status, 0, done.stderr);
    assert.match(done.stdout, /"rows":\s*12\b/);
  });
});

describe('pixels.ipynb', () => {
  const folder = path.join(work, 'pixels');
  const data = path.join(folder, 'data');
  const out = path.join(folder, 'out');
  const tensorOf = (notebook: Notebook, id: string): Record<string, unknown> => {
    const key = 'application/vnd.nadir.tensor.v1+json';
    const found = notebook.cells.find((c) => c.id === id)?.outputs?.find((o) => o.data?.[key]);
    return (found?.data?.[key] as { data: Record<string, unknown> }).data;
  };

  test('slices of two zones become images, an index, a series, a mask, classes and files', () => {
    const { status, stderr, notebook } = runNotebook('pixels.ipynb', folder, { data, out });
    assert.equal(status, 0, stderr);
    for (const cell of ['load', 'clear', 'ndvi', 'series', 'mask', 'burn', 'cube']) {
      const mimes = mimesOf(notebook, cell);
      for (const mime of ['application/vnd.nadir.tensor.v1+json', 'image/png', 'text/plain'])
        assert.ok(mimes.includes(mime), `${cell}: ${mimes.join(', ')}`);
    }
    assert.equal(tensorOf(notebook, 'load')['crs'], 'EPSG:3035');
    assert.equal(tensorOf(notebook, 'load')['validFraction'], 1, 'the two tiles meet without a gap');
    assert.equal((tensorOf(notebook, 'ndvi')['rendering'] as { ramp: string }).ramp, 'diverging');
    assert.equal((tensorOf(notebook, 'series')['times'] as unknown[]).length, 6, 'one frame per acquisition');
    const classes = (cell: string): unknown[] | null =>
      (tensorOf(notebook, cell)['rendering'] as { classes: unknown[] | null }).classes;
    assert.equal(classes('mask')?.length, 2);
    assert.equal(classes('burn')?.length, 5, 'four crops and the ground between them');
    for (const name of ['clear.tif', 'ndvi.tif', 'green.geojson']) assert.ok(existsSync(path.join(out, name)), name);
  });
});

describe('your-data.ipynb', () => {
  test('it exports chips of any folder of GeoTIFFs', () => {
    const folder = path.join(work, 'yours');
    const { status, stderr } = runNotebook('your-data.ipynb', folder, {
      data: path.join(work, 'first', 'data', 'scenes', '10m'),
      out: path.join(folder, 'dataset'),
    });
    assert.equal(status, 0, stderr);
    assert.ok(existsSync(path.join(folder, 'dataset', 'items.parquet')));
  });
});

describe('real-data.ipynb', () => {
  const skip = existsSync(path.join(shared, 'INDEX.md')) ? false : 'the shared data folder is absent';
  test('it runs on the shared real data, and the mosaic of four parts equals the whole', { skip }, () => {
    const folder = path.join(work, 'real');
    const { status, stderr, notebook } = runNotebook('real-data.ipynb', folder, {
      data: shared,
      out: path.join(folder, 'dataset'),
    });
    assert.equal(status, 0, stderr);
    assert.match(
      JSON.stringify(notebook.cells.find((c) => c.id === 'mosaic-check')?.outputs),
      /all equal to the original scene/,
    );
  });
});
