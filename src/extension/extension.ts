/** The extension: builds its parts, hands their disposables to the editor, and does nothing else. */

import path from 'node:path';
import { commands, ExtensionMode, type ExtensionContext } from 'vscode';
import { registerCommands } from './commands.js';
import { Kernels } from './controller.js';
import { Failures } from './diagnostics.js';
import { Log } from './log.js';
import { createStatus } from './status.js';
import { Views } from './views.js';

/** What other extensions see; `test` exists in test mode only. */
export interface NadirExtension {
  readonly version: string;
  readonly whenReady: Promise<void>;
  readonly test?: { readonly kernels: Kernels; readonly views: Views; readonly activationMs: number };
}

/** Called by the editor when a notebook is opened or a command of ours is run. No child, no file scan, no network. */
export function activate(context: ExtensionContext): NadirExtension {
  const begin = performance.now();
  const { id } = context.extension;
  const { version } = context.extension.packageJSON as { version: string }; // SAFETY: our own manifest.
  const log = new Log();
  const failures = new Failures();
  const kernels = new Kernels(id, context.asAbsolutePath(path.join('dist', 'kernel', 'main.js')), log, failures);
  const views = new Views(kernels, log, context.asAbsolutePath(path.join('dist', 'renderers')));
  context.subscriptions.push(
    log,
    failures,
    kernels,
    views,
    createStatus(kernels),
    registerCommands({
      kernels,
      log,
      extensionPath: context.extensionPath,
      extensionId: id,
      memory: context.workspaceState,
    }),
    kernels.onDidRun(() => void commands.executeCommand('setContext', 'nadir.hasRun', true)),
  );
  const activationMs = performance.now() - begin;
  log.write('info', `Nadir ${version} is ready after ${activationMs.toFixed(1)} ms`);
  const isTest = context.extensionMode === ExtensionMode.Test;
  return { version, whenReady: Promise.resolve(), ...(isTest ? { test: { kernels, views, activationMs } } : {}) };
}
