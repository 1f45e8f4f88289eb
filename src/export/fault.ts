/** Named abort points: tests stop an export at each of them and look at what is left. Without a test they do nothing. */

const HOOK = Symbol.for('nadir.test.fault');

/** Points of an export, in the order in which it passes them. */
export const FAULT_POINTS = [
  'staging-opened',
  'item-loaded',
  'item-written',
  'item-journaled',
  'tables-written',
  'manifest-staged',
  'commit-begun',
  'folder-moved',
  'files-moved',
  'manifest-moved',
  'staging-removed',
] as const;
export type FaultPoint = (typeof FAULT_POINTS)[number];

/** Passes an abort point. A test's hook may throw or kill the process here. */
export function faultPoint(point: FaultPoint): void {
  // SAFETY: only tests write this key, with a function.
  (globalThis as { [HOOK]?: (point: FaultPoint) => void })[HOOK]?.(point);
}
