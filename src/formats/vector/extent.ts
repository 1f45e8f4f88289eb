/** Total bounds and types of geometries while they go by. */
import type { Bounds } from '../../core/index.js';

/** Grows with every point; points that are not finite (as in an empty point) count for nothing. */
export class Extent {
  xmin = Infinity;
  ymin = Infinity;
  xmax = -Infinity;
  ymax = -Infinity;

  add(x: number, y: number): void {
    if (!Number.isFinite(x) || !Number.isFinite(y)) return;
    if (x < this.xmin) this.xmin = x;
    if (x > this.xmax) this.xmax = x;
    if (y < this.ymin) this.ymin = y;
    if (y > this.ymax) this.ymax = y;
  }

  addBox([xmin, ymin, xmax, ymax]: Bounds): void {
    this.add(xmin, ymin);
    this.add(xmax, ymax);
  }

  /** Null when no point was added. */
  get bounds(): Bounds | null {
    // Adding 0 turns −0 (as Parquet statistics have it) into 0.
    return this.xmin <= this.xmax ? [this.xmin + 0, this.ymin + 0, this.xmax + 0, this.ymax + 0] : null;
  }
}

/** Types met, in the order of Simple Features, joined by commas; `Geometry` when none was. */
export function joinTypes(types: ReadonlySet<string>): string {
  return types.size === 0 ? 'Geometry' : [...types].sort().join(',');
}

/** Four finite numbers in order, or null: headers may hold anything. */
export function saneBounds(b: readonly number[]): Bounds | null {
  const [xmin = NaN, ymin = NaN, xmax = NaN, ymax = NaN] = b;
  return b.slice(0, 4).every(Number.isFinite) && xmin <= xmax && ymin <= ymax ? [xmin, ymin, xmax, ymax] : null;
}
