// LZW against an encoder written from TIFF 6.0, section 13.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNadirError } from '../../../../src/core/index.js';
import { decodeLzw } from '../../../../src/formats/geotiff/lzw.js';

let state = 11;
const random = (below: number): number => {
  state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
  return Math.floor((state / 2 ** 32) * below);
};

/** Strings are looked up by their text: slow and plain. */
function encode(bytes: Uint8Array): Uint8Array {
  const out: number[] = [];
  let held = 0;
  let heldBits = 0;
  let bits = 9;
  const put = (code: number): void => {
    held = (held << bits) | code;
    heldBits += bits;
    for (; heldBits >= 8; heldBits -= 8) out.push((held >> (heldBits - 8)) & 255);
    held &= 255;
  };
  let codes = new Map<string, number>();
  let next = 258;
  const clear = (): void => {
    put(256);
    codes = new Map(Array.from({ length: 256 }, (_, i) => [String.fromCharCode(i), i]));
    next = 258;
    bits = 9;
  };
  clear();
  let text = '';
  for (const byte of bytes) {
    const longer = text + String.fromCharCode(byte);
    if (codes.has(longer)) {
      text = longer;
      continue;
    }
    put(codes.get(text)!);
    codes.set(longer, next++);
    // One code early, as TIFF has it.
    if (next === 4094) clear();
    else if (next + 1 > 1 << bits) bits++;
    text = String.fromCharCode(byte);
  }
  if (text !== '') {
    put(codes.get(text)!);
    next++;
    if (next + 1 > 1 << bits) bits++;
  }
  put(257);
  if (heldBits > 0) out.push((held << (8 - heldBits)) & 255);
  return Uint8Array.from(out);
}

function sample(length: number): Uint8Array {
  const values = 1 + random([2, 20, 256][random(3)]!);
  const period = 1 + random(500);
  const out = new Uint8Array(length);
  for (let i = 0; i < length; i++) out[i] = i >= period && random(20) > 0 ? out[i - period]! : random(values);
  return out;
}

describe('LZW', () => {
  test('500 streams give the bytes that went in, whole and as far as wanted', () => {
    for (let i = 0; i < 500; i++) {
      const bytes = sample(1 + random(i % 25 === 0 ? 60000 : 3000));
      const stored = encode(bytes);
      assert.deepEqual(decodeLzw(stored, bytes.length), bytes, `stream ${i}`);
      const part = random(bytes.length);
      assert.deepEqual(decodeLzw(stored, part), bytes.subarray(0, part));
      assert.deepEqual(decodeLzw(stored, bytes.length + 100), bytes, 'no more than there is');
    }
  });
  test('a cut stream gives the start of the bytes', () => {
    for (let i = 0; i < 300; i++) {
      const bytes = sample(1 + random(3000));
      const stored = encode(bytes);
      const got = decodeLzw(stored.subarray(0, random(stored.length)), bytes.length);
      assert.deepEqual(got, bytes.subarray(0, got.length));
    }
  });
  test('random bytes give bytes or bad-lzw', () => {
    let refused = 0;
    for (let i = 0; i < 2000; i++) {
      const stored = Uint8Array.from({ length: random(300) }, () => random(256));
      if (i % 2 === 0 && stored.length > 1) stored.set([0x80, 0]);
      try {
        assert.ok(decodeLzw(stored, 5000).length <= 5000);
      } catch (error) {
        assert.ok(isNadirError(error) && error.code === 'bad-lzw', String(error));
        refused++;
      }
    }
    assert.ok(refused > 500, `${refused} refused`);
  });
});
