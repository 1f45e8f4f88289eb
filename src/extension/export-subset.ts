/** Export Subset…: asks what, formats and where, shows the plan, then exports in the kernel or inserts the code. */

import path from 'node:path';
import { l10n, type Memento, type NotebookDocument } from 'vscode';
import { isAllowed, type Kernels } from './controller.js';
import type { ExportChoice } from './export-code.js';
import { insertExportCell, planExport, runExport } from './export-run.js';
import { askCatalog, askFolder, askFormats, askItems, askStart, ITEM_KINDS, type Draft } from './export-steps.js';
import type { Session } from './session.js';
import { exportFolder } from './settings.js';

const MEMORY = 'nadir.export.last';

/** What was chosen last in this workspace. */
interface Memory {
  readonly formats?: readonly string[];
  readonly folder?: string;
}

/** A step fills its part of the draft and says where to go. */
type Step = () => Promise<'next' | 'back' | 'cancel'>;

/**
 * Runs the wizard for a notebook.
 *
 * @returns the target folder of a finished export, `'inserted'` for a cell, undefined when it was left or failed.
 */
export async function exportSubset(
  kernels: Kernels,
  memory: Memento,
  notebook: NotebookDocument | undefined,
): Promise<string | undefined> {
  if (!(await isAllowed())) return undefined;
  const session = notebook && kernels.find(notebook);
  const variables = [...(session?.client.variables.values() ?? [])];
  if (!session || !variables.some((v) => ITEM_KINDS.includes(v.kind)))
    throw new Error(
      l10n.t('There is nothing to export yet. Run the cells that make a catalog, samples or a selection first.'),
    );
  const last = memory.get<Memory>(MEMORY) ?? {};
  const folder = last.folder ?? exportFolder(session.notebook.uri);
  const base = session.notebook.isUntitled ? undefined : path.dirname(session.notebook.uri.fsPath);
  const draft: Draft = {};
  const steps: readonly Step[] = [
    () => askItems(draft, variables),
    () => askCatalog(draft, variables),
    () => askFormats(draft, last.formats),
    () => askFolder(draft, folder, base),
  ];
  for (;;) {
    if (!(await walk(steps, draft.folder === undefined ? 0 : steps.length - 1))) return undefined;
    const choice = draft as ExportChoice; // SAFETY: every step has filled its fields before `walk` returns true.
    await memory.update(MEMORY, { formats: choice.formats, folder: path.dirname(choice.folder) } satisfies Memory);
    const done = await finish(session, choice);
    if (done !== 'back') return done;
  }
}

/** Goes through the steps, back and forth, from `start`; false when the person leaves. */
async function walk(steps: readonly Step[], start: number): Promise<boolean> {
  let at = start;
  for (let step = steps[at]; step; step = steps[at]) {
    const went = await step();
    if (went === 'cancel') return false;
    at = Math.max(0, at + (went === 'next' ? 1 : -1));
  }
  return true;
}

async function finish(session: Session, choice: ExportChoice): Promise<string | undefined> {
  const plan = await planExport(session, choice);
  if (!plan) return undefined;
  const decision = await askStart(plan);
  if (decision === 'cancel' || decision === 'back') return decision === 'back' ? 'back' : undefined;
  if (decision === 'insert') {
    await insertExportCell(session.notebook, choice);
    return 'inserted';
  }
  return runExport(session, choice);
}
