/** Blocks that are decoded row by row. */
import type { NumericArray } from '../../core/index.js';
import type { Resume } from './inflate.js';

/** Decoded rows of a block, planar (sample, row, column). */
interface Strip {
  /** First row. */
  readonly row: number;
  readonly rows: number;
  readonly values: NumericArray;
}

/** The rows of a block that are decoded so far, from its first on. */
export interface Block {
  readonly strips: readonly Strip[];
  readonly rows: number;
  readonly byteLength: number;
  readonly resume: Resume | null;
}

/** A block with more rows; what was held stays as it is, for those who read it now. */
export function extend(held: Block | undefined, rows: number, values: NumericArray, resume: Resume | null): Block {
  const row = held?.rows ?? 0;
  const bytes = values.byteLength + (resume?.history.byteLength ?? 0) - (held?.resume?.history.byteLength ?? 0);
  return {
    strips: [...(held?.strips ?? []), { row, rows: rows - row, values }],
    rows,
    byteLength: (held?.byteLength ?? 0) + bytes,
    resume,
  };
}
