// JPEG streams against libjpeg-turbo's samples (test/oracles/jpeg/make.py), and the inverse DCT against its definition.
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { isNadirError } from '../../../../src/core/index.js';
import { decodeJpeg } from '../../../../src/formats/jpeg/index.js';
import { inverseDct } from '../../../../src/formats/jpeg/idct.js';
import { seeded } from '../../../support/mutants.js';

interface Case {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  readonly bands: number;
  readonly sha256: string;
  readonly jpeg: string;
}
const { cases, progressive } = JSON.parse(
  gunzipSync(readFileSync('test/oracles/jpeg/cases.json.gz')).toString('utf8'),
) as { cases: Case[]; progressive: string };
const limitsOf = (c: Pick<Case, 'width' | 'height' | 'bands'>) => ({
  width: c.width,
  minRows: c.height,
  maxRows: c.height,
  components: c.bands,
});
const decode = (c: Case, bytes = new Uint8Array(Buffer.from(c.jpeg, 'base64'))): Uint8Array =>
  decodeJpeg(bytes, null, limitsOf(c), c.bands === 3, c.name);

describe('JPEG streams give the samples of libjpeg-turbo', () => {
  for (const c of cases) {
    test(c.name, () => {
      assert.equal(createHash('sha256').update(decode(c)).digest('hex'), c.sha256);
    });
  }
});

describe('JPEG streams that are not whole', () => {
  const whole = cases.find((c) => c.name === '4:2:0-48x32-95')!;
  test('a stream that ends early is an error wherever it ends', () => {
    const bytes = new Uint8Array(Buffer.from(whole.jpeg, 'base64'));
    // The end marker may be missing.
    for (let end = 0; end < bytes.length - 2; end++) {
      assert.throws(() => decode(whole, bytes.slice(0, end)), `${end} of ${bytes.length} bytes`);
    }
  });
  test('a frame larger than the block is refused before anything is allocated', () => {
    assert.throws(
      () => decodeJpeg(Buffer.from(whole.jpeg, 'base64'), null, { ...limitsOf(whole), width: 16 }, true, 'x'),
      /48 × 32, the block is 16 × 32/,
    );
  });
  test('progressive streams are refused by name', () => {
    assert.throws(
      () =>
        decodeJpeg(Buffer.from(progressive, 'base64'), null, limitsOf({ width: 70, height: 50, bands: 3 }), true, 'x'),
      (e) => isNadirError(e, 'UnsupportedDataError') && e.code === 'jpeg-process' && /progressive/.test(e.message),
    );
  });
});

test('the inverse DCT is the sum of cosines that defines it, within a count', () => {
  const random = seeded(4);
  for (let round = 0; round < 200; round++) {
    const block = Int32Array.from({ length: 64 }, (_, i) =>
      random() < 0.3 ? Math.round((random() - 0.5) * (i === 0 ? 1500 : 250)) : 0,
    );
    const plane = new Uint8Array(64);
    inverseDct(block, plane, 0, 8);
    for (let y = 0; y < 8; y++) {
      for (let x = 0; x < 8; x++) {
        let sum = 0;
        for (let v = 0; v < 8; v++)
          for (let u = 0; u < 8; u++)
            sum +=
              (u === 0 ? Math.SQRT1_2 : 1) *
              (v === 0 ? Math.SQRT1_2 : 1) *
              block[v * 8 + u]! *
              Math.cos(((2 * x + 1) * u * Math.PI) / 16) *
              Math.cos(((2 * y + 1) * v * Math.PI) / 16);
        const expected = Math.min(255, Math.max(0, sum / 4 + 128));
        assert.ok(Math.abs(plane[y * 8 + x]! - expected) <= 1, `${plane[y * 8 + x]!} is ${expected}`);
      }
    }
  }
});
