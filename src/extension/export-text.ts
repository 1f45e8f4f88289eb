/** Plans, progress and reports of an export as text. What comes from the kernel is read field by field. */

import { l10n } from 'vscode';

const BYTES_PER_MB = 2 ** 20;

function fields(value: unknown): Readonly<Record<string, unknown>> {
  // SAFETY: an object; every field is checked where it is read.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function numberIn(value: unknown, ...names: readonly string[]): number | undefined {
  const from = fields(value);
  const found = names.map((name) => from[name]).find((v) => typeof v === 'number' || Array.isArray(v));
  if (Array.isArray(found)) return found.length;
  return typeof found === 'number' && Number.isFinite(found) ? found : undefined;
}

function megabytes(bytes: number): string {
  return l10n.t('{0} MB', (bytes / BYTES_PER_MB).toFixed(bytes < 10 * BYTES_PER_MB ? 1 : 0));
}

/** The lines of a plan: items, files, bytes, what is missing, warnings. */
export function describePlan(plan: unknown): readonly { readonly label: string; readonly detail: string }[] {
  const line = (label: string, value: number | undefined, format: (n: number) => string = String) =>
    value === undefined ? [] : [{ label, detail: format(value) }];
  const warnings = fields(plan)['warnings'];
  return [
    ...line(l10n.t('items'), numberIn(plan, 'items', 'itemCount')),
    ...line(l10n.t('files'), numberIn(plan, 'files', 'fileCount')),
    ...line(l10n.t('read'), numberIn(plan, 'bytesRead', 'readBytes', 'bytesToRead'), megabytes),
    ...line(l10n.t('write'), numberIn(plan, 'bytesWritten', 'writeBytes', 'bytesToWrite'), megabytes),
    ...line(l10n.t('unmet items'), numberIn(plan, 'unmet', 'unmetItems')),
    ...(Array.isArray(warnings) ? warnings : [])
      .filter((w) => typeof w === 'string')
      .map((detail) => ({ label: l10n.t('warning'), detail })),
  ];
}

/** `12/40 · 3.1 MB`, and how much of the whole it is in percent. */
export function describeProgress(progress: unknown): { readonly text: string; readonly percent: number | undefined } {
  const done = numberIn(progress, 'done');
  const total = numberIn(progress, 'total');
  const bytes = numberIn(progress, 'bytes');
  if (done === undefined) return { text: '', percent: undefined };
  const count = total === undefined ? String(done) : `${done}/${total}`;
  const percent = total === undefined || total === 0 ? undefined : (100 * done) / total;
  return { text: bytes === undefined ? count : `${count} · ${megabytes(bytes)}`, percent };
}

/** `8 items`, with the number of failed ones when there are any. */
export function describeReport(report: unknown): string {
  const items = numberIn(report, 'items', 'itemCount', 'written');
  const failed = numberIn(report, 'failed', 'errors');
  const text = items === undefined ? l10n.t('the subset') : l10n.t('{0} items', items);
  return failed === undefined || failed === 0 ? text : l10n.t('{0} ({1} failed; see errors.jsonl)', text, failed);
}
