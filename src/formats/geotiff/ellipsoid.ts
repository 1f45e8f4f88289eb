/** Ellipsoids that files and PROJ name: EPSG code, PROJ name, semi-major axis in metres, inverse flattening (EPSG registry). */

/** One ellipsoid. */
export interface Ellipsoid {
  readonly code: number;
  readonly proj: string;
  readonly a: number;
  readonly inverseFlattening: number;
}

const ELLIPSOIDS: readonly Ellipsoid[] = [
  { code: 7030, proj: 'WGS84', a: 6378137, inverseFlattening: 298.257223563 },
  { code: 7019, proj: 'GRS80', a: 6378137, inverseFlattening: 298.257222101 },
  { code: 7001, proj: 'airy', a: 6377563.396, inverseFlattening: 299.3249646 },
  { code: 7003, proj: 'aust_SA', a: 6378160, inverseFlattening: 298.25 },
  { code: 7004, proj: 'bessel', a: 6377397.155, inverseFlattening: 299.1528128 },
  { code: 7008, proj: 'clrk66', a: 6378206.4, inverseFlattening: 294.9786982138982 },
  { code: 7012, proj: 'clrk80', a: 6378249.145, inverseFlattening: 293.465 },
  { code: 7022, proj: 'intl', a: 6378388, inverseFlattening: 297 },
  { code: 7024, proj: 'krass', a: 6378245, inverseFlattening: 298.3 },
  { code: 7043, proj: 'WGS72', a: 6378135, inverseFlattening: 298.26 },
];

/** The ellipsoid of an EPSG code. */
export function ellipsoidByCode(code: number | undefined): Ellipsoid | undefined {
  return ELLIPSOIDS.find((e) => e.code === code);
}

/** The ellipsoid of a PROJ name. */
export function ellipsoidByName(name: string | undefined): Ellipsoid | undefined {
  return ELLIPSOIDS.find((e) => e.proj === name);
}
