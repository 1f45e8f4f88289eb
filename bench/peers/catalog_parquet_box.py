import math
import os

import geopandas
import shapely

SPACING, SOUTH, SIDE = 0.08, -40, 0.1


def load(folder, n):
    geopandas.read_parquet(os.path.join(folder, "tiles.parquet"), bbox=(-1, SOUTH - 1, -0.5, SOUTH - 0.5))
    side = math.sqrt(n) * SPACING
    low = (0.4 * side, SOUTH + 0.4 * side)
    return (*low, low[0] + SIDE * side, low[1] + SIDE * side)


def run(folder, n, data):
    found = geopandas.read_parquet(os.path.join(folder, "tiles.parquet"), bbox=data)
    bounds = found.geometry.bounds
    size = sum(len(b) for b in shapely.to_wkb(found.geometry.values))
    return {"check": [len(found), float((bounds.minx - bounds.miny).sum()), size]}
