/** `nadir catalog info`: what a catalog holds. */
import { json, opened, type OpenFlags } from './catalog-command.js';
import { summarise } from './catalog-command-summary.js';
import { table, type CliContext } from './console.js';
import { EXIT } from './exit-code.js';

/** Prints what a catalog holds. Returns the exit code. */
export function infoCommand(
  place: string,
  flags: OpenFlags & { readonly json?: boolean },
  context: CliContext,
): Promise<number> {
  return opened(place, flags, context, async (catalog) => {
    const summary = await summarise(catalog, { signal: context.signal });
    const info = {
      path: place,
      backend: catalog.backend,
      engine: catalog.engine,
      rows: summary.rows,
      static: summary.static,
      crs: catalog.crs.canonical,
      bounds: summary.bounds,
      start: summary.start,
      end: summary.end,
      nativeCrs: Object.keys(summary.nativeCrs),
      bands: Object.keys(summary.bands),
      dtypes: Object.keys(summary.dtypes),
      columns: summary.columns,
    };
    if (flags.json === true) context.stdout.write(json(info));
    else
      context.stdout.write(
        table(
          Object.entries(info).map(([key, value]) => [
            key,
            Array.isArray(value) ? value.join(', ') : String(value ?? ''),
          ]),
        ),
      );
    return EXIT.ok;
  });
}
