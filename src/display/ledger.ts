/** Error ledgers for views. */
import type { LedgerEntry } from '../core/index.js';
import { withoutSecrets } from './bundle.js';
import type { LedgerRow } from './wire/payload.js';

/** One entry of an error ledger for a view. */
export function ledgerRow({ item, error }: LedgerEntry): LedgerRow {
  return { item: withoutSecrets(item), code: error.code, message: error.message, hint: error.hint ?? null };
}
