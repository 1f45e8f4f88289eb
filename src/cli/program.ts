/** The command line: which commands and flags exist. Work is in one file a command. */
import { Command, CommanderError } from 'commander';
import { VERSION } from '../core/index.js';
import { addCatalogCommands } from './catalog-command-program.js';
import { showError, type CliContext } from './console.js';
import { EXIT, exitCodeOf } from './exit-code.js';
import type { ExportFlags } from './export-command.js';
import { asFlags } from './flag-words.js';
import type { RunFlags } from './run-command.js';

const collect = (value: string, all: readonly string[] = []): readonly string[] => [...all, value];

/** The smallest useful recipe, as `nadir export --help` shows it. */
const EXPORT_HELP = `
A recipe is JSON. Paths in it start at its own folder. The smallest useful one:

  {
    "name": "Fields",
    "items": { "sampler": "grid", "chipSize": 256 },
    "layers": [
      {
        "name": "s2",
        "catalog": { "files": "scenes/*.tif", "filenameRegex": "_(?<date>\\\\d{8})" },
        "licence": "CC-BY-4.0"
      }
    ],
    "outputs": [{ "format": "cog" }, { "format": "png", "bands": [3, 2, 1] }]
  }

  items     { "sampler": "grid" | "random", options of gridSampler or randomSampler, "catalog"? }: chips;
            "random" needs a "seed". { "catalog": "scenes.parquet" }: one item a row.
            The catalog of the items is that of the first layer unless given.
  catalog   a path (GeoParquet), or { "files": path, pattern or list, and options of buildRasterCatalog }
  layers    name, catalog; bands, resampling, merge, mask, nodata, ignoreTime, licence
  outputs   cog; png with bands and stretch; geoparquet, which is always written

The recipe.json of a dataset is a recipe too: it makes the same dataset again.
`;

function buildProgram(context: CliContext, done: (code: number) => void): Command {
  const program = new Command('nadir')
    .description('Earth-observation datasets: index, query, run notebooks, export.')
    .version(VERSION, '--version', 'print the version')
    .helpOption('-h, --help', 'show help')
    .showHelpAfterError('(nadir --help lists commands and flags)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => void context.stdout.write(text),
      writeErr: (text) => void context.stderr.write(text),
    });

  program
    .command('run')
    .description('run a notebook without an editor')
    .argument('<notebook>', 'an .ipynb file')
    .option('-p, --param <name=value>', 'parameter, JSON or text; repeatable', collect)
    .option('-o, --out <file>', 'write the executed notebook')
    .option('--html <file>', 'write a report page')
    .option('--timeout <seconds>', 'limit of the whole run; 0 for none (default: 600)')
    .option('--cwd <folder>', 'working folder of the cells (default: that of the notebook)')
    .option('--keep-going', 'go on after a failed cell')
    .action(async (file: string, flags: RunFlags) =>
      done(await (await import('./run-command.js')).runCommand(file, flags, context)),
    );

  addCatalogCommands(program, context, done);

  program
    .command('export')
    .description('write the dataset of a recipe')
    .argument('<recipe>', 'JSON file, see below')
    .requiredOption('-o, --out <folder>', 'folder of the dataset')
    .option('--resume', 'continue an interrupted export')
    .option('--replace', 'put the new dataset in the place of an older one')
    .option('--data <folder>', 'where the source files are, or where relative paths start')
    .option('--workers <n>', 'items under way at a time (default: cores, at most 8)')
    .option('--strict', 'end with the first item that fails')
    .option('--plan', 'say what would be done, and do nothing')
    .option('--json', 'print JSON')
    .addHelpText('after', EXPORT_HELP)
    .action(async (file: string, flags: ExportFlags) =>
      done(await (await import('./export-command.js')).exportCommand(file, flags, context)),
    );
  return program;
}

/**
 * Runs one command line (without program name) and returns its exit code. Never throws: errors are shown on stderr.
 */
export async function runCli(argv: readonly string[], context: CliContext): Promise<number> {
  let code: number = EXIT.ok;
  try {
    const program = buildProgram(context, (c) => (code = c));
    if (argv.length === 0) {
      context.stderr.write(program.helpInformation());
      return EXIT.usage;
    }
    await program.parseAsync([...argv], { from: 'user' });
    return code;
  } catch (error) {
    // Commander has shown its own message; help and version end with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    if (context.signal.aborted) {
      context.stderr.write('interrupted\n');
      return EXIT.interrupted;
    }
    showError(context.stderr, error, argv[0] === 'catalog' ? asFlags : undefined);
    return exitCodeOf(error);
  }
}
