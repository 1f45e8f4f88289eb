/** What colours mean: a ramp with its limits, or the classes of a band. */
import type { JSX } from 'preact';
import type { Preview } from '../../src/display/wire/payload.js';
import { formatNumber, formatPercent, plural } from '../shared/format.js';
import { bandValidity, quantised } from './decode.js';
import { showsClasses, type Classes, type Look } from './draw.js';
import { rampGradient } from './ramps.js';
import type { Limits } from './stretch.js';

/** Legend of a look; RGB needs none beyond its limits. */
export function RampLegend({
  look,
  limits,
  classes,
  bandNames,
  unit,
  preview,
}: {
  readonly look: Look;
  readonly limits: readonly Limits[];
  readonly classes: Classes;
  readonly bandNames: readonly string[];
  readonly unit?: string;
  /** With it, classes that occur come first with their share of the valid pixels. */
  readonly preview?: Preview;
}): JSX.Element | null {
  if (showsClasses(look, classes)) {
    const shares = preview ? classShares(preview, look.bands[0] ?? 0) : null;
    const listed = shares ? classes.filter((c) => shares.has(c.value)) : classes;
    const others = [...(shares ?? [])].filter(([v]) => !classes.some((c) => c.value === v));
    return (
      <>
        <ul class="classes" aria-label="Classes and their share of the valid pixels">
          {[...listed]
            .sort((a, b) => (shares?.get(b.value) ?? 0) - (shares?.get(a.value) ?? 0))
            .map((c) => (
              <li key={c.value}>
                <span class="swatch" style={{ background: c.colour }} aria-hidden="true" />
                <span class="mono">{c.value}</span>
                {/* A class without a name of its own is named by its number. */}
                <span class="ellipsis" title={c.name}>
                  {c.name === String(c.value) ? '' : c.name}
                </span>
                {shares && <span class="mono share">{formatPercent(shares.get(c.value) ?? 0)}</span>}
              </li>
            ))}
        </ul>
        {others.length > 0 && (
          <p class="muted">
            {plural(others.length, 'value')} without a colour, {formatPercent(others.reduce((n, [, v]) => n + v, 0))}
          </p>
        )}
        {listed.length < classes.length && (
          <p class="muted">{plural(classes.length - listed.length, 'class', 'classes')} not in this image</p>
        )}
      </>
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
      <div class="ramp-name muted">{`${bandNames[look.bands[0] ?? 0] ?? ''}${unit ? ` [${unit}]` : ''}`}</div>
    </div>
  );
}

/** Share of the valid pixels that each whole value of a band has. */
function classShares(preview: Preview, band: number): Map<number, number> {
  const b = preview.bands[band];
  const counts = new Map<number, number>();
  if (!b) return counts;
  const mask = bandValidity(preview, b);
  // Per step first: a list of counts is faster than a map asked for every pixel.
  const steps = new Uint32Array(65_536);
  let total = 0;
  quantised(b).forEach((q, i) => {
    if (mask?.[i] === 0) return;
    steps[q] = (steps[q] ?? 0) + 1;
    total++;
  });
  steps.forEach((n, q) => {
    const value = Math.round(b.offset + b.scale * q);
    if (n > 0) counts.set(value, (counts.get(value) ?? 0) + n / total);
  });
  return counts;
}
