import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readItems, recordOf, type FetchOptions } from '../../../../src/formats/stac/index.js';
import { makeItem, sendJson, withServer, type Answer, type StacServer } from './server.js';

const QUICK: FetchOptions = { backoffMs: 1, random: () => 1 };

async function idsFrom(place: string, o: FetchOptions = QUICK): Promise<string[]> {
  const ids: string[] = [];
  for await (const found of readItems(place, o))
    ids.push('error' in found ? `! ${found.error.message}` : String(recordOf(found.item)?.['id']));
  return ids;
}
const page = (ids: readonly string[], next?: Readonly<Record<string, unknown>>): unknown => ({
  type: 'FeatureCollection',
  features: ids.map((id) => makeItem(id)),
  links: next ? [{ rel: 'next', ...next }] : [],
});
const search = (answer: Answer, use: (server: StacServer) => Promise<void>): Promise<void> => withServer(answer, use);

describe('pages of a search', () => {
  test('GET links are resolved against the answer and followed in order', () =>
    search(
      ({ url }, response) =>
        sendJson(response, url.includes('page=2') ? page(['c']) : page(['a', 'b'], { href: '?limit=2&page=2' })),
      async ({ root, asked }) => {
        assert.deepEqual(await idsFrom(`${root}/search?limit=2`), ['a', 'b', 'c']);
        assert.deepEqual(
          asked.map((a) => a.url),
          ['/search?limit=2', '/search?limit=2&page=2'],
        );
      },
    ));

  test('POST links send their body; with merge it goes over the last body', () =>
    search(
      ({ body }, response, n) => {
        if (n === 0)
          sendJson(response, page(['a'], { href: '/search', method: 'POST', body: { limit: 1, token: 't1' } }));
        else if (n === 1)
          sendJson(response, page(['b'], { href: '/search', method: 'POST', merge: true, body: { token: 't2' } }));
        else sendJson(response, page([body]));
      },
      async ({ root, asked }) => {
        assert.deepEqual(await idsFrom(`${root}/search?x=1`), ['a', 'b', '{"limit":1,"token":"t2"}']);
        assert.equal(asked[1]?.body, '{"limit":1,"token":"t1"}');
        assert.equal(asked[1].headers['content-type'], 'application/json');
      },
    ));

  test('headers of a link go to the server that gave them, and to no other', () =>
    withServer(
      (_, response) => sendJson(response, page(['z'])),
      async (other) =>
        search(
          (_, response, n) =>
            sendJson(
              response,
              n === 0
                ? page(['a'], { href: '/p2', headers: { 'x-key': 'k' } })
                : page(['b'], { href: `${other.root}/p3`, headers: { 'x-key': 'k' } }),
            ),
          async ({ root, asked }) => {
            assert.deepEqual(await idsFrom(`${root}/search`), ['a', 'b', 'z']);
            assert.equal(asked[1]?.headers['x-key'], 'k');
            assert.equal(other.asked[0]?.headers['x-key'], undefined);
          },
        ),
    ));

  test('a repeated next request is a paging loop, not a hang', () =>
    search(
      (_, response) => sendJson(response, page(['a'], { href: '/search?page=1' })),
      async ({ root, asked }) => {
        await assert.rejects(idsFrom(`${root}/search?page=1`), { name: 'SourceError', code: 'source.paging-loop' });
        assert.equal(asked.length, 1);
      },
    ));

  test('an empty page ends the search although it has a next link', () =>
    search(
      (_, response, n) => sendJson(response, page(n === 0 ? ['a'] : [], { href: `/search?page=${n + 2}` })),
      async ({ root, asked }) => {
        assert.deepEqual(await idsFrom(`${root}/search`), ['a']);
        assert.equal(asked.length, 2);
      },
    ));

  test('a page of the same items twice changes nothing; other collections may share ids', () =>
    search(
      (_, response, n) => {
        if (n < 2) sendJson(response, page(['a', 'b'], { href: `/search?page=${n + 2}` }));
        else
          sendJson(response, {
            type: 'FeatureCollection',
            features: [makeItem('a', 10, 46, { collection: 'd' })],
            links: [],
          });
      },
      async ({ root }) => assert.deepEqual(await idsFrom(`${root}/search`), ['a', 'b', 'a']),
    ));
});

describe('requests', () => {
  test('503 and 429 with Retry-After are tried again, in all at most five times', async () => {
    await search(
      (_, response, n) => {
        if (n === 0) sendJson(response, {}, 503);
        else if (n === 1) sendJson(response, {}, 429, { 'retry-after': '0' });
        else sendJson(response, page(['a']));
      },
      async ({ root, asked }) => {
        assert.deepEqual(await idsFrom(`${root}/search`), ['a']);
        assert.equal(asked.length, 3);
      },
    );
    await search(
      (_, response) => sendJson(response, {}, 500),
      async ({ root, asked }) => {
        await assert.rejects(idsFrom(`${root}/search?sig=secret`), (error: Error) => {
          assert.match(error.message, /HTTP 500/);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        });
        assert.equal(asked.length, 5);
      },
    );
  });

  test("404 and 400 fail at once with the server's own words", async () => {
    await search(
      (_, response, n) => sendJson(response, { description: 'limit is too large' }, n === 0 ? 400 : 404),
      async ({ root, asked }) => {
        await assert.rejects(idsFrom(`${root}/search`), {
          code: 'source.failed',
          message: /HTTP 400 \(limit is too large\)/,
        });
        await assert.rejects(idsFrom(`${root}/search`), { code: 'source.missing' });
        assert.equal(asked.length, 2);
      },
    );
  });

  test('a body that breaks off is tried again; one that is no JSON is an error', async () => {
    await search(
      (_, response, n) => {
        const text = JSON.stringify(page(['a']));
        if (n > 0) return void response.end(text);
        response.writeHead(200, { 'content-length': String(text.length) });
        response.write(text.slice(0, 20), () => response.destroy());
      },
      async ({ root, asked }) => {
        assert.deepEqual(await idsFrom(`${root}/search`), ['a']);
        assert.equal(asked.length, 2);
      },
    );
    await search(
      (_, response) => void response.end('<html>login</html>'),
      async ({ root }) => assert.rejects(idsFrom(`${root}/search`), { name: 'FormatError', code: 'not-json' }),
    );
  });

  test('a server that does not answer is given up after the time limit', () =>
    search(
      () => undefined,
      async ({ root, asked }) => {
        await assert.rejects(idsFrom(`${root}/search`, { ...QUICK, timeoutMs: 30 }), {
          code: 'source.network',
          message: /did not answer within 0.03 s/,
        });
        assert.equal(asked.length, 5);
      },
    ));

  test('aborting ends a pause and a slow answer at once, with the reason', async () => {
    const reason = new Error('enough');
    for (const answer of [
      ((_, response) => sendJson(response, {}, 503, { 'retry-after': '60' })) satisfies Answer,
      (() => undefined) satisfies Answer,
    ]) {
      await search(answer, async ({ root }) => {
        const controller = new AbortController();
        setTimeout(() => controller.abort(reason), 50);
        const begun = performance.now();
        await assert.rejects(idsFrom(`${root}/search`, { ...QUICK, signal: controller.signal }), reason);
        assert.ok(performance.now() - begun < 5000);
      });
    }
  });

  test('user and password of an address are sent as a header and never shown', () =>
    search(
      (_, response, n) => sendJson(response, n === 0 ? page(['a']) : {}, n === 0 ? 200 : 401),
      async ({ root, asked }) => {
        const address = `${root.replace('//', '//me:pa55@')}/search`;
        assert.deepEqual(await idsFrom(address), ['a']);
        assert.equal(asked[0]?.headers.authorization, `Basic ${Buffer.from('me:pa55').toString('base64')}`);
        await assert.rejects(idsFrom(address), (error: Error) => !error.message.includes('pa55'));
      },
    ));
});

describe('static catalogs', () => {
  const catalog = (links: readonly (readonly [rel: string, href: string])[]): unknown => ({
    type: 'Catalog',
    id: 'x',
    stac_version: '1.0.0',
    description: 'x',
    links: links.map(([rel, href]) => ({ rel, href })),
  });

  test('links are followed in order, cycles once, at most eight documents at a time', async () => {
    let [now, most] = [0, 0];
    const names = Array.from({ length: 30 }, (_, i) => `i${i}`);
    const documents: Record<string, unknown> = {
      '/catalog.json': catalog([
        ['self', './catalog.json'],
        ['child', './a/catalog.json'],
        ['item', './last.json'],
        ['child', './a/catalog.json'],
      ]),
      '/a/catalog.json': catalog([
        ['root', '../catalog.json'],
        ['child', '../catalog.json'],
        ...names.map((n) => ['item', `./${n}.json`] as const),
      ]),
      '/last.json': makeItem('last'),
      ...Object.fromEntries(names.map((n) => [`/a/${n}.json`, makeItem(n)])),
    };
    await withServer(
      ({ url }, response) => {
        most = Math.max(most, ++now);
        setTimeout(
          () => {
            now--;
            sendJson(response, documents[url] ?? {}, documents[url] === undefined ? 404 : 200);
          },
          5 + (url.length % 3) * 5,
        );
      },
      async ({ root, asked }) => {
        assert.deepEqual(await idsFrom(`${root}/catalog.json`), [...names, 'last']);
        assert.equal(asked.length, 33, 'every document once');
        assert.ok(most > 1 && most <= 8, `${most} at a time`);
      },
    );
  });

  test('a missing child is reported in its place and the others are read', () =>
    withServer(
      ({ url }, response) => {
        if (url === '/catalog.json')
          sendJson(
            response,
            catalog([
              ['child', 'gone/catalog.json'],
              ['item', 'i.json'],
            ]),
          );
        else if (url === '/i.json') sendJson(response, makeItem('i'));
        else sendJson(response, {}, 404);
      },
      async ({ root }) =>
        assert.deepEqual(await idsFrom(`${root}/catalog.json`), [
          `! ${root}/gone/catalog.json answered HTTP 404.`,
          'i',
        ]),
    ));

  test('a collection of an API leads to the pages of its items', () =>
    withServer(
      ({ url }, response) => {
        if (url === '/collections/c')
          sendJson(response, { ...(catalog([['items', '/collections/c/items']]) as object), type: 'Collection' });
        else sendJson(response, url.endsWith('p2') ? page(['b']) : page(['a'], { href: '/collections/c/items?p2' }));
      },
      async ({ root }) => assert.deepEqual(await idsFrom(`${root}/collections/c`), ['a', 'b']),
    ));

  test('children without end are given up at a depth', () =>
    withServer(
      ({ url }, response) => sendJson(response, catalog([['child', `./${url.length}/catalog.json`]])),
      async ({ root }) => {
        const [only, ...rest] = await idsFrom(`${root}/catalog.json`);
        assert.match(only ?? '', /lies 33 catalogs deep/);
        assert.deepEqual(rest, []);
      },
    ));

  test('a catalog on a server does not lead to files of this machine', () =>
    withServer(
      (_, response) => sendJson(response, catalog([['item', 'file:///etc/hostname']])),
      async ({ root }) => {
        const [only] = await idsFrom(`${root}/catalog.json`);
        assert.match(only ?? '', /^! .*leads to file:\/\/\/etc\/hostname/);
      },
    ));
});
