import { describe, test } from 'node:test';
import assert from 'node:assert/strict';
import { inflateSync } from 'node:zlib';
import { Canvas } from '../../../../src/display/draw/canvas.js';
import { canvasToPng } from '../../../../src/display/draw/encode.js';
import { drawText, fitText, textWidth } from '../../../../src/display/draw/lettering.js';
import { indexed } from '../../../../src/display/draw/palette.js';
import { landShare } from '../../../../src/display/draw/land.js';

const WHITE = [255, 255, 255] as const;
const RED = [200, 0, 0] as const;

describe('filling', () => {
  test('covers whole pixels fully, half pixels by half and others not at all', () => {
    const canvas = new Canvas(10, 10, WHITE); // 20 × 20 device pixels
    canvas.fill(
      [
        [
          [2, 2],
          [5.25, 2],
          [5.25, 5],
          [2, 5],
        ],
      ],
      RED,
    ); // device 4 … 10.5
    assert.deepEqual(canvas.pixel(6, 6), RED);
    assert.deepEqual(canvas.pixel(3, 6), WHITE);
    assert.deepEqual(canvas.pixel(10, 6), [228, 128, 128]);
    assert.deepEqual(canvas.pixel(11, 6), WHITE);
  });

  test('leaves holes by the even–odd rule', () => {
    const canvas = new Canvas(10, 10, WHITE);
    canvas.fill(
      [
        [
          [1, 1],
          [9, 1],
          [9, 9],
          [1, 9],
        ],
        [
          [4, 4],
          [6, 4],
          [6, 6],
          [4, 6],
        ],
      ],
      RED,
    );
    assert.deepEqual(canvas.pixel(10, 10), WHITE);
    assert.deepEqual(canvas.pixel(4, 10), RED);
  });

  test('the area of a triangle is its coverage within a thousandth', () => {
    const canvas = new Canvas(50, 50, [0, 0, 0]);
    canvas.fill(
      [
        [
          [3.3, 4.1],
          [44.7, 9.9],
          [17.2, 47.3],
        ],
      ],
      WHITE,
    );
    let sum = 0;
    for (let i = 0; i < canvas.rgb.length; i += 3) sum += canvas.rgb[i]! / 255;
    const area = Math.abs((44.7 - 3.3) * (47.3 - 4.1) - (17.2 - 3.3) * (9.9 - 4.1)) / 2;
    assert.ok(Math.abs(sum / 4 / area - 1) < 1e-3, `${sum / 4} against ${area}`);
  });

  test('what lies outside the picture or the clip changes nothing', () => {
    const canvas = new Canvas(10, 10, WHITE);
    canvas.clipped({ x: 2, y: 2, width: 2, height: 2 }, () =>
      canvas.fill(
        [
          [
            [-1e5, -1e5],
            [1e5, -1e5],
            [1e5, 1e5],
            [-1e5, 1e5],
          ],
        ],
        RED,
      ),
    );
    assert.deepEqual(canvas.pixel(5, 5), RED);
    assert.deepEqual(canvas.pixel(3, 5), WHITE);
    assert.deepEqual(canvas.pixel(8, 5), WHITE);
  });
});

test('lines that overlap in one call are coloured once', () => {
  const canvas = new Canvas(10, 10, WHITE);
  canvas.stroke(
    [
      [
        [1, 5],
        [9, 5],
      ],
      [
        [5, 1],
        [5, 9],
      ],
    ],
    { colour: [0, 0, 0], width: 2, alpha: 0.5 },
  );
  assert.deepEqual(canvas.pixel(10, 10), canvas.pixel(4, 10));
});

describe('images', () => {
  const image = { width: 2, height: 1, rgba: Uint8ClampedArray.from([255, 0, 0, 255, 0, 0, 255, 0]) };
  test('are magnified by repeating pixels; transparent ones show the ground', () => {
    const canvas = new Canvas(4, 2, WHITE);
    canvas.image(image, { x: 0, y: 0, width: 4, height: 2 });
    assert.deepEqual([canvas.pixel(0, 0), canvas.pixel(3, 3), canvas.pixel(4, 0)], [[255, 0, 0], [255, 0, 0], WHITE]);
  });
});

describe('lettering', () => {
  test('every character of the names we show has a glyph or is replaced', () => {
    const canvas = new Canvas(200, 20, WHITE);
    for (const text of ['S2A_MSIL2A 10.5°E, 46–47°N (98 %)', 'Zürich Ñandú', '日本', 'a\u0000b\nc']) {
      assert.ok(drawText(canvas, text, [2, 15], { colour: RED }) > 0, text);
    }
  });
  test('text is cut to its room with an ellipsis', () => {
    const cut = fitText('S2A_MSIL2A_20240603T101031_N0510_R022_T32TPS.SAFE', 80);
    assert.ok(textWidth(cut) <= 80 && cut.includes('…'), cut);
    assert.equal(fitText('short', 80), 'short');
  });
});

describe('PNG', () => {
  test('a picture of few colours keeps each of them exactly', () => {
    const canvas = new Canvas(8, 8, [252, 252, 250]);
    canvas.fill(
      [
        [
          [0, 0],
          [4, 0],
          [4, 8],
          [0, 8],
        ],
      ],
      RED,
    );
    const png = Buffer.from(canvasToPng(canvas));
    assert.deepEqual([png.readUInt32BE(16), png.readUInt32BE(20), png[25]], [16, 16, 3]);
    const { palette, indices } = indexed(canvas.rgb);
    const colour = (i: number): number[] => [...palette.subarray(indices[i]! * 3, indices[i]! * 3 + 3)];
    assert.deepEqual([colour(0), colour(12)], [[...RED], [252, 252, 250]]);
    const at = png.indexOf('IDAT');
    const rows = inflateSync(png.subarray(at + 4, at + 4 + png.readUInt32BE(at - 4)));
    assert.equal(rows.length, 16 * 17);
  });
  test('photographs get 256 colours close to their own', () => {
    const rgb = Uint8Array.from({ length: 3 * 64 * 64 }, (_, i) => (i * 7919) % 256);
    const { palette, indices } = indexed(rgb);
    assert.ok(palette.length <= 768);
    let worst = 0;
    for (let i = 0; i < rgb.length; i++)
      worst = Math.max(worst, Math.abs(rgb[i]! - palette[indices[Math.floor(i / 3)]! * 3 + (i % 3)]!));
    assert.ok(worst <= 48, String(worst));
  });
});

test('the land raster knows the Sahara from the Pacific', () => {
  assert.equal(landShare(10, 23), 1);
  assert.equal(landShare(-140, 10), 0);
  assert.equal(landShare(370, 23), 1);
});
