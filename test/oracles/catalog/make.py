"""Oracles of test/unit/catalog, made with shapely, pyproj and Python's strptime.

python test/oracles/catalog/make.py   (from the repository root; shapely 2, pyproj 3, numpy)
"""
import calendar
import json
import math
import random
from datetime import datetime, timezone
from pathlib import Path

from pyproj import Transformer
from shapely.geometry import MultiPolygon, Point, Polygon, box, mapping

HERE = Path(__file__).parent
rng = random.Random(20240603)


def star(cx, cy, radius, n, integer):
    points = []
    for k in range(n):
        angle = 2 * math.pi * k / n
        r = radius * rng.uniform(0.3, 1)
        x, y = cx + r * math.cos(angle), cy + r * math.sin(angle)
        points.append((round(x), round(y)) if integer else (x, y))
    return Polygon(points)


def shape(integer):
    kind = rng.choice(["box", "star", "multi", "holed", "diamond"])
    cx, cy = rng.randint(0, 20), rng.randint(0, 20)
    if kind == "box":
        return box(cx, cy, cx + rng.randint(1, 8), cy + rng.randint(1, 8))
    if kind == "diamond":
        r = rng.randint(1, 6)
        return Polygon([(cx + r, cy), (cx, cy + r), (cx - r, cy), (cx, cy - r)])
    if kind == "star":
        return star(cx, cy, rng.randint(2, 8), rng.randint(3, 9), integer)
    if kind == "holed":
        r = rng.randint(4, 9)
        return Polygon(box(cx - r, cy - r, cx + r, cy + r).exterior, [box(cx - r + 1, cy - r + 1, cx + r - 1, cy + r - 1).exterior])
    return MultiPolygon([box(cx, cy, cx + 2, cy + 2), box(cx + 5, cy + 5, cx + 7, cy + 8)])


pairs = []
while len(pairs) < 400:
    integer = rng.random() < 0.7  # small integers: many exact touches
    a, b = shape(integer), shape(integer)
    if not (a.is_valid and b.is_valid and not a.is_empty and not b.is_empty and a.area > 0 and b.area > 0):
        continue
    common = a.intersection(b)
    p = (rng.randint(0, 20), rng.randint(0, 20))
    pairs.append({
        "a": mapping(a), "b": mapping(b), "meets": bool(a.intersects(b)),
        "bounds": None if common.is_empty else list(common.bounds),
        "point": p, "contains": bool(a.intersects(Point(p))),
    })
(HERE / "predicates.json").write_text(json.dumps({"pairs": pairs}) + "\n")

footprints = []
for src, dst, transform, width, height in [
    (32631, 4326, (10, 0, 600000, 0, -10, 5300040), 10980, 10980),
    (32633, 32632, (10, 0, 300000, 0, -10, 5200020), 10980, 10980),
    (4326, 32631, (0.0005, 0, 2.0, 0, -0.0005, 50.0), 2000, 1500),
    (4326, 3857, (0.01, 0, -20.0, 0, -0.01, 60.0), 3000, 2000),
    (32631, 3035, (8, 3, 500000, 3, -8, 5400000), 1000, 700),
    (3857, 4326, (100, 0, -1000000, 0, 100, 4000000), 300, 500),
]:
    a, b, c, d, e, f = transform
    corners = [(0, height), (width, height), (width, 0), (0, 0)]
    points = []
    for (c0, r0), (c1, r1) in zip(corners, corners[1:] + corners[:1]):
        for k in range(22):
            col, row = c0 + (c1 - c0) * k / 22, r0 + (r1 - r0) * k / 22
            points.append((a * col + b * row + c, d * col + e * row + f))
    t = Transformer.from_crs(src, dst, always_xy=True)
    image = [t.transform(x, y) for x, y in points]
    polygon = Polygon(image)
    footprints.append({"from": f"EPSG:{src}", "to": f"EPSG:{dst}", "transform": transform, "width": width, "height": height,
                       "bounds": list(polygon.bounds), "area": polygon.area, "vertices": len(image)})
(HERE / "footprints.json").write_text(json.dumps({"footprints": footprints}, indent=1) + "\n")

dates = []
for fmt, text in [
    ("%Y%m%d", "20190615"), ("%Y-%m-%d", "2024-02-29"), ("%Y-%m-%d", "2023-02-29"), ("%y%m%d", "690101"), ("%y%m%d", "681231"),
    ("%Y%j", "2020366"), ("%Y%j", "2019001"), ("%d %b %Y", "5 Mar 2021"), ("%d%B%Y", "01DECEMBER1999"),
    ("%Y%m%dT%H%M%S", "20190615T103015"), ("%Y%m%dT%H%M%S.%f", "20190615T103015.25"), ("%Y-%m-%d %I:%M %p", "2020-01-02 12:30 AM"),
    ("%Y-%m-%d %I:%M %p", "2020-01-02 12:30 PM"), ("%Y%m%dT%H%M%S%z", "20190615T103015+0530"), ("%Y%m%dT%H%M%S%z", "20190615T103015Z"),
    ("%Y%m%d", "20191301"), ("%Y%m%d", "2019061"), ("%Y%m%d%%", "20190615%"), ("%Y.%m.%d", "2019x06x15"), ("%Y%m", "201902"), ("%Y", "2019"),
]:
    try:
        value = datetime.strptime(text, fmt)
        if value.tzinfo is None:
            value = value.replace(tzinfo=timezone.utc)
        start = calendar.timegm(value.utctimetuple()) * 1_000_000 + value.microsecond
    except ValueError:
        start = None
    dates.append({"format": fmt, "text": text, "start": start})
(HERE / "dates.json").write_text(json.dumps({"dates": dates}, indent=1) + "\n")
