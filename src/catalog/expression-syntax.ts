/**
 * Row filters as text, read into a tree (`catalog.md` §6): `` `eo:cloud_cover` < 20 and start_time >= '2024-06-01' ``.
 *
 * Comparisons, `in`, `is null`, `and`, `or`, `not`, parentheses and `@param`. Engines compile the tree, to closures or SQL;
 * nothing is ever evaluated as code.
 */
import { ExpressionError, nearestNames } from '../core/index.js';
import type { Scalar } from './types.js';

export type ExpressionParams = Readonly<Record<string, Scalar | readonly Scalar[]>>;
export type Comparison = '==' | '!=' | '<' | '<=' | '>' | '>=';
/** A column, or a value with its parameters filled in. `at` is the 0-based position in the text. */
export type Operand =
  | { readonly kind: 'column'; readonly name: string; readonly at: number }
  | { readonly kind: 'value'; readonly value: Scalar | readonly Scalar[]; readonly at: number };
/** A filter. Logic is two-valued: a comparison with a missing value is false. */
export type Expression =
  | { readonly kind: 'and' | 'or'; readonly left: Expression; readonly right: Expression }
  | { readonly kind: 'not'; readonly inner: Expression }
  | { readonly kind: 'null'; readonly operand: Operand; readonly negated: boolean }
  | {
      readonly kind: 'compare';
      readonly op: Comparison;
      readonly left: Operand;
      readonly right: Operand;
      readonly at: number;
    }
  | {
      readonly kind: 'in';
      readonly left: Operand;
      /** Members one by one, or one operand that holds a list. */
      readonly members: readonly Operand[] | Operand;
      readonly negated: boolean;
      readonly at: number;
    };

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

/** An error of an expression, at a 0-based position in its text. */
export function expressionError(code: string, message: string, at: number, hint?: string): ExpressionError {
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
    if (!m?.groups)
      throw expressionError('unexpected', `Cannot read ${JSON.stringify(text.slice(start, start + 12))}`, start);
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

function isComparison(text: string): text is Comparison {
  return ['==', '!=', '<', '<=', '>', '>='].includes(text);
}

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

  parse(): Expression {
    const tree = this.#or();
    const rest = this.#peek();
    if (rest.kind !== 'end') throw expressionError('unexpected', `Unexpected ${JSON.stringify(rest.text)}`, rest.at);
    return tree;
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
      throw expressionError(
        'unexpected',
        `Expected ${JSON.stringify(text)} but found ${JSON.stringify(token.text)}`,
        token.at,
      );
  }

  #or(): Expression {
    let left = this.#and();
    while (this.#accept('word', 'or')) left = { kind: 'or', left, right: this.#and() };
    return left;
  }

  #and(): Expression {
    let left = this.#not();
    while (this.#accept('word', 'and')) left = { kind: 'and', left, right: this.#not() };
    return left;
  }

  #not(): Expression {
    if (++this.#depth > MAX_DEPTH)
      throw expressionError('too-deep', `More than ${MAX_DEPTH} nested parts`, this.#peek().at);
    try {
      if (this.#accept('word', 'not')) return { kind: 'not', inner: this.#not() };
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

  #comparison(): Expression {
    const left = this.#operand();
    const { kind, text, at } = this.#take();
    if (kind === 'word' && text === 'is') {
      const negated = this.#accept('word', 'not');
      this.#expect('null');
      return { kind: 'null', operand: left, negated };
    }
    const negated = kind === 'word' && text === 'not';
    if (negated) this.#expect('in');
    if (negated || (kind === 'word' && text === 'in'))
      return { kind: 'in', left, members: this.#members(), negated, at };
    if (kind !== 'op' || !isComparison(text))
      throw expressionError(
        'unexpected',
        `Expected a comparison but found ${JSON.stringify(text)}`,
        at,
        'Use ==, !=, <, <=, >, >=, in, not in, is null.',
      );
    return { kind: 'compare', op: text, left, right: this.#operand(), at };
  }

  #members(): readonly Operand[] | Operand {
    if (!this.#accept('op', '[')) return this.#operand();
    const items: Operand[] = [];
    while (!this.#accept('op', ']')) {
      if (items.length > 0) this.#expect(',');
      items.push(this.#operand());
    }
    return items;
  }

  #operand(): Operand {
    const token = this.#take();
    const { at, text } = token;
    switch (token.kind) {
      case 'number':
        return { kind: 'value', value: Number(text), at };
      case 'string':
        return { kind: 'value', value: text, at };
      case 'param':
        return { kind: 'value', value: this.#param(text, at), at };
      case 'name':
        return this.#column(text, at);
      case 'word':
        if (text === 'true' || text === 'false') return { kind: 'value', value: text === 'true', at };
        if (text === 'null') return { kind: 'value', value: null, at };
        break;
      case 'op':
      case 'end':
        break;
      default:
        token.kind satisfies never;
    }
    throw expressionError('unexpected', `Expected a column or a value but found ${JSON.stringify(text)}`, at);
  }

  #param(name: string, at: number): Scalar | readonly Scalar[] {
    const value: unknown = Object.hasOwn(this.#params, name) ? this.#params[name] : undefined;
    if (value === undefined)
      throw expressionError(
        'unknown-param',
        `No value was given for @${name}`,
        at,
        `Pass { ${name}: … } as the second argument.`,
      );
    const items: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (!items.every((v) => v === null || ['string', 'number', 'boolean'].includes(typeof v)))
      throw expressionError(
        'bad-param',
        `The value of @${name} is not text, a number, a boolean, null or a list of them`,
        at,
      );
    // SAFETY: checked just above.
    return value as Scalar | readonly Scalar[];
  }

  #column(name: string, at: number): Operand {
    if (this.#columns.has(name)) return { kind: 'column', name, at };
    const near = nearestNames(name, this.#columns);
    throw expressionError(
      'unknown-column',
      `There is no column ${JSON.stringify(name)}`,
      at,
      near.length > 0 ? `Did you mean ${near.join(', ')}?` : undefined,
    );
  }
}

/**
 * The tree of an expression over some columns.
 *
 * @throws {@link ExpressionError} with the position: `unexpected`, `unknown-column` (with the nearest names),
 * `unknown-param`, `bad-param`, `too-long`, `too-deep`.
 */
export function parseExpression(text: string, columns: ReadonlySet<string>, params: ExpressionParams = {}): Expression {
  return new Parser(text, columns, params).parse();
}
