/** `nadir catalog build`: files, or STAC items, to a catalog (`catalog.md` §3, §9). */
import { statSync } from 'node:fs';
import path from 'node:path';
import { ArgumentError, CatalogError } from '../core/index.js';
import { buildCubeCatalog, buildRasterCatalog, buildVectorCatalog, catalogFromStac } from '../catalog/index.js';
import type { GeoCatalog } from '../catalog/types.js';
import { CUBE_EXTENSIONS } from '../catalog/build/build-cube.js';
import { RASTER_EXTENSIONS } from '../catalog/build/build-raster.js';
import { showPlace } from '../formats/stac/index.js';
import { VECTOR_EXTENSIONS } from '../formats/vector/index.js';
import { isRemote, listFiles, openSource, writeFileAtomic } from '../io/index.js';
import { json, PARQUET_NAME, readAssets, readChoice, readList, readNumber, stacPlace } from './catalog-command.js';
import { checkTarget, formatOf, writeTarget, type TargetFlags } from './catalog-command-target.js';
import { listSkipped, skippedOf, withoutSkipWarnings } from './catalog-command-skipped.js';
import { progressLine, type CliContext } from './console.js';
import { EXIT } from './exit-code.js';

export interface BuildFlags extends TargetFlags {
  readonly kind?: string;
  readonly regex?: string;
  readonly dateFormat?: string;
  readonly day?: boolean;
  readonly crs?: string;
  readonly resolution?: string;
  readonly densify?: string;
  readonly concurrency?: string;
  readonly layer?: string;
  readonly vars?: string;
  readonly timeVar?: string;
  readonly assets?: string;
  readonly properties?: string;
  readonly strict?: boolean;
  readonly skipReport?: string;
  readonly json?: boolean;
}

const KINDS = ['raster', 'cube', 'vector', 'stac'] as const;
type Kind = (typeof KINDS)[number];

/** Flags that only some kinds of catalog take. */
const OWN_FLAGS: readonly (readonly [flag: keyof BuildFlags, kinds: readonly Kind[]])[] = [
  ['regex', ['raster', 'vector']],
  ['dateFormat', ['raster', 'vector']],
  ['day', ['raster', 'vector']],
  ['resolution', ['raster', 'cube', 'vector']],
  ['densify', ['raster', 'cube', 'vector']],
  ['concurrency', ['raster', 'cube', 'vector']],
  ['strict', ['raster', 'cube', 'vector']],
  ['layer', ['vector']],
  ['vars', ['cube']],
  ['timeVar', ['cube']],
  ['assets', ['stac']],
  ['properties', ['stac']],
];

/** Bytes of a JSON file in which STAC shows itself. */
const PEEK_BYTES = 65_536;
const ENDINGS: readonly (readonly [kind: Kind, endings: readonly string[]])[] = [
  ['raster', RASTER_EXTENSIONS],
  ['cube', CUBE_EXTENSIONS],
  ['vector', VECTOR_EXTENSIONS],
];

function kindOfName(file: string): Kind | null {
  const name = (isRemote(file) ? new URL(file).pathname : file).toLowerCase();
  return ENDINGS.find(([, endings]) => endings.some((e) => name.endsWith(e)))?.[0] ?? null;
}

/** Whether one source is STAC: by what stands in it, since names tell items from other features neither in JSON nor in Parquet. */
async function isStac(place: string, signal: AbortSignal): Promise<boolean> {
  const known = kindOfName(place);
  if (known === 'raster' || known === 'cube') return false;
  const stac = await stacPlace(place, signal);
  const name = isRemote(place) ? new URL(place).pathname : place;
  if (stac === null || stac !== place || PARQUET_NAME.test(name)) return stac !== null;
  // The answer of a search has no ending that is known.
  if (isRemote(place) && known === null) return true;
  const source = await openSource(place, { signal });
  try {
    return Buffer.from(await source.read(0, PEEK_BYTES, { signal })).includes('"stac_version"');
  } finally {
    await source.close();
  }
}

/** The kind that most of the files have by their names, and what is said about it. */
async function guessKind(files: readonly string[], context: CliContext): Promise<readonly [kind: Kind, said: string]> {
  const [only = ''] = files;
  if (files.length === 1 && (await isStac(only, context.signal))) return ['stac', 'stac'];
  const endings = ENDINGS.flatMap(([, list]) => list);
  const listed = await listFiles(files, endings, { signal: context.signal }).catch(() => files);
  const counts = new Map<Kind, number>();
  for (const file of listed) {
    const kind = kindOfName(file);
    if (kind) counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  const [first, ...rest] = [...counts].sort((a, b) => b[1] - a[1]);
  // Nothing known: rasters, whose builder says what it looked for.
  if (!first) return ['raster', 'raster'];
  const others = rest.map(([kind, n]) => `${n} ${kind}`).join(', ');
  return [first[0], `${first[0]}${others === '' ? '' : `; the folder also has ${others}`}`];
}

function checkFlags(kind: Kind, flags: BuildFlags): void {
  for (const [flag, kinds] of OWN_FLAGS) {
    if (flags[flag] === undefined || kinds.includes(kind)) continue;
    const name = flag.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`);
    throw new ArgumentError('wrong-flag', `--${name} is for ${kinds.join(', ')} catalogs; this one is ${kind}.`, {
      hint: 'Another kind of catalog is chosen with --kind.',
    });
  }
}

async function build(
  kind: Kind,
  files: readonly string[],
  flags: BuildFlags,
  context: CliContext,
): Promise<GeoCatalog> {
  const progress = progressLine(context.stderr, 'indexing');
  // One argument may be a folder or a glob; several are what the shell made of one.
  const [only] = files;
  const input = files.length === 1 && only !== undefined ? only : files;
  const task = { signal: context.signal, onProgress: progress.onProgress };
  const common = {
    ...task,
    ...(flags.crs !== undefined && { targetCrs: flags.crs }),
    ...(flags.resolution !== undefined && {
      targetResolution: readNumber('resolution', flags.resolution, { least: Number.MIN_VALUE }),
    }),
    ...(flags.densify !== undefined && { densify: readNumber('densify', flags.densify, { whole: true, least: 0 }) }),
    ...(flags.concurrency !== undefined && {
      concurrency: readNumber('concurrency', flags.concurrency, { whole: true, least: 1 }),
    }),
    ...(flags.strict === true && { onError: 'raise' as const }),
  };
  const named = {
    ...(flags.regex !== undefined && { filenameRegex: flags.regex }),
    ...(flags.dateFormat !== undefined && { dateFormat: flags.dateFormat }),
    ...(flags.day === true && { datePrecision: 'day' as const }),
  };
  try {
    switch (kind) {
      case 'raster':
        return await buildRasterCatalog(input, { ...common, ...named });
      case 'cube':
        return await buildCubeCatalog(input, {
          ...common,
          ...(flags.vars !== undefined && { dataVars: readList('vars', flags.vars) }),
          ...(flags.timeVar !== undefined && { timeVar: flags.timeVar }),
        });
      case 'vector': {
        const layer = flags.layer !== undefined && /^\d+$/.test(flags.layer) ? Number(flags.layer) : flags.layer;
        return await buildVectorCatalog(input, { ...common, ...named, ...(layer !== undefined && { layer }) });
      }
      case 'stac': {
        if (only === undefined || files.length > 1)
          throw new ArgumentError('one-source', `A STAC catalog is built from one source; got ${files.length}.`);
        const place = (await stacPlace(only, context.signal)) ?? only;
        if (!isRemote(place) && statSync(place, { throwIfNoEntry: false })?.isDirectory() === true)
          throw new CatalogError('not-stac', `${place} is a folder without catalog.json or collection.json.`, {
            hint: 'Give the document of a static catalog, or a file of items.',
          });
        return await catalogFromStac(place, {
          ...task,
          assets: readAssets(flags.assets),
          ...(flags.properties !== undefined && { properties: readList('properties', flags.properties) }),
          ...(flags.crs !== undefined && { targetCrs: flags.crs }),
        });
      }
      default:
        return kind satisfies never;
    }
  } finally {
    progress.end();
  }
}

/** Indexes files into a catalog. Returns the exit code. */
export async function buildCommand(files: readonly string[], flags: BuildFlags, context: CliContext): Promise<number> {
  const format = formatOf(flags);
  await checkTarget(flags, format, true);
  const [kind, said] =
    flags.kind === undefined ? await guessKind(files, context) : [readChoice('kind', flags.kind, KINDS), null];
  if (said !== null) context.stderr.write(`indexing as ${said} (--kind says otherwise)\n`);
  checkFlags(kind, flags);
  const make = (): Promise<GeoCatalog> => build(kind, files, flags, context);
  const catalog = await (kind === 'stac' ? make() : withoutSkipWarnings(context.stderr, make));
  try {
    // What was there before is worth more than an empty catalog.
    if (kind === 'stac' && (await catalog.count({ signal: context.signal })) === 0) {
      const [first] = catalog.config.skipped ?? [];
      if (first)
        throw new CatalogError(
          'no-rows',
          `No item of ${files.map(showPlace).join(', ')} could be indexed: ${first.error.message}`,
          {
            hint: `Nothing was written.${first.error.hint === undefined ? '' : ` ${first.error.hint}`}`,
          },
        );
      context.stderr.write(`nothing matched: ${files.map(showPlace).join(', ')} has no items; nothing was written\n`);
      return EXIT.usage;
    }
    const report = await writeTarget(catalog, flags, format, context);
    const skipped = skippedOf(catalog.config.skipped);
    if (flags.skipReport !== undefined)
      await writeFileAtomic(path.resolve(flags.skipReport), json(skipped), { signal: context.signal });
    const facts = { ...report, kind, crs: catalog.crs.canonical };
    if (flags.json === true) context.stdout.write(json({ ...facts, skipped }));
    else
      context.stdout.write(
        `${report.path}: ${report.rows} rows, ${report.bytes} bytes, ${facts.crs}${skipped.length > 0 ? `, ${skipped.length} skipped` : ''}\n`,
      );
    // Of STAC items the warning has said it in few words.
    if (kind !== 'stac') listSkipped(context.stderr, catalog.config.skipped ?? []);
    return EXIT.ok;
  } finally {
    await catalog.dispose();
  }
}
