/** What is shown when a payload cannot be: its description, the reason, and the data as they came. Never an empty box. */
import { Component, type ComponentChildren, type JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Icon } from './icons.js';
import { Button } from './ui.js';

/** Characters of raw JSON that are shown; the rest is named, not drawn. */
const MAX_RAW = 100_000;

interface FallbackProps {
  readonly alt: string;
  readonly title: string;
  readonly reason: string;
  readonly newer: boolean;
  readonly raw: () => string;
}

/** Alt text, reason, and a button that shows the raw JSON. */
export function Fallback({ alt, title, reason, newer, raw }: FallbackProps): JSX.Element {
  const [shown, setShown] = useState<string | null>(null);
  return (
    <div class="fallback" role="region" aria-label={alt || 'Output that cannot be shown'} tabIndex={0}>
      <p class="fallback-head">
        <Icon name={newer ? 'info' : 'warning'} />
        <strong>{alt || title || 'This output has no description.'}</strong>
      </p>
      <p class="muted">
        {newer ? `This output was ${reason}. Update Nadir to see it.` : `It cannot be drawn: ${reason}.`}
      </p>
      <Button
        label={shown === null ? 'Show raw JSON' : 'Hide raw JSON'}
        class="secondary"
        onClick={() => setShown(shown === null ? raw() : null)}
      />
      {shown !== null && (
        <pre class="raw" tabIndex={0}>
          {shown.slice(0, MAX_RAW)}
          {shown.length > MAX_RAW ? `\n… ${shown.length - MAX_RAW} more characters` : ''}
        </pre>
      )}
    </div>
  );
}

/** Turns a failure inside a view into its fallback. */
export class Boundary extends Component<
  { readonly fallback: (reason: string) => JSX.Element; readonly children: ComponentChildren },
  { readonly reason: string | null }
> {
  override state = { reason: null as string | null };

  override componentDidCatch(error: unknown): void {
    this.setState({ reason: error instanceof Error ? error.message : 'unknown failure' });
  }

  override render(): ComponentChildren {
    return this.state.reason === null
      ? this.props.children
      : this.props.fallback(`the view failed (${this.state.reason})`);
  }
}
