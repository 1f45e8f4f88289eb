/** How a slice shows itself: its box on a map and the facts of its grid. */
import type { DisplayBundle, GeoSlice } from '../core/index.js';
import { answers, makeBundle } from './bundle.js';
import { drawMapPicture } from './draw/map-picture.js';
import { wireMicros } from './footprint.js';
import { orNowhere, placeOfBounds } from './place.js';
import type { GeoSliceData } from './wire/payload.js';
import { boundsText, facts, placeRange, shortNumber, timeSpan } from './words.js';

const HEIGHT = 260;

/** An interval for a view; null for none and for unlimited ones. */
export function wireInterval(interval: GeoSlice['interval']): GeoSliceData['interval'] {
  const [start, end] = [wireMicros(interval?.start), wireMicros(interval?.end)];
  return start === null || end === null ? null : { startMicros: start, endMicros: end };
}

/** "10 m", "20 × 10 m", "0.0001°". */
export function resolutionText([x, y]: readonly [number, number], unit: string): string {
  const sign = unit === 'degree' ? '°' : unit === 'foot' ? ' ft' : ' m';
  return shortNumber(x) === shortNumber(y)
    ? `${shortNumber(x)}${sign}`
    : `${shortNumber(x)} × ${shortNumber(y)}${sign}`;
}

/** The bundle of a slice. */
export function displayGeoSlice(slice: GeoSlice): DisplayBundle {
  const place = orNowhere(placeOfBounds(slice.bounds, slice.crs));
  const [height, width] = slice.shape;
  const data: GeoSliceData = {
    outline: place.outline,
    bbox: place.bbox,
    crs: slice.crs.canonical,
    bounds: [...slice.bounds],
    resolution: [...slice.resolution],
    shape: [height, width],
    interval: wireInterval(slice.interval),
  };
  const size = `${width} × ${height} pixels of ${resolutionText(slice.resolution, slice.crs.unit)}`;
  const when = slice.interval ? timeSpan(data.interval) : 'any time';
  const where = place.outline.length === 0 ? 'no place in longitude and latitude' : placeRange(place.bbox);
  const crs = slice.crs.canonical.slice(0, 60);
  return makeBundle({
    kind: 'geoslice',
    title: `Slice of ${size}`,
    alt: `Slice of ${size}, ${crs}, ${when}, ${where}`,
    datasetId: `sha256:${slice.hash()}`,
    truncated: null,
    data,
    picture: drawMapPicture({
      title: `Slice of ${size}`,
      subtitle: [when, where, crs].join(' · '),
      areas: place.outline.length === 0 ? [] : [place],
      timeline: null,
      height: HEIGHT,
    }),
    text: [
      `GeoSlice of ${size}`,
      ...facts([
        ['time', when],
        ['place', where],
        [
          'CRS',
          `${slice.crs.canonical.slice(0, 80)}${slice.crs.name === slice.crs.canonical ? '' : ` (${slice.crs.name})`}`,
        ],
        ['bounds', boundsText(slice.bounds)],
        ['shape', `${height} rows, ${width} columns`],
      ]),
    ],
    handler: answers({ detail: () => slice.toJSON() }),
  });
}
