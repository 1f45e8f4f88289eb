/** Ranged reads over HTTP(S), with retries where they are safe and a check that the file stays the same. */
import { setTimeout as delay } from 'node:timers/promises';
import { SourceError, messageOf } from '../core/index.js';
import { showSource, type ReadOptions, type Source } from './source.js';

/** How the source talks to the server. */
export interface HttpSourceOptions extends ReadOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** Attempts per read in all. Default 5. */
  readonly attempts?: number;
  /** First pause before a retry in ms, doubled each time, plus up to as much again by chance. Default 200. */
  readonly backoffMs?: number;
}

/** The first request brings this much, which holds the header of nearly every cloud-optimised file. */
const FIRST_BYTES = 65536;
const RETRY_STATUS = new Set([408, 425, 429, 500, 502, 503, 504]);
/** A server may ask for a longer pause; we wait no longer than this, in seconds. */
const MAX_RETRY_AFTER_S = 30;

interface Answer {
  readonly bytes: Uint8Array;
  readonly total: number;
  readonly tag: string | null;
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
  o: HttpSourceOptions,
): Promise<Answer | { readonly retryAfterS: number; readonly error: SourceError }> {
  const headers = { ...o.headers, Range: `bytes=${offset}-${offset + length - 1}`, 'Accept-Encoding': 'identity' };
  const response = await fetch(url, { headers, ...(o.signal ? { signal: o.signal } : {}) });
  if (RETRY_STATUS.has(response.status)) {
    await response.body?.cancel();
    return { retryAfterS: Number(response.headers.get('retry-after')) || 0, error: statusError(url, response.status) };
  }
  if (response.status === 416) {
    await response.body?.cancel();
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
  const bytes = new Uint8Array(await response.arrayBuffer());
  if (bytes.byteLength !== end - start + 1) {
    const error = failure(
      url,
      'source.truncated',
      `sent ${bytes.byteLength} bytes instead of ${end - start + 1}`,
      'Try again later.',
    );
    return { retryAfterS: 0, error };
  }
  return { bytes, total, tag: response.headers.get('etag') ?? response.headers.get('last-modified') };
}

async function request(url: URL, offset: number, length: number, o: HttpSourceOptions): Promise<Answer> {
  const attempts = o.attempts ?? 5;
  const backoffMs = o.backoffMs ?? 200;
  for (let attempt = 1; ; attempt++) {
    let problem: SourceError;
    let pauseMs = backoffMs * 2 ** (attempt - 1) * (1 + Math.random());
    try {
      const answer = await requestOnce(url, offset, length, o);
      if ('bytes' in answer) return answer;
      problem = answer.error;
      pauseMs = Math.max(pauseMs, Math.min(answer.retryAfterS, MAX_RETRY_AFTER_S) * 1000);
    } catch (error) {
      o.signal?.throwIfAborted();
      if (error instanceof SourceError) throw error;
      // Whatever else fetch throws is a failed connection; a ranged read may always be repeated.
      const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
      problem = failure(
        url,
        'source.network',
        `cannot be reached (${messageOf(cause)})`,
        'Check the network and the address.',
        error,
      );
    }
    if (attempt >= attempts) throw problem;
    await delay(pauseMs, undefined, o.signal ? { signal: o.signal } : {}).catch((error: unknown) => {
      o.signal?.throwIfAborted();
      throw error;
    });
  }
}

/**
 * Opens a file on a server for ranged reads. Its first 64 KiB are fetched at once and kept.
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
    const answer = await request(url, offset, wanted, { ...o, signal });
    if (answer.total !== first.total || answer.tag !== first.tag) {
      throw failure(url, 'source.changed', 'changed while it was read', 'Open it again.');
    }
    return answer.bytes;
  };
  return { url, size: first.total, read, close: () => Promise.resolve() };
}
