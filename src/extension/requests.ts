/** Questions of a cell: `input(…)` and `pick(…)`. */

import { window } from 'vscode';
import type { KernelRequest } from '../../kernels/client-types.js';

/** Asks the person; undefined means that they cancelled. */
export async function answerRequest(request: KernelRequest): Promise<unknown> {
  if (request.kind === 'pick')
    return window.showQuickPick([...(request.items ?? [])], { placeHolder: request.prompt, ignoreFocusOut: true });
  return window.showInputBox({ prompt: request.prompt, password: request.password ?? false, ignoreFocusOut: true });
}
