/** Pixels as a person sees them: the example runs, its series is zoomed, stepped, compared, masked and mapped. */
import { cpSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { runNotebook } from './catalogs.js';
import { command, outputFrames, reveal, until } from './workbench.js';

const STATE_MS = 30_000;
const SEARCH_MS = 90_000;

/** The view of the series, by its shape: outputs are made when they come near the screen, so the notebook is scrolled for it. */
async function seriesView(page: Page): Promise<Locator> {
  const area = await page.locator('.notebook-editor .cell-list-container, .notebookOverlay').first().boundingBox();
  if (!area) throw new Error('the notebook is not visible');
  await page.mouse.move(area.x + 12, area.y + area.height / 2);
  await page.mouse.wheel(0, -100_000);
  return until(
    'the series shows itself',
    async () => {
      for (const frame of outputFrames(page)) {
        const found = frame
          .locator('.frame')
          .filter({ has: frame.locator('.subtitle', { hasText: /^6 × 3 × 200 × 280 / }) })
          .first();
        if ((await found.count()) > 0) return found;
      }
      await page.mouse.wheel(0, 300);
      await page.waitForTimeout(300);
      return undefined;
    },
    SEARCH_MS,
  );
}

/** The steps of pixels; `shoot` takes a picture with the sentence that should be true of it. */
export function pixelSteps(
  page: Page,
  root: string,
  folder: string,
  shoot: (name: string, sentence: string) => Promise<void>,
): readonly (readonly [string, () => Promise<void>])[] {
  return [
    [
      'pixels.ipynb runs every cell, and its series zooms, steps, compares, masks and maps',
      async () => {
        cpSync(path.join(root, 'examples', 'pixels.ipynb'), path.join(folder, 'pixels.ipynb'));
        cpSync(path.join(root, 'examples', 'sample-data'), path.join(folder, 'sample-data'), { recursive: true });
        await runNotebook(page, 'pixels.ipynb');
        const view = await seriesView(page);
        await reveal(page, view);
        await shoot('10-pixels-series', 'The first date of the series in false colours, with a slider of dates.');

        for (let i = 0; i < 4; i++) await view.getByRole('button', { name: /^Zoom in/ }).click();
        await view.locator('canvas.pixels').hover();
        const status = view.locator('.status');
        await until(
          'exact values are read',
          async () =>
            /col \d+ row \d+.*B08 *[\d.]+/.test(await status.innerText().then((t) => t.replaceAll('\n', ' '))) &&
            !(await status.innerText()).includes('≈'),
          STATE_MS,
        );
        await until('no tile is outstanding', async () => (await view.locator('.loading').count()) === 0, STATE_MS);
        await shoot('11-pixels-zoomed', 'Single pixels, and the exact values of the one under the pointer.');

        const player = view.locator('.player');
        await player.getByRole('button', { name: /^Date after/ }).click();
        await player.getByText(/· 2 \/ 6/).waitFor({ timeout: STATE_MS });
        await player.locator('select').selectOption('4');
        await view.getByLabel('Border between the two dates').waitFor({ timeout: STATE_MS });
        const mask = view.getByRole('button', { name: /^Mask/ });
        await mask.click();
        await until('the mask shows', async () => (await mask.getAttribute('aria-pressed')) === 'true', STATE_MS);
        await view.getByRole('button', { name: /^Fit/ }).click();
        await shoot('12-pixels-compared', 'Two dates beside each other, masked pixels hatched.');

        await view.getByRole('button', { name: 'Band', exact: true }).click();
        await view.getByLabel('Band', { exact: true }).last().waitFor({ timeout: STATE_MS });
        await view.getByRole('button', { name: 'Map', exact: true }).click();
        await view.locator('.map-host[data-status=live]').first().waitFor({ timeout: STATE_MS });
        await shoot('13-pixels-map', 'One band of the series lies on the map.');
        await command(page, 'View: Close All Editors');
      },
    ],
  ];
}
