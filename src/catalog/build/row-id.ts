/** Unique ids of rows (`catalog.md` §2). */
import { sha256 } from '../../core/index.js';

/** Hands out ids: a taken one gets `-` and 8 hex digits of the SHA-256 of file path, layer and asset key. */
export class RowIds {
  readonly #taken = new Set<string>();

  /** A unique id for a row, near to the wanted one. */
  claim(wanted: string, filepath: string, layer = '', assetKey = ''): string {
    let id = wanted;
    if (this.#taken.has(id)) id = `${wanted}-${sha256([filepath, layer, assetKey].join('\n')).slice(0, 8)}`;
    const base = id;
    // The same file listed more than twice: the hash is taken too.
    for (let n = 2; this.#taken.has(id); n++) id = `${base}-${n}`;
    this.#taken.add(id);
    return id;
  }
}
