/**
 * Output of one run, in order: text is collected and flushed, displays wait for their bundles, and text beyond 2 MB is cut to its
 * two ends around a line that names a file with the whole.
 */
import { closeSync, openSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { headOf, tailOf } from '../cut-text.js';
import type { FromKernel } from '../protocol.js';
import { FLUSH_CHARS, FLUSH_MS, TEXT_KEEP_CHARS, TEXT_LIMIT_BYTES } from './limits.js';

export type Send = (message: FromKernel) => void;
export type StreamName = 'stdout' | 'stderr';

/** Text beyond the limit: the end in memory, the whole in a file. */
interface Overflow {
  readonly fd: number;
  readonly file: string;
  bytes: number;
  tail: string;
}

/** Output of one run; see the head of this file. */
export class RunOutput {
  readonly #send: Send;
  readonly #runId: string;
  #name: StreamName = 'stdout';
  #buffer = '';
  #timer: NodeJS.Timeout | undefined;
  #lastFlush = 0;
  #bytes = 0;
  #sentChars = 0;
  /** All text so far, until it overflows. */
  #whole: string[] = [];
  #overflow: Overflow | undefined;
  #waiting: (() => void | Promise<void>)[] = [];
  #isBusy = false;
  #isDropped = false;
  #idle: (() => void)[] = [];

  constructor(send: Send, runId: string) {
    this.#send = send;
    this.#runId = runId;
  }

  /** Appends text of a stream. */
  text(name: StreamName, text: string): void {
    if (text.length === 0 || this.#isDropped) return;
    if (this.#isBusy) this.#waiting.push(() => this.#append(name, text));
    else this.#append(name, text);
  }

  /** Runs a step that sends something other than text, after everything before it. */
  step(step: () => void | Promise<void>): void {
    this.#waiting.push(step);
    if (!this.#isBusy) this.#work();
  }

  /** Sends a message of this run, after the text before it. */
  send(message: FromKernel): void {
    if (this.#isDropped) return;
    this.flush();
    this.#send(message);
  }

  /** Resolves when every display has its bundle and all is sent. */
  async drain(): Promise<void> {
    if (this.#isBusy) await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.flush();
  }

  /** Sends the end of a text that was cut. Called once, when the run ends. */
  end(): void {
    const over = this.#overflow;
    if (!over) {
      this.flush();
      return;
    }
    closeSync(over.fd);
    this.#overflow = undefined;
    this.#whole = [];
    this.#bytes = 0;
    this.#sendText('stdout', `${over.tail}\n`);
  }

  /** From now on this run says nothing more. */
  drop(): void {
    this.end();
    this.#isDropped = true;
    this.#waiting = [];
  }

  /** Sends the text collected so far. */
  flush(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (this.#buffer.length === 0) return;
    const text = this.#buffer;
    this.#buffer = '';
    this.#lastFlush = performance.now();
    this.#sendText(this.#name, text);
  }

  #work(): void {
    for (let step = this.#waiting.shift(); step; step = this.#waiting.shift()) {
      const pending = step();
      if (!pending) continue;
      this.#isBusy = true;
      void pending.finally(() => {
        this.#isBusy = false;
        this.#work();
      });
      return;
    }
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #append(name: StreamName, text: string): void {
    if (this.#overflow) {
      this.#spill(this.#overflow, text);
      return;
    }
    const bytes = Buffer.byteLength(text);
    if (this.#bytes + bytes > TEXT_LIMIT_BYTES) {
      this.#startOverflow(name, text);
      return;
    }
    this.#bytes += bytes;
    this.#whole.push(text);
    if (name !== this.#name) this.flush();
    this.#name = name;
    this.#buffer += text;
    // The first text after a pause goes out at once, so that a loop which never yields still shows it.
    if (this.#buffer.length >= FLUSH_CHARS || (!this.#timer && performance.now() - this.#lastFlush > FLUSH_MS))
      this.flush();
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS);
  }

  #startOverflow(name: StreamName, text: string): void {
    this.flush();
    const file = path.join(tmpdir(), `nadir-output-${process.pid}-${this.#runId.replace(/\W/g, '')}.txt`);
    const over: Overflow = { fd: openSync(file, 'w', 0o600), file, bytes: 0, tail: '' };
    for (const part of this.#whole) this.#spill(over, part);
    this.#whole = [];
    if (this.#sentChars < TEXT_KEEP_CHARS) this.#sendText(name, headOf(text, TEXT_KEEP_CHARS - this.#sentChars));
    else this.#send({ type: 'trim', runId: this.#runId, keep: TEXT_KEEP_CHARS });
    this.#spill(over, text);
    this.#overflow = over;
    this.#sendText(
      'stdout',
      `\n… output cut here: the first and the last 200 kB are shown, the whole is in ${file} …\n`,
    );
  }

  #spill(over: Overflow, text: string): void {
    over.bytes += writeSync(over.fd, text);
    over.tail = tailOf(text.length >= TEXT_KEEP_CHARS ? text : over.tail + text, TEXT_KEEP_CHARS);
  }

  #sendText(name: StreamName, text: string): void {
    if (this.#isDropped) return;
    this.#sentChars += text.length;
    this.#send({ type: 'stream', runId: this.#runId, name, text });
  }
}
