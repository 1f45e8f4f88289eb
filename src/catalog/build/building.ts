/** What all builders share: from files to a catalog, with a ledger of what failed (`catalog.md` §3). */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  ArgumentError,
  CatalogError,
  Crs,
  mapConcurrent,
  startTask,
  type Interval,
  type LedgerEntry,
  type NadirError,
} from '../../core/index.js';
import { asNadirError, footprintError, warnOfShifts, warnOfSkipped } from './build-failure.js';
import { checkBuildOptions, DEFAULT_CONCURRENCY, type BuildOptions } from './build-options.js';
import { memoryCatalog } from '../catalog.js';
import { expandFiles, type FileInput } from './expand-files.js';
import { nameReader, type NamedFiles } from './file-name.js';
import { footprintBounds } from '../geometry.js';
import { readNames, showInput, type NamedInput } from './named-inputs.js';
import { resolutionPair } from '../resolution.js';
import { RowIds } from './row-id.js';
import type {
  CatalogBackend,
  CatalogConfig,
  CatalogRow,
  GeoCatalog,
  MultiPolygon,
  NativeGrid,
  Polygon,
  Scalar,
} from '../types.js';

/** A row that a reader found; its footprint waits until the catalog's CRS is known. */
export interface FoundRow {
  /** The id it gets unless another row has it already. */
  readonly wantedId: string;
  readonly filepath: string;
  /** CRS of the file itself. */
  readonly crs: Crs;
  /** Null when static. */
  readonly interval: Interval | null;
  readonly native: NativeGrid | null;
  readonly columns: Readonly<Record<string, Scalar>>;
  readonly layer?: string;
  /** Footprint in a CRS. Called once, in input order; what it throws skips this row only. */
  footprint(target: Crs): Polygon | MultiPolygon;
}

/** A part of a file (a layer) that gives no row although the rest of the file may. */
export interface FoundProblem {
  readonly problem: NadirError;
  /** Whether it stops a build with `onError: 'raise'`. False for what is merely empty. */
  readonly raises: boolean;
}

/** What a reader is told beside the file. */
export interface ReadContext {
  readonly signal: AbortSignal | undefined;
  /** CRS of files that name none. */
  readonly targetCrs: Crs | null;
  /** Time by the file's name; null when static or when the builder does not read names. */
  readonly interval: Interval | null;
  /** Points inside each edge of a projected footprint. */
  readonly densify: number | undefined;
}

/** How one kind of file becomes rows. */
export interface Builder<O extends BuildOptions> {
  /** Name of the public function, for messages. */
  readonly name: string;
  readonly backend: CatalogBackend;
  /** What is looked for, e.g. `GeoTIFF`, for messages. */
  readonly what: string;
  /** Lower-case endings with the dot that choose within a folder. */
  readonly extensions: readonly string[];
  /** Whether times come from file names. */
  readonly named: boolean;
  /** Names of options of its own. */
  readonly extraOptions?: readonly string[];
  /** Facts for `config`. */
  readonly config?: CatalogConfig;
  /** The files of an input; default {@link expandFiles}. */
  readonly expand?: (
    input: FileInput,
    extensions: readonly string[],
    signal: AbortSignal | undefined,
  ) => Promise<readonly string[]>;
  /** Rows of one file in order. It closes what it opens, also when it throws; it reads no other file. */
  readonly read: (file: string, context: ReadContext, options: O) => Promise<readonly (FoundRow | FoundProblem)[]>;
}

/** Longest stretch of work between two turns of the event loop, in ms. */
const TURN_MS = 10;

/** Collects rows in input order while files are still being read; outcomes may arrive in any order. */
class Assembly {
  readonly rows: CatalogRow[] = [];
  readonly skipped: LedgerEntry[] = [];
  crs: Crs | null;
  /** The first error in input order that stops the build. */
  fatal: NadirError | null = null;
  /** Rows whose footprint cannot be had in the catalog's CRS. */
  misplaced = 0;
  readonly #raise: boolean;
  readonly #ids = new RowIds();
  readonly #waiting = new Map<number, readonly [file: string, found: readonly (FoundRow | FoundProblem)[]]>();
  #next = 0;

  constructor(targetCrs: Crs | null, raise: boolean) {
    this.crs = targetCrs;
    this.#raise = raise;
  }

  add(index: number, file: string, found: readonly (FoundRow | FoundProblem)[]): void {
    this.#waiting.set(index, [file, found]);
    for (let next = this.#waiting.get(this.#next); next; next = this.#waiting.get(this.#next)) {
      this.#waiting.delete(this.#next++);
      if (!this.fatal) for (const one of next[1]) this.#take(next[0], one);
    }
  }

  #take(file: string, found: FoundRow | FoundProblem): void {
    if ('problem' in found) {
      this.#fail(file, found);
      return;
    }
    try {
      const { wantedId, filepath, crs, interval, native, columns, layer } = found;
      const catalogCrs = this.crs ?? crs;
      const geometry = found.footprint(catalogCrs);
      this.rows.push(
        Object.freeze({
          id: this.#ids.claim(wantedId, filepath, layer),
          filepath,
          geometry,
          bbox: footprintBounds(geometry),
          interval,
          static: interval === null,
          crs,
          native,
          columns: Object.freeze({ ...columns }),
        }),
      );
      this.crs = catalogCrs;
    } catch (error) {
      this.misplaced++;
      this.#fail(file, { problem: footprintError(file, this.crs, error), raises: true });
    }
  }

  #fail(file: string, { problem, raises }: FoundProblem): void {
    if (raises && this.#raise) this.fatal ??= problem;
    else this.skipped.push({ item: file, error: problem });
  }
}

function checkFiles(files: unknown): void {
  if (typeof files === 'string') return;
  if (typeof files === 'object' && files !== null && Symbol.iterator in files) return;
  throw new ArgumentError(
    'bad-files',
    `files is a folder, file, pattern or a list of paths; got ${JSON.stringify(files)}.`,
  );
}

/** Reads all files with bounded concurrency; with `raise`, nothing after the first failure is started. */
async function readAll<O extends BuildOptions>(
  builder: Builder<O>,
  inputs: readonly NamedInput[],
  assembly: Assembly,
  options: O,
  { signal, report }: { signal: AbortSignal | undefined; report: ReturnType<typeof startTask>['report'] },
): Promise<void> {
  let done = 0;
  let failed = 0;
  let turnBegan = performance.now();
  const targetCrs = assembly.crs;
  const raise = options.onError === 'raise';
  await mapConcurrent(
    inputs,
    options.concurrency ?? DEFAULT_CONCURRENCY,
    async ({ file, interval, problem }, index) => {
      // A quick disk answers without waiting; timers, interrupts and the progress bar must have their turn all the same.
      if (performance.now() - turnBegan > TURN_MS) {
        await nextTurn();
        turnBegan = performance.now();
      }
      signal?.throwIfAborted();
      if (raise && (failed > 0 || assembly.fatal)) return;
      let found: readonly (FoundRow | FoundProblem)[];
      try {
        if (problem) throw problem;
        found = await builder.read(file, { signal, targetCrs, interval, densify: options.densify }, options);
      } catch (error) {
        signal?.throwIfAborted();
        found = [{ problem: asNadirError(file, error), raises: true }];
      }
      if (found.some((f) => 'problem' in f && f.raises)) failed++;
      assembly.add(index, file, found);
      report({ done: ++done, total: inputs.length, unit: 'files', failed: failed + assembly.misplaced });
    },
    signal,
  );
}

/**
 * Builds a catalog: checks options, lists files, reads names, reads files with bounded concurrency, projects footprints
 * into the CRS of the first row (or `targetCrs`), and keeps a ledger of what failed in `config.skipped`.
 *
 * Rows are in input order whatever the concurrency is. Retries of transient faults are those of the sources that
 * readers open.
 *
 * @throws {@link CatalogError} `no-files-matched`, `no-rows`; {@link ArgumentError}; with `onError: 'raise'` the first
 * error of a file in input order; the signal's reason when cancelled.
 */
export async function buildCatalog<O extends BuildOptions & NamedFiles>(
  builder: Builder<O>,
  files: FileInput,
  options: O,
): Promise<GeoCatalog> {
  checkBuildOptions(builder.name, options, builder.named, builder.extraOptions ?? []);
  checkFiles(files);
  const input = typeof files === 'string' ? files : [...files];
  const targetCrs = options.targetCrs === undefined ? null : Crs.from(options.targetCrs);
  if (builder.named) nameReader(options); // argument errors come before any file is looked at
  const task = startTask('Indexing files', options);
  try {
    task.throwIfAborted();
    const listed = await (builder.expand ?? expandFiles)(input, builder.extensions, task.signal);
    if (listed.length === 0) {
      throw new CatalogError('no-files-matched', `No files matched: ${showInput(input)} has no ${builder.what}.`, {
        hint: 'Check the folder or pattern; ** searches folders deeply.',
        details: { input },
      });
    }
    const { inputs, unmatched } = readNames(listed, builder.named ? options : {});
    const assembly = new Assembly(targetCrs, options.onError === 'raise');
    await readAll(builder, inputs, assembly, options, task);
    const { rows, skipped, crs, fatal } = assembly;
    if (fatal) throw fatal;
    if (rows.length === 0 || !crs) {
      throw new CatalogError(
        'no-rows',
        `None of ${inputs.length} files could be indexed; the first failed with: ${skipped[0]?.error.message ?? 'no rows'}`,
        {
          details: { skipped },
          cause: skipped[0]?.error,
          ...(skipped[0]?.error.hint !== undefined && { hint: skipped[0].error.hint }),
        },
      );
    }
    warnOfSkipped(skipped, inputs.length);
    warnOfShifts(rows, crs);
    return memoryCatalog(rows, {
      backend: builder.backend,
      crs,
      targetResolution: options.targetResolution === undefined ? null : resolutionPair(options.targetResolution),
      config: Object.freeze({
        files: input,
        skipped,
        unmatched,
        ...(options.filenameRegex !== undefined && {
          filenameRegex: String(options.filenameRegex),
          dateFormat: options.dateFormat ?? '%Y%m%d',
        }),
        ...builder.config,
      }),
    });
  } finally {
    task.end();
  }
}
