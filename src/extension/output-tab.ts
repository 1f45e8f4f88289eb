/** One output in an editor tab: the same renderer, with the host's messages instead of the notebook's. */

import { randomBytes } from 'node:crypto';
import { l10n, Uri, ViewColumn, window, type NotebookCell, type Webview } from 'vscode';
import type { ViewReply, ViewRequest } from '../display/wire/payload.js';
import { parseViewRequest } from './view-requests.js';

const MIME = /^application\/vnd\.nadir\.([a-z]+)\.v1\+json$/;
/** Module of each kind, as in the manifest; kinds that are not named go to the map. */
const MODULES: Readonly<Record<string, string>> = { chips: 'grid', table: 'table', report: 'table', progress: 'table' };

/**
 * Opens the output that holds `viewId` beside the notebook. The payload is handed over as data, never as markup.
 *
 * @throws Error when the cell has no such output.
 */
export function openOutputInTab(
  cell: NotebookCell,
  viewId: string,
  assets: string,
  answer: (request: ViewRequest) => Promise<ViewReply>,
): void {
  const item = cell.outputs.flatMap((o) => o.items).find((i) => MIME.test(i.mime) && holds(i.data, viewId));
  if (!item) throw new Error(l10n.t('The output is not in this notebook any more.'));
  const kind = MIME.exec(item.mime)?.[1] ?? '';
  const root = Uri.file(assets);
  const panel = window.createWebviewPanel(
    'nadir.output',
    titleOf(item.data) ?? l10n.t('Nadir Output'),
    ViewColumn.Beside,
    {
      enableScripts: true,
      localResourceRoots: [root],
      retainContextWhenHidden: true,
    },
  );
  panel.webview.onDidReceiveMessage(async (message: unknown) => {
    const request = parseViewRequest(message);
    if (request) await panel.webview.postMessage(await answer(request));
  });
  panel.webview.html = page(panel.webview, Uri.joinPath(root, `${MODULES[kind] ?? 'map'}.js`), item.mime, item.data);
}

function parse(data: Uint8Array): Record<string, unknown> {
  const value: unknown = JSON.parse(new TextDecoder().decode(data));
  // SAFETY: an object; readers check each field.
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

function holds(data: Uint8Array, viewId: string): boolean {
  try {
    return parse(data)['viewId'] === viewId;
  } catch {
    return false; // Not JSON: some other output.
  }
}

function titleOf(data: Uint8Array): string | undefined {
  const title = parse(data)['title'];
  return typeof title === 'string' && title !== '' ? title : undefined;
}

/** The page: a nonce'd loader that calls the renderer as the notebook would. */
function page(webview: Webview, module: Uri, mime: string, data: Uint8Array): string {
  const nonce = randomBytes(16).toString('hex');
  const csp = `default-src 'none'; script-src 'nonce-${nonce}' ${webview.cspSource} 'unsafe-eval'; style-src ${webview.cspSource} 'unsafe-inline'; img-src data: ${webview.cspSource}; child-src data:; worker-src data: blob:; connect-src ${webview.cspSource}`;
  const payload = Buffer.from(data).toString('base64');
  return `<!doctype html><html><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="${csp}"></head>
<body><div id="output"></div><script type="module" nonce="${nonce}">
const host = acquireVsCodeApi();
const { activate } = await import(${JSON.stringify(webview.asWebviewUri(module).toString())});
const renderer = await activate({
  postMessage: (m) => host.postMessage(m),
  onDidReceiveMessage: (listener) => {
    const receive = (event) => listener(event.data);
    addEventListener('message', receive);
    return { dispose: () => removeEventListener('message', receive) };
  },
  getState: () => host.getState(),
  setState: (state) => host.setState(state),
  workspace: { isTrusted: true },
});
const bytes = Uint8Array.from(atob('${payload}'), (c) => c.charCodeAt(0));
const text = () => new TextDecoder().decode(bytes);
await renderer.renderOutputItem(
  { id: 'tab', mime: ${JSON.stringify(mime)}, metadata: {}, text, json: () => JSON.parse(text()), data: () => bytes, blob: () => new Blob([bytes]) },
  document.getElementById('output'),
  new AbortController().signal,
);
</script></body></html>`;
}
