/** The main job as a person does it: open the quickstart, run all, look, reject two chips, export, check the dataset. */

import { existsSync, readdirSync, statSync, writeFileSync, cpSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { catalogSteps } from './catalogs.js';
import { contactSheet, type Picture } from './contact-sheet.js';
import { pixelSteps } from './pixels.js';
import { command, findOutput, openFile, outputFrames, reveal, until } from './workbench.js';

/** What the runner hands over. */
export interface JourneyOptions {
  readonly page: Page;
  readonly url: string;
  /** Folder that is open in the workbench. */
  readonly folder: string;
  readonly root: string;
  readonly screens: string;
  /** True opens the sample of the package by its command; else the quickstart of the repository is copied. */
  readonly sample?: boolean;
  /** Part of the titles of the steps to do after the first; empty for all. */
  readonly grep?: string;
}

/** One claim and whether it held. */
export interface JourneyResult {
  readonly title: string;
  readonly state: 'passed' | 'failed';
  readonly durationMs: number;
  readonly error?: string;
}

const RUN_ALL_MS = 180_000;

/** Views that are photographed: how to find them, and the sentence that should be true of the picture. */
const VIEWS: readonly { readonly name: string; readonly title: RegExp; readonly sentence: string }[] = [
  {
    name: 'catalog',
    title: /\d+ .*(?:scenes|files|rasters|items)/i,
    sentence: 'Footprints of the scenes lie on the map over a coast; counts, timeline and table are readable.',
  },
  {
    name: 'geoslice',
    title: /slice/i,
    sentence: 'One box on the map, with CRS, bounds, pixel size and interval beside it.',
  },
  {
    name: 'tensor',
    title: /tensor|mosaic|\d+ bands/i,
    sentence: 'A cloud-free mosaic in natural colours sits on the map, with band and stretch controls and a histogram.',
  },
];

/** Goes through the journey; each step is a result, and a failed one ends it. */
export async function runJourney(options: JourneyOptions): Promise<readonly JourneyResult[]> {
  const { page, root, screens } = options;
  const folder = options.sample ? path.join(options.folder, 'nadir-sample') : options.folder;
  const results: JourneyResult[] = [];
  const pictures: Picture[] = [];
  const rejected: string[] = [];

  const shoot = async (name: string, sentence: string) => {
    const file = `${name}.png`;
    await page.screenshot({ path: path.join(screens, file) });
    pictures.push({ file, sentence });
  };
  const steps: readonly (readonly [string, () => Promise<void>])[] = [
    [
      'the quickstart opens with our kernel and without a question',
      async () => {
        if (!options.sample)
          for (const name of ['quickstart.ipynb', 'sample-data'])
            cpSync(path.join(root, 'examples', name), path.join(folder, name), { recursive: true });
        await page.goto(options.url);
        await page.locator('.monaco-workbench').waitFor({ timeout: 60_000 });
        await page.locator('.explorer-viewlet, .explorer-folders-view').first().waitFor({ timeout: 60_000 });
        if (options.sample) {
          await command(page, 'Nadir: Open Sample Notebook');
          await page.locator('.notebook-editor').first().waitFor({ timeout: 60_000 });
        } else await openFile(page, 'quickstart.ipynb');
        await page.getByText('Nadir TypeScript').first().waitFor({ timeout: 30_000 });
        await command(page, 'View: Close Primary Side Bar');
        await shoot(
          '01-opened',
          'The notebook is open, the kernel “Nadir TypeScript” is chosen, nothing has run and nothing asks.',
        );
      },
    ],
    [
      'Run All runs every cell and writes the dataset',
      async () => {
        await page
          .locator('.notebook-toolbar-container, .notebook-top-toolbar')
          .getByRole('button', { name: /Run All/ })
          .first()
          .click();
        await until('the dataset is written', () => existsSync(manifestOf(folder)), RUN_ALL_MS);
        await until(
          'no cell runs',
          async () =>
            (await page
              .locator('.cell-run-toolbar .codicon-notebook-stop, .notebook-toolbar-container .codicon-notebook-stop')
              .count()) === 0,
        );
        await shoot('02-ran', 'All cells have run: ticks, times and outputs are there, and no error.');
      },
    ],
    ['catalog, slice and tensor are seen on maps in the light theme', () => photographViews(options, shoot, 'light')],
    [
      'catalog, slice and tensor are seen on maps in the dark theme',
      async () => {
        await setTheme(page, 'vs-dark');
        await photographViews(options, shoot, 'dark');
        await setTheme(page, 'vs');
      },
    ],
    [
      'two chips are rejected, one with the mouse and one with the keyboard, and a cell says so',
      async () => {
        const grid = await chipGrid(page);
        await reveal(page, grid);
        const chips = grid.locator('[role=gridcell]:not(.reject)');
        const [first, second] = [chips.nth(0), chips.nth(1)];
        rejected.push(await idOf(first), await idOf(second));
        await first.hover();
        await first.getByRole('button', { name: /^Reject/ }).click();
        const next = grid.locator(`[data-id="${rejected[1] ?? ''}"]`);
        await next.click();
        await page.keyboard.press('r');
        await until(
          'both chips are rejected',
          async () =>
            (await grid
              .locator(`[data-id="${rejected[0] ?? ''}"].reject, [data-id="${rejected[1] ?? ''}"].reject`)
              .count()) === 2,
          15_000,
        );
        await shoot('05-rejected', 'Two more chips are hatched as rejected and counted; the grid keeps its place.');
        const text = await until('a curation cell is there', () => cellText(page, rejected), 20_000);
        if (!text.includes('curate(chips)')) throw new Error(`the curation cell reads: ${text}`);
        await shoot(
          '06-curation-cell',
          'Below the grid, a cell reads `const selection = curate(chips)…` with both ids.',
        );
      },
    ],
    [
      'Export Subset writes a dataset without the two chips',
      async () => {
        const before = itemsOf(manifestOf(folder));
        await exportWithWizard(page);
        const target = path.join(folder, 'exports', 'selection', 'manifest.json');
        await until('the export is finished', () => existsSync(target), 60_000);
        await command(page, 'Notifications: Show Notifications');
        await page
          .locator('.notifications-center')
          .getByText(/Exported \d+ items/)
          .first()
          .waitFor({ timeout: 60_000 });
        await shoot(
          '07-exported',
          'A notification says how many items went where, and offers Reveal, Copy Path and Insert Cell.',
        );
        const after = itemsOf(target);
        for (const id of rejected) {
          if (!before.some((item) => item.includes(id)))
            throw new Error(`${id} was not in the dataset of the notebook`);
          if (after.some((item) => item.includes(id))) throw new Error(`${id} was rejected and is in the export`);
        }
        if (after.length === 0) throw new Error('the export holds no item');
      },
    ],
    ...catalogSteps(page, root, folder, shoot),
    ...pixelSteps(page, root, folder, shoot),
  ];

  for (const [title, step] of steps.filter(([t], i) => i === 0 || t.includes(options.grep ?? ''))) {
    const begin = Date.now();
    try {
      await step();
      results.push({ title: `journey: ${title}`, state: 'passed', durationMs: Date.now() - begin });
    } catch (error) {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      results.push({ title: `journey: ${title}`, state: 'failed', durationMs: Date.now() - begin, error: text });
      await shoot('failed', `What was on the screen when this failed: ${title}.`);
      break;
    }
  }
  writeFileSync(path.join(screens, 'index.html'), contactSheet('Quickstart in VS Code', pictures));
  return results;
}

async function photographViews(
  options: JourneyOptions,
  shoot: (name: string, sentence: string) => Promise<void>,
  theme: string,
): Promise<void> {
  for (const { name, title, sentence } of VIEWS) {
    const view = await findOutput(
      options.page,
      (frame) => frame.locator('[role=region].frame').filter({ has: frame.locator('.title', { hasText: title }) }),
      5000,
    );
    await reveal(options.page, view);
    await new Promise((resolve) => setTimeout(resolve, 1500)); // A picture, no synchronisation: maps draw in software here.
    await shoot(`03-${name}-${theme}`, sentence);
  }
  const grid = await chipGrid(options.page);
  await reveal(options.page, grid);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  await shoot(
    `04-chips-${theme}`,
    'A grid of image chips in natural colours; those that are not clear are hatched as rejected.',
  );
}

function chipGrid(page: Page): Promise<Locator> {
  return findOutput(page, (frame) => frame.locator('[role=grid]:has([data-id])'));
}

async function idOf(chip: Locator): Promise<string> {
  const id = await chip.getAttribute('data-id');
  if (id === null || id === '') throw new Error('a chip has no id');
  return id;
}

/** Text of a cell that names all ids; cells outside the view are not in the page, so this scrolls a little each time. */
async function cellText(page: Page, ids: readonly string[]): Promise<string | undefined> {
  const texts = await page.locator('.notebook-editor .cell .view-lines').allInnerTexts();
  const found = texts.map((t) => t.replaceAll('\u00a0', ' ')).find((t) => ids.every((id) => t.includes(id)));
  if (found === undefined) {
    const area = await page.locator('.notebook-editor').first().boundingBox();
    if (area) await page.mouse.move(area.x + 12, area.y + area.height / 2);
    await page.mouse.wheel(0, 120);
  }
  return found;
}

async function exportWithWizard(page: Page): Promise<void> {
  await command(page, 'Nadir: Export Subset…');
  const list = page.locator('.quick-input-list');
  for (const what of ['What is exported', 'Catalog that the pixels come from', 'Formats']) {
    await page.locator(`.quick-input-widget input[placeholder*="${what}"]`).waitFor({ timeout: 15_000 });
    await list.locator('.monaco-list-row').first().waitFor();
    await page.keyboard.press('Enter');
  }
  await page
    .locator('.quick-input-widget')
    .getByText('Folder, relative to the notebook')
    .first()
    .waitFor({ timeout: 15_000 });
  await page.keyboard.press('Enter');
  await list.getByText('Insert as Cell').first().waitFor({ timeout: 30_000 });
  await page.keyboard.press('Enter');
}

/** Items of a dataset, as the names of its files. */
function itemsOf(manifest: string): readonly string[] {
  const dir = path.dirname(manifest);
  return readdirSync(dir, { recursive: true })
    .map(String)
    .filter((name) => name.endsWith('.tif') && statSync(path.join(dir, name)).size > 0)
    .map((name) => path.basename(name, '.tif'));
}

function manifestOf(folder: string): string {
  return path.join(folder, 'nadir-quickstart', 'dataset', 'manifest.json');
}

/** The editor of the tests follows the colour scheme of the system, as `settings.json` asks. */
async function setTheme(page: Page, className: 'vs' | 'vs-dark'): Promise<void> {
  await page.emulateMedia({ colorScheme: className === 'vs' ? 'light' : 'dark' });
  await page.locator(`.monaco-workbench.${className}`).first().waitFor({ timeout: 30_000 });
  await until('outputs have the theme', async () => {
    for (const frame of outputFrames(page)) {
      const kind = await frame.locator('body').getAttribute('data-vscode-theme-kind');
      if (kind !== null && kind !== (className === 'vs' ? 'vscode-light' : 'vscode-dark')) return false;
    }
    return true;
  });
}
