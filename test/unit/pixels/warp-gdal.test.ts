/** Warps against arrays that GDAL made (test/oracles/warp/make.py); the tolerances are those of loading.md §2.1. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, test } from 'node:test';
import { applyAffine, GeoSlice, invertAffine, pointTransform, Crs, type Affine } from '../../../src/core/index.js';
import { planWarp, type Resampling } from '../../../src/pixels/index.js';
import { memoryRaster, warpAll, type MemoryRaster } from '../../support/memory-raster.js';
import { readNpy } from '../../support/npy.js';

const FOLDER = path.resolve('test/oracles/warp');

interface Case {
  readonly source: string;
  readonly crs: string;
  readonly transform: Affine;
  readonly target: string;
  readonly method: Resampling;
  readonly resolution: number;
  readonly origin: readonly [number, number];
  readonly index: number;
}
const oracle = JSON.parse(readFileSync(path.join(FOLDER, 'cases.json'), 'utf8')) as {
  readonly source: readonly [number, number];
  readonly target: readonly [number, number];
  readonly nodata: number;
  readonly cases: readonly Case[];
};
const [H, W] = oracle.source;
const [DH, DW] = oracle.target;

function pixel(r: number, c: number): number {
  const isHole = (r >= 20 && r < 24 && c >= 17 && c < 22) || (r === 5 && c === 30);
  if (isHole) return oracle.nodata;
  const texture = (Math.floor(c / 3) * 5 + Math.floor(r / 4) * 11) % 7;
  return (c * 37 + r * 91 + ((c * r) % 13) * 17 + texture * 40) % 1009;
}

function raster(c: Case, dtype: 'int16' | 'float64'): MemoryRaster {
  const values = dtype === 'int16' ? new Int16Array(W * H) : new Float64Array(W * H);
  for (let i = 0; i < values.length; i++) {
    values[i] = pixel(Math.floor(i / W), i % W);
  }
  return memoryRaster({
    values,
    width: W,
    height: H,
    dtype,
    transform: c.transform,
    crs: c.crs,
    nodata: oracle.nodata,
  });
}

function sliceOf(c: Case): GeoSlice {
  const [x, y] = c.origin;
  return GeoSlice.create({
    bounds: [x, y - DH * c.resolution, x + DW * c.resolution, y],
    resolution: c.resolution,
    crs: c.target,
  });
}

const arrays = new Map<string, ArrayLike<number>>();
function expected(c: Case): number[] {
  let all = arrays.get(c.method);
  if (!all) arrays.set(c.method, (all = readNpy(path.join(FOLDER, `${c.method}.npy`)).values));
  const size = DW * DH;
  return Array.from({ length: size }, (_, i) => all[c.index * size + i]!);
}

/** Whether the four corners of a destination pixel lie inside the source, with a margin in source pixels. */
function insideTest(c: Case, margin: number): (i: number) => boolean {
  const back = pointTransform(Crs.from(c.target), Crs.from(c.crs));
  const inverse = invertAffine(c.transform);
  const inside = (col: number, row: number): boolean => {
    const [u, v] = applyAffine(inverse, ...back(c.origin[0] + col * c.resolution, c.origin[1] - row * c.resolution));
    return u >= margin && v >= margin && u <= W - margin && v <= H - margin;
  };
  return (i) => {
    const [col, row] = [i % DW, Math.floor(i / DW)];
    return inside(col, row) && inside(col + 1, row) && inside(col, row + 1) && inside(col + 1, row + 1);
  };
}

const name = (c: Case): string => `${c.source} → ${c.target}`;
const of = (method: Resampling): readonly Case[] => oracle.cases.filter((c) => c.method === method);

describe('exact warps equal GDAL', () => {
  for (const c of of('nearest')) {
    test(`nearest, every pixel, ${name(c)}`, async () => {
      const got = await warpAll(raster(c, 'int16'), sliceOf(c), 'nearest');
      const want = expected(c);
      const wrong = want.flatMap((w, i) => ((Number.isNaN(got[i]!) ? oracle.nodata : got[i]) === w ? [] : [i]));
      assert.deepEqual(wrong, [], `${wrong.length} pixels differ`);
      assert.ok(want.filter((w) => w !== oracle.nodata).length > 300);
    });
  }
  for (const method of ['bilinear', 'cubic'] as const) {
    for (const c of of(method)) {
      test(`${method} when magnifying, ${name(c)}`, async () => {
        const got = await warpAll(raster(c, 'float64'), sliceOf(c), method);
        const isInside = insideTest(c, 0);
        let worst = 0;
        let compared = 0;
        for (const [i, w] of expected(c).entries()) {
          if (!isInside(i)) continue;
          assert.equal(Number.isNaN(got[i]!), w === oracle.nodata, `validity of pixel ${i}`);
          if (w === oracle.nodata) continue;
          worst = Math.max(worst, Math.abs(got[i]! - w));
          compared++;
        }
        // Values reach 1009 and the oracle is stored as Float32; coordinates of PROJ and proj4 differ by up to 1e-6 pixel.
        assert.ok(worst < 2e-3, `largest difference ${worst}`);
        assert.ok(compared > 400, `${compared} pixels compared`);
      });
    }
  }
  for (const method of ['average', 'min', 'max'] as const) {
    for (const c of of(method)) {
      test(`${method}, pixels inside the file, ${name(c)}`, async () => {
        const got = await warpAll(raster(c, method === 'average' ? 'float64' : 'int16'), sliceOf(c), method);
        const isInside = insideTest(c, 1);
        let compared = 0;
        const wrong: string[] = [];
        for (const [i, w] of expected(c).entries()) {
          if (!isInside(i)) continue;
          compared++;
          const g = Number.isNaN(got[i]!) ? oracle.nodata : got[i]!;
          const tolerance = method === 'average' ? 2e-3 : 0;
          if (Math.abs(g - w) > tolerance) wrong.push(`${i}: ${g} for ${w}`);
        }
        assert.ok(compared > 80, `${compared} pixels compared`);
        assert.deepEqual(wrong, []);
      });
    }
  }
});

describe('the knot grid', () => {
  for (const c of of('nearest').filter((k) => k.crs !== k.target)) {
    test(`nearest differs from exact only within 1e-3 pixel of a cell edge, ${name(c)}`, async () => {
      const source = raster(c, 'int16');
      const slice = sliceOf(c);
      const knots = await warpAll(source, slice, 'nearest', 'knots');
      const exact = await warpAll(source, slice, 'nearest', 'exact');
      const { mapper, lattice } = planWarp(source, slice, 'exact');
      const block = { col: lattice.x.first, row: lattice.y.first, width: DW, height: DH, at: 'centres' } as const;
      const { u, v } = mapper(block).coordinates();
      const nearEdge = (q: number): boolean => Math.abs(q - Math.round(q)) <= 1e-3;
      for (let i = 0; i < knots.length; i++) {
        if (!Object.is(knots[i], exact[i])) assert.ok(nearEdge(u[i]!) || nearEdge(v[i]!), `pixel ${i}`);
      }
    });
  }
});
