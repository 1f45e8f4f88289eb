/** The cells that show one file on the map. Pure: no editor here. */

/** Longest side of the preview of a raster, in pixels; a scene of 10 980 px would not fit the output. */
const PREVIEW_PIXELS = 1024;

/** A short notebook for a file, or undefined for a format that Nadir does not open. */
export function mapCells(file: string): readonly string[] | undefined {
  const path = JSON.stringify(file);
  if (/\.tiff?$/i.test(file))
    return [
      `import { buildRasterCatalog, loadRaster } from 'nadir';\n\nconst scene = await buildRasterCatalog([${path}]);\nscene`,
      [
        `// A preview of at most ${PREVIEW_PIXELS} pixels a side.`,
        'const [row] = await scene.toArray();',
        `const step = Math.max(1, Math.max(row!.native!.width, row!.native!.height) / ${PREVIEW_PIXELS});`,
        'const resolution = Math.abs(row!.native!.transform[0]) * step;',
        'for await (const slice of scene.slices({ resolution })) display(await loadRaster(scene, slice));',
      ].join('\n'),
    ];
  if (/\.parquet$/i.test(file))
    return [`import { openCatalog } from 'nadir';\n\nconst catalog = await openCatalog(${path});\ncatalog`];
  return undefined;
}
