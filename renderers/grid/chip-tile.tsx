/** One chip of the grid: picture, verdict, tags, caption, and two large buttons while the pointer is on it. */
import { memo } from 'preact/compat';
import type { JSX } from 'preact';
import type { ChipItem, Preview } from '../../src/display/wire/payload.js';
import type { Classes, Look } from '../pixels/draw.js';
import { PreviewCanvas } from '../pixels/preview-canvas.js';
import type { Limits } from '../pixels/stretch.js';
import type { Verdict } from '../shared/curation.js';
import { formatPercent, formatTime } from '../shared/format.js';
import { Icon } from '../shared/icons.js';

export interface ChipTileProps {
  readonly item: ChipItem;
  readonly preview: Preview | null;
  readonly verdict: Verdict;
  readonly tags: string;
  readonly isSelected: boolean;
  readonly isCursor: boolean;
  readonly isHovered: boolean;
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly size: number;
  readonly caption: string;
  readonly column: number;
  readonly onVerdict: (id: string, verdict: Verdict) => void;
  readonly onClick: (id: string, event: MouseEvent) => void;
  readonly onOpen: (id: string) => void;
  readonly onHover: (id: string | null) => void;
  readonly onPoint: (item: ChipItem, pixel: readonly [number, number] | null) => void;
}

const NO_PIXELS = 'no pixels yet';
const VERDICT_WORDS: Readonly<Record<Verdict, string>> = { keep: 'kept', reject: 'rejected', undecided: 'undecided' };

function Tile(props: ChipTileProps): JSX.Element {
  const { item, preview, verdict, tags, size } = props;
  // Whole chips are the rule; only what is missing needs the room.
  const percent = item.validFraction === null || item.validFraction === 1 ? '' : formatPercent(item.validFraction);
  // Begins with the visible text, in its order, so that people who speak to the screen can say what they see.
  const visible = [preview ? '' : (item.error ?? NO_PIXELS), tags, props.caption, percent].filter(Boolean).join(' ');
  const hidden = [VERDICT_WORDS[verdict], item.startMicros === null ? '' : formatTime(item.startMicros, false)];
  const label = [visible, ...hidden].filter(Boolean).join(', ');
  return (
    <div
      class={`chip ${verdict} ${props.isSelected ? 'selected' : ''} ${props.isHovered ? 'hovered' : ''}`}
      role="gridcell"
      aria-label={label}
      aria-selected={props.isSelected}
      aria-colindex={props.column + 1}
      data-id={item.id}
      tabIndex={props.isCursor ? 0 : -1}
      style={{ width: `${size}px` }}
      onClick={(e) => props.onClick(item.id, e)}
      onDblClick={() => props.onOpen(item.id)}
      onPointerEnter={() => props.onHover(item.id)}
      onPointerLeave={() => props.onHover(null)}
    >
      <div class="chip-image" style={{ width: `${size}px`, height: `${size}px` }}>
        {preview ? (
          <PreviewCanvas
            preview={preview}
            look={props.look}
            limits={props.limits}
            classes={props.classes}
            label={`Pixels of ${item.title || item.id}`}
            onPoint={(p) => props.onPoint(item, p)}
          />
        ) : (
          <div class="chip-none">
            <Icon name={item.error === null ? 'image' : 'warning'} />
            <span>{item.error ?? NO_PIXELS}</span>
          </div>
        )}
        <span class="chip-hatch" />
        {verdict !== 'undecided' && (
          <span class={`badge ${verdict}`}>
            <Icon name={verdict} />
          </span>
        )}
        {tags && <span class="chip-tags">{tags}</span>}
        <span class="chip-actions">
          <button
            type="button"
            class="do-keep"
            data-text={size >= 120 ? 'Keep' : undefined}
            tabIndex={-1}
            aria-pressed={verdict === 'keep'}
            aria-label={`Keep ${item.title || item.id}`}
            title="Keep (K)"
            onClick={stopping(() => props.onVerdict(item.id, verdict === 'keep' ? 'undecided' : 'keep'))}
          >
            <Icon name="keep" />
          </button>
          <button
            type="button"
            class="do-reject"
            data-text={size >= 120 ? 'Reject' : undefined}
            tabIndex={-1}
            aria-pressed={verdict === 'reject'}
            aria-label={`Reject ${item.title || item.id}`}
            title="Reject (R)"
            onClick={stopping(() => props.onVerdict(item.id, verdict === 'reject' ? 'undecided' : 'reject'))}
          >
            <Icon name="reject" />
          </button>
        </span>
      </div>
      {/* Spaces between the parts, which the layout ignores and readers of the screen need. */}{' '}
      <div class="chip-caption">
        <span class="chip-name" title={item.id}>
          {props.caption}
        </span>{' '}
        {percent && <span class="muted">{percent}</span>}
      </div>
    </div>
  );
}

function stopping(act: () => void): (event: MouseEvent) => void {
  return (event) => {
    event.stopPropagation();
    act();
  };
}

/** A tile that is drawn again only when something it shows changes. */
export const ChipTile = memo(Tile);
