/** `--html`: an executed notebook as one self-contained page without script. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import MarkdownIt from 'markdown-it';
import { highlightLines } from './highlight.js';
import { fromLines } from './nbformat.js';
import type { Notebook, NotebookCell } from './notebook.js';
import { REPORT_STYLE } from './report-style.js';
import { escapeText, sanitizeHtml } from './sanitize-html.js';

/** Pictures beside the notebook are taken into the page up to this size, in bytes. */
const MAX_PICTURE_BYTES = 4_000_000;
/** Text of one output beyond this is cut in the page; the notebook keeps it, in characters. */
const MAX_TEXT_CHARS = 60_000;

const POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";

/** The page of a notebook: Markdown, code, text, tables, and pictures as data URLs. */
export async function reportHtml(notebook: Notebook): Promise<string> {
  const parts = await Promise.all(notebook.cells.map((cell) => cellHtml(cell, notebook)));
  const title = titleOf(notebook);
  const count = notebook.cells.filter((c) => c.type === 'code' && c.executionCount !== null).length;
  const failed = notebook.cells.filter((c) =>
    c.outputs.some((o) => isRecord(o) && o['output_type'] === 'error'),
  ).length;
  const facts = `${path.basename(notebook.path)} · ${count} ${count === 1 ? 'cell' : 'cells'} run${failed > 0 ? ` · ${failed} failed` : ''} · made with Nadir`;
  const hasHeading = /^#\s/m.test(notebook.cells.find((c) => c.type === 'markdown')?.source ?? '');
  const heading = hasHeading ? '' : `<h1>${escapeText(title)}</h1>\n`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<title>${escapeText(title)}</title>
<style>
${REPORT_STYLE}
</style>
</head>
<body>
<main>
${heading}<p class="facts">${escapeText(facts)}</p>
${parts.filter((p) => p !== '').join('\n')}
</main>
</body>
</html>
`;
}

/** First heading of the notebook, else the name of its file. */
function titleOf(notebook: Notebook): string {
  for (const cell of notebook.cells) {
    const heading = cell.type === 'markdown' ? /^#{1,2}\s+(.+?)\s*#*$/m.exec(cell.source)?.[1] : undefined;
    if (heading !== undefined) return heading.replace(/[*_`]/g, '');
  }
  return path.basename(notebook.path, '.ipynb');
}

async function cellHtml(cell: NotebookCell, notebook: Notebook): Promise<string> {
  if (cell.type === 'markdown') return `<section class="cell markdown">${await markdownHtml(cell, notebook)}</section>`;
  if (cell.type === 'raw') return `<section class="cell"><div class="text">${escapeText(cell.source)}</div></section>`;
  const outputs = cell.outputs.map(outputHtml).filter((o) => o !== '');
  if (cell.source.trim() === '' && outputs.length === 0) return '';
  const label = cell.executionCount === null ? (outputs.length > 0 ? '' : 'not run') : `[${cell.executionCount}]`;
  const source = `<p class="label">${label}</p><pre class="source"><code>${highlightLines(cell.source)}</code></pre>`;
  return `<section class="cell">${source}${outputs.length > 0 ? `\n<div class="outputs">${outputs.join('\n')}</div>` : ''}</section>`;
}

/** Markdown with raw HTML escaped; pictures only from attachments and files beside the notebook. */
async function markdownHtml(cell: NotebookCell, notebook: Notebook): Promise<string> {
  const markdown = new MarkdownIt({ html: false, linkify: false });
  const pictures = new Map<string, string>();
  for (const match of cell.source.matchAll(/!\[[^\]]*\]\(\s*<?([^)\s>]+)/g)) {
    const src = match[1] ?? '';
    const url = await pictureUrl(src, cell, notebook);
    if (url !== undefined) pictures.set(markdown.normalizeLink(src), url);
  }
  const validate = markdown.validateLink.bind(markdown);
  markdown.validateLink = (url) => url.startsWith('attachment:') || validate(url);
  markdown.renderer.rules['image'] = (tokens, index) => {
    const token = tokens[index];
    const src = token?.attrGet('src') ?? '';
    const alt = token?.content ?? '';
    const url = pictures.get(src);
    return url === undefined
      ? `<em>${escapeText(alt === '' ? src : alt)}</em>`
      : `<img src="${url}" alt="${escapeText(alt)}">`;
  };
  return markdown.render(cell.source);
}

async function pictureUrl(src: string, cell: NotebookCell, notebook: Notebook): Promise<string | undefined> {
  if (/^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/.test(src)) return src;
  if (src.startsWith('attachment:')) {
    const attachment = isRecord(cell.attachments)
      ? cell.attachments[decoded(src.slice('attachment:'.length))]
      : undefined;
    const [mime, content] = isRecord(attachment) ? (Object.entries(attachment)[0] ?? []) : [];
    return mime === undefined ? undefined : dataUrl(mime, content);
  }
  const mime = {
    '.png': 'image/png',
    '.jpg': 'image/jpeg',
    '.jpeg': 'image/jpeg',
    '.gif': 'image/gif',
    '.webp': 'image/webp',
  }[path.extname(src).toLowerCase()];
  if (mime === undefined || /^[a-z]+:/i.test(src)) return undefined;
  try {
    const bytes = await readFile(path.resolve(path.dirname(notebook.path), decoded(src)));
    return bytes.length <= MAX_PICTURE_BYTES ? `data:${mime};base64,${bytes.toString('base64')}` : undefined;
  } catch {
    return undefined; // the alternative text stands for a missing picture
  }
}

/** Text of a URL part; as it is where its escapes are broken. */
function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** One output; the richest type that a page without script can show. */
function outputHtml(output: unknown): string {
  if (!isRecord(output)) return '';
  switch (output['output_type']) {
    case 'stream':
      return textHtml(fromLines(output['text']), output['name'] === 'stderr' ? 'text stderr' : 'text');
    case 'error': {
      const stack = fromLines(output['traceback']);
      const head = `${String(output['ename'])}: ${String(output['evalue'])}`;
      const rest = (stack.startsWith(head) ? stack.slice(head.length) : stack)
        .replace(/^\n+/, '')
        .replace(/^ {4}at /gm, 'at ');
      return `<div class="error"><strong>${escapeText(head)}</strong>${rest === '' ? '' : textHtml(rest, 'text')}</div>`;
    }
    case 'display_data':
    case 'execute_result':
      return isRecord(output['data'])
        ? bundleHtml(output['data'], isRecord(output['metadata']) ? output['metadata'] : {})
        : '';
    default:
      return '';
  }
}

function bundleHtml(data: Readonly<Record<string, unknown>>, metadata: Readonly<Record<string, unknown>>): string {
  for (const mime of ['image/png', 'image/jpeg', 'image/webp', 'image/gif', 'image/svg+xml']) {
    const url = dataUrl(mime, data[mime]);
    if (url !== undefined) return imageHtml(url, mime, data, metadata);
  }
  const html = fromLines(data['text/html']);
  if (html !== '') return `<div class="scroll">${sanitizeHtml(html)}</div>`;
  const markdown = fromLines(data['text/markdown']);
  if (markdown !== '')
    return `<div class="markdown">${new MarkdownIt({ html: false }).disable('image').render(markdown)}</div>`;
  const plain = fromLines(data['text/plain']);
  return plain === '' ? '' : textHtml(plain, 'text');
}

function imageHtml(
  url: string,
  mime: string,
  data: Readonly<Record<string, unknown>>,
  metadata: Readonly<Record<string, unknown>>,
): string {
  const own = metadata[mime];
  const size = isRecord(own) ? own : {};
  const payload = Object.entries(data).find(([type]) => type.startsWith('application/vnd.nadir.'))?.[1];
  const alt = firstText(
    metadata['vscode_altText'],
    isRecord(payload) ? payload['alt'] : undefined,
    fromLines(data['text/plain']).split('\n')[0],
  );
  const title = isRecord(payload) ? firstText(payload['title']) : '';
  const truncated = isRecord(payload) ? firstText(payload['truncated']) : '';
  const dimensions = ['width', 'height']
    .map((key) => (typeof size[key] === 'number' && size[key] > 0 ? ` ${key}="${Math.round(size[key])}"` : ''))
    .join('');
  const caption = [title, truncated].filter((t) => t !== '').join(' · ');
  const plain = fromLines(data['text/plain']);
  const details = plain.includes('\n') ? `<details><summary>as text</summary>${textHtml(plain, 'text')}</details>` : '';
  return `<figure><img src="${url}" alt="${escapeText(alt)}"${dimensions}>${caption === '' ? '' : `<figcaption>${escapeText(caption)}</figcaption>`}${details}</figure>`;
}

function dataUrl(mime: string, content: unknown): string | undefined {
  const text = fromLines(content);
  if (text === '') return undefined;
  if (mime === 'image/svg+xml') return `data:image/svg+xml;base64,${Buffer.from(text).toString('base64')}`;
  const base64 = text.replace(/\s/g, '');
  return /^image\/(png|jpeg|gif|webp)$/.test(mime) && /^[A-Za-z0-9+/]+={0,2}$/.test(base64)
    ? `data:${mime};base64,${base64}`
    : undefined;
}

function firstText(...candidates: readonly unknown[]): string {
  for (const c of candidates) if (typeof c === 'string' && c !== '') return c;
  return '';
}

function textHtml(text: string, className: string): string {
  const clean = text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, '').trimEnd();
  if (clean === '') return '';
  const cut =
    clean.length > MAX_TEXT_CHARS
      ? `${clean.slice(0, MAX_TEXT_CHARS)}\n… (${clean.length - MAX_TEXT_CHARS} more characters in the notebook)`
      : clean;
  return `<pre class="${className}">${escapeText(cut)}</pre>`;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
