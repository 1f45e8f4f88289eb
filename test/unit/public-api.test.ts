/** The names that `nadir` exports (`style.md` §4): a name appears or goes only together with this list. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import * as nadir from '../../src/index.js';

const VALUES = `
ArgumentError BandNotFoundError CatalogError Crs CrsError DataCube EmptySelectionError ExportError ExpressionError FormatError GeoSlice GeoTensor GridAlignmentError
IntervalError LabelError ManifestError NadirError SamplerError SelectionError SliceError SourceError TransformError UnsupportedDataError
appendFiles bandStatistics binBands buildCubeCatalog buildRasterCatalog buildVectorCatalog catalogFromStac catalogToStac centerWindow createRandom createRecipe cropForSave curate days dnToReflectance earthSunDistance exportDataset fileWindows formatTime gaussianSrf gridResidual gridSampler
intersectIntervals isGridAligned isNadirError loadChips loadCube loadVector loadRaster loadRasterTimeseries masks normalizedDifference openCatalog outerWindow padInterval padWindow parseTime planExport polygonsFromMask radianceToReflectance randomSampler
rasterize roundHalfEven saveCog saveGeoJson tileToChips toGdalTransform transformBounds verifyDataset
`;

describe('nadir', () => {
  test('exports the names of api.md that exist so far, and no others', () => {
    assert.deepEqual(Object.keys(nadir).sort(), VALUES.trim().split(/\s+/).sort());
  });

  test('exports functions and classes, and one table of presets', () => {
    const others = Object.entries(nadir).filter(([, value]) => typeof value !== 'function');
    assert.deepEqual(
      others.map(([name]) => name),
      ['masks'],
    );
  });
});
