/** Seeded random rows on lattices, so that touches are common and areas exact. */
import { boxPolygon, footprintBounds } from '../../../../src/catalog/geometry.js';
import type { CatalogRow, MultiPolygon, Polygon } from '../../../../src/catalog/types.js';
import { createRandom, Crs, MICROS_PER_DAY, parseTime, type Bounds } from '../../../../src/core/index.js';

export interface World {
  readonly name: string;
  readonly crs: Crs;
  /** Lower corner of the lattice and length of its step in CRS units. */
  readonly origin: readonly [x: number, y: number];
  readonly step: number;
  /** Footprints that only a world in degrees has. */
  readonly special: readonly (Polygon | MultiPolygon)[];
}

/** Steps of the lattice along each axis. */
export const LATTICE = 24;
export const EPOCH = parseTime('2023-12-20');

const ring = (points: readonly (readonly [number, number])[]): number[][] => points.map(([x, y]) => [x, y]);

export const WORLDS: readonly World[] = [
  { name: 'UTM', crs: Crs.from('EPSG:32631'), origin: [500_000, 5_400_000], step: 1000, special: [] },
  { name: 'web Mercator', crs: Crs.from('EPSG:3857'), origin: [200_000, 5_000_000], step: 4096, special: [] },
  {
    name: 'degrees',
    crs: Crs.from('EPSG:4326'),
    origin: [2, 42],
    step: 0.25,
    special: [
      {
        type: 'MultiPolygon',
        coordinates: [boxPolygon([179, 10, 180, 12]).coordinates, boxPolygon([-180, 10, -178, 12]).coordinates],
      },
      {
        type: 'MultiPolygon',
        coordinates: [boxPolygon([178, 11, 180, 13]).coordinates, boxPolygon([-180, 11, -179.5, 13]).coordinates],
      },
      boxPolygon([-180, 84, 180, 90]),
      boxPolygon([-180, -90, 180, -85]),
      boxPolygon([-30, 83, 30, 86]),
    ],
  },
];

const NAMES = ["O'Hare", 'Zürich', '東京', 'plain', '"quoted"', 'a,b;c'];

/** Rows of a world: boxes and diamonds, days and instants, some static, nulls, apostrophes and other letters. */
export function randomRows(world: World, n: number, seed: number, tag: string): CatalogRow[] {
  const random = createRandom(seed, `${world.name}|${tag}`);
  const { crs, step } = world;
  const at = (k: number, axis: 0 | 1): number => world.origin[axis] + k * step;
  return Array.from({ length: n }, (_, i): CatalogRow => {
    const [x, y, r] = [random.int(LATTICE), random.int(LATTICE), 1 + random.int(4)];
    const box: Bounds = [at(x, 0), at(y, 1), at(x + r, 0), at(y + 1 + random.int(3), 1)];
    const diamond = random.uniform() < 0.3;
    const special = world.special[random.int(3 * LATTICE)];
    const geometry: Polygon | MultiPolygon =
      special ??
      (diamond
        ? {
            type: 'Polygon',
            coordinates: [
              ring([
                [at(x + r, 0), at(y, 1)],
                [at(x, 0), at(y + r, 1)],
                [at(x - r, 0), at(y, 1)],
                [at(x, 0), at(y - r, 1)],
                [at(x + r, 0), at(y, 1)],
              ]),
            ],
          }
        : boxPolygon(box));
    const start = EPOCH + random.int(30) * MICROS_PER_DAY + (random.uniform() < 0.3 ? 1 + random.int(1e9) : 0);
    const length = random.uniform() < 0.2 ? 0 : (1 + random.int(4)) * MICROS_PER_DAY - 1;
    const interval = random.uniform() < 0.15 ? null : Object.freeze({ start, end: start + length });
    const raster = random.uniform() < 0.7;
    return Object.freeze({
      id: `${tag}${i}`,
      filepath: `/data/${NAMES[random.int(NAMES.length)]}/${tag}${i}.tif`,
      geometry,
      bbox: footprintBounds(geometry),
      interval,
      static: interval === null,
      crs: random.uniform() < 0.2 ? Crs.from('EPSG:32632') : crs,
      native: raster
        ? Object.freeze({
            transform: [10, 0, 300_000, 0, -10, 5_000_000] as const,
            width: 10 + i,
            height: 20,
            count: 2,
            dtype: 'uint16' as const,
            nodata: random.uniform() < 0.5 ? null : 0,
            bandNames: ['B02', null],
            overviews: [[5, 10]] as const,
          })
        : null,
      columns: Object.freeze({
        'eo:cloud_cover': random.uniform() < 0.2 ? null : random.int(100),
        place: random.uniform() < 0.2 ? null : (NAMES[random.int(NAMES.length)] ?? null),
        good: random.uniform() < 0.5,
      }),
    });
  });
}

/** A random box of a world, on its lattice; sometimes empty of rows, sometimes of no extent. */
export function randomBox(world: World, random: ReturnType<typeof createRandom>): Bounds {
  const [x, y] = [random.int(LATTICE), random.int(LATTICE)];
  const at = (k: number, axis: 0 | 1): number => world.origin[axis] + k * world.step;
  return [at(x, 0), at(y, 1), at(x + random.int(10), 0), at(y + random.int(10), 1)];
}
