/** Bands that hold classes instead of measurements, and the colours of well-known classes. */

/** One class of a band. */
export interface BandClass {
  readonly value: number;
  readonly name: string;
  readonly colour: string;
}

/** Names of categorical bands (`loading.md` §2.1). */
const NAMES = /^(qa.*|scl|msk.*|clm|fmask|.*mask|.*label|.*class|worldcover|.*land_?cover|lulc|map)$/i;

/** True when a band of this name, or of a tensor with these attributes, holds classes. */
export function isCategorical(bandName: string, attrs: Readonly<Record<string, unknown>> = {}): boolean {
  return NAMES.test(bandName.trim()) || classesInAttrs(attrs) !== null;
}

const c = (value: number, name: string, colour: string): BandClass => ({ value, name, colour });

/** Sentinel-2 Level-2A scene classification; colours of the Sen2Cor manual. */
export const SCL_CLASSES: readonly BandClass[] = [
  c(0, 'no data', '#000000'),
  c(1, 'saturated or defective', '#ff0000'),
  c(2, 'dark or cast shadow', '#2f2f2f'),
  c(3, 'cloud shadow', '#643200'),
  c(4, 'vegetation', '#00a000'),
  c(5, 'not vegetated', '#ffe65a'),
  c(6, 'water', '#0000ff'),
  c(7, 'unclassified', '#808080'),
  c(8, 'cloud, medium probability', '#c0c0c0'),
  c(9, 'cloud, high probability', '#ffffff'),
  c(10, 'thin cirrus', '#64c8ff'),
  c(11, 'snow or ice', '#ff96ff'),
];

/** ESA WorldCover; colours of its product user manual. */
export const WORLDCOVER_CLASSES: readonly BandClass[] = [
  c(10, 'tree cover', '#006400'),
  c(20, 'shrubland', '#ffbb22'),
  c(30, 'grassland', '#ffff4c'),
  c(40, 'cropland', '#f096ff'),
  c(50, 'built-up', '#fa0000'),
  c(60, 'bare or sparse vegetation', '#b4b4b4'),
  c(70, 'snow and ice', '#f0f0f0'),
  c(80, 'permanent water', '#0064c8'),
  c(90, 'herbaceous wetland', '#0096a0'),
  c(95, 'mangroves', '#00cf75'),
  c(100, 'moss and lichen', '#fae6a0'),
];

/** Colours of classes that nobody named, chosen to differ for colour-blind readers too (after Okabe and Ito, 2008). */
const PALETTE = [
  '#0072b2',
  '#e69f00',
  '#009e73',
  '#cc79a7',
  '#56b4e9',
  '#d55e00',
  '#f0e442',
  '#7f7f7f',
  '#6a3d9a',
  '#b15928',
];
const BACKGROUND = '#d9d9d9';
/** More distinct values than this are a measurement, whatever the name says. */
export const MOST_CLASSES = 32;

function hex(value: unknown): string | null {
  if (typeof value === 'string' && /^#[0-9a-fA-F]{6}$/.test(value)) return value.toLowerCase();
  if (!Array.isArray(value) || value.length < 3) return null;
  const parts: readonly unknown[] = value.slice(0, 3);
  if (!parts.every((v): v is number => typeof v === 'number')) return null;
  return `#${parts
    .map((v) =>
      Math.max(0, Math.min(255, Math.round(v)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Classes that the tensor itself carries: `attrs.classes`, a list of `{ value, name?, colour? }`; null when it has none. */
export function classesInAttrs(attrs: Readonly<Record<string, unknown>>): readonly BandClass[] | null {
  const list: unknown = attrs['classes'];
  if (!Array.isArray(list) || list.length === 0) return null;
  const classes = list.flatMap((entry: unknown, i): BandClass[] => {
    if (typeof entry !== 'object' || entry === null || !('value' in entry) || typeof entry.value !== 'number')
      return [];
    const name = 'name' in entry && typeof entry.name === 'string' ? entry.name : String(entry.value);
    const colour = hex('colour' in entry ? entry.colour : 'color' in entry ? entry.color : null);
    return [c(entry.value, name, colour ?? PALETTE[i % PALETTE.length] ?? '#7f7f7f')];
  });
  return classes.length > 0 ? classes : null;
}

/** A mask: what does not hold, and what does. */
export const MASK_CLASSES: readonly BandClass[] = [c(0, 'no', BACKGROUND), c(1, 'yes', '#0072b2')];

/** Classes of a band: its own, those of a known product, or one colour per distinct value; null for a measurement. */
export function classesOf(
  bandName: string,
  values: readonly number[],
  attrs: Readonly<Record<string, unknown>>,
): readonly BandClass[] | null {
  const own = classesInAttrs(attrs);
  // A colour table of a GeoTIFF has no names; those of a known product say more than numbers.
  if (own?.some((k) => k.name !== String(k.value)) === true) return own;
  const present = [...new Set(values)].sort((a, b) => a - b);
  const fits = (table: readonly BandClass[]): boolean =>
    present.every((v) => v === 0 || table.some((k) => k.value === v));
  if (/^scl$/i.test(bandName) && fits(SCL_CLASSES)) return SCL_CLASSES;
  if (/^(worldcover|map|.*land_?cover)$/i.test(bandName) && fits(WORLDCOVER_CLASSES)) return WORLDCOVER_CLASSES;
  if (own) return own;
  if (!isCategorical(bandName) || present.length > MOST_CLASSES) return null;
  // 0 is the background wherever labels are burned, and keeps out of the way.
  return present.map((v, i) => c(v, String(v), v === 0 ? BACKGROUND : (PALETTE[i % PALETTE.length] ?? BACKGROUND)));
}
