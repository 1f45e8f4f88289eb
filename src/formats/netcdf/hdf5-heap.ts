/**
 * A check of global heap collections before the HDF5 library sees them: a damaged one makes it loop without end.
 *
 * Source: The HDF Group, "HDF5 File Format Specification" §III.E (collection header of 16 bytes; objects with index,
 * count, size and data padded to 8 bytes; index 0 is the free space, whose size includes its own header).
 */

const SIGNATURE = 0x4c4f4347; // "GCOL", little-endian
const HEADER = 16;
/** A collection holds small values; HDF5 makes them 4 KiB, larger only for larger single values. */
const MAX_COLLECTION = 64 << 20;

const u64 = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));
const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/** Length of the collection that starts here, or null when none does. Infinity for one that cannot be. */
export function heapLength(bytes: Uint8Array): number | null {
  if (bytes.length < HEADER) return null;
  const view = viewOf(bytes);
  if (view.getUint32(0, true) !== SIGNATURE) return null;
  const length = u64(view, 8);
  return length >= HEADER && length <= MAX_COLLECTION ? length : Infinity;
}

/** Whether the objects of a whole collection follow each other up to its end (files with 8-byte lengths). */
export function isSoundHeap(bytes: Uint8Array): boolean {
  const view = viewOf(bytes);
  let at = HEADER;
  while (at + HEADER <= bytes.length) {
    const size = u64(view, at + 8);
    const step = view.getUint16(at, true) === 0 ? size : HEADER + Math.ceil(size / 8) * 8;
    if (step < HEADER || at + step > bytes.length) return false;
    at += step;
  }
  return true;
}
