/** Readers of the parts that several kinds share: places, rows, previews, ledgers. */
import type {
  ChipItem,
  CurationState,
  CurationStep,
  Facet,
  FootprintRow,
  LedgerRow,
  LonLat,
  LonLatBox,
  Outline,
  Preview,
  PreviewBand,
  Rendering,
  TableData,
  TimeHistogram,
} from './payload.js';
import {
  MAX_ITEMS,
  anything,
  base64,
  between,
  cell,
  dictionary,
  list,
  number,
  numbers,
  object,
  oneOf,
  optional,
  Problem,
  text,
  whole,
} from './read.js';

/** Most preview pixels a side, and most bands of one preview. */
const MAX_SIDE = 4096;
const MAX_BANDS = 64;
const MAX_COLUMNS = 1000;

const longitude = between(-540, 540);
const latitude = between(-90, 90);
/** ±100 000 years in microseconds, past which no date can be printed. */
const micros = between(-8.64e18, 8.64e18);

function lonLat(value: unknown, at: string): LonLat {
  const [x, y] = numbers(value, at, 2);
  return [longitude(x, at), latitude(y, at)];
}

/** West, south, east, north in degrees. */
export function readBox(value: unknown, at: string): LonLatBox {
  const [w, s, e, n] = numbers(value, at, 4);
  return [longitude(w, at), latitude(s, at), longitude(e, at), latitude(n, at)];
}

/** Polygons of rings of points. */
export function readOutline(value: unknown, at: string): Outline {
  return list(value, at, (polygon, a) => list(polygon, a, (ring, b) => list(ring, b, lonLat, 10_000), 1000), 1000);
}

/** Four corners: north-west, north-east, south-east, south-west. */
export function readCorners(value: unknown, at: string): readonly [LonLat, LonLat, LonLat, LonLat] {
  const [a, b, c, d] = list(value, at, lonLat, 4);
  if (!a || !b || !c || !d) throw new Problem(`${at} should have four corners`);
  return [a, b, c, d];
}

/** Affine coefficients [a, b, c, d, e, f]. */
export function readTransform(value: unknown, at: string): readonly [number, number, number, number, number, number] {
  const [a, b, c, d, e, f] = numbers(value, at, 6);
  return [number(a, at), number(b, at), number(c, at), number(d, at), number(e, at), number(f, at)];
}

/** Two whole numbers from 0: height and width. */
export function readShape(value: unknown, at: string): readonly [number, number] {
  const [h, w] = numbers(value, at, 2);
  const size = whole(0, 1e9);
  return [size(h, at), size(w, at)];
}

/** Microseconds since 1970, or null. */
export function readMicros(value: unknown, at: string): number | null {
  return optional(value, at, micros);
}

/** Start and end in microseconds, or null. */
export function readInterval(
  value: unknown,
  at: string,
): { readonly startMicros: number; readonly endMicros: number } | null {
  return optional(value, at, (v) => {
    const o = object(v, at);
    return {
      startMicros: micros(o['startMicros'], `${at}.startMicros`),
      endMicros: micros(o['endMicros'], `${at}.endMicros`),
    };
  });
}

/** One row of a catalog. */
export function readFootprintRow(value: unknown, at: string): FootprintRow {
  const o = object(value, at);
  return {
    id: text(o['id'], `${at}.id`),
    bbox: readBox(o['bbox'], `${at}.bbox`),
    outline: readOutline(o['outline'], `${at}.outline`),
    startMicros: readMicros(o['startMicros'], `${at}.startMicros`),
    endMicros: readMicros(o['endMicros'], `${at}.endMicros`),
    properties: dictionary(o['properties'], `${at}.properties`, cell),
  };
}

const count = whole(0, Number.MAX_SAFE_INTEGER);
/** Most bins of a histogram and values of a facet. */
const MAX_BINS = 10_000;

/** Rows per span of time. */
export function readHistogram(value: unknown, at: string): TimeHistogram {
  const o = object(value, at);
  return {
    startMicros: micros(o['startMicros'], `${at}.startMicros`),
    endMicros: micros(o['endMicros'], `${at}.endMicros`),
    counts: list(o['counts'], `${at}.counts`, count, MAX_BINS),
  };
}

/** How often each value of one fact occurs. */
export function readFacet(value: unknown, at: string): Facet {
  const o = object(value, at);
  const one = (v: unknown, a: string): Facet['values'][number] => {
    const f = object(v, a);
    return { value: text(f['value'], `${a}.value`), count: count(f['count'], `${a}.count`) };
  };
  return {
    label: text(o['label'], `${at}.label`),
    rows: count(o['rows'], `${at}.rows`),
    values: list(o['values'], `${at}.values`, one, 1000),
    others: count(o['others'], `${at}.others`),
  };
}

/** One row of an error ledger. */
export function readLedgerRow(value: unknown, at: string): LedgerRow {
  const o = object(value, at);
  return {
    item: text(o['item'], `${at}.item`),
    code: text(o['code'], `${at}.code`),
    message: text(o['message'], `${at}.message`),
    hint: optional(o['hint'], `${at}.hint`, text),
  };
}

/** One quantised band of `pixels` pixels. */
export function readPreviewBand(value: unknown, at: string, pixels: number): PreviewBand {
  const o = object(value, at);
  const stats = (v: unknown, a: string): PreviewBand['stats'] => {
    const s = object(v, a);
    return {
      min: number(s['min'], a),
      max: number(s['max'], a),
      mean: number(s['mean'], a),
      p2: number(s['p2'], a),
      p98: number(s['p98'], a),
    };
  };
  const valid = optional(o['valid'], `${at}.valid`, (v, a) => base64(v, a, Math.ceil(pixels / 8)));
  return {
    name: text(o['name'], `${at}.name`),
    scale: number(o['scale'], `${at}.scale`),
    offset: number(o['offset'], `${at}.offset`),
    q: base64(o['q'], `${at}.q`, pixels * 2),
    stats: optional(o['stats'], `${at}.stats`, stats),
    ...(valid === null ? {} : { valid }),
  };
}

/** A small image with real values. */
export function readPreview(value: unknown, at: string): Preview {
  const o = object(value, at);
  const side = whole(1, MAX_SIDE);
  const width = side(o['width'], `${at}.width`);
  const height = side(o['height'], `${at}.height`);
  const pixels = width * height;
  return {
    width,
    height,
    step: between(1e-6, 1e9)(o['step'], `${at}.step`),
    bands: list(o['bands'], `${at}.bands`, (v, a) => readPreviewBand(v, a, pixels), MAX_BANDS),
    valid: optional(o['valid'], `${at}.valid`, (v, a) => base64(v, a, pixels)),
  };
}

/** Classes of a band: value, name, colour. */
export function readClasses(value: unknown, at: string): NonNullable<Rendering['classes']> {
  const colour = (v: unknown, a: string): string => {
    const c = text(v, a);
    if (!/^#[0-9a-fA-F]{6}$/.test(c)) throw new Problem(`${a} should be a colour such as #1a2b3c`);
    return c;
  };
  const oneClass = (v: unknown, a: string): { value: number; name: string; colour: string } => {
    const c = object(v, a);
    return {
      value: number(c['value'], `${a}.value`),
      name: text(c['name'], `${a}.name`),
      colour: colour(c['colour'], `${a}.colour`),
    };
  };
  return list(value, at, oneClass, 1000);
}

/** How bands become colours. */
export function readRendering(value: unknown, at: string): Rendering {
  const o = object(value, at);
  return {
    bands: list(o['bands'], `${at}.bands`, whole(0, 100_000), 3),
    ramp: oneOf(['gray', 'viridis', 'cividis', 'diverging'])(o['ramp'], `${at}.ramp`),
    stretch: oneOf(['p2-98', 'min-max', 'sigma'])(o['stretch'], `${at}.stretch`),
    classes: optional(o['classes'], `${at}.classes`, readClasses),
  };
}

/** One chip. */
export function readChip(value: unknown, at: string): ChipItem {
  const o = object(value, at);
  return {
    id: text(o['id'], `${at}.id`),
    title: text(o['title'], `${at}.title`),
    bbox: readBox(o['bbox'], `${at}.bbox`),
    outline: readOutline(o['outline'], `${at}.outline`),
    crs: text(o['crs'], `${at}.crs`),
    transform: readTransform(o['transform'], `${at}.transform`),
    shape: readShape(o['shape'], `${at}.shape`),
    startMicros: readMicros(o['startMicros'], `${at}.startMicros`),
    endMicros: readMicros(o['endMicros'], `${at}.endMicros`),
    validFraction: optional(o['validFraction'], `${at}.validFraction`, between(0, 1)),
    properties: dictionary(o['properties'], `${at}.properties`, cell),
    preview: optional(o['preview'], `${at}.preview`, readPreview),
    error: optional(o['error'], `${at}.error`, text),
  };
}

/** One gesture of a curation. */
export function readStep(value: unknown, at: string): CurationStep {
  const o = object(value, at);
  return {
    op: oneOf(['keep', 'reject', 'undecide', 'tag', 'untag', 'within', 'where'])(o['op'], `${at}.op`),
    args: list(o['args'], `${at}.args`, (v, a) => anything(v, a), 16),
  };
}

/** Verdicts so far and what they are verdicts on. */
export function readCurationState(value: unknown, at: string): CurationState {
  const o = object(value, at);
  const ids = (v: unknown, a: string): string[] => list(v, a, text);
  const verdicts = optional(o['verdicts'], `${at}.verdicts`, (v, a) => {
    const r = object(v, a);
    return {
      kept: ids(r['kept'], `${a}.kept`),
      rejected: ids(r['rejected'], `${a}.rejected`),
      tags: dictionary(r['tags'], `${a}.tags`, ids, MAX_ITEMS),
    };
  });
  return {
    source: text(o['source'], `${at}.source`),
    steps: list(o['steps'], `${at}.steps`, readStep, 10_000),
    ...(verdicts ? { verdicts } : {}),
  };
}

/** Column names and rows of that many cells; short rows are filled with null, long ones cut. */
export function readTable(value: unknown, at: string): TableData {
  const o = object(value, at);
  const columns = list(o['columns'], `${at}.columns`, text, MAX_COLUMNS);
  const row = (v: unknown, a: string): (string | number | boolean | null)[] => {
    const cells = list(v, a, cell, MAX_COLUMNS);
    return columns.map((_, i) => cells[i] ?? null);
  };
  return { columns, rows: list(o['rows'], `${at}.rows`, row) };
}
