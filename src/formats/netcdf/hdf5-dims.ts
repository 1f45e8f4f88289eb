/**
 * Names of dimensions in HDF5 files, by the conventions of netCDF-4.
 *
 * Source: Unidata, "NetCDF-4 File Format" (dimension scales, `_Netcdf4Dimid`, `_Netcdf4Coordinates`, `_nc4_non_coord_`).
 */
import type { H5Dataset, H5Group } from './hdf5-describe.js';

const NO_VARIABLE = 'This is a netCDF dimension but not a netCDF variable';
/** Prefix of variables that share the name of a dimension without being its coordinate. */
const NON_COORDINATE = '_nc4_non_coord_';

/** Attributes that serve the file format itself. */
export const HIDDEN_ATTRIBUTES: ReadonlySet<string> = new Set([
  'CLASS',
  'NAME',
  'DIMENSION_LIST',
  'DIMENSION_LABELS',
  'REFERENCE_LIST',
  '_Netcdf4Dimid',
  '_Netcdf4Coordinates',
  '_NCProperties',
  '_nc3_strict',
]);

/** The name that users know a dataset by. */
export function variableName(dataset: H5Dataset): string {
  return dataset.name.startsWith(NON_COORDINATE) ? dataset.name.slice(NON_COORDINATE.length) : dataset.name;
}

/** Whether a dataset is a dimension only. */
export function isBareDimension(dataset: H5Dataset): boolean {
  return dataset.scaleName?.startsWith(NO_VARIABLE) === true;
}

/** Names of all numbered dimensions of a file. */
export function numberedDims(root: H5Group): ReadonlyMap<number, string> {
  const names = new Map<number, string>();
  const visit = (group: H5Group): void => {
    for (const dataset of group.datasets) {
      const number = dataset.attributes['_Netcdf4Dimid'];
      if (dataset.scaleName !== null && typeof number === 'number') names.set(number, dataset.name);
    }
    group.groups.forEach(visit);
  };
  visit(root);
  return names;
}

/**
 * Names of the dimensions of a dataset. Dimensions without a scale are called `phony_dim_<n>` as netCDF does; equal
 * lengths in one group share a name, but not within one dataset.
 */
export function dimNames(
  dataset: H5Dataset,
  numbered: ReadonlyMap<number, string>,
  phony: Map<string, { readonly name: string; readonly length: number }>,
): readonly string[] {
  const shape = dataset.metadata.shape ?? [];
  if (dataset.scaleName !== null && shape.length === 1) return [dataset.name];
  const listed = dataset.attributes['_Netcdf4Coordinates'];
  const numbers: unknown[] = Array.isArray(listed) ? listed : [listed];
  if (dataset.scaleName !== null && numbers.length === shape.length) {
    const names = numbers.map((n) => (typeof n === 'number' ? numbered.get(n) : undefined));
    if (names.every((name) => name !== undefined)) return names;
  }
  const used = new Set<string>();
  return shape.map((length, d) => {
    const scale = dataset.scales[d];
    const name = scale?.slice(scale.lastIndexOf('/') + 1);
    if (name !== undefined && name !== '') return name;
    let free = [...phony.values()].find((p) => p.length === length && !used.has(p.name));
    if (!free) {
      free = { name: `phony_dim_${phony.size}`, length };
      phony.set(free.name, free);
    }
    used.add(free.name);
    return free.name;
  });
}
