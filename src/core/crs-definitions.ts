/**
 * Definitions of the coordinate reference systems that need no network: the common ones here, others in the packed table.
 *
 * Parameters are those of the EPSG registry, as PROJ strings with x,y axis order.
 */
import { findEpsg } from './epsg.js';

export interface CrsDefinition {
  readonly name: string;
  readonly proj: string;
}

const POLAR = '+x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs';
const GRS80 = '+ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +units=m +no_defs';

const FIXED: Readonly<Record<number, CrsDefinition>> = {
  4326: { name: 'WGS 84', proj: '+proj=longlat +datum=WGS84 +no_defs' },
  4258: { name: 'ETRS89', proj: '+proj=longlat +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +no_defs' },
  4269: { name: 'NAD83', proj: '+proj=longlat +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +no_defs' },
  4674: { name: 'SIRGAS 2000', proj: '+proj=longlat +ellps=GRS80 +towgs84=0,0,0,0,0,0,0 +no_defs' },
  3857: {
    name: 'WGS 84 / Pseudo-Mercator',
    proj: '+proj=merc +a=6378137 +b=6378137 +lat_ts=0 +lon_0=0 +x_0=0 +y_0=0 +k=1 +units=m +nadgrids=@null +wktext +no_defs',
  },
  4087: {
    name: 'WGS 84 / World Equidistant Cylindrical',
    proj: '+proj=eqc +lat_ts=0 +lat_0=0 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
  },
  3035: {
    name: 'ETRS89-extended / LAEA Europe',
    proj: `+proj=laea +lat_0=52 +lon_0=10 +x_0=4321000 +y_0=3210000 ${GRS80}`,
  },
  3413: {
    name: 'WGS 84 / NSIDC Sea Ice Polar Stereographic North',
    proj: `+proj=stere +lat_0=90 +lat_ts=70 +lon_0=-45 ${POLAR}`,
  },
  3031: {
    name: 'WGS 84 / Antarctic Polar Stereographic',
    proj: `+proj=stere +lat_0=-90 +lat_ts=-71 +lon_0=0 ${POLAR}`,
  },
  3995: { name: 'WGS 84 / Arctic Polar Stereographic', proj: `+proj=stere +lat_0=90 +lat_ts=71 +lon_0=0 ${POLAR}` },
  6933: {
    name: 'WGS 84 / NSIDC EASE-Grid 2.0 Global',
    proj: '+proj=cea +lat_ts=30 +lon_0=0 +x_0=0 +y_0=0 +datum=WGS84 +units=m +no_defs',
  },
  5070: {
    name: 'NAD83 / Conus Albers',
    proj: `+proj=aea +lat_0=23 +lon_0=-96 +lat_1=29.5 +lat_2=45.5 +x_0=0 +y_0=0 ${GRS80}`,
  },
  2154: {
    name: 'RGF93 v1 / Lambert-93',
    proj: `+proj=lcc +lat_0=46.5 +lon_0=3 +lat_1=49 +lat_2=44 +x_0=700000 +y_0=6600000 ${GRS80}`,
  },
};

/** UTM families: first code, zones, datum name, ellipsoid part. */
const UTM_FAMILIES = [
  { base: 32600, from: 1, to: 60, datum: 'WGS 84', south: false, ellipsoid: '+datum=WGS84' },
  { base: 32700, from: 1, to: 60, datum: 'WGS 84', south: true, ellipsoid: '+datum=WGS84' },
  { base: 25800, from: 28, to: 38, datum: 'ETRS89', south: false, ellipsoid: '+ellps=GRS80 +towgs84=0,0,0,0,0,0,0' },
  { base: 26900, from: 1, to: 23, datum: 'NAD83', south: false, ellipsoid: '+ellps=GRS80 +towgs84=0,0,0,0,0,0,0' },
] as const;

/** Codes that mean the same as another one here, where axes are always x, y. */
export const CODE_ALIASES: Readonly<Record<string, number>> = {
  'OGC:CRS84': 4326,
  'EPSG:900913': 3857,
  'EPSG:102100': 3857,
  'ESRI:102100': 3857,
};

const registered = new Map<number, CrsDefinition>();

/** Adds a definition for an EPSG code. */
export function registerDefinition(epsg: number, definition: CrsDefinition): void {
  registered.set(epsg, definition);
}

/** The definition of an EPSG code, or undefined when it is not built in and nobody registered it. */
export function findDefinition(epsg: number): CrsDefinition | undefined {
  const fixed = FIXED[epsg] ?? registered.get(epsg);
  if (fixed) return fixed;
  for (const f of UTM_FAMILIES) {
    const zone = epsg - f.base;
    if (zone >= f.from && zone <= f.to) {
      const south = f.south ? ' +south' : '';
      return {
        name: `${f.datum} / UTM zone ${zone}${f.south ? 'S' : 'N'}`,
        proj: `+proj=utm +zone=${zone}${south} ${f.ellipsoid} +units=m +no_defs`,
      };
    }
  }
  return findEpsg(epsg);
}
