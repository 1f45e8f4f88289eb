/** Bands of a tensor beyond those in its payload, asked of the kernel when they are chosen. */
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { parseBandsResult } from '../../src/display/wire/message.js';
import type { Preview, PreviewBand } from '../../src/display/wire/payload.js';
import type { Look } from '../pixels/draw.js';
import { NoKernelError, type Host } from '../shared/host.js';

export interface BandsOnDemand {
  /** The frame with all bands that are here: inline ones first, then the answered ones. */
  readonly preview: Preview;
  /** The look to draw, with positions in `preview.bands`; the last complete one while a band is under way. */
  readonly look: Look;
  readonly isStopped: boolean;
  /** Indices of the drawn bands in the tensor. */
  readonly bands: readonly number[];
  /** A band by its index in the tensor, as far as it is here. */
  readonly bandAt: (band: number) => PreviewBand | undefined;
}

/** The preview and look to draw for a wanted look, whose bands are indices into the band names of the tensor. */
export function useBands(
  host: Host,
  viewId: string,
  datasetId: string,
  inline: Preview,
  frame: number,
  wanted: Look,
): BandsOnDemand {
  const [answers, setAnswers] = useState<ReadonlyMap<string, PreviewBand>>(() => new Map());
  const [isStopped, setStopped] = useState(false);
  const asked = useRef(new Set<string>());
  const key = (band: number): string => `${frame}:${band}`;
  const missing = wanted.bands.filter((b) => b >= inline.bands.length && !answers.has(key(b)));

  useEffect(() => {
    const fresh = missing.filter((b) => !asked.current.has(key(b)));
    if (fresh.length === 0) return;
    for (const b of fresh) asked.current.add(key(b));
    host.ask(viewId, 'bands', { datasetId, bands: fresh, frame }).then(
      (result) => {
        const parsed = parseBandsResult(result, inline.width * inline.height);
        if (!parsed.ok) return;
        setAnswers(
          (known) =>
            new Map([
              ...known,
              ...parsed.value.bands.slice(0, fresh.length).map((band, i) => [key(fresh[i] ?? -1), band] as const),
            ]),
        );
      },
      (error: unknown) => {
        // Asking again is right once a kernel runs.
        for (const b of fresh) asked.current.delete(key(b));
        if (error instanceof NoKernelError) setStopped(true);
      },
    );
  }, [missing.join(), frame]);

  const extra = useMemo(
    () =>
      [...answers]
        .filter(([k]) => k.startsWith(`${frame}:`))
        .map(([k, band]) => ({ index: Number(k.split(':')[1]), band })),
    [answers, frame],
  );
  const preview = useMemo(
    () => (extra.length === 0 ? inline : { ...inline, bands: [...inline.bands, ...extra.map((e) => e.band)] }),
    [inline, extra],
  );
  const positions = wanted.bands.map((b) =>
    b < inline.bands.length ? b : inline.bands.length + extra.findIndex((e) => e.index === b),
  );
  const isComplete = missing.length === 0;
  const complete = useMemo(() => ({ ...wanted, bands: positions }), [wanted, positions.join()]);
  const last = useRef<{ look: Look; bands: readonly number[] }>({ look: { ...wanted, bands: [0] }, bands: [0] });
  if (isComplete && last.current.look !== complete) last.current = { look: complete, bands: wanted.bands };
  // Positions that the last complete look had are kept by a preview to which bands were only added.
  const fits = last.current.look.bands.every((b) => preview.bands[b] !== undefined);
  if (!fits) last.current = { look: { ...wanted, bands: [0] }, bands: [0] };
  const bandAt = (band: number): PreviewBand | undefined =>
    band < inline.bands.length ? inline.bands[band] : extra.find((e) => e.index === band)?.band;
  return { preview, ...last.current, isStopped: isStopped && !isComplete, bandAt };
}
