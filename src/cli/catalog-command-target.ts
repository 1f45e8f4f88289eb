/** Where `nadir catalog` writes rows: GeoParquet, STAC items, or a partitioned folder. */
import { readdir, stat } from 'node:fs/promises';
import path from 'node:path';
import { ArgumentError, SourceError } from '../core/index.js';
import { appendFiles, catalogToStac } from '../catalog/index.js';
import type { GeoCatalog } from '../catalog/types.js';
import { writeFileAtomic } from '../io/index.js';
import { readChoice, readList } from './catalog-command.js';
import { progressLine, type CliContext } from './console.js';

export interface TargetFlags {
  readonly out: string;
  readonly to?: string;
  readonly sort?: string;
  readonly replace?: boolean;
  /** Add to a folder that is there already. */
  readonly append?: boolean;
  readonly partitionBy?: string;
}

const FORMATS = ['parquet', 'stac', 'ndjson', 'folder'] as const;
const PARTITION_KEYS = ['year', 'month', 'day'] as const;
/** `stac` is an ItemCollection, `ndjson` has one Item a line, `folder` holds GeoParquet shards by date. */
export type TargetFormat = (typeof FORMATS)[number];

/** What was written. */
export interface TargetReport {
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
}

const ENDINGS: readonly (readonly [ending: RegExp, format: TargetFormat])[] = [
  [/\.(?:parquet|geoparquet|pq)$/i, 'parquet'],
  [/\.(?:ndjson|jsonl|geojsonl)$/i, 'ndjson'],
  [/\.(?:json|geojson)$/i, 'stac'],
];

/** The format that `--to` or the ending of the target names. @throws {@link ArgumentError} `no-format`, `bad-choice`. */
export function formatOf({ to, out, append, partitionBy }: TargetFlags): TargetFormat {
  if (to !== undefined) return readChoice('to', to, FORMATS);
  if (append === true || partitionBy !== undefined) return 'folder';
  const found = ENDINGS.find(([ending]) => ending.test(out))?.[1];
  if (found) return found;
  throw new ArgumentError('no-format', `The ending of ${out} names no format.`, {
    hint: `Write .parquet, .json (STAC ItemCollection) or .ndjson (STAC Items), --append for a folder, or --to ${FORMATS.join(', ')}.`,
  });
}

/** Refuses a target that exists, unless it may be replaced. @throws {@link ArgumentError} `exists`, `bad-sort`; {@link SourceError} `source.missing`. */
export async function checkTarget(flags: TargetFlags, format: TargetFormat, mayExist: boolean): Promise<void> {
  if (flags.sort !== undefined) {
    readChoice('sort', flags.sort, ['space-time', 'none']);
    if (format !== 'parquet')
      throw new ArgumentError('wrong-flag', '--sort is for Parquet; STAC keeps the order of the rows.');
  }
  if (format === 'folder') return checkFolder(flags);
  if (flags.append === true || flags.partitionBy !== undefined)
    throw new ArgumentError('wrong-flag', `--append and --partition-by are for folders; the target is ${format}.`);
  const found = await stat(flags.out).catch(() => null);
  const parent = path.dirname(path.resolve(flags.out));
  // Said before the work, not after it.
  if (!found && !(await stat(parent).catch(() => null)))
    throw new SourceError('source.missing', `Cannot write ${flags.out}: the folder ${parent} does not exist.`, {
      hint: 'Make the folder first.',
    });
  if (found?.isDirectory() === true)
    throw new ArgumentError('exists', `${flags.out} is a folder; a file is written.`, {
      hint: 'Name a file in it, or pass --append to add shards to it.',
    });
  if (found && !mayExist && flags.replace !== true)
    throw new ArgumentError('exists', `${flags.out} exists already.`, { hint: 'Write elsewhere, or pass --replace.' });
}

async function checkFolder({ out, append, replace, partitionBy }: TargetFlags): Promise<void> {
  if (replace === true)
    throw new ArgumentError('wrong-flag', '--replace is for files; a folder is only added to, with --append.');
  if (partitionBy !== undefined) keysOf(partitionBy);
  const names = await readdir(out).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return [];
    throw new ArgumentError('exists', `${out} is no folder.`, { cause: error });
  });
  if (names.length > 0 && append !== true)
    throw new ArgumentError('exists', `${out} is not empty.`, { hint: 'Write elsewhere, or pass --append.' });
}

function keysOf(text: string): readonly (typeof PARTITION_KEYS)[number][] {
  return readList('partition-by', text).map((key) => readChoice('partition-by', key, PARTITION_KEYS));
}

/** Text of items as bytes, a piece at a time. */
async function* itemText(
  catalog: GeoCatalog,
  format: 'stac' | 'ndjson',
  signal: AbortSignal,
  counted: (rows: number) => void,
): AsyncGenerator<Uint8Array> {
  let rows = 0;
  if (format === 'stac') yield Buffer.from('{"type":"FeatureCollection","features":[');
  for await (const item of catalogToStac(catalog, { signal, onProgress: () => undefined })) {
    const text = JSON.stringify(item);
    yield Buffer.from(format === 'ndjson' ? `${text}\n` : rows === 0 ? `\n${text}` : `,\n${text}`);
    counted(++rows);
  }
  if (format === 'stac') yield Buffer.from('\n]}\n');
}

/** Writes the rows, whole or not at all. */
export async function writeTarget(
  catalog: GeoCatalog,
  flags: TargetFlags,
  format: TargetFormat,
  context: CliContext,
): Promise<TargetReport> {
  const progress = progressLine(context.stderr, 'writing');
  try {
    if (format === 'parquet') {
      return await catalog.toGeoParquet(flags.out, {
        signal: context.signal,
        onProgress: progress.onProgress,
        ...(flags.sort === 'none' && { sort: 'none' as const }),
      });
    }
    if (format === 'folder') {
      const keys = flags.partitionBy === undefined ? {} : { partitionBy: keysOf(flags.partitionBy) };
      return await appendFiles(flags.out, catalog, {
        signal: context.signal,
        onProgress: progress.onProgress,
        ...keys,
      });
    }
    let rows = 0;
    const text = itemText(catalog, format, context.signal, (n) => {
      rows = n;
      progress.onProgress({ done: n, unit: 'items' });
    });
    const { bytes } = await writeFileAtomic(path.resolve(flags.out), text, { signal: context.signal });
    return { path: flags.out, rows, bytes };
  } finally {
    progress.end();
  }
}
