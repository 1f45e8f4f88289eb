/**
 * What Nadir adds to the items that it writes, so that importing them gives back every row exactly (`catalog.md` §9).
 *
 * All names start with `nadir:`; other readers pass over them.
 */
export const MARK = {
  /** CRS of the catalog. Marks an item as a row. */
  crs: 'nadir:crs',
  backend: 'nadir:backend',
  /** Footprint in the catalog's CRS, where it is not the item's geometry, coordinate for coordinate. */
  geometry: 'nadir:geometry',
  /** CRS of the file, where it has no code. */
  nativeCrs: 'nadir:native_crs',
  /** Whether the row has no time. */
  static: 'nadir:static',
  /** Names of the row's columns in order. */
  columns: 'nadir:columns',
  /** Widths and heights of overviews, flat. */
  overviews: 'nadir:overviews',
  /** Start of the names of columns that cannot be properties of their own name. */
  column: 'nadir:column:',
} as const;

/** The span that stands for "always" in items, which need a time. */
export const ALWAYS = { start: '1900-01-01T00:00:00.000000Z', end: '2100-01-01T00:00:00.000000Z' } as const;
