/** Halving rows of a raster for its overviews. */
import { dtypeRange, isFloat, type DType, type NumericArray } from '../../../core/index.js';
import type { Strip } from './strip.js';

/** Overviews stop when the longer side is below this. */
export const OVERVIEW_LIMIT = 512;

/**
 * How an overview pixel comes from the 2 × 2 below it: the upper left one; the mean of the valid ones, integers as
 * floor(v + 0.5); or the most frequent of the valid ones, the smallest if several are.
 */
export type OverviewResampling = 'nearest' | 'average' | 'mode';

/** Halves pairs of rows; keeps room for a pair between calls. */
export class Halver {
  readonly #top: Float64Array;
  readonly #bottom: Float64Array;
  readonly #out: Float64Array;
  readonly #nodata: number | null;
  readonly #fill: number;
  readonly #isInteger: boolean;
  readonly #instead: number;

  /** `nodata` marks missing pixels of the source; `fill` goes where none of four is valid. */
  constructor(width: number, dtype: DType, nodata: number | null, fill: number) {
    // An odd width has its last column twice, which changes neither mean nor mode.
    const even = 2 * Math.ceil(width / 2);
    this.#top = new Float64Array(even);
    this.#bottom = new Float64Array(even);
    this.#out = new Float64Array(even / 2);
    this.#nodata = nodata;
    this.#fill = fill;
    this.#isInteger = !isFloat(dtype);
    this.#instead = nodata === dtypeRange(dtype)[1] ? -1 : 1;
  }

  /** Halves all rows of a band; the last one counts twice when there is an odd number. Writes them to `into` from `at` on. */
  halve(strip: Strip, band: number, method: OverviewResampling, into: NumericArray, at: number): void {
    const half = this.#out.length;
    for (let y = 0, o = at; y < strip.rows; y += 2, o += half) {
      const isTopGap = this.#load(strip, band, y, this.#top);
      const isBottomGap = this.#load(strip, band, Math.min(y + 1, strip.rows - 1), this.#bottom);
      if (method === 'nearest') this.#nearest();
      else if (method === 'mode') this.#mode();
      else if (isTopGap || isBottomGap) this.#averageOfValid();
      else this.#average();
      into.set(this.#out, o);
    }
  }

  /** Fetches a row as doubles, NaN where missing. True if some may be. */
  #load({ values, valid, start, bandStride, width }: Strip, band: number, y: number, row: Float64Array): boolean {
    const at = start + band * bandStride + y * width;
    const source = values.subarray(at, at + width);
    row.set(source);
    let isGap = !this.#isInteger;
    const nodata = this.#nodata;
    if (nodata !== null && nodata === nodata && source.includes(nodata)) {
      isGap = true;
      for (let x = 0; x < width; x++) if (row[x] === nodata) row[x] = NaN;
    }
    if (valid !== null) {
      isGap = true;
      for (let x = 0; x < width; x++) if (valid[at + x] === 0) row[x] = NaN;
    }
    if (row.length > width) row[width] = row[width - 1] ?? 0;
    return isGap;
  }

  #nearest(): void {
    const [row, out] = [this.#top, this.#out];
    const fill = this.#fill;
    for (let x = 0; x < out.length; x++) {
      // SAFETY: the row is twice as long as the result; so below.
      const v = row[2 * x] as number;
      out[x] = v === v ? v : fill;
    }
  }

  /** All valid integers: the common case. */
  #average(): void {
    const [top, bottom, out] = [this.#top, this.#bottom, this.#out];
    for (let x = 0, i = 0; x < out.length; x++, i += 2) {
      const sum = (top[i] as number) + (top[i + 1] as number) + (bottom[i] as number) + (bottom[i + 1] as number);
      out[x] = Math.floor(sum * 0.25 + 0.5);
    }
    this.#keepVisible();
  }

  #averageOfValid(): void {
    const [top, bottom, out] = [this.#top, this.#bottom, this.#out];
    const fill = this.#fill;
    const isInteger = this.#isInteger;
    for (let x = 0, i = 0; x < out.length; x++, i += 2) {
      const a = top[i] as number;
      const b = top[i + 1] as number;
      const c = bottom[i] as number;
      const d = bottom[i + 1] as number;
      let mean = (a + b + c + d) * 0.25;
      if (mean !== mean) {
        const count = (a === a ? 1 : 0) + (b === b ? 1 : 0) + (c === c ? 1 : 0) + (d === d ? 1 : 0);
        const sum = (a === a ? a : 0) + (b === b ? b : 0) + (c === c ? c : 0) + (d === d ? d : 0);
        mean = sum / count;
      }
      // 0 / 0 is NaN: none of the four.
      out[x] = mean !== mean ? fill : isInteger ? Math.floor(mean + 0.5) : mean;
      // A mean that happens to be nodata would punch a hole: the next number stands in for it.
      if (isInteger && out[x] === fill && mean === mean && fill === this.#nodata) out[x] = fill + this.#instead;
    }
  }

  /** As above, where nothing was missing. */
  #keepVisible(): void {
    const nodata = this.#nodata;
    const out = this.#out;
    if (nodata === null || !out.includes(nodata)) return;
    for (let x = 0; x < out.length; x++) if (out[x] === nodata) out[x] = nodata + this.#instead;
  }

  #mode(): void {
    const [top, bottom, out] = [this.#top, this.#bottom, this.#out];
    for (let x = 0, i = 0; x < out.length; x++, i += 2) {
      const four = [top[i], top[i + 1], bottom[i], bottom[i + 1]] as const;
      let best = NaN;
      let most = 0;
      for (const v of four) {
        if (v === undefined || v !== v) continue;
        let count = 0;
        for (const w of four) if (w === v) count++;
        if (count > most || (count === most && v < best)) [best, most] = [v, count];
      }
      out[x] = most === 0 ? this.#fill : best;
    }
  }
}

/** The method of each band. */
export function methodsOf(
  bands: number,
  chosen: OverviewResampling | undefined,
  categorical: boolean | readonly boolean[],
): OverviewResampling[] {
  return Array.from({ length: bands }, (_, b) => {
    const isClasses = typeof categorical === 'boolean' ? categorical : categorical[b] === true;
    return chosen ?? (isClasses ? 'nearest' : 'average');
  });
}
