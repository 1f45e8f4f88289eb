/** Small panels over a view: the list of keys, and the choice of a tag. */
import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { Button, Panel } from '../shared/ui.js';

const KEYS = [
  ['Arrows', 'move'],
  ['K  R  U', 'keep, reject, undecided; then next'],
  ['1 – 9', 'quick tag on or off'],
  ['T', 'tag…'],
  ['Space', 'select'],
  ['Shift-click', 'select a range'],
  ['Ctrl/Cmd A', 'select all shown'],
  ['Enter', 'detail'],
  ['B  S', 'next band, next stretch'],
  ['Ctrl/Cmd Z', 'undo (with Shift: redo)'],
  ['?', 'this list'],
  ['Esc', 'close, leave'],
] as const;

/** The keys of a curation view. */
export function HelpPanel({ onClose }: { readonly onClose: () => void }): JSX.Element {
  return (
    <Panel label="Keyboard" onClose={onClose} class="small">
      <div class="panel-head">
        <strong class="grow">Keyboard</strong>
        <Button icon="close" label="Close (Esc)" onClick={onClose} />
      </div>
      <dl class="keys">
        {KEYS.map(([key, what]) => (
          <div key={key}>
            <dt>
              <kbd>{key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}

interface TagPanelProps {
  readonly count: number;
  readonly quick: readonly string[];
  readonly onTag: (tag: string) => void;
  readonly onClose: () => void;
}

/** Longest tag that becomes code. */
const MAX_TAG = 60;

/** Free text or one of the quick tags for the rows in question. */
export function TagPanel({ count, quick, onTag, onClose }: TagPanelProps): JSX.Element {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  // After the panel has taken the focus, which it does in the same way.
  useLayoutEffect(() => input.current?.focus(), []);
  const give = (tag: string): void => {
    const trimmed = tag.trim();
    if (trimmed) onTag(trimmed);
    onClose();
  };
  return (
    <Panel label="Tag" onClose={onClose} class="small">
      <div class="panel-head">
        <strong class="grow">{count === 1 ? 'Tag this item' : `Tag ${count} items`}</strong>
        <Button icon="close" label="Close (Esc)" onClick={onClose} />
      </div>
      <form
        class="tag-form"
        onSubmit={(e) => {
          e.preventDefault();
          give(text);
        }}
      >
        <input
          type="text"
          aria-label="Tag"
          placeholder="any word"
          maxLength={MAX_TAG}
          value={text}
          ref={input}
          onInput={(e) => setText(e.currentTarget.value)}
        />
        <Button label="Add" class="primary" onClick={() => give(text)} />
      </form>
      <div class="tag-quick">
        {quick.map((tag, i) => (
          <button key={tag} type="button" class="tag" onClick={() => give(tag)}>
            <kbd>{i + 1}</kbd> {tag}
          </button>
        ))}
      </div>
    </Panel>
  );
}
