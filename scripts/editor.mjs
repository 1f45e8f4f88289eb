// `npm run editor`: a real VS Code in the browser, with the packaged extension, on the quickstart notebook.
// usage: node scripts/editor.mjs [--port=N] [--data=DIR]   Ctrl-C ends it and removes its state.
import { cpSync } from 'node:fs';
import path from 'node:path';
import { ensureBuilt, ensureInstalled } from './lib/setup.mjs';
import { ensureHost, ROOT, startServer, workbenchUrl } from './host.mjs';
import { packageExtension, vsixPath } from './package.mjs';

const option = (name) => process.argv.find((a) => a.startsWith(`--${name}=`))?.slice(name.length + 3);
ensureInstalled();
ensureBuilt();
await packageExtension({ build: false });
const dir = ensureHost('host');
const port = option('port');
const server = await startServer({
  dir,
  vsix: vsixPath,
  workspace: path.join(ROOT, 'examples'),
  ...(port ? { port: Number(port) } : {}),
});
const data = option('data');
if (data) cpSync(path.resolve(data), path.join(server.folder, path.basename(data)), { recursive: true });
console.log(
  `\nOpen ${workbenchUrl(server, { develop: false, open: path.join(server.folder, 'quickstart.ipynb') })}\n\nCtrl-C ends it. The notebook is a copy in ${server.folder}.`,
);
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => void server.stop().then(() => process.exit(0)));
