/** Controls of how bands become colours: three bands or one, stretch, ramp. */
import type { JSX } from 'preact';
import type { Rendering } from '../../src/display/wire/payload.js';
import { Segmented, Select } from '../shared/ui.js';
import type { Classes, Look } from './draw.js';
import type { RampName } from './ramps.js';
import type { StretchName } from './stretch.js';

export const STRETCHES: readonly { readonly value: StretchName; readonly label: string }[] = [
  { value: 'p2-98', label: '2–98 %' },
  { value: 'min-max', label: 'min–max' },
  { value: 'sigma', label: '±2σ' },
];
const MANUAL = { value: 'manual', label: 'by hand' } as const;
const RAMPS: readonly { readonly value: RampName; readonly label: string }[] = [
  { value: 'gray', label: 'grey' },
  { value: 'viridis', label: 'viridis' },
  { value: 'cividis', label: 'cividis' },
  { value: 'diverging', label: 'blue–orange' },
];

/** The look a payload starts with; bands that do not exist fall back to the first. */
export function initialLook(rendering: Rendering, bandCount: number): Look {
  const bands = rendering.bands.filter((b) => b < bandCount);
  return { bands: bands.length === 3 ? bands : [bands[0] ?? 0], stretch: rendering.stretch, ramp: rendering.ramp };
}

/** Guard for a stored look. */
export function isLook(value: unknown): value is Look {
  if (typeof value !== 'object' || value === null || !('bands' in value) || !('stretch' in value) || !('ramp' in value))
    return false;
  const { bands, stretch, ramp } = value;
  return (
    Array.isArray(bands) &&
    (bands.length === 1 || bands.length === 3) &&
    bands.every((b) => Number.isInteger(b)) &&
    (STRETCHES.some((s) => s.value === stretch) || (stretch === 'manual' && areLimits(value, bands.length))) &&
    RAMPS.some((r) => r.value === ramp)
  );
}

/** True when a stored look has a pair of limits for each band. */
function areLimits(look: object, bands: number): boolean {
  if (!('limits' in look) || !Array.isArray(look.limits) || look.limits.length !== bands) return false;
  return look.limits.every(
    (l: unknown) => Array.isArray(l) && l.length === 2 && l.every((v) => Number.isFinite(v)) && l[1] > l[0],
  );
}

/** The look under other bands: limits set by hand belonged to the old ones. */
function withBands(look: Look, bands: readonly number[]): Look {
  const { stretch, ramp } = look;
  return { bands, ramp, stretch: stretch === 'manual' ? 'p2-98' : stretch };
}

interface LookControlsProps {
  readonly look: Look;
  readonly bandNames: readonly string[];
  readonly classes: Classes;
  /** Bands of the payload's own composite, which RGB goes back to. */
  readonly rgb?: readonly number[];
  readonly onChange: (look: Look) => void;
}

/** The controls, in one row. */
export function LookControls({ look, bandNames, classes, rgb, onChange }: LookControlsProps): JSX.Element {
  const choices = bandNames.map((name, i) => ({ value: String(i), label: name }));
  const isRgb = look.bands.length === 3;
  const single = look.bands[0] ?? 0;
  const setBand =
    (slot: number) =>
    (value: string): void =>
      onChange(
        withBands(
          look,
          look.bands.map((b, i) => (i === slot ? Number(value) : b)),
        ),
      );
  const toRgb = (): void =>
    onChange(withBands(look, rgb?.length === 3 ? rgb : bandNames.length >= 3 ? [2, 1, 0] : [single]));
  return (
    <>
      {bandNames.length >= 3 && (
        <Segmented
          label="Number of bands shown"
          choices={[
            { value: 'rgb', label: 'RGB', title: 'Three bands as red, green and blue' },
            { value: 'one', label: 'Band', title: 'One band through a colour ramp' },
          ]}
          value={isRgb ? 'rgb' : 'one'}
          onChange={(v) => (v === 'rgb' ? toRgb() : onChange(withBands(look, [single])))}
        />
      )}
      {isRgb ? (
        <span class="rgb">
          {(['R', 'G', 'B'] as const).map((name, i) => (
            <Select
              key={name}
              class={`band-${name.toLowerCase()}`}
              prefix={name}
              label={`Band shown as ${['red', 'green', 'blue'][i] ?? ''}`}
              value={String(look.bands[i] ?? 0)}
              choices={choices}
              onChange={setBand(i)}
            />
          ))}
        </span>
      ) : (
        bandNames.length > 1 && <Select label="Band" value={String(single)} choices={choices} onChange={setBand(0)} />
      )}
      {!(classes && !isRgb) && (
        <>
          <Select
            label="Stretch (S)"
            value={look.stretch}
            choices={look.stretch === 'manual' ? [...STRETCHES, MANUAL] : STRETCHES}
            onChange={(v) => {
              const stretch = STRETCHES.find((s) => s.value === v)?.value;
              if (stretch) onChange({ bands: look.bands, ramp: look.ramp, stretch });
            }}
          />
          {!isRgb && (
            <Select
              label="Colour ramp"
              value={look.ramp}
              choices={RAMPS}
              onChange={(v) => {
                const ramp = RAMPS.find((r) => r.value === v)?.value;
                if (ramp) onChange({ ...look, ramp });
              }}
            />
          )}
        </>
      )}
    </>
  );
}

/** The look after key B (next band, or RGB and single in turn) or S (next stretch). */
export function cycleLook(look: Look, bandCount: number, key: 'b' | 's', rgb: readonly number[]): Look {
  if (key === 's') {
    const at = STRETCHES.findIndex((s) => s.value === look.stretch);
    return { bands: look.bands, ramp: look.ramp, stretch: STRETCHES[(at + 1) % STRETCHES.length]?.value ?? 'p2-98' };
  }
  if (look.bands.length === 3) return withBands(look, [0]);
  const next = (look.bands[0] ?? 0) + 1;
  if (next < bandCount) return withBands(look, [next]);
  return withBands(look, rgb.length === 3 ? rgb : [0]);
}
