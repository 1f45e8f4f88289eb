/** Icons: 16 × 16 strokes in the colour of the text, drawn for Nadir. */
import type { JSX } from 'preact';

const PATHS = {
  keep: 'M3 8.5l3.2 3.2L13 4.8',
  reject: 'M4 4l8 8M12 4l-8 8',
  undecided: 'M8 3.5a4.5 4.5 0 100 9 4.5 4.5 0 000-9z',
  undo: 'M5.5 3L3 5.5 5.5 8M3 5.5h6a4 4 0 010 8H6',
  redo: 'M10.5 3L13 5.5 10.5 8M13 5.5H7a4 4 0 000 8h3',
  table: 'M2.5 3.5h11v9h-11zM2.5 6.5h11M2.5 9.5h11M6.5 3.5v9',
  map: 'M2.5 4l3.5-1.5 4 1.5 3.5-1.5v9.5L10 13.5 6 12l-3.5 1.5zM6 2.5V12M10 4v9.5',
  grid: 'M2.5 2.5h4.5v4.5H2.5zM9 2.5h4.5v4.5H9zM2.5 9h4.5v4.5H2.5zM9 9h4.5v4.5H9z',
  image: 'M2.5 3h11v10h-11zM2.5 11l3.5-4 3 3 2-2 2.5 3M10.5 5.8v.1',
  fit: 'M2.5 5.5v-3h3M10.5 2.5h3v3M13.5 10.5v3h-3M5.5 13.5h-3v-3',
  plus: 'M8 3v10M3 8h10',
  minus: 'M3 8h10',
  help: 'M6 6.2a2 2 0 113 1.7c-.7.4-1 .8-1 1.6M8 11.8v.1M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8z',
  play: 'M5 3.2v9.6L12.5 8z',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  copy: 'M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3',
  close: 'M4 4l8 8M12 4l-8 8',
  previous: 'M10 3L5 8l5 5',
  next: 'M6 3l5 5-5 5',
  tag: 'M2.5 2.5h5l6 6-5 5-6-6zM5.2 5.2v.1',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.2M8 11.5v.1',
  error: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM6 6l4 4M10 6l-4 4',
  info: 'M8 1.8a6.2 6.2 0 100 12.4A6.2 6.2 0 008 1.8zM8 7.2v4M8 5v.1',
  ascending: 'M8 13V3.5M4.5 7L8 3.5 11.5 7',
  descending: 'M8 3v9.5M4.5 9L8 12.5 11.5 9',
} as const;

export type IconName = keyof typeof PATHS;

/** An icon; decorative, so the control around it carries the name. */
export function Icon({ name }: { readonly name: IconName }): JSX.Element {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path
        d={PATHS[name]}
        fill={name === 'play' ? 'currentColor' : 'none'}
        stroke="currentColor"
        stroke-width="1.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
