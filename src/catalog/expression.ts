/** Row filters as closures over anything that has facts (`catalog.md` §6). */
import { isNadirError, parseTime } from '../core/index.js';
import {
  expressionError,
  parseExpression,
  type Comparison,
  type Expression,
  type ExpressionParams,
  type Operand,
} from './expression-syntax.js';
import type { Scalar } from './types.js';

export type { ExpressionParams } from './expression-syntax.js';

/** A moment, so that times compare with ISO strings. */
export interface TimeValue {
  readonly micros: number;
}
export type Fact = Scalar | TimeValue;
export type Facts = Readonly<Record<string, Fact>>;
/** A fact of the i-th of some things. */
export type FactGetter<S> = (source: S, i: number) => Fact;
export type FactTest<S> = (source: S, i: number) => boolean;

/** Columns whose facts are moments. */
const TIME_NAMES: ReadonlySet<string> = new Set(['start_time', 'end_time']);
/** Texts whose moments are kept, so that a constant is read once. */
const KEPT_TIMES = 1000;

const COMPARE: Readonly<Record<Comparison, (sign: number) => boolean>> = {
  '==': (s) => s === 0,
  '!=': (s) => s !== 0,
  '<': (s) => s < 0,
  '<=': (s) => s <= 0,
  '>': (s) => s > 0,
  '>=': (s) => s >= 0,
};

function isTime(v: Fact): v is TimeValue {
  return typeof v === 'object' && v !== null;
}

class Compiler<S> {
  readonly #getterOf: (name: string) => FactGetter<S>;
  readonly #times = new Map<string, number>();

  constructor(getterOf: (name: string) => FactGetter<S>) {
    this.#getterOf = getterOf;
  }

  #micros(value: Fact, at: number): number {
    if (isTime(value)) return value.micros;
    if (typeof value !== 'string')
      throw expressionError(
        'type-mismatch',
        `A time is compared with ${JSON.stringify(value)}`,
        at,
        'Write the time as an ISO 8601 string.',
      );
    const known = this.#times.get(value);
    if (known !== undefined) return known;
    const micros = parseTime(value);
    if (this.#times.size < KEPT_TIMES) this.#times.set(value, micros);
    return micros;
  }

  /** Sign of a − b, undefined when one is missing, NaN when their types differ. */
  #order(a: Fact, b: Fact, at: number): number | undefined {
    if (a === null || b === null) return undefined;
    if (isTime(a) || isTime(b)) return Math.sign(this.#micros(a, at) - this.#micros(b, at));
    if (typeof a !== typeof b) return NaN;
    if (a < b) return -1;
    if (a > b) return 1;
    // NaN is a missing number.
    return a === b ? 0 : undefined;
  }

  #operand(operand: Operand): FactGetter<S> {
    if (operand.kind === 'column') return this.#getterOf(operand.name);
    const { value, at } = operand;
    if (Array.isArray(value))
      throw expressionError('type-mismatch', 'A list is compared with a single value', at, 'Use `in` for lists.');
    // SAFETY: not an array, so a scalar.
    const scalar = value as Scalar;
    return () => scalar;
  }

  /** Reads a constant that is compared with a time now, so that a bad one fails at the call. */
  #checkTimes(a: Operand, b: Operand): void {
    for (const [column, value] of [
      [a, b],
      [b, a],
    ] as const) {
      if (column.kind !== 'column' || !TIME_NAMES.has(column.name) || value.kind !== 'value') continue;
      const values = Array.isArray(value.value) ? (value.value as readonly Scalar[]) : [value.value as Scalar];
      for (const v of values) {
        try {
          if (v !== null) this.#micros(v, value.at);
        } catch (error) {
          if (!isNadirError(error, 'IntervalError')) throw error;
          throw expressionError('bad-time', error.message.replace(/\.$/, ''), value.at, error.hint);
        }
      }
    }
  }

  #comparison({ op, left, right, at }: Extract<Expression, { kind: 'compare' }>): FactTest<S> {
    const [a, b] = [this.#operand(left), this.#operand(right)];
    this.#checkTimes(left, right);
    const holds = COMPARE[op];
    const ordering = op !== '==' && op !== '!=';
    return (s, i) => {
      const sign = this.#order(a(s, i), b(s, i), at);
      if (sign === undefined) return false;
      if (Number.isNaN(sign) && ordering)
        throw expressionError('type-mismatch', `Values of different types are ordered by ${op}`, at);
      return holds(sign);
    };
  }

  #membership({ left, members, negated, at }: Extract<Expression, { kind: 'in' }>): FactTest<S> {
    const value = this.#operand(left);
    const operands = Array.isArray(members) ? (members as readonly Operand[]) : expand(members as Operand);
    for (const m of operands) this.#checkTimes(left, m);
    const list = operands.map((m) => this.#operand(m));
    return (s, i) => {
      const v = value(s, i);
      // Missing values, NaN among them, are neither in a list nor not in it.
      return v !== null && !Number.isNaN(v) && list.some((m) => this.#order(v, m(s, i), at) === 0) !== negated;
    };
  }

  compile(tree: Expression): FactTest<S> {
    switch (tree.kind) {
      case 'and': {
        const [a, b] = [this.compile(tree.left), this.compile(tree.right)];
        return (s, i) => a(s, i) && b(s, i);
      }
      case 'or': {
        const [a, b] = [this.compile(tree.left), this.compile(tree.right)];
        return (s, i) => a(s, i) || b(s, i);
      }
      case 'not': {
        const inner = this.compile(tree.inner);
        return (s, i) => !inner(s, i);
      }
      case 'null': {
        const get = this.#operand(tree.operand);
        return (s, i) => (get(s, i) === null) !== tree.negated;
      }
      case 'compare':
        return this.#comparison(tree);
      case 'in':
        return this.#membership(tree);
      default:
        return tree satisfies never;
    }
  }
}

/** The members of an operand: a list parameter has several. */
function expand(operand: Operand): readonly Operand[] {
  if (operand.kind === 'column' || !Array.isArray(operand.value)) return [operand];
  const values = operand.value as readonly Scalar[];
  return values.map((value) => ({ kind: 'value', value, at: operand.at }));
}

/**
 * The test that an expression describes, over things whose facts getters hand out.
 *
 * @throws {@link ExpressionError} with the position: `unexpected`, `unknown-column` (with the nearest names), `unknown-param`,
 * `bad-param`, `bad-time`, `type-mismatch` (also from the test), `too-long`, `too-deep`.
 */
export function compileFilter<S>(
  text: string,
  columns: ReadonlySet<string>,
  params: ExpressionParams,
  getterOf: (name: string) => FactGetter<S>,
): FactTest<S> {
  return new Compiler(getterOf).compile(parseExpression(text, columns, params));
}

/** The test that an expression describes, over objects of facts. @throws as {@link compileFilter}. */
export function compileExpression(
  text: string,
  columns: ReadonlySet<string>,
  params: ExpressionParams = {},
): (facts: Facts) => boolean {
  const test = compileFilter<Facts>(
    text,
    columns,
    params,
    (name) => (facts) => (Object.hasOwn(facts, name) ? (facts[name] ?? null) : null),
  );
  return (facts) => test(facts, 0);
}
