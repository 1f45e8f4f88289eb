// Our side: `node bench/ours.mjs prepare|run NAME DIR N`. `prepare` makes the input; `run` prints { wall, cpu, rss, check }.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { buildRasterCatalog, createRandom, GeoSlice, GeoTensor, loadChips, saveCog } from '../dist/index.js';

const [mode, name, dir, count] = process.argv.slice(2);
const n = Number(count);

/** Side of the large COG in pixels: an eighth of a Sentinel-2 tile's area keeps the preparation short. */
const COG_SIDE = n < 100 ? 1024 : 4096;
const COG_ORIGIN = [699960, 5000040];
const CHIP = 256;

/** Smooth ground with texture, as imagery compresses. */
function image(bands, side, seed) {
  const random = createRandom(seed, 'bench');
  const values = new Uint16Array(bands * side * side);
  for (let i = 0; i < values.length; i++) {
    const x = i % side;
    const y = Math.floor(i / side) % side;
    values[i] = 1200 + 600 * Math.sin(x / 37) * Math.cos(y / 53) + 300 * Math.sin((x + y) / 11) + 60 * random.uniform();
  }
  return values;
}

async function makeCog(file, side) {
  const tensor = GeoTensor.create({
    values: image(4, side, 1),
    shape: [4, side, side],
    transform: [10, 0, COG_ORIGIN[0], 0, -10, COG_ORIGIN[1]],
    crs: 'EPSG:32631',
    fillValue: 0,
  });
  await saveCog(tensor, file);
}

const prepare = {
  async 'catalog-build'() {
    for (let i = 0; i < n; i++) {
      const zone = i % 2 ? 32632 : 32631;
      const [x, y] = [400000 + (i % 40) * 640, 5000000 + Math.floor(i / 40) * 640];
      const day = String(1 + (i % 28)).padStart(2, '0');
      const tensor = GeoTensor.create({
        values: image(1, 64, i),
        shape: [1, 64, 64],
        transform: [10, 0, x, 0, -10, y],
        crs: `EPSG:${zone}`,
        fillValue: 0,
      });
      await saveCog(tensor, path.join(dir, `S2_${String(i).padStart(5, '0')}_202406${day}.tif`));
    }
  },
  async 'chip-read'() {
    await makeCog(path.join(dir, 'big.tif'), COG_SIDE);
    const random = createRandom(2, 'bench');
    const windows = Array.from({ length: n }, () => [random.int(COG_SIDE - CHIP), random.int(COG_SIDE - CHIP)]);
    writeFileSync(path.join(dir, 'windows.json'), JSON.stringify(windows));
  },
  async 'chip-warp'() {
    await makeCog(path.join(dir, 'big.tif'), COG_SIDE);
    const random = createRandom(3, 'bench');
    // Chips in the neighbouring zone, well inside the image.
    const whole = GeoSlice.create({
      bounds: [COG_ORIGIN[0], COG_ORIGIN[1] - COG_SIDE * 10, COG_ORIGIN[0] + COG_SIDE * 10, COG_ORIGIN[1]],
      resolution: 10,
      crs: 'EPSG:32631',
    }).toCrs('EPSG:32632');
    const [xmin, ymin, xmax, ymax] = whole.bounds;
    const margin = 0.12 * (xmax - xmin);
    const corner = (low, high) =>
      Math.round((low + margin + random.uniform() * (high - low - 2 * margin - CHIP * 10)) / 10) * 10;
    const boxes = Array.from({ length: n }, () => {
      const [x, y] = [corner(xmin, xmax), corner(ymin, ymax)];
      return [x, y, x + CHIP * 10, y + CHIP * 10];
    });
    writeFileSync(path.join(dir, 'boxes.json'), JSON.stringify(boxes));
  },
};

const sum = (values) => {
  let s = 0;
  for (let i = 0; i < values.length; i++) s += values[i];
  return s;
};

async function sumChips(slices, options) {
  const catalog = await buildRasterCatalog(path.join(dir, 'big.tif'));
  let total = 0;
  for await (const { tensor } of loadChips(catalog, slices, { onError: 'raise', ...options }))
    total += sum(tensor.values);
  return [total];
}

const run = {
  async 'catalog-build'() {
    const catalog = await buildRasterCatalog(dir, { filenameRegex: /_(?<date>\d{8})/, targetCrs: 'EPSG:32631' });
    return [await catalog.count(), ...(await catalog.totalBounds())];
  },
  async 'chip-read'() {
    const windows = JSON.parse(readFileSync(path.join(dir, 'windows.json'), 'utf8'));
    const transform = [10, 0, COG_ORIGIN[0], 0, -10, COG_ORIGIN[1]];
    return sumChips(
      windows.map(([col, row]) =>
        GeoSlice.fromWindow({ col, row, width: CHIP, height: CHIP }, transform, { crs: 'EPSG:32631' }),
      ),
      {},
    );
  },
  async 'chip-warp'() {
    const boxes = JSON.parse(readFileSync(path.join(dir, 'boxes.json'), 'utf8'));
    return sumChips(
      boxes.map((bounds) => GeoSlice.create({ bounds, resolution: 10, crs: 'EPSG:32632' })),
      { resampling: 'bilinear' },
    );
  },
};

if (mode === 'prepare') {
  await prepare[name]();
  console.log('{}');
} else {
  const cpu = process.cpuUsage();
  const startedAt = performance.now();
  const check = await run[name]();
  const wall = (performance.now() - startedAt) / 1000;
  const used = process.cpuUsage(cpu);
  console.log(
    JSON.stringify({ wall, cpu: (used.user + used.system) / 1e6, rss: process.resourceUsage().maxRSS / 1024, check }),
  );
}
