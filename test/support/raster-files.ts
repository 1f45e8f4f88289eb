/** Small raster files for tests of loading. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Crs, type Affine, type NumericArray } from '../../src/core/index.js';
import { encodeCog } from '../../src/formats/geotiff/index.js';
import type { PlacedBytes } from '../../src/io/index.js';

export interface RasterFile {
  readonly name: string;
  readonly values: NumericArray;
  /** [bands, height, width] */
  readonly shape: readonly [number, number, number];
  readonly transform: Affine;
  readonly crs: string;
  readonly nodata?: number | null;
  readonly bandNames?: readonly (string | null)[];
}

/** Writes a file and returns its path. */
export async function writeRaster(folder: string, f: RasterFile): Promise<string> {
  const file = path.join(folder, f.name);
  const image = {
    values: f.values,
    shape: f.shape,
    transform: f.transform,
    crs: Crs.from(f.crs),
    nodata: f.nodata ?? null,
    bandNames: f.bandNames ?? null,
  };
  await writeFile(file, await joinPlaced(encodeCog(image)));
  return file;
}

/** The file of pieces that come in any order. */
export async function joinPlaced(pieces: AsyncIterable<PlacedBytes>): Promise<Uint8Array> {
  const all: PlacedBytes[] = [];
  for await (const piece of pieces) all.push(piece);
  const file = new Uint8Array(Math.max(0, ...all.map((p) => p.at + p.bytes.length)));
  for (const { at, bytes } of all) file.set(bytes, at);
  return file;
}

/** Runs with `console.warn` recorded: the warnings of the library outside a notebook. */
export async function recordWarnings<T>(
  fn: () => Promise<T>,
): Promise<{ readonly result: T; readonly warnings: readonly string[] }> {
  const warnings: string[] = [];
  const original = console.warn;
  console.warn = (...args: unknown[]) => warnings.push(args.join(' '));
  try {
    return { result: await fn(), warnings };
  } finally {
    console.warn = original;
  }
}
