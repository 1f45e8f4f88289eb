/** CF times (`catalog.md` §3). Oracle: cftime; and a slow walk over the days of a calendar. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { isNadirError } from '../../../../src/core/index.js';
import { cfInstant, parseTimeUnits, timeResolution } from '../../../../src/formats/cube/cf-time.js';
import { EXPECTED } from './oracle.js';

const DAY = 86_400_000_000;
/** Days that bring the sixteenth century into the range of exact microseconds (1684 to 2255). */
const LATER = 120_000;

describe('CF times', () => {
  for (const { units, calendar, values, micros } of EXPECTED.times) {
    test(`${units} (${calendar ?? 'no calendar'}) gives the instants of cftime`, () => {
      const parsed = parseTimeUnits(units, calendar, 'time');
      values.forEach((value, i) => {
        const want = micros[i] ?? NaN;
        if (!Number.isSafeInteger(want)) assert.throws(() => cfInstant(value, parsed), { code: 'out-of-range' });
        // cftime drops the last microsecond of some floats.
        else
          assert.ok(
            Math.abs(cfInstant(value, parsed) - want) <= 1,
            `${value}: ${cfInstant(value, parsed)} and ${want}`,
          );
      });
    });
  }

  test('whole counts of small units are exact to the microsecond however large they are', () => {
    const us = parseTimeUnits('microseconds since 1970-01-01', null, 'time');
    for (const v of [1n, 1_700_000_000_123_457n, -1n, -8_766_949_600_000_001n])
      assert.equal(cfInstant(v, us), Number(v));
    assert.equal(cfInstant(1_700_000_000_123_457, us), 1_700_000_000_123_457);
    const ns = parseTimeUnits('nanoseconds since 1970-01-01', null, 'time');
    assert.equal(cfInstant(1_704_067_200_123_456_000n, ns), 1_704_067_200_123_456);
    const days = parseTimeUnits('days since 1990-01-01', 'standard', 'time');
    assert.equal(cfInstant(-1n, days), Date.UTC(1989, 11, 31) * 1000);
  });

  test('every day of 1580 to 1600 follows the one before in the standard calendar, with ten days left out', () => {
    const isLeap = (y: number): boolean => y % 4 === 0;
    let expected = 0;
    let first: number | null = null;
    for (let y = 1580; y <= 1600; y++) {
      const lengths = [31, isLeap(y) ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
      lengths.forEach((length, m) => {
        for (let d = 1; d <= length; d++) {
          if (y === 1582 && m === 9 && d > 4 && d < 15) {
            assert.throws(() => parseTimeUnits(`days since 1582-10-${d}`, 'standard', 'time'), { code: 'time-units' });
            continue;
          }
          const t = cfInstant(LATER, parseTimeUnits(`days since ${y}-${m + 1}-${d}`, 'standard', 'time'));
          first ??= t;
          assert.equal(t, first + expected * DAY, `${y}-${m + 1}-${d}`);
          expected++;
        }
      });
    }
  });

  test('every day of nine noleap years is the date that a calendar without 29 February gives', () => {
    const units = parseTimeUnits('days since 1999-12-30', 'noleap', 'time');
    const date = new Date(Date.UTC(1999, 11, 30));
    for (let i = 0; i < 9 * 365; i++) {
      assert.equal(cfInstant(i, units), date.getTime() * 1000, date.toISOString());
      date.setUTCDate(date.getUTCDate() + 1);
      if (date.getUTCMonth() === 1 && date.getUTCDate() === 29) date.setUTCDate(30);
    }
  });

  test('other calendars and units without a fixed length are refused by name', () => {
    for (const calendar of ['360_day', 'julian', 'all_leap', 'none'])
      assert.throws(
        () => parseTimeUnits('days since 2000-01-01', calendar, 'f.nc: time'),
        (e) => isNadirError(e, 'UnsupportedDataError') && e.code === 'calendar' && e.message.includes(calendar),
      );
    for (const units of ['months since 2000-01-01', 'years since 2000-01-01', 'days', '', null, 'days since'])
      assert.throws(() => parseTimeUnits(units, null, 'f.nc: time'), {
        code: 'time-units',
        name: 'UnsupportedDataError',
      });
    for (const units of [
      'days since 2001-02-29',
      'days since 0000-00-00',
      'days since yesterday',
      'days since 2000-01-01 25:00',
    ])
      assert.throws(() => parseTimeUnits(units, null, 'f.nc: time'), { code: 'time-units', name: 'FormatError' });
    assert.throws(() => parseTimeUnits('days since 2000-02-29', 'noleap', 'time'), { code: 'time-units' });
    assert.throws(() => cfInstant(1e300, parseTimeUnits('days since 2000-01-01', null, 'time')), {
      code: 'out-of-range',
    });
  });

  test('the typical step is the median, and calendar months and years are told from days', () => {
    const at = (...dates: string[]): number[] => dates.map((d) => Date.parse(`${d}Z`) * 1000);
    assert.equal(timeResolution(at('2020-01-01', '2020-02-01', '2020-03-01', '2020-04-01')), 'P1M');
    assert.equal(timeResolution(at('2020-01-01', '2021-01-01', '2022-01-01')), 'P1Y');
    assert.equal(timeResolution(at('2021-01-01', '2022-01-01', '2023-01-01')), 'P365D');
    assert.equal(timeResolution(at('2020-01-01', '2020-01-09', '2020-01-17')), 'P8D');
    assert.equal(
      timeResolution(at('2020-01-01T00:00', '2020-01-01T06:00', '2020-01-01T12:00', '2020-01-09T00:00')),
      'PT6H',
    );
    assert.equal(timeResolution([0, 90_061_500_000]), 'P1DT1H1M1.5S');
    assert.equal(timeResolution([5]), null);
    assert.equal(timeResolution([5, 5, 5]), null);
    assert.equal(timeResolution([]), null);
  });
});
