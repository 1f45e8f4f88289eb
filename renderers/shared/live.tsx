/** One polite live region per view: verdicts are told to readers of the screen. */
import type { JSX } from 'preact';

/** Text that is read out when it changes. */
export function Live({ text }: { readonly text: string }): JSX.Element {
  return (
    <div class="sr-only" role="status" aria-live="polite">
      {text}
    </div>
  );
}
