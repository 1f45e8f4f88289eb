/** Values of coordinate variables, unpacked and checked (CF 1.11 §2.5, §8.1). */
import { FormatError, UnsupportedDataError } from '../../core/index.js';
import type { ReadOptions } from '../../io/index.js';
import { numberOf, numbersOf } from './attributes.js';
import { cubeItemSize, elementsOf } from './selection.js';
import type { CubeValues, CubeVariable } from './types.js';

/** Longer coordinates are a sign of a forged header; 10 m around the equator are 4 million. */
const MAX_COORDINATES = 1 << 24;
const MAX_BLOCK_BYTES = 128 << 20;

/** Stored values of a coordinate variable. @throws {@link UnsupportedDataError} `too-large`, `coordinate-type`. */
export async function readCoordinate(variable: CubeVariable, file: string, o: ReadOptions): Promise<CubeValues> {
  const { path, shape, chunks, dtype } = variable;
  if (dtype === 'opaque') {
    throw new UnsupportedDataError('coordinate-type', `${file}: coordinate ${path} has a type that is not read.`, {
      details: { file, variable: path },
    });
  }
  if (elementsOf(shape) > MAX_COORDINATES || elementsOf(chunks ?? []) * cubeItemSize(dtype) > MAX_BLOCK_BYTES) {
    throw new UnsupportedDataError(
      'too-large',
      `${file}: coordinate ${path} has shape [${shape.join(', ')}]${chunks ? ` in blocks of [${chunks.join(', ')}]` : ''}; at most ${MAX_COORDINATES} values are read.`,
      { details: { file, variable: path } },
    );
  }
  return variable.read(undefined, o);
}

/**
 * Values of a numeric coordinate as numbers: missing ones are errors, `scale_factor` and `add_offset` are applied.
 *
 * @throws {@link FormatError} `missing-coordinate` for `_FillValue`, `missing_value` or NaN among them.
 */
export async function readNumericCoordinate(
  variable: CubeVariable,
  file: string,
  o: ReadOptions,
): Promise<Float64Array> {
  const stored = await readCoordinate(variable, file, o);
  const { attributes, path } = variable;
  if (variable.dtype === 'string' || variable.dtype === 'bool') {
    throw new UnsupportedDataError(
      'coordinate-type',
      `${file}: coordinate ${path} holds ${variable.dtype}, not numbers.`,
      {
        details: { file, variable: path },
      },
    );
  }
  const missing = new Set([...numbersOf(attributes, '_FillValue'), ...numbersOf(attributes, 'missing_value')]);
  const scale = numberOf(attributes, 'scale_factor') ?? 1;
  const offset = numberOf(attributes, 'add_offset') ?? 0;
  const values = new Float64Array(stored.length);
  for (let i = 0; i < stored.length; i++) {
    const value = Number(stored[i]);
    if (!Number.isFinite(value) || missing.has(value)) {
      throw new FormatError('missing-coordinate', `${file}: coordinate ${path} has no value at index ${i}.`, {
        hint: 'A coordinate may not hold missing values; drop or fill these cells first.',
        details: { file, variable: path, index: i },
      });
    }
    values[i] = value * scale + offset;
  }
  return values;
}
