/** Renderer `nadir-table`: tables, reports, progress. */
import type { ActivationFunction } from 'vscode-notebook-renderer';
import { createRenderer } from './shared/mount.js';
import { ProgressView } from './table/progress-view.js';
import { ReportView } from './table/report-view.js';
import { TableView } from './table/table-view.js';

/** Toolbar and head of a table, in CSS pixels, and the heights of `renderers.md` §1. */
const AROUND = 66;
const ROW = 24;
const MAX_TABLE = 360;
const MAX_REPORT = 240;
const PROGRESS = 44;
/** With more columns than these, headings take two lines. */
const NARROW = 5;

/** Starts the renderer. */
export const activate: ActivationFunction = (context) =>
  createRenderer(context, {
    table: { view: TableView, height: ({ data }) => Math.min(MAX_TABLE, AROUND + Math.max(1, data.rows.length) * ROW) },
    report: {
      view: ReportView,
      height: ({ data }) => {
        const lines =
          Math.ceil(data.facts.length / 2) +
          data.warnings.length * 1.3 +
          data.errors.length * 3 +
          data.tables.reduce((n, t) => n + (t.columns.length > NARROW ? 4 : 3) + t.rows.length, 0);
        return Math.min(MAX_REPORT, Math.round(56 + Math.max(1, lines) * ROW));
      },
    },
    progress: { view: ProgressView, height: () => PROGRESS },
  });
