"""Random shapes burned by GDAL through rasterio: `python make.py SEED COUNT [FILE]`; prints, or writes, a list of
{ shape: [height, width], transform: [a..f], shapes: [[geometry, label], ...], centre, touched } with the pixels of
both rules in base64. cases.json was made by `python make.py 20261120 150 cases.json` with rasterio 1.4.4, GDAL 3.10.3.

Coordinates lie anywhere, on pixel centres, corners, quarters, a hair beside them, and far outside; transforms are
north-up, south-up, rotated and mirrored, in metres and degrees."""
import base64
import json
import random
import sys

from affine import Affine
from rasterio.features import rasterize

TRANSFORMS = [
    Affine(1, 0, 0, 0, 1, 0),
    Affine(10, 0, 500000, 0, -10, 4600020),
    Affine(0.0001, 0, 2.792, 0, -0.0001, 42.36),
    Affine(7, 3, 123456.7, 2, -9, 6543210.1),
    Affine(10, 0, 300000, 0, 10, -4500000),
    Affine(-0.5, 0.1, 10, 0.3, 0.7, -20),
    Affine(0.3, 0, 733601.1, 0, -0.3, 3725139.7),
    Affine(30, 0, 399960.0, 0, -30, 4200000),
]


def coordinate(rnd, mode, size):
    if mode == 0:
        return rnd.uniform(-6, size + 6)
    if mode == 1:
        return rnd.randint(-3, size + 3) + 0.5
    if mode == 2:
        return float(rnd.randint(-3, size + 3))
    if mode == 3:
        return rnd.randint(-8, 4 * size + 8) / 4
    if mode == 4:
        return rnd.randint(0, size) + rnd.choice([0.5, 0.5 - 1e-12, 0.5 + 1e-12, 1e-5, -1e-5, 2e-4])
    if mode == 5:
        return rnd.uniform(-1e5, 1e5)
    return rnd.choice([rnd.uniform(-6, size + 6), rnd.randint(0, size) + 0.5, float(rnd.randint(0, size))])


def geometry(rnd, kind, point):
    def ring():
        style = rnd.random()
        if style < 0.3:
            (x0, y0), (x1, y1) = point(None), point(None)
            corners = [(x0, y0), (x1, y0), (x1, y1), (x0, y1)]
            if rnd.random() < 0.5:
                corners.reverse()
        elif style < 0.5:
            corners, (x, y) = [], point(None)
            for _ in range(rnd.randint(2, 6)):
                corners.append((x, y))
                x = point(None)[0]
                corners.append((x, y))
                y = point(None)[1]
        else:
            corners = [point(None) for _ in range(rnd.randint(3, 9))]
        corners = [point(c) for c in corners]
        return corners + [corners[0]]

    points = lambda low, high: [point(point(None)) for _ in range(rnd.randint(low, high))]
    if kind == "Polygon":
        return {"type": kind, "coordinates": [ring() for _ in range(rnd.choice([1, 1, 2, 3]))]}
    if kind == "MultiPolygon":
        return {"type": kind, "coordinates": [[ring() for _ in range(rnd.choice([1, 2]))] for _ in range(rnd.randint(1, 3))]}
    if kind == "LineString":
        return {"type": kind, "coordinates": points(2, 6)}
    if kind == "MultiLineString":
        return {"type": kind, "coordinates": [points(2, 6) for _ in range(rnd.randint(1, 3))]}
    if kind == "Point":
        return {"type": kind, "coordinates": points(1, 1)[0]}
    if kind == "MultiPoint":
        return {"type": kind, "coordinates": points(1, 5)}
    parts = [geometry(rnd, rnd.choice(["Polygon", "LineString", "Point"]), point) for _ in range(rnd.randint(1, 3))]
    return {"type": kind, "geometries": parts}


KINDS = ["Polygon"] * 5 + ["MultiPolygon", "LineString", "MultiLineString", "Point", "MultiPoint", "GeometryCollection"]


def case(rnd):
    height, width = rnd.randint(3, 24), rnd.randint(3, 24)
    transform = rnd.choice(TRANSFORMS)
    shapes = []
    for _ in range(rnd.randint(1, 4)):
        mode = rnd.randint(0, 7)

        def point(pixel, mode=mode):
            """A random place in pixels, or a place in pixels on the map."""
            if pixel is None:
                return (coordinate(rnd, mode, width), coordinate(rnd, mode, height))
            return list(transform * pixel)

        shapes.append([geometry(rnd, rnd.choice(KINDS), point), rnd.randint(1, 250)])
    burned = lambda touched: rasterize(shapes, out_shape=(height, width), transform=transform, all_touched=touched, dtype="uint8")
    packed = lambda touched: base64.b64encode(burned(touched).tobytes()).decode()
    return {"shape": [height, width], "transform": list(transform)[:6], "shapes": shapes, "centre": packed(False), "touched": packed(True)}


if __name__ == "__main__":
    rnd = random.Random(int(sys.argv[1]))
    text = json.dumps([case(rnd) for _ in range(int(sys.argv[2]))], separators=(",", ":"))
    if len(sys.argv) > 3:
        open(sys.argv[3], "w").write(text + "\n")
    else:
        print(text)
