/** Catalogs of one engine and world for a suite of claims. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe } from 'node:test';
import { memoryCatalog, type CatalogRow, type GeoCatalog } from '../../../../src/catalog/index.js';
import { MICROS_PER_DAY } from '../../../../src/core/index.js';
import { engineSkip, ENGINES, type Engine } from './engines.js';
import { EPOCH, randomRows, WORLDS, type World } from './worlds.js';

export const SEED = 20_261_120;
/** Rows of the left catalog. */
export const N = 90;

/** Ids of the rows of a catalog, in order. */
export const ids = async (c: GeoCatalog): Promise<string[]> => (await c.toArray()).map((r) => r.id);
/** Whole days of the worlds' time. */
export const dayBox = (day: number, length: number): { start: number; end: number } => ({
  start: EPOCH + day * MICROS_PER_DAY,
  end: EPOCH + (day + length) * MICROS_PER_DAY,
});

/** Catalogs of one engine and world, with their rows in that engine's order, and the same rows in memory. */
export interface Subject {
  readonly a: GeoCatalog;
  readonly b: GeoCatalog;
  readonly c: GeoCatalog;
  readonly aRows: readonly CatalogRow[];
  readonly bRows: readonly CatalogRow[];
  readonly aMemory: GeoCatalog;
  readonly bMemory: GeoCatalog;
  readonly folder: string;
}

async function subject(engine: Engine, world: World, folder: string): Promise<Subject> {
  const make = (tag: string, n: number): Promise<GeoCatalog> =>
    engine.make(randomRows(world, n, SEED, tag), world.crs, path.join(folder, tag));
  const [a, b, c] = [await make('a', N), await make('b', 60), await make('c', 30)];
  const facts = { backend: 'raster' as const, crs: world.crs, targetResolution: null, config: {} };
  const [aRows, bRows] = [await a.toArray(), await b.toArray()];
  return {
    a,
    b,
    c,
    aRows,
    bRows,
    aMemory: memoryCatalog(aRows, facts),
    bMemory: memoryCatalog(bRows, facts),
    folder,
  };
}

/** Runs claims on every engine and world; `of` gives the catalogs once a test runs. */
export function onEveryEngine(claims: (world: World, of: () => Subject) => void): void {
  for (const { engine, skip } of USABLE) {
    for (const world of WORLDS) {
      describe(`${engine.name}, ${world.name} (seed ${SEED})`, { skip }, () => {
        let s: Subject | undefined;
        before(async () => {
          s = await subject(engine, world, mkdtempSync(path.join(tmpdir(), 'nadir-conformance-')));
        });
        after(async () => {
          if (!s) return;
          for (const c of [s.a, s.b, s.c]) await c.dispose();
          rmSync(s.folder, { recursive: true, force: true });
        });
        claims(world, () => s!);
      });
    }
  }
}

async function usable(): Promise<{ readonly engine: Engine; readonly skip: string | false }[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'nadir-probe-'));
  const [world] = WORLDS;
  const rows = randomRows(world!, 3, SEED, 'p');
  const found: { engine: Engine; skip: string | false }[] = [];
  for (const engine of ENGINES)
    found.push({ engine, skip: await engineSkip(engine, rows, world!.crs, path.join(folder, String(found.length))) });
  rmSync(folder, { recursive: true, force: true });
  return found;
}

const USABLE = await usable();
