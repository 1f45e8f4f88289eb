/** One kernel child as a process: started with its control socket, watched, and ended for good. */
import { fork, type ChildProcess } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir, totalmem } from 'node:os';
import path from 'node:path';
import type { KernelOptions } from './client-types.js';
import {
  parseFromControl,
  parseFromKernel,
  PROTOCOL_VERSION,
  type CellError,
  type FromControl,
  type FromKernel,
  type ToControl,
  type ToKernel,
} from './protocol.js';

/** Default of `nadir.display.maxInlineMB`, in bytes. */
const DEFAULT_INLINE_BYTES = 2_000_000;
/** `ready` must arrive within this time, in ms. */
const START_MS = 10_000;
const TERM_MS = 500;
const KILL_MS = 2000;
const STDERR_TAIL_CHARS = 4000;
/** Raw text of the process (subprocesses, native code) waits this long: after a crash it is not cell output, in ms. */
export const RAW_DELAY_MS = 100;
/** What V8 and Node write before they abort; the end of the process follows, on a busy machine seconds later. */
const LAST_WORDS = /<--- Last few GCs --->|^FATAL ERROR: |^# Fatal error in /m;
/** A process that lives on after such text did not mean it, in ms. */
const LAST_WORDS_MS = 5000;

/** Default heap in MB: half of the memory, at most 8 GB. */
export function heapLimitMB(options: Pick<KernelOptions, 'maxHeapMB'>): number {
  const wanted = options.maxHeapMB ?? 0;
  return wanted > 0 ? wanted : Math.min(8192, Math.floor(totalmem() / 2 / 1024 / 1024));
}

export interface ProcessEvents {
  onMessage(message: FromKernel): void;
  onControl(message: FromControl): void;
  /** Text that the process wrote past the kernel: subprocesses, native code. */
  onRawText(name: 'stdout' | 'stderr', text: string): void;
  onProtocolError(text: string): void;
  /** The process ended or could not be started; `error` says why unless it was asked to. */
  onGone(error: CellError | undefined): void;
}

/** The process; it starts when constructed and reports its end exactly once. */
export class KernelProcess {
  readonly #options: KernelOptions;
  readonly #events: ProcessEvents;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'nadir-kernel-'));
  readonly #token = randomBytes(16).toString('hex');
  readonly #server: Server;
  readonly #exited: Promise<void>;
  #resolveExited: () => void = () => undefined;
  #child: ChildProcess | undefined;
  #control: Socket | undefined;
  #pendingControl: ToControl[] = [];
  #stderr = '';
  #raw: { name: 'stdout' | 'stderr'; text: string }[] = [];
  #rawTimer: NodeJS.Timeout | undefined;
  #startTimer: NodeJS.Timeout | undefined;
  #isReady = false;
  #isWanted = true;
  #isGone = false;

  constructor(options: KernelOptions, events: ProcessEvents) {
    this.#options = options;
    this.#events = events;
    this.#exited = new Promise((resolve) => (this.#resolveExited = resolve));
    this.#server = createServer((socket) => this.#onSocket(socket));
    this.#server.on('error', (error) => this.#gone(startError(`The control socket failed: ${error.message}`)));
    const socketPath =
      process.platform === 'win32'
        ? `\\\\.\\pipe\\nadir-${this.#token.slice(0, 16)}`
        : path.join(this.#folder, 'control');
    this.#server.listen(socketPath, () => this.#fork(socketPath));
    this.#startTimer = setTimeout(() => {
      this.#gone(startError(`The kernel did not answer within ${START_MS / 1000} s.${this.#tail()}`));
      this.#child?.kill('SIGKILL');
    }, START_MS);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Sends a message; one that cannot be cloned or sent is reported as an error of protocol. */
  send(message: ToKernel): void {
    if (this.#child?.connected !== true) return;
    try {
      this.#child.send(message, () => undefined);
    } catch (error) {
      this.#events.onProtocolError(
        `a message of type ${message.type} could not be sent: ${error instanceof Error ? error.message : String(error)}`,
      );
    }
  }

  /** Sends a line to the control worker, which answers while the main thread is blocked. */
  control(message: ToControl): void {
    if (this.#control) this.#control.write(`${JSON.stringify(message)}\n`);
    else this.#pendingControl.push(message);
  }

  /** Ends the process at once. Resolves when it has ended. */
  async kill(): Promise<void> {
    this.#isWanted = false;
    this.#child?.kill('SIGKILL');
    if (!this.#child) this.#gone(undefined);
    await this.#exited;
  }

  /** Asks the process to end, then insists: SIGTERM after 500 ms, SIGKILL after 2 s. */
  async end(): Promise<void> {
    this.#isWanted = false;
    if (!this.#child) this.#gone(undefined);
    this.send({ type: 'shutdown' });
    const term = setTimeout(() => this.#child?.kill('SIGTERM'), TERM_MS);
    const kill = setTimeout(() => this.#child?.kill('SIGKILL'), KILL_MS);
    await this.#exited;
    clearTimeout(term);
    clearTimeout(kill);
  }

  #fork(socketPath: string): void {
    if (!this.#isWanted) return;
    const { childPath, nodePath, cwd, notebookPath, maxInlineBytes, interactive, secrets } = this.#options;
    const env: NodeJS.ProcessEnv = { ...process.env, ...this.#options.env };
    delete env['NODE_OPTIONS'];
    delete env['NODE_V8_COVERAGE'];
    Object.assign(env, {
      ELECTRON_RUN_AS_NODE: '1',
      NADIR_CONTROL_SOCKET: socketPath,
      NADIR_CONTROL_TOKEN: this.#token,
      NADIR_KERNEL_FOLDER: this.#folder,
    });
    try {
      this.#child = fork(childPath, [], {
        cwd,
        env,
        execPath: nodePath ?? process.execPath,
        execArgv: this.#flags(),
        serialization: 'advanced',
        stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      });
    } catch (error) {
      this.#gone(startError(error instanceof Error ? error.message : String(error)));
      return;
    }
    const child = this.#child;
    child.on('message', (value: unknown) => this.#onMessage(value));
    child.on('error', (error) =>
      this.#gone(
        startError(
          // Node reports a missing folder as a missing executable.
          existsSync(cwd)
            ? `${nodePath ?? process.execPath} could not be started: ${error.message}`
            : `The working folder ${cwd} does not exist.`,
        ),
      ),
    );
    child.on('close', (code, signal) => this.#gone(this.#isWanted ? this.#reason(code, signal) : undefined));
    child.stdout?.setEncoding('utf8').on('data', (text: string) => this.#onRaw('stdout', text));
    child.stderr?.setEncoding('utf8').on('data', (text: string) => this.#onRaw('stderr', text));
    this.send({
      type: 'init',
      version: PROTOCOL_VERSION,
      notebookPath,
      maxInlineBytes: maxInlineBytes ?? DEFAULT_INLINE_BYTES,
      secrets: secrets ?? {},
      interactive,
    });
  }

  #flags(): string[] {
    // A termination inside a timer leaves ids on Node's async stack; its consistency check would end the process before the
    // kernel can clear them (`child/watch.ts`).
    const flags = [
      '--experimental-import-meta-resolve',
      '--no-force-async-hooks-checks',
      `--max-old-space-size=${heapLimitMB(this.#options)}`,
    ];
    const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
    const isOwn = this.#options.nodePath === undefined || this.#options.nodePath === process.execPath;
    // Other Node executables are not asked for their version: without the flag output belongs to the running cell.
    if (isOwn && ((major === 22 && minor >= 7) || major === 23)) flags.push('--experimental-async-context-frame');
    return flags;
  }

  #onMessage(value: unknown): void {
    const message = parseFromKernel(value);
    if (!message) {
      this.#events.onProtocolError('a malformed message of the kernel was dropped');
      return;
    }
    if (message.type === 'ready') {
      this.#isReady = true;
      clearTimeout(this.#startTimer);
    }
    if (!this.#isGone) this.#events.onMessage(message);
  }

  #onSocket(socket: Socket): void {
    let rest = '';
    let isTrusted = false;
    socket.setEncoding('utf8');
    socket.on('error', () => undefined);
    socket.on('data', (chunk: string) => {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        if (isTrusted) this.#onControlLine(line);
        else if (line === this.#token) {
          isTrusted = true;
          this.#control = socket;
          for (const message of this.#pendingControl.splice(0)) this.control(message);
        } else return void socket.destroy();
      }
      if (rest.length > 65_536) socket.destroy();
    });
  }

  #onControlLine(line: string): void {
    let value: unknown;
    try {
      value = JSON.parse(line);
    } catch {
      value = undefined;
    }
    const message = parseFromControl(value);
    if (!message) {
      this.#events.onProtocolError('a malformed line of the control worker was dropped');
      return;
    }
    if (!this.#isGone) this.#events.onControl(message);
  }

  #onRaw(name: 'stdout' | 'stderr', text: string): void {
    if (name === 'stderr') this.#stderr = (this.#stderr + text).slice(-STDERR_TAIL_CHARS);
    this.#raw.push({ name, text });
    if (this.#rawTimer && LAST_WORDS.test(text)) {
      clearTimeout(this.#rawTimer);
      this.#rawTimer = undefined;
    }
    this.#rawTimer ??= setTimeout(
      () => {
        this.#rawTimer = undefined;
        for (const raw of this.#raw.splice(0)) this.#events.onRawText(raw.name, raw.text);
      },
      LAST_WORDS.test(text) ? LAST_WORDS_MS : RAW_DELAY_MS,
    );
  }

  #tail(): string {
    const lines = this.#stderr.trim().split('\n').slice(-20).join('\n');
    return lines === '' ? '' : `\n${lines}`;
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): CellError {
    const how = signal === null ? `exit code ${code ?? 'unknown'}` : `signal ${signal}`;
    if (!this.#isReady) return startError(`The kernel ended while starting (${how}).${this.#tail()}`);
    const isAbort = signal === 'SIGABRT' || signal === 'SIGTRAP' || code === 134;
    if (isAbort && this.#stderr.includes('heap out of memory')) {
      const message = `The kernel ran out of memory: the heap limit is ${heapLimitMB(this.#options)} MB (setting nadir.kernel.maxHeapMB). Variables are lost; restart the kernel.`;
      return { name: 'OutOfMemoryError', message, stack: `OutOfMemoryError: ${message}` };
    }
    const why = signal === 'SIGKILL' ? ' It was stopped by the system, probably out of memory.' : '';
    const message = `The kernel ended (${how}).${why} Variables are lost; restart the kernel.`;
    return { name: 'KernelDiedError', message, stack: `KernelDiedError: ${message}${this.#tail()}` };
  }

  #gone(error: CellError | undefined): void {
    const hasEnded =
      !this.#child || this.#child.exitCode !== null || this.#child.signalCode !== null || this.#child.pid === undefined;
    if (hasEnded) {
      rmSync(this.#folder, { recursive: true, force: true });
      this.#resolveExited();
    }
    if (this.#isGone) return;
    this.#isGone = true;
    clearTimeout(this.#startTimer);
    clearTimeout(this.#rawTimer);
    this.#server.close();
    this.#control?.destroy();
    this.#events.onGone(error);
  }
}

function startError(message: string): CellError {
  return { name: 'KernelStartError', message, stack: `KernelStartError: ${message}` };
}
