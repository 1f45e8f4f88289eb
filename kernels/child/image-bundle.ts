/** Images: bytes of PNG, JPEG and WebP files, and canvases. */
import type { Shown } from './bundle.js';

/** Bundle of image bytes or of an object with `toDataURL`; undefined for anything else. */
export function imageBundle(value: unknown): Shown | undefined {
  if (value instanceof Uint8Array) {
    const mime = mimeOfBytes(value);
    if (!mime) return undefined;
    const bytes = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    return {
      bundle: { [mime]: bytes.toString('base64'), 'text/plain': `${mime}, ${value.byteLength} bytes` },
      metadata: {},
    };
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const toDataUrl: unknown = Reflect.get(value, 'toDataURL');
  if (typeof toDataUrl !== 'function') return undefined;
  // SAFETY: the method of a canvas takes no required argument.
  const url = (toDataUrl as (this: unknown) => unknown).call(value);
  const match = typeof url === 'string' ? /^data:(image\/(?:png|jpeg|webp));base64,([A-Za-z0-9+/=]+)$/.exec(url) : null;
  if (!match?.[1] || !match[2]) return undefined;
  return { bundle: { [match[1]]: match[2], 'text/plain': match[1] }, metadata: {} };
}

const startsWith = (bytes: Uint8Array, at: number, magic: readonly number[]): boolean =>
  magic.every((b, i) => bytes[at + i] === b);

function mimeOfBytes(bytes: Uint8Array): string | undefined {
  if (startsWith(bytes, 0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a])) return 'image/png';
  if (startsWith(bytes, 0, [0xff, 0xd8, 0xff])) return 'image/jpeg';
  if (startsWith(bytes, 0, [0x52, 0x49, 0x46, 0x46]) && startsWith(bytes, 8, [0x57, 0x45, 0x42, 0x50]))
    return 'image/webp';
  return undefined;
}
