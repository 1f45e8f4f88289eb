/** The log of a curation. Same shape as the wire type of `display/wire`, which lies above this floor. */

/** One gesture or rule; `selection[op](...args)` replays it. */
export interface CurationStep {
  readonly op: 'keep' | 'reject' | 'undecide' | 'tag' | 'untag' | 'within' | 'where';
  readonly args: readonly unknown[];
}
