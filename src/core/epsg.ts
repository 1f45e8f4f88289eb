/** Looking up CRSs of the EPSG registry in the packed table. */
import { brotliDecompressSync } from 'node:zlib';
import { EPSG_TABLE } from './epsg-table.js';

/** One CRS of the table. */
export interface EpsgEntry {
  readonly name: string;
  readonly proj: string;
  /** The geographic CRS it is made on, itself for a geographic one: readers know the datum's shift by these. */
  readonly base: { readonly code: number; readonly name: string; readonly datum: string };
}

/** Unpacked when the first CRS is asked for that is not written out in `crs-definitions.ts`: 2 ms and 0.7 MB. */
let table: string | undefined;

/** The entry of an EPSG code, or undefined when the table has none. */
export function findEpsg(code: number): EpsgEntry | undefined {
  table ??= brotliDecompressSync(Buffer.from(EPSG_TABLE, 'base64')).toString();
  const [, base = '', name, proj] = lineOf(table, `\n${code}\t`) ?? [];
  const [, baseName, datum] = lineOf(table, `\n@${base}\t`) ?? [];
  if (name === undefined || proj === undefined || baseName === undefined || datum === undefined) return undefined;
  return { name, proj: unshifted(proj), base: { code: Number(base), name: baseName, datum } };
}

/** Datums on GRS 80 without a shift agree with WGS 84 here; saying so spares proj4 its way through geocentric coordinates. */
const unshifted = (proj: string): string =>
  proj.includes('+ellps=GRS80') && !proj.includes('+towgs84') ? `${proj} +towgs84=0,0,0,0,0,0,0` : proj;

/** The fields of the line that starts so. */
function lineOf(text: string, start: string): readonly string[] | undefined {
  const at = text.indexOf(start);
  return at < 0 ? undefined : text.slice(at + 1, text.indexOf('\n', at + 1)).split('\t');
}
