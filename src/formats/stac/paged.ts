/** The pages of a search or of an items endpoint (`stac-sources.md` §2). */
import { SourceError } from '../../core/index.js';
import { fetchJson, type FetchOptions, type StacRequest } from './fetch-json.js';
import { showPlace } from './href.js';
import { linksOf, recordOf } from './types.js';

type Document = Readonly<Record<string, unknown>>;

/** The request that a `next` link stands for; null on the last page. */
function nextRequest(page: Document, answeredBy: string, last: StacRequest): StacRequest | null {
  const link = linksOf(page).find((l) => l.rel === 'next');
  if (!link) return null;
  const url = new URL(link.href, answeredBy);
  if (link['method'] !== 'POST' && link['method'] !== 'post')
    return { url: url.href, method: 'GET', headers: headersFor(url, link['headers'], answeredBy), body: null };
  const body = recordOf(link['body']) ?? {};
  return {
    url: url.href,
    method: 'POST',
    headers: headersFor(url, link['headers'], answeredBy),
    body: link['merge'] === true ? { ...last.body, ...body } : body,
  };
}

/** Headers of a link, which may hold credentials: they go back to the server that gave them only. */
function headersFor(url: URL, given: unknown, answeredBy: string): Readonly<Record<string, string>> {
  if (url.origin !== new URL(answeredBy).origin) return {};
  const entries = Object.entries(recordOf(given) ?? {});
  return Object.fromEntries(entries.filter((e): e is [string, string] => typeof e[1] === 'string'));
}

const key = ({ url, method, body }: StacRequest): string => `${method} ${url} ${JSON.stringify(body)}`;

/**
 * The features of a first page and of those that follow it, each collection and id once, in the server's order.
 *
 * It stops without a `next` link, and at an empty page.
 *
 * @throws {@link SourceError} `source.paging-loop` when a request repeats; what {@link fetchJson} throws.
 */
export async function* pagedFeatures(
  first: Document,
  answeredBy: string,
  request: StacRequest,
  o: FetchOptions,
): AsyncGenerator<{ readonly feature: unknown; readonly url: string }> {
  const requests = new Set([key(request)]);
  const items = new Set<string>();
  for (let [page, url, last] = [first, answeredBy, request]; ;) {
    const features: readonly unknown[] = Array.isArray(page['features']) ? page['features'] : [];
    for (const feature of features) {
      const item = recordOf(feature);
      const name = JSON.stringify([item?.['collection'], item?.['id']]);
      if (typeof item?.['id'] === 'string') {
        if (items.has(name)) continue;
        items.add(name);
      }
      yield { feature, url };
    }
    const next = features.length === 0 ? null : nextRequest(page, url, last);
    if (!next) return;
    if (requests.has(key(next))) {
      throw new SourceError('source.paging-loop', `${showPlace(url)} sends the same page again and again.`, {
        hint: 'The server is faulty; ask for larger pages (limit=…) so that one is enough.',
        details: { url: showPlace(url) },
      });
    }
    requests.add(key(next));
    const answer = await fetchJson(next, o);
    [page, url, last] = [recordOf(answer.json) ?? {}, answer.url, next];
  }
}
