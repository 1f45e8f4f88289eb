/** A finished picture as PNG bytes. */
import { encodePng } from '../../formats/png/index.js';
import type { Canvas } from './canvas.js';
import { indexed } from './palette.js';

/** PNG bytes of a picture, in at most 256 colours. Equal pictures have equal bytes. */
export function canvasToPng({ width, height, rgb }: Canvas): Uint8Array {
  const { palette, indices } = indexed(rgb);
  return encodePng({ width, height, channels: 1, data: indices, palette });
}
