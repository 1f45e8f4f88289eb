import os

import geopandas
import numpy as np


def load(folder, n):
    columns = ["id", "filepath", "geometry", "start_time", "end_time"]
    return [geopandas.read_parquet(os.path.join(folder, side + ".parquet"), columns=columns) for side in ("left", "right")]


def run(folder, n, data):
    left, right = data
    pairs = geopandas.overlay(left, right, how="intersection", keep_geom_type=True)
    pairs = pairs[(pairs.start_time_1 <= pairs.end_time_2) & (pairs.end_time_1 >= pairs.start_time_2)]
    start = np.maximum(pairs.start_time_1, pairs.start_time_2).min()
    end = np.minimum(pairs.end_time_1, pairs.end_time_2).max()
    micros = [int(t.as_unit("us").asm8.astype("int64")) for t in (start, end)]
    return {"check": [len(pairs), *pairs.total_bounds.tolist(), *micros]}
