/** The classes of a loaded band, from the colour tables of its files. */
import type { NumericArray } from '../core/index.js';
import type { Rgba } from '../formats/raster/index.js';

/** One class of a band: `attrs.classes` lists them, and displays draw its legend from there. */
export interface BandClass {
  readonly value: number;
  readonly name: string;
  /** `#rrggbb` */
  readonly colour: string;
}

const hex = (c: Rgba): string =>
  `#${c
    .slice(0, 3)
    .map((v) => Math.round(v).toString(16).padStart(2, '0'))
    .join('')}`;

/**
 * The classes among the valid values, ascending, named by their number (GeoTIFF holds no names). Null when a file has
 * no colour table, or two files colour a present value differently: no legend is better than a wrong one.
 */
export function classesIn(
  values: NumericArray,
  valid: Uint8Array | null,
  tables: readonly (readonly Rgba[] | null)[],
): readonly BandClass[] | null {
  const [first] = tables;
  if (!first || tables.some((t) => t === null)) return null;
  const present = new Set<number>();
  for (let i = 0; i < values.length; i++) {
    // SAFETY: i < length.
    if (valid === null || valid[i] === 1) present.add(values[i] as number);
  }
  const classes: BandClass[] = [];
  for (const value of [...present].sort((a, b) => a - b)) {
    const colours = new Set(tables.map((t) => t?.[value] && hex(t[value])));
    const [colour] = colours;
    if (colours.size > 1) return null;
    if (colour !== undefined) classes.push({ value, name: String(value), colour });
  }
  return classes.length > 0 ? classes : null;
}
