/** What callers without types, or without `await`, pass where a tensor belongs. */
import { ArgumentError } from '../../core/index.js';
import type { TensorData } from './data.js';

function isTensor(value: unknown): value is TensorData {
  if (typeof value !== 'object' || value === null) return false;
  const { values, shape, dims } = value as Partial<Record<keyof TensorData, unknown>>;
  return ArrayBuffer.isView(values) && Array.isArray(shape) && Array.isArray(dims);
}

/**
 * Nothing for a tensor.
 *
 * @param caller Name of the function that takes it.
 * @throws {@link ArgumentError} `not-a-tensor`.
 */
export function requireTensor(value: unknown, caller: string): void {
  if (isTensor(value)) return;
  const isChip = typeof value === 'object' && value !== null && 'tensor' in value && isTensor(value.tensor);
  const isLate = value instanceof Promise;
  const got = isLate ? 'a Promise' : ArrayBuffer.isView(value) ? `a ${value.constructor.name}` : typeof value;
  throw new ArgumentError('not-a-tensor', `${caller} takes a GeoTensor; got ${value === null ? 'null' : got}.`, {
    hint: isChip
      ? 'This is a chip: take its tensor.'
      : isLate
        ? 'Write await before what makes the tensor.'
        : 'Load one with loadRaster, or make one with GeoTensor.create.',
  });
}
