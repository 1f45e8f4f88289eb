import assert from 'node:assert/strict';
import { readFileSync, rmSync, statSync } from 'node:fs';
import { after, test } from 'node:test';
import { OutputBuilder } from '../../../kernels/outputs.js';
import { startHarness, until, valueOf, type Harness } from './harness.js';

const h: Harness = startHarness();
after(() => h.close());

test('console methods go to their stream, in order, with groups and timers', async () => {
  const out = await h.run(
    'console.log("a", 1); console.error("b"); console.warn("w"); console.info("c"); console.group("G"); console.log("in"); console.groupEnd(); console.debug({ x: [1] }); console.assert(false, "no"); console.count(); console.dir({ d: 1 }); process.stdout.write("raw"); process.stderr.write(Buffer.from("é"))',
  );
  assert.equal(out.stdout, 'a 1\nc\nG\n  in\n{ x: [ 1 ] }\ndefault: 1\n{ d: 1 }\nraw');
  assert.equal(out.stderr, 'b\nw\nAssertion failed: no\né');
  assert.deepEqual(out.log.slice(0, 3), ['stdout:a 1\n', 'stderr:b\nw\n', 'stdout:c\nG\n  in\n{ x: [ 1 ] }\n']);
});

test('displays and text keep their order, also when a bundle takes time', async () => {
  const out = await h.run(
    'console.log("1"); display({ [Symbol.for("Jupyter.display")]: async () => { await new Promise((r) => setTimeout(r, 40)); return { "text/plain": "slow" } } }); console.log("2"); display("quick"); "value"',
  );
  assert.deepEqual(out.log, ['stdout:1\n', 'display:slow', 'stdout:2\n', "display:'quick'", "result:'value'"]);
});

test('unicode survives, also when a write cuts a character', async () => {
  const out = await h.run(
    'const 变量 = "🛰️ ü 漢字"; console.log(变量); const bytes = Buffer.from("€"); process.stdout.write(bytes.subarray(0, 1)); process.stdout.write(bytes.subarray(1)); 变量',
  );
  assert.equal(out.stdout, '🛰️ ü 漢字\n€');
  assert.equal(valueOf(out), "'🛰️ ü 漢字'");
});

test('carriage returns reach the host as they are; the saved text is what a terminal shows', async () => {
  const builder = new OutputBuilder();
  const out = await h.run(
    'for (let i = 0; i <= 100; i += 10) process.stdout.write(`\\r${i} %`); process.stdout.write("\\ndone\\n")',
    { onStream: (t) => builder.stream('stdout', t) },
  );
  assert.ok(out.stdout.startsWith('\r0 %\r10 %'));
  assert.deepEqual(builder.outputs(), [{ output_type: 'stream', name: 'stdout', text: ['100 %\n', 'done\n'] }]);
});

test('text of a loop that never yields is seen while it runs', async () => {
  let text = '';
  const running = h.run('console.log("seen"); const end = Date.now() + 700; while (Date.now() < end); 1', {
    onStream: (t) => (text += t),
  });
  await until(() => text === 'seen\n', 'text of a blocked cell', 600);
  await running;
});

test('beyond 2 MB the two ends stay around a line that names the file with the whole', async () => {
  const out = await h.run('for (let i = 0; i < 60_000; i++) console.log(`line ${i} ${"x".repeat(50)}`)');
  assert.ok(out.stdout.length > 399_000 && out.stdout.length < 402_000, `${out.stdout.length} characters`);
  assert.deepEqual(out.trims, [200_000]);
  const file = /the whole is in (\S.*?) …/.exec(out.stdout)?.[1] ?? '';
  const whole = readFileSync(file, 'utf8');
  assert.equal(
    whole.length,
    Array.from({ length: 60_000 }, (_, i) => `line ${i} `.length + 51).reduce((a, b) => a + b, 0),
  );
  assert.ok(out.stdout.startsWith(whole.slice(0, 200_000)));
  assert.ok(out.stdout.trimEnd().endsWith(whole.slice(-200_000).trimEnd()));
  rmSync(file);
});

test('100 MB of output leaves the host responsive and at most 2 MB behind', { timeout: 60_000 }, async () => {
  let worst = 0;
  let last = performance.now();
  const timer = setInterval(() => {
    worst = Math.max(worst, performance.now() - last);
    last = performance.now();
  }, 10);
  const out = await h.run(
    'const mega = ("y".repeat(99) + "\\n").repeat(10_000); for (let i = 0; i < 100; i++) process.stdout.write(mega); await 0; console.error("end"); 1',
  );
  clearInterval(timer);
  assert.equal(out.status, 'ok');
  assert.ok(out.stdout.length + out.stderr.length < 2_000_000);
  assert.ok(worst < 500, `the host stood still for ${Math.round(worst)} ms`);
  const file = /the whole is in (\S.*?) …/.exec(out.stdout)?.[1] ?? '';
  assert.equal(statSync(file).size, 100_000_000 + 4);
  rmSync(file);
});

test('one chunk of 5 MB is cut like many small ones', async () => {
  const out = await h.run('console.log("z".repeat(5_000_000))');
  assert.ok(out.stdout.length > 400_000 && out.stdout.length < 402_000, `${out.stdout.length}`);
  rmSync(/the whole is in (\S.*?) …/.exec(out.stdout)?.[1] ?? '');
});

test('a display of 5 MB arrives with display.full; without it the limit is named', async () => {
  const source = (show: string): string =>
    `const wide = { [Symbol.for("Jupyter.display")]: () => ({ "application/json": { s: "q".repeat(5_000_000) }, "text/plain": "wide" }) }; ${show}(wide)`;
  const full = await h.run(`${source('display.full')}; void 0`);
  assert.equal(String((full.displays[0]?.bundle['application/json'] as { s?: string }).s?.length), '5000000');
  const cut = await h.run(`${source('display')}; void 0`);
  assert.match(
    String(cut.displays[0]?.bundle['text/plain']),
    /wide\n\(output of 5\.0 MB left out: the limit is 2\.0 MB; display\.full/,
  );
});

test('text of a timer after the cell has ended belongs to that cell', async () => {
  await h.run('setTimeout(() => console.log("late"), 60); 0', { cellId: 'late-cell' });
  await until(() => h.late.some((l) => l.text.includes('late')), 'late text');
  assert.equal(h.late.at(-1)?.cellId, 'late-cell');
});

test('text of an interrupted cell is dropped after the interrupt', async () => {
  const running = h.run(
    'setInterval(() => console.log("zombie"), 20).unref(); globalThis.stop = 1; await new Promise(() => {})',
    { cellId: 'zombie' },
  );
  await new Promise((r) => setTimeout(r, 150));
  await h.client.interrupt();
  await running;
  await new Promise((r) => setTimeout(r, 200));
  assert.ok(!h.late.some((l) => l.cellId === 'zombie'));
  await h.client.restart();
});

test('output of subprocesses reaches the cell', async () => {
  const out = await h.run(
    'import { execFileSync } from "node:child_process"; execFileSync(process.execPath, ["-e", "console.log(5); console.error(6)"], { stdio: "inherit" }); await new Promise((r) => setTimeout(r, 300))',
  );
  assert.equal(out.stdout, '5\n');
  assert.equal(out.stderr, '6\n');
});

test('values show themselves by the richest way there is', async () => {
  const mimes = async (source: string): Promise<string[]> => {
    const out = await h.run(source);
    assert.equal(out.status, 'ok', out.error?.stack);
    return Object.keys(out.result ?? {});
  };
  assert.deepEqual(
    await mimes(
      '({ [Symbol.for("Jupyter.display")]: () => ({ "application/vnd.nadir.table.v1+json": {}, "image/png": new Uint8Array([1]), "text/plain": "t" }) })',
    ),
    ['application/vnd.nadir.table.v1+json', 'image/png', 'text/plain'],
  );
  assert.deepEqual(await mimes('new Uint8Array([0x89,0x50,0x4e,0x47,0x0d,0x0a,0x1a,0x0a,1,2])'), [
    'image/png',
    'text/plain',
  ]);
  assert.deepEqual(await mimes('Buffer.from([0xff,0xd8,0xff,0xe0])'), ['image/jpeg', 'text/plain']);
  assert.deepEqual(await mimes('({ type: "FeatureCollection", features: [] })'), [
    'application/geo+json',
    'text/plain',
  ]);
  assert.deepEqual(await mimes('({ toDataURL: () => "data:image/png;base64,AAAA" })'), ['image/png', 'text/plain']);
  assert.deepEqual(await mimes('({ outerHTML: "<b>x</b>" })'), ['text/html', 'text/plain']);
  assert.deepEqual(
    await mimes('({ toSpec: () => ({ $schema: "https://vega.github.io/schema/vega-lite/v5.json" }) })'),
    ['application/vnd.vegalite.v5+json', 'text/plain'],
  );
  assert.deepEqual(await mimes('html`<p>${"<script>"}</p>`'), ['text/html', 'text/plain']);
  assert.deepEqual(await mimes('md`# hi`'), ['text/markdown', 'text/plain']);
  assert.deepEqual(await mimes('svg`<svg/>`'), ['image/svg+xml', 'text/plain']);
});

test('the metadata of a bundle comes along', async () => {
  const out = await h.run(
    '({ [Symbol.for("Jupyter.display")]: () => ({ "image/png": "AAAA", "text/plain": "t", [Symbol.for("nadir.bundleMetadata")]: { "image/png": { width: 10 } } }) })',
  );
  assert.deepEqual(out.resultMetadata, { 'image/png': { width: 10 } });
});

test('arrays of tensors are shown by the library when it says how', async () => {
  const out = await h.run(
    'globalThis[Symbol.for("nadir.displayArray")] = async (v) => ({ "text/plain": `chips ${v.length}` }); const tensor = { [Symbol.for("nadir.kind")]: "tensor" }; [tensor, tensor, tensor]',
  );
  assert.equal(valueOf(out), 'chips 3');
});

test('typed arrays are summarised, never dumped', async () => {
  const text =
    valueOf(
      await h.run('const f = new Float32Array(100_000); for (let i = 0; i < f.length; i++) f[i] = i; f[5] = NaN; f'),
    ) ?? '';
  assert.match(
    text,
    /^Float32Array\(100000\)\nmin 0, max 99999, mean 50000, 1 not finite\nhistogram █{16}\nvalues 0, 1, 2, 3, 4, NaN, 6, 7, …$/,
  );
  assert.match(valueOf(await h.run('new BigInt64Array([1n, 3n])')) ?? '', /min 1, max 3, mean 2/);
  assert.equal(valueOf(await h.run('new Uint8Array(0)')), 'Uint8Array(0)');
});

test('inspection is bounded in depth, items and size', async () => {
  const text =
    valueOf(
      await h.run(
        '({ a: { b: { c: { d: { e: 1 } } } }, long: Array.from({ length: 5000 }, (_, i) => i), s: "s".repeat(1e5) })',
      ),
    ) ?? '';
  assert.match(text, /\[Object\]/);
  assert.ok(text.length < 8_100, `${text.length}`);
  assert.equal(
    valueOf(
      await h.run('({ get x() { throw 1 }, [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("no") } })'),
    ),
    '[object Object] (its inspection failed: no)',
  );
});

test('console.table shows HTML and text', async () => {
  const out = await h.run('console.table([{ id: "<b>", n: 1 }, { id: "y", m: [2] }]); console.table(5)');
  assert.deepEqual(Object.keys(out.displays[0]?.bundle ?? {}), ['text/html', 'text/plain']);
  assert.match(String(out.displays[0]?.bundle['text/html']), /<td>&#60;b&#62;<\/td>/);
  assert.equal(out.displays[0]?.bundle['text/plain'], '(index)  id   n  m\n0        <b>  1\n1        y       [ 2 ]');
  assert.equal(out.stdout, '5\n');
});

test('a display can be updated and removed', async () => {
  h.updates.length = 0;
  const out = await h.run(
    'const d = display("first", { id: "mine" }); for (let i = 0; i < 50; i++) { d.update(i); await new Promise((r) => setTimeout(r, 4)) } void 0',
  );
  assert.equal(out.displays[0]?.displayId, 'mine');
  assert.equal(h.updates.at(-1)?.bundle['text/plain'], '49');
  assert.ok(h.updates.length <= 6, `${h.updates.length} updates in about 0.25 s`);
  await h.run('d.clear()');
  assert.deepEqual(h.updates.at(-1), { ...h.updates.at(-1), displayId: 'mine', bundle: {} });
});

test('progress shows one bar, at most ten updates per second, and keeps its last state', async () => {
  h.updates.length = 0;
  const out = await h.run(
    'const bar = progress(200, { label: "chips" }); for (let i = 0; i < 200; i++) { bar.tick(); await new Promise((r) => setTimeout(r, 2)) } bar.done()',
  );
  assert.equal(out.displays.length, 1);
  const seconds = out.durationMs / 1000;
  assert.ok(h.updates.length <= 10 * seconds + 2, `${h.updates.length} updates in ${seconds.toFixed(1)} s`);
  const last = h.updates.at(-1)?.bundle ?? {};
  assert.equal(
    (last['application/vnd.nadir.progress.v1+json'] as { data: { done: number; finished: boolean } }).data.done,
    200,
  );
  assert.equal(
    (last['application/vnd.nadir.progress.v1+json'] as { data: { done: number; finished: boolean } }).data.finished,
    true,
  );
  assert.match(String(last['text/plain']), /^chips: 200 of 200 \(100 %\), [\d.]+ s, done$/);
});

test('the library finds its host: progress, warnings, view ids, names, limits', async () => {
  const out = await h.run(
    'const host = globalThis[Symbol.for("nadir.host")]; const owned = {}; host.warn("careful"); const p = host.progress("reading"); for (let i = 0; i < 1000; i++) p.update({ done: i, total: 1000, unit: "files", failed: 1 }); p.done(); [host.nextViewId(), host.nameOf(owned), host.nameOf({}), host.maxInlineBytes, host.signal() === signal]',
    { cellId: 'hosted' },
  );
  assert.equal(out.stderr, 'warning: careful\n');
  assert.equal(valueOf(out), "[ 'hosted:1', 'owned', undefined, 2000000, true ]");
  assert.match(String(h.updates.at(-1)?.bundle['text/plain']), /^reading: 999 of 1000 files \(99 %\), 1 failed/);
});

test('nested and repeated tasks of the library share a bar', async () => {
  h.updates.length = 0;
  const out = await h.run(
    `const opener = globalThis[Symbol.for("nadir.host")];
const wait = (ms) => new Promise((r) => setTimeout(r, ms));
const at = performance.now() - 2000;
const inner = opener.progress("inner", at + 500); inner.update({ done: 1, unit: "x" }); await wait(20);
const outer = opener.progress("outer", at); outer.update({ done: 1, total: 12, unit: "item" });
inner.update({ done: 2, unit: "x" }); inner.done();
for (let i = 0; i < 10; i++) { const p = opener.progress("part"); p.update({ done: i, unit: "x" }); await wait(5); p.done(); }
outer.update({ done: 12, total: 12, unit: "item" }); outer.done();
for (let i = 0; i < 10; i++) { const p = opener.progress("after"); p.update({ done: i, unit: "x" }); await wait(5); p.done(); }`,
  );
  assert.equal(out.displays.length, 2, 'one bar for outer and its parts, one for what follows');
  const texts = h.updates.map((u) => String(u.bundle['text/plain']));
  assert.ok(!texts.some((t) => t.startsWith('part')), texts.join(' | '));
  assert.match(
    texts.findLast((t) => t.startsWith('outer')) ?? '',
    /^outer: 12 of 12 item \(100 %\), 2\.\d s, done$/,
    'time counts from the start of the task',
  );
  assert.match(texts.at(-1) ?? '', /^after: 9 x, [\d.]+ s, done$/);
});

test('a cell that ends with display() or progress() shows only what they show', async () => {
  const out = await h.run('display("once")');
  assert.equal(out.displays.length, 1);
  assert.equal(out.result, undefined);
  const bar = await h.run('progress(3)');
  assert.equal(bar.result, undefined);
  assert.equal(valueOf(await h.run('typeof display("kept").id')), "'string'");
});

test('an interrupted task does not say that it is done', async () => {
  const running = h.run(
    'const cut = globalThis[Symbol.for("nadir.host")].progress("cut"); cut.update({ done: 1, total: 9, unit: "x" }); try { await new Promise((r, no) => signal.addEventListener("abort", () => no(signal.reason))) } finally { cut.done() }',
  );
  await new Promise((r) => setTimeout(r, 200));
  await h.client.interrupt();
  const out = await running;
  assert.equal(out.status, 'interrupted');
  assert.doesNotMatch(String((h.updates.at(-1)?.bundle ?? {})['text/plain']), /^cut.*done/);
  assert.match(String((h.updates.at(-1)?.bundle ?? {})['text/plain']), /^cut: 1 of 9/);
});

test('what a notebook cannot store is left out of a bundle, and the rest is shown', async () => {
  const out = await h.run(`const shown = (data) => display({ [Symbol.for("Jupyter.display")]: () => data });
const round = {}; round.round = round;
shown({ "application/json": 10n, "text/html": "<b>a</b>" });
shown({ "application/json": round, "image/png": 5, "text/plain": { a: 1 } });
shown({ "application/x+json": () => 5 });
shown({ "application/json": { keep: [1, undefined], drop() {} }, "text/markdown": ["a", "b"] });`);
  assert.equal(out.status, 'ok', out.error?.stack);
  const bundles = out.displays.map((d) => ({ ...d.bundle, 'text/plain': typeof d.bundle['text/plain'] }));
  assert.deepEqual(bundles, [
    { 'text/html': '<b>a</b>', 'text/plain': 'string' },
    { 'text/plain': 'string' },
    { 'text/plain': 'string' },
    { 'application/json': { keep: [1, null] }, 'text/markdown': ['a', 'b'], 'text/plain': 'string' },
  ]);
});

test('text of a subprocess that arrives after the end of its cell belongs to that cell', async () => {
  const cell = await h.run(
    'import { execFileSync as execNow } from "node:child_process"; execNow(process.execPath, ["-e", "console.log(\'from a subprocess\')"], { stdio: "inherit" }); void 0',
    { cellId: 'sub' },
  );
  const lateText = (): string =>
    cell.stdout +
    h.late
      .filter((l) => l.cellId === 'sub')
      .map((l) => l.text)
      .join('');
  await until(() => lateText().includes('from a subprocess'), 'text of the subprocess');
});

test('a view answers the renderer while the kernel lives', async () => {
  await h.run(
    'globalThis[Symbol.for("nadir.host")].registerView("v:0", async (op, args) => { if (op === "fail") throw new Error("no such row"); return { op, args, twice: args.n * 2 } })',
  );
  assert.deepEqual(await h.client.detail('v:0', 'rows', { n: 4 }), { op: 'rows', args: { n: 4 }, twice: 8 });
  await assert.rejects(h.client.detail('v:0', 'fail', {}), /no such row/);
  await assert.rejects(h.client.detail('other', 'rows', {}), /run its cell again/);
  const abort = new AbortController();
  const pending = h.client.detail('v:0', 'rows', { n: 1 }, abort.signal);
  abort.abort(new Error('left the viewport'));
  await assert.rejects(pending, /left the viewport/);
});

test('input and pick ask the host; a dismissed question throws', async () => {
  h.onRequest = (request) =>
    Promise.resolve(
      request.kind === 'input' ? `${request.prompt}${request.password === true ? '*' : ''}!` : request.items?.[1],
    );
  assert.equal(
    valueOf(await h.run('[await input("name"), await input("key", { password: true }), await pick([10, 20, 30])]')),
    "[ 'name!', 'key*!', 20 ]",
  );
  h.onRequest = () => Promise.resolve(undefined);
  assert.equal((await h.run('await input("?")')).error?.name, 'InputCancelledError');
  const alone = startHarness({ interactive: false });
  assert.equal((await alone.run('await input("?")')).error?.name, 'InputUnavailableError');
  await alone.close();
});
