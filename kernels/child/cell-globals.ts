/** What cells find without an import: display, progress, input, pick, signal, html, md, svg, require (`kernel.md` §6). */
import { DISPLAY_METHOD } from '../../src/core/display.js';
import type { Shown } from './bundle.js';
import { escapeHtml } from './table-bundle.js';
import { FULL_OUTPUT_BYTES, UPDATE_MS } from './limits.js';

export interface GlobalServices {
  /** Signal of the running cell; one that never aborts between cells. */
  signal(): AbortSignal;
  /** Bundle of a value, at most `maxBytes` large. */
  bundle(value: unknown, maxBytes: number | undefined): Shown | Promise<Shown>;
  /** Shows in the running cell. */
  show(shown: Shown | Promise<Shown>, displayId?: string): void;
  /** Changes a display of any cell. */
  update(displayId: string, shown: Shown | Promise<Shown>): void;
  clear(displayId: string): void;
  /** Calls back when the running cell ends. */
  atEnd(callback: () => void): void;
  progress(label: string, total: number | undefined): { update(done: number): void; done(): void };
  ask(question: {
    kind: 'input' | 'pick';
    prompt: string;
    password?: boolean;
    items?: readonly string[];
  }): Promise<unknown>;
  readonly require: NodeJS.Require;
}

export interface DisplayHandle {
  readonly id: string;
  update(value: unknown): void;
  clear(): void;
}

/** Marks what a global returns for later use: as the value of a cell it shows nothing. */
export const HANDLE = Symbol.for('nadir.handle');

interface DisplayOptions {
  readonly id?: string;
  /** True: change the display with this id instead of adding one. */
  readonly update?: boolean;
}

let displays = 0;

/** Defines the globals. They can be shadowed by variables of the same name. */
export function installGlobals(services: GlobalServices): void {
  const display = (value: unknown, options: DisplayOptions = {}): DisplayHandle =>
    showValue(services, value, options, undefined);
  const full = (value: unknown, options: DisplayOptions = {}): DisplayHandle =>
    showValue(services, value, options, FULL_OUTPUT_BYTES);
  const values: Record<string, unknown> = {
    display: Object.assign(display, { full }),
    progress: (total?: number, options: { readonly label?: string } = {}) =>
      countingBar(services, total, options.label ?? 'progress'),
    input: async (prompt = '', options: { readonly password?: boolean } = {}) =>
      services.ask({ kind: 'input', prompt, password: options.password === true }),
    pick: async (items: readonly unknown[], prompt = '') => pickItem(services, items, prompt),
    html: tag('text/html', (v) => escapeHtml(String(v))),
    md: tag('text/markdown', String),
    svg: tag('image/svg+xml', (v) => escapeHtml(String(v))),
    require: services.require,
  };
  for (const [name, value] of Object.entries(values))
    Object.defineProperty(globalThis, name, { value, writable: true, configurable: true, enumerable: false });
  Object.defineProperty(globalThis, 'signal', { get: () => services.signal(), configurable: true, enumerable: false });
}

function showValue(
  services: GlobalServices,
  value: unknown,
  options: DisplayOptions,
  maxBytes: number | undefined,
): DisplayHandle {
  const id = options.id ?? `display-${process.pid}-${displays++}`;
  const shown = services.bundle(value, maxBytes);
  if (options.update === true) services.update(id, shown);
  else services.show(shown, id);
  const push = throttled(services, (next: unknown) => services.update(id, services.bundle(next, maxBytes)));
  return asHandle({ id, update: push, clear: () => services.clear(id) });
}

/** Calls at most ten times per second; the last value always arrives, at the latest when the cell ends. */
function throttled(services: GlobalServices, fn: (value: unknown) => void): (value: unknown) => void {
  let timer: NodeJS.Timeout | undefined;
  let last: unknown;
  let at = -Infinity;
  services.atEnd(() => timer && run());
  const run = (): void => {
    clearTimeout(timer);
    timer = undefined;
    at = performance.now();
    fn(last);
  };
  return (value) => {
    last = value;
    const wait = at + UPDATE_MS - performance.now();
    if (timer) return;
    if (wait <= 0) run();
    else timer = setTimeout(run, wait);
  };
}

function countingBar(
  services: GlobalServices,
  total: number | undefined,
  label: string,
): { tick(n?: number): void; done(): void } {
  const bar = services.progress(label, total);
  let count = 0;
  return asHandle({
    tick: (n = 1) => bar.update((count += n)),
    done: () => bar.done(),
  });
}

function asHandle<T extends object>(handle: T): T {
  return Object.defineProperty(handle, HANDLE, { value: true });
}

async function pickItem(services: GlobalServices, items: unknown, prompt: string): Promise<unknown> {
  if (!Array.isArray(items)) throw new TypeError(`pick takes a list first, pick(items, prompt); got ${typeof items}.`);
  const labels = items.map(String);
  const chosen = await services.ask({ kind: 'pick', prompt, items: labels });
  return items[labels.indexOf(String(chosen))];
}

interface Tagged {
  readonly mime: string;
  readonly text: string;
}

const TAGGED = Symbol.for('nadir.tagged');

/** Template tag, also callable with a string. Interpolated values are escaped unless they come from the same tag. */
function tag(
  mime: string,
  escape: (value: unknown) => string,
): (strings: TemplateStringsArray | string, ...values: unknown[]) => object {
  const interpolate = (value: unknown): string => {
    if (Array.isArray(value)) return value.map(interpolate).join('');
    const tagged =
      typeof value === 'object' && value !== null ? (Reflect.get(value, TAGGED) as Tagged | undefined) : undefined;
    return tagged?.mime === mime ? tagged.text : escape(value);
  };
  return (strings, ...values) => {
    const text =
      typeof strings === 'string'
        ? strings
        : strings.map((s, i) => s + (i < values.length ? interpolate(values[i]) : '')).join('');
    const plain =
      mime === 'text/html'
        ? text
            .replace(/<[^>]*>/g, '')
            .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
            .trim()
        : text;
    return {
      [TAGGED]: { mime, text },
      [DISPLAY_METHOD]: () => ({ [mime]: text, 'text/plain': plain }),
      toString: () => text,
    };
  };
}
