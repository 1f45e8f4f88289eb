import json
import os
import time

import geopandas
import pandas as pd


def load(folder, n):
    rows = geopandas.read_parquet(os.path.join(folder, "tiles.parquet"), columns=["id", "filepath", "geometry", "start_time", "end_time"])
    rows.index = pd.IntervalIndex.from_arrays(rows.start_time, rows.end_time, closed="both")
    asked = json.load(open(os.path.join(folder, "queries.json")))
    return rows, asked["queries"][: asked["compared"]]


def run(folder, n, data):
    rows, queries = data
    times, found = [], 0
    for query in queries:
        began = time.perf_counter()
        xmin, ymin, xmax, ymax = query["bounds"]
        near = rows.cx[xmin:xmax, ymin:ymax]
        span = pd.Interval(pd.Timestamp(query["time"]["start"], unit="us"), pd.Timestamp(query["time"]["end"], unit="us"), closed="both")
        found += int(near.index.overlaps(span).sum())
        times.append((time.perf_counter() - began) * 1000)
    return {"check": [found], "operations": len(queries), "p50": sorted(times)[len(times) // 2]}
