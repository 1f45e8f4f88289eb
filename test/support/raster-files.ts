/** Small raster files for tests of loading. */
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Crs, type Affine, type NumericArray } from '../../src/core/index.js';
import { encodeCog } from '../../src/formats/geotiff/index.js';

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
  const chunks: Uint8Array[] = [];
  const image = {
    values: f.values,
    shape: f.shape,
    transform: f.transform,
    crs: Crs.from(f.crs),
    nodata: f.nodata ?? null,
    bandNames: f.bandNames ?? null,
  };
  for await (const chunk of encodeCog(image)) chunks.push(chunk);
  await writeFile(file, Buffer.concat(chunks));
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
