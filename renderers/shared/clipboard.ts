/** Copying text: by the webview if it may, else by the host. */
import type { Host } from './host.js';

/** Copies and says what happened. */
export function copyText(host: Host, viewId: string, text: string, say: (message: string) => void): void {
  const viaHost = (): void => {
    host.post(viewId, 'copy', { text });
    say(host.hasMessaging ? 'copied' : 'could not be copied here');
  };
  // A webview without clipboard permission rejects; very old ones have no clipboard at all.
  const write = (globalThis.navigator as Partial<Navigator>).clipboard?.writeText(text);
  if (!write) viaHost();
  else write.then(() => say('copied'), viaHost);
}
