/** `nadir catalog stats`: how the rows of a catalog are spread over time, ground and kinds of file. */
import { json, opened, type OpenFlags } from './catalog-command.js';
import { summarise, type CatalogSummary, type Counts } from './catalog-command-summary.js';
import { progressLine, table, type CliContext } from './console.js';
import { EXIT } from './exit-code.js';

/** Months, bands and CRSs that the text shows; JSON has all. */
const SHOWN = 24;

const rounded = (v: number): string => String(Number(v.toPrecision(4)));

function lines(title: string, counts: Counts): string[][] {
  const entries = Object.entries(counts);
  const shown = entries.slice(0, SHOWN).map(([key, n], i) => [i === 0 ? title : '', key, String(n)]);
  return entries.length > SHOWN ? [...shown, ['', `… ${entries.length - SHOWN} more`, '']] : shown;
}

function textOf(s: CatalogSummary): string {
  const { coverage, gaps, duplicates } = s;
  return table([
    ['rows', '', String(s.rows)],
    ['static', '', String(s.static)],
    ...(s.start === null ? [] : [['time', s.start, s.end ?? '']]),
    ...lines('year', s.years),
    ...lines('month', s.months),
    ...gaps.longest.map((g, i) => [i === 0 ? `gaps (${gaps.count})` : '', `${g.from} to ${g.to}`, `${g.days} days`]),
    ...lines('native CRS', s.nativeCrs),
    ...lines('data type', s.dtypes),
    ...lines('band', s.bands),
    ...(s.withoutGrid > 0 ? [['without grid', '', String(s.withoutGrid)]] : []),
    ...(coverage
      ? [
          [
            'coverage',
            `${rounded(coverage.area)} ${coverage.unit}`,
            `${rounded(coverage.share * 100)} % of the bounds`,
          ],
          ['rows over a place', `mean ${rounded(coverage.meanRows)}`, `most ${coverage.mostRows}`],
        ]
      : []),
    ['duplicates', duplicates.files.join(', '), String(duplicates.rows)],
  ]);
}

/** Prints statistics of a catalog. Returns the exit code. */
export function statsCommand(
  place: string,
  flags: OpenFlags & { readonly json?: boolean },
  context: CliContext,
): Promise<number> {
  return opened(place, flags, context, async (catalog) => {
    const progress = progressLine(context.stderr, 'counting');
    try {
      const summary = await summarise(catalog, { signal: context.signal, onProgress: progress.onProgress });
      progress.end();
      const facts = { path: place, backend: catalog.backend, engine: catalog.engine, crs: catalog.crs.canonical };
      context.stdout.write(flags.json === true ? json({ ...facts, ...summary }) : textOf(summary));
      return EXIT.ok;
    } finally {
      progress.end();
    }
  });
}
