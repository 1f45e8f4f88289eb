/** GeoKeys (OGC 19-008r4): the CRS of a GeoTIFF as a small table of numbers and texts. */
import { TAG, type Tags } from './directory.js';

/** GeoKeys by their numbers. */
export const KEY = {
  ModelType: 1024,
  RasterType: 1025,
  Citation: 1026,
  GeodeticCrs: 2048,
  GeodeticCitation: 2049,
  GeodeticDatum: 2050,
  PrimeMeridian: 2051,
  AngularUnits: 2054,
  Ellipsoid: 2056,
  SemiMajorAxis: 2057,
  SemiMinorAxis: 2058,
  InverseFlattening: 2059,
  PrimeMeridianLongitude: 2061,
  ToWgs84: 2062,
  ProjectedCrs: 3072,
  ProjectedCitation: 3073,
  Projection: 3074,
  ProjectionMethod: 3075,
  LinearUnits: 3076,
  LinearUnitSize: 3077,
  StandardParallel1: 3078,
  StandardParallel2: 3079,
  NaturalOriginLongitude: 3080,
  NaturalOriginLatitude: 3081,
  FalseEasting: 3082,
  FalseNorthing: 3083,
  FalseOriginLongitude: 3084,
  FalseOriginLatitude: 3085,
  FalseOriginEasting: 3086,
  FalseOriginNorthing: 3087,
  CenterLongitude: 3088,
  CenterLatitude: 3089,
  ScaleAtNaturalOrigin: 3092,
  ScaleAtCenter: 3093,
  StraightVerticalPoleLongitude: 3095,
} as const;

/** The value that means "defined by the file's own parameters". */
export const USER_DEFINED = 32767;

/** Values of the GeoKeys of a file. */
export interface GeoKeys {
  readonly numbers: ReadonlyMap<number, readonly number[]>;
  readonly texts: ReadonlyMap<number, string>;
}

/** Reads the GeoKey directory; null when the file has none. Entries that point outside their tables are left out. */
export function readGeoKeys(tags: Tags): GeoKeys | null {
  const directory = tags.numbers(TAG.GeoKeyDirectory);
  if (!directory || directory.length < 4) return null;
  const doubles = tags.numbers(TAG.GeoDoubleParams) ?? [];
  const text = tags.text(TAG.GeoAsciiParams) ?? '';
  const numbers = new Map<number, readonly number[]>();
  const texts = new Map<number, string>();
  const count = Math.min(directory[3] ?? 0, Math.floor(directory.length / 4) - 1);
  for (let i = 1; i <= count; i++) {
    const key = directory[i * 4] ?? 0;
    const location = directory[i * 4 + 1] ?? 0;
    const length = directory[i * 4 + 2] ?? 0;
    const offset = directory[i * 4 + 3] ?? 0;
    if (location === 0) numbers.set(key, [offset]);
    else if (location === TAG.GeoDoubleParams && offset + length <= doubles.length)
      numbers.set(key, doubles.slice(offset, offset + length));
    else if (location === TAG.GeoKeyDirectory && offset + length <= directory.length)
      numbers.set(key, directory.slice(offset, offset + length));
    else if (location === TAG.GeoAsciiParams)
      texts.set(key, text.slice(offset, offset + length).replace(/[|\0]+$/, ''));
  }
  return { numbers, texts };
}
