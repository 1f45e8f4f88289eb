/** The cells that show one file on the map. Pure: no editor here. */

/** Longest side of the preview of a raster, in pixels; a scene of 10 980 px would not fit the output. */
const PREVIEW_PIXELS = 1024;

/** Extensions that Nadir opens on the map, without the dot; a Zarr store is a folder. */
export const MAP_EXTENSIONS = ['tif', 'tiff', 'parquet', 'geojson', 'json', 'fgb', 'gpkg', 'shp', 'nc', 'zarr'];

/** What a file is, by its name and by what was seen in it. */
export type MapKind = 'raster' | 'catalog' | 'stac' | 'vector' | 'cube';

/**
 * Tells what a file is, or undefined for one that Nadir does not open.
 *
 * @param file - path or name.
 * @param glimpse - the beginning of a JSON file, or the footer of a Parquet file; "" for others.
 */
export function mapKind(file: string, glimpse: string): MapKind | undefined {
  const [, extension = ''] = /\.([a-z\d]+)$/i.exec(file.replace(/[\\/]+$/, '')) ?? [];
  switch (extension.toLowerCase()) {
    case 'tif':
    case 'tiff':
      return 'raster';
    case 'parquet':
      // Catalogs that Nadir wrote may hold columns of STAC, too.
      return glimpse.includes('stac_version') && !glimpse.includes('_backend') ? 'stac' : 'catalog';
    case 'json':
    case 'geojson':
      if (/"stac_version"\s*:/.test(glimpse)) return 'stac';
      return extension.toLowerCase() === 'geojson' || /"type"\s*:\s*"Feature(?:Collection)?"/.test(glimpse)
        ? 'vector'
        : undefined;
    case 'fgb':
    case 'gpkg':
    case 'shp':
      return 'vector';
    case 'nc':
    case 'zarr':
      return 'cube';
    default:
      return undefined;
  }
}

/** A short notebook for a file. */
export function mapCells(file: string, kind: MapKind): readonly string[] {
  const path = JSON.stringify(file);
  const catalog = (call: string): string[] => [
    `import { ${call.replace(/\(.*/s, '')} } from 'nadir';\n\nconst catalog = await ${call};\ncatalog`,
  ];
  switch (kind) {
    case 'raster':
      return [
        `import { buildRasterCatalog, loadRaster } from 'nadir';\n\nconst scene = await buildRasterCatalog([${path}], { onError: 'raise' });\nscene`,
        [
          `// A preview of at most ${PREVIEW_PIXELS} pixels a side.`,
          'const [row] = await scene.toArray();',
          `const step = Math.max(1, Math.max(row!.native!.width, row!.native!.height) / ${PREVIEW_PIXELS});`,
          'const resolution = Math.abs(row!.native!.transform[0]) * step;',
          'for await (const slice of scene.slices({ resolution })) display(await loadRaster(scene, slice));',
        ].join('\n'),
      ];
    case 'catalog':
      return catalog(`openCatalog(${path})`);
    case 'stac':
      return catalog(`catalogFromStac(${path}, { assets: '*' })`);
    // One file by name: its failure is the answer, not a warning beside an empty catalog.
    case 'vector':
      return catalog(`buildVectorCatalog([${path}], { onError: 'raise' })`);
    case 'cube':
      return catalog(`buildCubeCatalog([${path}], { onError: 'raise' })`);
  }
}
