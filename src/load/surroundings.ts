/** What a load reports to, and warns. */
import type { Progress } from '../core/index.js';

/** How a load talks to its surroundings; `loadChips` gathers what single loads would say. */
export interface LoadSurroundings {
  readonly signal: AbortSignal | undefined;
  readonly report: (p: Progress) => void;
  readonly warn: (kind: WarningKind, message: string) => void;
}

/** What a warning is about: one slice without data, the bands of all files, or files left out. */
export type WarningKind = 'no-valid-pixel' | 'bands' | 'skipped';
