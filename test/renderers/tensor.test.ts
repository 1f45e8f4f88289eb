/** The tensor view with a live kernel behind it: single pixels, exact values, limits by hand, dates, masks, failures. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { GeoTensor } from '../../src/pixels/index.js';
import { displayTensor } from '../../src/display/tensor.js';
import type { AnyPayload } from '../../src/display/wire/parse.js';
import type { ViewReply, ViewRequest } from '../../src/display/wire/payload.js';
import { installHost, payloadOf } from '../unit/display/fakes.js';
import { fixtures } from './fixtures.js';
import { missing, mount, startRig, type Rig } from './harness.js';
import { THEMES } from './themes.js';

const skip = missing();
let rig: Rig;
const SIDE = 1600;

/** Value of a band at a pixel: no two neighbours are alike, so that a tile out of place is seen. */
const valueOf = (frame: number, band: number, row: number, column: number): number =>
  1000 * frame + 100 * band + ((row * 37 + column * 11) % 97);

function bigTensor(): GeoTensor {
  const values = new Uint16Array(3 * SIDE * SIDE);
  for (let b = 0, i = 0; b < 3; b++)
    for (let r = 0; r < SIDE; r++) for (let c = 0; c < SIDE; c++) values[i++] = valueOf(0, b, r, c);
  return GeoTensor.create({
    values,
    shape: [3, SIDE, SIDE],
    transform: [10, 0, 600_000, 0, -10, 5_100_000],
    crs: 'EPSG:32632',
    bandNames: ['B04', 'B03', 'B02'],
  });
}

interface Kernel {
  readonly payload: AnyPayload;
  readonly asked: ViewRequest[];
  most: number;
  delay: number;
  isRunning: boolean;
}

/** Mounts a tensor whose requests a kernel in this process answers. */
async function live(page: Page, tensor: GeoTensor): Promise<Kernel> {
  const host = installHost();
  const payload = payloadOf(displayTensor(tensor));
  host.remove();
  const kernel: Kernel = { payload, asked: [], most: 0, delay: 0, isRunning: true };
  let under = 0;
  await page.exposeFunction('kernel', async (m: ViewRequest): Promise<ViewReply> => {
    const { viewId, requestId } = m;
    if (!kernel.isRunning) return { viewId, requestId, ok: false, error: 'no kernel is running' };
    kernel.asked.push(m);
    kernel.most = Math.max(kernel.most, (under += 1));
    if (kernel.delay > 0) await new Promise((done) => setTimeout(done, kernel.delay));
    const result = JSON.parse(JSON.stringify(await host.views.get(viewId)!(m.op, m.args))) as unknown;
    under -= 1;
    return { viewId, requestId, ok: true, result };
  });
  await page.evaluate(() => {
    // SAFETY: exposed above.
    const { kernel: ask } = window as unknown as { kernel: (m: ViewRequest) => Promise<ViewReply> };
    window.answer = (m) => void ask(m).then((r) => window.harness.reply(r));
  });
  await mount(page, 't', payload);
  await page.locator('#t canvas.pixels').waitFor();
  return kernel;
}

async function open(): Promise<{ page: Page; faults: string[] }> {
  const opened = await rig.open({ csp: true });
  await opened.page.evaluate((t) => window.harness.theme(t), THEMES[0]!);
  return opened;
}

async function eventually(read: () => Promise<boolean> | boolean, what: string): Promise<void> {
  const deadline = Date.now() + 15_000;
  while (!(await read())) {
    assert.ok(Date.now() < deadline, what);
    await new Promise((done) => setTimeout(done, 30));
  }
}

const colourUnder = (page: Page, x: number, y: number): Promise<number[]> =>
  page
    .locator('#t canvas.pixels')
    .evaluate((c: HTMLCanvasElement, [px, py]) => [...c.getContext('2d')!.getImageData(px, py, 1, 1).data], [
      x,
      y,
    ] as const);

const status = (page: Page): Promise<string> => page.locator('#t .status').innerText();

describe('tensors with a live kernel', { skip }, () => {
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.close());

  test('zooming by keyboard and wheel ends at single pixels with the values of the array', async () => {
    const { page, faults } = await open();
    const kernel = await live(page, bigTensor());
    const canvas = page.locator('#t canvas.pixels');
    const box = (await canvas.boundingBox())!;
    const [x, y] = [Math.round(box.width / 2) + 40, Math.round(box.height / 2) - 30];
    await canvas.click({ position: { x, y } });
    for (let i = 0; i < 9; i++) await page.keyboard.press('+');
    await page.locator('#t .zoom-level', { hasText: '64:1' }).waitFor();
    await canvas.hover({ position: { x, y } });
    const place = /col (\d+) row (\d+)/.exec(await status(page))!;
    const [column, row] = [Number(place[1]), Number(place[2])];
    await eventually(async () => {
      const text = await status(page);
      return [0, 1, 2].every((b) => text.includes(String(valueOf(0, b, row, column))));
    }, 'the values under the pointer become those of the array');
    const stats = kernel.payload.kind === 'tensor' ? kernel.payload.data.preview.bands.map((b) => b.stats!) : [];
    const expected = stats.map((s, b) =>
      Math.max(0, Math.min(255, ((valueOf(0, b, row, column) - s.p2) / (s.p98 - s.p2)) * 255)),
    );
    await eventually(
      async () => {
        const seen = await colourUnder(page, x, y);
        return expected.every((v, b) => Math.abs(v - seen[b]!) <= 1);
      },
      `the pixel at ${column}/${row} has its colour ${expected.map(Math.round).join(' ')}`,
    );
    const tiles = kernel.asked.filter((m) => m.op === 'tile').map((m) => JSON.stringify(m.args));
    assert.equal(new Set(tiles).size, tiles.length, 'no tile is asked for twice');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('at most four requests are under way, and tiles out of view are no longer asked for', async () => {
    const { page } = await open();
    const kernel = await live(page, bigTensor());
    kernel.delay = 120;
    await page.locator('#t canvas.pixels').focus();
    for (let i = 0; i < 2; i++) await page.keyboard.press('+');
    await page.waitForTimeout(100); // The first tiles are under way.
    await page.keyboard.press('f');
    const before = kernel.asked.length;
    for (let i = 0; i < 8; i++) await page.keyboard.press('+');
    await eventually(() => kernel.asked.some((m) => (m.args as { z?: number }).z === 0), 'tiles of full resolution');
    await page.locator('#t .loading').waitFor({ state: 'detached' });
    assert.ok(kernel.most <= 4, `${kernel.most} at once`);
    assert.ok(kernel.asked.length - before < 24, `${kernel.asked.length - before} requests for one screen`);
    await page.context().close();
  });

  test('without a kernel the saved view stays, says so, and zooms all the same', async () => {
    const { page, faults } = await open();
    const kernel = await live(page, bigTensor());
    kernel.isRunning = false;
    await page.locator('#t canvas.pixels').focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press('+');
    await page.locator('#t .pill', { hasText: 'kernel stopped: saved view' }).waitFor();
    assert.equal((await colourUnder(page, 200, 150))[3], 255, 'pixels of the preview are there');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('limits are set by keys and numbers, and S goes back to a stretch', async () => {
    const { page } = await open();
    await mount(page, 't', fixtures()['tensor']!);
    const stretch = page.locator('#t').getByLabel('Stretch (S)');
    const low = page.locator('#t').getByRole('slider', { name: 'Low limit of B04' });
    const first = Number(await low.getAttribute('aria-valuenow'));
    await low.focus();
    await page.keyboard.press('ArrowRight');
    assert.equal(await stretch.inputValue(), 'manual');
    assert.ok(Number(await low.getAttribute('aria-valuenow')) > first);
    const number = page.locator('#t').getByLabel('High limit of B04, number');
    await number.fill('2500');
    await number.press('Enter');
    await page.locator('#t .limits-list', { hasText: '2500' }).waitFor();
    await page.locator('#t canvas.pixels').focus();
    await page.keyboard.press('s');
    assert.equal(await stretch.inputValue(), 'p2-98');
    assert.equal(Number(await low.getAttribute('aria-valuenow')), first);
    await page.context().close();
  });

  test('arrow keys read pixels one by one, and the mask is hatched with M', async () => {
    const { page } = await open();
    await mount(page, 't', fixtures()['tensor']!);
    const canvas = page.locator('#t canvas.pixels');
    await canvas.focus();
    for (let i = 0; i < 6; i++) await page.keyboard.press('+');
    await page.keyboard.press('ArrowLeft');
    const at = Number(/col (\d+)/.exec(await status(page))![1]);
    await page.keyboard.press('ArrowRight');
    assert.equal(Number(/col (\d+)/.exec(await status(page))![1]), at + 1);
    await page.keyboard.press('f');
    const left = async (): Promise<number[]> => {
      const box = (await page.locator('#t .checker').boundingBox())!;
      const pane = (await canvas.boundingBox())!;
      return colourUnder(page, Math.round(box.x - pane.x + 4), Math.round(box.y - pane.y + box.height / 2));
    };
    await eventually(async () => (await left())[3] === 0, 'pixels without data are see-through');
    await page.keyboard.press('m');
    await eventually(async () => (await left())[3]! > 0, 'the hatching covers them');
    await page.context().close();
  });

  test('dates are stepped through, played and compared', async () => {
    const { page, faults } = await open();
    await mount(page, 't', fixtures()['series']!);
    const player = page.locator('#t .player');
    await player.getByText('2024-06-01 · 1 / 3').waitFor();
    await page.locator('#t canvas.pixels').focus();
    await page.keyboard.press('.');
    await player.getByText('2024-06-06 · 2 / 3').waitFor();
    await page.keyboard.press('p');
    await player.getByText('2024-06-11 · 3 / 3').waitFor();
    await page.keyboard.press('p');
    await player.getByLabel('Compare with').selectOption('0');
    const split = page.locator('#t').getByRole('slider', { name: 'Border between the two dates' });
    await split.focus();
    await page.keyboard.press('ArrowLeft');
    assert.equal(await split.getAttribute('aria-valuenow'), '48');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a payload that claims an impossible size is drawn all the same, and asks for little', async () => {
    const { page, faults } = await open();
    const base = fixtures()['tensor']!;
    assert.ok(base.kind === 'tensor');
    const side = Number.MAX_SAFE_INTEGER;
    const preview = { ...base.data.preview, step: 1e9 };
    await mount(page, 't', { ...base, data: { ...base.data, preview, shape: [4, side, side], levels: 16 } });
    await page.locator('#t canvas.pixels').focus();
    for (let i = 0; i < 4; i++) await page.keyboard.press('+');
    await eventually(async () => (await colourUnder(page, 250, 150))[3] === 255, 'the preview is drawn');
    const asked = await page.evaluate(() => window.harness.posted.filter((m) => m.op === 'tile').length);
    assert.ok(asked <= 4, `${asked} requests`);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a class band of a tensor brings its legend when it is chosen', async () => {
    const { page } = await open();
    const values = new Uint8Array(2 * 20 * 20).fill(4);
    values.fill(6, 400, 500);
    const tensor = GeoTensor.create({
      values,
      shape: [2, 20, 20],
      transform: [10, 0, 600_000, 0, -10, 5_100_000],
      crs: 'EPSG:32632',
      bandNames: ['B08', 'SCL'],
    });
    await live(page, tensor);
    await page.locator('#t').getByText('Every valid pixel is 4.').waitFor();
    await page.locator('#t').getByLabel('Band', { exact: true }).selectOption('1');
    const legend = page.locator('#t .classes');
    assert.match((await legend.innerText()).replace(/\s+/g, ' '), /4 vegetation 75 % 6 water 25 %/);
    await page.context().close();
  });
});
