/** The grid of chips: rows that exist where they are seen, one cell in the tab order, every verdict within reach. */
import type { JSX } from 'preact';
import { useCallback, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { ChipItem } from '../../src/display/wire/payload.js';
import type { Classes, Look } from '../pixels/draw.js';
import type { Limits } from '../pixels/stretch.js';
import { hasBit } from '../shared/bits.js';
import { tagsOf, verdictOf, type CurationModel, type Verdict } from '../shared/curation.js';
import type { Dataset } from '../shared/store.js';
import { Empty } from '../shared/ui.js';
import { ChipTile } from './chip-tile.js';
import type { Pixels } from './use-pixels.js';

/** Space between chips, height of a caption, padding of the grid, in CSS pixels; the style sheet says the same. */
const GAP = 6;
const CAPTION = 18;
const PADDING = 8;
const OVERSCAN_ROWS = 1;

interface ChipGridProps {
  readonly label: string;
  readonly items: readonly ChipItem[];
  readonly dataset: Dataset;
  readonly model: CurationModel;
  readonly pixels: Pixels;
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly size: number;
  readonly emptyText: string;
  readonly onOpen: (id: string) => void;
  readonly onPoint: (item: ChipItem, pixel: readonly [number, number] | null) => void;
  readonly say: (text: string) => void;
}

/** The grid. Verdict keys are handled by the view around it; arrows, Space and Enter here. */
export function ChipGrid(props: ChipGridProps): JSX.Element {
  const { items, dataset, model, pixels } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const [box, setBox] = useState({ width: 600, height: 300 });
  const [top, setTop] = useState(0);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return undefined;
    const measure = (): void => setBox({ width: element.clientWidth, height: element.clientHeight });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    measure();
    return () => observer.disconnect();
  }, []);

  const columns = Math.max(1, Math.floor((box.width - 2 * PADDING + GAP) / (props.size + GAP)));
  // The size asked for is the smallest; chips grow until the row is full, but a lone row of few chips does not.
  const size = Math.floor((box.width - 2 * PADDING + GAP) / columns) - GAP;
  const rowHeight = size + CAPTION + GAP;
  const rowCount = Math.ceil(items.length / columns);
  const firstRow = Math.max(0, Math.floor((top - PADDING) / rowHeight) - OVERSCAN_ROWS);
  const lastRow = Math.min(rowCount, Math.ceil((top + box.height) / rowHeight) + OVERSCAN_ROWS);
  const rowOf = (item: ChipItem): number => model.indexOf.get(item.id) ?? -1;
  const cursorAt = items.findIndex((item) => rowOf(item) === model.cursor);
  const shownCursor = cursorAt < 0 ? 0 : cursorAt;

  const shown = items.slice(firstRow * columns, lastRow * columns);
  useEffect(() => {
    for (const item of shown) pixels.want(item, Math.min(256, size * 2));
  });

  const reveal = (at: number, focus: boolean): void => {
    const element = scroller.current;
    if (!element) return;
    const y = PADDING + Math.floor(at / columns) * rowHeight;
    if (y < element.scrollTop) element.scrollTop = Math.max(0, y - PADDING);
    else if (y + rowHeight > element.scrollTop + element.clientHeight)
      element.scrollTop = y + rowHeight + PADDING - element.clientHeight;
    if (!focus) return;
    requestAnimationFrame(() => {
      const root = element.getRootNode();
      const holder = root instanceof ShadowRoot ? root.activeElement : null;
      // A panel opened since the frame was asked for holds the focus now: the grid must not take it back.
      if (holder !== null && !element.contains(holder)) return;
      const id = items[at]?.id;
      for (const cell of element.querySelectorAll<HTMLElement>('[role=gridcell]'))
        if (cell.dataset['id'] === id) cell.focus({ preventScroll: true });
    });
  };
  // Follow the cursor when another view or a verdict key moves it, and keep the focus on it if the grid has it.
  useEffect(() => {
    const root = scroller.current?.getRootNode();
    const hasFocus =
      root instanceof ShadowRoot &&
      root.activeElement !== null &&
      scroller.current?.contains(root.activeElement) === true;
    if (cursorAt >= 0) reveal(cursorAt, hasFocus);
  }, [model.cursor, columns]);

  const onVerdict = useCallback(
    (id: string, verdict: Verdict) => {
      const row = dataset.model.peek().indexOf.get(id);
      if (row === undefined) return;
      dataset.dispatch({ type: 'verdict', rows: [row], verdict });
      props.say(`${id} ${verdict === 'keep' ? 'kept' : verdict === 'reject' ? 'rejected' : 'undecided'}`);
    },
    [dataset],
  );
  const order = useRef(items);
  order.current = items;
  const onClick = useCallback(
    (id: string, event: MouseEvent) => {
      const state = dataset.model.peek();
      const row = state.indexOf.get(id);
      if (row === undefined) return;
      if (event.shiftKey) {
        const rows = order.current.map((i) => state.indexOf.get(i.id) ?? -1);
        const [a, b] = [rows.indexOf(state.cursor), rows.indexOf(row)].sort((x, y) => x - y);
        dataset.dispatch({
          type: 'select',
          rows: rows.slice(Math.max(0, a ?? 0), (b ?? 0) + 1),
          mode: 'add',
          cursor: row,
        });
      } else if (event.ctrlKey || event.metaKey)
        dataset.dispatch({ type: 'select', rows: [row], mode: 'toggle', cursor: row });
      else dataset.dispatch({ type: 'select', rows: [row], mode: 'replace', cursor: row });
    },
    [dataset],
  );
  const onHover = useCallback(
    (id: string | null) =>
      dataset.dispatch({ type: 'hover', row: id === null ? -1 : (dataset.model.peek().indexOf.get(id) ?? -1) }),
    [dataset],
  );

  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const steps: Readonly<Record<string, number>> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      ArrowUp: -columns,
      ArrowDown: columns,
      Home: -items.length,
      End: items.length,
      PageUp: -columns * 3,
      PageDown: columns * 3,
    };
    const by = steps[event.key];
    if (by !== undefined) {
      const to = Math.max(0, Math.min(items.length - 1, shownCursor + by));
      const target = items[to];
      if (target) dataset.dispatch({ type: 'move', row: rowOf(target) });
    } else if (event.key === ' ')
      dataset.dispatch({ type: 'select', rows: [model.cursor], mode: 'toggle', cursor: model.cursor });
    else if (event.key === 'Enter') {
      const target = items[shownCursor];
      if (target) props.onOpen(target.id);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };

  const isNamed = new Set(items.map((i) => i.title)).size === items.length;
  const caption = (item: ChipItem): string => {
    const name = item.title || item.id;
    // Many chips of one date need a number to be told apart.
    return isNamed ? name : `${rowOf(item) + 1} · ${name}`;
  };
  const rows: JSX.Element[] = [];
  for (let r = firstRow; r < lastRow; r++) {
    rows.push(
      <div key={r} class="chip-row" role="row" aria-rowindex={r + 1} style={{ top: `${PADDING + r * rowHeight}px` }}>
        {items.slice(r * columns, (r + 1) * columns).map((item, c) => {
          const row = rowOf(item);
          return (
            <ChipTile
              key={item.id}
              item={item}
              preview={pixels.of(item)}
              verdict={verdictOf(model, row)}
              tags={tagsOf(model, row).join(' · ')}
              isSelected={row >= 0 && hasBit(model.selected, row)}
              isCursor={r * columns + c === shownCursor}
              isHovered={model.hover === row && row >= 0}
              look={props.look}
              limits={props.limits}
              classes={props.classes}
              size={size}
              caption={caption(item)}
              column={c}
              onVerdict={onVerdict}
              onClick={onClick}
              onOpen={props.onOpen}
              onHover={onHover}
              onPoint={props.onPoint}
            />
          );
        })}
      </div>,
    );
  }
  return (
    <div class="chip-scroll" ref={scroller} tabIndex={-1} onScroll={(e) => setTop(e.currentTarget.scrollTop)}>
      {items.length === 0 ? (
        <Empty icon="grid">{props.emptyText}</Empty>
      ) : (
        <div
          class="chip-grid"
          role="grid"
          aria-label={props.label}
          aria-rowcount={rowCount}
          aria-colcount={columns}
          aria-multiselectable="true"
          style={{ height: `${rowCount * rowHeight + 2 * PADDING}px` }}
          onKeyDown={onKeyDown}
        >
          {rows}
        </div>
      )}
    </div>
  );
}
