/** The state of the active notebook's kernel, in the language status of its cells. */

import { Disposable, l10n, languages, LanguageStatusSeverity, window, type NotebookDocument } from 'vscode';
import type { KernelState } from '../../kernels/client-types.js';
import { findCell, LANGUAGES } from './cells.js';
import type { Kernels } from './controller.js';

const BYTES_PER_MB = 2 ** 20;

/** Text of a state: `idle`, `busy: cell 4`, `blocked 12 s`, with memory. */
export function describeState(state: KernelState | undefined, notebook: NotebookDocument): string {
  if (!state) return l10n.t('not started');
  const cell = state.cellId === undefined ? undefined : findCell(notebook, state.cellId);
  const busy = cell ? l10n.t('busy: cell {0}', cell.index + 1) : l10n.t('busy');
  switch (state.status) {
    case 'stopped':
      return l10n.t('stopped');
    case 'starting':
      return l10n.t('starting');
    case 'idle':
      return l10n.t('idle');
    case 'busy':
      return busy;
    case 'blocked':
      return l10n.t('blocked {0} s', Math.round((state.blockedMs ?? 0) / 1000));
    default:
      return state.status satisfies never;
  }
}

/** Shows the state; a click offers Restart, Interrupt and Show Log. */
export function createStatus(kernels: Kernels): Disposable {
  const selector = LANGUAGES.map((language) => ({ language, notebookType: 'jupyter-notebook' }));
  const item = languages.createLanguageStatusItem('nadir.kernel', []);
  item.name = l10n.t('Nadir kernel');
  item.command = { title: l10n.t('Actions'), command: 'nadir.kernelActions' };
  const refresh = () => {
    const notebook = window.activeNotebookEditor?.notebook;
    const ours = notebook !== undefined && kernels.isSelected(notebook);
    item.selector = ours ? selector : [];
    if (!ours) return;
    const state = kernels.find(notebook)?.client.state;
    const status = describeState(state, notebook);
    item.text = l10n.t('Nadir: {0}', status);
    item.detail = state?.rss === undefined ? '' : l10n.t('{0} MB', Math.round(state.rss / BYTES_PER_MB));
    item.busy = state?.status === 'busy' || state?.status === 'starting';
    item.severity = state?.status === 'blocked' ? LanguageStatusSeverity.Warning : LanguageStatusSeverity.Information;
    item.accessibilityInformation = { label: l10n.t('Nadir kernel: {0}', status) };
  };
  refresh();
  return Disposable.from(item, window.onDidChangeActiveNotebookEditor(refresh), kernels.onDidChange(refresh));
}
