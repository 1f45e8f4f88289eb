/** The `progress` view: what runs, how far it is, how fast, and how long it will take. */
import type { JSX } from 'preact';
import { formatBytes, formatCount, formatDuration, formatNumber } from '../shared/format.js';
import { Icon } from '../shared/icons.js';
import type { ViewProps } from '../shared/view.js';

/** Before this much time a rate says nothing. */
const MIN_RATE_MS = 400;

/** The view; it has no frame, being one line high. */
export function ProgressView({ payload }: ViewProps<'progress'>): JSX.Element {
  const { label, done, total, unit, bytes, failed, elapsedMs, finished } = payload.data;
  const share = total === null || total === 0 ? null : Math.max(0, Math.min(1, done / total));
  const perSecond = elapsedMs > MIN_RATE_MS ? (done / elapsedMs) * 1000 : null;
  const left = total !== null && perSecond !== null && perSecond > 0 ? ((total - done) / perSecond) * 1000 : null;
  const parts = [
    total === null ? `${formatCount(done)} ${unit}` : `${formatCount(done)} / ${formatCount(total)} ${unit}`,
    perSecond === null ? null : `${formatNumber(perSecond, 3)} ${unit}/s`,
    bytes === null || bytes === 0
      ? null
      : elapsedMs > MIN_RATE_MS && !finished
        ? `${formatBytes((bytes / elapsedMs) * 1000)}/s`
        : formatBytes(bytes),
    finished
      ? `in ${formatDuration(elapsedMs)}`
      : left === null
        ? formatDuration(elapsedMs)
        : `${formatDuration(left)} left`,
  ].filter((p): p is string => p !== null);
  const isIndeterminate = share === null && !finished;
  return (
    <div
      class={`progress ${finished ? 'finished' : ''} ${failed > 0 ? 'failed' : ''}`}
      role="region"
      aria-label={payload.alt || payload.title}
    >
      <div class="progress-text">
        {finished && <Icon name={failed > 0 ? 'warning' : 'keep'} />}
        <span class="strong ellipsis">{label}</span>
        {failed > 0 && <span class="fail-count">{formatCount(failed)} failed</span>}
        <span class="grow" />
        <span class="progress-numbers">{parts.join(' · ')}</span>
      </div>
      <div
        class={`progress-bar ${isIndeterminate ? 'indeterminate' : ''}`}
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={share === null ? undefined : Math.round(share * 100)}
        aria-valuetext={parts.join(', ')}
      >
        <span style={{ width: `${finished && total === null ? 100 : (share ?? 0.3) * 100}%` }} />
      </div>
    </div>
  );
}
