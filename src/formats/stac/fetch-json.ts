/** Requests to STAC servers: retried where that is safe, bounded in time and size (`stac-sources.md` §2). */
import { setTimeout as delay } from 'node:timers/promises';
import { FormatError, messageOf, SourceError } from '../../core/index.js';
import { ATTEMPTS, RETRY_STATUS, retryAfterMs, retryPauseMs, TIMEOUT_MS, withHostSlot } from '../../io/index.js';
import { showPlace } from './href.js';

/** A request as links describe it. */
export interface StacRequest {
  readonly url: string;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Readonly<Record<string, unknown>> | null;
}

/** How requests are made; tests put their own clock and chance in. */
export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
  readonly fetchImpl?: typeof fetch;
  /** First pause in ms. Default 500. */
  readonly backoffMs?: number;
  /** Limit of one attempt in ms. Default 30 000. */
  readonly timeoutMs?: number;
  readonly random?: () => number;
}

/** Longest document that is read; a search page has a few megabytes. */
const MAX_BYTES = 128 * 2 ** 20;
/** Characters of a server's own message that are shown. */
const SHOWN_MESSAGE = 200;

function failure(url: string, code: string, text: string, hint: string, cause?: unknown): SourceError {
  return new SourceError(code, `${showPlace(url)} ${text}.`, { hint, details: { url: showPlace(url) }, cause });
}

async function bodyText(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  // SAFETY: the body of a fetch response is iterable in Node.
  for await (const chunk of (response.body ?? []) as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > MAX_BYTES)
      throw failure(url, 'source.too-large', `sent more than ${MAX_BYTES / 2 ** 20} MB`, 'Ask for smaller pages.');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function statusError(url: string, status: number, body: string): SourceError {
  const said = serverMessage(body);
  const answer = `answered HTTP ${status}${said === '' ? '' : ` (${said})`}`;
  if (status === 404 || status === 410) return failure(url, 'source.missing', answer, 'Check the address.');
  if (status === 401 || status === 403)
    return failure(url, 'source.denied', answer, 'It may need a token or a freshly signed address.');
  return failure(url, 'source.failed', answer, status < 500 ? 'Check the request.' : 'Try again later.');
}

function serverMessage(body: string): string {
  try {
    const json = JSON.parse(body) as Readonly<Record<string, unknown>> | null;
    const text = json?.['description'] ?? json?.['detail'] ?? json?.['message'];
    return typeof text === 'string' ? text.replace(/\s+/g, ' ').slice(0, SHOWN_MESSAGE) : '';
  } catch {
    return '';
  }
}

/** An address without user and password, which fetch refuses, and the header that says them. */
function withoutUser(address: string): {
  readonly url: string;
  readonly authorization: Readonly<Record<string, string>>;
} {
  const url = new URL(address);
  if (url.username === '' && url.password === '') return { url: address, authorization: {} };
  const user = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
  url.username = '';
  url.password = '';
  return { url: url.href, authorization: { authorization: `Basic ${Buffer.from(user).toString('base64')}` } };
}

type Attempt =
  { readonly text: string; readonly url: string } | { readonly error: SourceError; readonly waitMs: number | null };

async function attempt(request: StacRequest, o: FetchOptions): Promise<Attempt> {
  const timeout = AbortSignal.timeout(o.timeoutMs ?? TIMEOUT_MS);
  const signal = o.signal ? AbortSignal.any([o.signal, timeout]) : timeout;
  try {
    const { url, authorization } = withoutUser(request.url);
    const headers = { ...request.headers, ...authorization };
    const response = await (o.fetchImpl ?? fetch)(url, {
      method: request.method,
      // Credentials are for the server that they were given for.
      redirect: Object.keys(headers).length > 0 ? 'error' : 'follow',
      headers: {
        accept: 'application/geo+json, application/json',
        ...headers,
        ...(request.body && { 'content-type': 'application/json' }),
      },
      signal,
      ...(request.body && { body: JSON.stringify(request.body) }),
    });
    const text = await bodyText(response, request.url);
    if (response.ok) return { text, url: response.url === '' ? request.url : response.url };
    const error = statusError(request.url, response.status, text);
    if (!RETRY_STATUS.has(response.status)) throw error;
    return { error, waitMs: retryAfterMs(response.headers.get('retry-after')) };
  } catch (error) {
    o.signal?.throwIfAborted();
    if (error instanceof SourceError) throw error;
    const why = timeout.aborted
      ? `did not answer within ${(o.timeoutMs ?? TIMEOUT_MS) / 1000} s`
      : `cannot be reached (${messageOf(error instanceof Error && error.cause !== undefined ? error.cause : error)})`;
    return {
      error: failure(request.url, 'source.network', why, 'Check the network and the address.', error),
      waitMs: null,
    };
  }
}

/**
 * The JSON that a server answers with, and the address that answered (after redirects).
 *
 * Timeouts, network errors and the statuses 408, 429, 500, 502, 503 and 504 are tried five times in all, with full
 * jitter; `Retry-After` wins.
 *
 * @throws {@link SourceError} `source.missing`, `source.denied`, `source.failed` with the server's message,
 * `source.network`, `source.too-large`; {@link FormatError} `not-json`; the signal's reason, also during a pause.
 */
export async function fetchJson(
  request: StacRequest,
  o: FetchOptions = {},
): Promise<{ readonly json: unknown; readonly url: string }> {
  for (let n = 0; ; n++) {
    o.signal?.throwIfAborted();
    const answer = await withHostSlot(new URL(request.url), o.signal, () => attempt(request, o));
    if ('text' in answer) return { json: parseJson(answer.text, request.url), url: answer.url };
    if (n + 1 >= ATTEMPTS) throw answer.error;
    const pause = retryPauseMs(n, answer.waitMs, o.backoffMs, o.random);
    await delay(pause, undefined, o.signal ? { signal: o.signal } : {}).catch((error: unknown) => {
      o.signal?.throwIfAborted();
      throw error;
    });
  }
}

/** JSON of a document, which messages name. @throws {@link FormatError} `not-json`. */
export function parseJson(text: string, place: string): unknown {
  try {
    return JSON.parse(text.replace(/^\uFEFF/, '')) as unknown;
  } catch (error) {
    throw new FormatError('not-json', `${showPlace(place)} is not JSON: ${messageOf(error)}.`, {
      hint: 'The document is something else, or was cut off.',
      details: { file: showPlace(place) },
      cause: error,
    });
  }
}
