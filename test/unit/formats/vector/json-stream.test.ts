import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { jsonPieces, type JsonPiece } from '../../../../src/formats/vector/json-stream.js';
import { isNadirError } from '../../../../src/core/index.js';

const TEXT = `\uFEFF {"type" : "FeatureCollection", "n": -1.5e3,"ok":true ,"features": [ {"a":"}]\\"\\\\","b":[1,{"c":"é"}]},
 {"d":{}} , 7,"s"], "empty":[],"features":[]}
\x1e{"type":"Feature","x":null}{}`;
const EXPECTED: readonly JsonPiece[] = [
  { kind: 'member', key: 'type', text: '"FeatureCollection"' },
  { kind: 'member', key: 'n', text: '-1.5e3' },
  { kind: 'member', key: 'ok', text: 'true' },
  { kind: 'feature', text: '{"a":"}]\\"\\\\","b":[1,{"c":"é"}]}' },
  { kind: 'feature', text: '{"d":{}}' },
  { kind: 'feature', text: '7' },
  { kind: 'feature', text: '"s"' },
  { kind: 'member', key: 'empty', text: '[]' },
  { kind: 'end' },
  { kind: 'member', key: 'type', text: '"Feature"' },
  { kind: 'member', key: 'x', text: 'null' },
  { kind: 'end' },
  { kind: 'end' },
];

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const places = [0, ...cuts, bytes.length];
  for (let i = 0; i + 1 < places.length; i++) yield bytes.subarray(places[i], places[i + 1]);
}
async function read(text: string, cuts: readonly number[] = []): Promise<JsonPiece[]> {
  const all: JsonPiece[] = [];
  for await (const piece of jsonPieces(pieces(Buffer.from(text), cuts), 'x.json')) all.push(piece);
  return all;
}

describe('JSON as a stream', () => {
  test('members, features and ends of objects come one by one', async () => {
    assert.deepEqual(await read(TEXT), EXPECTED);
  });

  test('wherever the stream is cut, the pieces are the same', async () => {
    const { length } = Buffer.from(TEXT);
    // The mark at the beginning is looked for in the first chunk, which a source never cuts so short.
    for (let cut = 3; cut < length; cut++) assert.deepEqual(await read(TEXT, [cut]), EXPECTED, `cut at ${cut}`);
    const bytewise = Array.from({ length: length - 4 }, (_, i) => i + 4);
    assert.deepEqual(await read(TEXT, bytewise), EXPECTED);
  });

  test('every proper beginning of an object is an error, never fewer pieces', async () => {
    const one = '{"type":"FeatureCollection","features":[{"a":1},{"b":"x"}],"n":1}';
    for (let end = 1; end < one.length; end++)
      await assert.rejects(read(one.slice(0, end)), (e) => isNadirError(e, 'FormatError') && e.code === 'bad-json');
  });

  test('broken structure is an error that says where', async () => {
    for (const text of ['{"a" 1}', '{1:2}', '{"a":1,}', '{"a":1 "b":2}', '{"features":[1 2]}', '{"a":1]'])
      await assert.rejects(
        read(text),
        (e) => isNadirError(e, 'FormatError') && e.code === 'bad-json' && /byte \d+/.test(e.message),
        text,
      );
    await assert.rejects(read('[1]'), (e) => isNadirError(e, 'FormatError') && e.code === 'not-geojson');
  });
});

describe('limits', () => {
  test('a feature above 24 MiB is refused before it is parsed', async () => {
    async function* endless(): AsyncGenerator<Uint8Array> {
      await Promise.resolve();
      yield Buffer.from('{"features":["');
      for (;;) yield Buffer.alloc(1 << 20, 0x61);
    }
    const pull = async (): Promise<void> => {
      for await (const piece of jsonPieces(endless(), 'x.json')) assert.notEqual(piece.kind, 'feature');
    };
    await assert.rejects(
      pull(),
      (e) => isNadirError(e, 'FormatError') && e.code === 'too-large' && /24 MiB/.test(e.message),
    );
  });
});
