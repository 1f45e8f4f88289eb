import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isProblem, parsePayload } from '../../../../src/display/wire/parse.js';
import { parseBandsResult, parseChipResult, parseReply } from '../../../../src/display/wire/message.js';
import { fixtures, random } from '../../../renderers/fixtures.js';

/** Mutants per kind and the seed of the first; `reliability.md` asks for 2000. */
const MUTANTS = 2000;
const SEED = 20241120;

const HOSTILE: readonly unknown[] = [
  null,
  undefined,
  true,
  -1,
  0,
  Number.NaN,
  Number.POSITIVE_INFINITY,
  1e308,
  1e9,
  2 ** 53,
  '',
  '<img src=x onerror=alert(1)>',
  'x'.repeat(20_000),
  'AAA',
  [],
  {},
  [[[[[[[[[[[]]]]]]]]]]],
  { length: 1e9 },
  JSON.parse('{"__proto__":{"polluted":true}}'),
];

type Json = Record<string | number, unknown>;

/** Changes one random place of a copy of `value`: replaces, deletes, duplicates or cuts. */
function mutate(value: unknown, rand: () => number): unknown {
  const copy: unknown = structuredClone(value);
  let node = copy as Json;
  for (let depth = 0; depth < 12; depth++) {
    const keys = Object.keys(node);
    const key = keys[Math.floor(rand() * keys.length)];
    if (key === undefined) break;
    const child = node[key];
    const goDeeper = typeof child === 'object' && child !== null && rand() < 0.8;
    if (goDeeper) {
      node = child as Json;
      continue;
    }
    const dice = rand();
    if (dice < 0.15) delete node[key];
    else if (dice < 0.3 && typeof child === 'string') node[key] = child.slice(0, Math.floor(rand() * child.length));
    else if (dice < 0.4 && Array.isArray(node)) (node as unknown[]).push(...(node as unknown[]));
    else node[key] = HOSTILE[Math.floor(rand() * HOSTILE.length)];
    break;
  }
  return copy;
}

/** Every number and text in a value. */
function leaves(value: unknown, out: unknown[] = []): unknown[] {
  if (typeof value === 'object' && value !== null) for (const v of Object.values(value)) leaves(v, out);
  else out.push(value);
  return out;
}

/** Fixtures with fewer items, so that 2000 copies of each stay quick. */
function small(): Record<string, unknown> {
  const all = structuredClone(fixtures()) as unknown as Record<string, { data: Json }>;
  for (const p of Object.values(all))
    for (const [key, v] of Object.entries(p.data))
      if (
        Array.isArray(v) &&
        v.length > 3 &&
        key !== 'bbox' &&
        key !== 'bounds' &&
        key !== 'transform' &&
        key !== 'corners' &&
        key !== 'columns'
      )
        p.data[key] = v.slice(0, 3);
  const tiny = {
    width: 2,
    height: 2,
    step: 1,
    bands: [{ name: 'a', scale: 1, offset: 0, q: 'AAABAAIAAwA=', stats: null }],
    valid: 'AQEBAA==',
  };
  for (const name of ['tensor', 'landcover']) all[name]!.data['preview'] = tiny;
  for (const name of ['chips', 'curation'])
    for (const item of all[name]!.data['items'] as Json[]) item['preview'] = tiny;
  return all;
}

for (const [name, payload] of Object.entries(fixtures())) {
  test(`a well-formed ${name} payload is read as it is`, () => {
    const parsed = parsePayload(JSON.parse(JSON.stringify(payload)));
    assert.ok(!isProblem(parsed), isProblem(parsed) ? parsed.problem : '');
    assert.deepEqual(parsed, payload);
  });
}

for (const [name, payload] of Object.entries(small())) {
  test(`${MUTANTS} mutants of ${name} give a payload or a reason, never an exception (seed ${SEED})`, () => {
    assert.ok(!isProblem(parsePayload(payload)), 'the unmutated payload is valid');
    const rand = random(SEED);
    let problems = 0;
    for (let i = 0; i < MUTANTS; i++) {
      const mutant = mutate(rand() < 0.3 ? mutate(payload, rand) : payload, rand);
      const parsed = parsePayload(mutant);
      if (isProblem(parsed)) {
        problems += 1;
        assert.ok(parsed.problem.length > 0 && parsed.problem.length < 400, parsed.problem);
        continue;
      }
      for (const leaf of leaves(parsed)) {
        if (typeof leaf === 'number') assert.ok(Number.isFinite(leaf), 'numbers are finite');
        assert.notEqual(leaf, undefined);
      }
    }
    assert.ok(problems > MUTANTS / 20, `only ${problems} mutants were refused: the mutations do not bite`);
    assert.equal(({} as { polluted?: boolean }).polluted, undefined, 'no prototype was touched');
  });
}

test('a newer version says so and keeps its description', () => {
  const parsed = parsePayload({ ...fixtures()['catalog'], version: 2, data: { anything: true } });
  assert.ok(isProblem(parsed));
  assert.equal(parsed.newer, true);
  assert.match(parsed.problem, /newer Nadir/);
  assert.match(parsed.alt, /12 scenes/);
});

test('a band whose bytes do not fill its image is refused before it is decoded', () => {
  const tensor = structuredClone(fixtures()['landcover']!) as unknown as { data: { preview: { width: number } } };
  tensor.data.preview.width = 4096;
  const parsed = parsePayload(tensor);
  assert.ok(isProblem(parsed));
  assert.match(parsed.problem, /preview\.bands\[0\]\.q should hold 1228800 bytes and holds 60000/);
});

test('names that could reach a prototype are dropped from properties', () => {
  const catalog = structuredClone(fixtures()['catalog']!) as unknown as { data: { rows: { properties: unknown }[] } };
  catalog.data.rows[0]!.properties = JSON.parse('{"__proto__":"x","constructor":"y","fine":1}');
  const parsed = parsePayload(catalog);
  assert.ok(!isProblem(parsed) && parsed.kind === 'catalog');
  assert.deepEqual(Object.keys(parsed.data.rows[0]!.properties), ['fine']);
});

test('texts longer than ten thousand characters are cut', () => {
  const parsed = parsePayload({ ...fixtures()['table'], title: 'x'.repeat(50_000) });
  assert.ok(!isProblem(parsed));
  assert.equal(parsed.title.length, 10_001);
});

test('values that are not payloads at all get a reason', () => {
  for (const value of [null, undefined, 3, 'text', [], {}, () => 1, Symbol('s')])
    assert.ok(isProblem(parsePayload(value)));
});

test('replies and results are checked like payloads', () => {
  assert.deepEqual(parseReply({ viewId: 'a', requestId: 'b', ok: true, result: { x: 1 } }), {
    ok: true,
    value: { viewId: 'a', requestId: 'b', ok: true, result: { x: 1 } },
  });
  assert.equal(parseReply({ viewId: 'a', ok: 'yes' }).ok, false);
  assert.equal(parseChipResult({ preview: { width: 1e9, height: 1e9, step: 1, bands: [], valid: null } }).ok, false);
  assert.equal(parseBandsResult({ bands: [{ name: 'a', scale: 1, offset: 0, q: 'AAA=', stats: null }] }, 1).ok, true);
  assert.equal(parseBandsResult({ bands: [{ name: 'a', scale: 1, offset: 0, q: 'AAA=', stats: null }] }, 2).ok, false);
});
