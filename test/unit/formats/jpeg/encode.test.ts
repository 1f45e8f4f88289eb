import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decode } from 'jpeg-js';
import { isNadirError } from '../../../../src/core/index.js';
import { encodeJpeg } from '../../../../src/formats/jpeg/index.js';

const rgba = Uint8Array.from({ length: 32 * 24 * 4 }, (_, i) =>
  i % 4 === 3 ? 255 : 60 + ((i >> 2) % 32) * 4 + (i % 4) * 20,
);

test('a smooth image decodes to nearly the same pixels, and better at a higher quality', () => {
  const error = (quality: number): number => {
    const back = decode(encodeJpeg(rgba, 32, 24, quality));
    assert.deepEqual([back.width, back.height], [32, 24]);
    return rgba.reduce((sum, v, i) => sum + Math.abs(v - back.data[i]!), 0) / rgba.length;
  };
  assert.ok(error(95) < 2 && error(95) < error(20));
});
test('equal images give equal bytes', () => {
  assert.deepEqual(encodeJpeg(rgba, 32, 24), encodeJpeg(rgba.slice(), 32, 24));
});
test('wrong sizes and qualities are refused', () => {
  assert.throws(
    () => encodeJpeg(rgba, 32, 23),
    (e) => isNadirError(e, 'ArgumentError') && e.code === 'jpeg-size',
  );
  assert.throws(
    () => encodeJpeg(rgba, 32, 24, 0),
    (e) => isNadirError(e, 'ArgumentError') && e.code === 'jpeg-quality',
  );
});
