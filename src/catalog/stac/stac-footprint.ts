/** The footprint of a STAC asset in the catalog's CRS (`catalog.md` §9). */
import { boxesTouch, CatalogError, Crs, FormatError, type Bounds } from '../../core/index.js';
import { checkPolygon, type AssetPlace, type StacItem } from '../../formats/stac/index.js';
import { splitBox } from '../area.js';
import { rasterFootprint } from '../footprint.js';
import { boxPolygon, footprintBounds, type Area } from '../geometry.js';
import { projectFootprint } from './stac-geometry.js';
import type { Geometry } from 'geojson';

const WGS84 = Crs.from('EPSG:4326');
/** Latitudes beyond this are no rounding: the geometry is in metres, or its axes are swapped. */
const LATITUDE_LIMIT = 90 + 1e-6;

/** Footprint of a place that the projection extension tells. */
function placeFootprint(place: AssetPlace, crs: Crs, target: Crs): Area {
  if ('geometry' in place) {
    checkPolygon(place.geometry, 'proj:geometry');
    return projectFootprint(place.geometry, crs, target);
  }
  if ('transform' in place) return rasterFootprint(place, crs, target);
  const [xmin, ymin, xmax, ymax] = place.bounds;
  // A box is an image of one pixel.
  return rasterFootprint({ transform: [xmax - xmin, 0, xmin, 0, ymin - ymax, ymax], width: 1, height: 1 }, crs, target);
}

/** Footprints of the assets of one item; what assets share is projected once. */
export class ItemFootprints {
  readonly #item: StacItem<Geometry | null>;
  readonly #target: Crs;
  readonly #made = new Map<string, Area>();
  #own: Area | null | undefined;

  constructor(item: StacItem<Geometry | null>, target: Crs) {
    this.#item = item;
    this.#target = target;
  }

  /**
   * The first of an asset's places that touches the item itself; without one that has an image, the item.
   *
   * Some catalogs give `proj:geometry` in degrees beside a CRS in metres: that one is passed over.
   *
   * @throws {@link CatalogError} `no-geometry`, `contradictory-place`; {@link FormatError} `bad-geometry`;
   * {@link TransformError}.
   */
  of(places: readonly AssetPlace[], crs: Crs | null): Area {
    if (!crs || places.length === 0) return itemFootprint(this.#item, this.#target);
    const key = crs.canonical + JSON.stringify(places);
    let area = this.#made.get(key);
    if (!area) {
      area = this.#choose(places, crs);
      this.#made.set(key, area);
    }
    return area;
  }

  #choose(places: readonly AssetPlace[], crs: Crs): Area {
    const own = this.#ownArea();
    let failure: Error | undefined;
    for (const place of places) {
      try {
        const area = placeFootprint(place, crs, this.#target);
        if (!own || boxesTouch(footprintBounds(area), footprintBounds(own))) return area;
      } catch (error) {
        failure ??= error instanceof Error ? error : new Error(String(error));
      }
    }
    // Corners without image (a whole disc of the Earth): the item still says where it is.
    if (failure && own) return own;
    if (failure) throw failure;
    throw new CatalogError(
      'contradictory-place',
      `its proj: fields in ${crs.canonical} place it away from the item's own geometry.`,
      { hint: 'One of them is wrong; mend the item.' },
    );
  }

  /** What the item says itself, or null when it says nothing that can be used. */
  #ownArea(): Area | null {
    if (this.#own === undefined) {
      try {
        this.#own = itemFootprint(this.#item, this.#target);
      } catch {
        // Nothing to compare with: the fields of the asset stand alone.
        this.#own = null;
      }
    }
    return this.#own;
  }
}

function boxOf(item: StacItem<Geometry | null>): Bounds | null {
  const { bbox } = item;
  if (!Array.isArray(bbox) || (bbox.length !== 4 && bbox.length !== 6) || !bbox.every(Number.isFinite)) return null;
  const flat = bbox as readonly number[];
  const [west = NaN, south = NaN, east = NaN, north = NaN] =
    flat.length === 4 ? flat : [flat[0], flat[1], flat[3], flat[4]];
  return west === east || south >= north ? null : [west, south, east, north];
}

/**
 * The footprint that the item itself gives: its geometry, else the box of an item without an area of its own.
 *
 * @throws {@link CatalogError} `no-geometry`; {@link FormatError} `bad-geometry`.
 */
function itemFootprint(item: StacItem<Geometry | null>, target: Crs): Area {
  const { geometry } = item;
  let area: Area;
  if (geometry?.type === 'Polygon' || geometry?.type === 'MultiPolygon') {
    checkPolygon(geometry, 'the geometry');
    area = geometry;
  } else {
    const box = boxOf(item);
    if (!box) {
      const got = geometry ? `geometry of type ${geometry.type} has no area` : 'item has no geometry';
      throw new CatalogError('no-geometry', `the ${got}, and there is no bbox with one.`, {
        hint: 'A footprint needs a Polygon, a MultiPolygon, a bbox, or fields of the projection extension.',
      });
    }
    area = { type: 'MultiPolygon', coordinates: splitBox(box).map((part) => boxPolygon(part).coordinates) };
  }
  for (const rings of area.type === 'Polygon' ? [area.coordinates] : area.coordinates) {
    for (const ring of rings) {
      for (const [lon = NaN, lat = NaN] of ring) {
        if (Math.abs(lat) > LATITUDE_LIMIT || Math.abs(lon) > 540)
          throw new FormatError(
            'bad-geometry',
            `the geometry has the position [${lon}, ${lat}], which is not in degrees.`,
            {
              hint: 'Item geometries are longitude, latitude in WGS 84.',
            },
          );
      }
    }
  }
  return projectFootprint(area, WGS84, target);
}
