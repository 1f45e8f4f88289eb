"""What pyarrow, pyproj and shapely say of the STAC items in the shared data; writes expected.json beside itself.

usage: python test/oracles/stac/make.py ../shared/data
"""
import hashlib
import json
import sys
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pyproj
import shapely
import shapely.geometry as g
from shapely.ops import transform

DATA = Path(sys.argv[1]) / "stac"
POINTS = 21


def outline(bounds):
    """Box as a ring with 21 points inside each edge."""
    x0, y0, x1, y1 = bounds
    corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)]
    steps = POINTS + 1
    return g.Polygon(
        [
            (ax + (bx - ax) * k / steps, ay + (by - ay) * k / steps)
            for (ax, ay), (bx, by) in zip(corners, corners[1:])
            for k in range(steps)
        ]
    )


def to_degrees(shape, epsg):
    project = pyproj.Transformer.from_crs(epsg, 4326, always_xy=True).transform
    return transform(project, shape)


def digest(ids):
    return hashlib.sha256("\n".join(sorted(ids)).encode()).hexdigest()


def table(name, asset, queries):
    rows = pq.read_table(DATA / name, columns=["id", "proj:epsg", "assets", "datetime", "eo:cloud_cover"]).to_pylist()
    boxes = [r["assets"][asset]["proj:bbox"] for r in rows]
    shapes = [to_degrees(outline(b), r["proj:epsg"]) for r, b in zip(rows, boxes)]
    by_zone = {}
    for r, s in zip(rows, shapes):
        by_zone.setdefault(str(r["proj:epsg"]), []).append(s)
    bounds = np.array([s.bounds for s in shapes])
    results = []
    for west, south, east, north, start, end in queries:
        hit = []
        for r, s in zip(rows, shapes):
            t = r["datetime"].strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            if shapely.intersects(s, g.box(west, south, east, north)) and start <= t <= end:
                hit.append(r["id"])
        results.append({"box": [west, south, east, north], "time": [start, end], "count": len(hit), "ids": digest(hit)})
    return {
        "rows": len(rows),
        "first": rows[0]["id"],
        "last": rows[-1]["id"],
        "ids": digest([r["id"] for r in rows]),
        "zones": {k: len(v) for k, v in sorted(by_zone.items())},
        "zoneBounds": {
            k: [float(f(v)) for f, v in zip((min, min, max, max), zip(*[s.bounds for s in shapes]))]
            for k, shapes in sorted(by_zone.items())
        },
        "bounds": [*bounds[:, :2].min(axis=0).tolist(), *bounds[:, 2:].max(axis=0).tolist()],
        "times": [min(r["datetime"] for r in rows).timestamp(), max(r["datetime"] for r in rows).timestamp()],
        "cloud": float(np.mean([r["eo:cloud_cover"] for r in rows])),
        "queries": results,
    }


def collection(name):
    text = (DATA / name).read_text()
    items = (
        [json.loads(line) for line in text.splitlines() if line.strip()] if name.endswith("ndjson") else json.loads(text)
    )
    items = items["features"] if isinstance(items, dict) else items
    codes, assets = {}, 0
    for i in items:
        code = i["properties"].get("proj:epsg")
        codes[str(code)] = codes.get(str(code), 0) + 1
        assets += len(i["assets"])
    union = shapely.union_all([g.shape(i["geometry"]) for i in items])
    return {
        "items": len(items),
        "assets": assets,
        "codes": dict(sorted(codes.items())),
        "ids": digest([i["id"] for i in items]),
        "geometryBounds": list(union.bounds),
    }


YEAR = ("2024-01-01T00:00:00.000000Z", "2025-01-01T00:00:00.000000Z")
QUERIES = [
    (-106.0, 40.2, -105.5, 40.6, *YEAR),
    (-108.2, 37.0, -107.9, 41.0, *YEAR),
    (-102.1, 36.5, -101.9, 41.4, "2024-07-20T00:00:00.000000Z", "2024-08-05T23:59:59.999999Z"),
    (-109.0, 36.9, -102.0, 41.1, "2024-08-01T00:00:00.000000Z", "2024-08-01T23:59:59.999999Z"),
    (-180.0, -90.0, -120.0, 90.0, *YEAR),
]
expected = {
    "1000-sentinel-2-items.parquet": table("1000-sentinel-2-items.parquet", "B04", QUERIES),
    "100-sentinel-2-items.parquet": table("100-sentinel-2-items.parquet", "B04", QUERIES[:1]),
    **{
        name: collection(name)
        for name in [
            "items.ndjson",
            "3dep-lidar-dsm-pc.json",
            "landsat-c2-l2-pc.json",
            "sentinel-2-l2a-pc.json",
            "site1-20200606-tall-strip-africa.geojson",
            "site2-2020_jun_jul-35MNM.geojson",
            "item-collection/sample-item-collection.json",
        ]
    },
}
Path(__file__).with_name("expected.json").write_text(json.dumps(expected, indent=1) + "\n")
