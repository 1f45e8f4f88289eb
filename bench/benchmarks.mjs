/** Sizes, units of the wall times, and how far the checked results may differ (relative). */
export const benchmarks = {
  // Footprints are projected with PROJ on one side and proj4 on the other: sums of metres agree to 1e-9.
  'catalog-build': { sizes: { full: 2000, small: 60 }, unit: 's', tolerance: 1e-9 },
  // Same pixels: exact sums.
  'chip-read': { sizes: { full: 400, small: 20 }, unit: 's', tolerance: 0 },
  // Bilinear sums: GDAL's approximate transformer is off by up to 0.125 pixel.
  ...Object.fromEntries(
    ['', '-nearest', '-average', '-cubic'].map((method) => [
      `chip-warp${method}`,
      { sizes: { full: 100, small: 5 }, unit: 's', tolerance: 2e-3 },
    ]),
  ),
  // Every pixel of an image in chips of 256², of which there are n, a square number: exact.
  'chip-scan': { sizes: { full: 1764, small: 16, growth: [16, 169, 1764] }, unit: 's', tolerance: 0 },
  'chip-scan-torchgeo': { sizes: { full: 1764, small: 16 }, unit: 's', tolerance: 0 },
  // 40 overlapping tiles in one image of side n, the first on top: exact.
  mosaic: { sizes: { full: 4096, small: 512 }, unit: 's', tolerance: 0 },
  // Same pixels over loopback HTTP, with 30 and 100 ms before each answer: exact sums.
  'chip-remote-30': { sizes: { full: 15, small: 3 }, unit: 's', tolerance: 0 },
  'chip-remote-100': { sizes: { full: 15, small: 3 }, unit: 's', tolerance: 0 },
  // The number is the side of a square image; the same pixels are read back: exact.
  'cog-write': { sizes: { full: 10980, small: 1100 }, unit: 's', tolerance: 0 },
  // n chips of 256² in four bands, a file each; the same pixels are read back: exact.
  'cog-chips': { sizes: { full: 200, small: 8 }, unit: 's', tolerance: 0 },
  // Burned cell for cell alike.
  rasterize: { sizes: { full: 20_000, small: 500 }, unit: 's', tolerance: 0 },
  // The same polygons: areas, rings and vertices.
  vectorize: { sizes: { full: 1024, small: 128 }, unit: 's', tolerance: 0 },
  // 68 dates of 1024² with a third nodata, one median: halves are exact in Float32.
  timeseries: { sizes: { full: 68, small: 6 }, unit: 's', tolerance: 0 },
  // The same boxes and times: all exact.
  'catalog-intersect': {
    sizes: { full: 100_000, small: 500, growth: [1000, 10_000, 100_000] },
    unit: 's',
    tolerance: 0,
  },
  'catalog-query': {
    sizes: { full: 1_000_000, small: 1000, growth: [10_000, 100_000, 1_000_000] },
    unit: 's per query',
    tolerance: 0,
  },
  'catalog-query-duckdb': {
    sizes: { full: 1_000_000, small: 1000, growth: [10_000, 100_000, 1_000_000] },
    unit: 's per query',
    tolerance: 0,
  },
  // Sums of clouds are added in another order where a peer groups them.
  'catalog-duckdb': { sizes: { full: 10_000_000, small: 20_000 }, unit: 's', tolerance: 1e-12 },
  'catalog-duckdb-geopandas': { sizes: { full: 10_000_000, small: 20_000 }, unit: 's', tolerance: 1e-12 },
  // The same rows in one file; the sum of differences is exact but for its order.
  ...Object.fromEntries(
    ['write', 'read', 'box'].map((what) => [
      `catalog-parquet-${what}`,
      {
        sizes: { full: 1_000_000, small: 20_000, growth: [10_000, 100_000, 1_000_000] },
        unit: 's',
        tolerance: what === 'box' ? 1e-9 : 0,
      },
    ]),
  ),
};
