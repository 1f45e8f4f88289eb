/** What is wrong with items of a STAC source, in few words (`catalog.md` §9). */
import { CatalogError, warn, type LedgerEntry } from '../../core/index.js';
import { recordOf } from '../../formats/stac/index.js';

/** Kinds of problems that a warning names; the ledger has all. */
const SHOWN = 5;
/** Assets that a message names. */
const SHOWN_ASSETS = 12;
/** Longest line of a warning; addresses in messages have no bound of their own. */
const LINE_LENGTH = 200;

/** The error of an item that lacks an asked-for asset. */
export function noAsset(key: string, there: readonly string[]): CatalogError {
  return new CatalogError('no-asset', `it has no asset ${key}; it has ${listed(there)}.`, {
    hint: "Choose among its assets, or take all with assets: '*'.",
    details: { asset: key, assets: there },
  });
}

function listed(names: readonly string[]): string {
  const rest = names.length - SHOWN_ASSETS;
  return `${names.slice(0, SHOWN_ASSETS).join(', ')}${rest > 0 ? ` and ${rest} more` : ''}`;
}

/** Items that lack one asset. */
interface Missing {
  items: number;
  readonly there: Set<string>;
}

function missingOf({ error }: LedgerEntry): { readonly asset: string; readonly assets: readonly string[] } | null {
  const { cause } = error;
  if (!(cause instanceof CatalogError) || cause.code !== 'no-asset') return null;
  const { asset, assets } = cause.details ?? {};
  // SAFETY: noAsset made these.
  return typeof asset === 'string' && Array.isArray(assets) ? { asset, assets: assets as readonly string[] } : null;
}

/** The asked-for assets that items lack, each with the number of items and the assets these have. */
function missingAssets(skipped: readonly LedgerEntry[]): ReadonlyMap<string, Missing> {
  const found = new Map<string, Missing>();
  for (const entry of skipped) {
    const missing = missingOf(entry);
    if (!missing) continue;
    const group = found.get(missing.asset) ?? { items: 0, there: new Set() };
    group.items++;
    for (const name of missing.assets) group.there.add(name);
    found.set(missing.asset, group);
  }
  return found;
}

/**
 * Refuses an import in which no item has any of the asked-for assets: an empty catalog would hide a misspelt key.
 *
 * @throws {@link CatalogError} `no-asset`, naming the assets that are there.
 */
export function checkSomeAsset(wanted: readonly string[] | '*', skipped: readonly LedgerEntry[]): void {
  if (wanted === '*') return;
  const missing = missingAssets(skipped);
  const there = new Set([...missing.values()].flatMap((m) => [...m.there]));
  if (missing.size === 0 || wanted.some((key) => there.has(key) || !missing.has(key))) return;
  const items = Math.max(...[...missing.values()].map((m) => m.items));
  throw new CatalogError(
    'no-asset',
    `None of ${items} items has an asset ${wanted.join(' or ')}; their assets are ${listed([...there])}.`,
    { hint: "Choose among these, or take all with assets: '*'.", details: { wanted, assets: [...there] } },
  );
}

/** The message without the item's name, which tells equal problems apart. */
function reasonOf({ error }: LedgerEntry): readonly [reason: string, where: string] {
  const where = recordOf(error.details)?.['where'];
  if (typeof where !== 'string' || !error.message.startsWith(`${where}: `)) return [error.message, ''];
  return [error.message.slice(where.length + 2), where];
}

const cut = (line: string): string => (line.length > LINE_LENGTH ? `${line.slice(0, LINE_LENGTH - 1)}…` : line);

/** One warning about all problems; equal ones are one line, the most frequent first. */
export function warnOfProblems(skipped: readonly LedgerEntry[], items: number): void {
  if (skipped.length === 0) return;
  const groups: { readonly count: number; readonly line: string }[] = [];
  for (const [asset, { items: lacking, there }] of missingAssets(skipped))
    groups.push({
      count: lacking,
      line: `${lacking} of ${items} items have no asset ${asset}; assets there: ${listed([...there])}`,
    });
  const others = new Map<string, { count: number; readonly message: string; readonly where: string }>();
  for (const entry of skipped) {
    if (missingOf(entry)) continue;
    const [reason, where] = reasonOf(entry);
    const group = others.get(reason);
    if (group) group.count++;
    else others.set(reason, { count: 1, message: entry.error.message, where });
  }
  for (const [reason, { count, message, where }] of others)
    groups.push({ count, line: count === 1 ? message : `${count} times: ${reason} The first is ${where}.` });
  groups.sort((a, b) => b.count - a.count);
  const rest = groups.slice(SHOWN).reduce((n, g) => n + g.count, 0);
  const what = `${skipped.length} ${skipped.length === 1 ? 'problem' : 'problems'} in ${items} STAC items:`;
  const lines = groups.slice(0, SHOWN).map(({ line }) => cut(`  ${line}`));
  warn([what, ...lines, ...(rest > 0 ? [`  … and ${rest} more; config.skipped has all.`] : [])].join('\n'), 'skipped');
}
