/** Hive layouts of folders of shards: `year=2022/month=3/part-….parquet` (`catalog.md` §7). */
import path from 'node:path';
import { ArgumentError, CatalogError } from '../../core/index.js';
import type { CatalogFile } from './stored-files.js';
import type { CatalogTable } from '../table.js';

/** What rows are put together by: the UTC year, month or day of their start. */
export type PartitionKey = 'year' | 'month' | 'day';

const KEYS: readonly PartitionKey[] = ['year', 'month', 'day'];
/** Where Hive puts rows without a value. */
export const DEFAULT_PARTITION = '__HIVE_DEFAULT_PARTITION__';

/** @throws {@link ArgumentError} `bad-partition` unless the keys are year, then month, then day. */
export function checkPartitionBy(keys: readonly PartitionKey[]): void {
  const given: unknown = keys;
  const known = Array.isArray(given) && given.length > 0 && given.every((key, i) => key === KEYS[i]);
  if (!known)
    throw new ArgumentError(
      'bad-partition',
      `partitionBy is ['year'], ['year', 'month'] or ['year', 'month', 'day']; got ${JSON.stringify(keys)}.`,
    );
}

/** Folder of a row's shard, with `/` between the keys. */
export function partitionOf({ starts }: CatalogTable, i: number, keys: readonly PartitionKey[]): string {
  const start = starts[i] ?? -Infinity;
  if (start === -Infinity) return keys.map((key) => `${key}=${DEFAULT_PARTITION}`).join('/');
  const date = new Date(Math.floor(start / 1000));
  const values = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
  return keys.map((key) => `${key}=${values[key]}`).join('/');
}

/** Keys of the folders above a file. */
function keysOf(dir: string, file: string): readonly string[] {
  return path
    .relative(dir, path.dirname(file))
    .split(path.sep)
    .filter((part) => part !== '')
    .map((part) => part.split('=')[0] ?? '');
}

/** @throws {@link CatalogError} `mixed-layout` naming the first file that lies elsewhere than the keys say. */
export function checkLayout(dir: string, files: readonly CatalogFile[], keys: readonly PartitionKey[]): void {
  const other = files.find(({ file }) => keysOf(dir, file).join('/') !== keys.join('/'));
  if (!other) return;
  const found = keysOf(dir, other.file);
  throw new CatalogError(
    'mixed-layout',
    `${dir} is partitioned by ${found.length === 0 ? 'nothing' : found.join(', ')} (${other.file}), not by ${keys.join(', ')}.`,
    { hint: 'Append with the same partitionBy, or to another folder.', details: { dir, file: other.file } },
  );
}
