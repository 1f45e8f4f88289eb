/** Where a view looks at an image: pure geometry between source pixels and CSS pixels. */

/** Source pixel at the middle of the view, and CSS pixels per source pixel. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** An image is drawn at least this wide and high, so that one row of ten thousand pixels is seen. */
const LEAST_DRAWN = 24;
/** Free space around a fitted image, in CSS pixels. */
const MARGIN = 8;
/** Closest zoom in CSS pixels per source pixel; a small image may be larger when it is fitted. */
const CLOSEST = 64;

/** The scale at which the whole image is seen. */
export function fitScale(image: Size, view: Size): number {
  const room = (n: number): number => Math.max(16, n - 2 * MARGIN);
  return Math.min(room(view.width) / image.width, room(view.height) / image.height);
}

/** The camera that shows the whole image. */
export function fitCamera(image: Size, view: Size): Camera {
  return { x: image.width / 2, y: image.height / 2, scale: fitScale(image, view) };
}

/** CSS pixels per source pixel along one axis; more than the scale for images that would be a hair. */
export function axisScale(scale: number, length: number): number {
  return Math.max(scale, LEAST_DRAWN / length);
}

/** The camera within its bounds: some of the image is always in the middle, and no zoom is beyond use. */
export function bounded({ x, y, scale }: Camera, image: Size, view: Size): Camera {
  const fit = fitScale(image, view);
  const within = (v: number, low: number, high: number): number => Math.min(high, Math.max(low, v));
  return {
    x: within(x, 0, image.width),
    y: within(y, 0, image.height),
    scale: within(scale, Math.min(fit, 1) / 2, Math.max(CLOSEST, fit)),
  };
}

/** The camera after zooming by a factor with the point (px, py) of the view kept in its place. */
export function zoomedAt(camera: Camera, factor: number, px: number, py: number, image: Size, view: Size): Camera {
  const next = bounded({ ...camera, scale: camera.scale * factor }, image, view);
  const [u, v] = toImage(camera, px, py, image, view);
  const [sx, sy] = [axisScale(next.scale, image.width), axisScale(next.scale, image.height)];
  return bounded({ ...next, x: u - (px - view.width / 2) / sx, y: v - (py - view.height / 2) / sy }, image, view);
}

/** Source position (fractional column, row) under a point of the view. */
export function toImage(camera: Camera, px: number, py: number, image: Size, view: Size): readonly [number, number] {
  return [
    camera.x + (px - view.width / 2) / axisScale(camera.scale, image.width),
    camera.y + (py - view.height / 2) / axisScale(camera.scale, image.height),
  ];
}

/** Point of the view at which a source position is drawn. */
export function toView(camera: Camera, x: number, y: number, image: Size, view: Size): readonly [number, number] {
  return [
    (x - camera.x) * axisScale(camera.scale, image.width) + view.width / 2,
    (y - camera.y) * axisScale(camera.scale, image.height) + view.height / 2,
  ];
}

/** The part of the image that is in view, in whole source pixels: left, top, right, bottom. */
export function visible(camera: Camera, image: Size, view: Size): readonly [number, number, number, number] {
  const [x0, y0] = toImage(camera, 0, 0, image, view);
  const [x1, y1] = toImage(camera, view.width, view.height, image, view);
  return [
    Math.max(0, Math.floor(x0)),
    Math.max(0, Math.floor(y0)),
    Math.min(image.width, Math.ceil(x1)),
    Math.min(image.height, Math.ceil(y1)),
  ];
}

/** The level of tiles that suits a scale: one tile pixel is between one half and one device pixel. */
export function levelOf(scale: number, deviceRatio: number, levels: number): number {
  return Math.max(0, Math.min(levels, Math.floor(-Math.log2(scale * deviceRatio) + 0.3)));
}
