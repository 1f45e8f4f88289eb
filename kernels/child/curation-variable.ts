/** A curation that the interface hands over: verdicts replayed on the curated variable. */

export interface CurationSteps {
  readonly kind: 'curation';
  readonly source: string;
  readonly steps: readonly { readonly op: string; readonly args: readonly unknown[] }[];
}

/** Steps that may be replayed by name (`renderers.md` §6). */
const OPS = new Set(['keep', 'reject', 'undecide', 'tag', 'untag', 'within', 'where']);

/** Whether a value for `setVariable` is a curation to build rather than a value to store. */
export function isCuration(value: unknown): value is CurationSteps {
  if (typeof value !== 'object' || value === null) return false;
  const { kind, source, steps } = value as { kind?: unknown; source?: unknown; steps?: unknown };
  if (kind !== 'curation' || typeof source !== 'string' || !Array.isArray(steps)) return false;
  return steps.every(
    (s: unknown) =>
      typeof s === 'object' &&
      s !== null &&
      OPS.has(String(Reflect.get(s, 'op'))) &&
      Array.isArray(Reflect.get(s, 'args')),
  );
}

/** `curate(source)` with the steps applied in order. */
export function replay(curate: unknown, source: unknown, steps: CurationSteps['steps']): unknown {
  if (typeof curate !== 'function') throw new TypeError("The library has no function 'curate'.");
  // SAFETY: checked to be a function; its argument is checked by itself.
  let selection: unknown = (curate as (value: unknown) => unknown)(source);
  for (const { op, args } of steps) {
    const method: unknown =
      typeof selection === 'object' && selection !== null ? Reflect.get(selection, op) : undefined;
    if (typeof method !== 'function') throw new TypeError(`The selection has no step '${op}'.`);
    // SAFETY: checked to be a function; `op` is one of OPS.
    selection = (method as (this: unknown, ...a: unknown[]) => unknown).call(selection, ...args);
  }
  return selection;
}
