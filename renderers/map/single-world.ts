/** From afar the Earth is shown once: copies beside it would show every footprint two or three times. */
import type { LngLat, Map as MapLibreMap } from 'maplibre-gl';
import type { LonLatBox } from '../../src/display/wire/payload.js';

/** MapLibre's world is 512 pixels wide at zoom 0. */
const WORLD = 512;
/** Latitude where Mercator maps end. */
const MAX_LATITUDE = 85.051_129;

/** What the camera of a map may do. */
export interface WorldView {
  /** True where one Earth is seen whole: nothing repeats beside it. */
  isSingle: (zoom: number) => boolean;
  constrain: (center: LngLat, zoom: number) => { center: LngLat; zoom: number };
}

const mercatorY = (lat: number): number => Math.asinh(Math.tan((lat * Math.PI) / 180)) / (2 * Math.PI);
const latitudeOf = (y: number): number => (Math.atan(Math.sinh(y * 2 * Math.PI)) * 180) / Math.PI;

/**
 * The camera rules of a map in `host`.
 *
 * What crosses ±180 keeps the copies, for it would be torn apart without them.
 */
export function worldView(
  host: HTMLElement,
  boxOf: () => LonLatBox | null,
  maxZoom: number,
  place: (lng: number, lat: number) => LngLat,
): WorldView {
  const isSingle = (zoom: number): boolean => {
    const box = boxOf();
    const isTorn = box !== null && (box[0] < -180 || box[2] > 180 || box[2] < box[0]);
    return !isTorn && WORLD * 2 ** zoom <= host.clientWidth;
  };
  return {
    isSingle,
    constrain: ({ lng, lat }, wanted) => {
      const height = Math.max(1, host.clientHeight);
      const zoom = Math.min(maxZoom, Math.max(Math.log2(height / WORLD), wanted));
      const room = Math.max(0, 0.5 - height / (WORLD * 2 ** zoom) / 2);
      const y = Math.max(-room, Math.min(room, mercatorY(Math.max(-MAX_LATITUDE, Math.min(MAX_LATITUDE, lat)))));
      return { center: place(isSingle(zoom) ? 0 : lng, latitudeOf(y)), zoom };
    },
  };
}

/** Shows copies of the Earth only where it is wider than the map. */
export function followZoom(map: MapLibreMap, view: WorldView): void {
  const follow = (): void => {
    const wanted = !view.isSingle(map.getZoom());
    if (map.getRenderWorldCopies() !== wanted) map.setRenderWorldCopies(wanted);
  };
  map.on('zoom', follow);
  map.on('resize', follow);
  follow();
}
