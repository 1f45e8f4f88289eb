import json
import os
import time

import geopandas
import pandas as pd


def load(folder, n):
    return json.load(open(os.path.join(folder, "queries.json")))


def run(folder, n, queries):
    times, found, clouds = [], 0, 0.0
    for query in queries:
        began = time.perf_counter()
        start, end = (pd.Timestamp(query["time"][side], unit="us") for side in ("start", "end"))
        rows = geopandas.read_parquet(
            os.path.join(folder, "catalog"),
            bbox=tuple(query["bounds"]),
            filters=[("start_time", "<=", end), ("end_time", ">=", start)],
        )
        times.append((time.perf_counter() - began) * 1000)
        found += len(rows)
        clouds += float(rows["eo:cloud_cover"].sum())
    return {"check": [found, clouds], "operations": len(queries), "p50": sorted(times)[len(times) // 2]}
