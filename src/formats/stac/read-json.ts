/** JSON documents and lines of JSON, from files and servers. */
import { FormatError } from '../../core/index.js';
import { isRemote, openSource, type Source } from '../../io/index.js';
import { fetchJson, parseJson, type FetchOptions } from './fetch-json.js';
import { showPlace } from './href.js';

/** Bytes read at once from a file of lines. */
const CHUNK_BYTES = 1 << 20;
/** Longest line, and longest document: what one text can safely be. */
const MAX_TEXT_BYTES = 128 * 2 ** 20;

function tooLong(place: string, what: string): FormatError {
  return new FormatError('too-large', `${showPlace(place)}: ${what} has more than ${MAX_TEXT_BYTES / 2 ** 20} MB.`, {
    hint: 'Write its items one a line (.ndjson), or as stac-geoparquet.',
    details: { file: showPlace(place) },
  });
}

/** The document at a path or address, and the address that answered. */
export async function readJson(
  place: string,
  o: FetchOptions,
): Promise<{ readonly json: unknown; readonly place: string }> {
  if (isRemote(place)) {
    const { json, url } = await fetchJson({ url: place, method: 'GET', headers: {}, body: null }, o);
    return { json, place: url };
  }
  const source = await openSource(place, { signal: o.signal });
  try {
    if ((source.size ?? 0) > MAX_TEXT_BYTES) throw tooLong(place, 'the document');
    const bytes = await source.read(0, source.size ?? 0, { signal: o.signal });
    return {
      json: parseJson(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('utf8'), place),
      place,
    };
  } finally {
    await source.close();
  }
}

/** The lines of a source with their numbers from 1, empty ones left out. */
export async function* readLines(
  source: Source,
  place: string,
  signal: AbortSignal | undefined,
): AsyncGenerator<{ readonly line: number; readonly text: string }> {
  const size = source.size ?? 0;
  let pending: Buffer[] = [];
  let pendingBytes = 0;
  let line = 0;
  const take = (last: Buffer): string => {
    const text = Buffer.concat([...pending, last])
      .toString('utf8')
      .replace(/^\uFEFF/, '')
      .trim();
    pending = [];
    pendingBytes = 0;
    line++;
    return text;
  };
  for (let at = 0; at < size; at += CHUNK_BYTES) {
    const chunk = Buffer.from(await source.read(at, Math.min(CHUNK_BYTES, size - at), { signal }));
    let from = 0;
    for (let end = chunk.indexOf(10, from); end >= 0; end = chunk.indexOf(10, from)) {
      const text = take(chunk.subarray(from, end));
      from = end + 1;
      if (text !== '') yield { line, text };
    }
    pending.push(chunk.subarray(from));
    pendingBytes += chunk.length - from;
    if (pendingBytes > MAX_TEXT_BYTES) throw tooLong(place, `line ${line + 1}`);
  }
  const text = take(Buffer.alloc(0));
  if (text !== '') yield { line, text };
}
