import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { crc32, inflateSync } from 'node:zlib';
import { isNadirError } from '../../../../src/core/index.js';
import { encodePng } from '../../../../src/formats/png/index.js';
import { python, pythonSkip } from '../../../support/places.js';

/** A slow plain PNG reader for 8-bit images without interlacing. */
function decode(png: Uint8Array): {
  width: number;
  height: number;
  channels: number;
  data: Uint8Array;
  text: Record<string, string>;
} {
  const bytes = Buffer.from(png);
  assert.equal(bytes.subarray(0, 8).toString('latin1'), '\x89PNG\r\n\x1a\n');
  let [width, height, channels] = [0, 0, 0];
  const body: Buffer[] = [];
  const text: Record<string, string> = {};
  for (let at = 8; at < bytes.length;) {
    const length = bytes.readUInt32BE(at);
    const type = bytes.toString('latin1', at + 4, at + 8);
    const data = bytes.subarray(at + 8, at + 8 + length);
    assert.equal(
      bytes.readUInt32BE(at + 8 + length),
      crc32(bytes.subarray(at + 4, at + 8 + length)),
      `checksum of ${type}`,
    );
    if (type === 'IHDR')
      [width, height, channels] = [
        data.readUInt32BE(0),
        data.readUInt32BE(4),
        ({ 0: 1, 2: 3, 6: 4 } as Record<number, number>)[data[9]!]!,
      ];
    if (type === 'IDAT') body.push(data);
    if (type === 'iTXt')
      text[data.toString('latin1', 0, data.indexOf(0))] = data.subarray(data.indexOf(0) + 5).toString('utf8');
    at += 12 + length;
  }
  const raw = inflateSync(Buffer.concat(body));
  const stride = width * channels;
  const out = new Uint8Array(stride * height);
  for (let y = 0; y < height; y++) {
    const filter = raw[y * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const left = i >= channels ? out[y * stride + i - channels]! : 0;
      const above = y > 0 ? out[(y - 1) * stride + i]! : 0;
      assert.ok(filter <= 2);
      out[y * stride + i] = raw[y * (stride + 1) + 1 + i]! + (filter === 1 ? left : filter === 2 ? above : 0);
    }
  }
  return { width, height, channels, data: out, text };
}

const pixels = (width: number, height: number, channels: number): Uint8Array =>
  Uint8Array.from({ length: width * height * channels }, (_, i) => (i * i) >> 3);

describe('PNG', () => {
  for (const channels of [1, 3, 4] as const) {
    test(`${channels} channels decode to the same pixels`, () => {
      const data = pixels(37, 11, channels);
      assert.deepEqual(decode(encodePng({ width: 37, height: 11, channels, data })), {
        width: 37,
        height: 11,
        channels,
        data,
        text: {},
      });
    });
  }
  test('texts are kept, and equal images have equal bytes', () => {
    const image = { width: 2, height: 2, channels: 1, data: Uint8Array.of(1, 2, 3, 4) } as const;
    assert.deepEqual(decode(encodePng(image, { text: { Title: 'Präzision', Source: 'a' } })).text, {
      Title: 'Präzision',
      Source: 'a',
    });
    assert.deepEqual(encodePng(image, { text: { b: '1', a: '2' } }), encodePng(image, { text: { a: '2', b: '1' } }));
  });
  test('wrong sizes and keywords are refused', () => {
    assert.throws(
      () => encodePng({ width: 2, height: 2, channels: 3, data: new Uint8Array(11) }),
      (e) => isNadirError(e, 'ArgumentError') && e.code === 'png-size',
    );
    assert.throws(
      () => encodePng({ width: 1, height: 1, channels: 1, data: new Uint8Array(1) }, { text: { 'a\nb': '' } }),
      (e) => isNadirError(e, 'ArgumentError') && e.code === 'png-keyword',
    );
  });
  test('GDAL reads the same pixels', { skip: pythonSkip(['rasterio', 'numpy']) }, () => {
    const data = pixels(19, 7, 3);
    const png = Buffer.from(encodePng({ width: 19, height: 7, channels: 3, data })).toString('base64');
    const script = `import sys, json, base64
from rasterio.io import MemoryFile
with MemoryFile(base64.b64decode(sys.argv[1])) as m, m.open() as d: print(json.dumps(d.read().transpose(1, 2, 0).ravel().tolist()))`;
    assert.deepEqual(python(script, png), [...data]);
  });
});
