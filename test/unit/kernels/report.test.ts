import assert from 'node:assert/strict';
import { test } from 'node:test';
import { highlightLines } from '../../../kernels/highlight.js';
import { parseNotebook } from '../../../kernels/notebook.js';
import { reportHtml } from '../../../kernels/report.js';
import { sanitizeHtml } from '../../../kernels/sanitize-html.js';

test('nothing that runs, fetches or restyles survives in HTML of outputs', () => {
  const attacks = [
    '<script>alert(1)</script>',
    '<img src=x onerror=alert(1)>',
    '<svg onload=alert(1)></svg>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="java&#115;cript:alert(1)">x</a>',
    '<a href=" &Tab;javascript:alert(1)">x</a>',
    '<iframe src="https://e.org"></iframe>',
    '<style>*{display:none}</style>',
    '<div style="position:fixed">x</div>',
    '<img src="https://e.org/p.png">',
    '<scr<script>ipt>alert(1)</scr</script>ipt>',
    '<form action="https://e.org"><button>',
    '<p onclick=alert(1)>',
    '<!--><script>alert(1)//--></script>',
    '<a href="data:text/html,<script>alert(1)</script>">',
    '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
    '<base href="https://e.org">',
    '<meta http-equiv=refresh content=0>',
    '<img src="data:image/svg+xml;base64,AAAA">',
    '<p title="</p><script>alert(1)</script>">',
    '<ScRiPt>alert(1)',
    '< script>alert(1)</ script>',
  ];
  for (const attack of attacks) {
    const safe = sanitizeHtml(attack);
    assert.doesNotMatch(
      safe,
      /<\s*(script|iframe|style|svg|form|button|base|meta|math)|\son\w+=|javascript:|style=|src="(?!data:image\/png)/i,
      `${attack} → ${safe}`,
    );
  }
});

test('markup made to keep the search busy is cleaned in bounded time', () => {
  for (const part of ['<a "', "<a '", '<', '<a ', '<script', '<!--', 'a=', '<a b="']) {
    const startedAt = performance.now();
    sanitizeHtml(part.repeat(200_000));
    sanitizeHtml(`<a ${part.repeat(200_000)}>`);
    assert.ok(performance.now() - startedAt < 2000, `${part}: ${Math.round(performance.now() - startedAt)} ms`);
  }
  const startedAt = performance.now();
  sanitizeHtml(`<a ${'x'.repeat(500_000)}>`);
  assert.ok(performance.now() - startedAt < 2000);
});

test('tables and text formatting survive', () => {
  const table =
    '<table><thead><tr><th colspan="2">a</th></tr></thead><tbody><tr><td>1</td><td><b>2</b></td></tr></tbody></table>';
  assert.equal(sanitizeHtml(table), table);
  assert.equal(sanitizeHtml('a < b and <i>c</i>'), 'a &lt; b and <i>c</i>');
});

test('highlighting changes no character of the source', () => {
  const source = 'const a = `x\n${1}` // c\n/* two\nlines */ let b = "q\\"" + 0xff; class A { static x = /a"b/ }';
  const text = highlightLines(source)
    .replace(/<[^>]*>/g, '')
    .replace(/&#(\d+);/g, (_, c: string) => String.fromCharCode(Number(c)));
  assert.equal(text, source);
});

test('a page holds Markdown, code, text, errors and pictures with their CSS width and alt, and no script', async () => {
  const notebook = parseNotebook(
    JSON.stringify({
      nbformat: 4,
      nbformat_minor: 5,
      metadata: {},
      cells: [
        {
          cell_type: 'markdown',
          id: 'm',
          metadata: {},
          source: '# The *title*\n\n![p](https://e.org/x.png) <script>alert(1)</script> [l](javascript:alert(1))',
        },
        {
          cell_type: 'code',
          id: 'c',
          metadata: {},
          execution_count: 1,
          source: 'const x = "<b>";',
          outputs: [
            { output_type: 'stream', name: 'stdout', text: ['<hi>\n'] },
            {
              output_type: 'display_data',
              data: { 'image/png': 'QUJD', 'text/html': '<p>not shown</p>', 'text/plain': 'plain' },
              metadata: { 'image/png': { width: 320, height: 200 }, vscode_altText: 'a "map"' },
            },
            {
              output_type: 'execute_result',
              execution_count: 1,
              data: { 'text/html': '<table><tr><td>cell</td></tr></table><script>1</script>' },
              metadata: {},
            },
            { output_type: 'error', ename: 'E', evalue: 'why', traceback: ['E: why\n', '    at Cell 2:1:1'] },
            null,
          ],
        },
      ],
    }),
    'x.ipynb',
  );
  const html = await reportHtml(notebook);
  assert.match(html, /<title>The title<\/title>/);
  assert.match(html, /<img src="data:image\/png;base64,QUJD" alt="a &#34;map&#34;" width="320" height="200">/);
  assert.match(html, /<pre class="text">&#60;hi&#62;<\/pre>/);
  assert.match(html, /<td>cell<\/td>/);
  assert.match(html, /<strong>E: why<\/strong><pre class="text">at Cell 2:1:1<\/pre>/);
  assert.doesNotMatch(html, /<script|href="javascript:|src="http|not shown/i);
});

test('broken escapes in addresses of pictures do not end the page', async () => {
  const notebook = parseNotebook(
    JSON.stringify({
      cells: [
        {
          cell_type: 'markdown',
          id: 'm',
          metadata: {},
          attachments: {},
          source: '![one](attachment:%E0%A4%A.png) ![two](%E0%A4%A.png) after',
        },
      ],
      metadata: {},
      nbformat: 4,
      nbformat_minor: 5,
    }),
    'broken.ipynb',
  );
  assert.match(await reportHtml(notebook), /<em>one<\/em>[\s\S]*after/);
});
