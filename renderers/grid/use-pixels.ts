/** Pixels of chips: those inside the payload, and those asked of the kernel when a chip comes into view. */
import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { parseChipResult } from '../../src/display/wire/message.js';
import type { ChipItem, Preview } from '../../src/display/wire/payload.js';
import { NoKernelError, type Host } from '../shared/host.js';

export interface Pixels {
  /** Preview of an item: inline, or answered by the kernel; null until then. */
  readonly of: (item: ChipItem) => Preview | null;
  /** Asks for the pixels of an item without inline ones; asks once. */
  readonly want: (item: ChipItem, maxSize: number) => void;
  /** Full-resolution preview for the detail view, when the kernel has answered. */
  readonly detail: (item: ChipItem) => Preview | null;
  readonly wantDetail: (item: ChipItem) => void;
  /** True when a live answer was needed and nobody gave one. */
  readonly isStopped: boolean;
}

/** Side of a detail picture in preview pixels. */
const DETAIL_SIZE = 1024;

/** Pixels for a view. Requests end when the view goes. */
export function usePixels(host: Host, viewId: string, datasetId: string): Pixels {
  const [answers, setAnswers] = useState<ReadonlyMap<string, Preview>>(() => new Map());
  const [isStopped, setStopped] = useState(false);
  const asked = useRef(new Set<string>());
  const leaving = useRef<AbortController | null>(null);
  useEffect(() => {
    leaving.current = new AbortController();
    return () => leaving.current?.abort();
  }, []);

  const ask = useCallback(
    (key: string, item: ChipItem, maxSize: number) => {
      if (asked.current.has(key)) return;
      asked.current.add(key);
      host.ask(viewId, 'chip', { datasetId, id: item.id, maxSize }, leaving.current?.signal).then(
        (result) => {
          const parsed = parseChipResult(result);
          if (parsed.ok) setAnswers((known) => new Map(known).set(key, parsed.value.preview));
        },
        (error: unknown) => {
          if (error instanceof NoKernelError) setStopped(true);
        },
      );
    },
    [host, viewId, datasetId],
  );
  return {
    of: (item) => item.preview ?? answers.get(`s:${item.id}`) ?? null,
    want: (item, maxSize) => {
      if (item.preview === null && item.error === null) ask(`s:${item.id}`, item, maxSize);
    },
    detail: (item) => answers.get(`d:${item.id}`) ?? item.preview ?? answers.get(`s:${item.id}`) ?? null,
    wantDetail: (item) => {
      if (item.error === null && (item.preview === null || item.preview.step > 1))
        ask(`d:${item.id}`, item, DETAIL_SIZE);
    },
    isStopped,
  };
}
