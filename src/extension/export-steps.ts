/** The questions of Export Subset…. */

import { readdirSync } from 'node:fs';
import path from 'node:path';
import { l10n, window } from 'vscode';
import type { VariableInfo } from '../../kernels/protocol.js';
import { EXPORT_FORMATS, type ExportChoice, type ExportFormat } from './export-code.js';
import { askText, choose, type Choice, type StepFrame } from './steps.js';

/** Kinds of variables that can be exported, the likeliest first. */
export const ITEM_KINDS: readonly string[] = ['curation', 'samples', 'catalog'];
const STEPS = 5;

/** The choice while it is being made. */
export type Draft = { -readonly [K in keyof ExportChoice]?: ExportChoice[K] };
type Went = 'next' | 'back' | 'cancel';

/** One line of a plan, for the last step. */
export interface PlanLine {
  readonly label: string;
  readonly detail: string;
}

function frame(step: number, placeholder: string): StepFrame {
  return { title: l10n.t('Export Subset'), step, totalSteps: STEPS, placeholder };
}

function variableChoice(v: VariableInfo, picked = false): Choice<string> {
  return { label: v.name, description: v.type, detail: v.summary, value: v.name, picked };
}

/** Step 1: `selection`, or another variable that holds items. */
export async function askItems(draft: Draft, variables: readonly VariableInfo[]): Promise<Went> {
  const rank = (v: VariableInfo) => (v.name === 'selection' ? -1 : ITEM_KINDS.indexOf(v.kind));
  const items = variables
    .filter((v) => ITEM_KINDS.includes(v.kind))
    .sort((a, b) => rank(a) - rank(b))
    .map((v, i) => variableChoice(v, i === 0));
  const chosen = await choose(frame(1, l10n.t('What is exported')), items, { many: false });
  if (typeof chosen === 'string') return chosen;
  draft.items = chosen[0] ?? '';
  return 'next';
}

/** Step 2: the catalog that fills the items with pixels. */
export async function askCatalog(draft: Draft, variables: readonly VariableInfo[]): Promise<Went> {
  const items = variables.filter((v) => v.kind === 'catalog').map((v) => variableChoice(v, v.name === draft.items));
  if (items.length === 0) throw new Error(l10n.t('No variable holds a catalog to read pixels from.'));
  const chosen = await choose(frame(2, l10n.t('Catalog that the pixels come from')), items, { many: false });
  if (typeof chosen === 'string') return chosen;
  draft.catalog = chosen[0] ?? '';
  return 'next';
}

/** Step 3: one or more formats. */
export async function askFormats(draft: Draft, last: readonly string[] = ['cog', 'png']): Promise<Went> {
  const text: Readonly<Record<ExportFormat, PlanLine>> = {
    cog: { label: l10n.t('Cloud-Optimized GeoTIFF'), detail: l10n.t('One file an item: all bands, all values') },
    png: { label: l10n.t('PNG'), detail: l10n.t('Pictures with their stretch and bounds beside them') },
    geoparquet: { label: l10n.t('GeoParquet'), detail: l10n.t('The items as a catalog: footprint, time, tags, paths') },
  };
  const items = EXPORT_FORMATS.map((value) => ({ ...text[value], value, picked: last.includes(value) }));
  const chosen = await choose(frame(3, l10n.t('Formats')), items, { many: true });
  if (typeof chosen === 'string') return chosen;
  draft.formats = chosen;
  return 'next';
}

/** Step 4: the folder. A target that is not empty is never overwritten without a word. */
export async function askFolder(draft: Draft, proposed: string, base: string | undefined): Promise<Went> {
  const initial = draft.folder ?? path.join(proposed, draft.items ?? '');
  const check = (value: string) => {
    if (value.trim() === '') return l10n.t('Name a folder.');
    if (base === undefined && !path.isAbsolute(value.trim()))
      return l10n.t('This notebook is not saved yet: name the folder from the root, or save the notebook first.');
    return undefined;
  };
  const answer = await askText(frame(4, l10n.t('Folder, relative to the notebook')), initial, check);
  if (typeof answer === 'string') return answer;
  draft.folder = answer.text;
  draft.name = path.basename(answer.text);
  delete draft.existing;
  if (isEmpty(path.resolve(base ?? '', answer.text))) return 'next';
  const existing = await askExisting(answer.text);
  if (existing === 'back') return askFolder(draft, proposed, base);
  if (existing === 'cancel') return 'cancel';
  draft.existing = existing;
  return 'next';
}

async function askExisting(folder: string): Promise<'resume' | 'replace' | 'back' | 'cancel'> {
  const items: readonly Choice<'resume' | 'replace' | 'back'>[] = [
    { label: l10n.t('New name'), value: 'back' },
    { label: l10n.t('Resume'), detail: l10n.t('Checks what is there and does what is missing'), value: 'resume' },
    { label: l10n.t('Replace'), detail: l10n.t('Deletes the dataset in it first'), value: 'replace' },
  ];
  const chosen = await choose(frame(4, l10n.t('{0} is not empty', folder)), items, { many: false });
  if (typeof chosen === 'string') return chosen;
  if (chosen[0] !== 'replace') return chosen[0] ?? 'cancel';
  const replace = l10n.t('Replace');
  const message = l10n.t('Replace the dataset in {0}? Its files are deleted.', folder);
  return (await window.showWarningMessage(message, { modal: true }, replace)) === replace ? 'replace' : 'back';
}

/** Step 5: the plan, then start, or the code of it. */
export async function askStart(plan: readonly PlanLine[]): Promise<'start' | 'insert' | 'back' | 'cancel'> {
  const facts = plan.map((line) => `${line.label}: ${line.detail}`).join(' · ');
  const items: readonly Choice<'start' | 'insert'>[] = [
    { label: l10n.t('$(play) Start'), detail: facts, value: 'start' },
    { label: l10n.t('$(code) Insert as Cell'), detail: l10n.t('The cell performs the same export'), value: 'insert' },
  ];
  const chosen = await choose(frame(5, l10n.t('Plan')), items, { many: false });
  return typeof chosen === 'string' ? chosen : (chosen[0] ?? 'cancel');
}

function isEmpty(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0;
  } catch {
    return true; // Not there yet.
  }
}
