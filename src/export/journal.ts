/** The journal of a staged export: one line of JSON for each finished item, synced before the next counts. */
import { open, readFile, truncate, type FileHandle } from 'node:fs/promises';
import type { FileEntry } from './types.js';
import type { ResolvedStretch } from './stretch.js';

/** A finished item: its files and what the table of items says of it. */
export interface ItemRecord {
  readonly type: 'item';
  readonly id: string;
  readonly files: readonly FileEntry[];
  readonly layers: Readonly<Record<string, LayerRecord>>;
  /** Picture for the overview, when the item is shown there. */
  readonly thumb: FileEntry | null;
}

/** What a layer's chip is. */
export interface LayerRecord {
  readonly dtype: string;
  readonly shape: readonly [bands: number, height: number, width: number];
  /** A number, or `NaN`. */
  readonly fillValue: number | string;
  readonly bandNames: readonly (string | null)[];
  readonly validFraction: number;
}

/** Stretches by layer, as measured. */
export interface StretchRecord {
  readonly type: 'stretch';
  readonly layers: Readonly<Record<string, ResolvedStretch>>;
}

export type JournalRecord = ItemRecord | StretchRecord;

/** An append-only file of records. */
export class Journal {
  readonly #handle: FileHandle;
  #tail: Promise<void> = Promise.resolve();

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** Opens a journal and reads what it holds. A torn last line, left by a kill, is cut off. */
  static async open(file: string): Promise<{ readonly journal: Journal; readonly records: readonly JournalRecord[] }> {
    const text = await readFile(file, 'utf8').catch((error: unknown) => {
      if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return '';
      throw error;
    });
    const records: JournalRecord[] = [];
    let whole = 0;
    for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', whole)) {
      const record = parseRecord(text.slice(whole, end));
      if (!record) break;
      records.push(record);
      whole = end + 1;
    }
    const keep = Buffer.byteLength(text.slice(0, whole));
    if (keep < Buffer.byteLength(text)) await truncate(file, keep);
    return { journal: new Journal(await open(file, 'a')), records };
  }

  /** Adds a record; resolves when it is on disk. Records never interleave. */
  append(record: JournalRecord): Promise<void> {
    const write = async (): Promise<void> => {
      await this.#handle.appendFile(`${JSON.stringify(record)}\n`);
      await this.#handle.datasync();
    };
    const done = this.#tail.then(write);
    // The next record waits for this one, whether or not it succeeded; the caller sees the failure.
    this.#tail = done.catch(() => undefined);
    return done;
  }

  async close(): Promise<void> {
    await this.#tail;
    await this.#handle.close();
  }
}

function parseRecord(line: string): JournalRecord | null {
  try {
    const value: unknown = JSON.parse(line);
    const isRecord =
      typeof value === 'object' &&
      value !== null &&
      'type' in value &&
      (value.type === 'item' || value.type === 'stretch');
    // SAFETY: only this module writes journals, and a whole line is a whole record.
    return isRecord ? (value as JournalRecord) : null;
  } catch {
    // A line cut short by a kill: what it said counts as not done.
    return null;
  }
}
