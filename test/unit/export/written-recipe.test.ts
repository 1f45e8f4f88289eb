import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { before, describe, test } from 'node:test';
import { isNadirError } from '../../../src/core/index.js';
import { createRecipe, exportDataset, readRecipe, recipeHash } from '../../../src/export/index.js';
import { randomSampler } from '../../../src/sampling/index.js';
import { makeScenes, tempFolder, type Scenes } from './support/scenes.js';

let scenes: Scenes;
before(async () => {
  scenes = await makeScenes();
});

const FILES = { files: 'scenes/*.tif', filenameRegex: 'S2_(?<date>\\d{8})' };
const RECIPE = {
  name: 'Fields',
  items: { sampler: 'grid', chipSize: 32 },
  layers: [{ name: 's2', catalog: FILES, licence: 'CC-BY-4.0' }],
  outputs: [{ format: 'cog' }],
};

/** A folder with scenes beside a recipe. */
function written(recipe: unknown, folder = tempFolder()): string {
  mkdirSync(folder, { recursive: true });
  cpSync(scenes.folder, path.join(folder, 'scenes'), { recursive: true });
  const file = path.join(folder, 'recipe.json');
  writeFileSync(file, JSON.stringify(recipe));
  return file;
}
const refusal = async (recipe: unknown): Promise<{ code: string; message: string; hint?: string | undefined }> => {
  try {
    await readRecipe(written(recipe));
  } catch (error) {
    assert.ok(isNadirError(error), String(error));
    return error;
  }
  assert.fail('nothing was refused');
};

describe('recipes written by hand', () => {
  test('a pattern, a sampler and a format make the recipe that the library makes', async () => {
    const recipe = await readRecipe(written(RECIPE));
    const live = createRecipe({
      name: 'Fields',
      items: scenes.chips,
      layers: [{ name: 's2', catalog: scenes.catalog, licence: 'CC-BY-4.0' }],
      outputs: [{ format: 'cog' }],
    });
    assert.equal(recipeHash(recipe), recipeHash(live));
  });

  test('paths start at the folder of the recipe, whatever characters it has', async () => {
    const folder = path.join(tempFolder(), "[1] {a,b} it's *ünï*");
    const recipe = await readRecipe(written(RECIPE, folder));
    assert.equal(recipe.locations?.['s2'], path.join(folder, 'scenes'));
    const out = path.join(folder, 'out');
    assert.equal((await exportDataset(recipe, out)).written, 8);
    assert.ok(existsSync(path.join(out, 'manifest.json')));
  });

  test('a seed draws the chips that randomSampler draws; without one the recipe is refused', async () => {
    const items = { sampler: 'random', chipSize: 16, length: 5, seed: 7 };
    const recipe = await readRecipe(written({ ...RECIPE, items }));
    const drawn = await randomSampler(scenes.catalog, { chipSize: 16, length: 5, seed: 7 });
    assert.deepEqual(
      recipe.items.map((i) => i.slice),
      [...drawn].map((s) => s.toJSON()),
    );
    assert.equal((await refusal({ ...RECIPE, items: { ...items, seed: undefined } })).code, 'export.no-seed');
  });

  test('a catalog file gives items and layers alike', async () => {
    const folder = tempFolder();
    const file = written(
      { name: 'Rows', items: { catalog: 'c.parquet' }, layers: [{ name: 's2', catalog: 'c.parquet' }] },
      folder,
    );
    await scenes.catalog.toGeoParquet(path.join(folder, 'c.parquet'));
    const recipe = await readRecipe(file);
    assert.deepEqual(
      recipe.items.map((i) => i.id),
      ['S2_20240601', 'S2_20240611'],
    );
    assert.equal(recipe.locations?.['s2'], scenes.folder);
  });

  test('what is misspelt, missing or wrong is refused with what to write', async () => {
    const one = RECIPE.layers[0];
    const cases: readonly (readonly [unknown, string, RegExp])[] = [
      [{ ...RECIPE, item: {} }, 'export.unknown-option', /items/],
      [{ ...RECIPE, split: { column: 'x' } }, 'export.unknown-option', /does not know yet/],
      [{ ...RECIPE, items: { sampler: 'spiral', chipSize: 8 } }, 'export.bad-recipe', /grid and random/],
      [{ ...RECIPE, items: { sampler: 'grid' } }, 'export.bad-recipe', /chipSize/],
      [{ ...RECIPE, items: { sampler: 'grid', chipsize: 8 } }, 'export.bad-recipe', /chipSize/],
      [{ ...RECIPE, items: [] }, 'export.bad-recipe', /sampler/],
      [{ ...RECIPE, layers: [{ name: 's2' }] }, 'export.bad-recipe', /"files"/],
      [{ ...RECIPE, layers: [{ ...one, merg: 'first' }] }, 'export.unknown-option', /merge/],
      [{ ...RECIPE, layers: [{ ...one, dtype: 'uint8' }] }, 'export.unknown-option', /does not know yet/],
      [{ ...RECIPE, layers: [{ ...one, merge: 'best' }] }, 'export.bad-layer', /last/],
      [{ ...RECIPE, layers: [{ ...one, licence: 1 }] }, 'export.bad-layer', /licence/],
      [
        { ...RECIPE, layers: [{ ...one, catalog: { ...FILES, regex: 'x' } }] },
        'export.unknown-option',
        /filenameRegex/,
      ],
      [{ ...RECIPE, layers: [{ ...one, catalog: { files: 'none/*.tif' } }] }, 'no-files-matched', /none/],
      [{ ...RECIPE, outputs: [{ format: 'png', band: [1] }] }, 'export.unknown-option', /bands/],
      [{ ...RECIPE, outputs: [{ format: 'zarr' }] }, 'export.unknown-format', /zarr/],
    ];
    for (const [recipe, code, says] of cases) {
      const error = await refusal(recipe);
      assert.equal(error.code, code, JSON.stringify(recipe));
      assert.match(`${error.message} ${error.hint ?? ''}`, says);
    }
  });
});

test('the recipe that nadir export --help shows is one', async () => {
  const { runCli } = await import('../../../src/cli/program.js');
  let help = '';
  await runCli(['export', '--help'], {
    stdout: { write: (t) => (help += t) },
    stderr: { write: () => undefined },
    signal: new AbortController().signal,
    onInterrupt: () => undefined,
    childPath: '',
  });
  const json = /^ {2}\{\n[\s\S]*?^ {2}\}$/m.exec(help)?.[0] ?? '';
  const shown = JSON.parse(json) as typeof RECIPE;
  const recipe = await readRecipe(written({ ...shown, items: { ...shown.items, chipSize: 32 } }));
  assert.equal(recipe.items.length, 8);
  const readme = readFileSync('README.md', 'utf8');
  const block = /```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
  assert.deepEqual(Object.keys(JSON.parse(block) as object), Object.keys(shown), 'the README shows one too');
});
