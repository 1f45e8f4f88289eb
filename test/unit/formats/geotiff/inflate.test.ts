// Our inflate against node:zlib, which compresses and decompresses beside it.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { constants, deflateSync, inflateSync } from 'node:zlib';
import { inflateBlock, inflateInto, type Resume } from '../../../../src/formats/geotiff/inflate.js';
import { blocksWasm, replaceBlocksWasm, type BlocksWasm } from '../../../../src/formats/geotiff/wasm.js';

const wasm = blocksWasm()!;
let state = 7;
const random = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

/** Bytes of many kinds: constant, noise of few or all values, repeats from near and far, counters, smooth 16-bit pixels. */
function sample(length: number): Uint8Array {
  const out = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const run = Math.min(length - at, 1 + random([4, 40, 400, 5000][random(4)]!));
    const kind = random(6);
    const values = 1 + random(256);
    const back = 1 + random([8, 40, 40000][random(3)]!);
    const start = random(256);
    for (let i = 0; i < run; i++, at++) {
      if (kind === 0) out[at] = start;
      else if (kind === 1) out[at] = random(values);
      else if (kind === 2) out[at] = back <= at ? out[at - back]! : 1;
      else if (kind === 3) out[at] = start + i;
      else if (kind === 4) out[at] = i & 1 ? (random(9) === 0 ? 255 : 0) : random(60);
      else out[at] = random(256);
    }
  }
  return out;
}

/** Streams of all levels, strategies and memory sizes; stored and fixed blocks; several flushes. */
function compress(bytes: Uint8Array): Buffer {
  return deflateSync(bytes, {
    level: random(10),
    strategy: [
      constants.Z_DEFAULT_STRATEGY,
      constants.Z_FILTERED,
      constants.Z_HUFFMAN_ONLY,
      constants.Z_RLE,
      constants.Z_FIXED,
    ][random(5)]!,
    memLevel: 1 + random(9),
    windowBits: 9 + random(7),
  });
}

/** What a call gives: bytes, or that it refuses. */
async function attempt(stored: Uint8Array, length: number): Promise<Buffer | 'refused'> {
  try {
    return Buffer.from(await inflateBlock(stored, length));
  } catch {
    return 'refused';
  }
}
function zlibAttempt(stored: Uint8Array, length: number): Buffer | 'refused' {
  try {
    return inflateSync(stored, { finishFlush: constants.Z_SYNC_FLUSH }).subarray(0, length);
  } catch {
    return 'refused';
  }
}

describe('inflate', () => {
  test('the module runs here', () => assert.ok(wasm));

  test('4000 streams of all levels and strategies give the bytes that went in', async () => {
    for (let i = 0; i < 4000; i++) {
      const bytes = sample(random([2, 50, 3000, 60000][random(i % 50 === 0 ? 4 : 3)]!));
      const stored = compress(bytes);
      const got = await attempt(stored, bytes.length);
      assert.ok(got !== 'refused' && got.equals(bytes), `stream ${i} of ${bytes.length} bytes`);
    }
  });

  test('streams read in parts give the same bytes, and their checksum is still compared', () => {
    for (let i = 0; i < 150; i++) {
      const bytes = sample(20000 + random(200000));
      const stored = compress(bytes);
      const read = (from: Uint8Array): Buffer => {
        const parts: Buffer[] = [];
        let resume: Resume | null = null;
        let end = 0;
        while (end < bytes.length) {
          end = Math.min(bytes.length, end + 1 + random(90000));
          const part = inflateInto(wasm, from, end, bytes.length, resume);
          parts.push(Buffer.from(part.wasm.bytes(0).slice(part.at, part.at + part.count)));
          resume = part.resume;
        }
        return Buffer.concat(parts);
      };
      assert.ok(read(stored).equals(bytes), `stream ${i}`);
      const other = Buffer.from(stored);
      other[other.length - 1]! ^= 1;
      assert.throws(() => read(other), /checksum/);
    }
  });

  test('streams read in parts decode no byte twice, whatever their blocks', () => {
    for (let i = 0; i < 60; i++) {
      const bytes = sample(20000 + random(200000));
      const stored = compress(bytes);
      let worked = 0;
      const counting: BlocksWasm = {
        ...wasm,
        inflate: (...all) => {
          const status = wasm.inflate(...all);
          worked += wasm.outEnd.value - all[5];
          return status;
        },
      };
      let resume: Resume | null = null;
      for (let end = 0; end < bytes.length;) {
        // Steps shorter than what a repeat may run over, too.
        end = Math.min(bytes.length, end + 1 + random([40, 5000, 90000][random(3)]!));
        const part = inflateInto(counting, stored, end, bytes.length, resume);
        assert.ok(
          Buffer.from(wasm.bytes(0).slice(part.at, part.at + part.count)).equals(bytes.subarray(end - part.count, end)),
        );
        resume = part.resume;
      }
      assert.equal(worked, bytes.length);
    }
  });

  test('a stream that is no more what it was when going on ends in an error or bytes', () => {
    const bytes = sample(100000);
    const stored = compress(bytes);
    const { resume } = inflateInto(wasm, stored, 50000, bytes.length);
    for (const other of [
      compress(sample(90000)),
      stored.subarray(0, 30),
      Buffer.from([0x78, 0x9c, 1, 1, 0, 254, 255, 9]),
    ]) {
      try {
        const part = inflateInto(wasm, other, bytes.length, bytes.length, resume);
        assert.ok(part.count <= 50000);
      } catch (error) {
        assert.ok(error instanceof Error);
      }
    }
  });

  test('a cut stream gives what zlib gives of it', async () => {
    for (let i = 0; i < 1500; i++) {
      const bytes = sample(1 + random(4000));
      const stored = compress(bytes);
      const cut = stored.subarray(0, 2 + random(stored.length - 2));
      const got = await attempt(cut, bytes.length);
      assert.deepEqual(got, zlibAttempt(cut, bytes.length), `cut ${i} at ${cut.length} of ${stored.length}`);
    }
  });

  test('a damaged stream is refused or gives what zlib gives of it; nothing is written behind', async () => {
    let refused = 0;
    for (let i = 0; i < 4000; i++) {
      const bytes = sample(1 + random(3000));
      const stored = compress(bytes);
      for (let hits = 1 + random(3); hits > 0; hits--) stored[random(stored.length)] = random(256);
      const got = await attempt(stored, bytes.length);
      const theirs = zlibAttempt(stored, bytes.length);
      if (got === 'refused') {
        refused++;
        assert.equal(theirs, 'refused', `stream ${i}: only we refuse it`);
      } else {
        assert.ok(got.length <= bytes.length);
        // zlib sees damage behind what is wanted; up to there both give the same.
        if (theirs !== 'refused') assert.ok(got.equals(theirs.subarray(0, got.length)), `stream ${i}`);
        else assert.ok(got.length <= bytes.length);
      }
    }
    assert.ok(refused > 1000, `${refused} refused`);
    // Whatever came before, the next good stream is read rightly: tables are not left half made.
    const bytes = sample(5000);
    assert.ok(Buffer.from(await inflateBlock(deflateSync(bytes), 5000)).equals(bytes));
  });

  test('random bytes behind a good header end in an error or in bytes, never in a hang or a trap', async () => {
    for (let i = 0; i < 3000; i++) {
      const stored = Buffer.from(Array.from({ length: 2 + random(200) }, () => random(256)));
      stored[0] = 0x78;
      stored[1] = 0x9c;
      const theirs = zlibAttempt(stored, 100000);
      const got = await attempt(stored, 100000);
      if (theirs !== 'refused' && got !== 'refused') assert.ok(got.equals(theirs.subarray(0, got.length)));
      if (got === 'refused') assert.equal(theirs, 'refused');
    }
  });

  test('headers that are not those of zlib streams are refused', async () => {
    for (const head of [[], [0x78], [0x79, 0x9c], [0x78, 0x9d], [0x78, 0xbb]])
      assert.equal(await attempt(Uint8Array.from([...head, 3, 0]), 10), 'refused', head.join());
  });

  test('a stream that is longer than wanted is cut', async () => {
    const bytes = sample(100000);
    const got = await attempt(deflateSync(bytes), 70001);
    assert.ok(got !== 'refused' && got.equals(bytes.subarray(0, 70001)));
  });

  test('without the module a stream that is longer than wanted is cut too, and a damaged one refused', async () => {
    const before = replaceBlocksWasm(null);
    try {
      const bytes = sample(300000);
      const stored = deflateSync(bytes);
      for (const length of [0, 1, 70001, 299999, 300000]) {
        const got = await attempt(stored, length);
        assert.ok(got !== 'refused' && got.equals(bytes.subarray(0, length)), String(length));
      }
      const all = await attempt(stored, 400000);
      assert.ok(all !== 'refused' && all.equals(bytes));
      assert.equal(await attempt(Buffer.alloc(100, 7), 50), 'refused');
      // A forged stream costs no more than what is wanted.
      const bomb = deflateSync(Buffer.alloc(64 << 20));
      assert.equal((await attempt(bomb, 1000)).length, 1000);
    } finally {
      replaceBlocksWasm(before);
    }
  });

  test('blocks too large for the module go to zlib', async () => {
    const bytes = new Uint8Array(17 << 20).fill(5);
    const got = await attempt(deflateSync(bytes), bytes.length);
    assert.ok(got !== 'refused' && got.equals(bytes));
  });
});
