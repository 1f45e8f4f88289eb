/** The `chips` view: a thumbnail grid with band, stretch, sort and verdict controls. */
import type { JSX } from 'preact';
import { Frame } from '../shared/frame.js';
import type { ViewProps } from '../shared/view.js';
import { plural } from '../shared/format.js';
import { CountBar } from './counts.js';
import { useChips } from './use-chips.js';

/** The view. */
export function ChipsView({ payload, host }: ViewProps<'chips'>): JSX.Element {
  const chips = useChips(payload, host, 96);
  const { data } = payload;
  const more =
    data.count > data.items.length
      ? `${plural(data.items.length, 'chip')} of ${data.count}`
      : plural(data.count, 'chip');
  return (
    <Frame
      payload={payload}
      host={host}
      subtitle={more}
      controls={chips.controls}
      status={chips.status}
      notice={chips.notice}
      onKeyDown={chips.onKeyDown}
    >
      <div class="bar second">
        {chips.counts}
        <span class="grow" />
        {chips.verdictControls}
      </div>
      <CountBar counts={chips.numbers} />
      {chips.grid}
      {chips.overlay}
    </Frame>
  );
}
