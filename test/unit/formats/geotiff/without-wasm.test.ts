// Whole files read without the WebAssembly module: what it does must not be missed, and all layouts have the same pixels.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, describe, test } from 'node:test';
import { deflateSync } from 'node:zlib';
import { createRandom, isNadirError } from '../../../../src/core/index.js';
import { openGeoTiff } from '../../../../src/formats/geotiff/index.js';
import { blocksWasm, loadBlocksWasm, replaceBlocksWasm } from '../../../../src/formats/geotiff/wasm.js';
import { memorySource } from '../../../../src/io/index.js';

const folder = mkdtempSync(path.join(tmpdir(), 'nadir-wasm-'));
after(() => rmSync(folder, { recursive: true }));

interface Plan {
  readonly width: number;
  readonly height: number;
  readonly count: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  readonly planar: 1 | 2;
  readonly predictor: 1 | 2;
  readonly bits: number;
}

/** Packs numbers, most significant bit first; whole bytes little endian. */
function pack(numbers: readonly number[], bits: number): Uint8Array {
  const out = new Uint8Array(Math.ceil((numbers.length * bits) / 8));
  if (bits % 8 === 0) {
    numbers.forEach((n, i) => {
      for (let b = 0; b < bits / 8; b++) out[(i * bits) / 8 + b] = n >>> (8 * b);
    });
    return out;
  }
  let at = 0;
  for (const n of numbers) for (let b = bits - 1; b >= 0; b--, at++) if ((n >> b) & 1) out[at >> 3]! |= 128 >> (at & 7);
  return out;
}

/** A tiled TIFF written tag by tag, tiles at the edges filled up to their full size. */
function write(p: Plan, pixel: (band: number, row: number, col: number) => number): Uint8Array {
  const [across, down] = [Math.ceil(p.width / p.tileWidth), Math.ceil(p.height / p.tileHeight)];
  const planes =
    p.planar === 2 ? Array.from({ length: p.count }, (_, b) => [b]) : [Array.from({ length: p.count }, (_, b) => b)];
  const tiles: Uint8Array[] = [];
  for (const bands of planes) {
    for (let ty = 0; ty < down; ty++) {
      for (let tx = 0; tx < across; tx++) {
        const rows: Uint8Array[] = [];
        for (let r = 0; r < p.tileHeight; r++) {
          const line: number[] = [];
          for (let c = 0; c < p.tileWidth; c++)
            for (const b of bands) line.push(pixel(b, ty * p.tileHeight + r, tx * p.tileWidth + c));
          if (p.predictor === 2)
            for (let i = line.length - 1; i >= bands.length; i--)
              line[i] = (line[i]! - line[i - bands.length]!) & (2 ** p.bits - 1);
          rows.push(pack(line, p.bits));
        }
        tiles.push(deflateSync(Buffer.concat(rows)));
      }
    }
  }
  const entries: [tag: number, type: 3 | 4, values: readonly number[]][] = [
    [256, 4, [p.width]],
    [257, 4, [p.height]],
    [258, 3, Array.from({ length: p.count }, () => p.bits)],
    [259, 3, [8]],
    [262, 3, [1]],
    [277, 3, [p.count]],
    [284, 3, [p.planar]],
    [317, 3, [p.predictor]],
    [322, 4, [p.tileWidth]],
    [323, 4, [p.tileHeight]],
    [324, 4, tiles.map(() => 0)],
    [325, 4, tiles.map((t) => t.length)],
  ];
  let free = 8 + 2 + entries.length * 12 + 4;
  const places = entries.map(([, type, values]) => {
    const bytes = values.length * (type === 3 ? 2 : 4);
    const at = bytes > 4 ? free : 0;
    if (bytes > 4) free += bytes + (bytes & 1);
    return at;
  });
  let offset = free;
  const offsets = tiles.map((t) => (offset += t.length) - t.length);
  const out = Buffer.alloc(offset);
  out.write('II*\0\x08\0\0\0', 'latin1');
  out.writeUInt16LE(entries.length, 8);
  entries.forEach(([tag, type, given], i) => {
    const values = tag === 324 ? offsets : given;
    const entry = 10 + i * 12;
    out.writeUInt16LE(tag, entry);
    out.writeUInt16LE(type, entry + 2);
    out.writeUInt32LE(values.length, entry + 4);
    if (places[i]) out.writeUInt32LE(places[i], entry + 8);
    const start = places[i] || entry + 8;
    values.forEach((v, k) => (type === 3 ? out.writeUInt16LE(v, start + k * 2) : out.writeUInt32LE(v, start + k * 4)));
  });
  tiles.forEach((t, i) => out.set(t, offsets[i]));
  return out;
}

const PLANS: readonly Plan[] = [
  { width: 300, height: 530, count: 3, tileWidth: 256, tileHeight: 512, planar: 1, predictor: 2, bits: 16 },
  { width: 17, height: 33, count: 1, tileWidth: 512, tileHeight: 512, planar: 1, predictor: 1, bits: 8 },
  { width: 5, height: 3, count: 2, tileWidth: 1, tileHeight: 1, planar: 1, predictor: 2, bits: 16 },
  { width: 40, height: 21, count: 200, tileWidth: 16, tileHeight: 16, planar: 2, predictor: 2, bits: 16 },
  { width: 33, height: 21, count: 200, tileWidth: 16, tileHeight: 16, planar: 1, predictor: 2, bits: 8 },
  { width: 67, height: 45, count: 3, tileWidth: 37, tileHeight: 19, planar: 1, predictor: 2, bits: 32 },
  ...[1, 2, 3, 4, 5, 6, 7, 9, 10, 11, 12, 13, 14, 15].map((bits): Plan => ({
    width: 67,
    height: 45,
    count: 3,
    tileWidth: 37,
    tileHeight: 19,
    planar: 1,
    predictor: 1,
    bits,
  })),
];

for (const wasm of [blocksWasm(), null]) {
  describe(`tiles ${wasm ? 'decoded in WebAssembly' : 'decoded without it'}`, () => {
    for (const p of PLANS) {
      const { tileWidth, tileHeight } = p;
      const what = `${p.bits} bits × ${p.count}, tiles of ${tileWidth} × ${tileHeight}, planar ${p.planar}, predictor ${p.predictor}`;
      test(`${what}: whole, in windows, and at the lower edge`, async () => {
        const usual = replaceBlocksWasm(wasm);
        try {
          const random = createRandom(5, what);
          const [w, h] = [Math.ceil(p.width / tileWidth) * tileWidth, Math.ceil(p.height / tileHeight) * tileHeight];
          const pixels = Float64Array.from({ length: p.count * w * h }, () => random.int(2 ** Math.min(31, p.bits)));
          const at = (b: number, r: number, c: number) => pixels[(b * h + r) * w + c]!;
          const file = await openGeoTiff(memorySource(write(p, at)));
          for (let i = 0; i < 12; i++) {
            const [row, col] = i === 0 ? [0, 0] : [random.int(p.height), random.int(p.width)];
            const height = i === 0 ? p.height : i < 4 ? p.height - row : 1 + random.int(p.height - row);
            const width = i === 0 ? p.width : 1 + random.int(p.width - col);
            const bands = [random.int(p.count), random.int(p.count)];
            const { values } = await file.readWindow({ row, col, width, height }, { bands });
            let k = 0;
            for (const b of bands)
              for (let r = row; r < row + height; r++)
                for (let c = col; c < col + width; c++, k++)
                  if (values[k] !== at(b, r, c)) assert.fail(`band ${b}, row ${r}, column ${c}: ${values[k]}`);
          }
          await file.close();
        } finally {
          replaceBlocksWasm(usual);
        }
      });
    }
  });
}

describe('a module that cannot be used', () => {
  const cases: readonly (readonly [string, Uint8Array | null])[] = [
    ['absent', null],
    ['empty', new Uint8Array(0)],
    ['damaged', Buffer.from('\0asm\x01\0\0\0\xff\xff\xff', 'latin1')],
    ['another module', Buffer.from('\0asm\x01\0\0\0', 'latin1')],
  ];
  for (const [what, bytes] of cases) {
    test(`${what}: there is none, and blocks are decoded`, async () => {
      const file = path.join(folder, `${what}.wasm`);
      if (bytes) writeFileSync(file, bytes);
      const loaded = loadBlocksWasm(file);
      assert.equal(loaded, null);
      const usual = replaceBlocksWasm(loaded);
      try {
        const tiff = await openGeoTiff(memorySource(write(PLANS[0]!, (b, r, c) => b + r + c)));
        const { values } = await tiff.readWindow({ col: 299, row: 529, width: 1, height: 1 });
        assert.deepEqual([...values], [828, 829, 830]);
      } finally {
        replaceBlocksWasm(usual);
      }
    });
  }

  test('fill order 2 is refused by name', async () => {
    const bytes = Buffer.from(write(PLANS[1]!, () => 1));
    // The predictor's entry becomes one of FillOrder.
    const entry = 10 + 7 * 12;
    assert.equal(bytes.readUInt16LE(entry), 317);
    bytes.writeUInt16LE(266, entry);
    bytes.writeUInt16LE(2, entry + 8);
    await assert.rejects(openGeoTiff(memorySource(bytes)), (e) => isNadirError(e) && e.code === 'fill-order');
  });
});
