/** Text on a picture: measures, shortens and draws one line of our stroke typeface. */
import type { Canvas, Colour, Point } from './canvas.js';
import { GLYPHS, UNKNOWN_GLYPH } from './glyphs.js';

/** How a line of text looks. */
export interface TextStyle {
  readonly colour: Colour;
  /** Size in CSS pixels; capitals are 0.7 of it high. */
  readonly size?: number;
  readonly bold?: boolean;
  readonly align?: 'left' | 'center' | 'right';
  /** Colour of an outline that keeps text readable on pictures. */
  readonly halo?: Colour;
}

interface Glyph {
  readonly width: number;
  readonly strokes: readonly (readonly Point[])[];
}

/** Glyph units in one size: capitals of 6 units are 0.7 of the size. */
const UNITS_PER_SIZE = 6 / 0.7;
/** Space between glyphs, in units. */
const GAP = 1.75;
/** Largest radius of a rounded corner, in units. */
const ROUND = 2.1;
const DEFAULT_SIZE = 11;

const glyphs = new Map<string, Glyph>();

function parsePoint(token: string): { readonly at: Point; readonly round: boolean } {
  const [x = '0', y = '0'] = token.replace('~', '').split(',');
  return { at: [Number(x), Number(y)], round: token.endsWith('~') };
}

function toward(from: Point, to: Point, distance: number): Point {
  const length = Math.hypot(to[0] - from[0], to[1] - from[1]) || 1;
  return [from[0] + ((to[0] - from[0]) * distance) / length, from[1] + ((to[1] - from[1]) * distance) / length];
}

/** Replaces marked corners by quarter-circle-like curves (cubic Bézier with the usual 0.55 handles). */
function rounded(text: string): Point[] {
  const closed = text.startsWith('o');
  const corners = (closed ? text.slice(1) : text).split(' ').filter(Boolean).map(parsePoint);
  const n = corners.length;
  const out: Point[] = [];
  corners.forEach(({ at, round }, i) => {
    const before = corners[(i - 1 + n) % n];
    const after = corners[(i + 1) % n];
    const inner = closed || (i > 0 && i < n - 1);
    if (!round || !inner || !before || !after) {
      out.push(at);
      return;
    }
    // Between two rounded corners each gets half of the side; an end or a sharp corner leaves all of it.
    const room = (other: typeof before): number =>
      Math.hypot(other.at[0] - at[0], other.at[1] - at[1]) * (other.round ? 0.5 : 1);
    const radius = Math.min(ROUND, room(before), room(after));
    const [p, q] = [toward(at, before.at, radius), toward(at, after.at, radius)];
    const [c, d] = [toward(p, at, radius * 0.55), toward(q, at, radius * 0.55)];
    for (let s = 0; s <= 6; s++) {
      const t = s / 6;
      const u = 1 - t;
      const mix = (k: 0 | 1): number =>
        u * u * u * p[k] + 3 * u * u * t * c[k] + 3 * u * t * t * d[k] + t * t * t * q[k];
      out.push([mix(0), mix(1)]);
    }
  });
  const [first] = out;
  if (closed && first) out.push(first);
  return out;
}

function glyphOf(character: string): Glyph {
  let glyph = glyphs.get(character);
  if (!glyph) {
    const [width = '0', strokes = ''] = (GLYPHS[character] ?? UNKNOWN_GLYPH).split(/;(.*)/s);
    glyph = { width: Number(width), strokes: strokes === '' ? [] : strokes.split('|').map(rounded) };
    glyphs.set(character, glyph);
  }
  return glyph;
}

/** Characters to draw: accents are dropped where the letter itself has a glyph, control characters become spaces. */
function characters(text: string): string[] {
  return Array.from(text.normalize('NFKC')).map((c) => {
    if (Object.hasOwn(GLYPHS, c)) return c;
    if (/[\s\p{C}]/u.test(c)) return ' ';
    const plain = c.normalize('NFD').charAt(0);
    return Object.hasOwn(GLYPHS, plain) ? plain : c;
  });
}

/** Width of a line of text in CSS pixels. */
export function textWidth(text: string, size = DEFAULT_SIZE): number {
  const list = characters(text);
  const units = list.reduce((sum, c) => sum + glyphOf(c).width + GAP, 0);
  return (Math.max(0, units - GAP) * size) / UNITS_PER_SIZE;
}

/** The text, cut with an ellipsis in the middle so that it is at most `width` CSS pixels wide. */
export function fitText(text: string, width: number, size = DEFAULT_SIZE): string {
  if (textWidth(text, size) <= width) return text;
  const list = Array.from(text);
  for (let keep = Math.min(list.length - 1, Math.ceil(width)); keep > 0; keep--) {
    const tail = Math.floor(keep * 0.4);
    const cut = `${list
      .slice(0, keep - tail)
      .join('')
      .trimEnd()}…${tail === 0 ? '' : list.slice(-tail).join('').trimStart()}`;
    if (textWidth(cut, size) <= width) return cut;
  }
  return '';
}

/** Draws one line of text with its baseline at `y`; returns its width. */
export function drawText(canvas: Canvas, text: string, [x, y]: Point, style: TextStyle): number {
  const { colour, size = DEFAULT_SIZE, bold = false, align = 'left', halo } = style;
  const unit = size / UNITS_PER_SIZE;
  const width = textWidth(text, size);
  let at = align === 'left' ? x : align === 'center' ? x - width / 2 : x - width;
  const lines: Point[][] = [];
  for (const c of characters(text)) {
    const glyph = glyphOf(c);
    for (const stroke of glyph.strokes) lines.push(stroke.map(([gx, gy]): Point => [at + gx * unit, y - gy * unit]));
    at += (glyph.width + GAP) * unit;
  }
  const weight = (bold ? 1.15 : 0.8) * unit;
  if (halo) canvas.stroke(lines, { colour: halo, width: weight + 2.6, alpha: 0.8 });
  canvas.stroke(lines, { colour, width: Math.max(weight, 0.85) });
  return width;
}
