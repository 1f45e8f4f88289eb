import os
import warnings

import geopandas
import numpy as np
import shapely

# Areas in square degrees are only compared with those of the other side.
warnings.filterwarnings("ignore", message="Geometry is in a geographic CRS")


def load(folder, n):
    columns = ["id", "filepath", "geometry", "start_time", "end_time"]
    return [geopandas.read_parquet(os.path.join(folder, side + ".parquet"), columns=columns) for side in ("left", "right")]


def run(folder, n, data):
    left, right = data
    pairs = geopandas.overlay(left, right, how="intersection", keep_geom_type=True)
    pairs = pairs[(pairs.start_time_1 <= pairs.end_time_2) & (pairs.end_time_1 >= pairs.start_time_2)]
    return {"check": [len(pairs), float(np.sum(shapely.area(pairs.geometry.values)))]}
