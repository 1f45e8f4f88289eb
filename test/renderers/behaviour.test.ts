/** What views do: keys, verdicts as code, linking, pictures on demand, maps that come and go, hostile payloads. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Page } from 'playwright-core';
import { isProblem, parsePayload, type AnyPayload } from '../../src/display/wire/parse.js';
import type { CurationData, Payload } from '../../src/display/wire/payload.js';
import { fixtures, renamed, scene } from './fixtures.js';
import { mapLive, missing, mount, startRig, type Rig } from './harness.js';
import { THEMES } from './themes.js';

const skip = missing();
let rig: Rig;
const LIGHT = THEMES[0]!;

async function open(options: { csp?: boolean } = {}): Promise<{ page: Page; faults: string[] }> {
  const opened = await rig.open(options);
  await opened.page.evaluate((t) => window.harness.theme(t), LIGHT);
  return opened;
}

function curation(): Payload<'curation', CurationData> & { readonly kind: 'curation' } {
  const p = fixtures()['curation']!;
  assert.ok(p.kind === 'curation');
  return p;
}

/** Mean colour of a square of 20 × 20 pixels around a place of an element, as the screen shows it. */
async function colourAt(page: Page, selector: string, x: number, y: number): Promise<[number, number, number]> {
  const png = await page.locator(selector).screenshot();
  return page.evaluate(
    async ([base64, px, py]) => {
      const image = new Image();
      image.src = `data:image/png;base64,${base64}`;
      await image.decode();
      const canvas = document.createElement('canvas');
      canvas.width = image.width;
      canvas.height = image.height;
      const context = canvas.getContext('2d')!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(px - 10, py - 10, 20, 20);
      const sum: [number, number, number] = [0, 0, 0];
      for (let i = 0; i < data.length; i += 4) for (let c = 0; c < 3; c++) sum[c as 0 | 1 | 2] += data[i + c]! / 400;
      return sum;
    },
    [png.toString('base64'), Math.round(x), Math.round(y)] as const,
  );
}

const counts = (page: Page, id: string, kind: string): Promise<string> =>
  page.locator(`#${id} .count.${kind} b`).innerText();

/** Polls until `read` gives `expected`, at most twenty seconds. */
async function eventually<T>(read: () => Promise<T>, expected: T): Promise<void> {
  const deadline = Date.now() + 20_000;
  let last = await read();
  while (last !== expected && Date.now() < deadline) {
    await new Promise((done) => setTimeout(done, 30));
    last = await read();
  }
  assert.equal(last, expected);
}

describe('behaviour', { skip }, () => {
  before(async () => {
    rig = await startRig();
  });
  after(() => rig.close());

  test('a kept footprint is green, a rejected one hatched red, an undecided one blue, at the place where it lies', async () => {
    const { page, faults } = await open();
    const p = curation();
    // One row west, one in the middle, one east: the fit puts the middle one in the centre of the map.
    const items = [-0.04, 0, 0.04].map((dx, i) => ({
      ...p.data.items[i]!,
      bbox: [11 + dx - 0.015, 46.49, 11 + dx + 0.015, 46.51] as const,
      outline: [],
    }));
    for (const [verdict, isRight] of [
      ['keep', ([r, g, b]: number[]) => g! > r! + 25 && g! > b! + 25],
      ['reject', ([r, g, b]: number[]) => r! > g! + 8 && r! > b! + 8],
      ['undecided', ([r, , b]: number[]) => b! > r! + 12],
    ] as const) {
      const steps = verdict === 'undecided' ? [] : [{ op: verdict, args: [['chip-002']] }];
      const one = {
        ...renamed(p, `c-${verdict}`, `d-${verdict}`),
        data: { ...p.data, items, curation: { source: 'x', steps } },
      };
      await mount(page, 'map', one);
      await mapLive(page, 'map');
      const box = (await page.locator('#map .map-host').boundingBox())!;
      const colour = await colourAt(page, '#map .map-host', box.width / 2 + 5, box.height / 2 + 5);
      assert.ok(isRight(colour), `${verdict}: ${colour.map(Math.round).join(' ')}`);
      const land = await colourAt(page, '#map .map-host', box.width / 2, box.height - 60);
      assert.ok(
        Math.max(...land) - Math.min(...land) < 12 && land[0] > 210,
        `land beside it: ${land.map(Math.round).join(' ')}`,
      );
      await page.evaluate(() => window.harness.clear());
    }
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('chips can be judged by keyboard alone, and the keys do not reach the notebook', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      (globalThis as unknown as { leaked: string[] }).leaked = [];
      addEventListener('keydown', (e) => (globalThis as unknown as { leaked: string[] }).leaked.push(e.key));
    });
    await mount(page, 'chips', fixtures()['chips']!);
    const focused = (): Promise<string | null> =>
      page.evaluate(() => document.querySelector('#chips')!.shadowRoot!.activeElement?.getAttribute('data-id') ?? null);
    await page.locator('#chips [role=gridcell]').first().focus();
    await page.keyboard.press('k');
    await eventually(focused, 'chip-002');
    await page.keyboard.press('r');
    await page.keyboard.press('ArrowDown');
    await eventually(focused, 'chip-011');
    await page.keyboard.press('u');
    await page.keyboard.press('3');
    await page.keyboard.press('ArrowRight');
    assert.deepEqual(
      [
        await counts(page, 'chips', 'keep'),
        await counts(page, 'chips', 'reject'),
        await counts(page, 'chips', 'tagged'),
      ],
      ['1', '1', '1'],
    );
    await page.keyboard.press('Control+a');
    await page.keyboard.press('r');
    assert.equal(await counts(page, 'chips', 'reject'), '40');
    await page.keyboard.press('Control+z');
    assert.deepEqual([await counts(page, 'chips', 'keep'), await counts(page, 'chips', 'reject')], ['1', '1']);
    await page.keyboard.press('Control+Shift+z');
    assert.equal(await counts(page, 'chips', 'reject'), '40');
    await page.keyboard.press('Control+z');
    await page.keyboard.press('Enter');
    await page.locator('#chips [role=dialog]').waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.keyboard.press('Escape');
    await page.locator('#chips [role=dialog]').waitFor({ state: 'detached' });
    assert.ok(await focused(), 'the focus returns to the grid');
    await page.keyboard.press('?');
    await page.locator('#chips [role=dialog]').waitFor();
    await page.keyboard.press('Escape');
    await page.keyboard.press('t');
    await page.locator('#chips [role=dialog] input:focus').waitFor();
    await page.keyboard.type('kr flood');
    await page.keyboard.press('Enter');
    await page.locator('#chips .chip-tags', { hasText: 'kr flood' }).first().waitFor();
    const leaked = await page.evaluate(() =>
      (globalThis as unknown as { leaked: string[] }).leaked.filter((k) => !['Control', 'Shift'].includes(k)),
    );
    assert.deepEqual(leaked, []);
    await page.context().close();
  });

  test('a frame that comes late does not take the focus out of an opened panel', async () => {
    const { page } = await open();
    await mount(page, 'chips', fixtures()['chips']!);
    await page.locator('#chips [role=gridcell]').first().focus();
    await page.evaluate(() => {
      const frame = requestAnimationFrame;
      globalThis.requestAnimationFrame = (draw) => Number(setTimeout(() => frame(draw), 300));
    });
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('Enter');
    await page.locator('#chips [role=dialog]').waitFor();
    await page.waitForTimeout(700);
    await page.keyboard.press('Escape');
    await page.locator('#chips [role=dialog]').waitFor({ state: 'detached', timeout: 3000 });
    await page.context().close();
  });

  test('mouse users keep and reject with the buttons on a chip, and filter by the counts', async () => {
    const { page } = await open();
    await mount(page, 'chips', fixtures()['chips']!);
    for (const [n, word] of [
      [0, 'Keep'],
      [2, 'Reject'],
    ] as const) {
      const cell = page.locator('#chips [role=gridcell]').nth(n);
      await cell.hover();
      const button = cell.getByRole('button', { name: word });
      const box = (await button.boundingBox())!;
      assert.ok(box.width >= 24 && box.height >= 24, 'large enough to hit');
      await button.click();
    }
    await page.locator('#chips .count.reject').click();
    await eventually(() => page.locator('#chips [role=gridcell]').count(), 1);
    assert.equal(await page.locator('#chips [role=gridcell]').getAttribute('data-id'), 'chip-003');
    await page.context().close();
  });

  test('gestures become steps half a second after the last one, merged, and undone gestures are gone', async () => {
    const { page } = await open();
    await mount(page, 'cur', curation());
    await page.locator('#cur [role=gridcell]').first().focus();
    for (const key of ['r', 'r', 'k', 'k', 'Control+z']) await page.keyboard.press(key);
    assert.equal(
      await page.evaluate(
        () => window.harness.posted.filter((m) => m.op === 'steps' && 'steps' in (m.args as object)).length,
      ),
      0,
      'not before half a second',
    );
    await page.waitForFunction(() =>
      window.harness.posted.some((m) => m.op === 'steps' && 'steps' in (m.args as object)),
    );
    const posted = await page.evaluate(() =>
      window.harness.posted.filter((m) => m.op === 'steps' && 'steps' in (m.args as object)),
    );
    assert.equal(posted.length, 1);
    assert.deepEqual(posted[0]!.args, {
      source: 'chips',
      datasetId: 'sha256:curation',
      steps: [
        { op: 'reject', args: [['chip-001', 'chip-002']] },
        { op: 'keep', args: [['chip-003']] },
      ],
    });
    assert.equal(posted[0]!.viewId, 'cell-curation:0');
    await page.context().close();
  });

  test('a view that comes back shows the verdicts of the cell, and the next one is written behind them', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      window.answer = ({ viewId, requestId, op, args }) => {
        const steps = [{ op: 'reject', args: [['chip-001', 'chip-005'], 'haze'] }];
        const result =
          'query' in (args as object) ? { steps, note: null } : { written: true, note: 'kernel not running' };
        if (op === 'steps') setTimeout(() => window.harness.reply({ viewId, requestId, ok: true, result }), 50);
      };
    });
    await mount(page, 'cur', curation());
    await eventually(() => counts(page, 'cur', 'reject'), '2');
    await page.locator('#cur [role=gridcell]').first().focus();
    await page.keyboard.press('k');
    await page.locator('#cur .frame > .bar', { hasText: 'kernel not running' }).waitFor();
    const posted = await page.evaluate(() => window.harness.posted.filter((m) => m.op === 'steps').map((m) => m.args));
    assert.deepEqual(posted, [
      { source: 'chips', datasetId: 'sha256:curation', query: true },
      {
        source: 'chips',
        datasetId: 'sha256:curation',
        steps: [
          { op: 'reject', args: [['chip-001', 'chip-005'], 'haze'] },
          { op: 'keep', args: [['chip-001']] },
        ],
      },
    ]);
    await page.context().close();
  });

  test('two outputs of one dataset, drawn by two renderers, share verdicts, hover and a brush on the timeline', async () => {
    const { page } = await open();
    const chips = renamed(fixtures()['chips']!, 'other-cell:0', 'sha256:curation');
    await mount(page, 'cur', curation());
    await mount(page, 'chips', chips);
    await mapLive(page, 'cur');
    await page.locator('#chips [role=gridcell]').nth(4).focus();
    await page.keyboard.press('r');
    await eventually(() => counts(page, 'cur', 'reject'), '1');
    await page.locator('#cur .data-table tbody tr', { hasText: 'chip-002' }).hover();
    await eventually(
      () =>
        page
          .locator('#chips .chip.hovered')
          .getAttribute('data-id')
          .catch(() => null),
      'chip-002',
    );
    const axis = (await page.locator('#cur .timeline-axis').boundingBox())!;
    await page.mouse.move(axis.x + 1, axis.y + 10);
    await page.mouse.down();
    await page.mouse.move(axis.x + axis.width * 0.1, axis.y + 10, { steps: 4 });
    await page.mouse.up();
    // One of six dates: 40 chips, every sixth from the first, are seven.
    await eventually(
      () =>
        page
          .locator('#chips .chip.selected')
          .count()
          .then((n) => n >= 5),
      true,
    );
    await page.context().close();
  });

  test('pixels that are not in the payload are asked of the kernel; without a kernel the view says so and stays usable', async () => {
    const { page } = await open();
    const base = fixtures()['chips']!;
    assert.ok(base.kind === 'chips');
    const p = {
      ...base,
      data: { ...base.data, items: base.data.items.map((i) => ({ ...i, preview: null, error: null })) },
    };
    const preview = scene({ width: 16, height: 16, u: 0, v: 0, unit: 0.02, seed: 1, cloud: 0, missing: 0 });
    await page.evaluate((pv) => {
      window.answer = (m) => {
        if (m.op === 'chip')
          queueMicrotask(() =>
            window.harness.reply({ viewId: m.viewId, requestId: m.requestId, ok: true, result: { preview: pv } }),
          );
      };
    }, preview);
    await mount(page, 'live', p);
    await eventually(
      () =>
        page
          .locator('#live canvas.pixels')
          .count()
          .then((n) => n >= 16),
      true,
    );
    const asked = await page.evaluate(() =>
      window.harness.posted.filter((m) => m.op === 'chip').map((m) => (m.args as { id: string }).id),
    );
    assert.equal(new Set(asked).size, asked.length, 'each chip is asked for once');
    assert.ok(asked.length < 40, 'chips out of sight are not asked for');
    await page.evaluate(() => window.harness.clear());
    await mount(page, 'saved', renamed(p as AnyPayload, 'saved:0', 'saved'), { messaging: false });
    await page.locator('#saved .pill', { hasText: 'kernel stopped: saved view' }).waitFor();
    await page.locator('#saved [role=gridcell]').first().focus();
    await page.keyboard.press('k');
    await eventually(() => counts(page, 'saved', 'keep'), '1');
    await page.context().close();
  });

  test('a band that the payload leaves out is asked of the kernel when it is chosen', async () => {
    const { page } = await open();
    const base = fixtures()['tensor']!;
    assert.ok(base.kind === 'tensor');
    const [b2, b3, b4, b8] = base.data.preview.bands;
    const p = { ...base, data: { ...base.data, preview: { ...base.data.preview, bands: [b2!, b3!, b4!] } } };
    await mount(page, 't', p);
    await page.locator('#t').getByRole('button', { name: 'Band', exact: true }).click();
    await page.locator('#t').getByLabel('Band', { exact: true }).selectOption('3');
    await page.waitForFunction(() => window.harness.posted.some((m) => m.op === 'bands'));
    const request = (await page.evaluate(() => window.harness.posted.find((m) => m.op === 'bands')))!;
    assert.deepEqual(request.args, { datasetId: 'sha256:tensor', bands: [3], frame: 0 });
    await page.evaluate(
      ([r, band]) =>
        window.harness.reply({ viewId: r.viewId, requestId: r.requestId, ok: true, result: { bands: [band] } }),
      [request, b8] as const,
    );
    await page.locator('#t .histogram figcaption', { hasText: 'B08' }).waitFor();
    await page.context().close();
  });

  test('rendering again into the same element keeps camera, focus and choices', async () => {
    const { page } = await open();
    const p = fixtures()['catalog']!;
    await mount(page, 'cat', p);
    await mapLive(page, 'cat');
    await page.locator('#cat').getByRole('button', { name: 'Zoom in (+)' }).click();
    await page.waitForFunction(() =>
      Object.values(window.harness.states).some((s) => JSON.stringify(s).includes('camera')),
    );
    await page.locator('#cat .maplibregl-canvas').focus();
    const before = await page.locator('#cat .scale').innerText();
    await eventually(() => page.locator('#cat .scale').innerText(), before);
    const scale = await page.locator('#cat .scale').innerText();
    await mount(page, 'cat', { ...p, title: 'again' });
    assert.equal(await page.locator('#cat .title').innerText(), 'again');
    assert.equal(await page.locator('#cat .scale').innerText(), scale);
    assert.equal(
      await page.evaluate(() =>
        document.querySelector('#cat')!.shadowRoot!.activeElement?.classList.contains('maplibregl-canvas'),
      ),
      true,
    );
    assert.equal(await page.locator('#cat .maplibregl-canvas').count(), 1);
    await page.context().close();
  });

  test('a cell run again on another place shows that place, while the output is live and after it was closed', async () => {
    const { page } = await open();
    const there = fixtures()['geoslice']!;
    assert.ok(there.kind === 'geoslice');
    const { bbox, outline } = there.data;
    const here: AnyPayload = {
      ...there,
      data: {
        ...there.data,
        bbox: [bbox[0] + 40, bbox[1] - 20, bbox[2] + 40, bbox[3] - 20],
        outline: outline.map((p) => p.map((ring) => ring.map(([x, y]) => [x + 40, y - 20] as const))),
      },
    };
    const longitude = (): Promise<number> =>
      page.evaluate(() =>
        Number.parseFloat(
          document.querySelector('#a')!.shadowRoot!.querySelector('.graticule .lon')?.textContent ?? '',
        ),
      );
    const isNear = async (wanted: number): Promise<boolean> => Math.abs((await longitude()) - wanted) < 5;
    await mount(page, 'a', there);
    await mapLive(page, 'a');
    await eventually(() => isNear(bbox[0]), true);
    await page.locator('#a').getByRole('button', { name: 'Zoom in (+)' }).click();
    await page.waitForFunction(() =>
      Object.values(window.harness.states).some((x) => JSON.stringify(x).includes('camera')),
    );
    await mount(page, 'a', here);
    await eventually(() => isNear(bbox[0] + 40), true);
    await page.evaluate(() => window.harness.clear());
    await mount(page, 'a', there);
    await mapLive(page, 'a');
    await eventually(() => isNear(bbox[0]), true);
    await page.context().close();
  });

  test('of twelve maps at most eight are live; those off screen are stills and come back when they are seen', async () => {
    const { page, faults } = await open();
    const p = fixtures()['geoslice']!;
    for (let i = 0; i < 12; i++) {
      await mount(page, `m${i}`, renamed(p, `m:${i}`, `m:${i}`));
      await page.locator(`#m${i}`).scrollIntoViewIfNeeded();
      await mapLive(page, `m${i}`);
      const live = await page.locator('.maplibregl-canvas').count();
      assert.ok(live <= 8, `${live} live maps`);
    }
    assert.equal(await page.locator('#m0 .map-host').getAttribute('data-status'), 'still');
    const still = await page
      .locator('#m0 .map-still')
      .evaluate((c: HTMLCanvasElement) => c.getContext('2d')!.getImageData(20, 20, 1, 1).data[3]);
    assert.equal(still, 255, 'the still is a picture');
    await page.locator('#m0').scrollIntoViewIfNeeded();
    await mapLive(page, 'm0');
    assert.ok((await page.locator('.maplibregl-canvas').count()) <= 8);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a lost context leaves a still that a click restores', async () => {
    const { page } = await open();
    await mount(page, 'geo', fixtures()['geoslice']!);
    await mapLive(page, 'geo');
    await page
      .locator('#geo .maplibregl-canvas')
      .evaluate((c: HTMLCanvasElement) => c.getContext('webgl2')!.getExtension('WEBGL_lose_context')!.loseContext());
    const restore = page.locator('#geo').getByRole('button', { name: 'Click to restore the map' });
    await restore.click();
    await mapLive(page, 'geo');
    await restore.waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('a hundred mounts and unmounts leave no map, no node and no listener behind', async () => {
    const { page, faults } = await open();
    const devtools = await page.context().newCDPSession(page);
    await devtools.send('Performance.enable');
    const all = fixtures();
    const round = async (i: number): Promise<void> => {
      const p = all[['catalog', 'chips', 'tensor', 'table', 'curation'][i % 5]!]!;
      await mount(page, 'x', renamed(p, `x:${i}`, `x:${i % 3}`));
      await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
      await page.evaluate(() => window.harness.clear());
    };
    const measure = async (): Promise<{ listeners: number; nodes: number }> => {
      await devtools.send('HeapProfiler.collectGarbage');
      await devtools.send('HeapProfiler.collectGarbage');
      const { metrics } = await devtools.send('Performance.getMetrics');
      const of = (name: string): number => metrics.find((m) => m.name === name)?.value ?? 0;
      return { listeners: of('JSEventListeners'), nodes: of('Nodes') };
    };
    for (let i = 0; i < 10; i++) await round(i);
    await page.waitForTimeout(300); // Maps under way when their view went have to notice; nothing can be polled for that.
    const start = await measure();
    for (let i = 0; i < 100; i++) await round(i);
    await page.waitForTimeout(300);
    const end = await measure();
    assert.equal(await page.locator('canvas').count(), 0);
    assert.ok(end.listeners - start.listeners < 30, `listeners ${start.listeners} → ${end.listeners}`);
    assert.ok(end.nodes - start.nodes < 300, `nodes ${start.nodes} → ${end.nodes}`);
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('payloads that cannot be shown give description, reason and raw JSON, and never markup', async () => {
    const { page, faults } = await open({ csp: true });
    const evil = '<img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>';
    const cases: readonly (readonly [id: string, text: string, reason: RegExp])[] = [
      ['cut', '{"kind":"catalog","ver', /not valid JSON/],
      ['empty', '{}', /version should be|kind should be/],
      ['newer', JSON.stringify({ ...fixtures()['catalog'], version: 9 }), /made by a newer Nadir/],
      ['evil', JSON.stringify({ kind: 'catalog', version: 1, alt: evil, title: evil, data: evil }), /should be/],
      ['other', JSON.stringify(fixtures()['chips']), /no view of kind chips/],
    ];
    for (const [id, text, reason] of cases) {
      await mount(page, id, text, { entry: 'map' });
      const box = page.locator(`#${id} .fallback`);
      assert.match(await box.innerText(), reason);
      await box.getByRole('button', { name: 'Show raw JSON' }).click();
      assert.ok((await box.locator('pre').innerText()).length > 1);
      assert.ok((await page.locator(`#${id}`).boundingBox())!.height >= 100);
    }
    const table = fixtures()['table']!;
    assert.ok(table.kind === 'table');
    await mount(page, 'text', { ...table, title: evil, data: { columns: [evil], rows: [[evil]] } });
    assert.equal(await page.locator('#text img, #text script, #evil img, #evil script').count(), 0);
    assert.notEqual(await page.title(), 'owned');
    assert.deepEqual(faults, []);
    await page.context().close();
  });

  test('a view that fails while drawing shows its fallback instead of nothing', async () => {
    const { page } = await open();
    // Valid by the schema, impossible to draw: a thousand bands of which none exists.
    const p = { ...fixtures()['tensor']!, viewId: 'odd:0' } as AnyPayload;
    assert.ok(p.kind === 'tensor');
    const odd = {
      ...p,
      data: {
        ...p.data,
        preview: { ...p.data.preview, bands: [] },
        rendering: { ...p.data.rendering, bands: [900, 901, 902] },
      },
    };
    assert.ok(!isProblem(parsePayload(odd)));
    await mount(page, 'odd', odd);
    assert.match(await page.locator('#odd .body').innerText(), /no bands to show/);
    await page.context().close();
  });

  test('without WebGL the map says so and the table still shows the items', async () => {
    const { page } = await open();
    await page.evaluate(() => {
      // SAFETY: a stand-in for a machine without WebGL2, in this page only; `original` is always called with `this`.
      // eslint-disable-next-line @typescript-eslint/unbound-method -- called with an explicit receiver below
      const original = HTMLCanvasElement.prototype.getContext as (
        this: HTMLCanvasElement,
        kind: string,
        ...rest: unknown[]
      ) => unknown;
      HTMLCanvasElement.prototype.getContext = function (this: HTMLCanvasElement, kind: string, ...rest: unknown[]) {
        return kind.startsWith('webgl') ? null : original.call(this, kind, ...rest);
      } as typeof HTMLCanvasElement.prototype.getContext;
    });
    await mount(page, 'cat', fixtures()['catalog']!);
    await page.locator('#cat .map-message', { hasText: 'no WebGL' }).waitFor();
    await page.locator('#cat').getByRole('button', { name: 'Table' }).click();
    assert.equal(await page.locator('#cat .data-table tbody tr').count(), 12);
    await page.context().close();
  });

  test('the height follows the lower edge by keyboard and is kept', async () => {
    const { page } = await open();
    await mount(page, 't', fixtures()['table']!);
    await page.locator('#t [role=separator]').focus();
    await page.keyboard.press('ArrowDown');
    assert.equal((await page.locator('#t').boundingBox())!.height, 380);
    await page.evaluate(() => document.querySelector('#t')!.remove());
    assert.equal(await mount(page, 't', fixtures()['table']!), 380);
    await page.context().close();
  });
});
