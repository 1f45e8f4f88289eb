/** Ranged reads over HTTP(S), with retries where they are safe and a check that the file stays the same. */
import { setTimeout as delay } from 'node:timers/promises';
import { SourceError, messageOf } from '../core/index.js';
import {
  ATTEMPTS,
  BACKOFF_MS,
  RANGES_PER_HOST,
  RETRY_STATUS,
  retryAfterMs,
  retryPauseMs,
  TIMEOUT_MS,
  withHostSlot,
} from './retry.js';
import { showSource, type ReadOptions, type Source } from './source.js';

/** How the source talks to the server. */
export interface HttpSourceOptions extends ReadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Attempts per read in all. Default 5. */
  readonly attempts?: number;
  /** Longest first pause before a retry in ms, doubled each time; the pause itself is by chance. Default 500. */
  readonly backoffMs?: number;
  /** Limit of one attempt in ms. Default 30 000. */
  readonly timeoutMs?: number;
}

/** The first request brings this much, which holds the header of nearly every cloud-optimised file. */
const FIRST_BYTES = 65536;
/** A file that a server without ranges sends whole is kept in memory up to this size. */
const MAX_WHOLE_BYTES = 64 << 20;

interface Answer {
  readonly bytes: Uint8Array;
  /** Where they lie in the file. */
  readonly start: number;
  readonly total: number;
  readonly tag: string | null;
}
interface Failure {
  readonly error: SourceError;
  /** What the server asks for. */
  readonly waitMs: number | null;
}

function failure(url: URL, code: string, text: string, hint: string, cause?: unknown): SourceError {
  return new SourceError(code, `${showSource(url)} ${text}.`, { hint, details: { url: showSource(url) }, cause });
}

function statusError(url: URL, status: number): SourceError {
  if (status === 404 || status === 410)
    return failure(url, 'source.missing', `does not exist (HTTP ${status})`, 'Check the address.');
  if (status === 401 || status === 403) {
    return failure(
      url,
      'source.denied',
      `refuses access (HTTP ${status})`,
      'It may need a token or a freshly signed address.',
    );
  }
  return failure(url, 'source.failed', `answered HTTP ${status}`, 'Try again later.');
}

/** Reads `Content-Range: bytes a-b/total`. */
function parseContentRange(text: string | null): readonly [start: number, end: number, total: number] | null {
  const m = /^bytes (\d+)-(\d+)\/(\d+)$/.exec(text ?? '');
  return m ? [Number(m[1]), Number(m[2]), Number(m[3])] : null;
}

async function requestOnce(
  url: URL,
  offset: number,
  length: number,
  signal: AbortSignal,
  o: HttpSourceOptions,
): Promise<Answer | Failure> {
  const headers = { ...o.headers, Range: `bytes=${offset}-${offset + length - 1}`, 'Accept-Encoding': 'identity' };
  const response = await fetch(url, { headers, signal });
  if (RETRY_STATUS.has(response.status)) {
    await response.body?.cancel();
    return { waitMs: retryAfterMs(response.headers.get('retry-after')), error: statusError(url, response.status) };
  }
  const tag = response.headers.get('etag') ?? response.headers.get('last-modified');
  if (response.status === 416) {
    await response.body?.cancel();
    if (offset === 0 && response.headers.get('content-range') === 'bytes */0')
      return { bytes: new Uint8Array(0), start: 0, total: 0, tag };
    throw failure(
      url,
      'source.changed',
      `has no bytes from ${offset} on`,
      'It became shorter since it was opened; open it again.',
    );
  }
  if (!response.ok) {
    await response.body?.cancel();
    throw statusError(url, response.status);
  }
  if (response.status === 200) return wholeBody(url, response, tag);
  const range = parseContentRange(response.headers.get('content-range'));
  if (response.status !== 206 || !range) {
    await response.body?.cancel();
    throw failure(
      url,
      'source.no-range',
      'is on a server that does not serve byte ranges',
      'Download the file and use the local copy.',
    );
  }
  const [start, end, total] = range;
  if (start !== offset || end - start + 1 > length || end !== Math.min(offset + length, total) - 1) {
    await response.body?.cancel();
    throw failure(
      url,
      'source.wrong-range',
      `answered bytes ${start}-${end} to a request for ${offset}-${offset + length - 1}`,
      'A proxy on the way is faulty.',
    );
  }
  const bytes = await bodyBytes(response, end - start + 1);
  if (bytes?.byteLength !== end - start + 1) {
    const error = failure(
      url,
      'source.truncated',
      `sent ${bytes ? bytes.byteLength : 'more'} bytes instead of ${end - start + 1}`,
      'Try again later.',
    );
    return { waitMs: null, error };
  }
  return { bytes, start, total, tag };
}

/** The body of an answer; null when it is longer than `limit`, whatever it said before. */
async function bodyBytes(response: Response, limit: number): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // SAFETY: the body of a fetch response is iterable in Node. Leaving the loop cancels it.
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > limit) return null;
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks));
}

/** A file that came whole because its server does not know ranges. */
async function wholeBody(url: URL, response: Response, tag: string | null): Promise<Answer | Failure> {
  const tooLarge = (): SourceError =>
    failure(
      url,
      'source.no-range',
      `is larger than ${MAX_WHOLE_BYTES >> 20} MiB on a server that does not serve byte ranges`,
      'Download the file and use the local copy.',
    );
  const stated = response.headers.get('content-length');
  if (Number(stated) > MAX_WHOLE_BYTES) {
    await response.body?.cancel();
    throw tooLarge();
  }
  const bytes = await bodyBytes(response, MAX_WHOLE_BYTES);
  if (!bytes) throw tooLarge();
  // A packed body is longer when unpacked, so its stated length says nothing.
  if (stated !== null && response.headers.get('content-encoding') === null && bytes.byteLength !== Number(stated))
    return {
      waitMs: null,
      error: failure(
        url,
        'source.truncated',
        `sent ${bytes.byteLength} bytes instead of ${stated}`,
        'Try again later.',
      ),
    };
  return { bytes, start: 0, total: bytes.byteLength, tag };
}

async function request(url: URL, offset: number, length: number, o: HttpSourceOptions): Promise<Answer> {
  const attempts = o.attempts ?? ATTEMPTS;
  for (let n = 0; ; n++) {
    let problem: SourceError;
    let waitMs: number | null = null;
    let timeout: AbortSignal | undefined;
    try {
      const send = (): Promise<Answer | Failure> => {
        timeout = AbortSignal.timeout(o.timeoutMs ?? TIMEOUT_MS);
        const signal = o.signal ? AbortSignal.any([o.signal, timeout]) : timeout;
        return requestOnce(url, offset, length, signal, o);
      };
      const answer = await withHostSlot(url, o.signal, send, RANGES_PER_HOST);
      if ('bytes' in answer) return answer;
      problem = answer.error;
      waitMs = answer.waitMs;
    } catch (error) {
      o.signal?.throwIfAborted();
      if (error instanceof SourceError) throw error;
      // Whatever else fetch throws is a failed connection; a ranged read may always be repeated.
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      problem = failure(
        url,
        'source.network',
        timeout?.aborted === true
          ? `did not answer within ${(o.timeoutMs ?? TIMEOUT_MS) / 1000} s`
          : `cannot be reached (${messageOf(cause)})`,
        'Check the network and the address.',
        error,
      );
    }
    if (n + 1 >= attempts) throw problem;
    const pause = retryPauseMs(n, waitMs, o.backoffMs ?? BACKOFF_MS);
    await delay(pause, undefined, o.signal ? { signal: o.signal } : {}).catch((error: unknown) => {
      o.signal?.throwIfAborted();
      throw error;
    });
  }
}

/**
 * Opens a file on a server for ranged reads. Its first 64 KiB are fetched at once and kept.
 *
 * Faults that may pass (408, 429, 500, 502, 503, 504, broken connections, 30 s without an answer) are tried five times in
 * all; at most 32 requests are under way per host. A server without ranges sends the file whole, up to 64 MiB.
 *
 * @throws {@link SourceError} `source.missing`, `source.denied`, `source.no-range`, `source.network`; reads throw
 * `source.changed` when ETag or size are no longer what they were.
 */
export async function openHttpSource(address: string | URL, o: HttpSourceOptions = {}): Promise<Source> {
  const url = new URL(address);
  const first = await request(url, 0, FIRST_BYTES, o);
  const read = async (offset: number, length: number, { signal }: ReadOptions = {}): Promise<Uint8Array> => {
    const wanted = Math.max(0, Math.min(length, first.total - offset));
    if (wanted === 0) return new Uint8Array(0);
    if (offset + wanted <= first.bytes.byteLength) return first.bytes.slice(offset, offset + wanted);
    signal?.throwIfAborted();
    const answer = await request(url, offset, wanted, { ...o, signal });
    if (answer.total !== first.total || answer.tag !== first.tag) {
      throw failure(url, 'source.changed', 'changed while it was read', 'Open it again.');
    }
    // More than asked for comes from a server that no longer knows ranges.
    return answer.start === offset && answer.bytes.byteLength === wanted
      ? answer.bytes
      : answer.bytes.slice(offset - answer.start, offset - answer.start + wanted);
  };
  return { url, size: first.total, head: first.bytes, read, close: () => Promise.resolve() };
}
