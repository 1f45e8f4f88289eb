/** rasterize: features burned into the grid of a slice (loading.md §5). */
import {
  ArgumentError,
  checkOptionNames,
  Crs,
  pointTransform,
  type CrsInput,
  type GeoSlice,
  type PointTransform,
} from '../../core/index.js';
import { GeoTensor } from '../geo-tensor.js';
import { Burner } from './burner.js';
import { checkFeature, crsOfMember, featureName, featureSet, type FeaturesInput } from './feature-set.js';
import { labelOf } from './label.js';
import { checkGrid, type RasterGrid } from './raster-grid.js';

export interface RasterizeOptions {
  /** Field with the class of each feature, a whole number from 0. Default: every feature is burned as 1. */
  readonly labelField?: string;
  /** Burns every pixel that a shape touches instead of those whose centre it holds. Default false. */
  readonly allTouched?: boolean;
  /** CRS of features that name none. Default EPSG:4326, as GeoJSON has it. */
  readonly crs?: CrsInput;
}

/** @throws {@link ArgumentError} `bad-option`. */
export function checkBurnOptions({
  labelField,
  allTouched,
}: Pick<RasterizeOptions, 'labelField' | 'allTouched'>): void {
  const [field, touched]: readonly unknown[] = [labelField, allTouched];
  if (field !== undefined && (typeof field !== 'string' || field === ''))
    throw new ArgumentError('bad-option', `labelField is the name of a field; got ${JSON.stringify(field)}.`);
  if (touched !== undefined && typeof touched !== 'boolean')
    throw new ArgumentError('bad-option', `allTouched is true or false; got ${JSON.stringify(touched)}.`);
}

/**
 * Features burned into the grid of a slice: (1, height, width) of labels over background 0; later features win. Uint8
 * when all labels burned are at most 255, else Int32. Every pixel is valid.
 *
 * A pixel is burned when its centre is inside a polygon (even-odd, holes left out); a point burns its pixel, a line those
 * of Bresenham's algorithm. On a row of centres, spans are open at the left end and closed at the right. Results equal
 * those of gdal_rasterize (GDAL 3.10) cell for cell. Features are in the CRS that their `crs` member, or that of their
 * collection, names, else in `crs`; vertices are projected and stay joined by straight lines.
 *
 * @throws {@link LabelError} naming the feature; {@link ArgumentError} `not-features`, `bad-geometry`, `bad-grid`;
 * {@link TransformError} `outside-domain` for a vertex without a place in the slice's CRS.
 */
export function rasterize(
  features: FeaturesInput,
  slice: GeoSlice | RasterGrid,
  o: RasterizeOptions = {},
): GeoTensor<Uint8Array | Int32Array> {
  checkOptionNames('rasterize', o, ['labelField', 'allTouched', 'crs']);
  checkBurnOptions(o);
  const { height, width, transform, crs } = checkGrid(slice);
  const set = featureSet(features);
  const common = set.crs ?? Crs.from(o.crs ?? 'EPSG:4326');
  const projections = new Map<unknown, PointTransform | null>();
  const projectionFrom = (member: unknown): PointTransform | null => {
    let project = projections.get(member);
    if (project === undefined) {
      const from = crsOfMember(member) ?? common;
      project = from.equals(crs) ? null : pointTransform(from, crs);
      projections.set(member, project);
    }
    return project;
  };
  const burner = new Burner(slice, o.allTouched === true);
  let index = 0;
  for (const item of set.features) {
    const at = index++;
    const feature = checkFeature(item, at);
    const name = (): string => featureName(feature, at);
    burner.set(feature.geometry, projectionFrom(feature.crs), name);
    if (burner.meetsGrid) burner.burn(labelOf(feature.properties, o.labelField, name));
  }
  return GeoTensor.create({
    values: burner.values,
    shape: [1, height, width],
    transform,
    crs,
    fillValue: 0,
    bandNames: ['label'],
    attrs: { categorical: true },
  });
}
