/** Small controls that all views share. Text goes in as text nodes only. */
import type { ComponentChildren, JSX } from 'preact';
import { useLayoutEffect, useRef } from 'preact/hooks';
import { Icon, type IconName } from './icons.js';

interface ButtonProps {
  readonly icon?: IconName;
  /** Accessible name and tooltip; shown as text when there is no icon. */
  readonly label: string;
  readonly text?: string;
  readonly onClick: (event: MouseEvent) => void;
  readonly pressed?: boolean;
  readonly disabled?: boolean;
  readonly class?: string;
  readonly tabIndex?: number;
}

/** A button with an icon, a text, or both. */
export function Button({
  icon,
  label,
  text,
  onClick,
  pressed,
  disabled,
  class: extra,
  tabIndex,
}: ButtonProps): JSX.Element {
  const shown = text ?? (icon ? undefined : label);
  return (
    <button
      type="button"
      class={`button ${shown === undefined ? 'square' : ''} ${extra ?? ''}`}
      title={label}
      aria-label={shown === label ? undefined : label}
      aria-pressed={pressed}
      disabled={disabled}
      tabIndex={tabIndex}
      onClick={onClick}
    >
      {icon && <Icon name={icon} />}
      {shown !== undefined && <span>{shown}</span>}
    </button>
  );
}

interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly icon?: IconName;
  readonly title?: string;
  readonly class?: string;
}

interface SegmentedProps<T extends string> {
  readonly label: string;
  readonly choices: readonly Choice<T>[];
  readonly value: T;
  readonly onChange: (value: T) => void;
  /** Icons without text; the label becomes the tooltip. */
  readonly compact?: boolean;
}

/** A row of buttons of which one is pressed. */
export function Segmented<T extends string>({
  label,
  choices,
  value,
  onChange,
  compact,
}: SegmentedProps<T>): JSX.Element {
  return (
    <div class="segmented" role="group" aria-label={label}>
      {choices.map((c) => (
        <button
          key={c.value}
          type="button"
          class={c.class}
          aria-pressed={c.value === value}
          title={c.title ?? c.label}
          aria-label={compact ? c.label : undefined}
          onClick={() => onChange(c.value)}
        >
          {c.icon && <Icon name={c.icon} />}
          {!compact && <span>{c.label}</span>}
        </button>
      ))}
    </div>
  );
}

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
  readonly onChange: (value: string) => void;
  readonly prefix?: string;
  readonly class?: string;
}

/** A drop-down list. */
export function Select({ label, value, choices, onChange, prefix, class: extra }: SelectProps): JSX.Element {
  return (
    <label class={`select ${extra ?? ''}`} title={label}>
      {prefix !== undefined && <span class="select-prefix">{prefix}</span>}
      <select aria-label={label} value={value} onChange={(e) => onChange(e.currentTarget.value)}>
        {choices.map((c) => (
          <option key={c.value} value={c.value} selected={c.value === value}>
            {c.label}
          </option>
        ))}
      </select>
    </label>
  );
}

export interface Fact {
  readonly label: string;
  readonly value: string;
}

/** Names and values in two aligned columns. */
export function Facts({ facts }: { readonly facts: readonly Fact[] }): JSX.Element {
  return (
    <dl class="facts">
      {facts.map((f, i) => (
        <div key={`${i}:${f.label}`} class="fact">
          <dt>{f.label}</dt>
          <dd title={f.value}>{f.value}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A short remark beside the title. */
export function Pill({
  icon,
  children,
  title,
}: {
  readonly icon?: IconName;
  readonly children: ComponentChildren;
  readonly title?: string;
}): JSX.Element {
  return (
    <span class="pill" title={title}>
      {icon && <Icon name={icon} />}
      {children}
    </span>
  );
}

/** A note that fills the place of a missing picture or list. */
export function Empty({
  icon,
  children,
}: {
  readonly icon: IconName;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <div class="empty">
      <Icon name={icon} />
      <div>{children}</div>
    </div>
  );
}

/** A panel over the view that takes the focus and gives it back; Escape closes it. */
export function Panel({
  label,
  onClose,
  children,
  class: extra,
}: {
  readonly label: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
  readonly class?: string;
}): JSX.Element {
  const ref = useRef<HTMLDivElement>(null);
  // In the same task, or a key pressed meanwhile would still go to the view below.
  useLayoutEffect(() => {
    const root = ref.current?.getRootNode();
    const before = root instanceof ShadowRoot && root.activeElement instanceof HTMLElement ? root.activeElement : null;
    ref.current?.focus({ preventScroll: true });
    return () => before?.focus({ preventScroll: true });
  }, []);
  return (
    <div
      ref={ref}
      class={`panel ${extra ?? ''}`}
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      onKeyDown={(e) => {
        if (e.key !== 'Escape') return;
        e.preventDefault();
        e.stopPropagation();
        onClose();
      }}
    >
      {children}
    </div>
  );
}
