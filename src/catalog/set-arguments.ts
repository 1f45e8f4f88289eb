/** Arguments of the operations on two catalogs, checked at the call (`catalog.md` §5, §6). */
import { ArgumentError, CatalogError, checkOptionNames, durationMicros, type Duration } from '../core/index.js';
import type { Operation } from './operations/operation.js';
import {
  differenceOperation,
  identityDifference,
  intersectOperation,
  nearestOperation,
} from './operations/pair-operations.js';
import { unionOperation } from './operations/union.js';
import type { Relation } from './relation.js';
import type { GeoCatalog } from './types.js';

/** Key of a catalog's chain of operations. */
export const RELATION = Symbol.for('nadir.catalog.relation');

export interface IntersectOptions {
  readonly spatialOnly?: boolean;
}
export interface DifferenceOptions {
  readonly spatialOnly?: boolean;
  readonly by?: 'overlap' | 'identity';
}
export interface UnionOptions {
  readonly dedupe?: 'none' | 'exact';
  readonly force?: boolean;
}
export interface NearestInTimeOptions {
  readonly maxGap: Duration;
  readonly direction?: 'both' | 'before' | 'after';
  readonly oneToOne?: boolean;
}

function relationOf(other: GeoCatalog, what: string): Relation {
  const given: unknown = other;
  if (typeof given === 'object' && given !== null && RELATION in given) {
    // SAFETY: only catalogs of this library have this key.
    return given[RELATION] as Relation;
  }
  throw new ArgumentError('not-a-catalog', `${what} takes another catalog; got ${JSON.stringify(other)}.`);
}

function checkBoolean(value: unknown, what: string, name: string): void {
  if (value !== undefined && typeof value !== 'boolean')
    throw new ArgumentError('bad-option', `${what}: ${name} is true or false; got ${JSON.stringify(value)}.`);
}

/** @throws {@link ArgumentError} `bad-option` when an option is none of its choices. */
export function checkChoice<T extends string>(value: T, choices: readonly T[], what: string, name: string): void {
  if (!choices.includes(value))
    throw new ArgumentError(
      'bad-option',
      `${what}: ${name} is one of ${choices.join(', ')}; got ${JSON.stringify(value)}.`,
    );
}

/** @throws {@link ArgumentError} `bad-option`, `unknown-option`, `not-a-catalog`. */
export function checkedIntersect(left: GeoCatalog, other: GeoCatalog, o: IntersectOptions): Operation {
  checkOptionNames('intersect', o, ['spatialOnly']);
  checkBoolean(o.spatialOnly, 'intersect', 'spatialOnly');
  return intersectOperation(left.crs, relationOf(other, 'intersect'), o.spatialOnly ?? false);
}

/** @throws {@link ArgumentError} `bad-option`, `unknown-option`, `not-a-catalog`, `contradiction`. */
export function checkedDifference(left: GeoCatalog, other: GeoCatalog, o: DifferenceOptions): Operation {
  checkOptionNames('difference', o, ['spatialOnly', 'by']);
  checkBoolean(o.spatialOnly, 'difference', 'spatialOnly');
  const by = o.by ?? 'overlap';
  checkChoice(by, ['overlap', 'identity'], 'difference', 'by');
  const relation = relationOf(other, 'difference');
  if (by === 'overlap') return differenceOperation(left.crs, relation, o.spatialOnly ?? false);
  if (o.spatialOnly === true)
    throw new ArgumentError('contradiction', 'difference by identity compares no space; leave spatialOnly out.');
  return identityDifference(relation);
}

/** @throws {@link CatalogError} `different-backends`; {@link ArgumentError} `bad-option`, `unknown-option`, `not-a-catalog`. */
export function checkedUnion(left: GeoCatalog, other: GeoCatalog, o: UnionOptions): Operation {
  checkOptionNames('union', o, ['dedupe', 'force']);
  checkBoolean(o.force, 'union', 'force');
  const dedupe = o.dedupe ?? 'none';
  checkChoice(dedupe, ['none', 'exact'], 'union', 'dedupe');
  const relation = relationOf(other, 'union');
  if (other.backend !== left.backend && o.force !== true)
    throw new CatalogError(
      'different-backends',
      `A ${left.backend} catalog and a ${other.backend} catalog are not united.`,
      { hint: `Pass { force: true } to take all rows for ${left.backend} files.` },
    );
  return unionOperation(left.crs, relation, dedupe);
}

/** @throws {@link ArgumentError} `bad-duration`, `bad-option`, `unknown-option`, `not-a-catalog`. */
export function checkedNearest(left: GeoCatalog, other: GeoCatalog, o: NearestInTimeOptions): Operation {
  checkOptionNames('nearestInTime', o, ['maxGap', 'direction', 'oneToOne']);
  checkBoolean(o.oneToOne, 'nearestInTime', 'oneToOne');
  const direction = o.direction ?? 'both';
  checkChoice(direction, ['both', 'before', 'after'], 'nearestInTime', 'direction');
  const given: unknown = o.maxGap;
  const maxGapMicros = typeof given === 'object' && given !== null ? durationMicros(o.maxGap) : NaN;
  if (!Number.isSafeInteger(maxGapMicros) || maxGapMicros < 0)
    throw new ArgumentError('bad-duration', `nearestInTime needs maxGap of at least 0; got ${JSON.stringify(given)}.`, {
      hint: 'Write e.g. { maxGap: { days: 3 } }.',
    });
  return nearestOperation(left.crs, relationOf(other, 'nearestInTime'), {
    maxGapMicros,
    direction,
    oneToOne: o.oneToOne ?? false,
  });
}
