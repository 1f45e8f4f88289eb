/**
 * Row filters as text (`catalog.md` §6): `` `eo:cloud_cover` < 20 and start_time >= '2024-06-01' ``.
 *
 * Comparisons, `in`, `is null`, `and`, `or`, `not`, parentheses and `@param`. Logic is two-valued: a comparison with a
 * missing value is false. A recursive-descent parser builds one closure per expression; nothing is ever evaluated as code.
 */
import { ExpressionError, nearestNames, parseTime } from '../core/index.js';
import type { Scalar } from './types.js';

/** A moment, so that times compare with ISO strings. */
export interface TimeValue {
  readonly micros: number;
}
export type Fact = Scalar | TimeValue;
export type Facts = Readonly<Record<string, Fact>>;
export type ExpressionParams = Readonly<Record<string, Scalar | readonly Scalar[]>>;

interface Token {
  readonly kind: 'name' | 'word' | 'number' | 'string' | 'param' | 'op' | 'end';
  readonly text: string;
  readonly at: number;
}

const WORDS = new Set(['and', 'or', 'not', 'in', 'is', 'null', 'true', 'false']);
const TOKEN =
  /\s*(?:(?<number>[-+]?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)|(?<string>'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")|`(?<quoted>[^`]+)`|@(?<param>[A-Za-z_]\w*)|(?<bare>[A-Za-z_]\w*)|(?<op>==|!=|<=|>=|<|>|\(|\)|\[|\]|,))/y;
/** Longer filters are a mistake or an attack. */
const MAX_LENGTH = 10_000;
const MAX_DEPTH = 100;

function fail(code: string, message: string, at: number, hint?: string): ExpressionError {
  return new ExpressionError(code, `${message} at position ${at + 1}.`, {
    details: { position: at + 1 },
    ...(hint === undefined ? {} : { hint }),
  });
}

function tokenize(text: string): Token[] {
  if (text.length > MAX_LENGTH) {
    throw new ExpressionError('too-long', `The filter has ${text.length} characters; the limit is ${MAX_LENGTH}.`);
  }
  const tokens: Token[] = [];
  let at = 0;
  while (text.slice(at).trim() !== '') {
    TOKEN.lastIndex = at;
    const m = TOKEN.exec(text);
    const start = at + (/^\s*/.exec(text.slice(at))?.[0].length ?? 0);
    if (!m?.groups) throw fail('unexpected', `Cannot read ${JSON.stringify(text.slice(start, start + 12))}`, start);
    const { number, string, quoted, param, bare, op } = m.groups;
    const push = (kind: Token['kind'], value: string): number => tokens.push({ kind, text: value, at: start });
    if (number !== undefined) push('number', number);
    else if (string !== undefined) push('string', string.slice(1, -1).replace(/\\(.)/g, '$1'));
    else if (quoted !== undefined) push('name', quoted);
    else if (param !== undefined) push('param', param);
    else if (bare !== undefined)
      push(WORDS.has(bare.toLowerCase()) ? 'word' : 'name', WORDS.has(bare.toLowerCase()) ? bare.toLowerCase() : bare);
    else push('op', op ?? '');
    at = TOKEN.lastIndex;
  }
  tokens.push({ kind: 'end', text: 'the end', at: text.length });
  return tokens;
}

type Operand = (facts: Facts) => Fact | readonly Scalar[];
type Test = (facts: Facts) => boolean;

function isTime(v: unknown): v is TimeValue {
  return typeof v === 'object' && v !== null && 'micros' in v;
}

/** Sign of a − b, or undefined when they cannot be compared. */
function order(a: Fact, b: Fact, at: number): number | undefined {
  if (a === null || b === null) return undefined;
  if (isTime(a) || isTime(b)) {
    const micros = (v: Fact): number => {
      if (isTime(v)) return v.micros;
      if (typeof v === 'string') return parseTime(v);
      throw fail(
        'type-mismatch',
        `A time is compared with ${JSON.stringify(v)}`,
        at,
        'Write the time as an ISO 8601 string.',
      );
    };
    return Math.sign(micros(a) - micros(b));
  }
  if (typeof a !== typeof b) return NaN;
  return a < b ? -1 : a > b ? 1 : 0;
}

const COMPARE: Readonly<Record<string, (sign: number) => boolean>> = {
  '==': (s) => s === 0,
  '!=': (s) => s !== 0,
  '<': (s) => s < 0,
  '<=': (s) => s <= 0,
  '>': (s) => s > 0,
  '>=': (s) => s >= 0,
};

class Parser {
  readonly #tokens: readonly Token[];
  readonly #columns: ReadonlySet<string>;
  readonly #params: ExpressionParams;
  #next = 0;
  #depth = 0;

  constructor(text: string, columns: ReadonlySet<string>, params: ExpressionParams) {
    this.#tokens = tokenize(text);
    this.#columns = columns;
    this.#params = params;
  }

  parse(): Test {
    const test = this.#or();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw fail('unexpected', `Unexpected ${JSON.stringify(rest.text)}`, rest.at);
    return test;
  }

  #peek(): Token {
    return this.#tokens[this.#next] ?? { kind: 'end', text: 'the end', at: 0 };
  }

  #take(): Token {
    const token = this.#peek();
    this.#next++;
    return token;
  }

  #accept(kind: Token['kind'], text: string): boolean {
    const token = this.#peek();
    if (token.kind !== kind || token.text !== text) return false;
    this.#next++;
    return true;
  }

  #expect(text: string): void {
    const token = this.#take();
    if (token.text !== text)
      throw fail('unexpected', `Expected ${JSON.stringify(text)} but found ${JSON.stringify(token.text)}`, token.at);
  }

  #or(): Test {
    let left = this.#and();
    while (this.#accept('word', 'or')) {
      const [a, b] = [left, this.#and()];
      left = (f) => a(f) || b(f);
    }
    return left;
  }

  #and(): Test {
    let left = this.#not();
    while (this.#accept('word', 'and')) {
      const [a, b] = [left, this.#not()];
      left = (f) => a(f) && b(f);
    }
    return left;
  }

  #not(): Test {
    if (++this.#depth > MAX_DEPTH) throw fail('too-deep', `More than ${MAX_DEPTH} nested parts`, this.#peek().at);
    try {
      if (this.#accept('word', 'not')) {
        const inner = this.#not();
        return (f) => !inner(f);
      }
      if (this.#accept('op', '(')) {
        const inner = this.#or();
        this.#expect(')');
        return inner;
      }
      return this.#comparison();
    } finally {
      this.#depth--;
    }
  }

  #comparison(): Test {
    const left = this.#operand();
    const token = this.#take();
    if (token.kind === 'word' && token.text === 'is') {
      const negated = this.#accept('word', 'not');
      this.#expect('null');
      return (f) => (left(f) === null) !== negated;
    }
    const negated = token.kind === 'word' && token.text === 'not';
    if (negated) this.#expect('in');
    if (negated || (token.kind === 'word' && token.text === 'in')) return this.#membership(left, negated, token.at);
    const compare = token.kind === 'op' ? COMPARE[token.text] : undefined;
    if (!compare)
      throw fail(
        'unexpected',
        `Expected a comparison but found ${JSON.stringify(token.text)}`,
        token.at,
        'Use ==, !=, <, <=, >, >=, in, not in, is null.',
      );
    const right = this.#operand();
    const ordering = token.text !== '==' && token.text !== '!=';
    return (f) => {
      const sign = order(single(left(f), token.at), single(right(f), token.at), token.at);
      if (sign === undefined) return false;
      if (Number.isNaN(sign) && ordering)
        throw fail('type-mismatch', `Values of different types are ordered by ${token.text}`, token.at);
      return compare(sign);
    };
  }

  #membership(left: Operand, negated: boolean, at: number): Test {
    const members = this.#list();
    return (f) => {
      const value = single(left(f), at);
      if (value === null) return false;
      const list = members(f);
      const found = (Array.isArray(list) ? (list as readonly Scalar[]) : [single(list, at)]).some(
        (m) => order(value, m, at) === 0,
      );
      return found !== negated;
    };
  }

  #list(): Operand {
    if (!this.#accept('op', '[')) return this.#operand();
    const items: Operand[] = [];
    while (!this.#accept('op', ']')) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#operand());
    }
    // SAFETY: literals and single parameters are scalars; times compare as ISO strings.
    return (f) => items.map((i) => i(f) as Scalar);
  }

  #operand(): Operand {
    const token = this.#take();
    switch (token.kind) {
      case 'number': {
        const value = Number(token.text);
        return () => value;
      }
      case 'string':
        return () => token.text;
      case 'param': {
        const value = Object.hasOwn(this.#params, token.text) ? this.#params[token.text] : undefined;
        if (value === undefined)
          throw fail(
            'unknown-param',
            `No value was given for @${token.text}`,
            token.at,
            `Pass { ${token.text}: … } as the second argument.`,
          );
        return () => value;
      }
      case 'name':
        return this.#column(token);
      case 'word':
        if (token.text === 'true' || token.text === 'false') return () => token.text === 'true';
        if (token.text === 'null') return () => null;
        break;
      case 'op':
      case 'end':
        break;
      default:
        token.kind satisfies never;
    }
    throw fail('unexpected', `Expected a column or a value but found ${JSON.stringify(token.text)}`, token.at);
  }

  #column(token: Token): Operand {
    if (!this.#columns.has(token.text)) {
      const near = nearestNames(token.text, this.#columns);
      throw fail(
        'unknown-column',
        `There is no column ${JSON.stringify(token.text)}`,
        token.at,
        near.length > 0 ? `Did you mean ${near.join(', ')}?` : undefined,
      );
    }
    return (f) => (Object.hasOwn(f, token.text) ? (f[token.text] ?? null) : null);
  }
}

function single(value: Fact | readonly Scalar[], at: number): Fact {
  if (Array.isArray(value))
    throw fail('type-mismatch', 'A list is compared with a single value', at, 'Use `in` for lists.');
  // SAFETY: not an array, so a fact.
  return value as Fact;
}

/**
 * The test that an expression describes.
 *
 * @throws {@link ExpressionError} with the position: `unexpected`, `unknown-column` (with the nearest names), `unknown-param`,
 * `type-mismatch`, `too-long`, `too-deep`.
 */
export function compileExpression(text: string, columns: ReadonlySet<string>, params: ExpressionParams = {}): Test {
  return new Parser(text, columns, params).parse();
}
