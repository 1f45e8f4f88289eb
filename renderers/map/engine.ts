/**
 * MapLibre, loaded once per webview with its worker as a `data:` module. Blob workers are blocked by the notebook's
 * content policy and cross-origin workers fail silently, so `Worker` is replaced while the one worker is made.
 */
import type * as MapLibre from 'maplibre-gl';

let engine: Promise<typeof MapLibre> | undefined;

/** MapLibre, with its worker running. */
export function loadEngine(): Promise<typeof MapLibre> {
  engine ??= Promise.all([import('maplibre-gl'), import('nadir:map-worker')]).then(([maplibre, { workerSource }]) => {
    startWorker(maplibre, workerSource);
    return maplibre;
  });
  return engine;
}

function startWorker(maplibre: typeof MapLibre, source: string): void {
  // Same origin, so that MapLibre hands the address to Worker as it is; nothing is ever requested from it.
  const mark = `${location.origin}/__nadir_map_worker__.mjs`;
  const native = globalThis.Worker;
  class DataWorker extends native {
    constructor(url: string | URL, options?: WorkerOptions) {
      super(String(url) === mark ? `data:text/javascript;base64,${btoa(source)}` : url, options);
    }
  }
  globalThis.Worker = DataWorker;
  try {
    maplibre.setWorkerUrl(mark);
    maplibre.setWorkerCount(1);
    maplibre.prewarm();
  } finally {
    globalThis.Worker = native;
  }
}

let webgl2: boolean | undefined;

/** True when maps can be drawn at all. Tested once, on a context that is given back. */
export function hasWebGl2(): boolean {
  if (webgl2 === undefined) {
    const context = document.createElement('canvas').getContext('webgl2');
    webgl2 = context !== null;
    context?.getExtension('WEBGL_lose_context')?.loseContext();
  }
  return webgl2;
}
