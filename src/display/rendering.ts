/** How bands become colours at first: true colour where the names tell, classes where there are any, else one band. */
import { classesOf, isCategorical } from './categorical.js';
import type { Rendering } from './wire/payload.js';

/** Band names of true-colour triples, tried in this order; leading zeros and case do not count. */
const TRIPLES: readonly (readonly [string, string, string])[] = [
  ['B4', 'B3', 'B2'],
  ['RED', 'GREEN', 'BLUE'],
  ['R', 'G', 'B'],
  ['SR_B4', 'SR_B3', 'SR_B2'],
  ['REF_RED', 'REF_GREEN', 'REF_BLUE'],
  ['BAND4', 'BAND3', 'BAND2'],
  // Near infrared as red, where there is no blue: vegetation is red.
  ['B8', 'B4', 'B3'],
  ['NIR', 'RED', 'GREEN'],
  ['SR_B5', 'SR_B4', 'SR_B3'],
];
/** Quantities whose order matters more than their look. */
const QUANTITY = /(index|dem|dsm|dtm|elev|height|altitude|temp|tmax|tmin|precip|prob|slope)/i;

/** Quantities around zero: normalised differences, indices made of them, changes. */
const AROUND_ZERO =
  /(^|[^a-z])(nd[a-z]{1,3}i|m?ndwi|nbr2?|d?nbr|g?ndvi|evi2?|m?savi|normali[sz]ed[ _]difference)([^a-z]|$)|anomal|change|difference|delta/i;

/** What a default rendering is chosen from. */
export interface RenderingFacts {
  readonly bandNames: readonly string[];
  readonly dtype: string;
  readonly attrs?: Readonly<Record<string, unknown>>;
  /** Values that a band takes, asked only for a categorical one. */
  readonly valuesOf?: (band: number) => readonly number[];
}

function normal(name: string): string {
  return name
    .trim()
    .toUpperCase()
    .replace(/^BAND[ _](?=\d)/, 'BAND')
    .replace(/([A-Z_])0+(?=\d)/, '$1');
}

/** Indices of red, green and blue, or undefined. */
export function rgbBands(bandNames: readonly string[], dtype: string): readonly [number, number, number] | undefined {
  const names = bandNames.map(normal);
  for (const triple of TRIPLES) {
    const [r = -1, g = -1, b = -1] = triple.map((name) => names.indexOf(name));
    // Bands called only "band 4", "band 3", "band 2" are numbered, not named after a sensor.
    if (r >= 0 && g >= 0 && b >= 0 && !(triple[0] === 'BAND4' && bandNames.every((n) => /^band \d+$/.test(n))))
      return [r, g, b];
  }
  if (bandNames.some((n) => isCategorical(n))) return undefined;
  // Pictures have three bytes, or four with opacity; three bands of whole numbers without names are nearly always red,
  // green, blue too.
  const isPicture = dtype === 'uint8' && (bandNames.length === 3 || bandNames.length === 4);
  const isNameless =
    bandNames.length === 3 && bandNames.every((n) => /^band \d+$/.test(n)) && !dtype.startsWith('float');
  return isPicture || isNameless ? [0, 1, 2] : undefined;
}

/** The rendering at first; the stretch is always the 2nd to 98th percentile. */
export function chooseRendering(facts: RenderingFacts): Rendering {
  const { bandNames, dtype, attrs = {}, valuesOf } = facts;
  const rgb = rgbBands(bandNames, dtype);
  if (rgb) return { bands: rgb, ramp: 'gray', stretch: 'p2-98', classes: null };
  const measured = bandNames.findIndex((n) => !isCategorical(n, attrs));
  const band = Math.max(0, measured);
  const name = bandNames[band] ?? '';
  const classes = measured < 0 && valuesOf ? classesOf(name, valuesOf(band), attrs) : null;
  const isMeasure = facts.dtype.startsWith('float') || facts.dtype.startsWith('int');
  if (isMeasure && AROUND_ZERO.test(name)) return { bands: [band], ramp: 'diverging', stretch: 'p2-98', classes };
  const ramp = QUANTITY.test(name) || dtype.startsWith('float') ? 'viridis' : 'gray';
  return { bands: bandNames.length === 0 ? [] : [band], ramp, stretch: 'p2-98', classes };
}
