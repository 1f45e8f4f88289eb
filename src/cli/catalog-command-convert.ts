/** `nadir catalog convert`: a catalog of any kind to GeoParquet or STAC. */
import { stat } from 'node:fs/promises';
import { ArgumentError } from '../core/index.js';
import { isRemote } from '../io/index.js';
import { json, opened, type OpenFlags } from './catalog-command.js';
import { skippedOf } from './catalog-command-skipped.js';
import { checkTarget, formatOf, writeTarget, type TargetFlags } from './catalog-command-target.js';
import type { CliContext } from './console.js';
import { EXIT } from './exit-code.js';

export interface ConvertFlags extends TargetFlags, OpenFlags {
  readonly json?: boolean;
}

/** Whether two paths are one file. */
async function isSameFile(a: string, b: string): Promise<boolean> {
  if (isRemote(a)) return false;
  const [one, other] = await Promise.all([a, b].map((p) => stat(p).catch(() => null)));
  return !!one && !!other && one.dev === other.dev && one.ino === other.ino;
}

/** Writes a catalog in another format. Returns the exit code. */
export async function convertCommand(place: string, flags: ConvertFlags, context: CliContext): Promise<number> {
  const format = formatOf(flags);
  await checkTarget(flags, format, false);
  if (await isSameFile(place, flags.out))
    throw new ArgumentError('same-file', `${flags.out} is the source itself.`, { hint: 'Write elsewhere.' });
  return opened(place, flags, context, async (catalog) => {
    const report = { ...(await writeTarget(catalog, flags, format, context)), format, crs: catalog.crs.canonical };
    const skipped = skippedOf(catalog.config.skipped);
    if (flags.json === true) context.stdout.write(json({ ...report, skipped }));
    else context.stdout.write(`${report.path}: ${report.rows} rows, ${report.bytes} bytes, ${format}\n`);
    return EXIT.ok;
  });
}
