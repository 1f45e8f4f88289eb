/**
 * Snappy streams of columns. Repetitions are looked for where columns have them, in the value before and a few words
 * back, which is several times as fast as a search. Source: google/snappy, format_description.txt.
 */

/** Below this many bytes a loop copies faster than a view, which is an object, does. */
const LOOP_BYTES = 128;
const MAX_COPY = 64;
/** Farthest place that a copy of three bytes reaches. */
const MAX_OFFSET = 65_535;
/** Shortest repetition that is worth a copy. */
const MIN_COPY = 4;

/** Bytes of a WKB polygon of one ring before its points. */
const WKB_HEAD = 13;
/** A growing buffer of packed and plain bytes; it is reused. */
export class PageSink {
  bytes = new Uint8Array(1 << 20);
  at = 0;
  #view = new DataView(this.bytes.buffer);
  #offset = 0;
  #length = 0;

  /** Makes room for `size` more bytes; nothing is written without. */
  room(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(this.bytes.length * 2, this.at + size));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.#view = new DataView(grown.buffer);
  }

  byte(value: number): void {
    this.bytes[this.at++] = value;
  }

  /** An unsigned integer below 2^31, seven bits a byte. */
  varint(value: number): void {
    let rest = value;
    for (; rest >= 128; rest >>>= 7) this.bytes[this.at++] = (rest & 127) | 128;
    this.bytes[this.at++] = rest;
  }

  uint32(value: number): void {
    this.#view.setUint32(this.at, value, true);
    this.at += 4;
  }

  /** Bytes as they are. */
  raw(data: Uint8Array, from: number, to: number): void {
    const size = to - from;
    if (size > LOOP_BYTES) this.bytes.set(data.subarray(from, to), this.at);
    else for (let k = 0; k < size; k++) this.bytes[this.at + k] = data[from + k] ?? 0;
    this.at += size;
  }

  /** The begin of a literal of `size` bytes, which follow. */
  literal(size: number): void {
    this.flush();
    if (size <= 60) this.byte((size - 1) << 2);
    else if (size <= 256) {
      this.byte(60 << 2);
      this.byte(size - 1);
    } else {
      this.byte(62 << 2);
      this.byte((size - 1) & 255);
      this.byte(((size - 1) >>> 8) & 255);
      this.byte((size - 1) >>> 16);
    }
  }

  /** `length` bytes as they stand `offset` bytes back; neighbours of one offset are joined. */
  copy(offset: number, length: number): void {
    if (offset !== this.#offset) {
      this.flush();
      this.#offset = offset;
    }
    this.#length += length;
  }

  /** Writes the copy that waits for a longer one. */
  flush(): void {
    let length = this.#length;
    if (length === 0) return;
    const offset = this.#offset;
    while (length > 0) {
      // The rest must not be shorter than a copy can be.
      const size = length <= MAX_COPY ? length : Math.min(MAX_COPY, length - MIN_COPY);
      if (size >= 4 && size <= 11 && offset < 2048) {
        this.byte(((offset >> 8) << 5) | ((size - 4) << 2) | 1);
        this.byte(offset & 255);
      } else {
        this.byte(((size - 1) << 2) | 2);
        this.byte(offset & 255);
        this.byte(offset >> 8);
      }
      length -= size;
    }
    this.#offset = 0;
    this.#length = 0;
  }
}

/** Texts or binaries of a column, as Arrow lays them out, and which of them are there. */
export interface PackedBytes {
  readonly data: Uint8Array;
  readonly offsets: Int32Array;
  /** Bits of values that are not null; null where all are there. */
  readonly valid: Uint8Array | null;
  /** Whether values are footprints, whose corners repeat each other's coordinates. */
  readonly geometry: boolean;
}

/** Writes what is left of a footprint from `at`: words that equal one some points back are copied. */
function packRing(sink: PageSink, data: Uint8Array, words: DataView, from: number, at: number, to: number): void {
  let open = at;
  const first = from + WKB_HEAD;
  for (let p = at <= first ? first : first + Math.ceil((at - first) / 8) * 8; p + 8 <= to;) {
    const low = words.getInt32(p);
    const high = words.getInt32(p + 4);
    // Whole points back in the ring, the nearest first; rectangles repeat one, three and four points back.
    let offset = 0;
    if (p - 16 < first) offset = 0;
    else if (words.getInt32(p - 16) === low && words.getInt32(p - 12) === high) offset = 16;
    else if (p - 48 < first) offset = 0;
    else if (words.getInt32(p - 48) === low && words.getInt32(p - 44) === high) offset = 48;
    else if (p - 64 >= first && words.getInt32(p - 64) === low && words.getInt32(p - 60) === high) offset = 64;
    if (offset === 0) {
      p += 8;
      continue;
    }
    let size = 8;
    while (
      p + size + 8 <= to &&
      words.getInt32(p + size) === words.getInt32(p + size - offset) &&
      words.getInt32(p + size + 4) === words.getInt32(p + size - offset + 4)
    )
      size += 8;
    if (p > open) {
      sink.literal(p - open);
      sink.raw(data, open, p);
    }
    sink.copy(offset, size);
    p += size;
    open = p;
  }
  if (to > open) {
    sink.literal(to - open);
    sink.raw(data, open, to);
  }
}

/** Whether two footprints begin the same: byte order, type, rings and points of the first. */
function sameHead(words: DataView, a: number, b: number): boolean {
  return (
    words.getInt32(a) === words.getInt32(b) &&
    words.getInt32(a + 4) === words.getInt32(b + 4) &&
    words.getInt32(a + 8) === words.getInt32(b + 8) &&
    words.getUint8(a + 12) === words.getUint8(b + 12)
  );
}

/** Writes values `from … to` with their lengths before them; room was made. */
export function packValues(
  sink: PageSink,
  { data, offsets, valid, geometry }: PackedBytes,
  from: number,
  to: number,
): void {
  const words = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let [last, lastSize] = [0, -1];
  for (let k = from; k < to; k++) {
    if (valid && ((valid[k >> 3] ?? 0) & (1 << (k & 7))) === 0) continue;
    const start = offsets[k] ?? 0;
    const end = offsets[k + 1] ?? 0;
    const size = end - start;
    let same = 0;
    const isNear = lastSize >= 0 && lastSize + 4 <= MAX_OFFSET;
    if (isNear && geometry && size === lastSize && size >= WKB_HEAD && sameHead(words, start, last)) {
      same = WKB_HEAD;
      // Assets of one scene have one footprint.
      while (same + 4 <= size && words.getInt32(start + same) === words.getInt32(last + same)) same += 4;
    } else if (isNear)
      for (const limit = Math.min(size, lastSize); same < limit && data[start + same] === data[last + same];) same++;
    let at = start;
    if (isNear && size === lastSize) {
      sink.copy(lastSize + 4, 4 + same);
      at += same;
    } else {
      sink.literal(4);
      sink.uint32(size);
      if (same >= MIN_COPY) {
        sink.copy(lastSize + 4, same);
        at += same;
      }
    }
    if (geometry) packRing(sink, data, words, start, at, end);
    else if (end > at) {
      sink.literal(end - at);
      sink.raw(data, at, end);
    }
    last = start;
    lastSize = size;
  }
  sink.flush();
}

/** Writes numbers of `width` bytes: of 4 and 8 those that equal the one before are copied; room was made. */
export function packNumbers(sink: PageSink, data: Uint8Array, width: number): void {
  const words = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const wide = width === 8;
  let open = 0;
  for (let p = width >= 4 ? width : data.length; p + width <= data.length; p += width) {
    if (words.getInt32(p) !== words.getInt32(p - width)) continue;
    if (wide && words.getInt32(p + 4) !== words.getInt32(p - 4)) continue;
    if (p > open) {
      sink.literal(p - open);
      sink.raw(data, open, p);
    }
    sink.copy(width, width);
    open = p + width;
  }
  if (data.length > open) {
    sink.literal(data.length - open);
    sink.raw(data, open, data.length);
  }
  sink.flush();
}
