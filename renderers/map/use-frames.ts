/** Dates of a tensor: those in the payload, and the others from the kernel when they are chosen; kept, next one ahead. */
import { useEffect, useRef, useState } from 'preact/hooks';
import { parseChipResult } from '../../src/display/wire/message.js';
import type { Preview, TensorData } from '../../src/display/wire/payload.js';
import { NoKernelError, type Host } from '../shared/host.js';

/** Fetched dates that are kept. */
const MOST_KEPT = 64;
const MAX_SIZE = 512;

export interface Frames {
  readonly count: number;
  /** The preview of a date; null while it is not here. */
  readonly at: (frame: number) => Preview | null;
  readonly isStopped: boolean;
}

/** How many dates a tensor has. */
export function frameCount(data: TensorData): number {
  const axis = data.dims.indexOf('time');
  return Math.max(
    1,
    Math.min(axis < 0 ? 1 : (data.shape[axis] ?? 1), data.times?.length ?? 1),
    data.frames?.length ?? 1,
  );
}

/** The dates, with those of `wanted` asked for. */
export function useFrames(
  host: Host,
  viewId: string,
  datasetId: string,
  data: TensorData,
  wanted: readonly number[],
): Frames {
  const inline = data.frames && data.frames.length > 0 ? data.frames : [data.preview];
  const [fetched, setFetched] = useState<ReadonlyMap<number, Preview>>(() => new Map());
  const [isStopped, setStopped] = useState(false);
  const asked = useRef(new Set<number>());
  const count = frameCount(data);
  useEffect(() => {
    setFetched(new Map());
    asked.current.clear();
  }, [datasetId]);
  const missing = wanted.filter((f) => f >= inline.length && f < count && !fetched.has(f));
  useEffect(() => {
    const fetchOne = async (frame: number): Promise<void> => {
      asked.current.add(frame);
      try {
        const parsed = parseChipResult(await host.ask(viewId, 'chip', { datasetId, id: '', frame, maxSize: MAX_SIZE }));
        if (!parsed.ok) return;
        const { preview } = parsed.value;
        setFetched((known) => new Map([...known, [frame, preview] as const].slice(-MOST_KEPT)));
        setStopped(false);
      } catch (error) {
        if (error instanceof NoKernelError) setStopped(true);
      } finally {
        asked.current.delete(frame);
      }
    };
    for (const frame of missing) if (!asked.current.has(frame)) void fetchOne(frame);
  }, [missing.join()]);
  return {
    count,
    at: (frame) => inline[frame] ?? fetched.get(frame) ?? null,
    isStopped: isStopped && missing.length > 0,
  };
}
