/**
 * Row filters (`catalog.md` §6) as SQL, as far as DuckDB surely agrees with the shared test.
 *
 * Logic is two-valued on both sides: every translated test is TRUE or FALSE, never NULL. What could differ is left out:
 * order of texts (UTF-16 against bytes), times in user columns, facts that are derived from several columns, values of
 * different types (which the shared test refuses).
 */
import { isNadirError, parseTime, type Interval } from '../../../core/index.js';
import type { Comparison, Expression, Operand } from '../../expression-syntax.js';
import type { Scalar } from '../../types.js';
import type { PartSchema } from './parts.js';

type Kind = 'integer' | 'float' | 'text' | 'bool' | 'time';

/** Values to bind, by name; times apart, since they are bound as timestamps. */
export interface Bindings {
  value(value: Scalar): string;
  time(micros: number): string;
}

const KINDS: Readonly<Record<string, Kind>> = {
  TINYINT: 'integer',
  SMALLINT: 'integer',
  INTEGER: 'integer',
  UTINYINT: 'integer',
  USMALLINT: 'integer',
  UINTEGER: 'integer',
  // Integers of 64 bits become doubles in rows; compared as such, they agree.
  FLOAT: 'float',
  DOUBLE: 'float',
  VARCHAR: 'text',
  BOOLEAN: 'bool',
};
const MIRROR: Readonly<Record<Comparison, Comparison>> = {
  '==': '==',
  '!=': '!=',
  '<': '>',
  '<=': '>=',
  '>': '<',
  '>=': '<=',
};
const SQL_OP: Readonly<Record<Comparison, string>> = {
  '==': '=',
  '!=': '<>',
  '<': '<',
  '<=': '<=',
  '>': '>',
  '>=': '>=',
};

interface Column {
  /** Null when the parts lack the column, so that its values are null. */
  readonly sql: string | null;
  readonly kind: Kind;
}

/** Whether text can be compared byte by byte: lone surrogates have no bytes of their own. */
const isPlainText = (value: string): boolean => Buffer.from(value).toString() === value && !value.includes('\0');

/** Writes tests over the columns of some parts. */
export class PredicateWriter {
  readonly #schema: PartSchema;
  readonly #columns: ReadonlySet<string>;
  readonly #bind: Bindings;

  /** @param columns names of the user columns of the catalog. */
  constructor(schema: PartSchema, columns: ReadonlySet<string>, bind: Bindings) {
    this.#schema = schema;
    this.#columns = columns;
    this.#bind = bind;
  }

  /**
   * A condition that holds for every row for which the expression holds; null when there is none to be had. Tests after
   * one that is left out are left out too: it may be meant to fail before them.
   */
  implied(e: Expression): string | null {
    const exact = this.exact(e);
    if (exact !== null || e.kind !== 'and') return exact;
    return this.implied(e.left);
  }

  /** The same test in SQL, or null. */
  exact(e: Expression): string | null {
    switch (e.kind) {
      case 'and':
      case 'or': {
        const [left, right] = [this.exact(e.left), this.exact(e.right)];
        return left === null || right === null ? null : `(${left} ${e.kind.toUpperCase()} ${right})`;
      }
      case 'not': {
        const inner = this.exact(e.inner);
        return inner === null ? null : `(NOT ${inner})`;
      }
      case 'null': {
        const column = this.#column(e.operand);
        // NaN is a missing number to some readers.
        if (!column || column.kind === 'float') return null;
        if (column.sql === null) return e.negated ? 'FALSE' : 'TRUE';
        return `(${column.sql} IS ${e.negated ? 'NOT ' : ''}NULL)`;
      }
      case 'compare':
        return this.#compare(e.left, e.op, e.right) ?? this.#compare(e.right, MIRROR[e.op], e.left);
      case 'in':
        return this.#membership(e);
      default:
        e satisfies never;
        return null;
    }
  }

  #compare(left: Operand, op: Comparison, right: Operand): string | null {
    const column = this.#column(left);
    if (!column || right.kind !== 'value' || Array.isArray(right.value)) return null;
    // SAFETY: not an array, so a scalar.
    return this.#test(column, op, right.value as Scalar);
  }

  #test({ sql, kind }: Column, op: Comparison, value: Scalar): string | null {
    if (value === null) return null;
    const equality = op === '==' || op === '!=';
    let bound: string;
    if (kind === 'time') {
      const micros = typeof value === 'string' ? timeOf(value) : null;
      if (micros === null) return null;
      bound = this.#bind.time(micros);
    } else if (kind === 'text') {
      if (typeof value !== 'string' || !equality || !isPlainText(value)) return null;
      bound = this.#bind.value(value);
    } else if (kind === 'bool') {
      if (typeof value !== 'boolean' || !equality) return null;
      bound = this.#bind.value(value);
    } else {
      if (typeof value !== 'number' || !Number.isFinite(value)) return null;
      bound = this.#bind.value(value);
    }
    if (sql === null) return 'FALSE';
    const present = kind === 'float' ? `${sql} IS NOT NULL AND NOT isnan(${sql})` : `${sql} IS NOT NULL`;
    return `(${present} AND ${sql} ${SQL_OP[op]} ${bound})`;
  }

  #membership({ left, members, negated }: Extract<Expression, { kind: 'in' }>): string | null {
    const column = this.#column(left);
    if (!column || column.kind === 'time' || (negated && column.kind === 'float')) return null;
    const operands: readonly Operand[] = 'kind' in members ? [members] : members;
    const values: Scalar[] = [];
    for (const operand of operands) {
      if (operand.kind !== 'value') return null;
      // SAFETY: a value is a scalar or a list of them.
      const list = (Array.isArray(operand.value) ? operand.value : [operand.value]) as readonly Scalar[];
      // Lists within a bracketed list are refused by the shared test.
      if (Array.isArray(operand.value) && !('kind' in members)) return null;
      values.push(...list);
    }
    if (column.sql === null) return 'FALSE';
    const type = { integer: 'number', float: 'number', text: 'string', bool: 'boolean' }[column.kind];
    const tests: string[] = [];
    for (const value of values) {
      // Members of other types, nulls among them, equal nothing.
      if (typeof value !== type || Number.isNaN(value)) continue;
      const test = this.#test(column, '==', value);
      if (test === null) return null;
      tests.push(test);
    }
    const found = tests.length === 0 ? 'FALSE' : `(${tests.join(' OR ')})`;
    return negated ? `(${column.sql} IS NOT NULL AND NOT ${found})` : found;
  }

  /** A column that rows show as it is stored. */
  #column(operand: Operand): Column | null {
    if (operand.kind !== 'column') return null;
    const { name } = operand;
    const stored = this.#schema.column(name);
    if (name === 'start_time' || name === 'end_time')
      return stored?.type === 'TIMESTAMP' ? { sql: stored.sql, kind: 'time' } : null;
    if (name !== 'id' && !this.#columns.has(name)) return null;
    if (!stored) return { sql: null, kind: 'text' };
    if (stored.type === 'BIGINT' || stored.type === 'UBIGINT') return { sql: `${stored.sql}::DOUBLE`, kind: 'integer' };
    const kind = KINDS[stored.type];
    return kind === undefined || (name === 'id' && kind !== 'text') ? null : { sql: stored.sql, kind };
  }
}

function timeOf(value: string): number | null {
  try {
    return parseTime(value);
  } catch (error) {
    if (isNadirError(error)) return null;
    throw error;
  }
}

/** Times beyond what a timestamp holds are moved to its ends, which hold no row. */
export function clampedInterval({ start, end }: Interval): Interval {
  const LIMIT = 9e18;
  return { start: Math.max(start, -LIMIT), end: Math.min(end, LIMIT) };
}
