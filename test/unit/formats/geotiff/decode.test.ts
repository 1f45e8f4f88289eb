// Blocks decoded in parts and in threads, against a slow plain version.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { build } from 'esbuild';
import { arrayOf, dtypeSize, isNadirError, type DType, type NumericArray } from '../../../../src/core/index.js';
import { DecodePool } from '../../../../src/formats/geotiff/decode-pool.js';
import { decodeRows, type RowsJob } from '../../../../src/formats/geotiff/decode-rows.js';
import type { Resume } from '../../../../src/formats/geotiff/inflate.js';
import { blocksWasm } from '../../../../src/formats/geotiff/wasm.js';

const wasm = blocksWasm()!;
let state = 3;
const random = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

/** Planar values, and the block as TIFF stores it: interleaved, differences of neighbours, one byte at a time. */
function block(dtype: DType, width: number, rows: number, samples: number, predictor: number) {
  const size = dtypeSize(dtype);
  const planar = arrayOf(dtype, width * rows * samples);
  for (let i = 0; i < planar.length; i++)
    planar[i] = dtype.startsWith('float') ? Math.fround(random(5000) / 7 - 100) : random(3) === 0 ? random(2 ** 31) : i;
  const raw = Buffer.alloc(planar.length * size);
  const bytes = new Uint8Array(planar.buffer);
  const at = (row: number, x: number, s: number) => ((s * rows + row) * width + x) * size;
  for (let row = 0; row < rows; row++) {
    const line = Buffer.alloc(width * samples * size);
    for (let x = 0; x < width; x++) {
      for (let s = 0; s < samples; s++) {
        for (let b = 0; b < size; b++) {
          const byte = bytes[at(row, x, s) + b]!;
          if (predictor === 3) line[(size - 1 - b) * width * samples + x * samples + s] = byte;
          else line[(x * samples + s) * size + b] = byte;
        }
      }
    }
    if (predictor === 3)
      for (let i = line.length - 1; i >= samples; i--) line[i] = (line[i]! - line[i - samples]!) & 255;
    if (predictor === 2) {
      for (let i = width * samples - 1; i >= samples; i--) {
        const bits = 8 * size;
        const number = (j: number) => BigInt(line.readUIntLE(j * size, size));
        line.writeUIntLE(Number(BigInt.asUintN(bits, number(i) - number(i - samples))), i * size, size);
      }
    }
    line.copy(raw, row * line.length);
  }
  return { planar, stored: new Uint8Array(deflateSync(raw, { level: 1 + random(9) })) };
}

/** Rows of planar values. */
function rowsOf(planar: NumericArray, width: number, rows: number, samples: number, from: number, to: number) {
  const out = planar.slice(0, (to - from) * width * samples);
  for (let s = 0; s < samples; s++) {
    const part = planar.subarray((s * rows + from) * width, (s * rows + to) * width);
    out.set(part, s * (to - from) * width);
  }
  return out;
}

const job = (
  stored: Uint8Array,
  dtype: DType,
  width: number,
  rows: number,
  samples: number,
  predictor: number,
): RowsJob => ({
  compression: 8,
  stored,
  dtype,
  width,
  rows,
  samples,
  predictor,
  from: 0,
  to: rows,
  resume: null,
  place: 'a block',
});

describe('blocks decoded as far down as wanted', () => {
  const layouts: readonly (readonly [DType, number])[] = [
    ['uint8', 1],
    ['uint8', 2],
    ['int8', 2],
    ['uint16', 1],
    ['uint16', 2],
    ['int16', 2],
    ['uint32', 2],
    ['int32', 1],
    ['float32', 1],
    ['float32', 3],
    ['float64', 1],
    ['float64', 3],
  ];
  for (const [dtype, predictor] of layouts) {
    test(`${dtype}, predictor ${predictor}: 1 to 5 samples, odd widths, whole and in parts`, () => {
      for (const samples of [1, 2, 3, 4, 5]) {
        for (const width of [1, 7, 16, 37, 128]) {
          const rows = 90;
          const { planar, stored } = block(dtype, width, rows, samples, predictor);
          const all = job(stored, dtype, width, rows, samples, predictor);
          assert.deepEqual(decodeRows(wasm, all).values, planar);
          let resume: Resume | null = null;
          for (let from = 0, to; from < rows; from = to) {
            to = Math.min(rows, from + 1 + random(40));
            const part = decodeRows(wasm, { ...all, from, to, resume });
            assert.deepEqual(part.values, rowsOf(planar, width, rows, samples, from, to), `${samples} × ${width}`);
            resume = part.resume;
          }
        }
      }
    });
  }

  test('a block that gives too few bytes says how many, and where', () => {
    const short = job(new Uint8Array(deflateSync(Buffer.alloc(1000, 3))), 'uint8', 100, 20, 1, 1);
    assert.throws(
      () => decodeRows(wasm, short),
      (e) => isNadirError(e) && e.code === 'bad-block' && /a block.* 1000 bytes instead of 2000/.test(e.message),
    );
    // What is there can be had.
    assert.equal(decodeRows(wasm, { ...short, to: 10 }).values.length, 1000);
  });
});

describe('threads that decode', () => {
  let folder: string;
  let file: string;
  before(async () => {
    folder = mkdtempSync(path.join(tmpdir(), 'nadir-pool-'));
    file = path.resolve('dist-test/decode-worker.mjs');
    await build({
      entryPoints: ['src/formats/geotiff/decode-worker.ts'],
      outfile: file,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'error',
    });
  });
  after(() => rmSync(folder, { recursive: true }));

  const started = async (pool: DecodePool, some: RowsJob): Promise<void> => {
    assert.equal(pool.take(some, 1 << 20), undefined, 'the first job starts the threads and is not taken');
    const until = Date.now() + 20_000;
    while (pool.ready === 0 && Date.now() < until) await new Promise((r) => setTimeout(r, 5));
    assert.ok(pool.ready > 0);
  };
  /** What the pool answers; undefined when it did not take the job. */
  const ask = async (pool: DecodePool, some: RowsJob) => await pool.take(some, 1 << 20);
  const sample = () => block('uint16', 256, 100, 4, 2);

  test('give the same rows as the main thread, in whole and in parts', async () => {
    const pool = new DecodePool(file, { size: 2, startBytes: 0 });
    const { planar, stored } = sample();
    const whole = () => job(stored.slice(), 'uint16', 256, 100, 4, 2);
    await started(pool, whole());
    const answers = await Promise.all(Array.from({ length: 40 }, () => ask(pool, whole())));
    for (const answer of answers) assert.deepEqual(answer?.values, planar);
    const first = await ask(pool, { ...whole(), to: 30 });
    assert.deepEqual(first?.values, rowsOf(planar, 256, 100, 4, 0, 30));
    const rest = await ask(pool, { ...whole(), from: 30, resume: first.resume });
    assert.deepEqual(rest?.values, rowsOf(planar, 256, 100, 4, 30, 100));
    pool.close();
  });

  test('answer null for a damaged block, so that the caller tells what is wrong', async () => {
    const pool = new DecodePool(file, { size: 2, startBytes: 0 });
    await started(pool, job(sample().stored, 'uint16', 256, 100, 4, 2));
    const bad = sample().stored;
    bad.fill(170, 40, 400);
    assert.equal(await pool.take(job(bad, 'uint16', 256, 100, 4, 2), 1 << 20), null);
    pool.close();
  });

  test('that die answer null to all that wait, and are given up in the end', async () => {
    const deadly = path.join(folder, 'deadly.mjs');
    writeFileSync(
      deadly,
      `import { parentPort } from 'node:worker_threads';
       parentPort.on('message', () => process.exit(1));
       parentPort.postMessage({ id: -1, done: null });`,
    );
    const pool = new DecodePool(deadly, { size: 2, startBytes: 0 });
    const some = () => job(sample().stored, 'uint16', 256, 100, 4, 2);
    for (let round = 0; round < 2; round++) {
      const taken = pool.take(some(), 1 << 20);
      if (taken === undefined) await new Promise((r) => setTimeout(r, 300));
      const answers = await Promise.all(Array.from({ length: 9 }, () => ask(pool, some())));
      for (const answer of answers) assert.ok(answer === null || answer === undefined);
    }
    pool.close();
  });

  test('are not started for little work, on one core, or where their file is missing', () => {
    const some = job(sample().stored, 'uint16', 256, 100, 4, 2);
    const idle = new DecodePool(file, { size: 2 });
    assert.equal(idle.take(some, 1 << 20), undefined);
    for (const pool of [
      new DecodePool(file, { size: 1, startBytes: 0 }),
      new DecodePool(null, { size: 2, startBytes: 0 }),
    ])
      for (let i = 0; i < 3; i++) assert.equal(pool.take(some, 1 << 20), undefined);
    assert.equal(idle.ready, 0);
  });

  test('that cannot be started leave the work to the main thread', async () => {
    const pool = new DecodePool(path.join(folder, 'absent.mjs'), { size: 2, startBytes: 0 });
    const some = job(sample().stored, 'uint16', 256, 100, 4, 2);
    assert.equal(pool.take(some, 1 << 20), undefined);
    await new Promise((r) => setTimeout(r, 300));
    for (let i = 0; i < 5; i++) assert.equal(pool.take(some, 1 << 20), undefined);
    assert.equal(decodeRows(wasm, some).values.length, 256 * 100 * 4);
    pool.close();
  });
});
