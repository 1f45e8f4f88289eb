/** When and how long after a failed request another one is sent, and how many go to one host at once (`stac-sources.md` §2). */

/** Statuses after which the same request may succeed. */
export const RETRY_STATUS: ReadonlySet<number> = new Set([408, 429, 500, 502, 503, 504]);
/** Attempts in all. */
export const ATTEMPTS = 5;
/** First pause in ms. */
export const BACKOFF_MS = 500;
/** Limit of one attempt in ms. */
export const TIMEOUT_MS = 30_000;
const MAX_PAUSE_MS = 30_000;
const MAX_RETRY_AFTER_MS = 120_000;
/** Requests at once to one host: interfaces that search must not be pressed. */
const REQUESTS_PER_HOST = 8;
/** Byte ranges at once from one host: object stores serve each as if it were alone, and waiting is most of the cost. */
export const RANGES_PER_HOST = 32;

/** Milliseconds of a `Retry-After` header, in seconds or as a date, at most two minutes; null without one. */
export function retryAfterMs(header: string | null, now = Date.now()): number | null {
  const text = header?.trim() ?? '';
  if (text === '') return null;
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - now;
  return Number.isFinite(ms) ? Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS) : null;
}

/** Pause in ms before the retry after attempt `n` (from 0): full jitter below a doubling limit; what the server asks for wins. */
export function retryPauseMs(n: number, askedMs: number | null, backoffMs = BACKOFF_MS, random = Math.random): number {
  return askedMs ?? Math.min(MAX_PAUSE_MS, backoffMs * 2 ** n) * random();
}

interface Host {
  running: number;
  readonly waiting: (() => void)[];
}
const hosts = new Map<string, Host>();

/**
 * Runs a request while at most `limit` of its kind (eight, unless it reads byte ranges) are under way to its host,
 * whoever sent them; others wait in order.
 *
 * An aborted signal rejects with its reason at once, also while waiting.
 */
export async function withHostSlot<T>(
  url: URL,
  signal: AbortSignal | undefined,
  run: () => Promise<T>,
  limit = REQUESTS_PER_HOST,
): Promise<T> {
  const key = `${url.host} ${limit}`;
  let host = hosts.get(key);
  if (!host) hosts.set(key, (host = { running: 0, waiting: [] }));
  const { waiting } = host;
  if (host.running >= limit) {
    // A signal of its own: Node warns of leaks when many listen to one.
    const own = signal && AbortSignal.any([signal]);
    await new Promise<void>((resolve, reject) => {
      const turn = (): void => {
        own?.removeEventListener('abort', abort);
        resolve();
      };
      const abort = (): void => {
        waiting.splice(waiting.indexOf(turn), 1);
        // SAFETY: rejecting with the signal's reason, whatever it is, is the contract of cancelling.
        reject(own?.reason as Error);
      };
      waiting.push(turn);
      if (own?.aborted === true) abort();
      else own?.addEventListener('abort', abort, { once: true });
    });
  } else host.running++;
  try {
    return await run();
  } finally {
    const next = waiting.shift();
    if (next)
      next(); // the slot goes to it
    else if (--host.running === 0) hosts.delete(key);
  }
}
