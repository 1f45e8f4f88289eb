/** How large one loaded array may be. */
import { ArgumentError, dtypeSize, type DType, type GeoSlice } from '../core/index.js';

/** Values and validity of one result together, in bytes: beyond, arrays cannot be indexed or the machine swaps. */
const MAX_RESULT_BYTES = 4 * 2 ** 30;

/** @throws {@link ArgumentError} `slice-too-large`, before anything is allocated. */
export function checkSize(slice: GeoSlice, bands: number, dtype: DType, frames?: number): void {
  const [height, width] = slice.shape;
  const bytes = (frames ?? 1) * bands * height * width * (dtypeSize(dtype) + 1);
  if (bytes <= MAX_RESULT_BYTES) return;
  const gb = (n: number): string => `${(n / 2 ** 30).toPrecision(3)} GB`;
  throw new ArgumentError(
    'slice-too-large',
    `The slice is ${frames === undefined ? '' : `${frames} frame(s) of `}${bands} band(s) of ${height} × ${width} pixels of ${dtype}: ${gb(bytes)} with its validity; one array holds at most ${gb(MAX_RESULT_BYTES)}.`,
    {
      hint: `Use a coarser resolution than ${slice.resolution.join(' × ')}, fewer bands, ${frames === undefined ? '' : 'a larger tStep, '}or chips: gridSampler and loadChips.`,
      details: {
        bytes,
        limit: MAX_RESULT_BYTES,
        shape: [...(frames === undefined ? [] : [frames]), bands, height, width],
      },
    },
  );
}
