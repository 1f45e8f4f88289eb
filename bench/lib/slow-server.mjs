// A server of byte ranges that waits before each answer, as object stores do: `node slow-server.mjs DIR DELAY_MS`.
// Prints its port; `GET /count` answers how many other requests it has had. Each side of a benchmark starts its own.
import { createReadStream, statSync } from 'node:fs';
import { createServer } from 'node:http';
import path from 'node:path';

const [dir, delay] = process.argv.slice(2);
let count = 0;

const server = createServer((request, response) => {
  const name = decodeURIComponent(new URL(request.url, 'http://localhost').pathname).slice(1);
  if (name === 'count') {
    response.end(String(count));
    return;
  }
  count++;
  setTimeout(() => {
    const file = path.join(dir, path.basename(name));
    const size = statSync(file, { throwIfNoEntry: false })?.size;
    if (size === undefined) {
      response.writeHead(404).end();
      return;
    }
    const range = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '');
    const from = range ? Number(range[1]) : 0;
    const to = Math.min(size - 1, range?.[2] ? Number(range[2]) : size - 1);
    response.writeHead(range ? 206 : 200, {
      'Content-Length': to - from + 1,
      'Accept-Ranges': 'bytes',
      ETag: `"${name}"`,
      ...(range ? { 'Content-Range': `bytes ${from}-${to}/${size}` } : {}),
    });
    if (request.method === 'HEAD') response.end();
    else createReadStream(file, { start: from, end: to }).pipe(response);
  }, Number(delay));
});
server.keepAliveTimeout = 60_000;
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
