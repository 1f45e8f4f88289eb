/** Catalogs as a person sees them: the example runs, its maps are there, and many rows show a part with a way to the rest. */

import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Page } from 'playwright-core';
import { command, findOutput, openFile, reveal, until } from './workbench.js';

const RUN_MS = 60_000;
/** Rows of the large catalog: too many for one output of 2 MB. */
const ROWS = 100_000;

const MANY = `import { catalogFromStac } from 'nadir';
import { randomUUID } from 'node:crypto';

const items = Array.from({ length: ${ROWS} }, (_, i) => {
  const [x, y] = [(i * 7.31) % 340 - 170, (i * 3.17) % 140 - 70];
  return {
    type: 'Feature', stac_version: '1.1.0', id: randomUUID(), links: [], bbox: [x, y, x + 1, y + 1],
    geometry: { type: 'Polygon', coordinates: [[[x, y], [x + 1, y], [x + 1, y + 1], [x, y + 1], [x, y]]] },
    properties: { datetime: new Date(1.6e12 + i * 6e5).toISOString() },
    assets: { image: { href: \`https://example.com/\${randomUUID()}/\${randomUUID()}.tif\` } },
  };
});
await catalogFromStac(items, { assets: ['image'] })`;

/** Opens a notebook, runs all of it and waits until nothing runs. Fails when a cell shows an error. */
export async function runNotebook(page: Page, name: string): Promise<void> {
  await command(page, 'View: Close All Editors');
  await openFile(page, name);
  const toolbar = page.locator('.notebook-toolbar-container, .notebook-top-toolbar');
  await toolbar
    .getByRole('button', { name: /Run All/ })
    .first()
    .click();
  const stops = page.locator(
    '.cell-run-toolbar .codicon-notebook-stop, .notebook-toolbar-container .codicon-notebook-stop',
  );
  await until(
    'a cell has run',
    async () =>
      (await page
        .locator('.notebook-editor .codicon-notebook-state-success, .notebook-editor .codicon-notebook-state-error')
        .count()) > 0,
    RUN_MS,
  );
  await until('no cell runs', async () => (await stops.count()) === 0, RUN_MS);
  if ((await page.locator('.notebook-editor .codicon-notebook-state-error').count()) > 0)
    throw new Error(`a cell of ${name} failed`);
}

/** The steps of catalogs; `shoot` takes a picture with the sentence that should be true of it. */
export function catalogSteps(
  page: Page,
  root: string,
  folder: string,
  shoot: (name: string, sentence: string) => Promise<void>,
): readonly (readonly [string, () => Promise<void>])[] {
  return [
    [
      'catalogs.ipynb runs every cell, and its map shows',
      async () => {
        cpSync(path.join(root, 'examples', 'catalogs.ipynb'), path.join(folder, 'catalogs.ipynb'));
        cpSync(path.join(root, 'examples', 'sample-data'), path.join(folder, 'sample-data'), { recursive: true });
        await runNotebook(page, 'catalogs.ipynb');
        const view = await findOutput(page, (frame) => frame.locator('.frame').filter({ hasText: /^12 rasters/ }));
        await reveal(page, view);
        await view.locator('.map-host[data-status=live]').first().waitFor({ timeout: RUN_MS });
        await shoot(
          '08-catalogs',
          'The example of catalogs has run: footprints of twelve scenes on the map, no error.',
        );
      },
    ],
    [
      'a catalog of many rows says how many it shows, and loads all of them',
      async () => {
        const source = MANY.split(/(?<=\n)/);
        const cell = { cell_type: 'code', execution_count: null, id: 'many', metadata: {}, outputs: [], source };
        const { metadata } = JSON.parse(readFileSync(path.join(folder, 'catalogs.ipynb'), 'utf8')) as {
          metadata: unknown;
        };
        writeFileSync(
          path.join(folder, 'many.ipynb'),
          JSON.stringify({ cells: [cell], metadata, nbformat: 4, nbformat_minor: 5 }),
        );
        await runNotebook(page, 'many.ipynb');
        const view = await findOutput(page, (frame) => frame.locator('.frame').filter({ hasText: /100\s000 rasters/ }));
        await view
          .getByText(/showing [\d\s]+ of 100\s000/)
          .first()
          .waitFor({ timeout: RUN_MS });
        await view.locator('.map-host[data-status=live]').first().waitFor({ timeout: RUN_MS });
        await shoot('09-many', 'One Earth under a density of footprints; a pill says how many rows the output holds.');
        await view.getByRole('button', { name: 'Load all' }).click();
        await until('all rows are here', async () => (await view.getByText(/showing|loading/).count()) === 0, RUN_MS);
      },
    ],
  ];
}
