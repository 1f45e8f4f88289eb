/** Metadata of Zarr hierarchies, versions 2 and 3, consolidated or listed. */
import { FormatError, messageOf, UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import type { ZarrStore } from './store.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** A group or array with its metadata as stored. */
export interface ZarrNode {
  /** Key of its folder, `''` for the top. */
  readonly key: string;
  readonly kind: 'group' | 'array';
  readonly version: 2 | 3;
  readonly metadata: JsonObject;
  readonly attributes: JsonObject;
}

const MAX_NODES = 20_000;
const MAX_DEPTH = 32;

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Parses a JSON object; NaN and Infinity, which Python writes into Zarr 2, are read as texts. */
function parseObject(bytes: Uint8Array, key: string, file: string): JsonObject {
  const text = new TextDecoder().decode(bytes);
  const bare = /"(?:[^"\\]|\\.)*"|(-?\bInfinity\b|\bNaN\b)/g;
  let json: unknown;
  try {
    json = JSON.parse(text.replace(bare, (all, name: string | undefined) => (name === undefined ? all : `"${name}"`)));
  } catch (error) {
    throw new FormatError('zarr-metadata', `${file}: ${key} is not JSON: ${messageOf(error)}.`, {
      details: { file, key },
    });
  }
  if (!isObject(json))
    throw new FormatError('zarr-metadata', `${file}: ${key} is no JSON object.`, { details: { file, key } });
  return json;
}

const join = (folder: string, name: string): string => (folder === '' ? name : `${folder}/${name}`);

function nodeOfV3(key: string, metadata: JsonObject, file: string): ZarrNode {
  const kind = metadata['node_type'];
  if (metadata['zarr_format'] !== 3 || (kind !== 'array' && kind !== 'group'))
    throw new FormatError(
      'zarr-metadata',
      `${file}: ${join(key, 'zarr.json')} is neither a Zarr 3 array nor a group.`,
      {
        details: { file, key },
      },
    );
  const attributes = metadata['attributes'];
  return { key, kind, version: 3, metadata, attributes: isObject(attributes) ? attributes : {} };
}

/** A key of consolidated metadata may not lead out of the hierarchy. */
function checkKey(key: string, file: string): string {
  const parts = key.split('/');
  if (key !== '' && parts.some((p) => p === '' || p === '.' || p === '..' || p.includes('\\')))
    throw new FormatError('zarr-metadata', `${file}: ${JSON.stringify(key)} is no key of a Zarr hierarchy.`, {
      details: { file, key },
    });
  return key;
}

function consolidatedV2(metadata: JsonObject, file: string): ZarrNode[] {
  const attributes = new Map<string, JsonObject>();
  const found: { key: string; kind: 'group' | 'array'; metadata: JsonObject }[] = [];
  for (const [path, value] of Object.entries(metadata)) {
    const slash = path.lastIndexOf('/');
    const [key, name] = [path.slice(0, Math.max(0, slash)), path.slice(slash + 1)];
    if (!isObject(value))
      throw new FormatError('zarr-metadata', `${file}: ${path} is no JSON object.`, { details: { file } });
    checkKey(key, file);
    if (name === '.zattrs') attributes.set(key, value);
    else if (name === '.zarray') found.push({ key, kind: 'array', metadata: value });
    else if (name === '.zgroup') found.push({ key, kind: 'group', metadata: value });
  }
  return found.map((f) => ({ ...f, version: 2, attributes: attributes.get(f.key) ?? {} }));
}

/** The metadata of one folder; null where it is neither array nor group. */
async function readNode(store: ZarrStore, key: string, file: string, o: ReadOptions): Promise<ZarrNode | null> {
  const v3 = await store.get(join(key, 'zarr.json'), undefined, o);
  if (v3) return nodeOfV3(key, parseObject(v3, join(key, 'zarr.json'), file), file);
  for (const [name, kind] of [
    ['.zarray', 'array'],
    ['.zgroup', 'group'],
  ] as const) {
    const v2 = await store.get(join(key, name), undefined, o);
    if (!v2) continue;
    const zattrs = await store.get(join(key, '.zattrs'), undefined, o);
    return {
      key,
      kind,
      version: 2,
      metadata: parseObject(v2, join(key, name), file),
      attributes: zattrs ? parseObject(zattrs, join(key, '.zattrs'), file) : {},
    };
  }
  return null;
}

function tooMany(file: string): UnsupportedDataError {
  return new UnsupportedDataError('too-many-objects', `${file} holds more than ${MAX_NODES} arrays and groups.`, {
    details: { file },
  });
}

async function listNodes(store: ZarrStore, root: ZarrNode, file: string, o: ReadOptions): Promise<ZarrNode[]> {
  const all = [root];
  for (let i = 0; i < all.length; i++) {
    const node = all[i];
    if (node?.kind !== 'group') continue;
    const folders = await store.folders(node.key);
    if (!folders) {
      throw new UnsupportedDataError(
        'zarr-not-consolidated',
        `${file} has no consolidated metadata, and folders cannot be listed on a server.`,
        {
          hint: 'Consolidate it, e.g. zarr.consolidate_metadata(store), or copy it to a local disk.',
          details: { file },
        },
      );
    }
    if (node.key.split('/').length > MAX_DEPTH) throw tooMany(file);
    for (const name of folders) {
      const child = await readNode(store, join(node.key, name), file, o);
      if (child) all.push(child);
      if (all.length > MAX_NODES) throw tooMany(file);
    }
  }
  return all;
}

/**
 * All nodes of a hierarchy, the root first: from consolidated metadata where there are some, else by listing folders.
 *
 * @throws {@link FormatError} `not-zarr`, `zarr-metadata`; {@link UnsupportedDataError} `zarr-not-consolidated`,
 * `too-many-objects`.
 */
export async function readHierarchy(store: ZarrStore, file: string, o: ReadOptions = {}): Promise<readonly ZarrNode[]> {
  const zmetadata = await store.get('.zmetadata', undefined, o);
  const listed = zmetadata ? parseObject(zmetadata, '.zmetadata', file)['metadata'] : undefined;
  if (isObject(listed)) {
    const nodes = consolidatedV2(listed, file);
    if (nodes.length > MAX_NODES) throw tooMany(file);
    return nodes.sort((a, b) => depth(a.key) - depth(b.key));
  }
  const root = await readNode(store, '', file, o);
  if (!root) {
    throw new FormatError(
      'not-zarr',
      `${file} is no Zarr: it has neither zarr.json nor .zgroup, .zarray or .zmetadata.`,
      {
        hint: 'Give the folder that holds one of these.',
        details: { file },
      },
    );
  }
  const consolidated = root.metadata['consolidated_metadata'];
  const inner = isObject(consolidated) ? consolidated['metadata'] : undefined;
  if (isObject(inner)) {
    const entries = Object.entries(inner);
    if (entries.length > MAX_NODES) throw tooMany(file);
    const nodes = entries.map(([key, value]) => nodeOfV3(checkKey(key, file), isObject(value) ? value : {}, file));
    return [root, ...nodes.sort((a, b) => depth(a.key) - depth(b.key))];
  }
  return listNodes(store, root, file, o);
}

const depth = (key: string): number => (key === '' ? 0 : key.split('/').length);
