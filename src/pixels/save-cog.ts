/** Writing a tensor as a Cloud Optimized GeoTIFF (loading.md §6). */
import { UnsupportedDataError, type LongTask } from '../core/index.js';
import type { TensorData } from './tensor/data.js';

export interface CogOptions extends LongTask {
  /** One per band; default the tensor's band names. */
  readonly descriptions?: readonly string[];
  /** GDAL metadata of the file. */
  readonly tags?: Readonly<Record<string, string>>;
  /** Default `deflate`. */
  readonly compress?: 'deflate' | 'none';
  /** Default `nearest` for 8-bit integers, else `average` over valid pixels. */
  readonly overviewResampling?: 'nearest' | 'average';
}

export interface CogReport {
  readonly path: string;
  readonly bytes: number;
}

function pending(): UnsupportedDataError {
  return new UnsupportedDataError('cog-writer', 'Writing GeoTIFF is not part of this build yet.');
}

/** Bytes of the file; equal tensors give equal bytes. */
export function cogBytes(_tensor: TensorData, _options: CogOptions = {}): Promise<Uint8Array> {
  return Promise.reject(pending());
}

/** Writes the file atomically and reopens it to verify. */
export function saveCog(_tensor: TensorData, _path: string, _options: CogOptions = {}): Promise<CogReport> {
  return Promise.reject(pending());
}
