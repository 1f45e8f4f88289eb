/** Colour ramps as 256-entry tables and as CSS gradients. */
import { RAMP_ANCHORS, rampColour, type RampName } from '../../src/display/wire/ramp.js';

export type { RampName } from '../../src/display/wire/ramp.js';

const tables = new Map<RampName, Uint8Array>();

/** Red, green, blue of 256 steps from low to high: 768 bytes. */
export function rampTable(name: RampName): Uint8Array {
  const known = tables.get(name);
  if (known) return known;
  const table = new Uint8Array(768);
  for (let i = 0; i < 256; i++) table.set(rampColour(name, i / 255), i * 3);
  tables.set(name, table);
  return table;
}

/** The ramp as a CSS gradient from left (low) to right (high). */
export function rampGradient(name: RampName): string {
  return `linear-gradient(to right, ${RAMP_ANCHORS[name].map((c) => `rgb(${c.join(' ')})`).join(', ')})`;
}
