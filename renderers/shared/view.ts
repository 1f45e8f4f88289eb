/** What every view gets, and its state that survives scrolling and reloading. */
import { useState } from 'preact/hooks';
import type { Payload, PayloadData, PayloadKind } from '../../src/display/wire/payload.js';
import type { Host } from './host.js';

export interface ViewProps<K extends PayloadKind> {
  readonly payload: Payload<K, PayloadData[K]>;
  readonly host: Host;
}

/**
 * A piece of view state under `key`, kept by the host per `viewId`. A stored value that `accept` does not know gives the
 * initial one, so state of an older version never breaks a view.
 */
export function useViewState<T>(
  host: Host,
  viewId: string,
  key: string,
  initial: T,
  accept: (value: unknown) => value is T,
): [T, (value: T) => void] {
  const [value, setValue] = useState<T>(() => {
    const stored = host.readState(viewId)[key];
    return accept(stored) ? stored : initial;
  });
  return [
    value,
    (next) => {
      host.writeState(viewId, { [key]: next });
      setValue(next);
    },
  ];
}

/** Guard of one of a few words. */
export function isOneOf<const T extends string>(words: readonly T[]): (value: unknown) => value is T {
  return (value): value is T => words.some((w) => w === value);
}

/** Guard of a list of numbers. */
export function isNumbers(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'number' && Number.isFinite(v));
}

/** Guard of a number. */
export function isNumber(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value);
}
