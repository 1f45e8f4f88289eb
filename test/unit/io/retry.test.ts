import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { retryAfterMs, retryPauseMs, withHostSlot } from '../../../src/io/index.js';

const NOW = Date.parse('2026-01-01T00:00:00Z');

describe('retries', () => {
  test('Retry-After is seconds or a date, never more than two minutes, never negative', () => {
    assert.equal(retryAfterMs('3'), 3000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2026 00:00:07 GMT', NOW), 7000);
    assert.equal(retryAfterMs('Thu, 01 Jan 2020 00:00:07 GMT', NOW), 0);
    assert.equal(retryAfterMs('86400'), 120_000);
    for (const none of [null, '', 'soon']) assert.equal(retryAfterMs(none), null);
  });

  test('pauses are below a limit that doubles up to 30 s; what the server asks for wins', () => {
    const limits = [0, 1, 2, 3, 10].map((n) => retryPauseMs(n, null, 500, () => 1));
    assert.deepEqual(limits, [500, 1000, 2000, 4000, 30_000]);
    assert.equal(
      retryPauseMs(3, null, 500, () => 0),
      0,
    );
    assert.equal(
      retryPauseMs(3, 7, 500, () => 1),
      7,
    );
  });

  test('eight requests are under way to a host at once, in order; another host does not wait', async () => {
    const url = new URL('http://a.example/x');
    const [started, release]: [number[], (() => void)[]] = [[], []];
    const all = Array.from({ length: 20 }, (_, i) =>
      withHostSlot(url, undefined, async () => {
        started.push(i);
        await new Promise<void>((resolve) => release.push(resolve));
        return i;
      }),
    );
    await new Promise(setImmediate);
    assert.deepEqual(started, [0, 1, 2, 3, 4, 5, 6, 7]);
    assert.equal(await withHostSlot(new URL('http://b.example/x'), undefined, () => Promise.resolve('other')), 'other');
    while (release.length > 0) {
      release.shift()!();
      await new Promise(setImmediate);
      assert.ok(release.length <= 8);
    }
    assert.deepEqual(
      await Promise.all(all),
      Array.from({ length: 20 }, (_, i) => i),
    );
    assert.deepEqual(
      started,
      Array.from({ length: 20 }, (_, i) => i),
    );
  });

  test('cancelling frees those that wait at once, and a failed request gives its place on', async () => {
    const url = new URL('http://c.example/x');
    const holders = Array.from({ length: 8 }, () =>
      withHostSlot(
        url,
        undefined,
        () => new Promise<void>((_, reject) => setTimeout(() => reject(new Error('x')), 30)),
      ),
    );
    const abort = new AbortController();
    const reason = new Error('enough');
    const waiting = withHostSlot(url, abort.signal, () => Promise.resolve(1));
    const next = withHostSlot(url, undefined, () => Promise.resolve(2));
    abort.abort(reason);
    await assert.rejects(waiting, (e) => e === reason);
    assert.ok((await Promise.allSettled(holders)).every((h) => h.status === 'rejected'));
    assert.equal(await next, 2);
  });
});
