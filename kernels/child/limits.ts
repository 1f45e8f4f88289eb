/** Numbers of `kernel.md` and `renderers.md` that the child keeps to. */

/** Stream text waits this long for more before it is sent, in ms. */
export const FLUSH_MS = 50;
/** Stream text of this many characters is sent at once. */
export const FLUSH_CHARS = 16_384;
/** Text of one run beyond this many bytes is cut. */
export const TEXT_LIMIT_BYTES = 2_000_000;
/** What stays at each end of a cut text, in characters. */
export const TEXT_KEEP_CHARS = 200_000;
/** Displays are updated at most this often, in ms (10 per second). */
export const UPDATE_MS = 100;
/** Values of an async generator are shown at most this often, in ms (20 per second). */
export const GENERATOR_MS = 50;
/** How long a responsive cell may take to settle after an interrupt, in ms. */
export const SETTLE_MS = 300;
/** The main thread raises its beat this often, in ms. */
export const BEAT_MS = 50;
/** A main thread that has not raised its beat for this long is blocked, in ms. */
export const BLOCKED_MS = 250;
/** Limit of one output after `display.full`, in bytes; no output is ever larger. */
export const FULL_OUTPUT_BYTES = 10_000_000;
/** Variables are described for at most this long at a time, in ms. */
export const VARIABLES_SLICE_MS = 20;
