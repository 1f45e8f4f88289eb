import json
import os

import numpy as np
from rasterio.features import rasterize
from rasterio.transform import from_origin


def load(folder, n):
    features = json.load(open(os.path.join(folder, "polygons.json")))["features"]
    return [(f["geometry"], f["properties"]["label"]) for f in features]


def run(folder, n, data):
    side = round(6000 * (n / 20_000) ** 0.5)
    burned = rasterize(data, out_shape=(side, side), transform=from_origin(400_000, 5_000_000, 10, 10), dtype="uint8")
    flat = burned.ravel()[::97]
    weights = np.arange(flat.size, dtype=np.int64) * 97 % 251
    return {"check": [int(flat.sum(dtype=np.int64)), int((flat * weights).sum())]}
