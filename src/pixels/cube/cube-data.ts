/** What a DataCube is made of, and its validation. Operations are functions from this to this. */
import {
  ArgumentError,
  Crs,
  nearestNames,
  northUp,
  type Affine,
  type CrsInput,
  type NumericArray,
} from '../../core/index.js';
import { dtypeOf } from '../numeric.js';

/** A variable: C-ordered values on named dimensions, y and x last where it has them. Missing values are NaN. */
export interface CubeVar {
  readonly dims: readonly string[];
  readonly shape: readonly number[];
  readonly values: NumericArray;
  /** Attributes of the file: `units`, `long_name` … */
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Labels along a dimension: centres of cells for x and y, µs since 1970 for time, else numbers or texts. */
export type CubeLabels = Float64Array | readonly string[];

export interface DataCubeInit {
  readonly vars: Readonly<Record<string, Omit<CubeVar, 'attrs'> & { readonly attrs?: CubeVar['attrs'] | undefined }>>;
  /** Labels by dimension; a dimension without them is counted from 0. */
  readonly coords: Readonly<Record<string, CubeLabels | readonly number[]>>;
  readonly crs: CrsInput;
  /** Of the outer corner of the north-west cell; null (the default) derives it from regular x and y of two cells or more. */
  readonly transform?: Affine | null | undefined;
  /** Attributes of coordinates. */
  readonly coordAttrs?: Readonly<Record<string, CubeVar['attrs']>> | undefined;
  /** Further names of dimensions, as files call them: `{ lat: 'y' }`. */
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  readonly attrs?: Readonly<Record<string, unknown>> | undefined;
}

export interface CubeData {
  readonly dims: Readonly<Record<string, number>>;
  readonly coords: Readonly<Record<string, CubeLabels>>;
  readonly vars: Readonly<Record<string, CubeVar>>;
  readonly crs: Crs;
  readonly transform: Affine | null;
  readonly coordAttrs: Readonly<Record<string, CubeVar['attrs']>>;
  readonly aliases: Readonly<Record<string, string>>;
  readonly attrs: Readonly<Record<string, unknown>>;
}

/** Number of elements of a shape. */
export const sizeOf = (shape: readonly number[]): number => shape.reduce((n, length) => n * length, 1);

/** Elements between neighbours along each axis. */
export function stridesOf(shape: readonly number[]): number[] {
  return shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
}

/** Largest deviation of centres from an even spacing, as a part of it. */
const STEP_TOLERANCE = 1e-3;

/** The signed step of evenly spaced labels; null for fewer than two, or uneven ones. */
export function evenStep(labels: CubeLabels | undefined): number | null {
  if (!(labels instanceof Float64Array) || labels.length < 2) return null;
  const first = labels[0] ?? NaN;
  const step = ((labels.at(-1) ?? NaN) - first) / (labels.length - 1);
  if (step === 0) return null;
  const isEven = labels.every((v, i) => Math.abs(v - first - i * step) <= Math.abs(step) * STEP_TOLERANCE);
  return isEven ? step : null;
}

/** The affine of centres that run east and south; null where a direction is uneven, missing or of one cell. */
function derivedTransform(coords: Readonly<Record<string, CubeLabels>>): Affine | null {
  const { x, y } = coords;
  const [xStep, yStep] = [evenStep(x), evenStep(y)];
  if (xStep === null || yStep === null || xStep < 0 || yStep > 0) return null;
  return northUp(Number(x?.[0]) - xStep / 2, Number(y?.[0]) - yStep / 2, [xStep, -yStep]);
}

/**
 * The parts of a cube, checked and completed.
 *
 * @throws {@link ArgumentError} `bad-shape`, `bad-coords`, `bad-transform`.
 */
export function cubeData(init: DataCubeInit): CubeData {
  const dims: Record<string, number> = {};
  const vars: Record<string, CubeVar> = {};
  for (const [name, v] of Object.entries(init.vars)) {
    dtypeOf(v.values);
    if (
      v.dims.length !== v.shape.length ||
      new Set(v.dims).size !== v.dims.length ||
      sizeOf(v.shape) !== v.values.length
    )
      throw new ArgumentError(
        'bad-shape',
        `Variable ${name} has dims (${v.dims.join(', ')}), shape [${v.shape.join(', ')}] and ${v.values.length} values, which do not go together.`,
        { details: { variable: name } },
      );
    v.dims.forEach((dim, axis) => {
      const length = v.shape[axis] ?? 0;
      if ((dims[dim] ?? length) !== length)
        throw new ArgumentError(
          'bad-shape',
          `Dimension ${dim} has ${dims[dim] ?? 0} positions in one variable and ${length} in ${name}.`,
          { details: { variable: name, dim } },
        );
      dims[dim] = length;
    });
    vars[name] = Object.freeze({
      dims: Object.freeze([...v.dims]),
      shape: Object.freeze([...v.shape]),
      values: v.values,
      attrs: Object.freeze({ ...v.attrs }),
    });
  }
  const coords: Record<string, CubeLabels> = {};
  for (const [dim, length] of Object.entries(dims)) {
    const given = init.coords[dim] ?? Float64Array.from({ length }, (_, i) => i);
    if (given.length !== length)
      throw new ArgumentError('bad-coords', `Dimension ${dim} has ${length} positions but ${given.length} labels.`, {
        details: { dim },
      });
    const isText = Array.isArray(given) && typeof given[0] === 'string';
    // SAFETY: labels are texts, or numbers.
    coords[dim] = isText ? Object.freeze([...(given as readonly string[])]) : Float64Array.from(given as number[]);
  }
  const isPlaced = 'x' in dims && 'y' in dims;
  const transform = !isPlaced ? null : (init.transform ?? derivedTransform(coords));
  if (transform && transform.filter(Number.isFinite).length !== 6)
    throw new ArgumentError(
      'bad-transform',
      `A transform is six finite numbers [a, b, c, d, e, f]; got [${transform.join(', ')}].`,
    );
  const known = (dim: string): boolean => dim in dims;
  return {
    dims: Object.freeze(dims),
    coords: Object.freeze(coords),
    vars: Object.freeze(vars),
    crs: Crs.from(init.crs),
    transform: transform && Object.freeze<Affine>([...transform]),
    coordAttrs: Object.freeze(Object.fromEntries(Object.entries(init.coordAttrs ?? {}).filter(([dim]) => known(dim)))),
    aliases: Object.freeze(
      Object.fromEntries(Object.entries(init.aliases ?? {}).filter(([name, dim]) => known(dim) && !known(name))),
    ),
    attrs: Object.freeze({ ...init.attrs }),
  };
}

/** The dimension of a name or of an alias. @throws {@link ArgumentError} `no-dim` listing those that exist. */
export function dimOf(cube: Pick<CubeData, 'dims' | 'aliases'>, name: string): string {
  const dim = Object.hasOwn(cube.dims, name)
    ? name
    : Object.hasOwn(cube.aliases, name)
      ? cube.aliases[name]
      : undefined;
  if (dim !== undefined) return dim;
  throw new ArgumentError(
    'no-dim',
    `The cube has no dimension ${JSON.stringify(name)}; it has ${Object.keys(cube.dims).join(', ') || 'none'}.`,
    { details: { dim: name, dims: Object.keys(cube.dims) } },
  );
}

/** A variable by name. @throws {@link ArgumentError} `no-variable` listing those that exist. */
export function varOf(cube: Pick<CubeData, 'vars'>, name: string): CubeVar {
  const found = Object.hasOwn(cube.vars, name) ? cube.vars[name] : undefined;
  if (found) return found;
  const names = Object.keys(cube.vars);
  // Callers without types give anything.
  const [near] = typeof (name as unknown) === 'string' ? nearestNames(name, names, 1) : [];
  throw new ArgumentError(
    'no-variable',
    `The cube has no variable ${JSON.stringify(name)}; it has ${names.join(', ') || 'none'}.`,
    { ...(near === undefined ? {} : { hint: `Did you mean ${near}?` }), details: { variable: name, variables: names } },
  );
}
