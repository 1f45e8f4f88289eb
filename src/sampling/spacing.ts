/** Points on the sphere that keep a distance from each other. */

/** Mean Earth radius (IUGG), in metres. */
const EARTH_RADIUS_METRES = 6_371_008.8;

type Vector3 = readonly [x: number, y: number, z: number];

/** Accepts points that are at least so far, by great circle, from every point accepted before. Cells of a cube grid hold the neighbours. */
export class Spacing {
  /** Straight distance through the sphere of unit radius that equals the great-circle distance: 2·sin(d / 2R). */
  readonly #chord: number;
  readonly #cells = new Map<string, Vector3[]>();

  constructor(metres: number) {
    this.#chord = 2 * Math.sin(Math.min(Math.PI / 2, metres / (2 * EARTH_RADIUS_METRES)));
  }

  /** Whether the point is far enough; an accepted point counts from now on. */
  accept([lon, lat]: readonly [lon: number, lat: number]): boolean {
    const [lambda, phi] = [(lon * Math.PI) / 180, (lat * Math.PI) / 180];
    const p: Vector3 = [Math.cos(phi) * Math.cos(lambda), Math.cos(phi) * Math.sin(lambda), Math.sin(phi)];
    const [cx, cy, cz] = p.map((v) => Math.floor(v / this.#chord)) as [number, number, number];
    for (let dx = -1; dx <= 1; dx++) {
      for (let dy = -1; dy <= 1; dy++) {
        for (let dz = -1; dz <= 1; dz++) {
          const near = this.#cells.get(`${cx + dx},${cy + dy},${cz + dz}`);
          if (near?.some((q) => Math.hypot(p[0] - q[0], p[1] - q[1], p[2] - q[2]) < this.#chord) === true) return false;
        }
      }
    }
    const key = `${cx},${cy},${cz}`;
    const cell = this.#cells.get(key);
    if (cell) cell.push(p);
    else this.#cells.set(key, [p]);
    return true;
  }
}
