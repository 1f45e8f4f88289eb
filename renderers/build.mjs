// Builds the notebook renderers into dist/renderers: three ES modules with shared chunks. The basemap is made here from
// Natural Earth (npm world-atlas, public domain) and the map worker is carried as text, so that nothing is ever fetched.
import { build, transform } from 'esbuild';
import { readFile, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { feature, mesh } from 'topojson-client';

const require = createRequire(import.meta.url);
const here = import.meta.dirname;

/** Points as differences of whole steps of 1/scale degree: a third of the size of GeoJSON text. */
function deltas(points, scale) {
  const out = [];
  let x = 0;
  let y = 0;
  for (const [lon, lat] of points) {
    const qx = Math.round(lon * scale);
    const qy = Math.round(lat * scale);
    if (out.length > 0 && qx === x && qy === y) continue;
    out.push(qx - x, qy - y);
    x = qx;
    y = qy;
  }
  return out;
}

/**
 * A ring without jumps at the antimeridian: longitudes pass ±180, where the map draws the next turn of the world. A ring
 * around a pole (Antarctica) ends a whole turn away and is closed along the pole. Jumps would be lines across the map.
 */
function unwrapped(ring) {
  let turn = 0;
  const out = ring.map(([x, y], i) => {
    const before = ring[i - 1];
    if (before && Math.abs(x - before[0]) > 180) turn += x < before[0] ? 360 : -360;
    return [x + turn, y];
  });
  const [first, last] = [out[0], out.at(-1)];
  if (Math.abs(last[0] - first[0]) < 180) {
    const xs = out.map(([x]) => x);
    const home = 360 * Math.round((Math.min(...xs) + Math.max(...xs)) / 720);
    return out.map(([x, y]) => [x - home, y]);
  }
  const pole = last[1] < 0 ? -90 : 90;
  return [...out, [last[0], pole], [first[0], pole], first];
}

const polygonsOf = (geometry) => (geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates);

/** Land, borders and, on demand, named countries of one Natural Earth resolution. */
async function basemap(resolution, scale, withCountries) {
  const read = async (name) =>
    JSON.parse(await readFile(require.resolve(`world-atlas/${name}-${resolution}.json`), 'utf8'));
  const land = await read('land');
  const countries = await read('countries');
  const encode = (polygons) =>
    polygons
      .map((rings) => rings.map((ring) => deltas(ring, scale)).filter((r) => r.length >= 8))
      .filter((p) => p.length > 0);
  return {
    scale,
    land: encode(
      feature(land, land.objects.land).features.flatMap((f) => polygonsOf(f.geometry).map((p) => p.map(unwrapped))),
    ),
    borders: mesh(countries, countries.objects.countries, (a, b) => a !== b).coordinates.map((line) =>
      deltas(line, scale),
    ),
    countries: withCountries
      ? feature(countries, countries.objects.countries).features.map((f) => ({
          name: f.properties.name,
          polygons: encode(polygonsOf(f.geometry)),
        }))
      : [],
  };
}

/** Modules that exist only in the build: `nadir:basemap-110m`, `nadir:basemap-50m`, `nadir:map-worker`. */
const generated = {
  name: 'nadir-generated',
  setup(b) {
    b.onResolve({ filter: /^nadir:/ }, (args) => ({ path: args.path, namespace: 'nadir' }));
    b.onLoad({ filter: /.*/, namespace: 'nadir' }, async ({ path: name }) => {
      if (name === 'nadir:map-worker') {
        const source = await readFile(require.resolve('maplibre-gl/dist/maplibre-gl-worker.mjs'), 'utf8');
        // ASCII only, because btoa turns it into a data URL.
        const { code } = await transform(source.replace(/\/\/# sourceMappingURL=.*\s*$/, ''), {
          loader: 'js',
          charset: 'ascii',
          format: 'esm',
          minify: true,
          legalComments: 'none',
        });
        return { contents: `export const workerSource = ${JSON.stringify(code)};`, loader: 'js' };
      }
      const data = name === 'nadir:basemap-110m' ? await basemap('110m', 100, true) : await basemap('50m', 1000, false);
      return { contents: `export const basemap = ${JSON.stringify(data)};`, loader: 'js' };
    });
  },
};

/** Builds dist/renderers and returns esbuild's result with its metafile. */
export async function buildRenderers(outdir = path.join(here, '..', 'dist', 'renderers')) {
  await rm(outdir, { recursive: true, force: true });
  return build({
    entryPoints: {
      map: path.join(here, 'map.tsx'),
      grid: path.join(here, 'grid.tsx'),
      table: path.join(here, 'table.tsx'),
    },
    outdir,
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'browser',
    target: 'chrome132',
    chunkNames: '[name]-[hash]',
    minify: true,
    metafile: true,
    legalComments: 'none',
    logLevel: 'warning',
    jsx: 'automatic',
    jsxImportSource: 'preact',
    define: { 'process.env.NODE_ENV': '"production"' },
    plugins: [generated],
  });
}

if (process.argv[1] === import.meta.filename) await buildRenderers();
