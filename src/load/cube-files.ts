/** The open cubes of one load, bounded: those read last are closed first. */
import type { CatalogRow } from '../catalog/types.js';
import { describeCube, openCube, type CubeDescription, type CubeFile } from '../formats/cube/index.js';

/** Files kept open at once. */
const MAX_OPEN = 24;

interface Open {
  readonly file: CubeFile;
  readonly cube: CubeDescription;
}

/** Opens and describes the cubes of rows; close it at the end. */
export class CubeFiles {
  readonly #open = new Map<CatalogRow, Open>();
  readonly #signal: AbortSignal | undefined;

  constructor(signal: AbortSignal | undefined) {
    this.#signal = signal;
  }

  /** The description of a row's cube; its variables can be read until the next call. */
  async describe(row: CatalogRow): Promise<CubeDescription> {
    const known = this.#open.get(row);
    if (known) {
      this.#open.delete(row);
      this.#open.set(row, known);
      return known.cube;
    }
    this.#signal?.throwIfAborted();
    const signal = this.#signal;
    const file = await openCube(row.filepath, signal ? { signal } : {});
    try {
      const { data_vars: vars, time_var: time } = row.columns;
      const cube = await describeCube(file, {
        ...(signal ? { signal } : {}),
        dataVars: typeof vars === 'string' && vars !== '' ? vars.split(',') : undefined,
        timeVar: typeof time === 'string' && time !== '' ? time : undefined,
        targetCrs: row.crs,
      });
      this.#open.set(row, { file, cube });
      await this.#trim(MAX_OPEN);
      return cube;
    } catch (error) {
      if (!this.#open.has(row)) await file.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.#trim(0);
  }

  async #trim(most: number): Promise<void> {
    for (const [row, { file }] of this.#open) {
      if (this.#open.size <= most) break;
      this.#open.delete(row);
      await file.close();
    }
  }
}
