/** The resampling methods. */
import type { AreaMethod } from './area.js';

export type Resampling = 'nearest' | 'bilinear' | 'cubic' | AreaMethod;

export const RESAMPLINGS: readonly Resampling[] = ['nearest', 'bilinear', 'cubic', 'average', 'mode', 'min', 'max'];

/** Whether a method aggregates the area of the destination pixel. */
export function isArea(method: Resampling): method is AreaMethod {
  return method === 'average' || method === 'mode' || method === 'min' || method === 'max';
}

/** Whether a method interpolates between values, which is meaningless for classes and bit fields. */
export function isInterpolating(method: Resampling): boolean {
  return method === 'bilinear' || method === 'cubic' || method === 'average';
}
