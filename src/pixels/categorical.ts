/** Names of bands that hold classes or bit fields. */

/** QA*, SCL, MSK*, CLM, FMASK, *MASK, *LABEL, *CLASS (loading.md §2.1). */
const CATEGORICAL_NAME = /^(?:qa.*|scl|msk.*|clm|.*mask|.*label|.*class)$/i;

/** Whether a band of this name holds classes or bits, so that interpolating between its values is meaningless. */
export function isCategoricalName(name: string | null | undefined): boolean {
  return CATEGORICAL_NAME.test(name?.trim() ?? '');
}
