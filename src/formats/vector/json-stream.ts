/** Members of JSON objects one by one from a stream of bytes, so that a feature collection need not fit in memory. */
import { FormatError } from '../../core/index.js';

/** One piece: a member of a top-level object, an element of its `features`, or the object's end. */
export type JsonPiece =
  | { readonly kind: 'member'; readonly key: string; readonly text: string }
  | { readonly kind: 'feature'; readonly text: string }
  | { readonly kind: 'end' };

/** A single feature or member may be this long, in bytes: parsed, it takes up to 17 times as much, and half a GB is the limit. */
export const MAX_PIECE_BYTES = 24 << 20;

const [QUOTE, BACKSLASH, COMMA, COLON] = [0x22, 0x5c, 0x2c, 0x3a];
const [OPEN_OBJECT, CLOSE_OBJECT, OPEN_LIST, CLOSE_LIST] = [0x7b, 0x7d, 0x5b, 0x5d];
/** RFC 8142 begins each text with it. */
const RECORD_SEPARATOR = 0x1e;
const TEXT = new TextDecoder('utf-8');

type State =
  'top' | 'first-key' | 'key' | 'colon' | 'value' | 'after-member' | 'first-feature' | 'feature' | 'after-feature';

const isSpace = (c: number): boolean => c === 0x20 || c === 0x0a || c === 0x0d || c === 0x09;

/** Bytes of a value that may lie across chunks. */
class Span {
  #kept: Uint8Array[] = [];
  #keptBytes = 0;
  active = false;
  /** Open brackets; 0 within a bare string or scalar. */
  depth = 0;
  inString = false;
  escaped = false;
  scalar = false;

  begin(c: number): void {
    this.active = true;
    this.depth = c === OPEN_OBJECT || c === OPEN_LIST ? 1 : 0;
    this.inString = c === QUOTE;
    this.escaped = false;
    this.scalar = this.depth === 0 && !this.inString;
  }

  keep(bytes: Uint8Array, where: string): void {
    this.#kept.push(bytes);
    this.#keptBytes += bytes.byteLength;
    if (this.#keptBytes > MAX_PIECE_BYTES)
      throw new FormatError(
        'too-large',
        `${where}: one feature or member is larger than ${MAX_PIECE_BYTES >> 20} MiB.`,
        {
          hint: 'The file is damaged, or should be split or converted to FlatGeobuf.',
        },
      );
  }

  take(last: Uint8Array): string {
    this.active = false;
    if (this.#kept.length === 0) return TEXT.decode(last);
    const text = TEXT.decode(Buffer.concat([...this.#kept, last]));
    this.#kept = [];
    this.#keptBytes = 0;
    return text;
  }
}

/** First index from `i` at which the span is over (exclusive), or −1 when it goes on in the next chunk. */
function endOfSpan(chunk: Uint8Array, from: number, span: Span): number {
  let i = from;
  for (; i < chunk.length; i++) {
    const c = chunk[i] ?? 0;
    if (span.inString) {
      if (span.escaped) span.escaped = false;
      else if (c === BACKSLASH) span.escaped = true;
      else if (c === QUOTE) {
        span.inString = false;
        if (span.depth === 0) return i + 1;
      }
    } else if (span.scalar) {
      if (isSpace(c) || c === COMMA || c === CLOSE_OBJECT || c === CLOSE_LIST) return i;
    } else if (c === QUOTE) span.inString = true;
    else if (c === OPEN_OBJECT || c === OPEN_LIST) span.depth++;
    else if (c === CLOSE_OBJECT || c === CLOSE_LIST) {
      if (--span.depth === 0) return i + 1;
    }
  }
  return -1;
}

/**
 * Walks the top-level objects of JSON text: one, or several separated by line ends (newline-delimited) or U+001E.
 *
 * Only the outermost structure is checked here; each piece is valid JSON when `JSON.parse` takes it.
 *
 * @throws {@link FormatError} `not-geojson` when something else than an object stands at the top; `bad-json`;
 * `too-large` for a piece above {@link MAX_PIECE_BYTES}.
 */
export async function* jsonPieces(chunks: AsyncIterable<Uint8Array>, where: string): AsyncGenerator<JsonPiece> {
  // Widened by hand: the closure below changes it, which narrowing does not see.
  let state = 'top' as State;
  let key = '';
  let offset = 0;
  const span = new Span();
  const expected = (what: string, at: number, c: number): FormatError =>
    new FormatError(
      'bad-json',
      `${where}: expected ${what} at byte ${offset + at}, found ${JSON.stringify(String.fromCharCode(c))}.`,
      { hint: 'The file is no valid JSON.' },
    );
  const finish = (text: string): JsonPiece | null => {
    if (state === 'first-key' || state === 'key') {
      const parsed = parsePiece(text, where);
      key = typeof parsed === 'string' ? parsed : '';
      state = 'colon';
      return null;
    }
    if (state === 'value') {
      state = 'after-member';
      return { kind: 'member', key, text };
    }
    state = 'after-feature';
    return { kind: 'feature', text };
  };
  for await (const chunk of chunks) {
    let i = 0;
    let start = 0;
    if (offset === 0 && chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf) i = 3;
    while (i < chunk.length) {
      if (span.active) {
        const end = endOfSpan(chunk, i, span);
        if (end < 0) break;
        const piece = finish(span.take(chunk.subarray(start, end)));
        i = end;
        if (piece) yield piece;
        continue;
      }
      const c = chunk[i] ?? 0;
      if (isSpace(c)) {
        i++;
        continue;
      }
      switch (state) {
        case 'top':
          if (c === OPEN_OBJECT) state = 'first-key';
          else if (c !== RECORD_SEPARATOR)
            throw new FormatError('not-geojson', `${where} is no GeoJSON: it does not consist of objects.`);
          i++;
          break;
        case 'first-key':
        case 'key':
          if (c === CLOSE_OBJECT && state === 'first-key') {
            state = 'top';
            i++;
            yield { kind: 'end' };
          } else if (c === QUOTE) {
            span.begin(c);
            start = i++;
          } else throw expected('a name in quotes', i, c);
          break;
        case 'colon':
          if (c !== COLON) throw expected('a colon', i, c);
          state = 'value';
          i++;
          break;
        case 'value':
          if (key === 'features' && c === OPEN_LIST) state = 'first-feature';
          else {
            span.begin(c);
            start = i;
          }
          i++;
          break;
        case 'after-member':
          if (c === COMMA) state = 'key';
          else if (c === CLOSE_OBJECT) state = 'top';
          else throw expected('a comma or }', i, c);
          i++;
          if (c === CLOSE_OBJECT) yield { kind: 'end' };
          break;
        case 'first-feature':
        case 'feature':
          if (c === CLOSE_LIST && state === 'first-feature') state = 'after-member';
          else {
            span.begin(c);
            start = i;
          }
          i++;
          break;
        default:
          if (c === COMMA) state = 'feature';
          else if (c === CLOSE_LIST) state = 'after-member';
          else throw expected('a comma or ]', i, c);
          i++;
      }
    }
    if (span.active) span.keep(chunk.subarray(start), where);
    offset += chunk.length;
  }
  if (state !== 'top' || span.active)
    throw new FormatError('bad-json', `${where} ends after ${offset} bytes in the middle of a JSON object.`, {
      hint: 'The file was cut off while it was written or copied.',
    });
}

/** @throws {@link FormatError} `bad-json`. */
export function parsePiece(text: string, where: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new FormatError('bad-json', `${where}: ${error instanceof Error ? error.message : String(error)}.`, {
      hint: 'The file is no valid JSON.',
      cause: error,
    });
  }
}
