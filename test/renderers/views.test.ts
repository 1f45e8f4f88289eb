/** Every kind in every theme: mounts, height at once, no fault, no serious axe finding, something drawn; screenshots. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { latticePayload } from './columns-fixture.js';
import { fixtures } from './fixtures.js';
import { contactSheet, mapLive, missing, mount, startRig, type Rig } from './harness.js';
import { THEMES, type Theme } from './themes.js';

const HEIGHTS: Readonly<Record<string, (height: number) => boolean>> = {
  catalog: (h) => h === 420,
  columns: (h) => h === 420,
  geoslice: (h) => h === 260,
  tensor: (h) => h === 420,
  landcover: (h) => h === 420,
  series: (h) => h === 420,
  samples: (h) => h === 420,
  curation: (h) => h === 640,
  chips: (h) => h <= 420,
  table: (h) => h <= 360,
  report: (h) => h <= 240,
  progress: (h) => h === 44,
  'progress-done': (h) => h === 44,
};
const SENTENCES: Readonly<Record<string, string>> = {
  catalog:
    'Two stacks of six Sentinel-2 tiles over northern Italy; one tile is picked, its properties are readable beside the map; the inset marks the Alps.',
  columns:
    'A lattice of 600 boxes over southern Europe; the legend says that each is a footprint, the histogram below counts them.',
  geoslice: 'One box with labelled coordinates around it, its facts beside it.',
  tensor:
    'Fields, a river and clouds in natural colours; the slanted left edge is a checkerboard of missing data; histogram and limits beside it.',
  landcover: 'Six land-cover classes in their own colours, named in the legend.',
  series:
    'NDVI of the first of three dates, blue below zero and orange above; a player below, handles on the histogram.',
  samples: 'Sixty chip boxes in sampling order with a play bar; yield and reasons for skips beside the map.',
  chips:
    'Chips in aligned rows; kept ones have a solid green edge and a tick, rejected ones are hatched with a cross; the counts say 3 and 2.',
  curation: 'The same items on a map, as chips and in a table; kept, rejected and undecided look alike in all three.',
  table: 'Aligned columns, numbers to the right.',
  report: 'Facts in two columns, warnings and one error with its hint.',
  progress: 'A bar of 41 % with rate and remaining time.',
  'progress-done': 'A full bar that says two of forty failed.',
};
const MAPS = ['catalog', 'columns', 'geoslice', 'samples', 'curation'];

const skip = missing();
let rig: Rig;
const sheet = contactSheet();
const axeSource =
  skip === false ? await readFile(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8') : '';

interface AxeFinding {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[];
}

async function seriousFindings(page: Page, id: string): Promise<string[]> {
  const findings = await page.evaluate(async (selector) => {
    // SAFETY: axe.min.js, added to the page before, defines this global.
    const { axe } = globalThis as unknown as {
      axe: { run: (context: unknown, options: unknown) => Promise<{ violations: AxeFinding[] }> };
    };
    return (await axe.run(document.querySelector(selector), { resultTypes: ['violations'] })).violations;
  }, `#${id}`);
  return findings
    .filter((f) => f.impact === 'serious' || f.impact === 'critical')
    .map(
      (f) => `${f.id}: ${f.nodes.length} × ${f.nodes[0]?.html.slice(0, 200) ?? ''} ${f.nodes[0]?.failureSummary ?? ''}`,
    );
}

/** Different colours of a picture, counted coarsely. */
async function colourCount(page: Page, png: Buffer): Promise<number> {
  return page.evaluate(async (base64) => {
    const image = new Image();
    image.src = `data:image/png;base64,${base64}`;
    await image.decode();
    const canvas = document.createElement('canvas');
    canvas.width = image.width;
    canvas.height = image.height;
    const context = canvas.getContext('2d')!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
    const seen = new Set<number>();
    for (let i = 0; i < data.length; i += 4)
      seen.add(((data[i]! >> 4) << 8) | ((data[i + 1]! >> 4) << 4) | (data[i + 2]! >> 4));
    return seen.size;
  }, png.toString('base64'));
}

/** Brings a view into the state that its screenshot should show. */
async function act(page: Page, name: string): Promise<void> {
  if (name === 'catalog') {
    await page.locator('#catalog .map-host').click({ position: { x: 250, y: 150 } });
    await page.locator('#catalog .details').waitFor();
  } else if (name === 'chips' || name === 'curation') {
    await page.locator(`#${name} [role=gridcell]`).first().focus();
    for (const key of ['k', 'k', 'r', 'k', 'u', 'r', 'ArrowRight', '1']) await page.keyboard.press(key);
    await page.locator(`#${name} [role=gridcell]`).nth(4).hover();
    await page.locator(`#${name} .count.keep`, { hasText: '3' }).waitFor();
  } else if (['tensor', 'landcover', 'series'].includes(name))
    await page.locator(`#${name} canvas.pixels`).hover({ position: { x: 240, y: 130 } });
}

async function check(page: Page, name: string, theme: Theme): Promise<void> {
  const payload = name === 'columns' ? latticePayload(600, 30) : fixtures()[name]!;
  const height = await mount(page, name, payload);
  assert.ok(HEIGHTS[name]!(height), `${name} is ${height} px high in its first frame`);
  const output = page.locator(`#${name}`);
  if (MAPS.includes(name)) await mapLive(page, name);
  await act(page, name);
  if (MAPS.includes(name)) {
    await mapLive(page, name);
    const map = await page.locator(`#${name} .map-host`).screenshot();
    assert.ok((await colourCount(page, map)) >= 4, `the map of ${name} is not uniform`);
  }
  const canvases = output.locator('canvas.pixels');
  if ((await canvases.count()) > 0)
    assert.ok(
      (await colourCount(page, await canvases.first().screenshot())) >= 4,
      `the pixels of ${name} are not uniform`,
    );
  assert.equal(
    await output.evaluate((e) => e.getBoundingClientRect().height),
    height,
    'the height does not change afterwards',
  );
  const png = await output.screenshot({ animations: 'disabled' });
  await sheet.shot(`${name}-${theme.name}`, SENTENCES[name]!, png);
  assert.deepEqual(await seriousFindings(page, name), []);
  await page.evaluate(() => window.harness.clear());
}

describe('views', { skip }, () => {
  before(async () => {
    rig = await startRig();
  });
  after(async () => {
    await sheet.write();
    await rig.close();
  });

  for (const [i, theme] of THEMES.entries()) {
    // Each pixel ratio and each policy is met by two themes, one light and one dark.
    const scale = i % 3 === 0 ? 1 : 2;
    test(`every kind mounts, draws and is accessible in ${theme.name} at ${scale}×, under the notebook's policy`, async (t) => {
      const { page, faults } = await rig.open({ csp: true, scale });
      await page.evaluate((x) => window.harness.theme(x), theme);
      await page.addScriptTag({ content: axeSource });
      for (const name of Object.keys(HEIGHTS)) await t.test(name, () => check(page, name, theme));
      assert.deepEqual(faults, [], 'no console error, no exception, no request');
      await page.context().close();
    });
  }

  test('a change of theme reaches a live map without a new mount', async () => {
    const { page, faults } = await rig.open();
    await page.evaluate((x) => window.harness.theme(x), THEMES[0]!);
    await mount(page, 'geoslice', fixtures()['geoslice']!);
    await mapLive(page, 'geoslice');
    const corner = async (): Promise<number> => {
      const png = await page
        .locator('#geoslice .map-host')
        .screenshot({ clip: { x: 90, y: 130, width: 20, height: 20 } } as never);
      return page.evaluate(async (base64) => {
        const image = new Image();
        image.src = `data:image/png;base64,${base64}`;
        await image.decode();
        const canvas = document.createElement('canvas');
        canvas.width = canvas.height = 1;
        const context = canvas.getContext('2d')!;
        context.drawImage(image, 0, 0, 1, 1);
        const [r, g, b] = context.getImageData(0, 0, 1, 1).data;
        return (r! + g! + b!) / 3;
      }, png.toString('base64'));
    };
    assert.ok((await corner()) > 200, 'land is light in the light theme');
    await page.evaluate((x) => window.harness.theme(x), THEMES[1]!);
    const deadline = Date.now() + 5000;
    while ((await corner()) > 120 && Date.now() < deadline)
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(done)));
    assert.ok((await corner()) < 120, 'land is dark in the dark theme');
    assert.deepEqual(faults, []);
    await page.context().close();
  });
});
