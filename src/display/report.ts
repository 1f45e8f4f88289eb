/** How reports show themselves: counts, warnings, the error ledger. */
import type { DisplayBundle, LedgerEntry } from '../core/index.js';
import { answers, fingerprint, makeBundle } from './bundle.js';
import { ledgerRow } from './ledger.js';
import { drawReportPicture } from './draw/report-picture.js';
import type { Cell, ReportData } from './wire/payload.js';
import { facts, oneLine, plural, shortNumber, textTable } from './words.js';

/** What every report has (`export.md`); `title` may name it. */
export interface ReportLike {
  readonly title?: string;
  readonly facts: readonly { readonly label: string; readonly value: Cell }[];
  readonly tables?: ReportData['tables'];
  /** What pictures and texts show in place of tables. */
  readonly lines?: readonly { readonly label: string; readonly value: Cell }[];
  readonly warnings: readonly string[];
  readonly errors: readonly LedgerEntry[];
}

/** Rows of the HTML fallback at most (`renderers.md` §2). */
const HTML_ROWS = 50;
const MOST_ERRORS = 1000;
const TEXT_ERRORS = 10;

/** Text that is safe between tags and in attributes. */
export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (ch) => `&#${ch.charCodeAt(0)};`);
}

/** A plain `<table>` of at most 50 rows, without style or script. */
export function htmlTable(columns: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const cells = (tag: 'th' | 'td', list: readonly Cell[]): string =>
    list.map((v) => `<${tag}>${escapeHtml(v === null ? '' : oneLine(String(v)))}</${tag}>`).join('');
  const head = `<thead><tr>${cells('th', columns)}</tr></thead>`;
  return `<table>${head}<tbody>${rows
    .slice(0, HTML_ROWS)
    .map((row) => `<tr>${cells('td', row)}</tr>`)
    .join('')}</tbody></table>`;
}

/** Bytes as a person reads them; other values as they are. */
function shown(label: string, value: Cell): string {
  if (typeof value !== 'number') return value === null ? '-' : oneLine(String(value));
  if (!/bytes/i.test(label)) return shortNumber(value);
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(1, value)) / 3)));
  return `${Number((value / 1000 ** power).toPrecision(3))} ${units[power] ?? 'B'}`;
}

/** The bundle of a report. */
export function displayReport(report: ReportLike): DisplayBundle {
  const errors = report.errors.slice(0, MOST_ERRORS).map(ledgerRow);
  const cell = (v: Cell): Cell => (typeof v === 'number' && !Number.isFinite(v) ? null : v);
  const data: ReportData = {
    facts: report.facts.map(({ label, value }) => ({ label, value: cell(value) })),
    tables: report.tables ?? [],
    warnings: report.warnings,
    errors,
  };
  const title = oneLine(report.title ?? 'Report');
  const pairs = [...data.facts, ...(report.lines ?? [])].map(
    ({ label, value }) => [oneLine(label), shown(label, value)] as const,
  );
  const trouble = [
    ...(report.errors.length > 0 ? [plural(report.errors.length, 'failure')] : []),
    ...(report.warnings.length > 0 ? [plural(report.warnings.length, 'warning')] : []),
  ];
  const subtitle = trouble.length === 0 ? 'no warnings, no failures' : trouble.join(', ');
  const head = pairs.slice(0, 4).map(([label, value]) => `${label} ${value}`);
  const htmlRows: (readonly Cell[])[] = [
    ...pairs,
    ...report.warnings.map((w) => ['warning', w]),
    ...errors.map((e) => [`failed: ${e.item}`, e.message]),
  ];
  return makeBundle({
    kind: 'report',
    title,
    alt: `${title}: ${[...head, subtitle].join(', ')}`,
    datasetId: fingerprint({ title, ...data }),
    truncated:
      errors.length < report.errors.length ? `showing ${errors.length} of ${report.errors.length} failures` : null,
    data,
    picture: drawReportPicture({
      title,
      subtitle,
      facts: pairs,
      notes: [
        ...errors.map((e) => ({ text: `${e.item}: ${e.message}`, isError: true })),
        ...report.warnings.map((text) => ({ text, isError: false })),
      ],
    }),
    html: htmlTable(['', ''], htmlRows),
    text: [
      title,
      ...(pairs.length === 0 ? [] : facts(pairs)),
      ...report.warnings.slice(0, TEXT_ERRORS).map((w) => `  warning: ${oneLine(w)}`),
      ...(errors.length === 0
        ? []
        : [
            '',
            ...textTable(
              ['failed', 'why'],
              errors.slice(0, TEXT_ERRORS).map((e) => [e.item, e.message]),
            ),
          ]),
      ...(errors.length > TEXT_ERRORS ? [`  … ${errors.length - TEXT_ERRORS} more`] : []),
    ],
    handler: answers({ detail: () => data }),
  });
}
