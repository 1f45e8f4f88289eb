/** Catalogs and collections whose links lead to their items. */
import { mapConcurrent, SourceError } from '../../core/index.js';
import { isRemote } from '../../io/index.js';
import { asItemError } from './check-item.js';
import type { FetchOptions } from './fetch-json.js';
import { resolveHref, showPlace } from './href.js';
import { pagedFeatures } from './paged.js';
import { readJson } from './read-json.js';
import { linksOf, recordOf, type FoundItem } from './types.js';

/** Documents read at once; servers allow about as many. */
const CONCURRENCY = 8;
/** Catalogs within catalogs; more is a server that makes up children. */
const MAX_DEPTH = 32;
const FOLLOWED = new Set(['child', 'item', 'items']);

type Document = Readonly<Record<string, unknown>>;

/** A document of the tree, in link order. */
interface Node {
  readonly place: string;
  /** The document that leads here. */
  readonly from: string | null;
  result: { readonly json: unknown; readonly place: string } | { readonly error: Error } | null;
  children: readonly Node[];
}

/** Whether a document leads to items rather than holding them. */
export function isCatalog(document: Document): boolean {
  return (
    document['type'] === 'Catalog' ||
    document['type'] === 'Collection' ||
    (document['type'] === undefined && 'description' in document && Array.isArray(document['links']))
  );
}

/** Places of the children of a catalog that nobody has been to yet. */
function childrenOf(document: Document, place: string | null, seen: Set<string>): Node[] {
  const nodes: Node[] = [];
  for (const link of linksOf(document)) {
    if (!FOLLOWED.has(link.rel)) continue;
    const child = resolveHref(link.href, place);
    const name = child.replace(/#.*$/s, '');
    // A catalog that leads back to one above would never end; an item that two catalogs share counts once.
    if (seen.has(name)) continue;
    seen.add(name);
    nodes.push({ place: child, from: place, result: null, children: [] });
  }
  return nodes;
}

/** Reads the tree below a catalog, a level at a time. */
async function grow(roots: readonly Node[], seen: Set<string>, o: FetchOptions): Promise<void> {
  let level = roots;
  for (let depth = 1; level.length > 0; depth++) {
    await mapConcurrent(
      level,
      CONCURRENCY,
      async (node) => {
        try {
          if (depth > MAX_DEPTH)
            throw new SourceError('source.too-deep', `${showPlace(node.place)} lies ${depth} catalogs deep.`, {
              hint: 'Start at a catalog further down.',
            });
          if (node.from !== null && isRemote(node.from) && !isRemote(node.place))
            throw new SourceError(
              'source.denied',
              `${showPlace(node.from)} leads to ${node.place}, which is no address.`,
              {
                hint: 'A catalog on a server may not lead to files of this machine.',
              },
            );
          node.result = await readJson(node.place, o);
        } catch (error) {
          o.signal?.throwIfAborted();
          node.result = { error: asItemError(showPlace(node.place), error) };
        }
      },
      o.signal,
    );
    // After the level is read, so that the order of links, not of answers, decides who is first.
    for (const node of level) {
      const document = node.result && 'json' in node.result ? recordOf(node.result.json) : null;
      if (document && node.result && 'json' in node.result && isCatalog(document))
        node.children = childrenOf(document, node.result.place, seen);
    }
    level = level.flatMap((node) => node.children);
  }
}

async function* leaves(nodes: readonly Node[], o: FetchOptions): AsyncGenerator<FoundItem> {
  for (const { place, result, children } of nodes) {
    const where = showPlace(place);
    if (!result) continue;
    if ('error' in result) {
      yield { where, error: result.error };
      continue;
    }
    const document = recordOf(result.json);
    if (document && isCatalog(document)) yield* leaves(children, o);
    else if (document && Array.isArray(document['features'])) yield* featuresOf(document, place, result.place, o);
    else yield { where, base: result.place, item: result.json };
  }
}

/** The features of a collection of items; those of a server go on to its further pages. */
export async function* featuresOf(
  document: Document,
  place: string,
  answeredBy: string,
  o: FetchOptions,
): AsyncGenerator<FoundItem> {
  const features: readonly unknown[] = Array.isArray(document['features']) ? document['features'] : [];
  let n = 0;
  if (!isRemote(answeredBy)) {
    for (const feature of features) yield found(feature, answeredBy, n++);
    return;
  }
  const request = { url: place, method: 'GET', headers: {}, body: null } as const;
  for await (const { feature, url } of pagedFeatures(document, answeredBy, request, o)) yield found(feature, url, n++);
}

/** A feature of a document; its relative hrefs start at its own address, where it names one. */
export function found(feature: unknown, place: string | null, n: number): FoundItem {
  const item = recordOf(feature);
  const id = item?.['id'];
  const name = typeof id === 'string' ? `item ${id}` : `item number ${n}`;
  const self = item ? linksOf(item).find((l) => l.rel === 'self')?.href : undefined;
  const base = self === undefined || (place === null && !isRemote(self)) ? place : resolveHref(self, place);
  return { where: place === null ? name : `${showPlace(place)}, ${name}`, base, item: feature };
}

/**
 * The items below a catalog or collection, depth first in the order of its links. A document that cannot be read is
 * reported in its place; one that was read before is not read again.
 */
export async function* walkCatalog(root: Document, place: string | null, o: FetchOptions): AsyncGenerator<FoundItem> {
  const seen = new Set(place === null ? [] : [place.replace(/#.*$/s, '')]);
  const nodes = childrenOf(root, place, seen);
  await grow(nodes, seen, o);
  yield* leaves(nodes, o);
}
