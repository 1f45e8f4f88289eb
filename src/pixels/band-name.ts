/** Names of bands as they are compared. */

/** Lower case, without leading zeros of numbers. `B2` equals `B02`; `B8` and `B8A` differ. */
export function canonicalBandName(name: string): string {
  return name
    .trim()
    .toLowerCase()
    .replace(/(?<!\d)0+(?=\d)/g, '');
}
