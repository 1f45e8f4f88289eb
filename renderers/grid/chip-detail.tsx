/** One chip in large: pixels, verdict, properties; the value under the pointer stands in the view's status line. */
import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { ChipItem, Preview } from '../../src/display/wire/payload.js';
import type { Classes, Look } from '../pixels/draw.js';
import { PreviewCanvas } from '../pixels/preview-canvas.js';
import type { Limits } from '../pixels/stretch.js';
import type { Verdict } from '../shared/curation.js';
import { formatCell, formatInterval, formatPercent } from '../shared/format.js';
import { Button, Empty, Facts, Panel, Segmented, type Fact } from '../shared/ui.js';

interface ChipDetailProps {
  readonly item: ChipItem;
  readonly preview: Preview | null;
  readonly position: string;
  readonly verdict: Verdict;
  readonly tags: readonly string[];
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly onVerdict: (verdict: Verdict) => void;
  readonly onStep: (by: number) => void;
  readonly onTag: () => void;
  readonly onCopy: () => void;
  readonly onClose: () => void;
  readonly onShown: () => void;
  readonly onPoint: (pixel: readonly [number, number] | null) => void;
}

/** Facts of a chip in reading order: place, size, time, then its own properties. */
export function chipFacts(item: ChipItem): Fact[] {
  return [
    { label: 'id', value: item.id },
    { label: 'time', value: formatInterval(item.startMicros, item.endMicros) },
    { label: 'size', value: `${item.shape[1]} × ${item.shape[0]} px` },
    { label: 'CRS', value: item.crs },
    ...(item.validFraction === null ? [] : [{ label: 'valid', value: formatPercent(item.validFraction) }]),
    ...Object.entries(item.properties).map(([label, value]) => ({ label, value: formatCell(value) })),
  ];
}

/** The panel. Arrow keys step through the chips of the grid. */
export function ChipDetail(props: ChipDetailProps): JSX.Element {
  const { item, preview } = props;
  useEffect(() => {
    props.onShown();
  }, [item.id]);
  return (
    <Panel label={`Detail of ${item.title || item.id}`} onClose={props.onClose} class="full">
      <div class="panel-head">
        <Button icon="previous" label="Previous chip (←)" onClick={() => props.onStep(-1)} />
        <Button icon="next" label="Next chip (→)" onClick={() => props.onStep(1)} />
        <strong class="title">{item.title || item.id}</strong>
        <span class="muted">{props.position}</span>
        <span class="grow" />
        <Segmented
          label="Verdict"
          choices={[
            { value: 'keep', label: 'Keep', icon: 'keep', title: 'Keep (K)', class: 'do-keep' },
            { value: 'undecided', label: 'Undecided', icon: 'undecided', title: 'Undecided (U)' },
            { value: 'reject', label: 'Reject', icon: 'reject', title: 'Reject (R)', class: 'do-reject' },
          ]}
          value={props.verdict}
          onChange={props.onVerdict}
        />
        <Button icon="tag" label="Tag… (T)" onClick={props.onTag} />
        <Button icon="close" label="Close (Esc)" onClick={props.onClose} />
      </div>
      <div class="detail-body">
        <div class="detail-image">
          {preview ? (
            <PreviewCanvas
              large
              preview={preview}
              look={props.look}
              limits={props.limits}
              classes={props.classes}
              label={`Pixels of ${item.title || item.id}`}
              onPoint={props.onPoint}
            />
          ) : (
            <Empty icon="image">{item.error ?? 'No pixels in this output; a live kernel can read them.'}</Empty>
          )}
        </div>
        <div class="detail-side" tabIndex={0} role="group" aria-label="Properties">
          <Facts facts={chipFacts(item)} />
          {props.tags.length > 0 && (
            <p class="tags">
              {props.tags.map((t) => (
                <span key={t} class="tag">
                  {t}
                </span>
              ))}
            </p>
          )}
          <Button icon="copy" label="Copy id" text="Copy id" class="secondary" onClick={props.onCopy} />
        </div>
      </div>
    </Panel>
  );
}
