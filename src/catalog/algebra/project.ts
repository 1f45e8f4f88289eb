/** Footprints of one catalog in the CRS of another (`catalog.md` §5). */
import { Crs, isNadirError, TransformError, warn, type Bounds, type RunningTask } from '../../core/index.js';
import { encodeWkb } from '../../formats/geoparquet/index.js';
import { DEFAULT_DENSIFY } from '../footprint.js';
import { boxPolygon, footprintBounds, isBox, polygonsOf, type Area } from '../geometry.js';
import { SelectedTable } from '../operations/derived-table.js';
import { projectFootprint as projectArea } from '../stac/stac-geometry.js';
import { boxAt } from '../table-view.js';
import { holdsItsPoints, imageOrNull, isVast } from '../vast.js';
import { rowAt, type CatalogTable, type TableView } from '../table.js';
import type { CatalogRow, MultiPolygon, Polygon, Position } from '../types.js';
import { clipFootprints } from './clip.js';
import { rowsOf } from './row-index.js';
import { QuadrilateralImage } from './project-quadrilateral.js';
import { runSteps, runSync, type Steps } from './steps.js';

/** Rows between two offers to pause. */
const STRIDE = 32;

/** Positions of a ring with four edges: all of a quadrilateral's edges get all their points. */
const QUADRILATERAL = 5;

/**
 * A ring with further points on edges that are long for their ring: as close as 21 points on each side of a
 * quadrilateral of the same length. Outlines that were densified before gain none.
 */
function densified(ring: readonly Position[]): Position[] {
  const length = (a: Position, b: Position): number =>
    Math.hypot((b[0] ?? NaN) - (a[0] ?? NaN), (b[1] ?? NaN) - (a[1] ?? NaN));
  const lengths = ring.slice(1).map((q, i) => length(ring[i] ?? q, q));
  const step = lengths.reduce((sum, l) => sum + l, 0) / (4 * (DEFAULT_DENSIFY + 1));
  return ring.flatMap((p, i) => {
    const q = ring[i + 1];
    if (!q) return [p];
    // Half a step more than one is no long edge: outlines have unequal sides.
    const parts = Math.min(DEFAULT_DENSIFY + 1, Math.max(1, Math.round((lengths[i] ?? 0) / step)));
    return Array.from({ length: parts }, (_, k) =>
      k === 0 ? p : [0, 1].map((c) => (p[c] ?? NaN) + (((q[c] ?? NaN) - (p[c] ?? NaN)) * k) / parts),
    );
  });
}

/** The rectangle that a projected outline still is, or the outline. */
function asBox(area: Area): Area {
  const [rings, second] = polygonsOf(area);
  const ring = rings?.[0];
  if (!ring || second || rings.length !== 1) return area;
  const bounds = footprintBounds(area);
  const [xmin, ymin, xmax, ymax] = bounds;
  const onX = ([x]: Position): boolean => x === xmin || x === xmax;
  const onY = ([, y]: Position): boolean => y === ymin || y === ymax;
  const corners = new Set(ring.filter((p) => onX(p) && onY(p)).map(([x, y]) => `${x} ${y}`));
  return corners.size === 4 && ring.every((p) => onX(p) || onY(p)) ? boxPolygon(bounds) : area;
}

let latest: { readonly from: Crs; readonly to: Crs; readonly image: QuadrilateralImage } | undefined;

/** What projects quadrilaterals from one CRS to another; the latest is kept, for tables ask row by row. */
function imageOf(from: Crs, to: Crs): QuadrilateralImage {
  if (latest?.from !== from || latest.to !== to)
    latest = { from, to, image: new QuadrilateralImage(from, to, Crs.from('EPSG:4326')) };
  return latest.image;
}

/**
 * A footprint in another CRS: edges densified by 21 points, outer rings counter-clockwise. In degrees one across ±180
 * becomes two parts and one round a pole reaches it. What is a rectangle in both is one of five positions. The same CRS
 * returns the same object.
 *
 * @throws {@link TransformError} `outside-domain` when a point has no image.
 */
export function projectFootprint(geometry: Polygon | MultiPolygon, from: Crs, to: Crs): Polygon | MultiPolygon {
  if (from.equals(to)) return geometry;
  const image = imageOf(from, to);
  if (image.take(geometry)) return asBox({ type: 'Polygon', coordinates: [image.ring()] });
  const polygons = polygonsOf(geometry);
  if (polygons.every((rings) => rings.every((ring) => ring.length <= QUADRILATERAL)))
    return asBox(projectArea(geometry, from, to));
  const coordinates = polygons.map((rings) => rings.map(densified));
  return asBox(projectArea({ type: 'MultiPolygon', coordinates }, from, to, 0));
}

/** From which CRS into which. */
export interface Projection {
  readonly from: Crs;
  readonly to: Crs;
  /** Boxes in `from` beyond which footprints do not matter: those that have no image there are cut. Null for all. */
  readonly within: readonly Bounds[] | null;
}

/** Rows left out that a warning names. */
const SHOWN_FAILURES = 5;

/** Rows in another CRS; only envelopes are kept, footprints are projected when asked for. */
class ProjectedTable extends SelectedTable {
  readonly #boxes: Float64Array;
  readonly #boxed: Uint8Array;
  readonly #projection: Projection;
  /** Parts of footprints that have an image although the whole has none. */
  readonly #parts = new Map<number, Area>();

  constructor(base: CatalogTable, rows: Uint32Array, projection: Projection) {
    super(base, rows);
    this.#projection = projection;
    this.#boxes = new Float64Array(rows.length * 4);
    this.#boxed = new Uint8Array(rows.length);
  }
  /** Computes the envelopes; gives the rows that have one. */
  *measure(): Steps<CatalogTable> {
    const kept: number[] = [];
    const failed: string[] = [];
    const { base } = this;
    const { from, to } = this.#projection;
    for (let i = 0; i < this.length; i++) {
      if (i % STRIDE === 0) yield { done: i, total: this.length, unit: 'rows' };
      let geometry: Area | null;
      try {
        const quick = imageOf(from, to);
        if (
          !isVast(boxAt(base, this.at(i)), from) &&
          quick.take(super.geometry(i)) &&
          !quick.envelope(this.#boxes, i * 4)
        ) {
          kept.push(i);
          continue;
        }
        geometry = this.#image(i);
      } catch (error) {
        if (!isNadirError(error, 'TransformError')) throw error;
        failed.push(`  ${this.id(i)} (${this.filepath(i)}): ${error.message}`);
        continue;
      }
      if (!geometry) continue;
      this.#boxes.set(footprintBounds(geometry), i * 4);
      this.#boxed[i] = isBox(geometry) ? 1 : 0;
      kept.push(i);
    }
    if (failed.length > 0) this.#warn(failed);
    return kept.length === this.length ? this : new SelectedTable(this, Uint32Array.from(kept));
  }
  /** The footprint, or the part of it that matters; null when nothing of it does. */
  #image(i: number): Area | null {
    const { from, to, within } = this.#projection;
    const whole = super.geometry(i);
    const vast = isVast(boxAt(this.base, this.at(i)), from);
    if (!within) {
      const image = projectFootprint(whole, from, to);
      if (vast && !holdsItsPoints(whole, image, from, to))
        throw new TransformError('outside-domain', 'it is larger than what can be projected.');
      return image;
    }
    const image = vast ? null : imageOrNull(() => projectFootprint(whole, from, to));
    if (image) return image;
    const coordinates = within.map((box) => boxPolygon(box).coordinates);
    const part = clipFootprints(whole, { type: 'MultiPolygon', coordinates });
    if (!part) return null;
    this.#parts.set(i, part);
    return projectFootprint(part, from, to);
  }
  #warn(failed: readonly string[]): void {
    const { from, to } = this.#projection;
    const rest = failed.length - SHOWN_FAILURES;
    const lines = [
      `${failed.length} of ${this.length} footprints have no image in ${to.canonical} (from ${from.canonical}), so these rows were left out:`,
      ...failed.slice(0, SHOWN_FAILURES),
      ...(rest > 0 ? [`  … and ${rest} more.`] : []),
    ];
    warn(lines.join('\n'));
  }
  override get boxes(): Float64Array {
    return this.#boxes;
  }
  override get boxed(): Uint8Array {
    return this.#boxed;
  }
  override geometry(i: number): Polygon | MultiPolygon {
    return projectFootprint(this.#parts.get(i) ?? super.geometry(i), this.#projection.from, this.#projection.to);
  }
  override wkb(i: number): Uint8Array {
    return encodeWkb(this.geometry(i));
  }
  override row(i: number): CatalogRow {
    return rowAt(this, i);
  }
}

function* projectSteps(view: TableView, projection: Projection): Steps<CatalogTable> {
  const { table, indices } = view;
  if (!projection.from.equals(projection.to))
    return yield* new ProjectedTable(table, rowsOf(view), projection).measure();
  return indices ? new SelectedTable(table, indices) : table;
}

/** As {@link projectTable}, in one go: for inputs known to be small. */
export function projectTableSync(view: TableView, projection: Projection): CatalogTable {
  return runSync(projectSteps(view, projection));
}

/**
 * The rows of a view as a table of their own (rows numbered from 0) in another CRS; ids and columns are untouched. The
 * same CRS and no selection returns the same table. Rows without image are left out, and one warning names them. Yields
 * to the event loop while envelopes are computed.
 */
export function projectTable(view: TableView, projection: Projection, task: RunningTask): Promise<CatalogTable> {
  return runSteps(projectSteps(view, projection), task);
}
