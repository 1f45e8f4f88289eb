/**
 * GeoSlice: an immutable request for data, where, when and how fine (`geoslice.md`).
 *
 * Longer than most files: a class cannot be spread over files, and its checks serve nothing else.
 */
import {
  affineResolution,
  applyAffine,
  invertAffine,
  isNorthUp,
  northUp,
  type Affine,
  type Bounds,
  type PixelWindow,
  type Resolution,
  type Shape2D,
} from './affine.js';
import { transformBounds } from './bounds.js';
import { Crs, type CrsInput } from './crs.js';
import { DISPLAY_METHOD, displayObject, KIND } from './display.js';
import { CrsError, GridAlignmentError, isNadirError, SliceError, TransformError, type NadirError } from './errors.js';
import { sha256 } from './hash.js';
import { warn, warnOnce } from './host.js';
import { clean, normalizeZero, roundHalfEven } from './rounding.js';
import { formatTime, parseInterval, type Interval, type IntervalInput } from './time.js';

export type AlignMode = 'off' | 'warn' | 'error' | 'snap';

export interface GeoSliceInit {
  readonly bounds: Bounds;
  /** Pixel size in CRS units; one number means both axes. */
  readonly resolution: Resolution | number;
  readonly crs: CrsInput;
  /** Null (the default) is time-agnostic: it matches every row. */
  readonly interval?: IntervalInput | null;
  readonly align?: AlignMode;
}

export interface GeoSliceJson {
  readonly type: 'GeoSlice';
  readonly version: 1;
  readonly bounds: readonly number[];
  readonly interval: { readonly start: string; readonly end: string; readonly closed: 'both' } | null;
  readonly resolution: readonly number[];
  readonly crs: string;
}

/** How far an extent may be from whole pixels and still count as aligned, in pixels. */
const ALIGN_TOLERANCE_PIXELS = 1e-3;
/** Latitude beyond which geographic pixels are strongly anisotropic, in degrees. */
const POLAR_LATITUDE = 80;
const ALIGN_MODES: readonly string[] = ['off', 'warn', 'error', 'snap'];

/** Beyond these a number cannot be a latitude or longitude; global grids may overlap ±90 and ±360 a little. */
const MOST_LATITUDE = 180;
const MOST_LONGITUDE = 1080;

/** Callers without types pass anything. */
function isQuadruple(value: unknown): boolean {
  return Array.isArray(value) && value.length === 4;
}

function checkBounds(bounds: Bounds, crs: Crs): Bounds {
  if (!isQuadruple(bounds)) {
    throw new SliceError('bounds-shape', `bounds are [xmin, ymin, xmax, ymax]; got ${JSON.stringify(bounds)}.`, {
      details: { field: 'bounds' },
    });
  }
  const names = ['xmin', 'ymin', 'xmax', 'ymax'] as const;
  bounds.forEach((value, i) => {
    if (typeof value !== 'number' || !Number.isFinite(value)) {
      throw new SliceError(
        'non-finite',
        `bounds.${names[i] ?? i} is ${String(value)}; all four bounds must be finite numbers.`,
        { details: { field: 'bounds', bounds } },
      );
    }
  });
  const [xmin, ymin, xmax, ymax] = bounds;
  if (!(xmin < xmax)) {
    const crossing = crs.isGeographic && xmin > xmax;
    throw new SliceError('bounds-order', `bounds need xmin < xmax; got xmin ${xmin} and xmax ${xmax}.`, {
      hint: crossing
        ? 'A box across the antimeridian is split first: GeoSlice.split180({ … }).'
        : 'Order bounds as [xmin, ymin, xmax, ymax].',
      details: { field: 'bounds', bounds },
    });
  }
  if (!(ymin < ymax)) {
    throw new SliceError('bounds-order', `bounds need ymin < ymax; got ymin ${ymin} and ymax ${ymax}.`, {
      hint: 'Order bounds as [xmin, ymin, xmax, ymax].',
      details: { field: 'bounds', bounds },
    });
  }
  const tooFar =
    Math.max(Math.abs(xmin), Math.abs(xmax)) > MOST_LONGITUDE ||
    Math.max(Math.abs(ymin), Math.abs(ymax)) > MOST_LATITUDE;
  if (crs.isGeographic && tooFar) {
    throw new SliceError(
      'not-degrees',
      `bounds ${JSON.stringify(bounds)} cannot be degrees, but ${crs.canonical} is in degrees.`,
      {
        hint: 'They look like metres: pass the CRS they are in, e.g. crs: catalog.crs.',
        details: { field: 'bounds', bounds, crs: crs.canonical },
      },
    );
  }
  return [normalizeZero(xmin), normalizeZero(ymin), normalizeZero(xmax), normalizeZero(ymax)];
}

function checkResolution(resolution: Resolution | number): Resolution {
  const pair: readonly unknown[] = Array.isArray(resolution) ? resolution : [resolution, resolution];
  const [x, y] = pair;
  if (
    pair.length !== 2 ||
    typeof x !== 'number' ||
    typeof y !== 'number' ||
    !Number.isFinite(x) ||
    !Number.isFinite(y) ||
    x <= 0 ||
    y <= 0
  ) {
    throw new SliceError(
      'bad-resolution',
      `resolution must be positive and finite on both axes; got ${JSON.stringify(resolution)}.`,
      {
        hint: 'Give one number, or [xRes, yRes], in CRS units; the sign of y lives in the transform.',
        details: { field: 'resolution', resolution },
      },
    );
  }
  return [x, y];
}

/** Extent in pixels per axis, cleaned of rounding noise. */
function extentInPixels([xmin, ymin, xmax, ymax]: Bounds, [xRes, yRes]: Resolution): readonly [qx: number, qy: number] {
  return [clean((xmax - xmin) / xRes), clean((ymax - ymin) / yRes)];
}

function snapBounds([xmin, ymin, xmax, ymax]: Bounds, resolution: Resolution): Bounds {
  const [nx, ny] = extentInPixels([xmin, ymin, xmax, ymax], resolution).map((q) => {
    const nearest = roundHalfEven(q);
    return Math.max(1, Math.abs(q - nearest) <= ALIGN_TOLERANCE_PIXELS ? nearest : Math.ceil(q));
  }) as [number, number];
  return [xmin, normalizeZero(ymax - ny * resolution[1]), normalizeZero(xmin + nx * resolution[0]), ymax];
}

/** Where, when and how fine: bounds with a CRS, a closed interval, a resolution. Immutable. */
export class GeoSlice {
  /** Bundlers rename a class that refers to itself. */
  static readonly name = 'GeoSlice';
  readonly bounds: Bounds;
  readonly interval: Interval | null;
  readonly resolution: Resolution;
  readonly crs: Crs;
  readonly align: AlignMode;

  private constructor(bounds: Bounds, interval: Interval | null, resolution: Resolution, crs: Crs, align: AlignMode) {
    this.bounds = Object.freeze(bounds);
    this.interval = interval;
    this.resolution = Object.freeze(resolution);
    this.crs = crs;
    this.align = align;
    Object.freeze(this);
  }

  /** Kind of this object, for displays. */
  get [KIND](): 'geoslice' {
    return 'geoslice';
  }

  [DISPLAY_METHOD](): Promise<Record<string, unknown>> {
    return displayObject(this);
  }

  /** One line for lists of variables. */
  toString(): string {
    const [height, width] = this.shape;
    return `${width} × ${height} pixels, ${this.crs.canonical}`;
  }

  /**
   * A validated slice.
   *
   * @throws {@link SliceError} `no-init`, `bounds-shape`, `bounds-order`, `not-degrees`, `non-finite`, `bad-resolution`, `bad-align`;
   * {@link CrsError}; {@link IntervalError}; {@link GridAlignmentError} with `align: 'error'`.
   */
  static create(init: GeoSliceInit): GeoSlice {
    if (typeof init !== 'object' || (init as object | null) === null) {
      throw new SliceError(
        'no-init',
        `GeoSlice.create takes { bounds, resolution, crs, interval?, align? }; got ${JSON.stringify(init)}.`,
      );
    }
    const crs = Crs.from(init.crs);
    const resolution = checkResolution(init.resolution);
    const align = init.align ?? 'off';
    if (!ALIGN_MODES.includes(align)) {
      throw new SliceError('bad-align', `align is one of ${ALIGN_MODES.join(', ')}; got ${JSON.stringify(align)}.`, {
        details: { field: 'align' },
      });
    }
    const given = checkBounds(init.bounds, crs);
    const bounds = align === 'snap' ? snapBounds(given, resolution) : given;
    const interval = init.interval === undefined || init.interval === null ? null : parseInterval(init.interval);
    const slice = new GeoSlice(bounds, interval, resolution, crs, align);
    if (align === 'error') slice.alignedShape();
    if (align === 'warn') slice.#warnWhenMisaligned();
    if (crs.isGeographic && Math.max(Math.abs(bounds[1]), Math.abs(bounds[3])) > POLAR_LATITUDE) {
      warnOnce(
        'polar',
        `A box in degrees reaches beyond latitude ±${POLAR_LATITUDE}, where pixels are much narrower than high. Use a polar CRS such as EPSG:3413 or EPSG:3031.`,
      );
    }
    return slice;
  }

  /**
   * The slice of a pixel window of a north-up raster.
   *
   * @throws {@link TransformError} `not-north-up` for rotated or south-up transforms.
   */
  static fromWindow(
    window: PixelWindow,
    transform: Affine,
    rest: { crs: CrsInput; interval?: IntervalInput | null },
  ): GeoSlice {
    requireNorthUp(transform);
    const [xmin, ymax] = applyAffine(transform, window.col, window.row);
    const [xmax, ymin] = applyAffine(transform, window.col + window.width, window.row + window.height);
    return GeoSlice.create({
      bounds: [xmin, ymin, xmax, ymax],
      resolution: affineResolution(transform),
      crs: rest.crs,
      interval: rest.interval ?? null,
    });
  }

  /**
   * One or two slices that tile a geographic box across ±180, west to east.
   *
   * @throws {@link CrsError} `not-geographic`.
   */
  static split180(init: GeoSliceInit): readonly GeoSlice[] {
    const crs = Crs.from(init.crs);
    if (!crs.isGeographic)
      throw new CrsError('not-geographic', `split180 needs a geographic CRS; ${crs.canonical} is not.`);
    const [west, ymin, east180, ymax] = init.bounds;
    const turns = Math.floor((west + 180) / 360) * 360;
    const xmin = west - turns;
    const xmax = east180 + (west > east180 ? 360 : 0) - turns;
    if (xmax <= 180) return [GeoSlice.create({ ...init, bounds: [xmin, ymin, xmax, ymax] })];
    const east: Bounds = [-180, ymin, Math.min(xmax - 360, xmin), ymax];
    return [
      GeoSlice.create({ ...init, bounds: [xmin, ymin, 180, ymax] }),
      ...(east[2] > -180 ? [GeoSlice.create({ ...init, bounds: east })] : []),
    ].filter((s) => s.bounds[0] < s.bounds[2]);
  }

  /**
   * The slice of its JSON form; missing `closed` means `both`, unknown keys are ignored.
   *
   * @throws {@link SliceError} naming the path of the invalid field.
   */
  static fromJSON(value: unknown): GeoSlice {
    const invalid = (path: string, why: string, cause?: unknown): SliceError =>
      new SliceError('bad-json', `GeoSlice JSON: ${path} ${why}.`, { details: { path }, cause });
    if (typeof value !== 'object' || value === null) throw invalid('(root)', 'is not an object');
    // SAFETY: an object; each field is checked before use.
    const json = value as Readonly<Record<string, unknown>>;
    if (json['type'] !== 'GeoSlice') throw invalid('type', `is ${JSON.stringify(json['type'])}, not "GeoSlice"`);
    if (json['version'] !== 1)
      throw invalid('version', `is ${JSON.stringify(json['version'])}; this Nadir reads version 1`);
    if (typeof json['crs'] !== 'string') throw invalid('crs', 'is not a string');
    let interval: Interval | null = null;
    const raw = json['interval'];
    if (raw !== null && raw !== undefined) {
      if (typeof raw !== 'object') throw invalid('interval', 'is not an object or null');
      // SAFETY: an object; each field is checked before use.
      const { start, end, closed } = raw as Readonly<Record<string, unknown>>;
      if (closed !== undefined && closed !== 'both')
        throw invalid('interval.closed', `is ${JSON.stringify(closed)}; intervals are closed at both ends`);
      if (typeof start !== 'string') throw invalid('interval.start', 'is not a string');
      if (typeof end !== 'string') throw invalid('interval.end', 'is not a string');
      try {
        interval = parseInterval([start, end]);
      } catch (error) {
        throw invalid(
          isNadirError(error) && error.code === 'reversed' ? 'interval.end' : 'interval',
          error instanceof Error ? error.message.replace(/\.$/, '') : 'is invalid',
          error,
        );
      }
    }
    try {
      // SAFETY: create checks shape and values of bounds and resolution.
      return GeoSlice.create({
        bounds: json['bounds'] as Bounds,
        resolution: json['resolution'] as Resolution,
        crs: json['crs'],
        interval,
      });
    } catch (error) {
      if (isNadirError(error, 'SliceError')) throw invalid(fieldOf(error), error.message.replace(/\.$/, ''), error);
      throw error;
    }
  }

  /** Pixels `[height, width]`; at least one per axis, halves to even. */
  get shape(): Shape2D {
    const [qx, qy] = extentInPixels(this.bounds, this.resolution);
    return [Math.max(1, roundHalfEven(qy)), Math.max(1, roundHalfEven(qx))];
  }

  /** The lattice hangs from the north-west corner. */
  get transform(): Affine {
    return northUp(this.bounds[0], this.bounds[3], this.resolution);
  }

  /** Compact JSON text; equal slices have equal keys. */
  get key(): string {
    return JSON.stringify(this);
  }

  /** The shape, when bounds are whole pixels within 1e-3 pixel. @throws {@link GridAlignmentError} `fractional-pixels`. */
  alignedShape(): Shape2D {
    const [qx, qy] = extentInPixels(this.bounds, this.resolution);
    const [rx, ry] = [qx - roundHalfEven(qx), qy - roundHalfEven(qy)];
    if (Math.abs(rx) > ALIGN_TOLERANCE_PIXELS || Math.abs(ry) > ALIGN_TOLERANCE_PIXELS) {
      throw new GridAlignmentError(
        'fractional-pixels',
        `The extent is ${qx} × ${qy} pixels, which is not whole (residuals ${rx.toFixed(4)} and ${ry.toFixed(4)} pixels).`,
        {
          hint: "Change bounds or resolution, or use align: 'snap'.",
          details: { residual: { x: rx, y: ry } },
        },
      );
    }
    return this.shape;
  }

  /** A changed copy, validated again. */
  with(patch: Partial<GeoSliceInit>): GeoSlice {
    return GeoSlice.create({
      bounds: this.bounds,
      resolution: this.resolution,
      crs: this.crs,
      interval: this.interval,
      align: this.align,
      ...patch,
    });
  }

  /**
   * The slice whose box contains this one in another CRS, with the same shape. The same CRS returns the same object.
   *
   * @throws {@link TransformError} `outside-domain`, or `crosses-antimeridian` when the image must be split first.
   */
  toCrs(target: CrsInput): GeoSlice {
    const crs = Crs.from(target);
    if (crs.equals(this.crs)) return this;
    const bounds = transformBounds(this.bounds, this.crs, crs);
    if (bounds[0] > bounds[2]) {
      throw new TransformError(
        'crosses-antimeridian',
        `In ${crs.canonical} the slice crosses ±180° (${bounds[0]} to ${bounds[2]}).`,
        {
          hint: 'Use transformBounds and GeoSlice.split180.',
          details: { bounds },
        },
      );
    }
    const [w0, h0] = [this.bounds[2] - this.bounds[0], this.bounds[3] - this.bounds[1]];
    const resolution: Resolution = [
      (this.resolution[0] * (bounds[2] - bounds[0])) / w0,
      (this.resolution[1] * (bounds[3] - bounds[1])) / h0,
    ];
    return GeoSlice.create({ bounds, resolution, crs, interval: this.interval });
  }

  /**
   * The window of this slice in a north-up raster, in fractional pixels.
   *
   * @throws {@link TransformError} `not-north-up`: go through a loader instead.
   */
  toWindow(transform: Affine): PixelWindow {
    requireNorthUp(transform);
    const inverse = invertAffine(transform);
    const [col, row] = applyAffine(inverse, this.bounds[0], this.bounds[3]);
    return {
      col,
      row,
      width: (this.bounds[2] - this.bounds[0]) / transform[0],
      height: (this.bounds[3] - this.bounds[1]) / Math.abs(transform[4]),
    };
  }

  /** Same bounds, interval, resolution and CRS; `align` takes no part. */
  equals(other: GeoSlice): boolean {
    return this.key === other.key;
  }

  /** Lower-case hexadecimal SHA-256 of {@link key}: names output files. */
  hash(): string {
    return sha256(this.key);
  }

  toJSON(): GeoSliceJson {
    const { interval } = this;
    return {
      type: 'GeoSlice',
      version: 1,
      bounds: this.bounds,
      interval: interval && { start: formatTime(interval.start), end: formatTime(interval.end), closed: 'both' },
      resolution: this.resolution,
      crs: this.crs.canonical,
    };
  }

  #warnWhenMisaligned(): void {
    try {
      this.alignedShape();
    } catch (error) {
      if (!isNadirError(error, 'GridAlignmentError')) throw error;
      warn(error.message);
    }
  }
}

function fieldOf(error: NadirError): string {
  const field = error.details?.['field'];
  return typeof field === 'string' ? field : 'bounds';
}

function requireNorthUp(transform: Affine): void {
  if (isNorthUp(transform)) return;
  throw new TransformError(
    'not-north-up',
    `The transform [${transform.join(', ')}] is rotated, flipped or south-up, so a box is not a window of it.`,
    {
      hint: 'Go through a loader, which maps every pixel.',
    },
  );
}

/** Whether two slices share one pixel lattice: same CRS, resolution (1e-9 relative) and offsets whole within 1e-3 pixel. */
export function isGridAligned(a: GeoSlice, b: GeoSlice): boolean {
  const sameResolution = [0, 1].every((i) => Math.abs((a.resolution[i] ?? 0) / (b.resolution[i] ?? 1) - 1) <= 1e-9);
  if (!a.crs.equals(b.crs) || !sameResolution) return false;
  const { x, y } = gridResidual(a, b);
  return (
    Math.abs(x / a.resolution[0]) <= ALIGN_TOLERANCE_PIXELS && Math.abs(y / a.resolution[1]) <= ALIGN_TOLERANCE_PIXELS
  );
}

/** Signed distance of a's north-west corner to the nearest lattice line of b, per axis, in CRS units. */
export function gridResidual(a: GeoSlice, b: GeoSlice): { readonly x: number; readonly y: number } {
  const rest = (distance: number, step: number): number =>
    normalizeZero(distance - roundHalfEven(distance / step) * step);
  return { x: rest(a.bounds[0] - b.bounds[0], a.resolution[0]), y: rest(a.bounds[3] - b.bounds[3], a.resolution[1]) };
}
