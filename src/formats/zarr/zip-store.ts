/**
 * Zip files as Zarr stores, read by ranges: only the directory and the objects that are asked for.
 *
 * Source: PKWARE, ".ZIP File Format Specification" (end record, zip64 records, central directory, methods 0 and 8).
 */
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions, Source } from '../../io/index.js';
import { readRange, type ZarrStore } from './store.js';

interface Entry {
  readonly method: number;
  readonly stored: number;
  readonly length: number;
  readonly header: number;
}

const END = 0x06054b50;
const END_BYTES = 22;
const MAX_COMMENT = 65_535;
const ZIP64_END = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
const ENTRY = 0x02014b50;
const LOCAL = 0x04034b50;
const FULL = 0xffffffff;
/** A directory of a million objects. */
const MAX_DIRECTORY_BYTES = 128 << 20;
const MAX_OBJECT_BYTES = 512 << 20;
const inflate = promisify(inflateRaw);

const viewOf = (b: Uint8Array): DataView => new DataView(b.buffer, b.byteOffset, b.byteLength);
const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

/** Place and length of the central directory. */
async function findDirectory(
  source: Source,
  file: string,
  o: ReadOptions,
): Promise<readonly [at: number, length: number]> {
  const size = source.size ?? 0;
  const tailLength = Math.min(size, END_BYTES + MAX_COMMENT);
  const tail = viewOf(await source.read(size - tailLength, tailLength, o));
  for (let at = tail.byteLength - END_BYTES; at >= 0; at--) {
    if (tail.getUint32(at, true) !== END) continue;
    const [length, place] = [tail.getUint32(at + 12, true), tail.getUint32(at + 16, true)];
    const locator = at - 20;
    if (length !== FULL && place !== FULL) return [place, length];
    if (locator < 0 || tail.getUint32(locator, true) !== ZIP64_LOCATOR) break;
    const record = viewOf(await source.read(u64(tail, locator + 8), 56, o));
    if (record.byteLength < 56 || record.getUint32(0, true) !== ZIP64_END) break;
    return [u64(record, 48), u64(record, 40)];
  }
  throw new FormatError('zip', `${file} has no zip directory at its end.`, {
    hint: 'The file is truncated or no zip; fetch it again.',
    details: { file },
  });
}

/** The 64-bit fields of an entry that are too large for 32 bits, in their fixed order. */
function wideFields(extra: DataView, wanted: readonly boolean[]): (number | null)[] {
  for (let at = 0; at + 4 <= extra.byteLength;) {
    const [id, length] = [extra.getUint16(at, true), extra.getUint16(at + 2, true)];
    if (id === 1) {
      let next = at + 4;
      return wanted.map((w) => {
        if (!w || next + 8 > Math.min(extra.byteLength, at + 4 + length)) return null;
        next += 8;
        return u64(extra, next - 8);
      });
    }
    at += 4 + length;
  }
  return wanted.map(() => null);
}

async function readDirectory(source: Source, file: string, o: ReadOptions): Promise<ReadonlyMap<string, Entry>> {
  const [place, length] = await findDirectory(source, file, o);
  if (place + length > (source.size ?? 0) || length > MAX_DIRECTORY_BYTES)
    throw new FormatError('zip', `${file}: the zip directory of ${length} bytes at ${place} is not within the file.`, {
      details: { file },
    });
  const bytes = await source.read(place, length, o);
  const view = viewOf(bytes);
  const entries = new Map<string, Entry>();
  for (let at = 0; at + 46 <= length && view.getUint32(at, true) === ENTRY;) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((i) => view.getUint16(at + i, true)) as [
      number,
      number,
      number,
    ];
    const end = at + 46 + nameLength + extraLength + commentLength;
    if (end > length) break;
    const name = new TextDecoder().decode(bytes.subarray(at + 46, at + 46 + nameLength));
    const [stored, plain, header] = [20, 24, 42].map((i) => view.getUint32(at + i, true)) as [number, number, number];
    const extra = viewOf(bytes.subarray(at + 46 + nameLength, at + 46 + nameLength + extraLength));
    const [widePlain, wideStored, wideHeader] = wideFields(extra, [plain === FULL, stored === FULL, header === FULL]);
    entries.set(name.replaceAll('\\', '/'), {
      method: view.getUint16(at + 10, true),
      stored: wideStored ?? stored,
      length: widePlain ?? plain,
      header: wideHeader ?? header,
    });
    at = end;
  }
  return entries;
}

async function readEntry(
  source: Source,
  name: string,
  entry: Entry,
  file: string,
  o: ReadOptions,
): Promise<Uint8Array> {
  const details = { file, entry: name };
  const local = viewOf(await source.read(entry.header, 30, o));
  if (local.byteLength < 30 || local.getUint32(0, true) !== LOCAL)
    throw new FormatError('zip', `${file}: ${name} is not where the zip directory says.`, { details });
  const start = entry.header + 30 + local.getUint16(26, true) + local.getUint16(28, true);
  if (start + entry.stored > (source.size ?? 0) || entry.length > MAX_OBJECT_BYTES)
    throw new FormatError('zip', `${file}: ${name} of ${entry.length} bytes does not fit in the file.`, { details });
  const bytes = await source.read(start, entry.stored, o);
  if (entry.method === 0) return bytes;
  if (entry.method !== 8)
    throw new UnsupportedDataError('zip-method', `${file}: ${name} is compressed with zip method ${entry.method}.`, {
      hint: 'Store Zarr in a zip file without compression (zip -0).',
      details,
    });
  try {
    return await inflate(bytes, { maxOutputLength: Math.max(1, entry.length) });
  } catch (cause) {
    throw new FormatError('zip', `${file}: ${name} cannot be unpacked.`, { details, cause });
  }
}

/** The folder within the zip that is the top of the hierarchy: where metadata lies highest. */
function topOf(names: readonly string[]): string {
  const metadata = names.filter((n) => /(?:^|\/)(?:zarr\.json|\.zgroup|\.zarray|\.zmetadata)$/.test(n));
  const folders = metadata.map((n) => n.slice(0, n.lastIndexOf('/') + 1));
  return folders.sort((a, b) => a.split('/').length - b.split('/').length || (a < b ? -1 : 1))[0] ?? '';
}

/**
 * Opens a zip file as a store, whether the hierarchy lies at its top or in a folder. The source is closed with it.
 *
 * @throws {@link FormatError} `zip`; reads throw {@link UnsupportedDataError} `zip-method`.
 */
export async function openZipStore(source: Source, file: string, o: ReadOptions = {}): Promise<ZarrStore> {
  const entries = await readDirectory(source, file, o);
  const top = topOf([...entries.keys()]);
  const below = new Map<string, Set<string>>();
  for (const name of entries.keys()) {
    if (!name.startsWith(top)) continue;
    const parts = name.slice(top.length).split('/');
    for (let i = 0; i + 1 < parts.length; i++) {
      const folder = parts.slice(0, i).join('/');
      const set = below.get(folder) ?? new Set<string>();
      below.set(folder, set.add(parts[i] ?? ''));
    }
  }
  return {
    async get(key, range, options = {}) {
      const entry = entries.get(top + key);
      if (!entry) return undefined;
      const bytes = await readEntry(source, key, entry, file, options);
      if (range === undefined) return bytes;
      return readRange(
        {
          url: source.url,
          size: bytes.length,
          read: (offset, length) => Promise.resolve(bytes.slice(offset, offset + length)),
          close: () => Promise.resolve(),
        },
        range,
        options,
      );
    },
    folders: (key) => Promise.resolve([...(below.get(key) ?? [])].filter((n) => n !== '').sort()),
    close: () => source.close(),
  };
}
