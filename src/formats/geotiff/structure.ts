/**
 * The skeleton of a TIFF file, checked before anything is read by it: a forged count or offset would make a reader
 * allocate gigabytes or follow a loop of directories. TIFF 6.0, section 2; BigTIFF as libtiff documents it.
 */
import { FormatError } from '../../core/index.js';
import { showSource, type PageSource } from '../../io/index.js';

/** Where the values of a tag lie. */
export interface TagPlace {
  readonly type: number;
  readonly count: number;
  /** Offset of the first value in the file. */
  readonly offset: number;
}

/** One image file directory. */
export interface Directory {
  readonly offset: number;
  readonly tags: ReadonlyMap<number, TagPlace>;
}

/** Byte order, flavour and directories of a file. */
export interface TiffStructure {
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
  readonly directories: readonly Directory[];
}

/** Bytes per value of the TIFF field types 1–18; 0 = no such type. */
const TYPE_BYTES = [0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8] as const;
/** More tags than any writer makes. */
const MAX_TAGS = 4096;
/** Pages looked at: overviews and masks come early; scans of books have hundreds of pages. */
const MAX_DIRECTORIES = 256;

function bad(name: string, code: string, what: string): FormatError {
  return new FormatError(code, `${name}: ${what}.`, {
    hint: 'The file is damaged or was not written completely; get it again.',
    details: { file: name },
  });
}

class Reader {
  readonly view: DataView;
  readonly little: boolean;
  constructor(bytes: Uint8Array, little: boolean) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.little = little;
  }
  u16(at: number): number {
    return this.view.getUint16(at, this.little);
  }
  u32(at: number): number {
    return this.view.getUint32(at, this.little);
  }
  /** Above 2^53 it is not exact, and larger than any file anyway. */
  u64(at: number): number {
    return Number(this.view.getBigUint64(at, this.little));
  }
}

/**
 * Reads and checks the directories of a file.
 *
 * @throws {@link FormatError} `not-tiff`, `truncated`, `directory-loop`, `forged-count`, naming file and place.
 */
export async function readStructure(source: PageSource, name: string, signal?: AbortSignal): Promise<TiffStructure> {
  const head = source.peek(0, 16) ?? (await source.readPaged(0, 16, { signal }));
  if (head.byteLength < 8) throw bad(name, 'not-tiff', `${head.byteLength} bytes are too few for a TIFF file`);
  const order = String.fromCharCode(head[0] ?? 0, head[1] ?? 0);
  const littleEndian = order === 'II';
  const first = new Reader(head, littleEndian);
  const magic = first.u16(2);
  if ((order !== 'II' && order !== 'MM') || (magic !== 42 && magic !== 43)) {
    const start = Buffer.from(head.subarray(0, 4)).toString('hex');
    throw new FormatError('not-tiff', `${name} is not a TIFF file: it starts with the bytes ${start}.`, {
      hint: 'Check what the file is; its name may be wrong.',
      details: { file: name },
    });
  }
  const bigTiff = magic === 43;
  if (bigTiff && (head.byteLength < 16 || first.u16(4) !== 8))
    throw bad(name, 'not-tiff', 'its BigTIFF header is damaged');
  const size = source.size ?? Infinity;
  const directories: Directory[] = [];
  const seen = new Set<number>();
  let offset = bigTiff ? first.u64(8) : first.u32(4);
  while (offset !== 0 && directories.length < MAX_DIRECTORIES) {
    if (seen.has(offset)) throw bad(name, 'directory-loop', `its directories form a loop at byte ${offset}`);
    seen.add(offset);
    const { directory, next } = await readDirectory(source, { name, size, littleEndian, bigTiff }, offset, signal);
    directories.push(directory);
    offset = next;
  }
  if (directories.length === 0) throw bad(name, 'no-image', 'it has no image');
  return { littleEndian, bigTiff, directories };
}

interface FileFacts {
  readonly name: string;
  readonly size: number;
  readonly littleEndian: boolean;
  readonly bigTiff: boolean;
}

async function readDirectory(
  source: PageSource,
  file: FileFacts,
  offset: number,
  signal?: AbortSignal,
): Promise<{ directory: Directory; next: number }> {
  const countBytes = file.bigTiff ? 8 : 2;
  const entryBytes = file.bigTiff ? 20 : 12;
  const nextBytes = file.bigTiff ? 8 : 4;
  if (offset + countBytes > file.size)
    throw bad(file.name, 'truncated', `a directory should be at byte ${offset}, but the file has ${file.size} bytes`);
  const read = async (length: number): Promise<Uint8Array> => source.readPaged(offset, length, { signal });
  const counter = new Reader(source.peek(offset, countBytes) ?? (await read(countBytes)), file.littleEndian);
  const count = file.bigTiff ? counter.u64(0) : counter.u16(0);
  const length = countBytes + count * entryBytes + nextBytes;
  if (count > MAX_TAGS) throw bad(file.name, 'forged-count', `the directory at byte ${offset} claims ${count} tags`);
  if (offset + length > file.size)
    throw bad(
      file.name,
      'truncated',
      `the directory at byte ${offset} with ${count} tags goes beyond the end of the file (${file.size} bytes)`,
    );
  const reader = new Reader(source.peek(offset, length) ?? (await read(length)), file.littleEndian);
  const tags = new Map<number, TagPlace>();
  for (let i = 0; i < count; i++) {
    const at = countBytes + i * entryBytes;
    const tag = reader.u16(at);
    const type = reader.u16(at + 2);
    const values = file.bigTiff ? reader.u64(at + 4) : reader.u32(at + 4);
    const typeBytes = TYPE_BYTES[type] ?? 0;
    if (typeBytes === 0) throw bad(file.name, 'bad-tag', `tag ${tag} has the unknown field type ${type}`);
    const valueAt = at + (file.bigTiff ? 12 : 8);
    const isInline = values * typeBytes <= (file.bigTiff ? 8 : 4);
    const place = isInline ? offset + valueAt : file.bigTiff ? reader.u64(valueAt) : reader.u32(valueAt);
    if (place + values * typeBytes > file.size) {
      throw bad(
        file.name,
        'forged-count',
        `tag ${tag} claims ${values} values at byte ${place}, beyond the end of the file (${file.size} bytes)`,
      );
    }
    if (!tags.has(tag)) tags.set(tag, { type, count: values, offset: place });
  }
  const next = file.bigTiff ? reader.u64(length - 8) : reader.u32(length - 4);
  return { directory: { offset, tags }, next };
}

type NumberAt = (view: DataView, at: number, little: boolean) => number;
/** How values of the field types are read; those of other types are bytes. */
const READERS: Readonly<Record<number, NumberAt>> = {
  3: (view, at, little) => view.getUint16(at, little),
  4: (view, at, little) => view.getUint32(at, little),
  6: (view, at) => view.getInt8(at),
  8: (view, at, little) => view.getInt16(at, little),
  9: (view, at, little) => view.getInt32(at, little),
  11: (view, at, little) => view.getFloat32(at, little),
  12: (view, at, little) => view.getFloat64(at, little),
  13: (view, at, little) => view.getUint32(at, little),
  16: (view, at, little) => Number(view.getBigUint64(at, little)),
  17: (view, at, little) => Number(view.getBigInt64(at, little)),
  18: (view, at, little) => Number(view.getBigUint64(at, little)),
};
const byteAt: NumberAt = (view, at) => view.getUint8(at);

/** The numbers that bytes of a field type hold. */
export function numbersOf(bytes: Uint8Array, type: number, little: boolean): number[] {
  const size = TYPE_BYTES[type] ?? 1;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const read = READERS[type] ?? byteAt;
  const out: number[] = [];
  for (let at = 0; at + size <= bytes.byteLength; at += size) out.push(read(view, at, little));
  return out;
}

/** The first number that bytes of a field type hold; undefined when there are too few. */
export function firstNumber(bytes: Uint8Array, type: number, little: boolean): number | undefined {
  if (bytes.byteLength < (TYPE_BYTES[type] ?? 1)) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return (READERS[type] ?? byteAt)(view, 0, little);
}

/** The bytes of a tag's values: at once where they are in memory, else by reading. */
export function readBytes(source: PageSource, place: TagPlace, signal?: AbortSignal): Uint8Array | Promise<Uint8Array> {
  const length = place.count * (TYPE_BYTES[place.type] ?? 1);
  return source.peek(place.offset, length) ?? source.readPaged(place.offset, length, { signal });
}

/**
 * Numbers `[from, to)` of a tag's values.
 *
 * @throws {@link FormatError} `truncated` when the source ends before them: a missing place is no place of an empty block.
 */
export async function readNumbers(
  source: PageSource,
  structure: TiffStructure,
  place: TagPlace,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<number[]> {
  const size = TYPE_BYTES[place.type] ?? 1;
  const start = place.offset + from * size;
  const bytes = await source.readPaged(start, (to - from) * size, { signal });
  if (bytes.byteLength < (to - from) * size)
    throw bad(showSource(source.url), 'truncated', `${to - from} numbers should be at byte ${start}, where it ends`);
  return numbersOf(bytes, place.type, structure.littleEndian);
}
