import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createRandom } from '../../../src/core/index.js';

test('the generator gives the check values of the specification', () => {
  const random = createRandom(7, 'demo');
  const drawn = [random.uniform(), random.uniform(), random.uniform()].map((u) => u.toFixed(12));
  assert.deepEqual(drawn, ['0.394686857752', '0.198834623595', '0.296687287095']);
  assert.equal(
    createRandom('7', 'demo')
      .shuffle([...'ABCDEFGH'])
      .join(''),
    'DCAGEHFB',
  );
});
