/** The CRS that a vector file names: an EPSG code, WKT of OGC or ESRI, or nothing. */
import { Crs, CrsError, isNadirError, type NadirError } from '../../core/index.js';

export interface ReadCrs {
  readonly crs: Crs | null;
  readonly crsProblem: NadirError | null;
}

/** Codes of CRSs by their ESRI names, where parameters alone do not tell them apart (datums on GRS 80 all look alike). */
const ESRI_NAMES: Readonly<Record<string, number>> = {
  GCS_WGS_1984: 4326,
  GCS_North_American_1983: 4269,
  GCS_ETRS_1989: 4258,
  GCS_SIRGAS_2000: 4674,
  WGS_1984_Web_Mercator_Auxiliary_Sphere: 3857,
  ETRS_1989_LAEA: 3035,
  RGF_1993_Lambert_93: 2154,
  NAD_1983_Contiguous_USA_Albers: 5070,
  WGS_1984_EASE_Grid_2_Global: 6933,
};
const ESRI_UTM: readonly (readonly [pattern: RegExp, north: number, south: number | null])[] = [
  [/^WGS_1984_UTM_Zone_(\d{1,2})([NS])$/, 32600, 32700],
  [/^ETRS_1989_UTM_Zone_(\d{1,2})(N)$/, 25800, null],
  [/^NAD_1983_UTM_Zone_(\d{1,2})(N)$/, 26900, null],
];

function codeOfEsriName(wkt: string): number | undefined {
  const name = /^\s*(?:PROJCS|GEOGCS)\s*\[\s*"([^"]+)"/i.exec(wkt)?.[1];
  if (name === undefined) return undefined;
  for (const [pattern, north, south] of ESRI_UTM) {
    const m = pattern.exec(name);
    const base = m?.[2] === 'S' ? south : north;
    if (m && base !== null) return base + Number(m[1]);
  }
  return ESRI_NAMES[name];
}

/** The CRS of a code, name or WKT; what cannot be read comes as the problem. */
export function crsOrProblem(text: string, file: string): ReadCrs {
  try {
    const code = codeOfEsriName(text);
    return { crs: Crs.from(code === undefined ? text : `EPSG:${code}`), crsProblem: null };
  } catch (error) {
    if (!isNadirError(error)) throw error;
    const { code, message, hint } = error;
    return {
      crs: null,
      crsProblem: new CrsError(code, `${file}: ${message}`, { hint: hint ?? 'Register it.', cause: error }),
    };
  }
}
