/** `nadir export`: a recipe to a dataset (`export.md`). */
import { ArgumentError, type LedgerEntry } from '../core/index.js';
import { exportDataset, planExport, readRecipe } from '../export/index.js';
import { progressLine, table, type CliContext } from './console.js';
import { EXIT } from './exit-code.js';

export interface ExportFlags {
  readonly out: string;
  readonly resume?: boolean;
  readonly replace?: boolean;
  readonly data?: string;
  readonly workers?: string;
  readonly strict?: boolean;
  readonly plan?: boolean;
  readonly json?: boolean;
}

interface Shown {
  readonly facts: readonly { readonly label: string; readonly value: unknown }[];
  readonly warnings: readonly string[];
  readonly errors: readonly LedgerEntry[];
}

function show(report: Shown, flags: ExportFlags, context: CliContext): void {
  if (flags.json === true) context.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  else context.stdout.write(table(report.facts.map((f) => [f.label, String(f.value)])));
  for (const warning of report.warnings) context.stderr.write(`warning: ${warning}\n`);
  for (const { item, error } of report.errors) context.stderr.write(`failed ${item}: ${error.message}\n`);
}

/** Runs a recipe; with `plan` only says what it would do. Returns the exit code. */
export async function exportCommand(file: string, flags: ExportFlags, context: CliContext): Promise<number> {
  const workers = flags.workers === undefined ? undefined : Number(flags.workers);
  if (workers !== undefined && (!Number.isInteger(workers) || workers < 1))
    throw new ArgumentError(
      'bad-workers',
      `--workers takes a whole number from 1; got ${JSON.stringify(flags.workers)}.`,
    );
  const progress = progressLine(context.stderr, flags.plan === true ? 'planning' : 'exporting');
  const task = { signal: context.signal, onProgress: progress.onProgress };
  try {
    const recipe = await readRecipe(file, { ...task, ...(flags.data !== undefined && { data: flags.data }) });
    if (flags.plan === true) {
      const plan = await planExport(recipe, task);
      progress.end();
      show(plan, flags, context);
      return EXIT.ok;
    }
    const report = await exportDataset(recipe, flags.out, {
      ...task,
      ...(workers !== undefined && { workers }),
      resume: flags.resume === true,
      onError: flags.strict === true ? 'raise' : 'skip',
      overwrite: flags.replace === true ? 'replace' : false,
    });
    progress.end();
    show(report, flags, context);
    return report.failed > 0 ? EXIT.failures : EXIT.ok;
  } finally {
    progress.end();
  }
}
