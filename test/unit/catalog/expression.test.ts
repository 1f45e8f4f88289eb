import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { compileExpression, type Facts } from '../../../src/catalog/expression.js';
import { isNadirError, parseTime } from '../../../src/core/index.js';

const COLUMNS = new Set(['cloud', 'eo:cloud_cover', 'name', 'good', 'start_time']);
const facts = (f: Facts): Facts => ({
  cloud: 10,
  name: "O'Hare",
  good: true,
  start_time: { micros: parseTime('2024-06-03') },
  ...f,
});
const holds = (text: string, f: Facts = {}, params = {}): boolean => compileExpression(text, COLUMNS, params)(facts(f));

/** Position and code of the error that an expression gives at the call. */
function refused(text: string, params = {}): [string, unknown] {
  try {
    compileExpression(text, COLUMNS, params);
  } catch (error) {
    assert.ok(isNadirError(error, 'ExpressionError'), String(error));
    return [error.code, error.details?.['position']];
  }
  throw new Error(`${text} was accepted`);
}

describe('expressions', () => {
  test('and binds closer than or, not closer than and', () => {
    assert.equal(holds('cloud == 1 and cloud == 2 or cloud == 10'), true);
    assert.equal(holds('cloud == 10 or cloud == 1 and cloud == 2'), true);
    assert.equal(holds('(cloud == 10 or cloud == 1) and cloud == 2'), false);
    assert.equal(holds('not cloud == 10 or cloud == 10'), true);
    assert.equal(holds('not (cloud == 10 or cloud == 10)'), false);
  });

  test('a comparison with a missing value is false, and so is one with NaN', () => {
    for (const op of ['==', '!=', '<', '<=', '>', '>=']) {
      assert.equal(holds(`cloud ${op} 10`, { cloud: null }), false, op);
      assert.equal(holds(`cloud ${op} 10`, { cloud: NaN }), false, op);
      assert.equal(holds(`cloud ${op} null`), false, op);
    }
    assert.equal(holds('cloud in [1, 2]', { cloud: null }), false);
    assert.equal(holds('cloud not in [1, 2]', { cloud: null }), false);
    assert.equal(holds('cloud in [1, 2]', { cloud: NaN }), false);
    assert.equal(holds('cloud not in [1, 2]', { cloud: NaN }), false);
    assert.equal(holds('not (cloud == 10)', { cloud: null }), true);
    assert.equal(holds('cloud is null', { cloud: null }), true);
    assert.equal(holds('cloud is not null', { cloud: null }), false);
  });

  test('times compare with ISO strings and with parameters', () => {
    assert.equal(holds("start_time == '2024-06-03T00:00:00Z'"), true);
    assert.equal(holds("'2024-06-02T23:59:59.999999' < start_time"), true);
    assert.equal(holds('start_time >= @t', {}, { t: '2024-06-04' }), false);
    assert.equal(holds("start_time in ['2024-06-03', '2024-06-05']"), true);
    assert.equal(holds("start_time < '2030-01-01'", { start_time: null }), false);
  });

  test('text keeps quotes, escapes and other letters', () => {
    assert.equal(holds("name == 'O\\'Hare'"), true);
    assert.equal(holds('name == "O\'Hare"'), true);
    assert.equal(holds('name == @n', { name: '東京; drop table' }, { n: '東京; drop table' }), true);
    assert.equal(holds('`eo:cloud_cover` < -1.5e1', { 'eo:cloud_cover': -16 }), true);
  });

  test('values of different types are unequal, never ordered', () => {
    assert.equal(holds("cloud == '10'"), false);
    assert.equal(holds("cloud != '10'"), true);
    assert.throws(() => holds("cloud < '10'"), { code: 'type-mismatch' });
  });

  test('errors come at the call, with the position', () => {
    assert.deepEqual(refused('cloud < 1 and clod < 2'), ['unknown-column', 15]);
    assert.deepEqual(refused('cloud <'), ['unexpected', 8]);
    assert.deepEqual(refused('cloud = 1'), ['unexpected', 7]);
    assert.deepEqual(refused('cloud < @max'), ['unknown-param', 9]);
    assert.deepEqual(refused('cloud < @max', { max: {} }), ['bad-param', 9]);
    assert.deepEqual(refused('cloud < @max', { max: [1, 2] }), ['type-mismatch', 9]);
    assert.deepEqual(refused("start_time > '2024-13-01'"), ['bad-time', 14]);
    assert.deepEqual(refused('start_time > 5'), ['type-mismatch', 14]);
    assert.deepEqual(refused('cloud < 1 cloud'), ['unexpected', 11]);
    assert.deepEqual(refused('('.repeat(200) + 'cloud < 1'), ['too-deep', 101]);
    assert.deepEqual(refused(`cloud < ${'1'.repeat(10_000)}`), ['too-long', undefined]);
    assert.deepEqual(refused('good'), ['unexpected', 5]);
  });

  test('a parameter named like a method of objects is unknown', () => {
    assert.deepEqual(refused('cloud < @constructor'), ['unknown-param', 9]);
    assert.deepEqual(refused('toString == 1'), ['unknown-column', 1]);
  });
});
