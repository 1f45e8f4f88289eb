import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { compileDateFormat, readDate } from '../../../../src/catalog/build/date-format.js';
import { baseName, nameReader, stemOf } from '../../../../src/catalog/build/file-name.js';
import { formatTime, isNadirError } from '../../../../src/core/index.js';

interface DateCase {
  readonly format: string;
  readonly text: string;
  readonly start: number | null;
}
// Made with datetime.strptime by test/oracles/catalog/make.py.
const { dates } = JSON.parse(readFileSync('test/oracles/catalog/dates.json', 'utf8')) as { dates: readonly DateCase[] };

const read = (format: string, text: string): string | null | undefined => {
  const interval = readDate(compileDateFormat(format), text);
  return interval ? `${formatTime(interval.start)} ${formatTime(interval.end)}` : interval;
};
const fails = (fn: () => unknown, code: string, text?: RegExp): void => {
  assert.throws(fn, (e) => isNadirError(e, 'CatalogError') && e.code === code && (text?.test(e.message) ?? true));
};

describe('dates', () => {
  for (const { format, text, start } of dates) {
    test(`${JSON.stringify(text)} by ${format} starts when strptime says`, () => {
      assert.equal(readDate(compileDateFormat(format), text)?.start ?? null, start);
    });
  }

  test('an interval is as wide as the format is precise', () => {
    assert.equal(read('%Y', '2019'), '2019-01-01T00:00:00.000000Z 2019-12-31T23:59:59.999999Z');
    assert.equal(read('%Y%m', '201902'), '2019-02-01T00:00:00.000000Z 2019-02-28T23:59:59.999999Z');
    assert.equal(read('%Y%m', '202002'), '2020-02-01T00:00:00.000000Z 2020-02-29T23:59:59.999999Z');
    assert.equal(read('%Y%m%d', '20191231'), '2019-12-31T00:00:00.000000Z 2019-12-31T23:59:59.999999Z');
    assert.equal(read('%Y%j', '2020366'), '2020-12-31T00:00:00.000000Z 2020-12-31T23:59:59.999999Z');
    assert.equal(read('%Y%m%dT%H', '20190615T10'), '2019-06-15T10:00:00.000000Z 2019-06-15T10:59:59.999999Z');
    assert.equal(read('%Y%m%dT%H%M', '20190615T1030'), '2019-06-15T10:30:00.000000Z 2019-06-15T10:30:59.999999Z');
    assert.equal(read('%Y%m%dT%H%M%S', '20190615T103059'), '2019-06-15T10:30:59.000000Z 2019-06-15T10:30:59.999999Z');
    assert.equal(
      read('%Y%m%dT%H%M%S.%f', '20190615T103059.5'),
      '2019-06-15T10:30:59.500000Z 2019-06-15T10:30:59.500000Z',
    );
  });

  test('a unit whose larger unit is missing adds no precision', () => {
    assert.equal(read('%Y_%H', '2019_10'), '2019-01-01T00:00:00.000000Z 2019-12-31T23:59:59.999999Z');
  });

  test('a format without a year gives no time', () => {
    assert.equal(read('%m%d', '0615'), null);
  });

  test('a day that does not exist is no date', () => {
    assert.equal(read('%Y%m%d', '20230229'), undefined);
    assert.equal(read('%Y%j', '2019366'), undefined);
  });

  test('unknown and repeated directives are errors that list the supported ones', () => {
    fails(() => compileDateFormat('%Y%U'), 'bad-date-format', /%U/);
    fails(() => compileDateFormat('%Y%'), 'bad-date-format');
    fails(() => compileDateFormat('%Y%Y'), 'bad-date-format', /twice/);
  });
});

describe('file names', () => {
  test('the base name is the last segment, of a URL without its query', () => {
    assert.equal(baseName('https://h.example/a/b_20200101.tif?sig=x/y'), 'b_20200101.tif');
    assert.equal(baseName('/data/a b/c#1.tif'), 'c#1.tif');
    assert.equal(stemOf('/data/S2.v1.tif'), 'S2.v1');
    assert.equal(stemOf('/data/.hidden'), '.hidden');
  });

  test('the expression is searched, in either spelling of named groups', () => {
    const june = nameReader({ filenameRegex: '(?P<date>\\d{8})' })('/x/19990101/S2_20190615_B02.tif');
    assert.ok(june !== null && june !== 'unmatched');
    assert.equal(formatTime(june.start), '2019-06-15T00:00:00.000000Z');
    assert.deepEqual(nameReader({ filenameRegex: /(?<date>\d{8})/g })('S2_20190615.tif'), june);
    assert.equal(nameReader({ filenameRegex: /(?<date>\d{8})/ })('S2.tif'), 'unmatched');
    assert.equal(nameReader({})('S2_20190615.tif'), null);
  });

  test('start and stop give begin of start to end of stop', () => {
    const read2 = nameReader({ filenameRegex: /(?<start>\d{8})_(?<stop>\d{8})/ });
    const span = read2('a_20190101_20190131.tif');
    assert.ok(span !== null && span !== 'unmatched');
    assert.equal(formatTime(span.end), '2019-01-31T23:59:59.999999Z');
    fails(() => read2('a_20190201_20190131.tif'), 'reversed-dates', /20190201/);
  });

  test('datePrecision day widens to whole UTC days', () => {
    const r = nameReader({
      filenameRegex: /(?<date>\d{8}T\d{6}[+-]\d{4})/,
      dateFormat: '%Y%m%dT%H%M%S%z',
      datePrecision: 'day',
    })('a_20190615T013000+0300.tif');
    assert.ok(r !== null && r !== 'unmatched');
    assert.equal(
      `${formatTime(r.start)} ${formatTime(r.end)}`,
      '2019-06-14T00:00:00.000000Z 2019-06-14T23:59:59.999999Z',
    );
  });

  test('a regex without a date group names the groups found', () => {
    fails(() => nameReader({ filenameRegex: /(?<tile>T\w+)_(?<band>B\d)/ }), 'no-date-group', /tile, band/);
    fails(() => nameReader({ filenameRegex: /\d{8}/ }), 'no-date-group', /no named groups/);
    fails(() => nameReader({ filenameRegex: '(?<date>\\d{8}' }), 'bad-regex', /\(\?<date>/);
  });

  test('a text that is no date fails with text and format', () => {
    fails(
      () => nameReader({ filenameRegex: /(?<date>\d{8})/ })('a_20191399.tif'),
      'unreadable-date',
      /20191399.*%Y%m%d/,
    );
  });
});
