/** The log channel "Nadir" and messages that point to it. */

import { l10n, window, type Disposable, type LogOutputChannel } from 'vscode';
import type { LogLevel } from '../../kernels/client-types.js';

/** Where details go; notifications are for results of a user's act and for lost work only. */
export class Log implements Disposable {
  readonly channel: LogOutputChannel = window.createOutputChannel('Nadir', { log: true });

  write(level: LogLevel, text: string): void {
    this.channel[level](text);
  }

  /** Shows one error with its next steps; resolves with the label of the one taken. "Show Log" is always among them. */
  async offer(message: string, ...actions: readonly string[]): Promise<string | undefined> {
    this.channel.error(message);
    const showLog = l10n.t('Show Log');
    const taken = await window.showErrorMessage(message, ...actions, showLog);
    if (taken === showLog) this.channel.show(true);
    return taken;
  }

  dispose(): void {
    this.channel.dispose();
  }
}
