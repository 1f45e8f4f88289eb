/** Everything about one item, beside the map. */
import type { JSX } from 'preact';
import { Button, Facts, type Fact } from '../shared/ui.js';

interface DetailsProps {
  readonly title: string;
  readonly position: string;
  readonly facts: readonly Fact[];
  readonly onStep: (by: number) => void;
  readonly onCopy: () => void;
  readonly onClose: () => void;
}

/** The panel; Escape closes it. */
export function Details({ title, position, facts, onStep, onCopy, onClose }: DetailsProps): JSX.Element {
  return (
    <aside
      class="details"
      aria-label={`Details of ${title}`}
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.preventDefault();
        e.stopPropagation();
        onClose();
      }}
    >
      <div class="panel-head">
        <Button icon="previous" label="Previous" onClick={() => onStep(-1)} />
        <Button icon="next" label="Next" onClick={() => onStep(1)} />
        <span class="muted nowrap">{position}</span>
        <span class="grow" />
        <Button icon="copy" label="Copy id" onClick={onCopy} />
        <Button icon="close" label="Close (Esc)" onClick={onClose} />
      </div>
      <div class="details-title" title={title}>
        {title}
      </div>
      <div class="details-body" tabIndex={0} role="group" aria-label="Properties">
        <Facts facts={facts} />
      </div>
    </aside>
  );
}
