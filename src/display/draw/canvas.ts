/**
 * A small software rasteriser: filled polygons, round-capped lines and images on an opaque RGB picture, with exact-enough
 * anti-aliasing. The kernel has no canvas, and a native one would tie the library to a platform.
 *
 * All lengths are CSS pixels, y down; the picture has `scale` device pixels per CSS pixel.
 */

export type Colour = readonly [red: number, green: number, blue: number];
export type Point = readonly [x: number, y: number];
/** A box in CSS pixels. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}
/** An image with straight alpha: four bytes a pixel, row-major. */
export interface RgbaImage {
  readonly width: number;
  readonly height: number;
  readonly rgba: Uint8ClampedArray;
}
/** How a line looks. */
export interface LineStyle {
  readonly colour: Colour;
  readonly width?: number;
  readonly alpha?: number;
  /** Joins the last point to the first. */
  readonly closed?: boolean;
  /** Lengths of dash and gap. */
  readonly dash?: readonly [on: number, off: number];
}

/** Device pixels per CSS pixel of every picture (`renderers.md` §2). */
export const SCALE = 2;
/** Scan lines per device pixel when filling; horizontally coverage is exact. */
const SUBLINES = 4;

/** Step between levels of a channel in images: 32 levels instead of 256 halve the PNG and cannot be seen at this size. */
const LEVEL = 8;

function level(value: number): number {
  return Math.min(255, Math.round(value / LEVEL) * LEVEL);
}

interface DeviceBox {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** A picture under construction. */
export class Canvas {
  readonly width: number;
  readonly height: number;
  /** Three bytes a device pixel, row-major. */
  readonly rgb: Uint8Array;
  #clip: DeviceBox;

  /** An empty picture of `cssWidth` × `cssHeight` CSS pixels. */
  constructor(cssWidth: number, cssHeight: number, background: Colour) {
    this.width = Math.round(cssWidth * SCALE);
    this.height = Math.round(cssHeight * SCALE);
    this.rgb = new Uint8Array(this.width * this.height * 3);
    const row = this.width * 3;
    for (let i = 0; i < row; i += 3) this.rgb.set(background, i);
    for (let i = row; i < this.rgb.length; i += row) this.rgb.copyWithin(i, 0, row);
    this.#clip = { x0: 0, y0: 0, x1: this.width, y1: this.height };
  }

  /** Runs `draw` with everything outside `box` protected. */
  clipped(box: Box, draw: () => void): void {
    const outer = this.#clip;
    this.#clip = {
      x0: Math.max(outer.x0, Math.round(box.x * SCALE)),
      y0: Math.max(outer.y0, Math.round(box.y * SCALE)),
      x1: Math.min(outer.x1, Math.round((box.x + box.width) * SCALE)),
      y1: Math.min(outer.y1, Math.round((box.y + box.height) * SCALE)),
    };
    try {
      draw();
    } finally {
      this.#clip = outer;
    }
  }

  /** Colour of one device pixel. */
  pixel(x: number, y: number): Colour {
    const i = (y * this.width + x) * 3;
    return [this.rgb[i] ?? 0, this.rgb[i + 1] ?? 0, this.rgb[i + 2] ?? 0];
  }

  /** Mixes `colour` into one device pixel by `amount` (0–1). The caller stays inside the clip. */
  mix(x: number, y: number, [r, g, b]: Colour, amount: number): void {
    const i = (y * this.width + x) * 3;
    const { rgb } = this;
    rgb[i] = (rgb[i] ?? 0) * (1 - amount) + r * amount + 0.5;
    rgb[i + 1] = (rgb[i + 1] ?? 0) * (1 - amount) + g * amount + 0.5;
    rgb[i + 2] = (rgb[i + 2] ?? 0) * (1 - amount) + b * amount + 0.5;
  }

  /** Fills a box, with soft edges where it does not meet pixel edges. */
  fillBox(box: Box, colour: Colour, alpha = 1): void {
    this.fill([boxCorners(box)], colour, alpha);
  }

  /** Fills a box with round corners. */
  fillRoundBox(box: Box, radius: number, colour: Colour, alpha = 1): void {
    this.fill([roundBox(box, radius)], colour, alpha);
  }

  /** Fills a disc. */
  fillDisc([x, y]: Point, radius: number, colour: Colour, alpha = 1): void {
    this.fill([arc([x, y], radius, 0, 2 * Math.PI)], colour, alpha);
  }

  /** Fills rings by the even–odd rule, so that holes are rings like any other. */
  fill(rings: readonly (readonly Point[])[], colour: Colour, alpha = 1): void {
    const clip = this.#clip;
    const edges = collectEdges(rings, clip.y0, clip.y1);
    if (edges.length === 0) return;
    edges.sort((a, b) => a.top - b.top);
    const firstRow = Math.max(clip.y0, Math.floor(edges[0]?.top ?? 0));
    const cover = new Float32Array(clip.x1 - clip.x0 + 2);
    let next = 0;
    let active: Edge[] = [];
    const xs: number[] = [];
    for (let row = firstRow; row < clip.y1 && (next < edges.length || active.length > 0); row++) {
      for (let e = edges[next]; e && e.top < row + 1; e = edges[++next]) active.push(e);
      active = active.filter((e) => e.bottom > row);
      if (active.length === 0) continue;
      cover.fill(0);
      for (let s = 0; s < SUBLINES; s++) {
        const y = row + (s + 0.5) / SUBLINES;
        xs.length = 0;
        for (const e of active) if (e.top <= y && y < e.bottom) xs.push(e.x + (y - e.top) * e.slope);
        xs.sort((a, b) => a - b);
        for (let i = 0; i + 1 < xs.length; i += 2) addSpan(cover, (xs[i] ?? 0) - clip.x0, (xs[i + 1] ?? 0) - clip.x0);
      }
      let sum = 0;
      for (let x = clip.x0; x < clip.x1; x++) {
        sum += cover[x - clip.x0] ?? 0;
        const share = sum / SUBLINES;
        if (share > 0.002) this.mix(x, row, colour, Math.min(1, share) * alpha);
      }
    }
  }

  /** Draws lines with round caps and joins. Where lines of one call overlap, colour is applied once. */
  stroke(lines: readonly (readonly Point[])[], style: LineStyle): void {
    const { colour, width = 1, alpha = 1, closed = false, dash } = style;
    const half = (width * SCALE) / 2;
    const clip = this.#clip;
    const box = deviceExtent(lines, half + 1, clip);
    if (!box) return;
    const w = box.x1 - box.x0;
    const mask = new Uint8Array(w * (box.y1 - box.y0));
    for (const line of lines) {
      const ring = closed && line.length > 2 ? [...line, line[0] ?? [0, 0]] : line;
      const pieces = dash ? dashed(ring, dash) : [ring];
      for (const piece of pieces) {
        const [first] = piece;
        if (first && piece.length === 1) strokeSegment(mask, w, box, first, first, half);
        for (let i = 1; i < piece.length; i++) {
          const [a, b] = [piece[i - 1], piece[i]];
          if (a && b) strokeSegment(mask, w, box, a, b, half);
        }
      }
    }
    for (let y = box.y0, i = 0; y < box.y1; y++) {
      for (let x = box.x0; x < box.x1; x++, i++) {
        const m = mask[i] ?? 0;
        if (m > 0) this.mix(x, y, colour, (m / 255) * alpha);
      }
    }
  }

  /** Draws an image into a box: single pixels when magnified, averages when reduced. */
  image(image: RgbaImage, box: Box): void {
    const clip = this.#clip;
    const [left, top] = [Math.round(box.x * SCALE), Math.round(box.y * SCALE)];
    const width = Math.max(1, Math.round(box.width * SCALE));
    const height = Math.max(1, Math.round(box.height * SCALE));
    const columns = Array.from({ length: width }, (_, i) => sourceSpan(i, width, image.width));
    for (let j = 0; j < height; j++) {
      const y = top + j;
      if (y < clip.y0 || y >= clip.y1) continue;
      const [r0, r1] = sourceSpan(j, height, image.height);
      for (let i = 0; i < width; i++) {
        const x = left + i;
        if (x < clip.x0 || x >= clip.x1) continue;
        const [c0, c1] = columns[i] ?? [0, 1];
        let [r, g, b, a] = [0, 0, 0, 0];
        for (let row = r0; row < r1; row++) {
          for (let c = c0; c < c1; c++) {
            const k = (row * image.width + c) * 4;
            const opacity = image.rgba[k + 3] ?? 0;
            r += (image.rgba[k] ?? 0) * opacity;
            g += (image.rgba[k + 1] ?? 0) * opacity;
            b += (image.rgba[k + 2] ?? 0) * opacity;
            a += opacity;
          }
        }
        if (a > 0) this.mix(x, y, [level(r / a), level(g / a), level(b / a)], a / 255 / ((r1 - r0) * (c1 - c0)));
      }
    }
  }
}

/** A smaller image: means of the pixels that each new one covers, weighted by opacity, or the middle one of them. */
export function reduced(image: RgbaImage, width: number, height: number, nearest: boolean): RgbaImage {
  const rgba = new Uint8ClampedArray(width * height * 4);
  for (let j = 0, k = 0; j < height; j++) {
    const [r0, r1] = sourceSpan(j, height, image.height);
    for (let i = 0; i < width; i++, k += 4) {
      const [c0, c1] = sourceSpan(i, width, image.width);
      const [rows, columns] = nearest
        ? [
            [(r0 + r1) >> 1, ((r0 + r1) >> 1) + 1],
            [(c0 + c1) >> 1, ((c0 + c1) >> 1) + 1],
          ]
        : [
            [r0, r1],
            [c0, c1],
          ];
      let [r, g, b, a, n] = [0, 0, 0, 0, 0];
      for (let row = rows[0] ?? 0; row < (rows[1] ?? 0); row++) {
        for (let c = columns[0] ?? 0; c < (columns[1] ?? 0); c++, n++) {
          const s = (row * image.width + c) * 4;
          const opacity = image.rgba[s + 3] ?? 0;
          r += (image.rgba[s] ?? 0) * opacity;
          g += (image.rgba[s + 1] ?? 0) * opacity;
          b += (image.rgba[s + 2] ?? 0) * opacity;
          a += opacity;
        }
      }
      if (a === 0) continue;
      rgba[k] = r / a;
      rgba[k + 1] = g / a;
      rgba[k + 2] = b / a;
      rgba[k + 3] = a / n;
    }
  }
  return { width, height, rgba };
}

/** Source pixels of one device pixel. */
function sourceSpan(i: number, size: number, source: number): readonly [number, number] {
  const from = Math.floor((i * source) / size);
  return [from, Math.max(from + 1, Math.floor(((i + 1) * source) / size))];
}

interface Edge {
  readonly top: number;
  readonly bottom: number;
  readonly x: number;
  readonly slope: number;
}

function collectEdges(rings: readonly (readonly Point[])[], y0: number, y1: number): Edge[] {
  const edges: Edge[] = [];
  for (const ring of rings) {
    for (let i = 0; i < ring.length; i++) {
      const [ax, ay] = ring[i] ?? [0, 0];
      const [bx, by] = ring[(i + 1) % ring.length] ?? [0, 0];
      if (ay === by) continue;
      const [tx, ty, ux, uy] = ay < by ? [ax, ay, bx, by] : [bx, by, ax, ay];
      const [top, bottom] = [ty * SCALE, uy * SCALE];
      if (bottom <= y0 || top >= y1) continue;
      const slope = (ux - tx) / (uy - ty);
      const start = Math.max(top, y0);
      edges.push({ top: start, bottom, x: tx * SCALE + (start - top) * slope, slope });
    }
  }
  return edges;
}

/** Adds the coverage of a span to a row of differences: summing the row from the left gives coverage. */
function addSpan(cover: Float32Array, from: number, to: number): void {
  const last = cover.length - 2;
  const a = Math.min(Math.max(from, 0), last);
  const b = Math.min(Math.max(to, 0), last);
  if (b <= a) return;
  const [i, j] = [Math.floor(a), Math.floor(b)];
  const [fi, fj] = [a - i, b - j];
  cover[i] = (cover[i] ?? 0) + 1 - fi;
  cover[i + 1] = (cover[i + 1] ?? 0) + fi;
  cover[j] = (cover[j] ?? 0) - (1 - fj);
  cover[j + 1] = (cover[j + 1] ?? 0) - fj;
}

function deviceExtent(lines: readonly (readonly Point[])[], margin: number, clip: DeviceBox): DeviceBox | undefined {
  let [x0, y0, x1, y1] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (const [x, y] of line) {
      x0 = Math.min(x0, x);
      y0 = Math.min(y0, y);
      x1 = Math.max(x1, x);
      y1 = Math.max(y1, y);
    }
  }
  const box = {
    x0: Math.max(clip.x0, Math.floor(x0 * SCALE - margin)),
    y0: Math.max(clip.y0, Math.floor(y0 * SCALE - margin)),
    x1: Math.min(clip.x1, Math.ceil(x1 * SCALE + margin)),
    y1: Math.min(clip.y1, Math.ceil(y1 * SCALE + margin)),
  };
  return box.x0 < box.x1 && box.y0 < box.y1 ? box : undefined;
}

/** Raises the mask to the coverage of one thick segment: half a pixel of ramp around its edge. */
function strokeSegment(mask: Uint8Array, w: number, box: DeviceBox, a: Point, b: Point, half: number): void {
  const [ax, ay, bx, by] = [a[0] * SCALE, a[1] * SCALE, b[0] * SCALE, b[1] * SCALE];
  const reach = half + 1;
  const [dx, dy] = [bx - ax, by - ay];
  const lengthSquared = dx * dx + dy * dy;
  const yFrom = Math.max(box.y0, Math.floor(Math.min(ay, by) - reach));
  const yTo = Math.min(box.y1, Math.ceil(Math.max(ay, by) + reach));
  for (let y = yFrom; y < yTo; y++) {
    // The part of the segment within reach of this row bounds the columns to look at.
    let [lo, hi] = [Math.min(ax, bx), Math.max(ax, bx)];
    if (Math.abs(dy) > 1e-9) {
      const clampT = (v: number): number => Math.min(1, Math.max(0, (v - ay) / dy));
      const [xa, xb] = [ax + clampT(y - reach) * dx, ax + clampT(y + 1 + reach) * dx];
      [lo, hi] = [Math.min(xa, xb), Math.max(xa, xb)];
    }
    const xFrom = Math.max(box.x0, Math.floor(lo - reach));
    const xTo = Math.min(box.x1, Math.ceil(hi + reach));
    for (let x = xFrom; x < xTo; x++) {
      const [px, py] = [x + 0.5 - ax, y + 0.5 - ay];
      const t = lengthSquared === 0 ? 0 : Math.min(1, Math.max(0, (px * dx + py * dy) / lengthSquared));
      const [ex, ey] = [px - t * dx, py - t * dy];
      // Not Math.hypot, which is many times slower.
      const distance = Math.sqrt(ex * ex + ey * ey);
      const share = Math.min(half + 0.5 - distance, 2 * half);
      if (share <= 0) continue;
      const i = (y - box.y0) * w + x - box.x0;
      const value = share >= 1 ? 255 : share * 255;
      if (value > (mask[i] ?? 0)) mask[i] = value;
    }
  }
}

function dashed(line: readonly Point[], [on, off]: readonly [number, number]): Point[][] {
  const out: Point[][] = [];
  let piece: Point[] = [];
  let drawing = true;
  let left = on;
  for (let i = 1; i < line.length; i++) {
    const a: Point = line[i - 1] ?? [0, 0];
    const b: Point = line[i] ?? [0, 0];
    const length = Math.hypot(b[0] - a[0], b[1] - a[1]);
    const at = (d: number): Point => [a[0] + ((b[0] - a[0]) * d) / length, a[1] + ((b[1] - a[1]) * d) / length];
    if (drawing && piece.length === 0) piece.push(a);
    let done = 0;
    while (length - done > left) {
      done += left;
      if (drawing) {
        piece.push(at(done));
        out.push(piece);
        piece = [];
      } else piece = [at(done)];
      drawing = !drawing;
      left = drawing ? on : off;
    }
    left -= length - done;
    if (drawing) piece.push(b);
  }
  if (drawing && piece.length > 1) out.push(piece);
  return out;
}

/** Points of an arc, clockwise from `from` to `to` radians, at most a third of a pixel off. */
export function arc([x, y]: Point, radius: number, from: number, to: number): Point[] {
  const steps = Math.max(4, Math.ceil((Math.abs(to - from) * Math.sqrt(radius + 1)) / 0.6));
  return Array.from({ length: steps + 1 }, (_, i): Point => {
    const t = from + ((to - from) * i) / steps;
    return [x + radius * Math.cos(t), y + radius * Math.sin(t)];
  });
}

/** Outline of a box with round corners. */
export function roundBox({ x, y, width, height }: Box, radius: number): Point[] {
  const r = Math.min(radius, width / 2, height / 2);
  const q = Math.PI / 2;
  return [
    ...arc([x + r, y + r], r, 2 * q, 3 * q),
    ...arc([x + width - r, y + r], r, 3 * q, 4 * q),
    ...arc([x + width - r, y + height - r], r, 0, q),
    ...arc([x + r, y + height - r], r, q, 2 * q),
  ];
}

/** Corners of a box, clockwise from the upper left. */
export function boxCorners({ x, y, width, height }: Box): Point[] {
  return [
    [x, y],
    [x + width, y],
    [x + width, y + height],
    [x, y + height],
  ];
}
