import json
import os
import time

import duckdb

SQL = """SELECT * FROM read_parquet($files, hive_partitioning = false)
WHERE (start_time IS NULL OR (start_time <= make_timestamp($end::BIGINT) AND end_time >= make_timestamp($start::BIGINT)))
  AND bbox.xmin <= $xmax AND bbox.xmax >= $xmin AND bbox.ymin <= $ymax AND bbox.ymax >= $ymin"""


def load(folder, n):
    con = duckdb.connect(config={"memory_limit": "512MB"})
    return con, json.load(open(os.path.join(folder, "queries.json"))), os.path.join(folder, "catalog", "**", "*.parquet")


def run(folder, n, data):
    con, queries, files = data
    times, found, clouds = [], 0, 0.0
    for query in queries:
        began = time.perf_counter()
        xmin, ymin, xmax, ymax = query["bounds"]
        asked = con.execute(SQL, {"files": files, "xmin": xmin, "ymin": ymin, "xmax": xmax, "ymax": ymax, **query["time"]})
        names = [d[0] for d in asked.description]
        rows = [dict(zip(names, row)) for row in asked.fetchall()]
        times.append((time.perf_counter() - began) * 1000)
        found += len(rows)
        clouds += sum(row["eo:cloud_cover"] for row in rows)
    return {"check": [found, clouds], "operations": len(queries), "p50": sorted(times)[len(times) // 2]}
