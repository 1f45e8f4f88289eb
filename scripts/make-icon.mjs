// Draws media/icon.png: a 256 px globe seen from its nadir point, with one chosen tile. Plain Node, own PNG.
import { writeFileSync } from 'node:fs';
import { crc32, deflateSync } from 'node:zlib';

const SIZE = 256;
const SAMPLES = 4;
const DEG = Math.PI / 180;
const OCEAN = [16, 42, 67];
const GRID = [72, 118, 158];
const TILE = [255, 176, 58];
const TILE_DARK = [214, 124, 28];

/** Colour at a point of the unit square, or null outside the disc. Orthographic view, tilted by 24 degrees. */
function colourAt(u, v) {
  const [x, y] = [(u - 0.5) / 0.46, (0.5 - v) / 0.46];
  const r2 = x * x + y * y;
  if (r2 > 1) return null;
  const z = Math.sqrt(1 - r2);
  const tilt = 24 * DEG;
  const [y3, z3] = [y * Math.cos(tilt) + z * Math.sin(tilt), z * Math.cos(tilt) - y * Math.sin(tilt)];
  const lat = Math.asin(y3) / DEG;
  const lon = Math.atan2(x, z3) / DEG;
  const light = 0.62 + 0.38 * Math.max(0, z * 0.8 + x * -0.3 + y * 0.35);
  const step = 15;
  const inTile = lat > 15 && lat < 45 && lon > -15 && lon < 15;
  const near = (value, width) => Math.abs(value / step - Math.round(value / step)) * step < width;
  const line = near(lat, 0.9) || near(lon, 0.9 / Math.max(0.2, Math.cos(lat * DEG)));
  const base = inTile ? (line ? TILE_DARK : TILE) : line ? GRID : OCEAN;
  return base.map((c) => Math.min(255, c * light * (inTile ? 1.12 : 1.25)));
}

const raw = Buffer.alloc(SIZE * (SIZE * 4 + 1));
for (let py = 0; py < SIZE; py++) {
  for (let px = 0; px < SIZE; px++) {
    let [r, g, b, hit] = [0, 0, 0, 0];
    for (let s = 0; s < SAMPLES * SAMPLES; s++) {
      const c = colourAt(
        (px + ((s % SAMPLES) + 0.5) / SAMPLES) / SIZE,
        (py + (Math.floor(s / SAMPLES) + 0.5) / SAMPLES) / SIZE,
      );
      if (c) [r, g, b, hit] = [r + c[0], g + c[1], b + c[2], hit + 1];
    }
    if (hit > 0) raw.set([r / hit, g / hit, b / hit, (255 * hit) / SAMPLES ** 2], py * (SIZE * 4 + 1) + 1 + px * 4);
  }
}
const chunk = (type, data) => {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const out = Buffer.alloc(body.length + 8);
  out.writeUInt32BE(data.length, 0);
  body.copy(out, 4);
  out.writeUInt32BE(crc32(body), body.length + 4);
  return out;
};
const header = Buffer.alloc(13);
header.writeUInt32BE(SIZE, 0);
header.writeUInt32BE(SIZE, 4);
header.set([8, 6, 0, 0, 0], 8);
const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
writeFileSync(
  new URL('../media/icon.png', import.meta.url),
  Buffer.concat([
    signature,
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw, { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]),
);
