/** Hints of the library in the words of `nadir catalog`. */

/** Options of the library that are flags of the command line. */
const FLAGS: readonly (readonly [RegExp, string])[] = [
  [/\btargetCrs: '([^']+)'/g, '--crs $1'],
  [/\btargetCrs\b/g, '--crs'],
  [/\btargetResolution\b/g, '--resolution'],
  [/\bassets: '\*'/g, "--assets '*'"],
  [/\bfilenameRegex\b/g, '--regex'],
  [/\bdateFormat\b/g, '--date-format'],
  [/\bdatePrecision: 'day'/g, '--day'],
  [/\btimeVar\b/g, '--time-var'],
  [/\bdataVars\b/g, '--vars'],
];

/** A hint of the library in the words of the command line. */
export function asFlags(hint: string): string {
  return FLAGS.reduce((text, [option, flag]) => text.replace(option, flag), hint);
}
