/** Runs cells on the built child through the real client and records what comes out. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after } from 'node:test';
import type { ExecuteResult, KernelOptions, KernelRequest, KernelState } from '../../../kernels/client-types.js';
import { KernelClient } from '../../../kernels/client.js';
import type { BundleMetadata, CellError, MimeBundle } from '../../../kernels/protocol.js';

/** Clients that a failed test left open would keep the test process alive. */
const open = new Set<KernelClient>();
after(() => Promise.all([...open].map((client) => client.dispose())));

export const childPath = path.resolve('dist/kernel/main.js');

/** Node that runs the children, from NADIR_TEST_NODE (absolute path); by default the one that runs the tests. */
export const testNode: { readonly nodePath?: string } = process.env['NADIR_TEST_NODE']
  ? { nodePath: process.env['NADIR_TEST_NODE'] }
  : {};

/** Everything one execution produced. */
export interface Outcome extends ExecuteResult {
  order: number | undefined;
  stdout: string;
  stderr: string;
  /** Every output in order, for tests of order. */
  log: string[];
  displays: { bundle: MimeBundle; metadata: BundleMetadata; displayId: string | undefined }[];
  result: MimeBundle | undefined;
  resultMetadata: BundleMetadata | undefined;
  error: CellError | undefined;
  errors: CellError[];
  trims: number[];
}

export interface Harness {
  readonly client: KernelClient;
  readonly folder: string;
  readonly updates: { displayId: string; bundle: MimeBundle; at: number }[];
  readonly late: { cellId: string; text: string }[];
  readonly lateErrors: { cellId: string; error: CellError }[];
  readonly states: KernelState[];
  readonly logs: string[];
  readonly died: CellError[];
  onRequest: (request: KernelRequest) => Promise<unknown>;
  /** Runs a cell; the cell's position counts up unless given. */
  run(
    source: string,
    options?: { cellId?: string; cellIndex?: number; language?: string; onStream?: (text: string) => void },
  ): Promise<Outcome>;
  close(): Promise<void>;
}

export function startHarness(options: Partial<KernelOptions> = {}): Harness {
  const folder = options.cwd ?? mkdtempSync(path.join(tmpdir(), 'nadir test ü-'));
  const harness: Omit<Harness, 'client' | 'run' | 'close'> = {
    folder,
    updates: [],
    late: [],
    lateErrors: [],
    states: [],
    logs: [],
    died: [],
    onRequest: () => Promise.resolve(undefined),
  };
  const client = new KernelClient(
    {
      childPath,
      cwd: folder,
      notebookPath: path.join(folder, 'test.ipynb'),
      interactive: true,
      ...testNode,
      ...options,
    },
    {
      onState: (state) => harness.states.push(state),
      onVariables: () => undefined,
      onUpdate: (displayId, bundle) => harness.updates.push({ displayId, bundle, at: performance.now() }),
      onLateStream: (cellId, _name, text) => harness.late.push({ cellId, text }),
      onLateError: (cellId, error) => harness.lateErrors.push({ cellId, error }),
      onRequest: (request) => harness.onRequest(request),
      onLog: (level, text) => harness.logs.push(`${level}: ${text}`),
      onDied: (error) => harness.died.push(error),
    },
  );
  open.add(client);
  let next = 0;
  const run: Harness['run'] = async (source, o = {}) => {
    const cellIndex = o.cellIndex ?? next++;
    const out: Outcome = {
      status: 'cancelled',
      durationMs: 0,
      order: undefined,
      stdout: '',
      stderr: '',
      log: [],
      displays: [],
      result: undefined,
      resultMetadata: undefined,
      error: undefined,
      errors: [],
      trims: [],
    };
    const done = await client.execute(
      { cellId: o.cellId ?? `c${cellIndex}`, cellIndex, source, language: o.language ?? 'typescript' },
      {
        started: (order) => (out.order = order),
        stream(name, text) {
          out[name] += text;
          out.log.push(`${name}:${text}`);
          o.onStream?.(text);
        },
        display(bundle, metadata, displayId) {
          out.displays.push({ bundle, metadata, displayId });
          out.log.push(`display:${String(bundle['text/plain'])}`);
        },
        result(bundle, metadata) {
          out.result = bundle;
          out.resultMetadata = metadata;
          out.log.push(`result:${String(bundle['text/plain'])}`);
        },
        clear: () => undefined,
        trimText(keep) {
          out.trims.push(keep);
          out.stdout = out.stdout.slice(0, keep);
        },
        error(error) {
          out.error ??= error;
          out.errors.push(error);
          out.log.push(`error:${error.name}`);
        },
      },
    );
    return Object.assign(out, done);
  };
  const close = async (): Promise<void> => {
    open.delete(client);
    await client.dispose();
    if (options.cwd === undefined) rmSync(folder, { recursive: true, force: true });
  };
  return Object.assign(harness, { client, run, close });
}

/** Text of a cell's value. */
export function valueOf(out: Outcome): string | undefined {
  return out.result === undefined ? undefined : String(out.result['text/plain']);
}

/** Waits until a condition holds; fails with its text after the deadline. */
export async function until(condition: () => boolean, what: string, ms = 5000): Promise<void> {
  const end = performance.now() + ms;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`timed out after ${ms} ms: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
