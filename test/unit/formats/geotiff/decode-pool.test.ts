// Threads that decode, under stress: whatever they do, every read ends, and pixels are right.
// NADIR_STRESS_SECONDS makes it longer.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { deflateSync } from 'node:zlib';
import { build } from 'esbuild';
import { Crs, createRandom, isNadirError } from '../../../../src/core/index.js';
import { DecodePool, replaceDecodePool } from '../../../../src/formats/geotiff/decode-pool.js';
import type { RowsJob } from '../../../../src/formats/geotiff/decode-rows.js';
import { encodeCog, openGeoTiff } from '../../../../src/formats/geotiff/index.js';
import { BlockCache } from '../../../../src/formats/raster/index.js';
import { memorySource } from '../../../../src/io/index.js';
import { joinPlaced } from '../../../support/raster-files.js';

const SECONDS = Number(process.env['NADIR_STRESS_SECONDS'] ?? 4);
const SEED = 41;
const SIDE = 1300;
const folder = mkdtempSync(path.join(tmpdir(), 'nadir-pool-'));
const worker = path.resolve('dist-test/decode-worker-stress.mjs');
before(async () => {
  await build({
    entryPoints: ['src/formats/geotiff/decode-worker.ts'],
    outfile: worker,
    bundle: true,
    platform: 'node',
    format: 'esm',
    logLevel: 'error',
  });
});
after(() => {
  replaceDecodePool(undefined);
  rmSync(folder, { recursive: true });
});

/** A thread that sometimes exits, throws, loops for ever, says nothing, says nonsense, or never starts. */
function faulty(name: string, chance: number): string {
  const file = path.join(folder, `${name}.mjs`);
  writeFileSync(
    file,
    `import { parentPort } from 'node:worker_threads';
     const bad = () => Math.random() < ${chance};
     parentPort.on('message', (m) => {
       if (m === null || !bad()) return;
       const kind = Math.floor(Math.random() * 5);
       if (kind === 0) process.exit(1);
       if (kind === 1) throw new Error('fault');
       if (kind === 2) for (;;);
       if (kind === 3) parentPort.removeAllListeners('message');
       if (kind === 4) parentPort.postMessage({ id: 1e9, done: null });
     });
     if (bad() && bad()) await new Promise(() => {});
     await import(${JSON.stringify(pathToFileURL(worker).href)});`,
  );
  return file;
}

const some = (): RowsJob => ({
  compression: 8,
  stored: new Uint8Array(deflateSync(Buffer.alloc(1 << 18, 3))),
  dtype: 'uint8',
  width: 1024,
  rows: 256,
  samples: 1,
  predictor: 1,
  from: 0,
  to: 256,
  resume: null,
  place: 'a block',
});
const sleep = (ms: number) => new Promise((r) => setTimeout(r, ms));
async function until(what: () => boolean): Promise<void> {
  for (const end = Date.now() + 20_000; !what() && Date.now() < end;) await sleep(5);
  assert.ok(what());
}
/** Fails instead of waiting for ever. */
function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`not settled in ${ms} ms`)), ms);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}
async function started(pool: DecodePool): Promise<void> {
  assert.equal(pool.take(some(), 1 << 20), undefined);
  await until(() => pool.ready > 0);
}

describe('threads that decode', () => {
  test('that say nothing are given up, and who waits gets an answer', async () => {
    const mute = path.join(folder, 'mute.mjs');
    writeFileSync(
      mute,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => { for (;;); });
       parentPort.postMessage({ id: -1, done: null });`,
    );
    const pool = new DecodePool(mute, { size: 2, startBytes: 0, checkMs: 250 });
    await started(pool);
    const answers = Array.from({ length: 9 }, async () => pool.take(some(), 1 << 20));
    for (const answer of await within(20_000, Promise.all(answers))) assert.ok(answer === null || answer === undefined);
    pool.close();
  });

  test('that never start are given up too', async () => {
    const sleepy = path.join(folder, 'sleepy.mjs');
    writeFileSync(sleepy, `setInterval(() => {}, 1000);`);
    const pool = new DecodePool(sleepy, { size: 2, startBytes: 0, checkMs: 10, maxDeaths: 2 });
    assert.equal(pool.take(some(), 1 << 20), undefined);
    await sleep(1000);
    for (let i = 0; i < 3; i++) assert.equal(pool.take(some(), 1 << 20), undefined);
    pool.close();
  });

  test('take no job that was cancelled while it waited, and answer jobs whose bytes cannot move', async () => {
    const pool = new DecodePool(worker, { size: 2, startBytes: 0 });
    await started(pool);
    const abort = new AbortController();
    const patient = Array.from({ length: 8 }, async () => pool.take(some(), 1 << 20));
    const cancelled = Array.from({ length: 8 }, async () => pool.take(some(), 1 << 20, abort.signal));
    abort.abort();
    const moved = some();
    structuredClone(moved.stored, { transfer: [moved.stored.buffer as ArrayBuffer] });
    const gone = pool.take(moved, 1 << 20);
    for (const answer of await within(20_000, Promise.all(patient))) assert.equal(answer?.values[5], 3);
    for (const answer of await within(20_000, Promise.all(cancelled))) assert.equal(answer, null);
    assert.equal(await within(20_000, Promise.resolve(gone)), null);
    // The thread that was offered them goes on.
    assert.equal((await within(20_000, Promise.resolve(pool.take(some(), 1 << 20))))?.values[5], 3);
    pool.close();
  });

  test('end without work, also when they never had any, and start again', async () => {
    const pool = new DecodePool(worker, { size: 2, startBytes: 0, checkMs: 300 });
    for (let round = 0; round < 3; round++) {
      await started(pool);
      if (round > 0) assert.equal((await pool.take(some(), 1 << 20))?.values[5], 3);
      await until(() => pool.ready === 0);
    }
    pool.close();
  });

  test('keep no process alive, with and without work behind them', () => {
    const script = path.join(folder, 'script.mjs');
    const bundle = path.resolve('dist-test/decode-pool-alone.mjs');
    writeFileSync(
      script,
      `import { deflateSync } from 'node:zlib';
       import { DecodePool } from ${JSON.stringify(pathToFileURL(bundle).href)};
       const pool = new DecodePool(${JSON.stringify(worker)}, { size: 4, startBytes: 0 });
       const job = () => ({ compression: 8, stored: new Uint8Array(deflateSync(Buffer.alloc(1 << 18, 3))), dtype: 'uint8',
         width: 1024, rows: 256, samples: 1, predictor: 1, from: 0, to: 256, resume: null, place: 'x' });
       pool.take(job(), 1 << 20);
       while (process.argv[2] === 'work' && pool.ready === 0) await new Promise((r) => setTimeout(r, 5));
       const answers = await Promise.all(Array.from({ length: 20 }, () => pool.take(job(), 1 << 20)));
       console.log(answers.filter((a) => a?.values[5] === 3).length);`,
    );
    const made = spawnSync(
      path.resolve('node_modules/.bin/esbuild'),
      ['src/formats/geotiff/decode-pool.ts', '--bundle', '--platform=node', '--format=esm', `--outfile=${bundle}`],
      { encoding: 'utf8' },
    );
    assert.equal(made.status, 0, made.stderr);
    for (const [kind, most] of [
      ['work', '20'],
      ['none', '0'],
    ] as const) {
      const before = performance.now();
      const run = spawnSync(process.execPath, [script, kind], { encoding: 'utf8', timeout: 30_000 });
      assert.deepEqual([run.status, run.stdout.trim(), run.stderr], [0, most, '']);
      // Idle threads are ended after 20 s.
      assert.ok(performance.now() - before < 10_000, `${kind}: ${performance.now() - before} ms`);
    }
  });

  test(`${SECONDS} s of short reads with cancels, deaths, idle times and forged blocks: all settle (seed ${SEED})`, async () => {
    const random = createRandom(SEED, 'stress');
    const values = Uint16Array.from({ length: 2 * SIDE * SIDE }, (_, i) => (i % 977) + random.int(4));
    const shape = [2, SIDE, SIDE] as const;
    const good = await joinPlaced(
      encodeCog({ values, shape, transform: [10, 0, 0, 0, -10, 0], crs: Crs.from('EPSG:32631'), nodata: null }),
    );
    const forged = good.slice();
    for (let i = 0; i < 40; i++) forged[5000 + random.int(forged.length - 5000)] = random.int(256);
    const outcomes = { pixels: 0, cancelled: 0, damaged: 0 };
    const end = Date.now() + SECONDS * 1000;
    for (let round = 0; Date.now() < end; round++) {
      const file = round % 3 === 0 ? worker : faulty(`faulty-${round}`, [0.02, 0.2][round % 2]!);
      const pool = new DecodePool(file, {
        size: 2 + (round % 3),
        startBytes: 0,
        checkMs: 1 + random.int(20),
        maxDeaths: 50,
      });
      replaceDecodePool(pool);
      const cache = new BlockCache([1 << 20, 16 << 20][round % 2]);
      const tiffs = [good, forged].map((bytes) => openGeoTiff(memorySource(bytes, 'stress.tif'), { cache }));
      const opened = await Promise.all(tiffs.map((t) => t.catch(() => null)));
      for (let batch = 0; batch < 6; batch++) {
        const reads = Array.from({ length: 25 }, async () => {
          const isForged = random.int(6) === 0;
          const tiff = opened[isForged ? 1 : 0];
          if (!tiff) return;
          const [width, height] = [1 + random.int(700), 1 + random.int(700)];
          const [col, row] = [random.int(SIDE - width + 1), random.int(SIDE - height + 1)];
          const abort = random.int(3) === 0 ? new AbortController() : null;
          const reason = new Error('enough');
          if (abort) setTimeout(() => abort.abort(reason), random.int(30));
          await sleep(random.int(20));
          try {
            const { values: got } = await tiff.readWindow(
              { col, row, width, height },
              { bands: [1], ...(abort ? { signal: abort.signal } : {}) },
            );
            outcomes.pixels++;
            if (isForged) return;
            for (let k = 0; k < 50; k++) {
              const [x, y] = [random.int(width), random.int(height)];
              assert.equal(got[y * width + x], values[(SIDE + row + y) * SIDE + col + x]);
            }
          } catch (error) {
            if (error === reason) outcomes.cancelled++;
            else if (isForged && isNadirError(error, 'FormatError')) outcomes.damaged++;
            else throw error;
          }
        });
        await within(60_000, Promise.all(reads));
        if (random.int(3) === 0) await sleep(random.int(120));
        if (random.int(8) === 0) pool.close();
      }
      for (const tiff of opened) await tiff?.close();
      assert.equal(cache.bytes, 0);
      pool.close();
    }
    assert.ok(outcomes.pixels > 50 && outcomes.cancelled > 10, JSON.stringify(outcomes));
    if (SECONDS > 30) console.log(outcomes);
  });
});
