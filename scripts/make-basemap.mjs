// Makes src/display/draw/generated/land.ts: coastlines for the pictures that the kernel draws without a browser.
// Source: Natural Earth 1:50m land (public domain) through npm world-atlas. usage: node scripts/make-basemap.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { deflateRawSync } from 'node:zlib';
import { feature } from 'topojson-client';

/** Degrees that a point may lie off its line before it is kept; about two pixels of a picture 15° wide. */
const TOLERANCE = 0.03;
/** Stored steps per degree. */
const STEPS = 100;
/** Islands whose box is smaller than this many square degrees are left out. */
const SMALLEST = 0.004;

const require = createRequire(import.meta.url);
const topology = JSON.parse(readFileSync(require.resolve('world-atlas/land-50m.json'), 'utf8'));
const land = feature(topology, topology.objects.land);
const polygons = land.features.flatMap((f) =>
  f.geometry.type === 'Polygon' ? [f.geometry.coordinates] : f.geometry.coordinates,
);

/** Douglas–Peucker on one closed ring. */
function simplify(ring) {
  const keep = new Uint8Array(ring.length);
  keep[0] = keep[ring.length - 1] = 1;
  const middle = ring.length >> 1;
  keep[middle] = 1;
  const stack = [
    [0, middle],
    [middle, ring.length - 1],
  ];
  while (stack.length) {
    const [a, b] = stack.pop();
    const [ax, ay] = ring[a];
    const [dx, dy] = [ring[b][0] - ax, ring[b][1] - ay];
    const length = Math.hypot(dx, dy);
    let [worst, at] = [0, -1];
    for (let i = a + 1; i < b; i++) {
      const [px, py] = [ring[i][0] - ax, ring[i][1] - ay];
      const distance = length === 0 ? Math.hypot(px, py) : Math.abs(px * dy - py * dx) / length;
      if (distance > worst) [worst, at] = [distance, i];
    }
    if (worst > TOLERANCE) {
      keep[at] = 1;
      stack.push([a, at], [at, b]);
    }
  }
  return ring.filter((_, i) => keep[i]);
}

const bytes = [];
function varint(n) {
  let z = n >= 0 ? 2 * n : -2 * n - 1;
  while (z > 127) {
    bytes.push((z & 127) | 128);
    z >>>= 7;
  }
  bytes.push(z);
}

let points = 0;
let rings = 0;
for (const polygon of polygons) {
  for (const ring of polygon) {
    const xs = ring.map((p) => p[0]);
    const ys = ring.map((p) => p[1]);
    if ((Math.max(...xs) - Math.min(...xs)) * (Math.max(...ys) - Math.min(...ys)) < SMALLEST) continue;
    const quantised = simplify(ring)
      .map(([x, y]) => [Math.round(x * STEPS), Math.round(y * STEPS)])
      .filter((p, i, all) => i === 0 || p[0] !== all[i - 1][0] || p[1] !== all[i - 1][1]);
    if (quantised.length < 4) continue;
    rings++;
    points += quantised.length;
    varint(quantised.length);
    let [x, y] = [0, 0];
    for (const [nx, ny] of quantised) {
      varint(nx - x);
      varint(ny - y);
      [x, y] = [nx, ny];
    }
  }
}
const packed = deflateRawSync(Uint8Array.from(bytes), { level: 9 }).toString('base64');
const lines = packed.match(/.{1,118}/g).map((l) => `  '${l}'`);
writeFileSync(
  new URL('../src/display/draw/generated/land.ts', import.meta.url),
  `// Made by scripts/make-basemap.mjs from Natural Earth 1:50m land (npm world-atlas). Never edited.
/** Rings of land, deflated: per ring the number of points, then zigzag varint deltas of 1/${STEPS} degree. */
export const LAND =
${lines.join(' +\n')};

/** Stored steps per degree. */
export const STEPS_PER_DEGREE = ${STEPS};
`,
);
console.log(`${rings} rings, ${points} points, ${packed.length} characters`);
