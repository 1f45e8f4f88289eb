/** The flags of `nadir catalog`. */
import type { Command } from 'commander';
import type { CliContext } from './console.js';
import type { BuildFlags } from './catalog-command-build.js';
import type { ConvertFlags } from './catalog-command-convert.js';
import type { OpenFlags } from './catalog-command.js';
import type { QueryFlags } from './catalog-command-query.js';

const SOURCE =
  'GeoParquet file or folder, or STAC: items, .ndjson, stac-geoparquet, a static catalog, a search address';
const ENGINE = ['--engine <name>', 'memory, duckdb or auto (default)'] as const;
const ASSETS = ['--assets <keys>', 'STAC assets, with commas (default: all)'] as const;
const JSON_FLAG = ['--json', 'print JSON'] as const;

/** Adds `nadir catalog` and its commands; each is loaded when it runs. */
export function addCatalogCommands(program: Command, context: CliContext, done: (code: number) => void): void {
  const catalog = program.command('catalog').description('build, query and inspect catalogs');
  catalog
    .command('build')
    .description('index files into a catalog')
    .argument('<files...>', 'files, or one folder, glob, URL or STAC source')
    .requiredOption('-o, --out <file>', 'file to write: .parquet (GeoParquet), .json or .ndjson (STAC)')
    .option('--kind <kind>', 'raster, cube, vector or stac (default: by the names of the files)')
    .option('--regex <pattern>', 'file names: a group "date", or "start" and "stop"')
    .option('--date-format <format>', 'how dates are written (default: %Y%m%d)')
    .option('--day', 'widen times to whole UTC days')
    .option('--crs <crs>', 'CRS of the catalog (default: that of the first file)')
    .option('--resolution <number>', 'pixel size of its slices, in units of its CRS')
    .option('--densify <n>', 'points inside each edge of a footprint (default: 21)')
    .option('--concurrency <n>', 'files read at once (default: 8)')
    .option('--layer <name>', 'vector: layer, by name or number')
    .option('--vars <names>', 'cube: variables that every file must have, with commas')
    .option('--time-var <name>', 'cube: the variable of time (default: time)')
    .option('--assets <keys>', 'stac: assets, with commas (default: all)')
    .option('--properties <names>', 'stac: properties that become columns, with commas (default: all scalars)')
    .option('--strict', 'end with the first file that cannot be read')
    .option('--skip-report <file>', 'write what was skipped as JSON')
    .option('--append', 'add the rows to a folder of GeoParquet shards by date')
    .option('--partition-by <keys>', 'folders by year; year,month (default) or year,month,day')
    .option(...JSON_FLAG)
    .action(async (files: readonly string[], flags: BuildFlags) =>
      done(await (await import('./catalog-command-build.js')).buildCommand(files, flags, context)),
    );
  catalog
    .command('query')
    .description('list rows that meet an area, a time and a condition')
    .argument('<catalog>', SOURCE)
    .option('--bounds <xmin,ymin,xmax,ymax>', 'area; x before y')
    .option('--geometry <file>', 'area: polygons of a GeoJSON file, in degrees unless --crs says otherwise')
    .option('--crs <crs>', 'CRS of the area (default: that of the catalog)')
    .option('--time <start/end>', 'ISO 8601; a date means the whole day')
    .option('--t-step <n>', 'every n-th of the distinct start times')
    .option('--where <expression>', 'condition on columns, e.g. "`eo:cloud_cover` < 20"')
    .option('--limit <n>', 'print no more rows than this')
    .option('--format <format>', 'table (default), json, csv or geojson (STAC items)')
    .option('-o, --out <file>', 'write all matching rows: .parquet, .json or .ndjson (STAC)')
    .option(...ENGINE)
    .option(...ASSETS)
    .option(...JSON_FLAG)
    .action(async (place: string, flags: QueryFlags) =>
      done(await (await import('./catalog-command-query.js')).queryCommand(place, flags, context)),
    );
  catalog
    .command('info')
    .description('say what a catalog holds')
    .argument('<catalog>', SOURCE)
    .option(...ENGINE)
    .option(...ASSETS)
    .option(...JSON_FLAG)
    .action(async (place: string, flags: OpenFlags & { readonly json?: boolean }) =>
      done(await (await import('./catalog-command-info.js')).infoCommand(place, flags, context)),
    );
  catalog
    .command('stats')
    .description('count rows by time, CRS, band and type; gaps, coverage, duplicates')
    .argument('<catalog>', SOURCE)
    .option(...ENGINE)
    .option(...ASSETS)
    .option(...JSON_FLAG)
    .action(async (place: string, flags: OpenFlags & { readonly json?: boolean }) =>
      done(await (await import('./catalog-command-stats.js')).statsCommand(place, flags, context)),
    );
  catalog
    .command('convert')
    .description('write a catalog in another format')
    .argument('<catalog>', SOURCE)
    .requiredOption('-o, --out <file>', 'file to write: .parquet, .json (STAC ItemCollection) or .ndjson (STAC Items)')
    .option('--to <format>', 'parquet, stac, ndjson or folder (default: by the ending)')
    .option('--append', 'add the rows to a folder of GeoParquet shards by date')
    .option('--partition-by <keys>', 'folders by year; year,month (default) or year,month,day')
    .option('--sort <order>', 'parquet: space-time (default) or none')
    .option('--replace', 'put it in the place of an older file')
    .option(...ENGINE)
    .option(...ASSETS)
    .option(...JSON_FLAG)
    .action(async (place: string, flags: ConvertFlags) =>
      done(await (await import('./catalog-command-convert.js')).convertCommand(place, flags, context)),
    );
  catalog
    .command('migrate')
    .description('bring stored catalogs to the current version of the row schema, in place')
    .argument('<catalog>', 'GeoParquet file or folder')
    .option('--dry-run', 'say what would be done, and write nothing')
    .option(...JSON_FLAG)
    .action(async (place: string, flags: { readonly dryRun?: boolean; readonly json?: boolean }) =>
      done(await (await import('./catalog-command-migrate.js')).migrateCommand(place, flags, context)),
    );
}
