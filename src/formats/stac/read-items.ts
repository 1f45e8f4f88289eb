/** From whatever holds STAC items to the items (`catalog.md` §9). */
import { ArgumentError, FormatError, messageOf } from '../../core/index.js';
import { isRemote, openSource, type Source } from '../../io/index.js';
import { badItem } from './check-item.js';
import type { FetchOptions } from './fetch-json.js';
import { showPlace } from './href.js';
import { readJson, readLines } from './read-json.js';
import { readStacParquet } from './read-parquet.js';
import { featuresOf, found, isCatalog, walkCatalog } from './static-catalog.js';
import { linksOf, recordOf, type FoundItem } from './types.js';

/** An item as anyone has it: of this library, of a types package, or parsed JSON. It is checked when it is read. */
export type StacItemInput = object;

/**
 * What holds items: the path or address of an Item, ItemCollection, list of items, `.ndjson`, stac-geoparquet, Catalog or
 * Collection, or of a search; or an object of these kinds; or items.
 */
export type StacSource = string | URL | StacItemInput | Iterable<StacItemInput> | AsyncIterable<StacItemInput>;

/** What is read, and how. */
export interface ReadItemsOptions extends FetchOptions {
  /** Assets that will be looked at; others may come empty. Default all. */
  readonly assets?: readonly string[] | '*';
}

const LINES = /\.(?:ndjson|jsonl|ndgeojson|geojsonl)$/i;
const PARQUET = /\.(?:parquet|geoparquet|pq)$/i;
const NEWLINE = 10;
/** Bytes in which the first line of a file of items ends; the largest known item has half as many. */
const PEEK_BYTES = 1 << 20;

async function* linesOf(source: Source, place: string, o: FetchOptions): AsyncGenerator<FoundItem> {
  let n = 0;
  for await (const { line, text } of readLines(source, place, o.signal)) {
    let item: unknown;
    try {
      item = JSON.parse(text);
    } catch (error) {
      const where = `${showPlace(place)}, line ${line}`;
      yield { where, error: badItem(where, `it is not JSON: ${messageOf(error)}`, error) };
      continue;
    }
    yield found(item, place, n++);
  }
}

/** Whether the first line of a file is a whole item and more follow: lines of JSON under another name. */
async function holdsLines(source: Source, signal: AbortSignal | undefined): Promise<boolean> {
  const head = Buffer.from(await source.read(0, PEEK_BYTES, { signal }));
  const end = head.indexOf(NEWLINE);
  if (end < 0 || head.subarray(end).toString('utf8').trim() === '') return false;
  try {
    return recordOf(JSON.parse(head.subarray(0, end).toString('utf8')))?.['type'] === 'Feature';
  } catch {
    return false;
  }
}

async function* readFile(place: string, o: ReadItemsOptions): AsyncGenerator<FoundItem> {
  const source = await openSource(place, { signal: o.signal });
  try {
    const magic = Buffer.from(await source.read(0, 4, { signal: o.signal })).toString('latin1');
    if (magic === 'PAR1') {
      yield* readStacParquet(place, o);
      return;
    }
    if (LINES.test(place) || (await holdsLines(source, o.signal))) {
      yield* linesOf(source, place, o);
      return;
    }
  } finally {
    await source.close();
  }
  const { json } = await readJson(place, o);
  yield* fromJson(json, place, place, o);
}

async function* readAddress(place: string, o: ReadItemsOptions): AsyncGenerator<FoundItem> {
  const name = new URL(place).pathname;
  if (PARQUET.test(name)) yield* readStacParquet(place, o);
  else if (LINES.test(name)) {
    const source = await openSource(place, { signal: o.signal });
    try {
      yield* linesOf(source, place, o);
    } finally {
      await source.close();
    }
  } else {
    const { json, place: answeredBy } = await readJson(place, o);
    yield* fromJson(json, place, answeredBy, o);
  }
}

/** Items of a parsed document; `place` is null for an object in memory. */
async function* fromJson(
  json: unknown,
  place: string | null,
  answeredBy: string | null,
  o: FetchOptions,
): AsyncGenerator<FoundItem> {
  const document = recordOf(json);
  if (Array.isArray(json)) {
    let n = 0;
    for (const item of json) yield found(item, answeredBy, n++);
  } else if (document && Array.isArray(document['features'])) {
    if (place !== null && answeredBy !== null) yield* featuresOf(document, place, answeredBy, o);
    else yield* fromJson(document['features'], null, null, o);
  } else if (document?.['type'] === 'Feature') {
    // An item that was read from its own file or address starts there.
    const item = found(document, answeredBy, 0);
    yield answeredBy === null || !('item' in item) ? item : { ...item, base: answeredBy };
  } else if (document && isCatalog(document)) {
    const self = linksOf(document).find((l) => l.rel === 'self')?.href;
    yield* walkCatalog(document, answeredBy ?? self ?? null, o);
  } else {
    const what = place === null ? 'The object' : showPlace(place);
    throw new FormatError('not-stac', `${what} is no STAC document: ${describe(json)}.`, {
      hint: 'Give an Item, ItemCollection, Catalog, Collection, lines of items, stac-geoparquet, or a search address.',
      details: { source: what },
    });
  }
}

function describe(json: unknown): string {
  const record = recordOf(json);
  if (!record) return `it holds ${JSON.stringify(json).slice(0, 40)}`;
  return record['type'] === undefined ? 'it has no type' : `its type is ${JSON.stringify(record['type'])}`;
}

/**
 * The items of a source, in its order; what stands in an item's place but cannot be read is reported there.
 *
 * @throws {@link FormatError} `not-json`, `not-stac`, `not-parquet`; {@link SourceError} when the source itself cannot be
 * had; {@link ArgumentError} `bad-source`; the signal's reason.
 */
export async function* readItems(source: StacSource, o: ReadItemsOptions = {}): AsyncGenerator<FoundItem> {
  const given: unknown = source;
  if (typeof given === 'string' || given instanceof URL) {
    const place = String(given);
    yield* isRemote(place) ? readAddress(place, o) : readFile(place, o);
    return;
  }
  if (typeof given !== 'object' || given === null) {
    throw new ArgumentError(
      'bad-source',
      `A STAC source is a path, an address, a STAC object or items; got ${JSON.stringify(given)}.`,
    );
  }
  if (Symbol.iterator in given || Symbol.asyncIterator in given) {
    let n = 0;
    // SAFETY: one of the two iteration methods is there.
    for await (const item of given as AsyncIterable<unknown>) {
      o.signal?.throwIfAborted();
      yield found(item, null, n++);
    }
    return;
  }
  yield* fromJson(given, null, null, o);
}
