import json
import os
import time

import duckdb

SQL = """SELECT count(*) FROM tiles WHERE bbox.xmin <= $xmax AND bbox.xmax >= $xmin AND bbox.ymin <= $ymax AND bbox.ymax >= $ymin
AND start_time <= make_timestamp($end) AND end_time >= make_timestamp($start)"""


def load(folder, n):
    db = duckdb.connect(config={"threads": 1})
    db.execute("CREATE TABLE tiles AS SELECT id, filepath, bbox, start_time, end_time FROM read_parquet(?)", [os.path.join(folder, "tiles.parquet")])
    return db, json.load(open(os.path.join(folder, "queries.json")))


def run(folder, n, data):
    db, asked = data
    times, found = [], 0
    for query in asked["queries"][: asked["compared"]]:
        began = time.perf_counter()
        values = dict(zip(("xmin", "ymin", "xmax", "ymax"), query["bounds"])) | query["time"]
        found += db.execute(SQL, values).fetchone()[0]
        times.append((time.perf_counter() - began) * 1000)
    return {"check": [found], "operations": asked["compared"], "p50": sorted(times)[len(times) // 2]}
