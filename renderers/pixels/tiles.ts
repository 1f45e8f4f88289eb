/** Tiles of a tensor from the live kernel: asked for when they are in view, nearest to its middle first, kept for a while. */
import { parseTileResult, TILE_SIDE } from '../../src/display/wire/tile.js';
import type { Preview, PreviewBand } from '../../src/display/wire/payload.js';
import type { Host } from '../shared/host.js';
import { decodedBand } from './decode.js';
import type { Size } from './camera.js';

/** Requests under way at once; a fourth one is left to the values under the pointer. */
const IN_FLIGHT = 3;
/** Tiles of one band that are kept: 200 kB each. */
const MOST_KEPT = 320;
/** After a failure the kernel is asked again no sooner than this. */
const RETRY_MS = 5000;

/** Which tile of which band of which frame. */
export interface TileKey {
  readonly frame: number;
  readonly band: number;
  readonly z: number;
  readonly x: number;
  readonly y: number;
}

interface Tile extends Size {
  readonly band: PreviewBand;
}

const nameOf = ({ frame, band, z, x, y }: TileKey): string => `${frame}/${band}/${z}/${x}/${y}`;

/** The tiles of one tensor. */
export class TileStore {
  readonly #host: Host;
  readonly #viewId: string;
  readonly #datasetId: string;
  readonly #onChange: () => void;
  readonly #kept = new Map<string, Tile>();
  readonly #pieces = new Map<string, Preview>();
  readonly #asked = new Map<string, AbortController>();
  #queue: readonly TileKey[] = [];
  #failedAt = -Infinity;

  constructor(host: Host, viewId: string, datasetId: string, onChange: () => void) {
    this.#host = host;
    this.#viewId = viewId;
    this.#datasetId = datasetId;
    this.#onChange = onChange;
  }

  /** True when the kernel did not answer the last request. */
  get isStopped(): boolean {
    return this.#failedAt > -Infinity;
  }

  /** How many tiles are outstanding. */
  get outstanding(): number {
    return this.#queue.length + this.#asked.size;
  }

  /** Asks for these tiles, in this order, and no longer for others; those under way come all the same, and are kept. */
  want(keys: readonly TileKey[]): void {
    const names = new Set(keys.map(nameOf));
    for (const name of names) this.#touch(name);
    this.#queue = keys.filter((k) => !this.#kept.has(nameOf(k)) && !this.#asked.has(nameOf(k)));
    if (performance.now() - this.#failedAt > RETRY_MS) this.#pump();
    else this.#queue = [];
  }

  /** One small preview of the given bands at a tile; null while one of them is missing. */
  piece(frame: number, bands: readonly number[], z: number, x: number, y: number): Preview | null {
    const tiles = bands.map((band) => this.#kept.get(nameOf({ frame, band, z, x, y })));
    const [first] = tiles;
    if (!first) return null;
    const found = tiles.flatMap((t) => t ?? []);
    if (found.length < bands.length) return null;
    const name = nameOf({ frame, band: 0, z, x, y }) + bands.join();
    const known = this.#pieces.get(name);
    if (known?.bands.every((b, i) => b === found[i]?.band) === true) return known;
    const piece = { ...sizeOf(first), step: 2 ** z, bands: found.map((t) => t.band), valid: null };
    this.#pieces.set(name, piece);
    return piece;
  }

  /** Ends all requests. */
  destroy(): void {
    this.#queue = [];
    for (const abort of this.#asked.values()) abort.abort(new Error('the view is gone'));
    this.#kept.clear();
    this.#pieces.clear();
  }

  /** Moves a tile to the end of those that are forgotten first. */
  #touch(name: string): void {
    const tile = this.#kept.get(name);
    if (!tile) return;
    this.#kept.delete(name);
    this.#kept.set(name, tile);
  }

  #pump(): void {
    while (this.#asked.size < IN_FLIGHT) {
      const [key, ...rest] = this.#queue;
      if (!key) return;
      this.#queue = rest;
      void this.#ask(key);
    }
  }

  async #ask(key: TileKey): Promise<void> {
    const name = nameOf(key);
    const abort = new AbortController();
    this.#asked.set(name, abort);
    try {
      const args = { datasetId: this.#datasetId, ...key };
      const parsed = parseTileResult(await this.#host.ask(this.#viewId, 'tile', args, abort.signal));
      if (!parsed.ok) throw new Error(parsed.problem);
      this.#keep(name, parsed.value);
      this.#failedAt = -Infinity;
    } catch {
      if (!abort.signal.aborted) {
        this.#failedAt = performance.now();
        this.#queue = [];
      }
    } finally {
      this.#asked.delete(name);
    }
    this.#pump();
    this.#onChange();
  }

  #keep(name: string, { width, height, band }: Tile): void {
    const preview: Preview = { width, height, step: 1, bands: [band], valid: null };
    this.#kept.set(name, { width, height, band: decodedBand(preview, band) });
    for (const oldest of this.#kept.keys()) {
      if (this.#kept.size <= MOST_KEPT) break;
      this.#kept.delete(oldest);
      this.#pieces.clear();
    }
  }
}

const sizeOf = ({ width, height }: Size): Size => ({ width, height });

/** How many tiles of level z touch a part of the image; counted, not listed, because a payload may claim any size. */
export function tileCount([x0, y0, x1, y1]: readonly [number, number, number, number], z: number): number {
  const side = TILE_SIDE * 2 ** z;
  const along = (from: number, to: number): number => (to > from ? Math.ceil(to / side) - Math.floor(from / side) : 0);
  return along(x0, x1) * along(y0, y1);
}

/** Tiles of level z that touch a part of the image, from its middle outwards. */
export function tilesIn(
  [x0, y0, x1, y1]: readonly [number, number, number, number],
  z: number,
): { readonly x: number; readonly y: number }[] {
  const side = TILE_SIDE * 2 ** z;
  const out: { x: number; y: number }[] = [];
  if (x1 <= x0 || y1 <= y0) return out;
  for (let y = Math.floor(y0 / side); y * side < y1; y++)
    for (let x = Math.floor(x0 / side); x * side < x1; x++) out.push({ x, y });
  const [cx, cy] = [(x0 + x1) / 2 / side - 0.5, (y0 + y1) / 2 / side - 0.5];
  return out.sort((a, b) => Math.hypot(a.x - cx, a.y - cy) - Math.hypot(b.x - cx, b.y - cy));
}
