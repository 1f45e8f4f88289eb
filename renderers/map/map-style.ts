/** The map's style: background, basemap, graticule, image, footprints. No glyphs, no sprites, no addresses. */
import type { ExpressionSpecification, StyleSpecification } from 'maplibre-gl';
import { css, mix, type Rgb, type ThemeColours } from '../shared/theme.js';
import { collection, type Basemap } from './basemap.js';

/** Layers that a pointer can hit. */
export const HIT_LAYERS = ['footprints-keep', 'footprints-reject', 'footprints-undecided'] as const;

const EMPTY = collection([]);

function stateColour(t: ThemeColours): ExpressionSpecification {
  return ['match', ['get', 's'], 'keep', css(t.kept), 'reject', css(t.rejected), css(t.undecided)];
}

const ACTIVE: ExpressionSpecification = [
  'any',
  ['boolean', ['feature-state', 'hover'], false],
  ['boolean', ['feature-state', 'selected'], false],
];

/** Side of the hatch pattern in pixels. */
const HATCH = 16;

/** Diagonal lines for rejected footprints, as raw pixels: a URL would need a request. */
export function hatchImage(colour: Rgb): { width: number; height: number; data: Uint8ClampedArray<ArrayBuffer> } {
  const data = new Uint8ClampedArray(HATCH * HATCH * 4);
  for (let y = 0; y < HATCH; y++) {
    for (let x = 0; x < HATCH; x++) {
      const on = (x + y) % HATCH < 3;
      // Premultiplied, as MapLibre uploads pattern images.
      const alpha = on ? 0.85 : 0.1;
      data.set([colour[0] * alpha, colour[1] * alpha, colour[2] * alpha, alpha * 255], (y * HATCH + x) * 4);
    }
  }
  return { width: HATCH, height: HATCH, data };
}

/** Paint properties that depend on the theme, by layer; the style starts with them and a theme change sets them again. */
export function themedPaint(
  t: ThemeColours,
  fill: number,
): Readonly<Record<string, Readonly<Record<string, unknown>>>> {
  const isContrast = t.kind.startsWith('hc');
  return {
    background: { 'background-color': css(t.water) },
    land: { 'fill-color': css(t.land) },
    coast: { 'line-color': css(t.coast) },
    borders: { 'line-color': css(t.border) },
    graticule: { 'line-color': css(t.graticule) },
    'footprints-keep': { 'fill-color': css(t.kept), 'fill-opacity': isContrast ? 0.55 : 0.42 },
    'footprints-reject': { 'fill-opacity': isContrast ? 1 : 0.8 },
    'footprints-undecided': {
      'fill-color': css(t.undecided),
      'fill-opacity': ['case', ACTIVE, 0.24, fill],
    },
    'footprints-halo': {
      'line-color': css(mix(t.background, t.foreground, t.kind.endsWith('light') ? 0 : 0.05)),
      'line-opacity': ['case', ACTIVE, 0.95, 0],
    },
    'footprints-line': { 'line-color': ['case', ACTIVE, css(t.highlight), stateColour(t)] },
  };
}

/** The whole style for a theme. */
export function mapStyle(t: ThemeColours, basemap: Basemap): StyleSpecification {
  const paint = themedPaint(t, 0.1);
  const themed = (id: string): Record<string, unknown> => ({ ...paint[id] });
  return {
    version: 8,
    sources: {
      land: { type: 'geojson', data: basemap.land, maxzoom: 8, tolerance: 0.3 },
      borders: { type: 'geojson', data: basemap.borders, maxzoom: 8, tolerance: 0.3 },
      graticule: { type: 'geojson', data: EMPTY, tolerance: 0 },
      footprints: { type: 'geojson', data: EMPTY, tolerance: 0.2, maxzoom: 16 },
    },
    layers: [
      { id: 'background', type: 'background', paint: themed('background') },
      { id: 'land', type: 'fill', source: 'land', paint: { ...themed('land'), 'fill-antialias': false } },
      {
        id: 'coast',
        type: 'line',
        source: 'land',
        paint: { ...themed('coast'), 'line-width': ['interpolate', ['linear'], ['zoom'], 2, 0.6, 8, 1.4] },
      },
      {
        id: 'borders',
        type: 'line',
        source: 'borders',
        paint: {
          ...themed('borders'),
          'line-width': ['interpolate', ['linear'], ['zoom'], 2, 0.5, 8, 1.2],
          'line-dasharray': [3, 2],
        },
      },
      { id: 'graticule', type: 'line', source: 'graticule', paint: { ...themed('graticule'), 'line-width': 1 } },
      {
        id: 'footprints-keep',
        type: 'fill',
        source: 'footprints',
        filter: ['==', ['get', 's'], 'keep'],
        paint: themed('footprints-keep'),
      },
      {
        id: 'footprints-reject',
        type: 'fill',
        source: 'footprints',
        filter: ['==', ['get', 's'], 'reject'],
        paint: { ...themed('footprints-reject'), 'fill-pattern': 'hatch' },
      },
      {
        id: 'footprints-undecided',
        type: 'fill',
        source: 'footprints',
        filter: ['==', ['get', 's'], 'undecided'],
        paint: themed('footprints-undecided'),
      },
      {
        id: 'footprints-halo',
        type: 'line',
        source: 'footprints',
        layout: { 'line-join': 'round' },
        paint: { ...themed('footprints-halo'), 'line-width': 6 },
      },
      {
        id: 'footprints-line',
        type: 'line',
        source: 'footprints',
        layout: { 'line-join': 'round' },
        paint: { ...themed('footprints-line'), 'line-width': ['case', ACTIVE, 3, 1.5] },
      },
    ],
  } satisfies StyleSpecification;
}
