/** What an export says when it is done. */
import { sha256, type LedgerEntry } from '../core/index.js';
import { asReport, showBytes } from './report.js';
import type { ExportReport, FileEntry, Manifest } from './types.js';

/** The report of a finished export; `text` is the manifest as written. */
export function exportReport(r: {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly text: string;
  readonly hash: string;
  readonly resumed: number;
  readonly files: readonly FileEntry[];
  readonly errors: readonly LedgerEntry[];
  readonly warnings: readonly string[];
}): ExportReport {
  const { planned, written, failed } = r.manifest.items;
  const bytes = r.files.reduce((n, f) => n + f.bytes, 0);
  const manifestSha256 = sha256(r.text);
  return asReport({
    title: `Export of "${r.manifest.name}"`,
    dir: r.dir,
    recipeHash: r.hash,
    manifestSha256,
    planned,
    written,
    failed,
    resumed: r.resumed,
    files: r.files.length,
    bytes,
    facts: [
      { label: 'Dataset', value: r.manifest.name },
      { label: 'Folder', value: r.dir },
      { label: 'Items written', value: written },
      { label: 'Items failed', value: failed },
      ...(r.resumed > 0 ? [{ label: 'Items resumed', value: r.resumed }] : []),
      { label: 'Files', value: r.files.length },
      { label: 'Size', value: showBytes(bytes) },
      { label: 'Manifest SHA-256', value: manifestSha256 },
    ],
    warnings: r.warnings,
    errors: r.errors,
  });
}
