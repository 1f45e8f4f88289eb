/** `console`, `process.stdout` and `process.stderr` of cells: everything goes to the run that caused it. */
import { Console } from 'node:console';
import { Writable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { Shown } from './bundle.js';
import type { StreamName } from './run-output.js';
import { consoleRows, tableBundle } from './table-bundle.js';

export interface ConsoleTarget {
  text(name: StreamName, text: string): void;
  show(shown: Shown): void;
}

/** Replaces the methods of the global console and the writes of the two streams. */
export function bridgeConsole(target: ConsoleTarget): void {
  const stdout = streamTo('stdout', target);
  const stderr = streamTo('stderr', target);
  const made = new Console({ stdout, stderr, colorMode: false, ignoreErrors: true });
  for (const key of Object.keys(made)) {
    const method: unknown = Reflect.get(made, key);
    if (typeof method === 'function') Reflect.set(console, key, method.bind(made));
  }
  console.table = (data: unknown, columns?: readonly string[]): void => {
    const rows = consoleRows(data, columns);
    if (rows) target.show(tableBundle(rows));
    else made.log(data);
  };
  process.stdout.write = stdout.write.bind(stdout);
  process.stderr.write = stderr.write.bind(stderr);
}

/** A writable whose writes take effect at once. */
function streamTo(name: StreamName, target: ConsoleTarget): Writable {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const decoder = new StringDecoder('utf8');
  const write = (chunk: unknown, encoding?: unknown, done?: unknown): boolean => {
    const text =
      typeof chunk === 'string'
        ? chunk
        : chunk instanceof Uint8Array
          ? decoder.write(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength))
          : String(chunk);
    target.text(name, text);
    const callback = typeof encoding === 'function' ? encoding : done;
    // SAFETY: the only function argument of write() is its callback.
    if (typeof callback === 'function') process.nextTick(callback);
    return true;
  };
  stream.write = write as Writable['write'];
  return stream;
}
