/** Signals in components without the compiler plugin: a component reads a signal and is drawn again when it changes. */
import { effect, type ReadonlySignal } from '@preact/signals';
import { useLayoutEffect, useState } from 'preact/hooks';

/** The value of a signal, now and whenever it changes. */
export function useSignalValue<T>(source: ReadonlySignal<T>): T {
  const [, draw] = useState(0);
  const value = source.peek();
  useLayoutEffect(() => {
    let last = value;
    return effect(() => {
      const next = source.value;
      if (next === last) return;
      last = next;
      draw((n) => n + 1);
    });
    // The value at subscription is compared once; later ones arrive through the effect.
  }, [source]);
  return value;
}
