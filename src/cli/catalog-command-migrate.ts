/** `nadir catalog migrate`: stored catalogs to the current version of the row schema (`catalog.md` §7). */
import { ArgumentError } from '../core/index.js';
import { migrateFiles, type MigratedFile } from '../catalog/stored/migrate-files.js';
import { SCHEMA_VERSION } from '../catalog/stored/schema.js';
import { isRemote } from '../io/index.js';
import { json } from './catalog-command.js';
import type { CliContext } from './console.js';
import { EXIT } from './exit-code.js';

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
  const done = await migrateFiles(place, { dryRun: flags.dryRun === true, signal: context.signal });
  const changed = (m: MigratedFile): boolean => m.from < m.to && m.rows > 0;
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
