/** `nadir catalog migrate`: stored catalogs to the current version of the row schema (`catalog.md` §7). */
import { ArgumentError } from '../core/index.js';
import { openCatalog } from '../catalog/index.js';
import { SCHEMA_VERSION } from '../catalog/schema.js';
import { catalogFilesOf, openCatalogFiles } from '../catalog/stored-files.js';
import { isRemote } from '../io/index.js';
import { json } from './catalog-command.js';
import type { CliContext } from './console.js';
import { EXIT } from './exit-code.js';

interface Migrated {
  readonly file: string;
  readonly from: number;
  readonly to: number;
  readonly rows: number;
}

async function migrateFile(
  file: string,
  o: { readonly dryRun: boolean; readonly signal: AbortSignal },
): Promise<Migrated> {
  const stored = await openCatalogFiles(file, {}, { signal: o.signal });
  await stored.close();
  const { version, rows } = stored;
  // A catalog without rows has version 0 for want of a value, and nothing in it to migrate.
  if (version < SCHEMA_VERSION && rows > 0 && !o.dryRun) {
    const catalog = await openCatalog(file, { engine: 'memory', signal: o.signal });
    try {
      // A file with the new name and all rows replaces the old one, or nothing does.
      await catalog.toGeoParquet(file, { sort: 'none', signal: o.signal });
    } finally {
      await catalog.dispose();
    }
  }
  return { file, from: version, to: SCHEMA_VERSION, rows };
}

/** Migrates a file, or each file of a folder, in place; what is current is left as it is. Returns the exit code. */
export async function migrateCommand(
  place: string,
  flags: { readonly dryRun?: boolean; readonly json?: boolean },
  context: CliContext,
): Promise<number> {
  if (isRemote(place))
    throw new ArgumentError('remote', `${place} is on a server; files are migrated in place.`, {
      hint: 'Download it first.',
    });
  const done: Migrated[] = [];
  for (const file of await catalogFilesOf(place, { signal: context.signal }))
    done.push(await migrateFile(file, { dryRun: flags.dryRun === true, signal: context.signal }));
  const changed = (m: Migrated): boolean => m.from < m.to && m.rows > 0;
  if (flags.json === true)
    context.stdout.write(json({ path: place, to: SCHEMA_VERSION, files: done, migrated: done.filter(changed).length }));
  else
    for (const m of done)
      context.stdout.write(
        changed(m)
          ? `${m.file}: version ${m.from} → ${m.to}, ${m.rows} rows${flags.dryRun === true ? ' (not written)' : ''}\n`
          : `${m.file}: version ${m.to} already\n`,
      );
  return EXIT.ok;
}
