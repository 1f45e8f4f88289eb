/** Checks of boxes before anything is allocated. */
import { ArgumentError, UnsupportedDataError } from '../../core/index.js';
import type { CubeDType, CubeSelection } from './types.js';

/** Largest result of one read in bytes; larger variables are read in boxes. */
export const MAX_READ_BYTES = 1 << 30;

const SIZES: Readonly<Record<CubeDType, number>> = {
  int8: 1,
  uint8: 1,
  bool: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
  string: 8,
  opaque: 8,
};

/** Bytes of one element in memory; a pointer for text. */
export function cubeItemSize(dtype: CubeDType): number {
  return SIZES[dtype];
}

/** Number of elements of a shape; 1 for a scalar. */
export function elementsOf(shape: readonly number[]): number {
  return shape.reduce((n, length) => n * length, 1);
}

/**
 * The box to read, checked against the variable.
 *
 * @throws {@link ArgumentError} `bad-selection`; {@link UnsupportedDataError} `too-large`.
 */
export function checkedSelection(
  variable: { readonly path: string; readonly shape: readonly number[]; readonly dtype: CubeDType },
  selection: CubeSelection | undefined,
  file: string,
): CubeSelection {
  const { path, shape, dtype } = variable;
  const { start, count } = selection ?? { start: shape.map(() => 0), count: shape };
  const fits =
    selection === undefined ||
    (start.length === shape.length &&
      count.length === shape.length &&
      shape.every((length, i) => {
        const [first, n] = [start[i] ?? -1, count[i] ?? -1];
        return Number.isSafeInteger(first) && Number.isSafeInteger(n) && first >= 0 && n >= 0 && first + n <= length;
      }));
  if (!fits) {
    throw new ArgumentError(
      'bad-selection',
      `The box from [${start.join(', ')}] of [${count.join(', ')}] elements is not within ${path} of shape [${shape.join(', ')}] in ${file}.`,
      { details: { file, variable: path } },
    );
  }
  const bytes = elementsOf(count) * cubeItemSize(dtype);
  if (!(bytes <= MAX_READ_BYTES)) {
    throw new UnsupportedDataError(
      'too-large',
      `${file}: a read of ${path} of [${count.join(', ')}] elements would take ${bytes} bytes; one read takes at most ${MAX_READ_BYTES}.`,
      { hint: 'Read it in smaller boxes.', details: { file, variable: path } },
    );
  }
  return { start, count };
}
