/** Where the blocks of an image are, and how long. */
import type { PageSource } from '../../io/index.js';
import { readNumbers, type TagPlace, type TiffStructure } from './structure.js';

/** Offsets and byte counts are read in pieces of this many. */
const INDEX_PIECE = 1024;

/** A row of offsets or byte counts, read piece by piece. */
export class BlockIndex {
  readonly #pieces = new Map<number, Promise<number[]>>();
  readonly #place: TagPlace;
  readonly #source: PageSource;
  readonly #structure: TiffStructure;

  constructor(place: TagPlace, source: PageSource, structure: TiffStructure) {
    this.#place = place;
    this.#source = source;
    this.#structure = structure;
  }

  async at(index: number): Promise<number> {
    const piece = Math.floor(index / INDEX_PIECE);
    let numbers = this.#pieces.get(piece);
    if (!numbers) {
      const from = piece * INDEX_PIECE;
      numbers = readNumbers(
        this.#source,
        this.#structure,
        this.#place,
        from,
        Math.min(from + INDEX_PIECE, this.#place.count),
      );
      this.#pieces.set(piece, numbers);
      numbers.catch(() => this.#pieces.delete(piece));
    }
    return (await numbers)[index % INDEX_PIECE] ?? 0;
  }
}
