/** Serves the harness page and drives it in Chromium; see page.html for the other half. */
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import path from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import type { AnyPayload } from '../../src/display/wire/parse.js';
import type { ViewRequest } from '../../src/display/wire/payload.js';
import type { Theme } from './themes.js';

declare global {
  interface Window {
    ready?: boolean;
    answer?: (message: ViewRequest) => void;
    harness: {
      posted: ViewRequest[];
      states: Record<string, unknown>;
      reply: (message: unknown) => void;
      theme: (theme: Theme) => void;
      mount: (
        id: string,
        payload: AnyPayload | string,
        options?: { entry?: string; messaging?: boolean; width?: number },
      ) => Promise<number>;
      clear: () => Promise<void>;
    };
  }
}

const ROOT = process.cwd();
/** The policy of a notebook webview with `notebook.experimental.enableCsp`. */
const POLICY =
  "default-src 'none'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; style-src 'self' 'unsafe-inline'; img-src 'self' https: http: data:; font-src 'self' https:; connect-src https:; child-src https: data:";
const FLAGS = [
  '--no-sandbox',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--ignore-gpu-blocklist',
];
export const CHROMIUM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why the suite cannot run here, or false. */
export function missing(): string | false {
  if (!existsSync(CHROMIUM)) return `no Chromium at ${CHROMIUM} (set CHROMIUM)`;
  return existsSync(path.join(ROOT, 'dist/renderers/map.js')) ? false : 'dist/renderers is not built (npm run build)';
}

export interface Rig {
  readonly browser: Browser;
  /** A new page, `csp` with the notebook's policy; collects what must not happen. */
  open(options?: { csp?: boolean; scale?: number }): Promise<{ page: Page; faults: string[] }>;
  close(): Promise<void>;
}

async function serve(): Promise<{ server: Server; address: string }> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const isPage = url.pathname === '/';
    const file = isPage
      ? path.join(ROOT, 'test/renderers/page.html')
      : path.join(ROOT, 'dist', path.normalize(url.pathname));
    readFile(file).then(
      (body) => {
        response.setHeader('content-type', isPage ? 'text/html' : 'text/javascript');
        if (isPage && url.searchParams.has('csp')) response.setHeader('content-security-policy', POLICY);
        response.end(body);
      },
      () => {
        response.statusCode = 404;
        response.end();
      },
    );
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, address: `http://127.0.0.1:${address.port}` };
}

/** Starts the server and the browser. */
export async function startRig(): Promise<Rig> {
  const { server, address } = await serve();
  const browser = await chromium.launch({ executablePath: CHROMIUM, headless: true, args: FLAGS });
  return {
    browser,
    async open({ csp = false, scale = 1 } = {}) {
      const context = await browser.newContext({ viewport: { width: 900, height: 760 }, deviceScaleFactor: scale });
      const page = await context.newPage();
      const faults: string[] = [];
      page.on('console', (m) => {
        // Software rendering warns about its own read-backs; that is the machine, not the page.
        if (
          m.type() === 'error' ||
          (m.type() === 'warning' && !/GPU stall|swiftshader|WebGL|GL Driver/i.test(m.text()))
        )
          faults.push(`${m.type()}: ${m.text()}`);
      });
      page.on('pageerror', (e) => faults.push(`exception: ${e.message}`));
      page.on('request', (r) => {
        if (!r.url().startsWith(address) && !r.url().startsWith('data:'))
          faults.push(`request: ${r.url().slice(0, 100)}`);
      });
      await page.goto(csp ? `${address}/?csp` : address);
      await page.waitForFunction(() => globalThis.window.ready === true);
      return { page, faults };
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

/** Mounts a payload; the height is the one of the same frame. */
export function mount(
  page: Page,
  id: string,
  payload: AnyPayload | string,
  options: { entry?: string; messaging?: boolean; width?: number } = {},
): Promise<number> {
  return page.evaluate(([i, p, o]) => window.harness.mount(i, p, o), [id, payload, options] as const);
}

/** Waits until the map inside an output has been drawn. */
export async function mapLive(page: Page, id: string): Promise<void> {
  await page.locator(`#${id} .map-host[data-status=live]`).waitFor({ state: 'attached', timeout: 60_000 });
}

export interface Sheet {
  shot(name: string, sentence: string, png: Buffer): Promise<void>;
  write(): Promise<void>;
}

/** Screenshots with the sentence that should be true of each, and a page that shows them all. */
export function contactSheet(folder = path.join(ROOT, 'test-results/screens/renderers')): Sheet {
  const shots: { name: string; sentence: string }[] = [];
  return {
    async shot(name, sentence, png) {
      await mkdir(folder, { recursive: true });
      await writeFile(path.join(folder, `${name}.png`), png);
      shots.push({ name, sentence });
    },
    async write() {
      const figures = shots
        .map(
          (s) =>
            `<figure><img src="${s.name}.png" alt=""><figcaption><b>${s.name}</b> ${s.sentence}</figcaption></figure>`,
        )
        .join('\n');
      await writeFile(
        path.join(folder, 'index.html'),
        `<!doctype html><meta charset="utf-8"><title>Nadir renderers</title><style>body{font:14px sans-serif;margin:24px;background:#777;display:grid;grid-template-columns:repeat(auto-fill,minmax(620px,1fr));gap:24px}figure{margin:0}img{max-width:100%;display:block}figcaption{background:#fff;padding:6px}</style>\n${figures}\n`,
      );
    },
  };
}
