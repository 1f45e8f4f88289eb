"""Polygons of a geopandas frame burned by rasterio, as its users write it. Most of the time goes into their way from shapely to
GDAL: the same polygons as plain GeoJSON dicts take about a quarter of it."""
import os

import geopandas
import numpy as np
from rasterio.features import rasterize
from rasterio.transform import from_origin


def load(folder, n):
    return geopandas.read_file(os.path.join(folder, "polygons.json"))


def run(folder, n, data):
    side = round(6000 * (n / 20_000) ** 0.5)
    shapes = zip(data.geometry, data.label)
    burned = rasterize(shapes, out_shape=(side, side), transform=from_origin(400_000, 5_000_000, 10, 10), dtype="uint8")
    flat = burned.ravel()[::97]
    weights = np.arange(flat.size, dtype=np.int64) * 97 % 251
    return {"check": [int(flat.sum(dtype=np.int64)), int((flat * weights).sum())]}
