/** Reads a generated curation cell back: the inverse of `curationCode`. Pure: no editor here, and nothing is evaluated. */

import type { CurationState } from '../display/wire/payload.js';
import { parseCuration } from './curation-cell.js';

const HEAD = /^\s*(?:import \{ curate \} from 'nadir';\s*)?const selection = curate\(([^()]*)\)/;
const CALL = /\s*\.([a-z]+)\(/y;
const END = /\s*;\s*$/y;
const NUMBER = /-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
const STRING = /"(?:[^"\\]|\\.)*"/y;
const WORD = /true|false|null/y;
const SPACE = /\s*/y;

/** Not the text that `curationCode` writes. */
class NotOurs extends Error {}

/** A place in the text; every method moves it forward. */
class Reader {
  readonly #text: string;
  #at: number;

  constructor(text: string, at: number) {
    this.#text = text;
    this.#at = at;
  }

  /** The match of a sticky pattern here, or undefined. */
  take(pattern: RegExp): RegExpExecArray | undefined {
    pattern.lastIndex = this.#at;
    const match = pattern.exec(this.#text) ?? undefined;
    if (match) this.#at = pattern.lastIndex;
    return match;
  }

  /** Whether `sign` comes next, after white space; it is taken if so. */
  sign(sign: string): boolean {
    this.take(SPACE);
    if (!this.#text.startsWith(sign, this.#at)) return false;
    this.#at += sign.length;
    return true;
  }

  need(sign: string): void {
    if (!this.sign(sign)) throw new NotOurs();
  }

  /** Values up to `close`, with commas between them and perhaps one behind the last. */
  values(close: string): unknown[] {
    const values: unknown[] = [];
    while (!this.sign(close)) {
      if (values.length > 0) {
        this.need(',');
        if (this.sign(close)) break;
      }
      values.push(this.value());
    }
    return values;
  }

  value(): unknown {
    if (this.sign('[')) return this.values(']');
    if (this.sign('{')) {
      const entries: [string, unknown][] = [];
      while (!this.sign('}')) {
        if (entries.length > 0) this.need(',');
        this.need('[');
        const key = this.value();
        this.need(']');
        this.need(':');
        if (typeof key !== 'string') throw new NotOurs();
        entries.push([key, this.value()]);
      }
      return Object.fromEntries(entries);
    }
    const plain = this.take(STRING) ?? this.take(NUMBER) ?? this.take(WORD);
    if (!plain) throw new NotOurs();
    return JSON.parse(plain[0]);
  }
}

/** The curation that a generated text says, or undefined when the text is not one that `curationCode` writes. */
export function readCurationCode(text: string): CurationState | undefined {
  const unified = text.replaceAll('\r\n', '\n');
  const head = HEAD.exec(unified);
  if (!head) return undefined;
  const reader = new Reader(unified, head[0].length);
  const steps: unknown[] = [];
  try {
    for (let call = reader.take(CALL); call; call = reader.take(CALL))
      steps.push({ op: call[1], args: reader.values(')') });
  } catch (error) {
    // JSON.parse throws SyntaxError for an escape that JSON does not know: then it is not our text either.
    if (error instanceof NotOurs || error instanceof SyntaxError) return undefined;
    throw error;
  }
  if (!reader.take(END)) return undefined;
  const state = parseCuration({ source: head[1], steps });
  return typeof state === 'string' ? undefined : state;
}
