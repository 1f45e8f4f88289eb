import { test } from 'node:test';
import assert from 'node:assert/strict';
import { grouped, oneLine, percent, placeRange, summary, textTable, timeSpan } from '../../../src/display/words.js';

const micros = (iso: string): number => Date.parse(iso) * 1000;

test('time spans say a day, an instant or a range', () => {
  const span = (a: string, b: string): string => timeSpan({ startMicros: micros(a), endMicros: micros(b) });
  assert.equal(span('2024-06-03T00:00:00Z', '2024-06-03T23:59:59Z'), '2024-06-03');
  assert.equal(span('2024-06-03T10:31:12Z', '2024-06-03T10:31:12Z'), '2024-06-03 10:31Z');
  assert.equal(span('2024-06-01T00:00:00Z', '2024-06-30T00:00:00Z'), '2024-06-01 to 2024-06-30');
  assert.equal(timeSpan(null), 'no date');
});

test('places name hemispheres, also across the equator and Greenwich', () => {
  assert.equal(placeRange([10.1, 46.2, 11.4, 47]), '10.10–11.40°E 46.20–47.00°N');
  assert.equal(placeRange([-5, -2, 5, 8]), '5.0°W–5.0°E 2.0°S–8.0°N');
  assert.equal(placeRange([-80, -20, -70, -10]), '70.0–80.0°W 10.0–20.0°S');
});

test('shares are never rounded to all or nothing', () => {
  assert.deepEqual([percent(0.9999), percent(0.00001), percent(1), percent(0)], ['99.9 %', '0.1 %', '100 %', '0 %']);
});

test('large counts are grouped', () => {
  assert.deepEqual([grouped(1000), grouped(312_000), grouped(1_234_567)], ['1000', '312 000', '1 234 567']);
});

test('line breaks, terminal escapes and direction overrides do not get through', () => {
  assert.equal(oneLine('a\nb\u001b[31mc\u202ed'), 'a b [31mc d');
});

test('columns are aligned, numbers to the right, empty columns left out', () => {
  assert.deepEqual(
    textTable(
      ['name', 'n', 'none'],
      [
        ['a', 1, null],
        ['long', 23, null],
      ],
    ),
    ['  name   n', '  a      1', '  long  23'],
  );
});

test('summaries have at most 40 lines and say what is missing', () => {
  const text = summary(Array.from({ length: 100 }, (_, i) => String(i))).split('\n');
  assert.equal(text.length, 40);
  assert.equal(text.at(-1), '  … 61 more lines');
});
