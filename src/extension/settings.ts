/** Settings of the extension, checked: a settings file may hold anything. */

import { workspace, type Uri } from 'vscode';

const BYTES_PER_MB = 2 ** 20;
const INLINE_MB = { min: 0.25, max: 10, initial: 2 } as const;

/** What a kernel is started with. */
export interface KernelSettings {
  readonly nodePath: string | undefined;
  readonly env: Readonly<Record<string, string>>;
  readonly maxHeapMB: number;
  readonly maxInlineBytes: number;
}

/** Kernel settings as they hold for a notebook. */
export function kernelSettings(scope: Uri): KernelSettings {
  const config = workspace.getConfiguration('nadir', scope);
  const nodePath = config.get<unknown>('kernel.nodePath');
  const env = config.get<unknown>('kernel.env');
  const heap = config.get<unknown>('kernel.maxHeapMB');
  const inline = config.get<unknown>('display.maxInlineMB');
  const megabytes = typeof inline === 'number' && Number.isFinite(inline) ? inline : INLINE_MB.initial;
  return {
    nodePath: typeof nodePath === 'string' && nodePath.trim() !== '' ? nodePath.trim() : undefined,
    env: textEntries(env),
    maxHeapMB: typeof heap === 'number' && heap > 0 ? Math.floor(heap) : 0,
    maxInlineBytes: Math.round(Math.min(INLINE_MB.max, Math.max(INLINE_MB.min, megabytes)) * BYTES_PER_MB),
  };
}

/** The folder that an export is proposed into, relative to the notebook. */
export function exportFolder(scope: Uri): string {
  const folder = workspace.getConfiguration('nadir', scope).get<unknown>('export.folder');
  return typeof folder === 'string' && folder.trim() !== '' ? folder.trim() : 'exports';
}

function textEntries(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null) return {};
  return Object.fromEntries(
    Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}
