/** Image file directories as bytes (TIFF 6.0, section 2; BigTIFF). Little-endian throughout. */

/** One tag with its values. */
export interface TagValue {
  readonly tag: number;
  readonly type: 'ascii' | 'short' | 'long' | 'double' | 'offset';
  readonly values: readonly number[] | string;
}

const CODES = { ascii: 2, short: 3, long: 4, double: 12 } as const;
const SIZES = { ascii: 1, short: 2, long: 4, double: 8 } as const;
const LONG8 = 16;

function encode(
  { type, values }: TagValue,
  bigTiff: boolean,
): { readonly code: number; readonly count: number; readonly bytes: Buffer } {
  if (typeof values === 'string') {
    const bytes = Buffer.from(`${values}\0`, 'utf8');
    return { code: CODES.ascii, count: bytes.length, bytes };
  }
  const isLong8 = type === 'offset' && bigTiff;
  const size = type === 'offset' ? (bigTiff ? 8 : 4) : SIZES[type];
  const bytes = Buffer.alloc(values.length * size);
  values.forEach((value, i) => {
    if (type === 'short') bytes.writeUInt16LE(value, i * size);
    else if (type === 'double') bytes.writeDoubleLE(value, i * size);
    else if (isLong8) bytes.writeBigUInt64LE(BigInt(value), i * size);
    else bytes.writeUInt32LE(value, i * size);
  });
  return { code: isLong8 ? LONG8 : type === 'offset' ? CODES.long : CODES[type], count: values.length, bytes };
}

const evenUp = (length: number, to: number): number => Math.ceil(length / to) * to;

/** Bytes that a directory takes with the values that stand behind it; they depend on counts only, not on values. */
export function directoryBytes(tags: readonly TagValue[], bigTiff: boolean): number {
  const inline = bigTiff ? 8 : 4;
  const head = bigTiff ? 8 + tags.length * 20 + 8 : 2 + tags.length * 12 + 4;
  const lengths = tags.map((t) => encode(t, bigTiff).bytes.length).filter((length) => length > inline);
  return evenUp(
    lengths.reduce((sum, length) => evenUp(sum, 8) + length, evenUp(head, 8)),
    8,
  );
}

/** A directory that stands at byte `at` of the file and names the next one (0 = last). */
export function encodeDirectory(tags: readonly TagValue[], at: number, next: number, bigTiff: boolean): Buffer {
  const sorted = [...tags].sort((a, b) => a.tag - b.tag);
  const out = Buffer.alloc(directoryBytes(tags, bigTiff));
  const inline = bigTiff ? 8 : 4;
  const entry = bigTiff ? 20 : 12;
  const countBytes = bigTiff ? 8 : 2;
  const writeOffset = (value: number, position: number): void => {
    if (bigTiff) out.writeBigUInt64LE(BigInt(value), position);
    else out.writeUInt32LE(value, position);
  };
  if (bigTiff) out.writeBigUInt64LE(BigInt(sorted.length), 0);
  else out.writeUInt16LE(sorted.length, 0);
  let behind = evenUp(countBytes + sorted.length * entry + inline, 8);
  sorted.forEach((tag, i) => {
    const { code, count, bytes } = encode(tag, bigTiff);
    const position = countBytes + i * entry;
    out.writeUInt16LE(tag.tag, position);
    out.writeUInt16LE(code, position + 2);
    writeOffset(count, position + 4);
    if (bytes.length <= inline) {
      bytes.copy(out, position + 4 + inline);
    } else {
      behind = evenUp(behind, 8);
      writeOffset(at + behind, position + 4 + inline);
      bytes.copy(out, behind);
      behind += bytes.length;
    }
  });
  writeOffset(next, countBytes + sorted.length * entry);
  return out;
}
