/** Where the planes of each band lie in a tensor, whichever outer axis comes first. */
import { lengthOf, spatialShape, type TensorData } from './data.js';

/** The (frame, band) planes of a tensor; without a band or time axis there is one of it. */
export interface BandPlanes {
  readonly bands: number;
  readonly frames: number;
  /** Pixels of a plane. */
  readonly size: number;
  /** Position of a plane's first value. */
  readonly at: (frame: number, band: number) => number;
}

/** The planes of a tensor by frame and band. */
export function bandPlanes(t: Pick<TensorData, 'dims' | 'shape'>): BandPlanes {
  const [height, width] = spatialShape(t);
  const size = height * width;
  const bands = lengthOf(t.dims, t.shape, 'band') ?? 1;
  const frames = lengthOf(t.dims, t.shape, 'time') ?? 1;
  const isBandFirst = t.dims.length === 4 && t.dims[0] === 'band';
  const [bandStep, frameStep] = isBandFirst ? [frames * size, size] : [size, bands * size];
  return { bands, frames, size, at: (frame, band) => frame * frameStep + band * bandStep };
}
