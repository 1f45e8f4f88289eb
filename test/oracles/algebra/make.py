"""Oracles of test/unit/catalog/algebra, made with shapely.

python test/oracles/algebra/make.py [N SEED OUT]   (from the repository root; shapely 2)

Writes projected.json (footprints in other CRSs: sampled ground, areas) and clips.json: pairs of footprints, the area of their intersection, and whether their interiors intersect (relate
pattern T********, which GEOS decides exactly). With N, SEED and OUT it writes that many other pairs to OUT.
"""
import json
import math
import random
import sys
from pathlib import Path

import numpy as np
import shapely
from pyproj import CRS, Transformer
from shapely import make_valid
from shapely.affinity import rotate, scale, translate
from shapely.geometry import MultiPolygon, Polygon, box, mapping

HERE = Path(__file__).parent
count, seed, out = (int(sys.argv[1]), int(sys.argv[2]), Path(sys.argv[3])) if len(sys.argv) > 3 else (500, 20240603, HERE / "clips.json")
rng = random.Random(seed)


def ring(cx, cy, radius, n, low, integer):
    points = [(cx + radius * rng.uniform(low, 1) * math.cos(2 * math.pi * k / n), cy + radius * rng.uniform(low, 1) * math.sin(2 * math.pi * k / n)) for k in range(n)]
    return [(round(x), round(y)) for x, y in points] if integer else [(round(x, 4), round(y, 4)) for x, y in points]


def scene(cx, cy):
    """A raster outline as another projection bends it."""
    side, bend, turn = rng.uniform(3, 8), rng.uniform(-0.03, 0.03), rng.uniform(0, 0.5)
    points = []
    for k in range(24):
        u, v = [(k % 6 / 6, 0), (1, k % 6 / 6), (1 - k % 6 / 6, 1), (0, 1 - k % 6 / 6)][k // 6]
        x, y = side * (u - 0.5), side * (v - 0.5)
        x, y = x + bend * y * y, y + bend * x * x
        points.append((round(cx + x * math.cos(turn) - y * math.sin(turn), 4), round(cy + x * math.sin(turn) + y * math.cos(turn), 4)))
    return Polygon(points)


def shape():
    kind = rng.choice(["box", "star", "grid-star", "convex", "holed", "multi", "diamond", "scene", "scene"])
    cx, cy = rng.randint(0, 20), rng.randint(0, 20)
    if kind == "box":
        return box(cx, cy, cx + rng.randint(1, 8), cy + rng.randint(1, 8))
    if kind == "diamond":
        r = rng.randint(1, 6)
        return Polygon([(cx + r, cy), (cx, cy + r), (cx - r, cy), (cx, cy - r)])
    if kind == "star" or kind == "grid-star":
        return Polygon(ring(cx, cy, rng.randint(2, 8), rng.randint(3, 9), 0.3, kind == "grid-star"))
    if kind == "convex":
        return Polygon(ring(cx, cy, rng.randint(3, 8), rng.randint(3, 12), 0.2, rng.random() < 0.5)).convex_hull
    if kind == "scene":
        return scene(cx, cy)
    if kind == "holed":
        r = rng.randint(4, 9)
        hole = box(cx - r + 1, cy - r + 1, cx + r - rng.randint(1, 2), cy + r - 1)
        return Polygon(box(cx - r, cy - r, cx + r, cy + r).exterior, [hole.exterior])
    return MultiPolygon([box(cx, cy, cx + 2, cy + 2), box(cx + 5, cy + 5, cx + 7, cy + 8)])


def pair():
    a, b = shape(), shape()
    how = rng.random()
    if how < 0.05:
        b = a
    elif how < 0.12 and isinstance(a, Polygon):
        # Edge to edge: a's mirror image on the other side of one of its edges.
        (x0, y0), (x1, y1) = a.exterior.coords[0], a.exterior.coords[1]
        b = rotate(a, 180, origin=((x0 + x1) / 2, (y0 + y1) / 2)) if rng.random() < 0.5 else translate(a, x1 - x0, y1 - y0)
    elif how < 0.16:
        b = scale(a, 0.5, 0.5, origin="center")
    return a, b


pairs = []
while len(pairs) < count:
    a, b = pair()
    if not (a.is_valid and b.is_valid and isinstance(a, (Polygon, MultiPolygon)) and a.area > 0 and b.area > 0 and not b.is_empty):
        continue
    if rng.random() < 0.4 and not a.intersects(b):
        continue
    # GEOS overlays some pairs that touch along an edge wrongly (area 28 instead of 0); its predicate is exact.
    meets = bool(a.relate_pattern(b, "T********"))
    pairs.append({"a": mapping(a), "b": mapping(b), "area": a.intersection(b).area if meets else 0, "meets": meets})

invalid = []
for coordinates in [
    [[[0, 0], [4, 4], [4, 0], [0, 4], [0, 0]]],
    [[[0, 0], [4, 0], [4, 0], [4, 4], [0, 4], [0, 0]]],
    [[[0, 0], [0, 4], [4, 4], [4, 0], [0, 0]]],
    [[[0, 0], [4, 0], [4, 4], [6, 6], [4, 4], [0, 4], [0, 0]]],
    [[[0, 0], [4, 0], [4, 4], [0, 4], [0, 0]], [[1, 1], [6, 1], [6, 2], [1, 2], [1, 1]]],
    [[[0, 0], [2, 2], [4, 0], [4, 4], [2, 2], [0, 4], [0, 0]]],
]:
    bad = Polygon(coordinates[0], coordinates[1:])
    good = make_valid(bad, method="structure")
    other = box(1, 1, 5, 3)
    invalid.append({"a": {"type": "Polygon", "coordinates": coordinates}, "b": mapping(other), "area": good.intersection(other).area})
out.write_text(json.dumps({"pairs": pairs, "invalid": invalid}) + "\n")

if out.parent == HERE:
    # Ground truth without projecting outlines: points of the target, projected back, lie in the footprint or not.
    projected = []
    l_shape = [[0, 0], [60000, 0], [60000, 20000], [20000, 20000], [20000, 60000], [0, 60000], [0, 0]]
    hole = [[5000, 5000], [5000, 15000], [15000, 15000], [15000, 5000], [5000, 5000]]
    for source, target, origin in [
        (32631, 4326, (400000, 5000000)),
        (32631, 32632, (700000, 5000000)),
        (32601, 4326, (180000, 7000000)),
        (32660, 3857, (790000, 7000000)),
        (4326, 32631, None),
        (4326, 3035, None),
        (3413, 4326, (-3000, -3000)),
        (3031, 4326, (-2500000, 200000)),
        (3031, 4326, (-18000, -3000)),
    ]:
        scale_by = 1 if origin else 1 / 60000
        x0, y0 = origin or (2.5, 44.5)
        rings = [[[x0 + x * scale_by, y0 + y * scale_by] for x, y in ring] for ring in [l_shape, hole]]
        footprint = Polygon(rings[0], rings[1:])
        back = Transformer.from_crs(target, source, always_xy=True)
        there = Transformer.from_crs(source, target, always_xy=True)
        near = footprint.segmentize(footprint.length / 500)
        xs, ys = there.transform(*np.array(near.exterior.coords).T)
        points = []
        margin = 5e-4 if origin is None else 1500 if source in (3413, 3031) else 50
        limits = (-180, 180) if CRS(target).is_geographic and max(xs) - min(xs) > 180 else (min(xs), max(xs))
        top = 90 if source == 3413 else max(ys)
        bottom = -90 if source == 3031 else min(ys)
        while len(points) < 400:
            x, y = rng.uniform(*limits), rng.uniform(bottom, top)
            u, v = back.transform(x, y)
            # Far enough from the outline that 21 points on an edge cannot matter; round a pole straight lines bend most.
            if footprint.boundary.distance(shapely.Point(u, v)) < margin:
                continue
            points.append([round(x, 7), round(y, 7), int(footprint.contains(shapely.Point(u, v)))])
            # Boxes that are mostly outside would leave few points inside: take as many of each.
            if sum(p[2] for p in points) * 2 < len(points) - 20 and not points[-1][2]:
                points.pop()
                u, v = rng.uniform(*footprint.bounds[0::2]), rng.uniform(*footprint.bounds[1::2])
                if footprint.contains(shapely.Point(u, v)) and footprint.boundary.distance(shapely.Point(u, v)) > margin:
                    x, y = there.transform(u, v)
                    points.append([round(x, 7), round(y, 7), 1])
        projected.append({"from": f"EPSG:{source}", "to": f"EPSG:{target}", "geometry": {"type": "Polygon", "coordinates": rings}, "points": points})
    (HERE / "projected.json").write_text(json.dumps(projected) + "\n")
