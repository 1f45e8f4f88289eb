import { readFileSync } from 'node:fs';
import path from 'node:path';
import { createRandom, GeoSlice, rasterize } from '../../dist/index.js';
import { writeJson } from './lib/images.mjs';

const ORIGIN = [400_000, 5_000_000];
const RESOLUTION = 10;
/** 6000 pixels for 20 000 polygons, and as dense for fewer. */
const sideOf = (n) => Math.round(6000 * Math.sqrt(n / 20_000));

/** Field-like polygons: 8 to 40 vertices, radius of 5 to 40 pixels; one in ten has a hole. */
export async function prepare({ dir, n }) {
  const random = createRandom(11, 'bench');
  const side = sideOf(n);
  const uniform = (low, high) => low + random.uniform() * (high - low);
  const ring = (col, row, radius, count) => {
    const points = Array.from({ length: count }, (_, i) => {
      const angle = (2 * Math.PI * i) / count;
      const r = radius * uniform(0.6, 1);
      const [x, y] = [col + r * Math.cos(angle), row + r * Math.sin(angle)];
      return [ORIGIN[0] + x * RESOLUTION, ORIGIN[1] - y * RESOLUTION];
    });
    return [...points, points[0]];
  };
  const features = Array.from({ length: n }, (_, i) => {
    const [col, row, radius] = [uniform(0, side), uniform(0, side), uniform(5, 40)];
    const rings = [ring(col, row, radius, 8 + Math.floor(uniform(0, 33)))];
    if (i % 10 === 0) rings.push(ring(col, row, radius * 0.4, 8));
    return {
      type: 'Feature',
      properties: { label: 1 + (i % 200) },
      geometry: { type: 'Polygon', coordinates: rings },
    };
  });
  const crs = { type: 'name', properties: { name: 'urn:ogc:def:crs:EPSG::32631' } };
  writeJson(dir, 'polygons.json', { type: 'FeatureCollection', crs, features });
}

export function load({ dir }) {
  return JSON.parse(readFileSync(path.join(dir, 'polygons.json'), 'utf8'));
}

export async function run({ n, input }) {
  const side = sideOf(n);
  const [x, y] = ORIGIN;
  const slice = GeoSlice.create({
    bounds: [x, y - side * RESOLUTION, x + side * RESOLUTION, y],
    resolution: RESOLUTION,
    crs: 'EPSG:32631',
  });
  const { values } = rasterize(input, slice, { labelField: 'label' });
  // Every 97th pixel: summing all would take as long as burning them.
  let [sum, weighted] = [0, 0];
  for (let i = 0; i < values.length; i += 97) {
    sum += values[i];
    weighted += values[i] * (i % 251);
  }
  return { check: [sum, weighted] };
}
