/** Style of the report page: light, dark and print. */
export const REPORT_STYLE = `
:root { color-scheme: light dark; --page: #ffffff; --text: #1f2328; --muted: #59636e; --line: #d8dee4; --code: #f6f8fa; --accent: #0b6a78;
  --keyword: #8a2dae; --string: #1a6b3a; --number: #95500c; --error: #b3261e; --error-back: #fdf0ef; --warn-back: #fff8e6; }
@media (prefers-color-scheme: dark) { :root { --page: #16191d; --text: #dfe3e8; --muted: #98a2ad; --line: #323941; --code: #1e2329; --accent: #5cc4d3;
  --keyword: #cf9bec; --string: #8fd19e; --number: #e5b076; --error: #ff9a91; --error-back: #351d1c; --warn-back: #33290f; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--text); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.5rem 4rem; }
h1, h2, h3, h4 { line-height: 1.25; margin: 1.6em 0 0.5em; text-wrap: balance; }
h1 { font-size: 1.9rem; margin-top: 0.2em; } h2 { font-size: 1.4rem; } h3 { font-size: 1.15rem; }
p, ul, ol { margin: 0.6em 0; } a { color: var(--accent); }
.facts { color: var(--muted); font-size: 0.875rem; margin: 0 0 2rem; padding-bottom: 1rem; border-bottom: 1px solid var(--line); }
code, pre, kbd, samp { font-family: ui-monospace, "Cascadia Code", "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 0.875em; }
:not(pre) > code { background: var(--code); border-radius: 4px; padding: 0.1em 0.35em; }
.markdown pre, .source { background: var(--code); border: 1px solid var(--line); border-radius: 6px; padding: 0.75rem 1rem; margin: 0; overflow-x: auto; line-height: 1.5; font-size: 0.84rem; }
.cell { margin: 1.4rem 0; }
.source { counter-reset: line; padding-left: 0; white-space: pre-wrap; overflow-wrap: anywhere; }
.source code { font-size: inherit; display: block; }
.line { display: inline-block; width: 100%; padding-left: 3.4rem; position: relative; min-height: 1.5em; vertical-align: top; }
.line::before { counter-increment: line; content: counter(line); position: absolute; left: 0; width: 2.4rem; text-align: right; color: var(--muted); opacity: 0.7; user-select: none; }
.label { color: var(--muted); font-size: 0.75rem; margin: 0 0 0.25rem; font-variant-numeric: tabular-nums; }
.keyword { color: var(--keyword); } .string { color: var(--string); } .number { color: var(--number); } .comment { color: var(--muted); font-style: italic; }
.outputs { margin: 0.6rem 0 0; padding-left: 1rem; border-left: 3px solid var(--line); }
.outputs > * { margin: 0.5rem 0; }
.text { white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; font-size: 0.84rem; max-height: 40rem; overflow: auto; }
.stderr { background: var(--warn-back); border-radius: 4px; padding: 0.4rem 0.75rem; }
.error { background: var(--error-back); border-radius: 4px; padding: 0.6rem 0.75rem; color: var(--error); }
.error pre { margin: 0; } .error strong { display: block; margin-bottom: 0.3rem; font-family: inherit; }
figure { margin: 0.75rem 0; } figcaption { color: var(--muted); font-size: 0.84rem; margin-top: 0.3rem; }
img { max-width: 100%; height: auto; border-radius: 4px; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.875rem; font-variant-numeric: tabular-nums; }
th, td { padding: 0.3rem 0.75rem; border-bottom: 1px solid var(--line); text-align: left; vertical-align: top; }
thead th { border-bottom-width: 2px; white-space: nowrap; }
details summary { color: var(--muted); font-size: 0.84rem; cursor: pointer; }
blockquote { margin: 0.8em 0; padding-left: 1rem; border-left: 3px solid var(--line); color: var(--muted); }
@media print { :root { --page: #fff; --text: #000; --muted: #444; --line: #bbb; --code: #f6f6f6; --keyword: #6a1b8a; --string: #14532d; --number: #7c3f00; }
  body { font-size: 10.5pt; } main { max-width: none; padding: 0; } .text { max-height: none; } .source, figure, tr { break-inside: avoid; } h1, h2, h3 { break-after: avoid; } details { display: none; } }
`.trim();
