import { test } from 'node:test';
import assert from 'node:assert/strict';
import {
  axisScale,
  bounded,
  fitCamera,
  levelOf,
  toImage,
  toView,
  visible,
  zoomedAt,
} from '../../../renderers/pixels/camera.js';
import { tileCount, tilesIn } from '../../../renderers/pixels/tiles.js';

const VIEW = { width: 600, height: 300 };
const IMAGE = { width: 10_980, height: 10_980 };

test('a fitted image is seen whole, whatever its shape, and a hair is drawn as a band', () => {
  for (const image of [IMAGE, { width: 1, height: 1 }, { width: 10_000, height: 1 }, { width: 3, height: 9000 }]) {
    const camera = fitCamera(image, VIEW);
    const [left, top] = toView(camera, 0, 0, image, VIEW);
    const [right, bottom] = toView(camera, image.width, image.height, image, VIEW);
    assert.ok(left >= 0 && top >= 0 && right <= VIEW.width && bottom <= VIEW.height, JSON.stringify(image));
    assert.ok(right - left >= 24 - 1e-9 && bottom - top >= 24 - 1e-9, JSON.stringify(image));
    assert.deepEqual(visible(camera, image, VIEW), [0, 0, image.width, image.height]);
  }
});

test('zooming keeps the pixel under the pointer in its place', () => {
  let camera = fitCamera(IMAGE, VIEW);
  const point = [310, 140] as const;
  const before = toImage(camera, ...point, IMAGE, VIEW);
  for (let i = 0; i < 8; i++) camera = zoomedAt(camera, 2, ...point, IMAGE, VIEW);
  const after = toImage(camera, ...point, IMAGE, VIEW);
  assert.ok(Math.hypot(after[0] - before[0], after[1] - before[1]) < 1e-6);
  const [x, y] = toView(camera, ...after, IMAGE, VIEW);
  assert.ok(Math.hypot(x - point[0], y - point[1]) < 1e-6);
});

test('no zoom or pan loses the image', () => {
  const camera = bounded({ x: -1e9, y: 1e9, scale: 1e9 }, IMAGE, VIEW);
  assert.deepEqual(camera, { x: 0, y: 10_980, scale: 64 });
  assert.ok(bounded({ x: 0, y: 0, scale: 1e-9 }, IMAGE, VIEW).scale >= fitCamera(IMAGE, VIEW).scale / 2);
  assert.equal(axisScale(2, 100), 2);
});

test('the level has pixels no larger than those of the screen, by rounding', () => {
  assert.equal(levelOf(1, 1, 5), 0);
  assert.equal(levelOf(0.5, 1, 5), 1);
  assert.equal(levelOf(0.5, 2, 5), 0);
  assert.equal(levelOf(1 / 37, 1, 5), 5);
  assert.equal(levelOf(40, 1, 5), 0);
});

test('tiles in view are those that touch it, the middle ones first', () => {
  const tiles = tilesIn([300, 0, 1100, 256], 0);
  assert.deepEqual(tiles.map((t) => `${t.x}/${t.y}`).sort(), ['1/0', '2/0', '3/0', '4/0']);
  assert.ok(['2/0', '3/0'].includes(`${tiles[0]!.x}/${tiles[0]!.y}`));
  assert.deepEqual(tilesIn([5, 5, 5, 9], 0), []);
  for (const part of [
    [300, 0, 1100, 256],
    [5, 5, 5, 9],
    [0, 0, 257, 513],
  ] as const)
    assert.equal(tileCount(part, 0), tilesIn(part, 0).length);
});
