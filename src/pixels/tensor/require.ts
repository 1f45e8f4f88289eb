/** What callers without types, or without `await`, pass where a tensor belongs. */
import { ArgumentError } from '../../core/index.js';
import type { TensorData } from './data.js';

function isTensor(value: unknown): value is TensorData {
  if (typeof value !== 'object' || value === null) return false;
  const { values, shape, dims } = value as Partial<Record<keyof TensorData, unknown>>;
  return ArrayBuffer.isView(values) && Array.isArray(shape) && Array.isArray(dims);
}

/** What was given instead, and what to do about it. */
function mistake(value: unknown): readonly [got: string, hint: string] {
  if (value instanceof Promise) return ['a Promise', 'Write await before what makes the tensor.'];
  if (Array.isArray(value)) {
    const hint = value.some(isTensor) ? 'Give the tensors one by one, or join them with GeoTensor.stack.' : LOAD;
    return [`an array of ${value.length}`, hint];
  }
  if (ArrayBuffer.isView(value)) return [`a ${value.constructor.name}`, LOAD];
  if (value === null) return ['null', LOAD];
  if (typeof value === 'object' && 'tensor' in value && isTensor(value.tensor))
    return ['a chip', 'Take the tensor of the chip.'];
  return [typeof value, LOAD];
}
const LOAD = 'Load one with loadRaster, or make one with GeoTensor.create.';

/**
 * Nothing for a tensor.
 *
 * @param caller Name of the function that takes it.
 * @throws {@link ArgumentError} `not-a-tensor`.
 */
export function requireTensor(value: unknown, caller: string): void {
  if (isTensor(value)) return;
  const [got, hint] = mistake(value);
  throw new ArgumentError('not-a-tensor', `${caller} takes a GeoTensor; got ${got}.`, { hint });
}
