/** What colours mean: a ramp with its limits, or the classes of a band. */
import type { JSX } from 'preact';
import { formatNumber } from '../shared/format.js';
import { showsClasses, type Classes, type Look } from './draw.js';
import { rampGradient } from './ramps.js';
import type { Limits } from './stretch.js';

/** Legend of a look; RGB needs none beyond its limits. */
export function RampLegend({
  look,
  limits,
  classes,
  bandNames,
}: {
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly bandNames: readonly string[];
}): JSX.Element | null {
  if (showsClasses(look, classes)) {
    return (
      <ul class="classes">
        {classes.map((c) => (
          <li key={c.value}>
            <span class="swatch" style={{ background: c.colour }} aria-hidden="true" />
            <span class="mono">{c.value}</span>
            {/* A class without a name of its own is named by its number. */}
            {c.name === String(c.value) ? '' : ` ${c.name}`}
          </li>
        ))}
      </ul>
    );
  }
  if (look.bands.length === 3) {
    return (
      <ul class="limits-list">
        {look.bands.map((b, i) => (
          <li key={i}>
            <span class={`dot ${['r', 'g', 'b'][i] ?? ''}`} aria-hidden="true" />
            <span class="ellipsis">{bandNames[b] ?? ''}</span>
            <span class="mono">
              {formatNumber(limits[i]?.[0] ?? 0, 3)} – {formatNumber(limits[i]?.[1] ?? 1, 3)}
            </span>
          </li>
        ))}
      </ul>
    );
  }
  const [low, high] = limits[0] ?? [0, 1];
  return (
    <div class="ramp">
      <div class="ramp-bar" style={{ background: rampGradient(look.ramp) }} />
      <div class="ramp-labels">
        <span>{formatNumber(low, 3)}</span>
        <span>{formatNumber((low + high) / 2, 3)}</span>
        <span>{formatNumber(high, 3)}</span>
      </div>
    </div>
  );
}
