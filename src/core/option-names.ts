/** Option names of callers without types: a misspelt one would otherwise be ignored in silence. */
import { ArgumentError } from './errors.js';
import { nearestNames } from './nearest.js';

/**
 * Checks that options are an object with known names only.
 *
 * @throws {@link ArgumentError} `bad-options`, `unknown-option` with the nearest known name.
 */
export function checkOptionNames(what: string, options: unknown, known: readonly string[]): void {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw new ArgumentError('bad-options', `${what} takes its options as one object; got ${JSON.stringify(options)}.`, {
      hint: `It takes ${known.join(', ')}.`,
    });
  }
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  const [first] = unknown;
  if (first === undefined) return;
  // A part of a name says more than a name with few other letters: `bands` means `bandIndexes`, not `mask`.
  const stem = first.toLowerCase().replace(/s$/, '');
  const near = known.find((name) => name.toLowerCase().includes(stem)) ?? nearestNames(first, known, 1)[0];
  throw new ArgumentError('unknown-option', `${what} does not know the option ${unknown.join(', ')}.`, {
    hint: `Did you mean ${near ?? known.join(' or ')}? It takes ${known.join(', ')}.`,
    details: { unknown, known },
  });
}
