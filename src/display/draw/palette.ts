/** At most 256 colours for a picture: indexed PNGs are half as large as true-colour ones of the same drawing. */

/** A picture as indices into colours. */
export interface Indexed {
  /** Three bytes a colour. */
  readonly palette: Uint8Array;
  readonly indices: Uint8Array;
}

interface Entry {
  readonly colour: number;
  readonly count: number;
}
interface Group {
  readonly entries: readonly Entry[];
  /** Channel (0 red, 1 green, 2 blue) in which the colours differ most. */
  readonly channel: number;
  /** Difference in that channel times the root of the pixel count: what splitting gains. */
  readonly worth: number;
}

const MOST_COLOURS = 256;

function channelOf(colour: number, channel: number): number {
  return (colour >> (16 - 8 * channel)) & 255;
}

function group(entries: readonly Entry[]): Group {
  const low = [255, 255, 255];
  const high = [0, 0, 0];
  let total = 0;
  for (const { colour, count } of entries) {
    total += count;
    for (let k = 0; k < 3; k++) {
      const v = channelOf(colour, k);
      low[k] = Math.min(low[k] ?? 255, v);
      high[k] = Math.max(high[k] ?? 0, v);
    }
  }
  const spans = high.map((v, k) => v - (low[k] ?? 0));
  const widest = Math.max(...spans);
  return { entries, channel: spans.indexOf(widest), worth: widest * Math.sqrt(total) };
}

/** Halves a group at the pixel in the middle of its widest channel. */
function split({ entries, channel }: Group): [Group, Group] {
  const sorted = [...entries].sort(
    (a, b) => channelOf(a.colour, channel) - channelOf(b.colour, channel) || a.colour - b.colour,
  );
  const half = sorted.reduce((sum, e) => sum + e.count, 0) / 2;
  let [at, seen] = [0, 0];
  while (at < sorted.length - 1 && seen < half) seen += sorted[at++]?.count ?? 0;
  return [group(sorted.slice(0, Math.max(1, at))), group(sorted.slice(Math.max(1, at)))];
}

/** The colour that stands for a group: its most frequent one where that one rules, else the mean. */
function represent({ entries }: Group): [number, number, number] {
  const total = entries.reduce((sum, e) => sum + e.count, 0);
  const top = entries.reduce((a, b) => (b.count > a.count ? b : a));
  const channel = (k: number): number =>
    top.count * 4 > total
      ? channelOf(top.colour, k)
      : Math.round(entries.reduce((sum, e) => sum + channelOf(e.colour, k) * e.count, 0) / total);
  return [channel(0), channel(1), channel(2)];
}

function nearest(palette: Uint8Array, colour: number): number {
  const [r, g, b] = [channelOf(colour, 0), channelOf(colour, 1), channelOf(colour, 2)];
  let [best, at] = [Infinity, 0];
  for (let i = 0; i < palette.length; i += 3) {
    const distance = ((palette[i] ?? 0) - r) ** 2 + ((palette[i + 1] ?? 0) - g) ** 2 + ((palette[i + 2] ?? 0) - b) ** 2;
    if (distance >= best) continue;
    best = distance;
    at = i / 3;
  }
  return at;
}

/**
 * The picture in at most 256 colours, by median cut (P. Heckbert, 1982). Each group is shown by its ruling colour, so
 * that flat areas keep theirs exactly.
 */
export function indexed(rgb: Uint8Array): Indexed {
  const counts = new Map<number, number>();
  const colourAt = (i: number): number => ((rgb[i] ?? 0) << 16) | ((rgb[i + 1] ?? 0) << 8) | (rgb[i + 2] ?? 0);
  // Neighbours are mostly equal: a look-up per run instead of one per pixel.
  for (let i = 0; i < rgb.length;) {
    const colour = colourAt(i);
    const start = i;
    while (i < rgb.length && colourAt(i) === colour) i += 3;
    counts.set(colour, (counts.get(colour) ?? 0) + (i - start) / 3);
  }
  const groups = [group([...counts].map(([colour, count]) => ({ colour, count })))];
  while (groups.length < MOST_COLOURS) {
    let best = -1;
    for (const [i, g] of groups.entries()) if (g.entries.length > 1 && g.worth > (groups[best]?.worth ?? 0)) best = i;
    const chosen = groups[best];
    if (!chosen) break;
    groups.splice(best, 1, ...split(chosen));
  }
  const palette = Uint8Array.from(groups.flatMap(represent));
  const indexOf = new Map<number, number>();
  for (const colour of counts.keys()) indexOf.set(colour, nearest(palette, colour));
  const indices = new Uint8Array(rgb.length / 3);
  let [last, index] = [-1, 0];
  for (let i = 0; i < indices.length; i++) {
    const colour = colourAt(i * 3);
    if (colour !== last) index = indexOf.get(colour) ?? 0;
    last = colour;
    indices[i] = index;
  }
  return { palette, indices };
}
