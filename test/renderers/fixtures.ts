/**
 * Payloads of every kind, generated and seeded: Sentinel-2-like scenes over two UTM zones in northern Italy, chips with
 * fields, a river, a town and clouds, a land-cover band. Synthetic; only their shape is that of real data.
 */
import { Buffer } from 'node:buffer';
import type { AnyPayload } from '../../src/display/wire/parse.js';
import type {
  ChipItem,
  FootprintRow,
  LonLat,
  LonLatBox,
  Outline,
  Payload,
  PayloadData,
  PayloadKind,
  Preview,
  PreviewBand,
  Rendering,
} from '../../src/display/wire/payload.js';

/** Seeded uniform numbers in [0, 1): mulberry32. */
export function random(seed: number): () => number {
  let a = seed >>> 0;
  return () => {
    a = (a + 0x6d2b79f5) >>> 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const DAY = 86_400e6;
const JUNE_1 = Date.UTC(2024, 5, 1) * 1000;

function hash(x: number, y: number, seed: number): number {
  let h = Math.imul(x, 374761393) + Math.imul(y, 668265263) + Math.imul(seed, 1274126177);
  h = Math.imul(h ^ (h >>> 13), 1274126177);
  return ((h ^ (h >>> 16)) >>> 0) / 4294967296;
}

/** Smooth noise in [0, 1] with features of about one unit. */
function noise(x: number, y: number, seed: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - ix, y - iy];
  const s = (t: number): number => t * t * (3 - 2 * t);
  const a = hash(ix, iy, seed) + (hash(ix + 1, iy, seed) - hash(ix, iy, seed)) * s(fx);
  const b = hash(ix, iy + 1, seed) + (hash(ix + 1, iy + 1, seed) - hash(ix, iy + 1, seed)) * s(fx);
  return a + (b - a) * s(fy);
}

function fractal(x: number, y: number, seed: number): number {
  return 0.55 * noise(x, y, seed) + 0.28 * noise(2.1 * x, 2.1 * y, seed + 1) + 0.17 * noise(4.3 * x, 4.3 * y, seed + 2);
}

/** Reflectance × 10 000 of blue, green, red, near infrared for one kind of ground. */
const GROUND: Readonly<Record<string, readonly [number, number, number, number]>> = {
  forest: [400, 640, 480, 2900],
  meadow: [420, 760, 560, 3600],
  wheat: [620, 950, 1050, 2900],
  maize: [380, 640, 440, 4200],
  soil: [980, 1280, 1650, 2200],
  town: [1350, 1450, 1560, 2000],
  water: [480, 520, 330, 160],
  rock: [1300, 1400, 1500, 1800],
};
const FIELDS = ['meadow', 'wheat', 'maize', 'soil', 'maize', 'meadow'];
export const LAND_COVER = [
  { value: 1, name: 'Forest', colour: '#1f6b3a' },
  { value: 2, name: 'Cropland', colour: '#e8c468' },
  { value: 3, name: 'Grassland', colour: '#a6d15b' },
  { value: 4, name: 'Built-up', colour: '#c43a3a' },
  { value: 5, name: 'Water', colour: '#2f78c4' },
  { value: 6, name: 'Bare rock', colour: '#9a9186' },
] as const;

function groundAt(u: number, v: number, seed: number): string {
  const height = fractal(u * 1.3, v * 1.3, seed);
  const river = Math.abs(v - 1.2 - 0.5 * Math.sin(u * 1.7 + seed) - 0.3 * noise(u * 2, v, seed + 9));
  if (river < 0.045) return 'water';
  if (height > 0.68) return 'rock';
  if (height > 0.54) return 'forest';
  if (Math.hypot(u - 1.4, v - 1.7) < 0.28 + 0.2 * noise(u * 6, v * 6, seed)) return 'town';
  // Fields: a skewed grid, each cell one crop.
  const fu = Math.floor((u + 0.25 * v) * 7);
  const fv = Math.floor((v - 0.15 * u) * 5 + hash(fu, 3, seed));
  return FIELDS[Math.floor(hash(fu, fv, seed) * FIELDS.length)] ?? 'meadow';
}

function bandOf(name: string, values: Float64Array, valid: Uint8Array | null): PreviewBand {
  const used = [...values].filter((_, i) => valid?.[i] !== 0).sort((a, b) => a - b);
  const min = used[0] ?? 0;
  const max = used.at(-1) ?? 1;
  // Reflectances are whole numbers, so one step is one unit and nothing is lost.
  const scale = 1;
  const q = Buffer.alloc(values.length * 2);
  values.forEach((v, i) => q.writeUInt16LE(valid?.[i] === 0 ? 0 : Math.round(v) - Math.round(min), i * 2));
  const at = (p: number): number => used[Math.floor(p * (used.length - 1))] ?? 0;
  const stats =
    used.length === 0
      ? null
      : { min, max, mean: used.reduce((s, v) => s + v / used.length, 0), p2: at(0.02), p98: at(0.98) };
  return { name, scale, offset: Math.round(min), q: q.toString('base64'), stats };
}

interface SceneOptions {
  readonly width: number;
  readonly height: number;
  /** Where in the synthetic landscape the upper left corner lies, and units per pixel. */
  readonly u: number;
  readonly v: number;
  readonly unit: number;
  readonly seed: number;
  /** Share of cloud, 0–1. */
  readonly cloud: number;
  /** Left part without data, 0–1, along a slanted edge. */
  readonly missing: number;
}

/** A four-band preview B02, B03, B04, B08 of the synthetic landscape. */
export function scene({ width, height, u: u0, v: v0, unit, seed, cloud, missing }: SceneOptions): Preview {
  const noiseOf = random(seed * 7919 + 1);
  const bands = [0, 1, 2, 3].map(() => new Float64Array(width * height));
  const valid = missing > 0 ? new Uint8Array(width * height).fill(1) : null;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = y * width + x;
      if (valid && x < width * (missing + 0.18 * (0.5 - y / height))) {
        valid[i] = 0;
        continue;
      }
      const [u, v] = [u0 + x * unit, v0 + y * unit];
      const ground = GROUND[groundAt(u, v, 11)] ?? [0, 0, 0, 0];
      const slope = 1 + 0.9 * (fractal(u * 1.3 + 0.03, v * 1.3 + 0.03, 11) - fractal(u * 1.3, v * 1.3, 11)) * 6;
      const veil = Math.max(0, Math.min(1, (fractal(u * 1.8 + seed, v * 1.8, 31 + seed) - (1 - cloud)) * 5));
      const grain = 1 + 0.1 * (noiseOf() - 0.5) + 0.12 * (noise(u * 60, v * 60, 5) - 0.5);
      ground.forEach(
        (g, b) => (bands[b]![i] = g * slope * grain * (1 - veil) + veil * (5200 + 900 * noise(u * 9, v * 9, 3))),
      );
    }
  }
  return {
    width,
    height,
    step: 1,
    bands: bands.map((values, b) => bandOf(['B02', 'B03', 'B04', 'B08'][b] ?? '', values, valid)),
    valid: valid ? Buffer.from(valid).toString('base64') : null,
  };
}

function box(w: number, s: number, e: number, n: number): LonLatBox {
  return [w, s, e, n].map((v) => Number(v.toFixed(6))) as unknown as LonLatBox;
}

/** A slightly turned quadrilateral, as a UTM square looks in degrees. */
function turned([w, s, e, n]: LonLatBox, by: number): Outline {
  const dx = (e - w) * by;
  const dy = (n - s) * by;
  const ring: LonLat[] = [
    [w, s + dy],
    [e - dx, s],
    [e, n - dy],
    [w + dx, n],
    [w, s + dy],
  ];
  return [[ring]];
}

/** Twelve scenes: six dates, tiles 32TPS (UTM 32) and 33TUM (UTM 33) side by side over South Tyrol and Friuli. */
export function footprints(): FootprintRow[] {
  const rand = random(4);
  return Array.from({ length: 12 }, (_, i) => {
    const zone = i % 2;
    const date = JUNE_1 + (Math.floor(i / 2) * 5 + zone) * DAY + 10.18 * 3600e6;
    const shift = (i % 4) * 0.003;
    const bbox =
      zone === 0
        ? box(10.29 + shift, 46.0 + shift / 2, 11.69 + shift, 46.98 + shift / 2)
        : box(11.98 - shift, 45.94 - shift / 2, 13.42 - shift, 46.92 - shift / 2);
    const day = new Date(date / 1000).toISOString().slice(0, 10);
    const id = `S2${i % 3 === 0 ? 'B' : 'A'}_${zone === 0 ? '32TPS' : '33TUM'}_${day.replaceAll('-', '')}`;
    return {
      id,
      bbox,
      outline: turned(bbox, zone === 0 ? 0.025 : -0.025 + 0.05),
      startMicros: date,
      endMicros: date,
      properties: {
        filepath: `scenes/${id}.tif`,
        crs: zone === 0 ? 'EPSG:32632' : 'EPSG:32633',
        bands: 4,
        dtype: 'uint16',
        resolution: 10,
        'eo:cloud_cover': Number((rand() * 70).toFixed(1)),
        platform: i % 3 === 0 ? 'sentinel-2b' : 'sentinel-2a',
      },
    };
  });
}

const RGB: Rendering = { bands: [2, 1, 0], ramp: 'gray', stretch: 'p2-98', classes: null };

/** Chips of 64 × 64 pixels of 10 m in two rows of the landscape, some cloudy, some cut by the edge of a scene. */
export function chips(count: number, side = 64): ChipItem[] {
  const rand = random(21);
  return Array.from({ length: count }, (_, i) => {
    const [cx, cy] = [i % 8, Math.floor(i / 8)];
    const cloud = i % 5 === 3 ? 0.5 : i % 11 === 5 ? 0.7 : 0.15;
    const missing = i % 8 === 0 ? 0.3 : 0;
    const [w, s] = [11.02 + cx * 0.0105, 46.47 - cy * 0.0075];
    const bbox = box(w, s, w + 0.0084, s + 0.0058);
    const date = JUNE_1 + (i % 6) * 5 * DAY + 10.18 * 3600e6;
    return {
      id: `chip-${String(i + 1).padStart(3, '0')}`,
      title: `chip ${i + 1}`,
      bbox,
      outline: turned(bbox, 0.02),
      crs: 'EPSG:32632',
      transform: [10, 0, 655_000 + cx * 800, 0, -10, 5_148_000 - cy * 800],
      shape: [side, side],
      startMicros: date,
      endMicros: date,
      validFraction: missing > 0 ? 0.71 : i % 5 === 3 ? 0.996 : 1,
      properties: {
        scene: `S2A_32TPS_202406${String(1 + (i % 6) * 5).padStart(2, '0')}`,
        cloud_fraction: Number((cloud > 0.5 ? 0.3 + rand() * 0.5 : rand() * 0.05).toFixed(3)),
        entropy: Number((3 + rand() * 2).toFixed(2)),
      },
      preview:
        i === 14
          ? null
          : scene({
              width: side,
              height: side,
              u: 0.1 + cx * 0.34,
              v: 0.1 + cy * 0.42,
              unit: 0.32 / side,
              seed: i % 6,
              cloud,
              missing,
            }),
      error: i === 14 ? 'tile 3 of B04 is corrupt' : null,
    };
  });
}

function payload<K extends PayloadKind>(
  kind: K,
  title: string,
  alt: string,
  data: PayloadData[K],
  datasetId = `sha256:${kind}`,
): Payload<K, PayloadData[K]> {
  return {
    kind,
    version: 1,
    viewId: `cell-${kind}:0`,
    datasetId,
    title,
    alt,
    producer: 'nadir 0.1.0',
    live: true,
    truncated: null,
    data,
  };
}

const rows = footprints();

/** Three dates of NDVI with gaps of their own, reduced from an array four times as large, and a class band on demand. */
function ndviSeries(base: PayloadData['tensor']): PayloadData['tensor'] {
  const [width, height] = [60, 40];
  const frames = [0.2, 0.5, 0.8].map((green, k): Preview => {
    const q = Buffer.alloc(width * height * 2);
    const bits = Buffer.alloc((width * height) / 8).fill(255);
    for (let i = 0; i < width * height; i++) {
      const ndvi = -0.3 + green * 1.3 * fractal((i % width) / 15, Math.floor(i / width) / 15, 7 + k);
      q.writeUInt16LE(Math.round(((ndvi + 1) / 2) * 65_535), i * 2);
    }
    bits.fill(0, 0, 30 + 30 * k);
    const stats = { min: -0.3, max: 0.7, mean: 0.2, p2: -0.25, p98: 0.2 + green / 2 };
    const band = { name: 'NDVI', scale: 2 / 65_535, offset: -1, q: q.toString('base64'), stats };
    return { width, height, step: 4, bands: [{ ...band, valid: bits.toString('base64') }], valid: null };
  });
  return {
    ...base,
    dims: ['time', 'band', 'y', 'x'],
    shape: [3, 2, 160, 240],
    dtype: 'float32',
    bandNames: ['NDVI', 'SCL'],
    validFraction: 0.9,
    times: [0, 5, 10].map((d) => JUNE_1 + d * DAY),
    preview: frames[0]!,
    frames,
    rendering: { bands: [0], ramp: 'diverging', stretch: 'p2-98', classes: null },
    units: ['1', ''],
    classBands: [{ band: 1, classes: LAND_COVER }],
    levels: 2,
    statsEvery: 3,
  };
}

/** One payload of each kind (some kinds twice), by name. */
export function fixtures(): Readonly<Record<string, AnyPayload>> {
  const items = chips(40);
  const tensorPreview = scene({
    width: 256,
    height: 192,
    u: 0.2,
    v: 0.2,
    unit: 0.011,
    seed: 2,
    cloud: 0.3,
    missing: 0.12,
  });
  const cover = new Float64Array(200 * 150);
  for (let i = 0; i < cover.length; i++) {
    const kinds = { forest: 1, wheat: 2, maize: 2, soil: 2, meadow: 3, town: 4, water: 5, rock: 6 } as Readonly<
      Record<string, number>
    >;
    cover[i] = kinds[groundAt(0.2 + (i % 200) * 0.014, 0.2 + Math.floor(i / 200) * 0.014, 11)] ?? 3;
  }
  const coverBand: PreviewBand = {
    name: 'landcover',
    scale: 1,
    offset: 0,
    q: Buffer.from(Uint16Array.from(cover).buffer).toString('base64'),
    stats: { min: 1, max: 6, mean: 2.4, p2: 1, p98: 6 },
  };
  const corners = [
    [11.02, 46.52],
    [11.054, 46.521],
    [11.055, 46.503],
    [11.021, 46.502],
  ] as const;
  const tensor = {
    crs: 'EPSG:32632',
    transform: [10, 0, 655_000, 0, -10, 5_154_000] as const,
    dims: ['band', 'y', 'x'],
    shape: [4, 192, 256],
    dtype: 'uint16',
    bandNames: ['B02', 'B03', 'B04', 'B08'],
    validFraction: 0.88,
    corners,
    bbox: box(11.02, 46.502, 11.055, 46.521),
    times: [JUNE_1 + 10 * DAY],
    preview: tensorPreview,
    rendering: RGB,
  };
  const all: AnyPayload[] = [
    payload('catalog', '12 Sentinel-2 scenes', '12 scenes, 2024-06-01 to 2024-06-27, 10.3–13.4°E 45.9–47.0°N', {
      crs: 'EPSG:32632, EPSG:32633',
      counts: { rows: 12, dated: 12, static: 0, skipped: 1 },
      bbox: box(10.29, 45.92, 13.42, 47.0),
      interval: { startMicros: rows[0]?.startMicros ?? 0, endMicros: rows[11]?.endMicros ?? 0 },
      rows,
      skipped: [
        {
          item: 'scenes/broken.tif',
          code: 'corrupt-file',
          message: 'The file ends after 3 kB; its header promises 11 MB.',
          hint: 'Copy it again from its source.',
        },
      ],
    }),
    payload('geoslice', 'GeoSlice', 'GeoSlice of 512 × 512 px in EPSG:32632 near Bolzano', {
      outline: turned(box(11.02, 46.46, 11.088, 46.507), 0.02),
      bbox: box(11.02, 46.46, 11.088, 46.507),
      crs: 'EPSG:32632',
      bounds: [655_000, 5_148_000, 660_120, 5_153_120],
      resolution: [10, 10],
      shape: [512, 512],
      interval: { startMicros: JUNE_1, endMicros: JUNE_1 + 30 * DAY - 1 },
    }),
    payload('tensor', 'GeoTensor', 'Image of 4 bands, 192 × 256 px, EPSG:32632', tensor),
    payload('samples', 'randomSampler', '60 chips of 64 × 64 px over two scenes', {
      length: 60,
      seed: '42',
      crs: 'EPSG:32632',
      chipSize: [64, 64],
      bbox: null,
      items: Array.from({ length: 60 }, (_, i) => {
        const r = random(100 + i);
        const [w, s] = [10.45 + r() * 1.1, 46.12 + r() * 0.75];
        const b = box(w, s, w + 0.034, s + 0.023);
        return {
          id: `sample-${i + 1}`,
          outline: turned(b, 0.02),
          bbox: b,
          startMicros: JUNE_1 + (i % 6) * 5 * DAY,
          endMicros: JUNE_1 + (i % 6) * 5 * DAY,
        };
      }),
      skipped: [
        { item: 'S2A_32TPS_20240611', reason: 'less than 50 % valid', count: 7 },
        { item: 'S2B_32TPS_20240616', reason: 'cloud over 40 %', count: 4 },
      ],
    }),
    payload(
      'chips',
      '40 chips of 64 × 64',
      '40 chips of four bands',
      { count: 40, bandNames: ['B02', 'B03', 'B04', 'B08'], rendering: RGB, items, curation: null },
      'sha256:chips',
    ),
    payload(
      'curation',
      'curate(chips)',
      '40 chips to curate',
      {
        of: 'samples',
        count: 40,
        bandNames: ['B02', 'B03', 'B04', 'B08'],
        rendering: RGB,
        items,
        curation: { source: 'chips', steps: [] },
      },
      'sha256:curation',
    ),
    payload('table', 'scenes.toRows()', '240 rows of 7 columns', {
      columns: ['id', 'date', 'platform', 'eo:cloud_cover', 'valid', 'rows', 'note'],
      rows: Array.from({ length: 240 }, (_, i) => {
        const r = random(i + 7);
        return [
          `S2${i % 2 ? 'A' : 'B'}_32TPS_${20240601 + (i % 30)}`,
          `2024-06-${String(1 + (i % 30)).padStart(2, '0')}`,
          i % 2 ? 'sentinel-2a' : 'sentinel-2b',
          Number((r() * 100).toFixed(2)),
          r() > 0.1,
          10_980 + i,
          i % 9 === 0 ? null : 'ok',
        ];
      }),
    }),
    payload('report', 'Export of selection', '38 of 40 chips exported, 2 warnings, 1 error', {
      facts: [
        { label: 'format', value: 'COG + PNG + GeoParquet' },
        { label: 'items', value: 38 },
        { label: 'files', value: 77 },
        { label: 'size', value: '11.4 MB' },
        { label: 'folder', value: 'out/quickstart/dataset' },
        { label: 'duration', value: '3.2 s' },
      ],
      tables: [
        {
          title: 'Items per split',
          columns: ['split', 'items', 'share'],
          rows: [
            ['train', 27, 0.71],
            ['validation', 6, 0.158],
            ['test', 5, 0.132],
          ],
        },
      ],
      warnings: [
        '2 chips lie on the edge of a scene and are 29 % nodata.',
        'Scene S2A_32TPS_20240611 has no cloud mask; clouds were not screened.',
      ],
      errors: [
        {
          item: 'chip-015',
          code: 'corrupt-tile',
          message: 'Tile 3 of band B04 in S2A_32TPS_20240611.tif cannot be decoded (bytes 81 920–90 112).',
          hint: 'Copy the file again, or leave the scene out with .where("id != …").',
        },
      ],
    }),
    payload('progress', 'Building catalog', 'Reading headers: 128 of 312 files', {
      label: 'Reading headers',
      done: 128,
      total: 312,
      unit: 'files',
      bytes: 41_200_000,
      failed: 0,
      elapsedMs: 4200,
      finished: false,
    }),
  ];
  const byName: Record<string, AnyPayload> = Object.fromEntries(all.map((p) => [p.kind, p]));
  byName['landcover'] = {
    ...payload('tensor', 'Land cover', 'Land-cover classes, 150 × 200 px', {
      ...tensor,
      shape: [1, 150, 200],
      dtype: 'uint8',
      bandNames: ['landcover'],
      validFraction: 1,
      times: null,
      preview: { width: 200, height: 150, step: 1, bands: [coverBand], valid: null },
      rendering: { bands: [0], ramp: 'viridis', stretch: 'min-max', classes: LAND_COVER },
    }),
    viewId: 'cell-landcover:0',
  };
  byName['series'] = {
    ...payload('tensor', 'NDVI', 'NDVI of three dates, 40 × 60 px', ndviSeries(tensor)),
    viewId: 'cell-series:0',
  };
  byName['progress-done'] = {
    ...payload('progress', 'Exporting', 'Exported 38 chips, 2 failed', {
      label: 'Exporting chips',
      done: 40,
      total: 40,
      unit: 'chips',
      bytes: 11_400_000,
      failed: 2,
      elapsedMs: 3200,
      finished: true,
    }),
    viewId: 'cell-progress-done:0',
  };
  return byName;
}

/** A payload with other ids, for pages that show one kind several times. */
export function renamed<P extends AnyPayload>(p: P, viewId: string, datasetId = p.datasetId): P {
  return { ...p, viewId, datasetId };
}
